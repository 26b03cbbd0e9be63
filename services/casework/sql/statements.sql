-- part: case_row
id, state, attention_at, area, facilities, kind, playbook, priority, confidentiality, marks, report_id,
    received_at, opened_at, changed_at, next_at, version, chain_lane, chain_sequence, outcome, file

-- part: rights
-- Eight ranges of area codes and four facilities ("%,ID,%"), see rights_bind.
((area || '.' >= ? AND area || '.' < ?) OR
 (area || '.' >= ? AND area || '.' < ?) OR
 (area || '.' >= ? AND area || '.' < ?) OR
 (area || '.' >= ? AND area || '.' < ?) OR
 (area || '.' >= ? AND area || '.' < ?) OR
 (area || '.' >= ? AND area || '.' < ?) OR
 (area || '.' >= ? AND area || '.' < ?) OR
 (area || '.' >= ? AND area || '.' < ?) OR
 facilities LIKE ? OR facilities LIKE ? OR facilities LIKE ? OR facilities LIKE ?)

-- name: case_add
INSERT INTO case_file(state, attention_at, area, facilities, kind, playbook, priority, confidentiality, marks, report_id,
    received_at, opened_at, changed_at, next_at, version, chain_lane, chain_sequence, outcome, file, id)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: case_save
UPDATE case_file SET state=?, attention_at=?, area=?, facilities=?, kind=?, playbook=?, priority=?, confidentiality=?,
    marks=?, report_id=?, received_at=?, opened_at=?, changed_at=?, next_at=?, version=?, chain_lane=?, chain_sequence=?,
    outcome=?, file=?
WHERE id=?

-- name: case_get
SELECT {case_row} FROM case_file WHERE id=?

-- name: case_known
SELECT state FROM case_file WHERE id=?

-- name: case_newest
SELECT max(id) FROM case_file

-- name: case_near
SELECT id FROM case_file WHERE id BETWEEN ? AND ? LIMIT 2

-- name: case_view
SELECT {case_row} FROM case_file WHERE id=? AND {rights}

-- name: case_list
SELECT {case_row} FROM case_file
-- scans case_file: at most the newest 10,000, so that an area with few cases makes no turn long.
WHERE id>=coalesce((SELECT id FROM case_file ORDER BY id DESC LIMIT 1 OFFSET 10000), x'') AND (?=0 OR state=?) AND
    area || '.' >= ? AND area || '.' < ? AND {rights}
ORDER BY id DESC LIMIT ?

-- name: task_scan
-- passes case_attention: cases that are not the actor's cost no row; hundreds of thousands may be open. The rows come in the
-- order of the inner query.
SELECT {case_row} FROM (
    SELECT id AS found FROM case_file INDEXED BY case_attention WHERE state = 1 AND attention_at > ? AND
        area || '.' >= ? AND area || '.' < ? AND {rights}
    ORDER BY attention_at LIMIT ?) CROSS JOIN case_file ON id = found

-- name: narrative_add
INSERT INTO narrative(case_id, report_id, at, copy, sealed, passed) VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: narrative_all
SELECT report_id, at, copy, sealed FROM narrative WHERE case_id=? ORDER BY at LIMIT ?

-- name: narrative_known
SELECT 1 FROM narrative WHERE case_id=? AND report_id=?

-- name: narrative_remove
DELETE FROM narrative WHERE case_id=? AND report_id=?

-- name: narrative_take_back
-- Of the reports of the merged case (?1), the copies that the other one has.
DELETE FROM narrative WHERE case_id=?2 AND report_id IN (SELECT report_id FROM narrative WHERE case_id=?1)

-- name: narrative_forget_copies
-- Of the case's own reports, those that merges have sealed under other keys.
DELETE FROM narrative WHERE passed=1 AND report_id IN (SELECT report_id FROM narrative WHERE case_id=?1 AND passed=0)

-- name: narrative_delete
DELETE FROM narrative WHERE case_id=?

-- name: merged_add
INSERT INTO merged_case(case_id, whole) VALUES(?, ?) ON CONFLICT(case_id) DO UPDATE SET whole=excluded.whole

-- name: merged_remove
DELETE FROM merged_case WHERE case_id=?

-- name: merged_into
SELECT case_id FROM merged_case WHERE whole=? ORDER BY case_id LIMIT ?

-- name: timeline_add
INSERT INTO timeline(case_id, at, mark, what, object, actor, detail, sealed) VALUES(?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING

-- name: timeline_all
SELECT at, mark, what, object, actor, detail, sealed FROM timeline WHERE case_id=? ORDER BY at DESC, mark DESC LIMIT ?

-- name: timeline_delete
DELETE FROM timeline WHERE case_id=?
