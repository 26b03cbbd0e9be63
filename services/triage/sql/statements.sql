-- name: report_set
INSERT INTO report(report_id, state, case_id, at) VALUES(?, ?, ?, ?)
ON CONFLICT(report_id) DO UPDATE SET state=excluded.state, case_id=excluded.case_id

-- name: report_get
SELECT state, case_id, at FROM report WHERE report_id=?

-- name: case_insert
INSERT INTO open_case(case_id, report_id, kind, priority, area, confidence, confidentiality, unverified, opened_at,
    chain_lane, chain_sequence, case_key, evidence, reasons, narrative, training)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: case_get
SELECT report_id, kind, priority, area, confidence, confidentiality, unverified, opened_at, closed_at, version,
    chain_lane, chain_sequence, case_key, evidence, reasons, narrative, merged_into,
    conflict, training, conflict_facility, conflict_of_interest FROM open_case WHERE case_id=?

-- name: case_change
UPDATE open_case SET kind=?, priority=?, area=?, unverified=0, chain_lane=?, chain_sequence=?, version=version+1 WHERE case_id=?

-- name: case_secret
UPDATE open_case SET confidentiality=?1 WHERE case_id=?2 AND confidentiality<?1

-- name: case_chain
UPDATE open_case SET chain_lane=?, chain_sequence=? WHERE case_id=?

-- name: case_raise
UPDATE open_case SET priority=?, area=?, reasons=?, chain_lane=?, chain_sequence=?, version=version+1 WHERE case_id=?

-- name: case_merge
UPDATE open_case SET merged_into=?, closed_at=?, chain_lane=?, chain_sequence=?, version=version+1 WHERE case_id=?

-- name: case_drill
UPDATE open_case SET training=1 WHERE case_id=? AND training=0

-- name: case_conflict
UPDATE open_case SET conflict=? WHERE case_id=?

-- name: case_conflict_facts
UPDATE open_case SET conflict_facility=?, conflict_of_interest=? WHERE case_id=?

-- name: case_merged_in
SELECT case_id, report_id, opened_at FROM open_case WHERE merged_into=? ORDER BY case_id LIMIT ?

-- name: case_close
UPDATE open_case SET closed_at=?, version=version+1 WHERE case_id=?

-- name: case_list
SELECT case_id, kind, priority, area, confidence, confidentiality, unverified, opened_at, closed_at, version, conflict,
    conflict_facility, conflict_of_interest
FROM open_case
-- scans open_case: at most the newest 10,000, so that an area with few cases makes no turn long.
WHERE case_id>=coalesce((SELECT case_id FROM open_case ORDER BY case_id DESC LIMIT 1 OFFSET 10000), x'') AND
    (?1='*' OR area=?1 OR substr(area, 1, length(?1)+1)=?1||'.' OR (area='' AND length(?1)=2)) AND
    (?3<0 OR priority=?3)
ORDER BY case_id DESC LIMIT ?2

-- part: swept_cases
-- A merged case is needed as long as the one that it counts with.
FROM open_case c WHERE c.closed_at>0 AND c.closed_at<? AND
    NOT EXISTS(SELECT 1 FROM open_case t WHERE t.case_id=c.merged_into AND t.closed_at=0) ORDER BY c.closed_at LIMIT ?

-- name: case_sweep
DELETE FROM open_case WHERE case_id IN (SELECT c.case_id {swept_cases})

-- name: print_add
INSERT INTO print(number, at, case_id, kind, area, age, sex, marks, training) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: print_get
SELECT at, case_id, kind, area, age, sex, marks FROM print WHERE number=?

-- name: print_first
SELECT min(number) FROM print

-- name: print_after
SELECT number, kind, area, marks, training FROM print WHERE number>? ORDER BY number

-- name: print_sweep
-- scans print: the oldest rows, so many as are asked for.
DELETE FROM print WHERE number IN (SELECT number FROM print ORDER BY number LIMIT ?2) AND at<?1

