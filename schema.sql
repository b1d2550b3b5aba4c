-- The database of Vakhta as it is now. A new file is made from this text; an older one is brought here by the numbered
-- steps in src/db/steps.rs, and a test holds both against each other.
--
-- Times are unix milliseconds UTC. Ids of our own are never reused (AUTOINCREMENT). Ids of Telegram are its own.

-- Everybody who ever spoke to the bot, and what they may do. The row of a stranger is made by the first message.
CREATE TABLE person (
    id          INTEGER PRIMARY KEY,                -- Telegram user id
    role        TEXT    NOT NULL CHECK (role IN ('stranger', 'asked', 'refused', 'user', 'admin', 'owner')),
    by_config   INTEGER NOT NULL DEFAULT 0,         -- 1: the role comes from [telegram] admins
    name        TEXT    NOT NULL DEFAULT '',        -- display name, cleaned; free text of the person
    username    TEXT    NOT NULL DEFAULT '',        -- without @; changes hands, so never an identity
    created_at  INTEGER NOT NULL,
    told_at     INTEGER NOT NULL DEFAULT 0          -- when a stranger was last answered (once a day)
) STRICT;
CREATE INDEX person_by_role ON person (role, id);
-- In the order in which admins see them: who waits for an answer, who decides, who was let in, who was not.
CREATE INDEX person_listed ON person (
    CASE role WHEN 'asked' THEN 0 WHEN 'owner' THEN 1 WHEN 'admin' THEN 1 WHEN 'user' THEN 2 ELSE 3 END, id
) WHERE role <> 'stranger';

-- A place messages go to. A private chat has the id of its person.
CREATE TABLE chat (
    id              INTEGER PRIMARY KEY,
    language        TEXT    NOT NULL DEFAULT '',    -- '': not known, the configured one counts
    notify          TEXT    NOT NULL DEFAULT '' CHECK (notify IN ('', 'every-run', 'news', 'digest')),
    digest_at       INTEGER NOT NULL DEFAULT 0,     -- end of the last run that a digest told of
    frozen_until    INTEGER NOT NULL DEFAULT 0,     -- Telegram asked us to wait (429)
    unreachable_at  INTEGER,                        -- set by a permanent error, cleared when the person writes again
    unreachable_why TEXT    NOT NULL DEFAULT '',
    zone            TEXT    NOT NULL DEFAULT '',    -- IANA name of its time zone; '': the configured one counts
    digest_hour     INTEGER NOT NULL DEFAULT 9,     -- the hour of its day after which the digest comes
    run_starts      INTEGER NOT NULL DEFAULT 1,     -- 0: not told that a run begins
    reminders       INTEGER NOT NULL DEFAULT 1,     -- 0: not reminded of agreed times
    quiet           TEXT    NOT NULL DEFAULT '' CHECK (quiet IN ('', 'hold', 'silent')),
    quiet_from      INTEGER NOT NULL DEFAULT 23,    -- hours of its day between which it is quiet
    quiet_to        INTEGER NOT NULL DEFAULT 8,
    bound_by        INTEGER,                        -- the admin who made this group hear of runs; NULL: it does not
    topic           INTEGER,                        -- the topic of a group where news goes; NULL: none
    title           TEXT    NOT NULL DEFAULT ''     -- of a group that hears of runs
) STRICT;
CREATE INDEX chat_digest ON chat (digest_at) WHERE notify = 'digest';
CREATE INDEX chat_bound ON chat (id) WHERE bound_by IS NOT NULL;
CREATE INDEX chat_frozen ON chat (frozen_until) WHERE frozen_until > 0;

