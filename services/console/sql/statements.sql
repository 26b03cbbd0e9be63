-- name: account_find
SELECT name, classes, codes, areas, facilities, password, disabled FROM account WHERE name=?

-- name: account_add
INSERT INTO account(name, classes, codes, areas, facilities, password, disabled, created_at, changed_at)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?7) ON CONFLICT(name) DO NOTHING

-- name: account_password
UPDATE account SET password=?, changed_at=? WHERE name=?

-- name: account_password_replace
UPDATE account SET password=?, changed_at=? WHERE name=? AND password=?

-- name: account_disable
UPDATE account SET disabled=?, changed_at=? WHERE name=?

-- name: account_all
SELECT name, classes, codes, areas, facilities, disabled, created_at, changed_at FROM account ORDER BY name LIMIT ?

-- name: session_add
INSERT INTO session(token, account, created_at, seen_at) VALUES(?1, ?2, ?3, ?3)

-- name: session_find
SELECT account, created_at, seen_at FROM session WHERE token=?

-- name: session_seen
UPDATE session SET seen_at=? WHERE token=?

-- name: session_end
DELETE FROM session WHERE token=?

-- name: session_end_others
DELETE FROM session WHERE account=? AND token<>?

-- name: session_end_oldest
DELETE FROM session WHERE token IN (SELECT token FROM session WHERE account=? ORDER BY created_at DESC LIMIT -1 OFFSET ?)

-- name: session_sweep
DELETE FROM session WHERE created_at<? OR seen_at<?

-- name: attempt_find
SELECT count, last_at FROM attempt WHERE key=?

-- name: attempt_set
INSERT INTO attempt(key, count, last_at) VALUES(?, ?, ?)
ON CONFLICT(key) DO UPDATE SET count=excluded.count, last_at=excluded.last_at

-- name: attempt_forget
DELETE FROM attempt WHERE key=?

-- name: attempt_sweep
DELETE FROM attempt WHERE last_at<?

-- name: command_add
INSERT INTO command(id, account, digest, issued_at, status, sentence, version) VALUES(?, ?, ?, ?, 0, '', 0)

-- name: command_find
SELECT account, digest, issued_at, status, sentence, version FROM command WHERE id=?

-- name: command_answered
UPDATE command SET status=?, sentence=?, version=? WHERE id=? AND status=0

-- name: command_sweep
DELETE FROM command WHERE issued_at<?1
OR id IN (SELECT id FROM command ORDER BY issued_at DESC LIMIT -1 OFFSET ?2)
