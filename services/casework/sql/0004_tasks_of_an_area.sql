-- Whose case it is, is in the index too: the list of somebody who sees few passes all open cases.
DROP INDEX case_attention;
CREATE INDEX case_attention ON case_file(attention_at, id, area, facilities, state) WHERE state = 1;
