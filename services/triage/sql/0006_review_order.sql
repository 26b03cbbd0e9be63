-- What waits for a person, the most urgent first and a page at a time: a flood of unclear messages must not be sorted
-- by each look at the list. The area is in it, so that rows of others are passed without being read.
CREATE INDEX review_order ON review(danger DESC, priority, at, area) WHERE reason<>'copy';
