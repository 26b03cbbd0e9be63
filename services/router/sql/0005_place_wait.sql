-- Who found a facility full and has no place: P0 and P1 (later 0) before the others, the oldest first. A row says no more
-- than the referral's own (its state and its trail); it is there so that a freed place reads only those who wait for it.
-- facility '' marks a store whose older referrals have been entered.
CREATE TABLE place_wait(
    facility TEXT NOT NULL,
    later INTEGER NOT NULL,
    case_id BLOB NOT NULL,
    PRIMARY KEY(facility, later, case_id)) STRICT, WITHOUT ROWID;
