-- asks: somebody has to answer it (1), or it only tells. Rows made before count as asking until they are over.
-- What waits for an answer in the order in which it is shown: most urgent first, then longest. Whose it is, is in the index.
ALTER TABLE alert ADD COLUMN asks INTEGER NOT NULL DEFAULT 1;
DROP INDEX alert_critical;
CREATE INDEX alert_waiting ON alert(priority, number, state, asks, area, facility, subject, confidentiality)
    WHERE state IN (1, 3);
