-- part: alert_row
number, id, subject, state, priority, confidentiality, area, facility, next_at, body

-- name: alert_insert
INSERT INTO alert(number, id, subject, state, priority, confidentiality, area, facility, next_at, sending, asks, body)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: alert_update
UPDATE alert SET state=?, priority=?, confidentiality=?, area=?, asks=?, next_at=?, sending=?, body=? WHERE number=?

-- name: alert_update_in_place
-- The indices have state, priority, confidentiality and area: where these stay, so do their entries.
UPDATE alert SET next_at=?, sending=?, body=? WHERE number=?

-- name: alert_get
SELECT {alert_row} FROM alert WHERE id=?

-- name: alert_incident
SELECT {alert_row} FROM alert WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?

-- name: alert_newest_id
SELECT id FROM alert WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1

-- name: alert_newest
SELECT max(id) FROM alert

-- name: alert_due
SELECT id FROM alert WHERE id BETWEEN ? AND ? AND next_at BETWEEN 1 AND ? ORDER BY id LIMIT ?

-- name: alert_sending
SELECT number, id FROM alert INDEXED BY alert_sending WHERE sending > 0 AND number > ? AND number <= ? ORDER BY number LIMIT ?

-- name: alert_since
SELECT number, id FROM alert WHERE number > ? AND number <= ? ORDER BY number LIMIT ?

-- name: alert_last_number
SELECT max(number) FROM alert

-- name: alert_forget_edge
SELECT id FROM alert WHERE id > ? AND id < ? ORDER BY id LIMIT 1 OFFSET ?

-- name: alert_forget
DELETE FROM alert WHERE id > ? AND id <= ? AND state=4 AND sending=0

-- part: alert_asked_for
-- Rights are in the query: area prefixes (an empty one is everywhere), ?17: also where nobody knows where, or facilities.
(substr(area, 1, length(?1)) = ?1 OR substr(area, 1, length(?2)) = ?2 OR substr(area, 1, length(?3)) = ?3
    OR substr(area, 1, length(?4)) = ?4 OR substr(area, 1, length(?5)) = ?5 OR substr(area, 1, length(?6)) = ?6
    OR substr(area, 1, length(?7)) = ?7 OR substr(area, 1, length(?8)) = ?8
    OR (area = '' AND ?17) OR (facility <> '' AND facility IN (?9, ?10, ?11, ?12)))
AND substr(area, 1, length(?13)) = ?13
AND (?14 = 0 OR state = ?14)
AND (?15 = '' OR facility = ?15)
AND (?18 < 0 OR priority = ?18)
-- ?19: sees secrets. To others a secret case (3) is not known to be offered (2), but to the facility it is offered to.
AND (?19 OR confidentiality < 3 OR subject <> 2 OR (facility <> '' AND facility IN (?9, ?10, ?11, ?12)))

-- name: alert_search
-- Looks at the newest ?21 rows only.
SELECT {alert_row} FROM alert
WHERE number > (SELECT coalesce(max(number), 0) - ?21 FROM alert)
AND NOT (state IN (1, 3) AND priority <= 1)
AND {alert_asked_for}
ORDER BY number DESC LIMIT ?16 OFFSET ?20

-- name: alert_search_critical
-- Unanswered alerts at which a life may hang, however old, the newest first as in the rest of the list.
-- passes alert_waiting: those that are not the actor's cost no row; after a disaster thousands are unanswered.
-- The rows come in the order of the inner query.
SELECT {alert_row} FROM (
    SELECT number AS found FROM alert INDEXED BY alert_waiting
    WHERE state IN (1, 3) AND priority <= 1 AND {alert_asked_for}
    ORDER BY number DESC LIMIT ?16 OFFSET ?20) CROSS JOIN alert ON number = found

-- name: alert_search_waiting
-- scans alert_waiting: in its order, up to the limit; of somebody who sees few, all that waits for an answer.
-- passes alert_waiting: as above.
SELECT {alert_row} FROM (
    SELECT number AS found FROM alert INDEXED BY alert_waiting
    WHERE state IN (1, 3) AND asks = 1 AND {alert_asked_for}
    ORDER BY priority, number LIMIT ?16 OFFSET ?20) CROSS JOIN alert ON number = found

-- name: alert_count_waiting
-- scans alert_waiting: all that waits for an answer, up to ?16 of the actor's.
-- passes alert_waiting: as above.
SELECT count(*) FROM (
    SELECT 1 FROM alert INDEXED BY alert_waiting
    WHERE state IN (1, 3) AND asks = 1 AND {alert_asked_for} AND ?20 = 0 LIMIT ?16)

-- name: handover_insert
INSERT INTO handover(number, alert, subject) VALUES(?, ?, ?) ON CONFLICT(number) DO NOTHING

-- name: handover_since
SELECT number, alert FROM handover WHERE number > ? AND number <= ? ORDER BY number LIMIT ?

-- name: handover_last_number
SELECT max(number) FROM handover

