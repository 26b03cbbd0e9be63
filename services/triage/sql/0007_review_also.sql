-- Codes of the further kinds of what waits for a person, separated by spaces: seen in the list, and whose strictest counts.
ALTER TABLE review ADD COLUMN also TEXT NOT NULL DEFAULT '';
