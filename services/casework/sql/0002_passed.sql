-- 1: a copy that a merge sealed under this case's key. It goes when the case that it came with is erased. (Copies made before
-- this column stay until their own case is erased: nothing tells them from its own reports.)
ALTER TABLE narrative ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX narrative_passed ON narrative(report_id) WHERE passed = 1;
