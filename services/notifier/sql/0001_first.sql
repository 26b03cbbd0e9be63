-- number: handover number of the deliveries made with the row; the table grows at its right edge.
-- sending: how many deliveries are on their way over a network; not 0 after a start means the process died meanwhile.
-- body: the rest of the alert and its deliveries, packed (alert.c).
CREATE TABLE alert(
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    subject INTEGER NOT NULL, state INTEGER NOT NULL, priority INTEGER NOT NULL, confidentiality INTEGER NOT NULL,
    area TEXT NOT NULL, facility TEXT NOT NULL,
    next_at INTEGER NOT NULL, sending INTEGER NOT NULL,
    body BLOB NOT NULL) STRICT;
CREATE INDEX alert_sending ON alert(number) WHERE sending > 0;
CREATE INDEX alert_critical ON alert(number) WHERE state IN (1, 3) AND priority <= 1;

-- Local deliveries made for an alert that was there already: found again after a crash. Emptied with the watermark.
CREATE TABLE handover(number INTEGER PRIMARY KEY, alert BLOB NOT NULL) STRICT;
-- All local deliveries up to this number are in their boxes: one row stands for the results of all.
CREATE TABLE watermark(one INTEGER PRIMARY KEY, number INTEGER NOT NULL) STRICT;
INSERT INTO watermark(one, number) VALUES(1, 0);

-- Texts of policies that alerts refer to: an alert keeps the policy it started with.
CREATE TABLE policy(number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;

-- Attempts over a network; a local delivery has one, its own.
CREATE TABLE attempt(
    delivery BLOB NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, channel TEXT NOT NULL,
    outcome TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY(delivery, number)) STRICT, WITHOUT ROWID;
