-- name: report_add
INSERT INTO report(key, id, content) VALUES(?, ?, ?) ON CONFLICT(key) DO NOTHING

-- name: report_get
SELECT id, content FROM report WHERE key=?

-- name: outcome_get
SELECT state, case_id FROM outcome WHERE report=?

-- name: outcome_set
-- 3 is a case (follow.h): a report that is a case stays one, whatever comes late.
INSERT INTO outcome(report, state, case_id) VALUES(?, ?, ?) ON CONFLICT(report) DO UPDATE
SET state=excluded.state, case_id=excluded.case_id WHERE outcome.state < 3 OR excluded.state = 3

-- name: outcome_newest
SELECT report, state, case_id FROM outcome ORDER BY report DESC LIMIT ?

-- name: outcome_counts
SELECT state, count(*) FROM (SELECT state FROM outcome ORDER BY report DESC LIMIT ?) AS newest GROUP BY state

-- name: progress_get
SELECT state FROM progress WHERE case_id=?

-- name: progress_begin
INSERT INTO progress(case_id, state, changed_at) VALUES(?, ?, ?) ON CONFLICT(case_id) DO NOTHING

-- name: progress_set
INSERT INTO progress(case_id, state, changed_at) VALUES(?, ?, ?) ON CONFLICT(case_id) DO UPDATE
SET state=excluded.state, changed_at=excluded.changed_at

-- name: reply_add
INSERT INTO reply_address(report, address) VALUES(?, ?)

-- name: reply_get
SELECT address FROM reply_address WHERE report=?

-- name: reply_delete
DELETE FROM reply_address WHERE report=?

-- name: token_all
SELECT number, name, scopes, rate, hash, issued_at FROM token ORDER BY number

-- name: token_add
INSERT INTO token(name, scopes, rate, hash, issued_at, issued_by) VALUES(?, ?, ?, ?, ?, ?) RETURNING number

-- name: token_delete
DELETE FROM token WHERE number=?

-- name: sweep_get
SELECT report_key, case_id, next_at FROM sweep WHERE number=1

-- name: sweep_set
INSERT INTO sweep(number, report_key, case_id, next_at) VALUES(1, ?, ?, ?) ON CONFLICT(number) DO UPDATE
SET report_key=excluded.report_key, case_id=excluded.case_id, next_at=excluded.next_at

-- name: outcome_expire
DELETE FROM outcome WHERE report IN (SELECT report FROM outcome WHERE report < ? ORDER BY report LIMIT ?)

-- name: reply_expire
DELETE FROM reply_address WHERE report IN
(SELECT report FROM reply_address WHERE report < ? ORDER BY report LIMIT ?)

-- name: report_slice
SELECT key FROM report WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?

-- name: report_expire
DELETE FROM report WHERE key > ? AND key <= ? AND id < ?

-- name: progress_slice
SELECT case_id FROM progress WHERE case_id > ? ORDER BY case_id LIMIT 1 OFFSET ?

-- name: progress_expire
DELETE FROM progress WHERE case_id > ? AND case_id <= ? AND changed_at < CASE state WHEN 2 THEN ? ELSE ? END
