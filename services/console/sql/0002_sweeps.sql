-- Orders are forgotten in the order of time; there is one a touch of a button.
CREATE INDEX command_issued ON command(issued_at);
