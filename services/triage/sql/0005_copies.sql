-- Of what waits for a person: the keyed hash of its text, where it is the first of its copies; NULL: short, or one of them.
ALTER TABLE review ADD COLUMN content INTEGER;
CREATE INDEX review_content ON review(content) WHERE content IS NOT NULL;
