-- Reports in the order in which they came: a key in no order of time cost a page of its own at each report. Found by
-- key through common/hash_index, whose rows are numbered by `number`.
CREATE TABLE report_in_order(
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    id BLOB NOT NULL,
    content BLOB NOT NULL
) STRICT;
INSERT INTO report_in_order(key, id, content) SELECT key, id, content FROM report ORDER BY id;
DROP TABLE report;
ALTER TABLE report_in_order RENAME TO report;
ALTER TABLE sweep DROP COLUMN report_key;
