-- People who are told. sealed: their name, zone and addresses (people.h), with the notifier's local key; empty: they
-- have left, and their code stays taken, so that an old link never speaks for somebody new. area: whose coordinators
-- may change it.
CREATE TABLE person(
    code TEXT PRIMARY KEY,
    version INTEGER NOT NULL, area TEXT NOT NULL, sealed BLOB NOT NULL,
    last_command BLOB) STRICT, WITHOUT ROWID;

-- Rotas, one a team (rota.h). Codes of people only, with a comma between them. A version counts overrides too.
CREATE TABLE rota(
    team TEXT PRIMARY KEY,
    version INTEGER NOT NULL, zone INTEGER NOT NULL, period INTEGER NOT NULL, handover INTEGER NOT NULL,
    start_day INTEGER NOT NULL, end_day INTEGER NOT NULL, at_once INTEGER NOT NULL, people TEXT NOT NULL,
    last_command BLOB) STRICT, WITHOUT ROWID;

-- id: of the command that made it.
CREATE TABLE rota_override(
    id BLOB PRIMARY KEY,
    team TEXT NOT NULL, from_at INTEGER NOT NULL, until_at INTEGER NOT NULL,
    person TEXT NOT NULL, instead_of TEXT NOT NULL) STRICT, WITHOUT ROWID;
