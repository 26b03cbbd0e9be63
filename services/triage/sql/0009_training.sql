-- Drill and reality never join. Of rows from before nobody knows: they count as real, as what is sent without a word does.
ALTER TABLE open_case ADD COLUMN training INTEGER NOT NULL DEFAULT 0;
ALTER TABLE print ADD COLUMN training INTEGER NOT NULL DEFAULT 0;
