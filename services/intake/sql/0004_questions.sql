-- What the reporter of a report in review could tell (enum reply of replies.h), 0: nothing. Shown to who holds the ticket.
ALTER TABLE outcome ADD COLUMN question INTEGER NOT NULL DEFAULT 0;
