-- Whose alert it is, is in the index too: the list of somebody who sees few passes all unanswered ones.
DROP INDEX alert_critical;
CREATE INDEX alert_critical ON alert(number, state, priority, area, facility) WHERE state IN (1, 3) AND priority <= 1;
