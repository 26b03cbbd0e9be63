-- Where the time to start counts from: 0 stands for the sending. A case that becomes more urgent after the facility
-- has accepted starts it anew.
ALTER TABLE offer ADD COLUMN start_from INTEGER NOT NULL DEFAULT 0;
