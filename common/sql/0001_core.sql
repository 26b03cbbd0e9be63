-- What every daemon keeps for common/: its journal, its cursors, what waits and what was put aside, timers, audit.
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB) STRICT, WITHOUT ROWID;

-- One row a turn and lane: the records of the turn one behind the other, as they go over the wire.
-- position = lane * 2^60 + sequence of the last record, so that "the first chunk behind x" is one seek.
CREATE TABLE journal(
    position INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    records BLOB NOT NULL) STRICT;

-- How far this daemon has read. Moved by compare-and-set in the transaction that holds the effects.
CREATE TABLE cursor(
    journal TEXT NOT NULL, lane INTEGER NOT NULL, incarnation BLOB NOT NULL, after INTEGER NOT NULL,
    PRIMARY KEY(journal, lane)) STRICT, WITHOUT ROWID;

-- How far others have read this daemon's journal.
CREATE TABLE consumer(
    name TEXT NOT NULL, lane INTEGER NOT NULL, done INTEGER NOT NULL, seen_at INTEGER NOT NULL,
    PRIMARY KEY(name, lane)) STRICT, WITHOUT ROWID;

-- Records read but held back: an answer whose question has not been read (cause), or behind a parked one (case).
CREATE TABLE waiting(
    number INTEGER PRIMARY KEY,
    journal TEXT NOT NULL, lane INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL,
    case_id BLOB, record BLOB NOT NULL) STRICT;

CREATE TABLE parked(
    number INTEGER PRIMARY KEY,
    journal TEXT NOT NULL, lane INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL,
    case_id BLOB, reason TEXT NOT NULL, record BLOB NOT NULL) STRICT;

CREATE TABLE timer(
    due_at INTEGER NOT NULL, kind INTEGER NOT NULL, object BLOB NOT NULL, critical INTEGER NOT NULL,
    PRIMARY KEY(due_at, kind, object)) STRICT, WITHOUT ROWID;

-- Every command and every look at personal data; each hash covers the entry and the hash before it.
CREATE TABLE audit(
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
