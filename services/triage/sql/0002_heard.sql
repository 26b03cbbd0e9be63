-- What tells one incident from another, in place of copies of texts only. Rows are appended in the order of time and
-- found through the hash index: a table with a random key costs a page of the log for each report.
CREATE TABLE print(
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL, case_id BLOB NOT NULL,
    kind TEXT NOT NULL, area TEXT NOT NULL,
    age INTEGER NOT NULL,   -- -1: not said
    sex INTEGER NOT NULL,   -- 0: not said
    marks BLOB NOT NULL) STRICT; -- keyed hashes, see heard.c

INSERT INTO print(at, case_id, kind, area, age, sex, marks)
SELECT at, case_id, kind, area, -1, 0, content FROM (
    SELECT f.at AS at, f.case_id AS case_id, c.kind AS kind, c.area AS area, substr(f.content_hash, 1, 8) AS content
    FROM fingerprint f JOIN open_case c ON c.case_id=f.case_id WHERE c.closed_at=0 ORDER BY f.at DESC LIMIT 5000)
ORDER BY at; -- as many as the index holds before it first writes

DROP TABLE fingerprint;

ALTER TABLE open_case ADD COLUMN narrative BLOB;   -- ReportContent, sealed under the case key; NULL: from before
ALTER TABLE open_case ADD COLUMN merged_into BLOB; -- it and that case are one incident
CREATE INDEX open_case_merged ON open_case(merged_into) WHERE merged_into IS NOT NULL;

-- Reports that joined a case: they can be taken out of it again.
CREATE TABLE witness(
    case_id BLOB NOT NULL, report_id BLOB NOT NULL, at INTEGER NOT NULL,
    relation TEXT NOT NULL,    -- copy, witness; or edit, album, follow_up, answer, withdrawal
    permille INTEGER NOT NULL, -- how alike; 0: not compared
    received BLOB NOT NULL,    -- ReportReceived without its content
    narrative BLOB NOT NULL,   -- its content, sealed under the case key
    PRIMARY KEY(case_id, report_id)) STRICT, WITHOUT ROWID;

-- Open cases that may be the same as others, until a person has said so or not.
CREATE TABLE proposal(
    case_id BLOB PRIMARY KEY, at INTEGER NOT NULL, alike BLOB NOT NULL) STRICT, WITHOUT ROWID;

ALTER TABLE review ADD COLUMN amends BLOB; -- the report it belongs to, which waits too
ALTER TABLE review ADD COLUMN alike BLOB;  -- cases it may tell of
CREATE INDEX review_amends ON review(amends) WHERE amends IS NOT NULL;

-- What people decided, beside what the machine had said.
CREATE TABLE correction(
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL, source TEXT NOT NULL, actor TEXT NOT NULL,
    report_id BLOB NOT NULL, case_id BLOB,
    kind_said TEXT NOT NULL, kind TEXT NOT NULL,
    priority_said INTEGER NOT NULL, priority INTEGER NOT NULL,
    area_said TEXT NOT NULL, area TEXT NOT NULL,
    received BLOB) STRICT; -- of a report that became no case, as it came: still sealed, and forgotten before the row is

-- Decisions of a week, beside the sum of what the model expected.
CREATE TABLE week(
    week INTEGER NOT NULL, what TEXT NOT NULL, code TEXT NOT NULL,
    seen INTEGER NOT NULL, expected REAL NOT NULL,
    PRIMARY KEY(week, what, code)) STRICT, WITHOUT ROWID;
