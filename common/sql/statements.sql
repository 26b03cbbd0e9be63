-- name: meta_get
SELECT value FROM meta WHERE key=?

-- name: meta_set
INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value=excluded.value

-- name: meta_delete
DELETE FROM meta WHERE key=?

-- name: journal_append
INSERT INTO journal(position, first, at, bytes, records) VALUES(?, ?, ?, ?, ?)

-- name: journal_edges
-- Two seeks: min() and max() in one query would go through the whole lane.
SELECT oldest.first, newest.position, oldest.at
FROM (SELECT first, at FROM journal WHERE position BETWEEN ?1 AND ?2 ORDER BY position LIMIT 1) AS oldest,
    (SELECT position FROM journal WHERE position BETWEEN ?1 AND ?2 ORDER BY position DESC LIMIT 1) AS newest

-- name: journal_next
SELECT position, first, records FROM journal WHERE position > ? AND position < ? ORDER BY position LIMIT 1

-- name: journal_trim
-- The oldest rows: position is in the order of time.
DELETE FROM journal WHERE position IN
(SELECT position FROM journal WHERE position BETWEEN ? AND ? ORDER BY position LIMIT ?) AND at < ?

-- name: cursor_all
-- scans cursor: two rows a link.
SELECT journal, lane, incarnation, after FROM cursor

-- name: cursor_create
INSERT INTO cursor(journal, lane, incarnation, after) VALUES(?, ?, ?, ?)

-- name: cursor_move
UPDATE cursor SET after=?, incarnation=? WHERE journal=? AND lane=? AND after=?

-- name: consumer_all
-- scans consumer: two rows a reader.
SELECT name, lane, done, seen_at FROM consumer

-- name: consumer_set
INSERT INTO consumer(name, lane, done, seen_at) VALUES(?, ?, ?, ?)
ON CONFLICT(name, lane) DO UPDATE SET done=excluded.done, seen_at=excluded.seen_at

-- name: waiting_add
INSERT INTO waiting(journal, lane, sequence, at, case_id, record) VALUES(?, ?, ?, ?, ?, ?)
RETURNING number

-- name: waiting_all
-- scans waiting: what is held back, at the start.
SELECT number, journal, lane, sequence, at, case_id, record FROM waiting ORDER BY number

-- name: waiting_get
SELECT journal, lane, sequence, at, record FROM waiting WHERE number=?

-- name: waiting_delete
DELETE FROM waiting WHERE number=?

-- name: parked_add
INSERT INTO parked(journal, lane, sequence, at, case_id, reason, record) VALUES(?, ?, ?, ?, ?, ?, ?)
RETURNING number

-- name: parked_all
-- scans parked: what is put aside, at the start.
SELECT case_id FROM parked

-- name: parked_page
SELECT number, journal, lane, sequence, at, case_id, reason FROM parked WHERE number > ? ORDER BY number LIMIT ?

-- name: parked_move
-- scans parked: what an operator has to look at.
-- In front of all that waits, in its old order. A number of parked comes again once its row is gone, so it says
-- nothing about numbers of waiting.
INSERT INTO waiting(number, journal, lane, sequence, at, case_id, record)
SELECT number - (SELECT max(number) FROM parked) + (SELECT min(0, coalesce(min(number), 0) - 1) FROM waiting),
    journal, lane, sequence, at, case_id, record FROM parked WHERE ?1=0 OR number=?1

-- name: parked_moved
-- scans parked: what an operator has to look at.
DELETE FROM parked WHERE ?1=0 OR number=?1

-- name: timer_set
INSERT INTO timer(due_at, kind, object, critical) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: timer_clear
-- A timer that was set as a critical one, too, is there twice: the first that fires takes both along.
DELETE FROM timer WHERE critical IN (0, 1) AND due_at=? AND kind=? AND object=?

-- name: timer_due
SELECT due_at, kind, object FROM timer WHERE critical=? AND due_at <= ? ORDER BY due_at LIMIT ?

-- name: timer_next
SELECT min(due_at) FROM (SELECT min(due_at) AS due_at FROM timer WHERE critical=1
    UNION ALL SELECT min(due_at) FROM timer WHERE critical=0 AND ?=0)

-- name: audit_last
-- scans audit: one row.
SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1

-- name: audit_add
INSERT INTO audit(number, at, actor, action, object, hash) VALUES(?, ?, ?, ?, ?, ?)

-- name: audit_hash
SELECT hash FROM audit WHERE number=?

-- name: audit_range
SELECT number, at, actor, action, object, hash FROM audit WHERE number > ? ORDER BY number LIMIT ?

-- name: hash_run_add
INSERT INTO hash_run(number, head, entries, filter) VALUES(?, ?, ?, ?)

-- name: hash_run_next
SELECT number, head, entries, filter FROM hash_run WHERE number >= ? AND number < ? ORDER BY number LIMIT 1

-- name: hash_run_clear
DELETE FROM hash_run WHERE number >= ? AND number < ?

-- name: hash_run_delete
DELETE FROM hash_run WHERE number=?

-- name: hash_row_put
INSERT OR REPLACE INTO hash_row(number, body) VALUES(?, ?)

-- name: hash_row_get
SELECT body FROM hash_row WHERE number=?

-- name: hash_row_last
SELECT number FROM hash_row WHERE number >= ? AND number < ? ORDER BY number DESC LIMIT 1