-- name: witness_add
INSERT INTO witness(case_id, report_id, at, relation, permille, received, narrative) VALUES(?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(case_id, report_id) DO NOTHING

-- name: witness_get
SELECT relation, received, narrative FROM witness WHERE case_id=? AND report_id=?

-- name: witness_list
SELECT report_id, at, relation, permille FROM witness WHERE case_id=? ORDER BY report_id LIMIT ?

-- name: witness_following
SELECT report_id, received FROM witness WHERE case_id=? AND relation NOT IN ('copy', 'witness') ORDER BY report_id DESC LIMIT ?

-- name: witness_delete
DELETE FROM witness WHERE case_id=? AND report_id=?

-- name: witness_sweep
DELETE FROM witness WHERE case_id IN (SELECT c.case_id {swept_cases})

-- name: proposal_set
INSERT INTO proposal(case_id, at, alike) VALUES(?, ?, ?) ON CONFLICT(case_id) DO UPDATE SET alike=excluded.alike

-- name: proposal_get
SELECT alike FROM proposal WHERE case_id=?

-- name: proposal_delete
DELETE FROM proposal WHERE case_id=?

-- name: proposal_list
SELECT c.case_id, c.kind, c.priority, c.area, c.confidence, c.confidentiality, c.unverified, c.opened_at, c.closed_at,
    c.version, c.conflict, c.conflict_facility, c.conflict_of_interest, p.alike
FROM proposal p JOIN open_case c ON c.case_id=p.case_id
-- scans proposal: at most the newest 10,000, as case_list.
WHERE p.case_id>=coalesce((SELECT case_id FROM proposal ORDER BY case_id DESC LIMIT 1 OFFSET 10000), x'') AND c.closed_at=0 AND (?1='*' OR c.area=?1 OR substr(c.area, 1, length(?1)+1)=?1||'.' OR (c.area='' AND length(?1)=2))
ORDER BY p.case_id DESC LIMIT ?2

-- name: proposal_sweep
-- In the order of the ids, which is that of time; what was proposed later of an old case stays until it is old too. Of a
-- case that is closed nobody is shown it.
DELETE FROM proposal WHERE case_id IN (SELECT case_id FROM proposal WHERE case_id<?1 AND at<?2 ORDER BY case_id LIMIT ?3)

-- name: report_sweep
-- What is closed or has joined a case; what opened one goes with it, what is in review stays.
DELETE FROM report WHERE report_id IN (SELECT report_id FROM report WHERE state>2 AND at<? ORDER BY at LIMIT ?)

-- name: report_of_case_sweep
DELETE FROM report WHERE report_id IN (SELECT c.report_id {swept_cases})

-- name: review_insert
INSERT INTO review(report_id, at, kind, priority, area, reason, danger, owner_role, decide_by, training, received, amends,
    alike, also, content) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: review_copied
SELECT report_id, danger, training, (SELECT count(*) FROM review c WHERE c.amends=r.report_id AND c.reason='copy') FROM review r
WHERE content=? AND area=? ORDER BY at DESC LIMIT 1

-- name: review_get
SELECT kind, priority, area, reason, danger, received, training, amends, alike FROM review WHERE report_id=?

-- name: review_amending
SELECT report_id FROM review WHERE amends=? ORDER BY report_id LIMIT ?

-- name: review_delete
DELETE FROM review WHERE report_id=?

-- part: review_shown
report_id, at, kind, priority, area, reason, danger, owner_role, decide_by, alike,
    (SELECT count(*) FROM review c WHERE c.amends=r.report_id AND c.reason='copy'), amends, also

-- name: review_look
SELECT {review_shown} FROM review r WHERE report_id=?

-- name: review_list
-- scans review_order: in its order, up to the limit; of a small area, all that waits for a person.
SELECT {review_shown}
FROM review r INDEXED BY review_order WHERE reason<>'copy' AND (?1='*' OR area=?1 OR substr(area, 1, length(?1)+1)=?1||'.' OR (area='' AND length(?1)=2))
    AND (?3<0 OR priority=?3)
ORDER BY danger DESC, priority, at LIMIT ?2

-- name: review_count
-- scans review_order: what waits for a person, at most 10,000 of it.
SELECT count(*) FROM (SELECT 1
FROM review r INDEXED BY review_order WHERE reason<>'copy' AND (?1='*' OR area=?1 OR substr(area, 1, length(?1)+1)=?1||'.' OR (area='' AND length(?1)=2))
    AND (?2<0 OR priority=?2) LIMIT 10000)

-- name: answered_get
SELECT status, version FROM answered WHERE command_id=?

-- name: answered_set
INSERT INTO answered(command_id, status, version) VALUES(?, ?, ?) ON CONFLICT DO NOTHING

-- name: answered_sweep
-- The console keeps an order for a day and gives none twice; ids are made in the order of time.
DELETE FROM answered WHERE command_id IN (SELECT command_id FROM answered WHERE command_id<?1 ORDER BY command_id LIMIT ?2)

-- name: correction_add
INSERT INTO correction(at, source, actor, report_id, case_id, kind_said, kind, priority_said, priority, area_said, area,
    received, command_id, words) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: correction_list
SELECT number, at, source, report_id, case_id, kind_said, kind, priority_said, priority, area_said, area, received,
    command_id, words
FROM correction WHERE number>?1 AND
    (?2='*' OR area=?2 OR substr(area, 1, length(?2)+1)=?2||'.' OR (area='' AND length(?2)=2))
ORDER BY number LIMIT ?3

-- name: correction_matrix
SELECT kind_said, kind, count(*) FROM correction WHERE at>=? GROUP BY kind_said, kind ORDER BY 3 DESC LIMIT ?

-- name: correction_priorities
SELECT priority_said, priority, count(*) FROM correction WHERE at>=? GROUP BY priority_said, priority ORDER BY 1, 2

-- name: correction_counts
SELECT count(*), coalesce(sum(kind<>kind_said), 0), coalesce(sum(priority<>priority_said), 0),
    coalesce(sum(area<>area_said), 0) FROM correction WHERE at>=? AND at<?

-- name: correction_forget
UPDATE correction SET received=NULL, command_id=NULL, words=NULL WHERE number IN
(SELECT number FROM correction WHERE at<? AND received IS NOT NULL LIMIT ?)

-- name: correction_sweep
-- scans correction: the oldest rows, so many as are asked for.
DELETE FROM correction WHERE number IN (SELECT number FROM correction ORDER BY number LIMIT ?2) AND at<?1

-- name: week_add
INSERT INTO week(week, what, code, seen, expected) VALUES(?, ?, ?, ?, ?)
ON CONFLICT(week, what, code) DO UPDATE SET seen=week.seen+excluded.seen, expected=week.expected+excluded.expected

-- name: week_list
SELECT week, what, code, seen, expected FROM week WHERE week>=? ORDER BY week DESC, what, code

-- name: week_sweep
DELETE FROM week WHERE week<?

-- name: report_teller
UPDATE report SET teller=? WHERE report_id=?

-- name: report_newest
SELECT max(report_id) FROM report

-- name: report_tellers
SELECT report_id, teller FROM report WHERE report_id>=? ORDER BY report_id DESC LIMIT ?
