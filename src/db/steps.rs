//! The steps that bring an older database to today's schema; [`super::migrations`] applies them.
//!
//! # Invariants
//! - A released step is never changed.
//! - The steps make what `schema.sql` says; a test compares them.

/// Step `n` brings version `n + 1` to `n + 2`. Steps are only ever appended.
pub(super) const STEPS: &[&str] = &[
    LOOKS_AND_GUARDS,
    PANEL_AND_FILES,
    CHAT_PAUSES,
    ANSWERS_GO_ON,
    SUSPECTS,
    IMPORT_SUSPECTS,
    IDENTITIES,
    TELEGRAM_ACCOUNTS,
    TELEGRAM_CARE,
];

/// Probes in separate rows; states of accounts and runs for the guards, and the guards' memory. A
/// CHECK cannot be altered, and a referenced table cannot be rewritten with foreign keys on. The
/// change only allows more and touches no stored data. So the text of the schema is edited, as
/// SQLite's documentation of ALTER TABLE describes.
const LOOKS_AND_GUARDS: &str = "
    CREATE TABLE look (
        account_id INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
        pending INTEGER NOT NULL DEFAULT 1,
        run_id INTEGER NOT NULL DEFAULT 0,
        verdict TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'found', 'not_found', 'error')),
        reason TEXT NOT NULL DEFAULT '',
        was_missing INTEGER NOT NULL DEFAULT 0,
        at INTEGER
    ) STRICT;
    INSERT INTO look
        SELECT id, state = 'pending', last_run, verdict, reason, verdict = 'not_found', checked_at FROM account;
    DROP INDEX account_pending;
    ALTER TABLE account DROP COLUMN last_run;
    ALTER TABLE account DROP COLUMN verdict;
    ALTER TABLE account DROP COLUMN reason;
    ALTER TABLE account DROP COLUMN checked_at;
    CREATE INDEX account_pending ON account (site) WHERE state = 'pending';
    CREATE TRIGGER account_state AFTER UPDATE OF state ON account BEGIN
        UPDATE look SET pending = (new.state = 'pending') WHERE account_id = new.id;
    END;
    CREATE TABLE round (site TEXT PRIMARY KEY, run_id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE site_silence (site TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, '''paused'')', '''paused'', ''held'')') WHERE name = 'account';
    UPDATE sqlite_schema SET sql = replace(sql, '''interrupted'')', '''interrupted'', ''offline'')') WHERE name = 'run';
    PRAGMA writable_schema = RESET;
    CREATE INDEX account_held ON account (site, owner_id, id) WHERE state = 'held';
    CREATE TABLE site_control (
        site TEXT PRIMARY KEY,
        fault TEXT NOT NULL CHECK (fault IN ('', 'known-missing', 'known-unclear', 'random-found', 'random-unclear')),
        run_id INTEGER NOT NULL,
        changed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE mass_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        site TEXT NOT NULL UNIQUE,
        run_id INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        answered INTEGER NOT NULL,
        decision TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'apply', 'discard')),
        decided_by INTEGER,
        asked_at INTEGER NOT NULL
    ) STRICT;
";

