-- Facilities in conflict and whether anybody is (yes, no, unknown), as reports and people have said; '' for not said. A report
-- that is parted from the case takes them along.
ALTER TABLE open_case ADD COLUMN conflict_facility TEXT NOT NULL DEFAULT '';
ALTER TABLE open_case ADD COLUMN conflict_of_interest TEXT NOT NULL DEFAULT '';
