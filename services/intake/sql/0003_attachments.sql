-- Files that came with a form (OpenRosa): sealed to the site like a report, in one piece: session, key, ciphertext. id is that
-- of the media row.
CREATE TABLE attachment(
    id BLOB PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
