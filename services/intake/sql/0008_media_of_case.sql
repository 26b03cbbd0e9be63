-- Media are kept as long as their case is open, and the site's time after it was closed. NULL: of no case, as far as we know.
ALTER TABLE media ADD COLUMN case_id BLOB;
UPDATE media SET case_id = (SELECT case_id FROM outcome WHERE outcome.report = media.report);
INSERT INTO progress(case_id, state, changed_at)
SELECT DISTINCT case_id, 0, CAST(strftime('%s', 'now') AS INTEGER) * 1000 FROM media WHERE case_id IS NOT NULL
ON CONFLICT(case_id) DO NOTHING;
-- A file lies once, however many reports brought it.
CREATE INDEX media_hash ON media(hash) WHERE hash IS NOT NULL;
ALTER TABLE sweep ADD COLUMN media BLOB NOT NULL DEFAULT x'';
