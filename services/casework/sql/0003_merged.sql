-- The case that the reports of another one are shown with. As text, as the history has it, which knows of merges from before
-- this table.
CREATE TABLE merged_case (
    case_id BLOB NOT NULL PRIMARY KEY,
    whole TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_case_whole ON merged_case(whole);
INSERT INTO merged_case(case_id, whole)
SELECT t.case_id, t.object FROM timeline t JOIN case_file c ON c.id = t.case_id
WHERE t.what = 'case_merged' AND c.state = 2 AND c.outcome = 'digabung' ORDER BY t.at, t.mark
ON CONFLICT(case_id) DO UPDATE SET whole = excluded.whole;
