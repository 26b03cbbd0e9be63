-- Sorted runs of common/hash_index. number = index * 2^56 + run * 2^16 + block; block 0 is the head of its run.
CREATE TABLE hash_run(number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
