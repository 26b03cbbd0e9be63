-- What the console keeps: who may sign in, who is signed in, how often somebody tried, and what was ordered.

-- Lists are words with a comma between them. password: an Argon2id string, or "made:" and the hash of a password we made.
CREATE TABLE account(
    name TEXT PRIMARY KEY,
    classes TEXT NOT NULL, codes TEXT NOT NULL, areas TEXT NOT NULL, facilities TEXT NOT NULL,
    password TEXT NOT NULL, disabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- token: the hash of the cookie, so that a copy of this file signs nobody in.
CREATE TABLE session(
    token BLOB PRIMARY KEY,
    account TEXT NOT NULL, created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- key: hash of an account, an address, or both.
CREATE TABLE attempt(
    key BLOB PRIMARY KEY,
    count INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- status 0: not answered yet. digest: of what was ordered, so that one id cannot stand for two orders.
CREATE TABLE command(
    id BLOB PRIMARY KEY,
    account TEXT NOT NULL, digest BLOB NOT NULL, issued_at INTEGER NOT NULL,
    status INTEGER NOT NULL, sentence TEXT NOT NULL, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
