-- Sweeps that look at no more rows than they delete. Rows are added to these indices when a report opens no case, when a case
-- is closed and when a person decides: the way of a report that opens a case is as short as it was.
CREATE INDEX report_settled ON report(at) WHERE state>2;
CREATE INDEX open_case_closed ON open_case(closed_at) WHERE closed_at>0;
CREATE INDEX correction_words ON correction(at) WHERE received IS NOT NULL;
CREATE INDEX correction_at ON correction(at);