-- Places that refuse messages for now: a chat, one topic of it, or its files (topic -1). What waits for them stays in the outbox.
CREATE TABLE chat_pause (
    chat_id     INTEGER NOT NULL,
    topic       INTEGER NOT NULL,                   -- 0: the whole chat
    incident    INTEGER NOT NULL,                   -- 1: Telegram itself fails; 0: somebody in the chat can mend it
    since       INTEGER NOT NULL,
    refusals    INTEGER NOT NULL,
    until       INTEGER NOT NULL,                   -- nothing is tried before
    PRIMARY KEY (chat_id, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_pause_until ON chat_pause (until);

-- One-time links that make the first opener the owner. Only the hash of the code is kept.
CREATE TABLE claim (
    code_hash   BLOB    PRIMARY KEY,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What Telegram sent, from receipt to effect. Rows are kept two days to recognise repeats.
CREATE TABLE inbox (
    update_id   INTEGER PRIMARY KEY,
    chat_id     INTEGER NOT NULL,                   -- the order within it is kept; 0: belongs to no chat
    body        TEXT    NOT NULL,                   -- the update as it came; '' once it is done
    received_at INTEGER NOT NULL,
    done_at     INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0          -- begun and not given back: those before this one ended with the program
) STRICT;
CREATE INDEX inbox_waiting ON inbox (chat_id, update_id) WHERE done_at IS NULL;
CREATE INDEX inbox_done ON inbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX inbox_of_chat ON inbox (chat_id) WHERE done_at IS NOT NULL;

-- Updates that could not be read, kept seven days for the operator.
CREATE TABLE quarantine (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    update_id   INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    problem     TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;

-- Everything that is to be said. A row is written in the same transaction as the fact it tells of.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id     INTEGER NOT NULL,
    dedupe      TEXT    UNIQUE,                     -- the same news is never queued twice; NULL: no such key
    priority    INTEGER NOT NULL,                   -- 0 reply, 1 edit, 2 notice, 3 one of a crowd of notices
    edit_of     INTEGER,                            -- message id to edit; NULL: a new message
    html        TEXT    NOT NULL,                   -- this, keyboard and gist are '' once the row is closed
    keyboard    TEXT    NOT NULL DEFAULT '',        -- inline keyboard as JSON; '': none
    silent      INTEGER NOT NULL DEFAULT 0,
    gist        TEXT    NOT NULL,                   -- one plain line, for the note about an unconfirmed message
    run_id      INTEGER,                            -- the run this row tells of
    state       TEXT    NOT NULL CHECK (state IN ('held', 'pending', 'making', 'sending', 'sent', 'dead', 'unconfirmed', 'folded')),
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    carrier     INTEGER,                            -- the row whose message mentions this unconfirmed one
    message_id  INTEGER,                            -- set when sent
    problem     TEXT    NOT NULL DEFAULT '',
    created_at  INTEGER NOT NULL,
    closed_at   INTEGER,                            -- when it became sent, dead or folded
    file        TEXT    NOT NULL DEFAULT '',        -- how to make the file it carries, as JSON; '': none, or closed
    topic       INTEGER,                            -- of a group, where an answer goes; NULL: where the chat wants its news
    place_row   INTEGER,                            -- the row whose message this one changes, where that was on its way
    reply_to    INTEGER,                            -- the message it answers, shown above it
    deaths      INTEGER NOT NULL DEFAULT 0          -- how often the program died while the file was made
) STRICT;
-- A query uses the first one when it says `closed_at IS NULL`, too. News of a chat stands in the order in which it was told.
CREATE INDEX outbox_open ON outbox (state, chat_id, min(priority, 2), id, due_at) WHERE closed_at IS NULL;
CREATE INDEX outbox_due ON outbox (priority, due_at, id, chat_id) WHERE state = 'pending';
CREATE INDEX outbox_closed ON outbox (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (closed_at) WHERE state = 'dead';
CREATE INDEX outbox_of_chat ON outbox (chat_id) WHERE closed_at IS NOT NULL;

-- A conversation in several steps. Keyed by chat and person, so that two people in a group do not mix.
CREATE TABLE dialogue (
    chat_id     INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    step        TEXT    NOT NULL,                   -- JSON, tagged by the slice's own enum
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dialogue_over ON dialogue (expires_at);

-- What is watched.
CREATE TABLE account (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id    INTEGER NOT NULL REFERENCES person (id),
    site        TEXT    NOT NULL,                   -- key in the catalogue
    username    TEXT    NOT NULL,                   -- exactly as given, never altered
    state       TEXT    NOT NULL CHECK (state IN ('pending', 'done', 'paused', 'held', 'removed')),
    epoch       INTEGER NOT NULL DEFAULT 1,         -- raised when the wait starts again; part of notice keys
    period_days INTEGER NOT NULL CHECK (period_days BETWEEN 1 AND 3650),
    started_at  INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    done_at     INTEGER,
    remind_at   INTEGER,                            -- when the next reminder is due; NULL: none left
    created_at  INTEGER NOT NULL,
    until       TEXT    NOT NULL DEFAULT 'found' CHECK (until IN ('found', 'gone', 'change')),  -- what is waited for
    note        TEXT    NOT NULL DEFAULT '',        -- free text of people; '': none
    removed_at  INTEGER,                            -- set in state removed: forgotten a week later
    identity    TEXT    NOT NULL DEFAULT '',        -- the site's own id of who has the name; '': never read
    UNIQUE (owner_id, site, username)
) STRICT;
CREATE INDEX account_pending ON account (site) WHERE state = 'pending';
CREATE INDEX account_of_owner ON account (owner_id, state, id);
CREATE INDEX account_held ON account (site, owner_id, id) WHERE state = 'held';
CREATE INDEX account_ending ON account (ends_at) WHERE state = 'pending';
CREATE INDEX account_done ON account (ends_at) WHERE state = 'done';
CREATE INDEX account_done_at ON account (done_at) WHERE state = 'done';
CREATE INDEX account_stopped ON account (ends_at) WHERE state IN ('paused', 'held');
CREATE INDEX account_by_site ON account (site);
CREATE INDEX account_for_change ON account (owner_id) WHERE until = 'change';
CREATE INDEX account_removed ON account (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX account_to_remind ON account (remind_at) WHERE state = 'pending' AND remind_at IS NOT NULL;

-- What the last look at an account gave: one row for each. Every run rewrites all of them, so they are narrow and stand in
-- no index.
CREATE TABLE look (
    account_id  INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    pending     INTEGER NOT NULL DEFAULT 1,         -- 1 while the account's state is pending, kept so by a trigger
    run_id      INTEGER NOT NULL DEFAULT 0,         -- the run that looked, 0: none yet; never falls
    reason      TEXT    NOT NULL DEFAULT '',        -- machine key of why we could not look
    known       INTEGER NOT NULL DEFAULT 0,         -- the last verdict since the wait began: 0 none, 1 found, 2 not found
    at          INTEGER,
    seen_at     INTEGER,                            -- when it was last found; NULL: never
    -- The last 24 looks, two bits each, the newest lowest: 0 none, 1 found, 2 not found, 3 error; above them a bit that is always
    -- set, so that the number and its row keep their size.
    history     INTEGER NOT NULL DEFAULT 281474976710656
) STRICT;

-- So that writing down a look need not read the account.
CREATE TRIGGER account_state AFTER UPDATE OF state ON account BEGIN
    UPDATE look SET pending = (new.state = 'pending') WHERE account_id = new.id;
END;

-- Sites of whose accounts not all have been reached yet since this run: the rest comes first.
CREATE TABLE round (
    site        TEXT    PRIMARY KEY,
    run_id      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every change of an account: the only source of notices, and its history.
CREATE TABLE transition (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    run_id      INTEGER,                            -- NULL: a person did it
    by_person   INTEGER,                            -- NULL: a run did it; 0: somebody who was forgotten
    from_state  TEXT    NOT NULL,
    to_state    TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT    NOT NULL DEFAULT '',        -- a word of Change in account.rs
    detail      TEXT    NOT NULL DEFAULT ''         -- days added, what is waited for now
) STRICT;
CREATE INDEX transition_of_account ON transition (account_id, id);
CREATE INDEX transition_of_run ON transition (run_id, account_id) WHERE run_id IS NOT NULL;
CREATE INDEX transition_by ON transition (by_person) WHERE by_person IS NOT NULL;

-- One pass over pending accounts.
CREATE TABLE run (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    trigger     TEXT    NOT NULL CHECK (trigger IN ('start', 'schedule', 'request', 'watchdog')),
    owner_id    INTEGER,                            -- only this owner's accounts; NULL: everybody's; 0: a forgotten one's
    account_id  INTEGER,                            -- only this account; NULL: all in the scope
    state       TEXT    NOT NULL CHECK (state IN ('running', 'done', 'interrupted', 'offline')),
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    total       INTEGER NOT NULL,
    found       INTEGER NOT NULL DEFAULT 0,
    not_found   INTEGER NOT NULL DEFAULT 0,
    errors      INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,         -- not reached for lack of time
    missed_ticks INTEGER NOT NULL DEFAULT 0,        -- ticks that fired while it ran
    stopped_by  INTEGER                             -- the admin who ended it early; 0: one who was forgotten
) STRICT;
CREATE UNIQUE INDEX run_running ON run (state) WHERE state = 'running';
CREATE INDEX run_of_all ON run (id) WHERE owner_id IS NULL AND account_id IS NULL;
CREATE INDEX run_of_owner ON run (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX run_stopped ON run (stopped_by) WHERE stopped_by IS NOT NULL;

-- The screen of state that an admin has open: it moves by itself while a run goes on.
CREATE TABLE open_screen (
    chat_id     INTEGER PRIMARY KEY,
    message_id  INTEGER NOT NULL,
    until       INTEGER NOT NULL
) STRICT;
CREATE INDEX open_screen_last ON open_screen (until);

-- Why looks failed, counted per site and run.
CREATE TABLE run_error (
    run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    site        TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (run_id, site, reason)
) STRICT, WITHOUT ROWID;

-- What runs did at each site, by the calendar day (in the configured zone) of the look. Written with the results, so that a
-- run that is cut, wherever, is counted as far as it came.
CREATE TABLE site_day (
    day         TEXT    NOT NULL,                   -- 2026-11-21
    site        TEXT    NOT NULL,
    found       INTEGER NOT NULL DEFAULT 0,         -- these three together are the accounts checked
    not_found   INTEGER NOT NULL DEFAULT 0,
    errors      INTEGER NOT NULL DEFAULT 0,
    looks       INTEGER NOT NULL DEFAULT 0,         -- requests: confirmations and controls among them
    looking_ms  INTEGER NOT NULL DEFAULT 0,         -- how long those took together
    PRIMARY KEY (day, site)
) STRICT, WITHOUT ROWID;

-- Sites that want to be left alone (Retry-After). Kept so that a restart does not forget it.
CREATE TABLE site_silence (
    site        TEXT    PRIMARY KEY,
    until       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sites that are left alone after repeated failures, as the watch thread last said; none after a start.
CREATE TABLE site_breaker (
    site        TEXT    PRIMARY KEY,
    since       INTEGER NOT NULL,
    trial_at    INTEGER NOT NULL,                   -- not before that one look tries the site
    reason      TEXT    NOT NULL                    -- machine key of how the last look failed
) STRICT, WITHOUT ROWID;

-- Sites whose control names were judged wrongly at least once. The admins hear of each change.
CREATE TABLE site_control (
    site        TEXT    PRIMARY KEY,
    fault       TEXT    NOT NULL CHECK (fault IN ('', 'known-missing', 'known-unclear', 'random-found', 'random-unclear')),
    run_id      INTEGER NOT NULL,                   -- the run that saw the last change; fault '': well again
    changed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Open questions about sites of which too many accounts changed at once; the accounts meant are those in state held.
CREATE TABLE mass_change (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reused: an old button cannot decide a later question
    site        TEXT    NOT NULL UNIQUE,
    run_id      INTEGER NOT NULL,                   -- the run that asked
    changed     INTEGER NOT NULL,                   -- accounts held
    answered    INTEGER NOT NULL,                   -- accounts of the site that run had a verdict for
    decision    TEXT    NOT NULL DEFAULT '' CHECK (decision IN ('', 'apply', 'discard')),
    decided_by  INTEGER,
    asked_at    INTEGER NOT NULL,
    gone        INTEGER NOT NULL DEFAULT 0          -- of those held, accounts that were there and are not found now
) STRICT;

-- Sites of which an admin said that a mass change was not true: nobody is asked about them before.
CREATE TABLE mass_rest (
    site        TEXT    PRIMARY KEY,
    until       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sites that no run looks at, because an admin wants so.
CREATE TABLE site_mute (
    site        TEXT    PRIMARY KEY,
    until       INTEGER,                            -- NULL: until an admin says otherwise
    since       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many accounts there are in each state, kept by triggers: counting a million takes too long for an answer.
CREATE TABLE account_tally (
    state       TEXT    PRIMARY KEY,
    n           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tally_added AFTER INSERT ON account BEGIN
    INSERT INTO account_tally (state, n) VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER tally_changed AFTER UPDATE OF state ON account WHEN new.state <> old.state BEGIN
    UPDATE account_tally SET n = n - 1 WHERE state = old.state;
    INSERT INTO account_tally (state, n) VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER tally_removed AFTER DELETE ON account BEGIN
    UPDATE account_tally SET n = n - 1 WHERE state = old.state;
END;

-- Words of an admin to everybody. People up to after_person have their row in the outbox.
CREATE TABLE broadcast (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    by_person   INTEGER NOT NULL,                   -- who hears how it went; 0: somebody who was forgotten
    text        TEXT    NOT NULL,                   -- as typed; '' once everybody has their row
    state       TEXT    NOT NULL CHECK (state IN ('filling', 'sending', 'stopped', 'done')),
    after_person INTEGER NOT NULL DEFAULT 0,
    people      INTEGER NOT NULL DEFAULT 0,         -- rows made
    created_at  INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;
CREATE INDEX broadcast_open ON broadcast (id) WHERE ended_at IS NULL;

-- Who did what that changes something for others. Rows are only added; of one who is forgotten the names go, and rows leave
-- in the order they came, behind the mark that retention sets first.
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    by_person   INTEGER NOT NULL,                   -- 0: somebody who was forgotten
    deed        TEXT    NOT NULL,                   -- kind and deed: people.role
    person      INTEGER,                            -- whom it concerned; 0: somebody who was forgotten
    what        TEXT    NOT NULL DEFAULT ''         -- what it concerned: a role, a site, an account
) STRICT;
CREATE INDEX audit_by_kind ON audit (substr(deed, 1, instr(deed, '.') - 1), id);
CREATE INDEX audit_by ON audit (by_person);
CREATE INDEX audit_about ON audit (person) WHERE person IS NOT NULL;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit
    WHEN old.at >= coalesce((SELECT CAST(value AS INTEGER) FROM fact WHERE key = 'audit-kept-since'), 0) BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;
CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit
    WHEN new.id <> old.id OR new.at <> old.at OR new.deed <> old.deed OR new.by_person NOT IN (old.by_person, 0)
        OR new.person IS NOT old.person AND new.person <> 0 OR new.what NOT IN (old.what, '') BEGIN
    SELECT RAISE(ABORT, 'the audit log is not rewritten');
END;

-- Immediate checks asked for by a person or the command line; the watch thread takes them.
CREATE TABLE check_request (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id    INTEGER,                            -- scope, as in run
    account_id  INTEGER,
    chat_id     INTEGER,                            -- who wants to read the result besides the admins
    run_id      INTEGER REFERENCES run (id) ON DELETE CASCADE,  -- the run that answers it; NULL: not taken yet
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX check_request_of_run ON check_request (run_id);
CREATE INDEX check_request_of_owner ON check_request (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX check_request_in_chat ON check_request (chat_id) WHERE chat_id IS NOT NULL;

-- What somebody narrowed a list by, where it does not fit into a button: buttons name the row.
CREATE TABLE search (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id   INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('site', 'text')),
    words       TEXT    NOT NULL,
    used_at     INTEGER NOT NULL,
    UNIQUE (person_id, kind, words)
) STRICT;
CREATE INDEX search_unused ON search (used_at);

-- Tables of accounts that are being added some rows at a time. The texts stand apart, so that noting how far one is writes
-- little.
CREATE TABLE import (
    person_id   INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    chat_id     INTEGER NOT NULL,                   -- where the result goes
    line        INTEGER NOT NULL DEFAULT 0,         -- the last one dealt with
    added       INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    deaths      INTEGER NOT NULL DEFAULT 0          -- how often the program died with it in hand, since it last came further
) STRICT;
CREATE TABLE import_text (
    person_id   INTEGER PRIMARY KEY REFERENCES import (person_id) ON DELETE CASCADE,
    text        TEXT    NOT NULL
) STRICT;

-- A product card: what a buyer sees who scans one of its codes. Pictures are named by the hash of what is in them and lie
-- in the folder beside the database.
CREATE TABLE card (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id   TEXT    NOT NULL UNIQUE,            -- names it where it is shared; says nothing of its codes
    owner_id    INTEGER NOT NULL,                   -- who made it; 0: somebody who was forgotten
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    photo       TEXT    NOT NULL,
    packaged    TEXT    NOT NULL DEFAULT '',        -- a second picture; '': none
    active      INTEGER NOT NULL DEFAULT 1,
    checks      INTEGER NOT NULL DEFAULT 0,         -- counted scans of all its codes
    people      INTEGER NOT NULL DEFAULT 0,         -- who made them
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX card_active ON card (id) WHERE active = 1;
CREATE INDEX card_inactive ON card (id) WHERE active = 0;
CREATE INDEX card_by_checks ON card (checks);
CREATE INDEX card_of_owner ON card (owner_id);
CREATE INDEX card_named ON card (name);              -- a search reads this instead of descriptions

-- What is printed: one shared code of a card, or one for each thing.
CREATE TABLE card_code (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    card_id     INTEGER NOT NULL REFERENCES card (id) ON DELETE CASCADE,
    code        TEXT    NOT NULL UNIQUE,
    state       TEXT    NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive', 'recalled', 'stolen')),
    checks      INTEGER NOT NULL DEFAULT 0,
    first_at    INTEGER,                            -- the first counted scan
    batch       TEXT    NOT NULL DEFAULT '',        -- of codes for one thing each; '': all things of the card share it
    serial      INTEGER NOT NULL DEFAULT 0,         -- the thing's number in its batch
    suspicious  INTEGER NOT NULL DEFAULT 0,         -- 1: whoever scans it is warned
    watched     INTEGER NOT NULL DEFAULT 1,         -- 0: the owner wants to hear no more of who scans it
    alarmed_at  INTEGER,                            -- when the owner was last told that too many do
    claimed_by  INTEGER,                            -- whose the thing is; 0: somebody who was forgotten
    claimed_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX card_code_of_card ON card_code (card_id, batch, serial);
CREATE INDEX card_code_claimed ON card_code (claimed_by) WHERE claimed_by > 0;

-- Every scan, whatever came of it. What the person was called then leaves with them or after a year.
CREATE TABLE scan (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    code_id     INTEGER REFERENCES card_code (id) ON DELETE CASCADE,    -- NULL: there is no such code
    person_id   INTEGER NOT NULL,                   -- 0: somebody who was forgotten
    name        TEXT    NOT NULL,
    username    TEXT    NOT NULL,
    result      TEXT    NOT NULL CHECK (result IN
        ('genuine', 'repeat', 'inactive', 'recalled', 'stolen', 'unknown', 'mistyped', 'refused')),
    at          INTEGER NOT NULL,
    card_id     INTEGER                             -- of the code
) STRICT;
CREATE INDEX scan_of_code ON scan (code_id, person_id, at) WHERE result = 'genuine';
CREATE INDEX scan_astray ON scan (person_id, at) WHERE code_id IS NULL;
CREATE INDEX scan_of_person ON scan (person_id);
CREATE INDEX scan_old ON scan (at);
CREATE INDEX scan_of_card ON scan (card_id, id) WHERE card_id IS NOT NULL;

-- Who ever scanned a card, so that people are counted without reading the log; card 0: any card.
CREATE TABLE card_person (
    card_id     INTEGER NOT NULL,
    person_id   INTEGER NOT NULL,
    PRIMARY KEY (card_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX card_person_of_person ON card_person (person_id);

-- Counted scans by the day in the configured zone.
CREATE TABLE card_day (
    day         TEXT    NOT NULL,                   -- 2026-11-21
    card_id     INTEGER NOT NULL,
    checks      INTEGER NOT NULL,
    PRIMARY KEY (day, card_id)
) STRICT, WITHOUT ROWID;

-- Files that Telegram has, by the bot that sent them and what is in them: its ids, by which they are sent again.
CREATE TABLE sent_file (
    bot_id      INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    file_id     TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    UNIQUE (bot_id, key)
) STRICT;
CREATE INDEX sent_file_old ON sent_file (at);

-- With what programs prove themselves to the HTTP server.
CREATE TABLE token (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL,                   -- for the operator
    hash        BLOB    NOT NULL UNIQUE,            -- SHA-256 of the token
    scopes      TEXT    NOT NULL,                   -- words with spaces between them
    person_id   INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,  -- on whose behalf it asks
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX token_of_person ON token (person_id);

-- Browsers that exchanged a token for a cookie. A token has twenty at most.
CREATE TABLE session (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    hash        BLOB    NOT NULL UNIQUE,            -- SHA-256 of the cookie's value
    token_id    INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE,
    ends_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX session_of_token ON session (token_id);

-- Questions to the assistant, and what became of them. Nothing of a lease stands here: who has a question in hand is known to
-- the one program that runs, by a clock that nobody can set.
CREATE TABLE question (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id   TEXT    NOT NULL UNIQUE,            -- names it to clients: 128 bits of chance
    person_id   INTEGER NOT NULL,                   -- who asks
    token_id    INTEGER,                            -- the token it came with
    client_key  TEXT,                               -- the client's own name for it
    chat_id     INTEGER,                            -- where it was asked in Telegram
    topic       INTEGER,                            -- of a group
    under       INTEGER,                            -- the message with the question, where the answer stands under it
    text        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('pending', 'processing', 'completed', 'failed')),
    attempt     INTEGER NOT NULL DEFAULT 0,         -- only grows; what an older attempt writes is refused
    failures    INTEGER NOT NULL DEFAULT 0,         -- attempts that came to nothing
    due_at      INTEGER NOT NULL,                   -- pending: not before
    turn        INTEGER NOT NULL,                   -- the lowest goes first; the questions of one person have one after the other
    answer      TEXT    NOT NULL DEFAULT '',        -- failed: the part that was there
    reason      TEXT    NOT NULL DEFAULT '',        -- of the last failure
    created_at  INTEGER NOT NULL,
    closed_at   INTEGER,
    is_truncated INTEGER NOT NULL DEFAULT 0,        -- the answer stopped at the limit of its length
    so_far      TEXT    NOT NULL DEFAULT ''         -- the end of the answer whose rest is asked for
) STRICT;
CREATE INDEX question_pending ON question (turn, id, due_at, person_id, reason) WHERE state = 'pending';
CREATE INDEX question_processing ON question (person_id) WHERE state = 'processing';
CREATE INDEX question_closed ON question (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX question_of_person ON question (person_id, closed_at);
CREATE UNIQUE INDEX question_client_key ON question (token_id, client_key) WHERE client_key IS NOT NULL;

-- Each call of a model and what it cost, also where its answer came too late.
CREATE TABLE question_attempt (
    question_id INTEGER NOT NULL REFERENCES question (id) ON DELETE CASCADE,
    attempt     INTEGER NOT NULL,
    model       TEXT    NOT NULL,
    generation  TEXT    NOT NULL DEFAULT '',        -- the endpoint's own name for the call
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    cost_nanousd INTEGER NOT NULL DEFAULT 0,
    outcome     TEXT    NOT NULL DEFAULT '',        -- answered, released, late, or the reason of a failure; '': not known
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    PRIMARY KEY (question_id, attempt)
) STRICT, WITHOUT ROWID;

-- What a person's questions cost, by the day in the configured zone.
CREATE TABLE question_spend (
    person_id   INTEGER NOT NULL,
    day         TEXT    NOT NULL,                   -- 2026-11-21
    tokens      INTEGER NOT NULL,
    cost_nanousd INTEGER NOT NULL,
    PRIMARY KEY (person_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_spend_old ON question_spend (day);

-- Telegram accounts that people linked. What opens doors is stored sealed (the key is outside the database).
CREATE TABLE telegram_account (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id   INTEGER NOT NULL,                   -- who linked it; 0: nobody's any longer, to be logged out and removed
    state       TEXT    NOT NULL CHECK (state IN ('linking', 'linked', 'logged_out', 'frozen', 'restricted')),
    reason      TEXT    NOT NULL DEFAULT '',        -- why Telegram logged it out or restricts it, in Telegram's word
    telegram_id INTEGER NOT NULL DEFAULT 0,         -- Telegram's own id; 0 until the login is complete
    name        TEXT    NOT NULL DEFAULT '',
    username    TEXT    NOT NULL DEFAULT '',
    phone_tail  TEXT    NOT NULL DEFAULT '',        -- the last two digits; the whole number stands nowhere
    watch_with  INTEGER NOT NULL DEFAULT 0,         -- the watch looks up accounts with it
    home_dc     INTEGER NOT NULL DEFAULT 0,         -- the data centre that has it; 0: not known yet
    linked_at   INTEGER,
    seen_at     INTEGER                             -- when Telegram last answered with it
) STRICT;
CREATE INDEX telegram_account_of_person ON telegram_account (person_id);
CREATE INDEX telegram_account_linking ON telegram_account (id) WHERE state = 'linking';

-- The key of an account per data centre: who has it is the account.
CREATE TABLE telegram_key (
    account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
    dc          INTEGER NOT NULL,
    address     TEXT    NOT NULL,
    auth_key    BLOB    NOT NULL,                   -- sealed
    PRIMARY KEY (account_id, dc)
) STRICT, WITHOUT ROWID;

-- Whom an account may ask about: Telegram takes an id only with the hash that it gave to this account.
CREATE TABLE telegram_peer (
    account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
    peer_id     INTEGER NOT NULL,                   -- as the Bot API has it
    access_hash INTEGER NOT NULL,
    PRIMARY KEY (account_id, peer_id)
) STRICT, WITHOUT ROWID;

-- Methods that Telegram does not want to see from an account for a while.
CREATE TABLE telegram_flood (
    account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
    method      TEXT    NOT NULL,
    until       INTEGER NOT NULL,
    PRIMARY KEY (account_id, method)
) STRICT, WITHOUT ROWID;

-- Sessions of an account that its owner has seen or was told of.
CREATE TABLE telegram_device (
    account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
    hash        INTEGER NOT NULL,                   -- Telegram's number for it
    known_at    INTEGER NOT NULL,
    PRIMARY KEY (account_id, hash)
) STRICT, WITHOUT ROWID;

-- Logins and their steps. Codes and passwords are stored nowhere; the rest only until the login is over.
CREATE TABLE telegram_login (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id   TEXT    NOT NULL UNIQUE,            -- names it to clients: 128 bits of chance
    person_id   INTEGER NOT NULL,
    account_id  INTEGER REFERENCES telegram_account (id) ON DELETE SET NULL,
    way         TEXT    NOT NULL CHECK (way IN ('phone', 'qr')),
    step        TEXT    NOT NULL CHECK (step IN ('starting', 'code', 'password', 'qr', 'complete', 'failed')),
    phone       BLOB,                               -- sealed
    code_hash   BLOB,                               -- sealed: what Telegram wants to see with the code
    url         BLOB,                               -- sealed: what the QR code says
    hint        BLOB,                               -- sealed: of the password
    code_way    TEXT    NOT NULL DEFAULT '',
    code_length INTEGER NOT NULL DEFAULT 0,
    expires_at  INTEGER NOT NULL DEFAULT 0,
    wrong       INTEGER NOT NULL DEFAULT 0,         -- codes and passwords that were wrong
    refusal     TEXT    NOT NULL DEFAULT '',        -- failed: the code of the refusal
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;
CREATE UNIQUE INDEX telegram_login_open ON telegram_login (person_id) WHERE ended_at IS NULL;
CREATE INDEX telegram_login_of_person ON telegram_login (person_id, way, started_at);
CREATE INDEX telegram_login_of_account ON telegram_login (account_id);
CREATE INDEX telegram_login_ended ON telegram_login (ended_at) WHERE ended_at IS NOT NULL;

-- What the owner of an account was told.
CREATE TABLE telegram_care (
    account_id  INTEGER PRIMARY KEY REFERENCES telegram_account (id) ON DELETE CASCADE,
    state       TEXT    NOT NULL,                   -- the last state that was told
    reason      TEXT    NOT NULL,
    knows_devices INTEGER NOT NULL,                 -- the devices of before are no news
    silent_since INTEGER,                           -- since when Telegram cannot be reached with it
    is_silence_told INTEGER NOT NULL
) STRICT;

-- Look-ups for the watch in the last hour.
CREATE TABLE telegram_look (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX telegram_look_of_account ON telegram_look (account_id, at);
CREATE INDEX telegram_account_watching ON telegram_account (id) WHERE watch_with = 1;

-- What somebody asked for by a button and only Telegram can do.
CREATE TABLE telegram_errand (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id   INTEGER NOT NULL,
    chat_id     INTEGER NOT NULL,                   -- where the result is shown; 0: nobody waits for one
    button      TEXT    NOT NULL,                   -- the data of the button
    asked_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX telegram_errand_of_person ON telegram_errand (person_id);

-- Small facts of the program itself.
CREATE TABLE fact (
    key         TEXT    PRIMARY KEY,
    value       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
