-- Rows of the hash index are written over when no run needs them any more (common/hash_pool.h), and a run is one row that
-- names its own. Older runs go: owners add again what is in no run.
DROP TABLE hash_run;
-- number = index * 2^56 + run. head: struct hash_run_head of common/hash_run.c; entries, filter: numbers of rows of hash_row,
-- four bytes each.
CREATE TABLE hash_run(number INTEGER PRIMARY KEY, head BLOB NOT NULL, entries BLOB NOT NULL, filter BLOB NOT NULL) STRICT;
-- number = index * 2^56 + number in the pool.
CREATE TABLE hash_row(number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
