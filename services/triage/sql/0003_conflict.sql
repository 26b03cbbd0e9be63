-- Accounts of officers who may be part of what is reported, as people have said; '' for nobody.
ALTER TABLE open_case ADD COLUMN conflict TEXT NOT NULL DEFAULT '';
