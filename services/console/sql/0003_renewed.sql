-- How often the password became another one: a login that was being checked meanwhile was of the old one.
ALTER TABLE account ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0;
