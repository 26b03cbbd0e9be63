-- Webhooks of platforms: what waits or could not be read, who writes, what belongs together, media and answers.

-- What a platform sent and is not (wholly) decoded yet. state 0: waiting, from item `next` on; 1: put aside, a person must
-- look. body is sealed with this daemon's own key. In time order.
CREATE TABLE hook(
    id BLOB PRIMARY KEY,
    bot TEXT NOT NULL,
    source TEXT NOT NULL,
    state INTEGER NOT NULL,
    next INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- An edit, a further picture, a second message: the report it joins, and that one's ticket, sealed. In time order.
CREATE TABLE amendment(
    report BLOB PRIMARY KEY,
    first BLOB NOT NULL,
    ticket BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Who wrote lately; key is a keyed hash of bot and address. full_at: when the sender's allowance is whole again. ticket: of
-- the last report, sealed. asked_at: a question
-- about it waits for an answer.
CREATE TABLE sender(
    key BLOB PRIMARY KEY,
    last_at INTEGER NOT NULL,
    full_at INTEGER NOT NULL,
    report BLOB NOT NULL,
    ticket BLOB NOT NULL,
    asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A photo, a voice message. state 0: to be fetched, 1: kept under hash, 2: cannot be had. reference: id or URL there, sealed;
-- emptied when done. In time order.
CREATE TABLE media(
    id BLOB PRIMARY KEY,
    report BLOB NOT NULL,
    bot TEXT NOT NULL,
    kind TEXT NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    reference BLOB NOT NULL,
    hash BLOB,
    type TEXT,
    size_bytes INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a reporter is being told: address and text sealed, gone when it was handed over or given up.
CREATE TABLE outgoing(
    id BLOB PRIMARY KEY,
    bot TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    message BLOB NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE sweep ADD COLUMN sender_key BLOB NOT NULL DEFAULT x'';
