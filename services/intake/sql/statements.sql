-- name: report_add
INSERT INTO report(number, key, id, content) VALUES(?, ?, ?, ?)

-- name: report_get
SELECT key, id, content FROM report WHERE number=?

-- name: report_from
SELECT number, key FROM report WHERE number > ? ORDER BY number

-- name: report_oldest
SELECT coalesce(min(number), 0) FROM report

-- name: outcome_get
SELECT state, case_id, question, further FROM outcome WHERE report=?

-- name: outcome_set
-- 3 is a case (follow.h): a report that is a case stays one, whatever comes late.
INSERT INTO outcome(report, state, case_id, question) VALUES(?, ?, ?, ?) ON CONFLICT(report) DO UPDATE
SET state=excluded.state, case_id=excluded.case_id, question=excluded.question WHERE outcome.state < 3 OR excluded.state = 3

-- name: outcome_newest
-- scans outcome: the newest, as many as are asked for.
SELECT report, state, case_id FROM outcome ORDER BY report DESC LIMIT ?

-- name: outcome_counts
-- scans outcome: the newest, as many as are asked for.
SELECT state, count(*) FROM (SELECT state FROM outcome ORDER BY report DESC LIMIT ?) AS newest GROUP BY state

-- name: outcome_join
-- A case of a report that joined another becomes the other's, unless that has one of its own.
INSERT INTO outcome(report, state, case_id) VALUES(?, 3, ?) ON CONFLICT(report) DO UPDATE
SET state=3, case_id=excluded.case_id, question=0 WHERE outcome.state < 3

-- name: outcome_further
UPDATE outcome SET further=?2 WHERE report=?1

-- name: outcome_answered
UPDATE outcome SET question=0 WHERE report=? AND question<>0

-- name: progress_get
SELECT state, merged_into, changed_at FROM progress WHERE case_id=?

-- name: progress_add
INSERT INTO progress(case_id, state, changed_at) VALUES(?, 0, ?) ON CONFLICT(case_id) DO NOTHING

-- name: progress_begin
INSERT INTO progress(case_id, state, changed_at) VALUES(?, ?, ?) ON CONFLICT(case_id) DO UPDATE
SET state=excluded.state, changed_at=excluded.changed_at WHERE progress.state=0

-- name: progress_set
INSERT INTO progress(case_id, state, changed_at) VALUES(?, ?, ?) ON CONFLICT(case_id) DO UPDATE
SET state=excluded.state, changed_at=excluded.changed_at

-- name: progress_merge
INSERT INTO progress(case_id, state, changed_at, merged_into) VALUES(?, ?, ?, ?) ON CONFLICT(case_id) DO UPDATE
SET merged_into=excluded.merged_into, changed_at=excluded.changed_at

-- name: reply_add
INSERT INTO reply_address(report, address) VALUES(?, ?)

-- name: reply_get
SELECT address FROM reply_address WHERE report=?

-- name: reply_delete
DELETE FROM reply_address WHERE report=?

-- name: token_all
-- scans token: a row a bot.
SELECT number, name, scopes, rate, hash, issued_at FROM token ORDER BY number

-- name: token_add
INSERT INTO token(name, scopes, rate, hash, issued_at, issued_by) VALUES(?, ?, ?, ?, ?, ?) RETURNING number

-- name: token_delete
DELETE FROM token WHERE number=?

-- name: sweep_get
SELECT case_id, next_at, sender_key, media FROM sweep WHERE number=1

-- name: sweep_set
INSERT INTO sweep(number, case_id, next_at, sender_key, media) VALUES(1, ?, ?, ?, ?) ON CONFLICT(number) DO UPDATE
SET case_id=excluded.case_id, next_at=excluded.next_at, sender_key=excluded.sender_key, media=excluded.media

-- name: outcome_expire
DELETE FROM outcome WHERE report IN (SELECT report FROM outcome WHERE report < ? ORDER BY report LIMIT ?)

-- name: reply_expire
DELETE FROM reply_address WHERE report IN
(SELECT report FROM reply_address WHERE report < ? ORDER BY report LIMIT ?)

-- name: report_expire
-- scans report: the oldest, as many as are asked for.
DELETE FROM report WHERE number IN (SELECT number FROM report ORDER BY number LIMIT ?) AND id < ?

-- name: report_count
-- scans report: tests ask, nobody else.
SELECT count(*) FROM report

-- name: progress_slice
SELECT case_id FROM progress WHERE case_id > ? ORDER BY case_id LIMIT 1 OFFSET ?

-- name: progress_expire
-- 2 is closed (follow.h). What counts with another case is as open as that one may be.
DELETE FROM progress WHERE case_id > ? AND case_id <= ? AND
changed_at < CASE WHEN state=2 AND merged_into IS NULL THEN ? ELSE ? END

-- name: amendment_add
INSERT INTO amendment(report, first, ticket) VALUES(?, ?, ?)

-- name: amendment_get
SELECT first, ticket FROM amendment WHERE report=?

-- name: amendment_expire
DELETE FROM amendment WHERE report IN (SELECT report FROM amendment WHERE report < ? ORDER BY report LIMIT ?)

-- name: hook_add
INSERT INTO hook(id, bot, source, state, next, due_at, reason, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)

