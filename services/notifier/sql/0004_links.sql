-- How often a person's answer links were made void: links made before bear a smaller number.
ALTER TABLE person ADD COLUMN links INTEGER NOT NULL DEFAULT 0;
