-- What triage keeps: how each report was settled, the cases still open, copies of texts, reports a person must look at.
CREATE TABLE report(
    report_id BLOB PRIMARY KEY, state INTEGER NOT NULL, case_id BLOB, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE open_case(
    case_id BLOB PRIMARY KEY,
    report_id BLOB NOT NULL,
    kind TEXT NOT NULL, priority INTEGER NOT NULL, area TEXT NOT NULL,
    confidence INTEGER NOT NULL, confidentiality INTEGER NOT NULL, unverified INTEGER NOT NULL,
    opened_at INTEGER NOT NULL, closed_at INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,
    chain_lane INTEGER NOT NULL, chain_sequence INTEGER NOT NULL,
    case_key BLOB NOT NULL,  -- wrapped by the site key
    evidence BLOB NOT NULL,  -- the assessment as JSON, sealed under the case key
    reasons TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Keyed hash of a normalised text, to the case it opened: copies join it.
CREATE TABLE fingerprint(
    content_hash BLOB PRIMARY KEY, case_id BLOB NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE review(
    report_id BLOB PRIMARY KEY,
    at INTEGER NOT NULL, kind TEXT NOT NULL, priority INTEGER NOT NULL, area TEXT NOT NULL,
    reason TEXT NOT NULL, danger INTEGER NOT NULL, owner_role TEXT NOT NULL, decide_by INTEGER NOT NULL,
    training INTEGER NOT NULL,
    received BLOB NOT NULL) STRICT, WITHOUT ROWID; -- ReportReceived as it came, still sealed

-- Commands that were answered: the same one again acts no second time.
CREATE TABLE answered(command_id BLOB PRIMARY KEY, status INTEGER NOT NULL, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