-- name: offer_alerts_between
-- Open alerts of offers whose local deliveries bear a number above ?1 up to ?2: rows made with it, and older ones.
-- Bounded by its caller: climbing alerts that are no offers may be all there is between two offers.
SELECT number, id FROM alert WHERE number > ?1 AND number <= ?2 AND subject = ?3 AND state IN (1, 3)
UNION ALL
SELECT handover.number, alert.id FROM handover JOIN alert ON alert.id = handover.alert
WHERE handover.number > ?1 AND handover.number <= ?2 AND handover.subject = ?3
    AND alert.subject = ?3 AND alert.state IN (1, 3)
ORDER BY 1 LIMIT ?4

-- name: handover_forget
DELETE FROM handover WHERE number <= ?

-- name: watermark_get
SELECT number FROM watermark WHERE one=1

-- name: watermark_set
UPDATE watermark SET number=? WHERE one=1 AND number<?1

-- name: policy_insert
INSERT INTO policy(number, text) VALUES(?, ?) ON CONFLICT(number) DO NOTHING

-- name: policy_get
SELECT text FROM policy WHERE number=?

-- name: attempt_insert
INSERT INTO attempt(delivery, number, at, channel, outcome, detail) VALUES(?, ?, ?, ?, ?, ?)
ON CONFLICT(delivery, number) DO UPDATE SET outcome=excluded.outcome, detail=excluded.detail

-- name: attempt_list
SELECT number, at, channel, outcome, detail FROM attempt WHERE delivery=? ORDER BY number

-- name: attempt_forget
DELETE FROM attempt WHERE delivery IN (SELECT delivery FROM attempt WHERE delivery < ? ORDER BY delivery LIMIT ?)

-- name: person_all
-- scans person: a row a person.
SELECT code, version, sealed, links FROM person WHERE length(sealed) > 0 ORDER BY code

-- name: person_get
SELECT version, area, length(sealed), last_command FROM person WHERE code=?

-- name: person_count
-- scans person: a row a person.
SELECT count(*) FROM person

-- name: person_set
INSERT INTO person(code, version, area, sealed, last_command) VALUES(?, ?, ?, ?, ?)
ON CONFLICT(code) DO UPDATE SET version=excluded.version, area=excluded.area, sealed=excluded.sealed,
    last_command=excluded.last_command

-- name: person_void_links
-- The version stays: the row is sealed with it.
UPDATE person SET links=links+1, last_command=? WHERE code=?

-- name: rota_all
-- scans rota: a row a team.
SELECT team, version, zone, period, handover, start_day, end_day, at_once, people FROM rota ORDER BY team

-- name: rota_get
SELECT version, last_command, people, zone FROM rota WHERE team=?

-- name: rota_set
INSERT INTO rota(team, version, zone, period, handover, start_day, end_day, at_once, people, last_command)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(team) DO UPDATE SET version=excluded.version, zone=excluded.zone, period=excluded.period,
    handover=excluded.handover, start_day=excluded.start_day, end_day=excluded.end_day, at_once=excluded.at_once,
    people=excluded.people, last_command=excluded.last_command

-- name: rota_touch
UPDATE rota SET version=version+1, last_command=? WHERE team=?

-- name: rota_remove
DELETE FROM rota WHERE team=?

-- name: override_all
-- scans rota_override: those of the next weeks.
SELECT team, id, from_at, until_at, person, instead_of FROM rota_override ORDER BY team, from_at, id

-- name: override_count
-- scans rota_override: those of the next weeks.
SELECT count(*) FROM rota_override WHERE team=?

-- name: override_set
INSERT INTO rota_override(id, team, from_at, until_at, person, instead_of) VALUES(?, ?, ?, ?, ?, ?)
ON CONFLICT(id) DO NOTHING

-- name: override_remove
DELETE FROM rota_override WHERE id=? AND team=?

-- name: override_forget
-- scans rota_override: those of the next weeks.
DELETE FROM rota_override WHERE team=? AND until_at<?

-- name: override_remove_team
-- scans rota_override: those of the next weeks.
DELETE FROM rota_override WHERE team=?

-- name: alert_open_with
-- Open alerts that name a person (bytes of the packed row): of the newest ?2 rows.
SELECT id FROM alert WHERE number > (SELECT coalesce(max(number), 0) - ?2 FROM alert)
AND state IN (1, 3) AND instr(body, ?1) > 0 ORDER BY number DESC LIMIT ?3

-- name: alert_critical_with
-- Unanswered alerts at which a life may hang, however old: they have an index.
SELECT id FROM alert INDEXED BY alert_waiting
WHERE state IN (1, 3) AND priority <= 1 AND instr(body, ?1) > 0 ORDER BY number DESC LIMIT ?2

-- name: conflict_set
INSERT INTO conflict(case_id, at, accounts, facilities, of_interest) VALUES(?, ?, ?, ?, ?)
ON CONFLICT(case_id) DO UPDATE SET at=excluded.at, accounts=excluded.accounts, facilities=excluded.facilities,
    of_interest=excluded.of_interest

-- name: conflict_get
SELECT accounts, facilities, of_interest FROM conflict WHERE case_id=?

-- name: conflict_cases
-- scans conflict: such cases are few.
SELECT case_id FROM conflict LIMIT ?

-- name: conflict_count
-- scans conflict: such cases are few.
SELECT count(*) FROM conflict

-- name: conflict_forget
-- scans conflict: such cases are few.
DELETE FROM conflict WHERE at<?
