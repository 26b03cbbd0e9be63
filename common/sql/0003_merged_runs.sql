-- Runs have their filters in rows of their own and come in sizes (common/hash_run.h). Older ones go: owners add again
-- what is in no run.
DELETE FROM hash_run;
