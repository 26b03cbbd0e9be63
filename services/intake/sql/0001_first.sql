-- The reports at the door. Nothing here is readable: keys are keyed hashes, the text travels sealed in the journal.

-- One row a report: the duplicate key and the ticket at once. key is a keyed hash of the ticket's random part, and that
-- part is a keyed hash of the sender's duplicate key (see receive.c): one random index does for both.
CREATE TABLE report(
    key BLOB PRIMARY KEY,
    id BLOB NOT NULL,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What became of it, as triage tells. No row: received, nothing decided yet. In time order: appended at the right edge.
CREATE TABLE outcome(
    report BLOB PRIMARY KEY,
    state INTEGER NOT NULL,
    case_id BLOB
) STRICT, WITHOUT ROWID;

-- How far a case is, once somebody works on it; one row a case however many reports tell of it.
CREATE TABLE progress(
    case_id BLOB PRIMARY KEY,
    state INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the reporter may be written to, sealed with this daemon's own key. Deleted when done, after 7 days at most.
CREATE TABLE reply_address(
    report BLOB PRIMARY KEY,
    address BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token(
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    scopes INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    hash BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    issued_by TEXT NOT NULL
) STRICT;

-- Where the sweep of old rows stands: one row.
CREATE TABLE sweep(
    number INTEGER PRIMARY KEY CHECK(number = 1),
    report_key BLOB NOT NULL,
    case_id BLOB NOT NULL,
    next_at INTEGER NOT NULL
) STRICT;
