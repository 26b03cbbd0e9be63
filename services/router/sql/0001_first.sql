-- A referral a case; it bears the case's id, so that neither needs an index beside its key.
-- facts: pairs of name and value. trail: every facility looked at, with its reason and its offer (trail.h).
CREATE TABLE referral(
    case_id BLOB PRIMARY KEY,
    state INTEGER NOT NULL,
    kind TEXT NOT NULL,
    priority INTEGER NOT NULL,
    area TEXT NOT NULL,
    confidentiality INTEGER NOT NULL,
    training INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    version INTEGER NOT NULL,
    rule TEXT NOT NULL,
    plan TEXT NOT NULL,
    owner_role TEXT NOT NULL,
    missing TEXT NOT NULL,
    override INTEGER NOT NULL,
    refusals INTEGER NOT NULL,
    offer BLOB,
    opened_at INTEGER NOT NULL,
    moved_at INTEGER NOT NULL,
    province_at INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    facts BLOB NOT NULL,
    trail BLOB NOT NULL,
    trace BLOB,
    last_command BLOB) STRICT, WITHOUT ROWID;

-- The queues that somebody owns: drafts (1) and what nobody takes (3).
CREATE INDEX referral_queue ON referral(state, case_id) WHERE state IN (1, 3);

-- hold: 0 none, 1 soft, 2 firm. mark, due_at: the one timer that runs.
CREATE TABLE offer(
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL,
    facility TEXT NOT NULL,
    state INTEGER NOT NULL,
    open INTEGER NOT NULL,
    hold INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    version INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    ask_first INTEGER NOT NULL,
    by_hand INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    answer_by INTEGER NOT NULL,
    since INTEGER NOT NULL,
    done INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    escalation INTEGER NOT NULL,
    kind TEXT NOT NULL,
    priority INTEGER NOT NULL,
    area TEXT NOT NULL,
    age_band TEXT NOT NULL,
    sex TEXT NOT NULL,
    reason TEXT NOT NULL,
    last_command BLOB,
    CHECK(hold = 0 OR open = 1)) STRICT, WITHOUT ROWID;

-- What a facility has to answer or to do.
CREATE INDEX offer_open ON offer(facility, id) WHERE open = 1;
-- At most one accepted offer a referral, whatever the interleaving: accepted, in progress, on hold.
CREATE UNIQUE INDEX offer_taken ON offer(case_id) WHERE state IN (3, 7, 8);

-- Only facilities whose number of places is or was known. held never goes over places.
CREATE TABLE capacity(
    facility TEXT PRIMARY KEY,
    known INTEGER NOT NULL,
    places INTEGER NOT NULL,
    held INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_command BLOB,
    CHECK(held >= 0 AND held <= places)) STRICT, WITHOUT ROWID;
