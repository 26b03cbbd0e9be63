-- name: report_set
INSERT INTO report(report_id, state, case_id, at) VALUES(?, ?, ?, ?)
ON CONFLICT(report_id) DO UPDATE SET state=excluded.state, case_id=excluded.case_id

-- name: report_get
SELECT state, case_id, at FROM report WHERE report_id=?

-- name: case_insert
INSERT INTO open_case(case_id, report_id, kind, priority, area, confidence, confidentiality, unverified, opened_at,
    chain_lane, chain_sequence, case_key, evidence, reasons) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: case_get
SELECT report_id, kind, priority, area, confidence, confidentiality, unverified, opened_at, closed_at, version,
    chain_lane, chain_sequence, case_key, evidence, reasons FROM open_case WHERE case_id=?

-- name: case_change
UPDATE open_case SET kind=?, priority=?, area=?, unverified=0, chain_lane=?, chain_sequence=?, version=version+1 WHERE case_id=?

-- name: case_chain
UPDATE open_case SET chain_lane=?, chain_sequence=? WHERE case_id=?

-- name: case_close
UPDATE open_case SET closed_at=?, version=version+1 WHERE case_id=?

-- name: case_list
SELECT case_id, kind, priority, area, confidence, confidentiality, unverified, opened_at, closed_at, version
FROM open_case
WHERE (?1='*' OR area=?1 OR substr(area, 1, length(?1)+1)=?1||'.' OR (area='' AND length(?1)=2))
ORDER BY case_id DESC LIMIT ?2

-- name: case_counts
SELECT count(*), sum(closed_at=0) FROM open_case

-- name: case_sweep
DELETE FROM open_case WHERE case_id IN (SELECT case_id FROM open_case WHERE closed_at>0 AND closed_at<? LIMIT ?)

-- name: fingerprint_set
INSERT INTO fingerprint(content_hash, case_id, at) VALUES(?, ?, ?)
ON CONFLICT(content_hash) DO UPDATE SET case_id=excluded.case_id, at=excluded.at

-- name: fingerprint_get
SELECT case_id, at FROM fingerprint WHERE content_hash=?

-- name: fingerprint_sweep
DELETE FROM fingerprint WHERE content_hash IN (SELECT content_hash FROM fingerprint WHERE at<? LIMIT ?)

-- name: report_sweep
DELETE FROM report WHERE report_id IN (SELECT report_id FROM report WHERE at<? AND state<>2 ORDER BY report_id LIMIT ?)

-- name: review_insert
INSERT INTO review(report_id, at, kind, priority, area, reason, danger, owner_role, decide_by, training, received)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: review_get
SELECT kind, priority, area, reason, danger, received, training FROM review WHERE report_id=?

-- name: review_delete
DELETE FROM review WHERE report_id=?

-- name: review_list
SELECT report_id, at, kind, priority, area, reason, danger, owner_role, decide_by FROM review
WHERE (?1='*' OR area=?1 OR substr(area, 1, length(?1)+1)=?1||'.' OR (area='' AND length(?1)=2))
ORDER BY danger DESC, priority, at LIMIT ?2

-- name: answered_get
SELECT status, version FROM answered WHERE command_id=?

-- name: answered_set
INSERT INTO answered(command_id, status, version) VALUES(?, ?, ?) ON CONFLICT DO NOTHING
