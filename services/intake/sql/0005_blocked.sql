-- Senders whose messages are put aside unread, unless a life may hang on them. key as in sender.
CREATE TABLE blocked(
    key BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
