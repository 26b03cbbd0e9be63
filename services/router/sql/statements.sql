-- part: in_area
(?='*' OR area=? OR substr(area, 1, length(?) + 1)=? || '.' OR (area='' AND length(?)<=2))

-- part: offer_row
id, case_id, facility, state, open, hold, cancel_requested, version, rank, ask_first, by_hand, sent_at,
    answer_by, since, done, mark, due_at, escalation, kind, priority, area, age_band, sex, reason, last_command,
    start_from, arrived

-- name: referral_insert
INSERT INTO referral(case_id, state, kind, priority, area, confidentiality, training, lane, version, rule, plan, owner_role,
    missing, override, refusals, offer, opened_at, moved_at, province_at, closed, facts, trail, trace, last_command)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: referral_get
SELECT case_id, state, kind, priority, area, confidentiality, training, lane, version, rule, plan, owner_role,
    missing, override, refusals, offer, opened_at, moved_at, province_at, closed, facts, trail, trace, last_command
FROM referral WHERE case_id=?

-- name: referral_newest
SELECT max(case_id) FROM referral

-- name: referral_update
UPDATE referral SET state=?, kind=?, priority=?, area=?, confidentiality=?, training=?, lane=?, version=?, rule=?, plan=?,
    owner_role=?, missing=?, override=?, refusals=?, offer=?, opened_at=?, moved_at=?, province_at=?, closed=?, facts=?,
    trail=?, trace=?, last_command=?
WHERE case_id=?

-- name: referral_delete
DELETE FROM referral WHERE case_id=?

-- name: referral_queue
-- The index is taken only by who says its condition.
SELECT case_id, state, kind, priority, area, confidentiality, owner_role, missing, rule, plan, opened_at, moved_at, version,
    training, facts
FROM referral
WHERE state IN (1, 3) AND state=? AND {in_area}
ORDER BY case_id LIMIT ?

-- name: referral_without_place
-- scans referral: once, in a store that had no table of those who wait.
SELECT case_id, priority, trail FROM referral WHERE closed=0 AND (state=3 OR state=7)

-- name: waiting_add
INSERT OR IGNORE INTO place_wait(facility, later, case_id) VALUES(?, ?, ?)

-- name: waiting_remove
DELETE FROM place_wait WHERE facility=? AND later=? AND case_id=?

-- name: waiting_of
SELECT case_id FROM place_wait WHERE facility=? ORDER BY later, case_id LIMIT ?

-- name: offer_insert
INSERT INTO offer(id, case_id, facility, rank, ask_first, by_hand, sent_at, state, open, hold, cancel_requested, version,
    answer_by, since, done, mark, due_at, escalation, kind, priority, area, age_band, sex, reason, last_command,
    start_from, arrived)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: offer_get
SELECT {offer_row} FROM offer WHERE id=?

-- name: offer_update
UPDATE offer SET state=?, open=?, hold=?, cancel_requested=?, version=?, answer_by=?, since=?, done=?, mark=?, due_at=?,
    escalation=?, kind=?, priority=?, area=?, age_band=?, sex=?, reason=?, last_command=?,
    start_from=?, arrived=?
WHERE id=?

-- name: offer_delete
DELETE FROM offer WHERE id=?

-- name: offers_of_facility
SELECT {offer_row} FROM offer
WHERE facility=? AND open=1 AND (?=0 OR state=?) AND {in_area}
ORDER BY id LIMIT ?

-- name: offers_in_area
SELECT {offer_row} FROM offer INDEXED BY offer_open
-- scans offer_open: what somebody has to answer or to do.
WHERE open=1 AND (?=0 OR state=?) AND {in_area}
ORDER BY id LIMIT ?

-- name: offer_load
SELECT count(*) FROM (SELECT 1 FROM offer WHERE open=1 AND facility=? LIMIT ?)

-- name: capacity_get
SELECT known, places, held, updated_at, version, last_command FROM capacity WHERE facility=?

-- name: capacity_put
INSERT INTO capacity(facility, known, places, held, updated_at, version, last_command) VALUES(?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(facility) DO UPDATE SET known=excluded.known, places=excluded.places, held=excluded.held,
    updated_at=excluded.updated_at, version=excluded.version, last_command=excluded.last_command

-- name: capacity_hold
UPDATE capacity SET held=held+1 WHERE facility=? AND known=1 AND held<places

-- name: capacity_release
UPDATE capacity SET held=held-1 WHERE facility=?

-- name: capacity_take
UPDATE capacity SET held=held-1, places=places-1 WHERE facility=?
