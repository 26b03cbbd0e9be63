-- Officers who may be part of what is reported: accounts, by case.
CREATE TABLE conflict(
    case_id BLOB PRIMARY KEY, at INTEGER NOT NULL, accounts TEXT NOT NULL) STRICT, WITHOUT ROWID;