/// Admin screens, decisions and counters; messages with a file; awaited results, notes, restorable
/// deletion, list filters, the history of probes and changes; product cards; questions to the
/// assistant.
const PANEL_AND_FILES: &str = "
    CREATE TABLE site_day (
        day TEXT NOT NULL,
        site TEXT NOT NULL,
        found INTEGER NOT NULL DEFAULT 0,
        not_found INTEGER NOT NULL DEFAULT 0,
        errors INTEGER NOT NULL DEFAULT 0,
        looks INTEGER NOT NULL DEFAULT 0,
        looking_ms INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (day, site)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE open_screen (
        chat_id INTEGER PRIMARY KEY,
        message_id INTEGER NOT NULL,
        until INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX open_screen_last ON open_screen (until);
    CREATE TABLE site_breaker (
        site TEXT PRIMARY KEY,
        since INTEGER NOT NULL,
        trial_at INTEGER NOT NULL,
        reason TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE outbox ADD COLUMN file TEXT NOT NULL DEFAULT '';
    ALTER TABLE outbox ADD COLUMN topic INTEGER;
    ALTER TABLE outbox ADD COLUMN place_row INTEGER;
    ALTER TABLE outbox ADD COLUMN reply_to INTEGER;
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, '''pending'', ''sending'',', '''pending'', ''making'', ''sending'',') WHERE name = 'outbox';
    PRAGMA writable_schema = RESET;
    DROP INDEX outbox_of_run;
    DROP INDEX outbox_waiting;
    DROP INDEX outbox_open;
    CREATE INDEX outbox_open ON outbox (state, chat_id, min(priority, 2), id, due_at) WHERE closed_at IS NULL;
    CREATE INDEX outbox_due ON outbox (priority, due_at, id, chat_id) WHERE state = 'pending';
    CREATE INDEX outbox_dead ON outbox (closed_at) WHERE state = 'dead';
    ALTER TABLE chat ADD COLUMN zone TEXT NOT NULL DEFAULT '';
    ALTER TABLE chat ADD COLUMN digest_hour INTEGER NOT NULL DEFAULT 9;
    ALTER TABLE chat ADD COLUMN run_starts INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE chat ADD COLUMN reminders INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE chat ADD COLUMN quiet TEXT NOT NULL DEFAULT '' CHECK (quiet IN ('', 'hold', 'silent'));
    ALTER TABLE chat ADD COLUMN quiet_from INTEGER NOT NULL DEFAULT 23;
    ALTER TABLE chat ADD COLUMN quiet_to INTEGER NOT NULL DEFAULT 8;
    ALTER TABLE chat ADD COLUMN bound_by INTEGER;
    ALTER TABLE chat ADD COLUMN topic INTEGER;
    ALTER TABLE chat ADD COLUMN title TEXT NOT NULL DEFAULT '';
    CREATE INDEX chat_digest ON chat (digest_at) WHERE notify = 'digest';
    CREATE INDEX chat_bound ON chat (id) WHERE bound_by IS NOT NULL;
    CREATE INDEX chat_frozen ON chat (frozen_until) WHERE frozen_until > 0;
    ALTER TABLE run ADD COLUMN stopped_by INTEGER;
    CREATE TABLE mass_rest (
        site TEXT PRIMARY KEY,
        until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE site_mute (
        site TEXT PRIMARY KEY,
        until INTEGER,
        since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE account_tally (
        state TEXT PRIMARY KEY,
        n INTEGER NOT NULL
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
    CREATE TABLE broadcast (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        by_person INTEGER NOT NULL,
        text TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('filling', 'sending', 'stopped', 'done')),
        after_person INTEGER NOT NULL DEFAULT 0,
        people INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        ended_at INTEGER
    ) STRICT;
    CREATE INDEX person_listed ON person (
        CASE role WHEN 'asked' THEN 0 WHEN 'owner' THEN 1 WHEN 'admin' THEN 1 WHEN 'user' THEN 2 ELSE 3 END, id
    ) WHERE role <> 'stranger';
    CREATE INDEX run_of_all ON run (id) WHERE owner_id IS NULL AND account_id IS NULL;
    DROP INDEX check_request_open;
    CREATE INDEX check_request_of_run ON check_request (run_id);
    CREATE INDEX broadcast_open ON broadcast (id) WHERE ended_at IS NULL;
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        by_person INTEGER NOT NULL,
        deed TEXT NOT NULL,
        person INTEGER,
        what TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX audit_by_kind ON audit (substr(deed, 1, instr(deed, '.') - 1), id);
    CREATE TRIGGER audit_kept BEFORE DELETE ON audit
        WHEN old.at >= coalesce((SELECT CAST(value AS INTEGER) FROM fact WHERE key = 'audit-kept-since'), 0) BEGIN
        SELECT RAISE(ABORT, 'the audit log only grows');
    END;
    CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit
        WHEN new.id <> old.id OR new.at <> old.at OR new.deed <> old.deed OR new.by_person NOT IN (old.by_person, 0)
            OR new.person IS NOT old.person AND new.person <> 0 OR new.what NOT IN (old.what, '') BEGIN
        SELECT RAISE(ABORT, 'the audit log is not rewritten');
    END;
    INSERT INTO account_tally SELECT state, count(*) FROM account GROUP BY state;
    ALTER TABLE account ADD COLUMN until TEXT NOT NULL DEFAULT 'found' CHECK (until IN ('found', 'gone', 'change'));
    ALTER TABLE account ADD COLUMN note TEXT NOT NULL DEFAULT '';
    ALTER TABLE account ADD COLUMN removed_at INTEGER;
    CREATE INDEX account_ending ON account (ends_at) WHERE state = 'pending';
    CREATE INDEX account_done ON account (ends_at) WHERE state = 'done';
    CREATE INDEX account_stopped ON account (ends_at) WHERE state IN ('paused', 'held');
    CREATE INDEX account_by_site ON account (site);
    CREATE INDEX account_for_change ON account (owner_id) WHERE until = 'change';
    CREATE INDEX account_removed ON account (removed_at) WHERE removed_at IS NOT NULL;
    ALTER TABLE look RENAME COLUMN was_missing TO known;
    ALTER TABLE look ADD COLUMN seen_at INTEGER;
    ALTER TABLE look ADD COLUMN history INTEGER NOT NULL DEFAULT 281474976710656;
    UPDATE look SET seen_at = CASE verdict WHEN 'found' THEN at END, known = CASE verdict WHEN 'found' THEN 1 ELSE known * 2 END,
        history = history + CASE verdict WHEN 'found' THEN 1 WHEN 'not_found' THEN 2 WHEN 'error' THEN 3 ELSE 0 END;
    ALTER TABLE look DROP COLUMN verdict;
    ALTER TABLE transition ADD COLUMN what TEXT NOT NULL DEFAULT '';
    ALTER TABLE transition ADD COLUMN detail TEXT NOT NULL DEFAULT '';
    UPDATE transition SET what = CASE
        WHEN from_state = '' THEN 'added' WHEN to_state = 'done' THEN 'found' WHEN to_state = 'paused' THEN 'paused'
        WHEN from_state = 'done' THEN 'again' ELSE 'resumed' END;
    ALTER TABLE mass_change ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE search (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('site', 'text')),
        words TEXT NOT NULL,
        used_at INTEGER NOT NULL,
        UNIQUE (person_id, kind, words)
    ) STRICT;
    CREATE INDEX search_unused ON search (used_at);
    CREATE TABLE import (
        person_id INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
        chat_id INTEGER NOT NULL,
        line INTEGER NOT NULL DEFAULT 0,
        added INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE import_text (
        person_id INTEGER PRIMARY KEY REFERENCES import (person_id) ON DELETE CASCADE,
        text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE card (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id   TEXT    NOT NULL UNIQUE,
        owner_id    INTEGER NOT NULL,
        name        TEXT    NOT NULL,
        description TEXT    NOT NULL,
        photo       TEXT    NOT NULL,
        packaged    TEXT    NOT NULL DEFAULT '',
        active      INTEGER NOT NULL DEFAULT 1,
        checks      INTEGER NOT NULL DEFAULT 0,
        people      INTEGER NOT NULL DEFAULT 0,
        created_at  INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX card_active ON card (id) WHERE active = 1;
    CREATE INDEX card_inactive ON card (id) WHERE active = 0;
    CREATE INDEX card_by_checks ON card (checks);
    CREATE INDEX card_of_owner ON card (owner_id);
    CREATE INDEX card_named ON card (name);
    CREATE TABLE card_code (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        card_id     INTEGER NOT NULL REFERENCES card (id) ON DELETE CASCADE,
        code        TEXT    NOT NULL UNIQUE,
        state       TEXT    NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive', 'recalled', 'stolen')),
        checks      INTEGER NOT NULL DEFAULT 0,
        first_at    INTEGER,
        batch       TEXT    NOT NULL DEFAULT '',
        serial      INTEGER NOT NULL DEFAULT 0,
        suspicious  INTEGER NOT NULL DEFAULT 0,
        watched     INTEGER NOT NULL DEFAULT 1,
        alarmed_at  INTEGER,
        claimed_by  INTEGER,
        claimed_at  INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX card_code_of_card ON card_code (card_id, batch, serial);
    CREATE INDEX card_code_claimed ON card_code (claimed_by) WHERE claimed_by > 0;
    CREATE TABLE scan (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        code_id     INTEGER REFERENCES card_code (id) ON DELETE CASCADE,
        person_id   INTEGER NOT NULL,
        name        TEXT    NOT NULL,
        username    TEXT    NOT NULL,
        result      TEXT    NOT NULL CHECK (result IN
            ('genuine', 'repeat', 'inactive', 'recalled', 'stolen', 'unknown', 'mistyped', 'refused')),
        at          INTEGER NOT NULL,
        card_id     INTEGER
    ) STRICT;
    CREATE INDEX scan_of_code ON scan (code_id, person_id, at) WHERE result = 'genuine';
    CREATE INDEX scan_astray ON scan (person_id, at) WHERE code_id IS NULL;
    CREATE INDEX scan_of_person ON scan (person_id);
    CREATE INDEX scan_old ON scan (at);
    CREATE INDEX scan_of_card ON scan (card_id, id) WHERE card_id IS NOT NULL;
    CREATE TABLE card_person (
        card_id     INTEGER NOT NULL,
        person_id   INTEGER NOT NULL,
        PRIMARY KEY (card_id, person_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX card_person_of_person ON card_person (person_id);
    CREATE TABLE card_day (
        day         TEXT    NOT NULL,
        card_id     INTEGER NOT NULL,
        checks      INTEGER NOT NULL,
        PRIMARY KEY (day, card_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sent_file (
        bot_id      INTEGER NOT NULL,
        key         TEXT    NOT NULL,
        file_id     TEXT    NOT NULL,
        at          INTEGER NOT NULL,
        UNIQUE (bot_id, key)
    ) STRICT;
    CREATE INDEX sent_file_old ON sent_file (at);
    CREATE INDEX inbox_of_chat ON inbox (chat_id) WHERE done_at IS NOT NULL;
    CREATE INDEX outbox_of_chat ON outbox (chat_id) WHERE closed_at IS NOT NULL;
    CREATE INDEX transition_by ON transition (by_person) WHERE by_person IS NOT NULL;
    CREATE INDEX run_of_owner ON run (owner_id) WHERE owner_id IS NOT NULL;
    CREATE INDEX run_stopped ON run (stopped_by) WHERE stopped_by IS NOT NULL;
    CREATE INDEX audit_by ON audit (by_person);
    CREATE INDEX audit_about ON audit (person) WHERE person IS NOT NULL;
    CREATE INDEX check_request_of_owner ON check_request (owner_id) WHERE owner_id IS NOT NULL;
    CREATE INDEX check_request_in_chat ON check_request (chat_id) WHERE chat_id IS NOT NULL;
    UPDATE inbox SET body = '' WHERE done_at IS NOT NULL;
    CREATE TABLE token (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        name        TEXT    NOT NULL,
        hash        BLOB    NOT NULL UNIQUE,
        scopes      TEXT    NOT NULL,
        person_id   INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
        created_at  INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX token_of_person ON token (person_id);
    CREATE TABLE session (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        hash        BLOB    NOT NULL UNIQUE,
        token_id    INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE,
        ends_at     INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX session_of_token ON session (token_id);
    CREATE TABLE question (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id   TEXT    NOT NULL UNIQUE,
        person_id   INTEGER NOT NULL,
        token_id    INTEGER,
        client_key  TEXT,
        chat_id     INTEGER,
        topic       INTEGER,
        under       INTEGER,
        text        TEXT    NOT NULL,
        state       TEXT    NOT NULL CHECK (state IN ('pending', 'processing', 'completed', 'failed')),
        attempt     INTEGER NOT NULL DEFAULT 0,
        failures    INTEGER NOT NULL DEFAULT 0,
        due_at      INTEGER NOT NULL,
        turn        INTEGER NOT NULL,
        answer      TEXT    NOT NULL DEFAULT '',
        reason      TEXT    NOT NULL DEFAULT '',
        created_at  INTEGER NOT NULL,
        closed_at   INTEGER
    ) STRICT;
    CREATE INDEX question_pending ON question (turn, id, due_at, person_id) WHERE state = 'pending';
    CREATE INDEX question_processing ON question (person_id) WHERE state = 'processing';
    CREATE INDEX question_closed ON question (closed_at) WHERE closed_at IS NOT NULL;
    CREATE INDEX question_of_person ON question (person_id, closed_at);
    CREATE UNIQUE INDEX question_client_key ON question (token_id, client_key) WHERE client_key IS NOT NULL;
    CREATE TABLE question_attempt (
        question_id INTEGER NOT NULL REFERENCES question (id) ON DELETE CASCADE,
        attempt     INTEGER NOT NULL,
        model       TEXT    NOT NULL,
        generation  TEXT    NOT NULL DEFAULT '',
        prompt_tokens INTEGER NOT NULL DEFAULT 0,
        completion_tokens INTEGER NOT NULL DEFAULT 0,
        cost_nanousd INTEGER NOT NULL DEFAULT 0,
        outcome     TEXT    NOT NULL DEFAULT '',
        started_at  INTEGER NOT NULL,
        ended_at    INTEGER,
        PRIMARY KEY (question_id, attempt)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE question_spend (
        person_id   INTEGER NOT NULL,
        day         TEXT    NOT NULL,
        tokens      INTEGER NOT NULL,
        cost_nanousd INTEGER NOT NULL,
        PRIMARY KEY (person_id, day)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX question_spend_old ON question_spend (day);
    CREATE INDEX account_done_at ON account (done_at) WHERE state = 'done';
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, '''held'')', '''held'', ''removed'')') WHERE name = 'account';
    PRAGMA writable_schema = RESET;
";

/// Places that refuse messages for now.
const CHAT_PAUSES: &str = "
    CREATE TABLE chat_pause (
        chat_id INTEGER NOT NULL,
        topic INTEGER NOT NULL,
        incident INTEGER NOT NULL,
        since INTEGER NOT NULL,
        refusals INTEGER NOT NULL,
        until INTEGER NOT NULL,
        PRIMARY KEY (chat_id, topic)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX chat_pause_until ON chat_pause (until);
";

/// An answer that its length has ended, and a question for the rest of it.
const ANSWERS_GO_ON: &str = "
    ALTER TABLE question ADD COLUMN is_truncated INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE question ADD COLUMN so_far TEXT NOT NULL DEFAULT '';
";

/// How often the program died with a table in hand.
const IMPORT_SUSPECTS: &str = "
    ALTER TABLE import ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
";

/// The site's own id of who has an account's name.
const IDENTITIES: &str = "
    ALTER TABLE account ADD COLUMN identity TEXT NOT NULL DEFAULT '';
";

/// How often the program died with a row in hand. A question whose attempt was lost has that as its
/// reason, so the queue looks at it.
const SUSPECTS: &str = "
    ALTER TABLE inbox ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE outbox ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
    DROP INDEX question_pending;
    CREATE INDEX question_pending ON question (turn, id, due_at, person_id, reason) WHERE state = 'pending';
";

/// Telegram accounts that people linked, their logins, and what is remembered with them.
const TELEGRAM_ACCOUNTS: &str = "
    CREATE TABLE telegram_account (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        person_id   INTEGER NOT NULL,
        state       TEXT    NOT NULL CHECK (state IN ('linking', 'linked', 'logged_out', 'frozen', 'restricted')),
        reason      TEXT    NOT NULL DEFAULT '',
        telegram_id INTEGER NOT NULL DEFAULT 0,
        name        TEXT    NOT NULL DEFAULT '',
        username    TEXT    NOT NULL DEFAULT '',
        phone_tail  TEXT    NOT NULL DEFAULT '',
        watch_with  INTEGER NOT NULL DEFAULT 0,
        home_dc     INTEGER NOT NULL DEFAULT 0,
        linked_at   INTEGER,
        seen_at     INTEGER
    ) STRICT;
    CREATE INDEX telegram_account_of_person ON telegram_account (person_id);
    CREATE INDEX telegram_account_linking ON telegram_account (id) WHERE state = 'linking';
    CREATE TABLE telegram_key (
        account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
        dc          INTEGER NOT NULL,
        address     TEXT    NOT NULL,
        auth_key    BLOB    NOT NULL,
        PRIMARY KEY (account_id, dc)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE telegram_peer (
        account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
        peer_id     INTEGER NOT NULL,
        access_hash INTEGER NOT NULL,
        PRIMARY KEY (account_id, peer_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE telegram_flood (
        account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
        method      TEXT    NOT NULL,
        until       INTEGER NOT NULL,
        PRIMARY KEY (account_id, method)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE telegram_device (
        account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
        hash        INTEGER NOT NULL,
        known_at    INTEGER NOT NULL,
        PRIMARY KEY (account_id, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE telegram_login (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id   TEXT    NOT NULL UNIQUE,
        person_id   INTEGER NOT NULL,
        account_id  INTEGER REFERENCES telegram_account (id) ON DELETE SET NULL,
        way         TEXT    NOT NULL CHECK (way IN ('phone', 'qr')),
        step        TEXT    NOT NULL CHECK (step IN ('starting', 'code', 'password', 'qr', 'complete', 'failed')),
        phone       BLOB,
        code_hash   BLOB,
        url         BLOB,
        hint        BLOB,
        code_way    TEXT    NOT NULL DEFAULT '',
        code_length INTEGER NOT NULL DEFAULT 0,
        expires_at  INTEGER NOT NULL DEFAULT 0,
        wrong       INTEGER NOT NULL DEFAULT 0,
        refusal     TEXT    NOT NULL DEFAULT '',
        started_at  INTEGER NOT NULL,
        ended_at    INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX telegram_login_open ON telegram_login (person_id) WHERE ended_at IS NULL;
    CREATE INDEX telegram_login_of_person ON telegram_login (person_id, way, started_at);
    CREATE INDEX telegram_login_of_account ON telegram_login (account_id);
    CREATE INDEX telegram_login_ended ON telegram_login (ended_at) WHERE ended_at IS NOT NULL;
";

/// Errands of buttons that wait for Telegram, look-ups for the watch, and what the owners of
/// Telegram accounts were told.
const TELEGRAM_CARE: &str = "
    CREATE TABLE telegram_care (
        account_id  INTEGER PRIMARY KEY REFERENCES telegram_account (id) ON DELETE CASCADE,
        state       TEXT    NOT NULL,
        reason      TEXT    NOT NULL,
        knows_devices INTEGER NOT NULL,
        silent_since INTEGER,
        is_silence_told INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE telegram_look (
        id          INTEGER PRIMARY KEY,
        account_id  INTEGER NOT NULL REFERENCES telegram_account (id) ON DELETE CASCADE,
        at          INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX telegram_look_of_account ON telegram_look (account_id, at);
    CREATE INDEX telegram_account_watching ON telegram_account (id) WHERE watch_with = 1;
    CREATE TABLE telegram_errand (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        person_id   INTEGER NOT NULL,
        chat_id     INTEGER NOT NULL,
        button      TEXT    NOT NULL,
        asked_at    INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX telegram_errand_of_person ON telegram_errand (person_id);
";
