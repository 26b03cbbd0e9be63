-- Facilities that a case accuses, separated by blanks: their teams are not told of it.
ALTER TABLE conflict ADD COLUMN facilities TEXT NOT NULL DEFAULT '';
