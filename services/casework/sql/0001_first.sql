-- A case is one row. What queues, rights and timers ask for stands in columns, the rest in `file` (case_file.h).
CREATE TABLE case_file (
    id BLOB NOT NULL PRIMARY KEY,
    state INTEGER NOT NULL,            -- 1 open, 2 closed, 3 erased
    attention_at INTEGER NOT NULL,     -- earliest deadline of a running task, 0 none
    area TEXT NOT NULL,
    facilities TEXT NOT NULL,          -- ",A,B,": those whose offer is accepted, "" none
    kind TEXT NOT NULL,
    playbook TEXT NOT NULL,
    priority INTEGER NOT NULL,
    confidentiality INTEGER NOT NULL,
    marks INTEGER NOT NULL,            -- 1 unverified, 2 training
    report_id BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,       -- of the state
    next_at INTEGER NOT NULL,          -- its one timer, 0 none
    version INTEGER NOT NULL,
    chain_lane INTEGER NOT NULL,
    chain_sequence INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    file BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The queue of tasks, overdue first. Only open cases are in it.
CREATE INDEX case_attention ON case_file(attention_at, id) WHERE state = 1;

-- Reports as triage sealed them, under the key of the case.
CREATE TABLE narrative (
    case_id BLOB NOT NULL,
    report_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    copy INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (case_id, report_id)
) STRICT, WITHOUT ROWID;

-- What happened after the opening. mark makes a row unique: which record it came from. Codes only; what
-- people wrote is in `sealed`.
CREATE TABLE timeline (
    case_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    what TEXT NOT NULL,
    object TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL,
    sealed BLOB,
    PRIMARY KEY (case_id, at, mark)
) STRICT, WITHOUT ROWID;
