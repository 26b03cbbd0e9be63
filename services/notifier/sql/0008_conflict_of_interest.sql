-- 1: the case accuses somebody who would receive it (conflict_of_interest); facilities says whom, or "no" when it is none
-- of them.
ALTER TABLE conflict ADD COLUMN of_interest INTEGER NOT NULL DEFAULT 0;
