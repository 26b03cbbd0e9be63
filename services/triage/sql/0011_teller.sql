-- Who told last, by a keyed hash of channel and address: what he says further within minutes is about the same. As many rows
-- as there are slots: whoever comes later takes the slot of another, who then tells something new with his next message.
CREATE TABLE teller(
    slot INTEGER PRIMARY KEY, reporter BLOB NOT NULL, training INTEGER NOT NULL, report_id BLOB NOT NULL, at INTEGER NOT NULL) STRICT;
