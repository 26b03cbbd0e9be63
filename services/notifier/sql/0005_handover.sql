-- What the alert is about. Rows made before are looked at as if they were of offers (2).
ALTER TABLE handover ADD COLUMN subject INTEGER NOT NULL DEFAULT 2;
