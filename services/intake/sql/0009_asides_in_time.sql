-- What was put aside waits for weeks: what must be told of and what may go is found without passing the rest, in rows that hold
-- bodies.
CREATE INDEX hook_untold ON hook(id) WHERE state=1 AND due_at=0 AND substr(reason, 1, 7)<>'blocked';
CREATE INDEX hook_told ON hook(due_at, id) WHERE state=1 AND due_at>0 AND substr(reason, 1, 7)<>'blocked';
CREATE INDEX hook_blocked ON hook(id) WHERE state=1 AND substr(reason, 1, 7)='blocked';
