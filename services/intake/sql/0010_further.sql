-- The newest report that followed this one and went its own way: it waits for a person, or is another case. Who quotes the
-- ticket of a closed case asks for that.
ALTER TABLE outcome ADD COLUMN further BLOB;
