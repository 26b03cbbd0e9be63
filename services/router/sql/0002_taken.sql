-- A list of three made each insert fill a table of its own with them, in three pages of memory.
DROP INDEX offer_taken;
CREATE UNIQUE INDEX offer_taken ON offer(case_id) WHERE state = 3 OR state = 7 OR state = 8;
