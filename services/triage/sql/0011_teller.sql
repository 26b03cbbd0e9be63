-- Who told it, by a keyed hash of channel and address; 0 for nobody in particular. What he says further within minutes is about
-- the same (sequel.h). Here, in the order of time: a table by the hash cost a page for nearly every report.
ALTER TABLE report ADD COLUMN teller INTEGER NOT NULL DEFAULT 0;
