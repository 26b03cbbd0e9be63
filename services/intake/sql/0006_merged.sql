-- A case that counts with another: its reports stand as that one does.
ALTER TABLE progress ADD COLUMN merged_into BLOB;
