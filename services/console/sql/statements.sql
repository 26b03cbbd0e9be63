-- name: account_find
SELECT name, classes, codes, areas, facilities, password, disabled, renewed FROM account WHERE name=?

-- name: account_add
INSERT INTO account(name, classes, codes, areas, facilities, password, disabled, created_at, changed_at)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?7) ON CONFLICT(name) DO NOTHING

-- name: account_password
UPDATE account SET password=?, changed_at=?, renewed=renewed+1 WHERE name=?

-- name: account_password_replace
-- Another one, or a better hash of the same.
UPDATE account SET password=?, changed_at=?, renewed=renewed+? WHERE name=? AND password=?

-- name: account_disable
UPDATE account SET disabled=?, changed_at=? WHERE name=?

-- name: account_all
-- scans account: a row a person.
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
-- scans session: 20 an account at most.
DELETE FROM session WHERE account=? AND token<>?

-- name: session_end_oldest
-- scans session: 20 an account at most.
DELETE FROM session WHERE token IN (SELECT token FROM session WHERE account=? ORDER BY created_at DESC LIMIT -1 OFFSET ?)

-- name: session_sweep
-- scans session: 20 an account at most.
DELETE FROM session WHERE created_at<? OR seen_at<?

-- name: attempt_find
SELECT count, last_at FROM attempt WHERE key=?

-- name: attempt_set
INSERT INTO attempt(key, count, last_at) VALUES(?, ?, ?)
ON CONFLICT(key) DO UPDATE SET count=excluded.count, last_at=excluded.last_at

-- name: attempt_forget
DELETE FROM attempt WHERE key=?

-- name: attempt_slice
SELECT key FROM attempt WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?

-- name: attempt_expire
DELETE FROM attempt WHERE key > ? AND key <= ? AND last_at < ?

-- name: command_add
INSERT INTO command(id, account, digest, issued_at, status, sentence, version) VALUES(?, ?, ?, ?, 0, '', 0)

-- name: command_find
SELECT account, digest, issued_at, status, sentence, version FROM command WHERE id=?

-- name: command_answered
UPDATE command SET status=?, sentence=?, version=? WHERE id=? AND status=0

-- name: command_sweep
-- scans command_issued: by its index, those that are kept. The oldest, as many as are asked for.
DELETE FROM command WHERE id IN (SELECT id FROM command WHERE issued_at <=
    max(?1, coalesce((SELECT issued_at FROM command ORDER BY issued_at DESC LIMIT 1 OFFSET ?2), 0)) ORDER BY issued_at LIMIT ?3)
