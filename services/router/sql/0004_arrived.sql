-- The client has come: until then the time to start runs, also when an appointment has been made. What was under way
-- before counts as arrived.
ALTER TABLE offer ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0;
UPDATE offer SET arrived=1 WHERE open=1 AND (state=7 OR state=8);
