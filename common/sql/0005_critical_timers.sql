-- What is critical is found without passing the others that are due: after an outage those are hundreds of thousands, and
-- while the clock is not steady they all wait.
CREATE INDEX timer_critical ON timer(due_at, kind, object) WHERE critical=1;