-- name: hook_get
SELECT bot, source, state, next, due_at, reason, body FROM hook WHERE id=?

-- name: hook_set
UPDATE hook SET state=?, next=?, due_at=?, reason=? WHERE id=?

-- name: hook_delete
DELETE FROM hook WHERE id=?

-- name: hook_list
-- scans hook: the first, as many as are asked for.
SELECT id, bot, source, state, next, due_at, reason, length(body) FROM hook ORDER BY id LIMIT ?

-- name: hook_warn
UPDATE hook SET due_at=? WHERE id IN (SELECT id FROM hook INDEXED BY hook_untold
WHERE id < ? AND state=1 AND due_at=0 AND substr(reason, 1, 7)<>'blocked' ORDER BY id LIMIT ?)

-- name: hook_expire
DELETE FROM hook WHERE id IN (SELECT id FROM hook INDEXED BY hook_told
WHERE due_at <= ? AND id < ? AND state=1 AND due_at>0 AND substr(reason, 1, 7)<>'blocked' ORDER BY due_at LIMIT ?)

-- name: hook_expire_blocked
DELETE FROM hook WHERE id IN (SELECT id FROM hook INDEXED BY hook_blocked
WHERE id < ? AND state=1 AND substr(reason, 1, 7)='blocked' ORDER BY id LIMIT ?)

-- name: sender_get
SELECT last_at, full_at, report, ticket, asked_at FROM sender WHERE key=?

-- name: sender_set
INSERT INTO sender(key, last_at, full_at, report, ticket, asked_at) VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE
SET last_at=excluded.last_at, full_at=excluded.full_at, report=excluded.report, ticket=excluded.ticket,
asked_at=excluded.asked_at

-- name: sender_slice
SELECT key FROM sender WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?

-- name: sender_expire
DELETE FROM sender WHERE key > ? AND key <= ? AND last_at < ?

-- name: media_add
INSERT INTO media(id, report, bot, kind, state, attempts, due_at, reference, hash, type, size_bytes, detail)
VALUES(?, ?, ?, ?, 0, 0, ?, ?, NULL, NULL, 0, '')

-- name: media_case_known
-- What comes later belongs to the case of what came first.
UPDATE media SET case_id=coalesce((SELECT case_id FROM outcome WHERE report=?2),
(SELECT case_id FROM media WHERE report=?2 AND case_id IS NOT NULL LIMIT 1)) WHERE id=?1 RETURNING case_id

-- name: media_case_set
UPDATE media SET case_id=?2 WHERE report=?1

-- name: media_case_join
UPDATE media SET case_id=?2 WHERE report=?1 AND case_id IS NULL

-- name: media_get
SELECT report, bot, kind, state, attempts, due_at, reference FROM media WHERE id=?

-- name: media_try
UPDATE media SET attempts=?, due_at=? WHERE id=?

-- name: media_done
UPDATE media SET state=?, due_at=0, reference=x'', hash=?, type=?, size_bytes=?, detail=? WHERE id=?

-- name: media_list
-- scans media: the newest, as many as are asked for.
SELECT id, report, bot, kind, state, attempts, hash, type, size_bytes, detail FROM media ORDER BY id DESC LIMIT ?

-- name: media_old
SELECT id, case_id, hash FROM media WHERE id > ? AND id < ? ORDER BY id LIMIT ?

-- name: media_delete
DELETE FROM media WHERE id=?

-- name: media_of_hash
SELECT id FROM media WHERE hash=? LIMIT 1

-- name: outgoing_add
INSERT INTO outgoing(id, bot, attempts, due_at, message) VALUES(?, ?, 0, ?, ?)

-- name: outgoing_get
SELECT bot, attempts, due_at, message FROM outgoing WHERE id=?

-- name: outgoing_try
UPDATE outgoing SET attempts=?, due_at=? WHERE id=?

-- name: outgoing_delete
DELETE FROM outgoing WHERE id=?

-- name: media_keep
INSERT INTO media(id, report, bot, kind, state, attempts, due_at, reference, hash, type, size_bytes, detail)
VALUES(?, ?, ?, ?, 1, 0, 0, x'', ?, ?, ?, '') ON CONFLICT(id) DO NOTHING

-- name: attachment_add
INSERT INTO attachment(id, body) VALUES(?, ?) ON CONFLICT(id) DO NOTHING

-- name: attachment_delete
DELETE FROM attachment WHERE id=?

-- name: blocked_get
SELECT at FROM blocked WHERE key=?

-- name: blocked_add
INSERT INTO blocked(key, at, by) VALUES(?, ?, ?) ON CONFLICT(key) DO NOTHING

-- name: blocked_delete
DELETE FROM blocked WHERE key=?

-- name: blocked_list
-- scans blocked: a row a word of an operator.
SELECT key, at, by FROM blocked ORDER BY at DESC LIMIT ?

-- name: media_of_report
SELECT id, kind, state, type, size_bytes, detail FROM media WHERE report=? ORDER BY id LIMIT ?

-- name: media_kept
SELECT report, hash, size_bytes FROM media WHERE id=? AND state=1

-- name: attachment_get
SELECT body FROM attachment WHERE id=?
