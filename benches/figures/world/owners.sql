-- People with a hundred accounts each, in all states, on twelve sites, with histories, messages and updates. The temporary
-- table scope (first, last, now) says which of them: owners have the numbers 1000 + n. Once for each portion.

INSERT INTO person (id, role, name, username, created_at)
    WITH RECURSIVE owner (n) AS (SELECT first FROM scope UNION ALL SELECT n + 1 FROM owner WHERE n < (SELECT last FROM scope))
    SELECT 1000 + n, 'user', 'Owner ' || n, 'owner_' || n, now - n * 60000 FROM owner, scope
    UNION ALL SELECT 5000000 + n, CASE n % 50 WHEN 0 THEN 'asked' WHEN 1 THEN 'refused' ELSE 'stranger' END,
        'Stranger ' || n, '', now FROM owner, scope;

INSERT INTO chat (id, language, notify, digest_at)
    SELECT id, iif(id % 3 = 0, 'en', 'ru'), iif(id % 10 = 0, 'digest', ''), now FROM person, scope
    WHERE id BETWEEN 1000 + first AND 1000 + last OR id BETWEEN 5000000 + first AND 5000000 + last;

INSERT INTO account (owner_id, site, username, state, period_days, started_at, ends_at, done_at, remind_at, created_at, until, note, removed_at)
    WITH RECURSIVE
        k (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 99),
        site (place, site) AS (VALUES (0, 'github'), (1, 'gitlab'), (2, 'instagram'), (3, 'pinterest'), (4, 'reddit'), (5, 'steam'),
            (6, 'telegram'), (7, 'tiktok'), (8, 'twitch'), (9, 'vk'), (10, 'x'), (11, 'youtube'))
    SELECT id, site, 'name_' || id || '_' || k,
        CASE WHEN k < 70 THEN 'pending' WHEN k < 85 THEN 'done' WHEN k < 95 THEN 'paused' WHEN k < 96 THEN 'held' ELSE 'removed' END,
        30, now - k % 60 * 86400000, now - (k % 60 - 30) * 86400000, iif(k BETWEEN 70 AND 84, now - (k % 30) * 86400000, NULL),
        iif(k < 70, now + (id + k) % 30 * 86400000 + 3600000, NULL), now - k % 60 * 86400000,
        CASE k % 10 WHEN 0 THEN 'gone' WHEN 1 THEN 'change' ELSE 'found' END, iif(k % 20 = 3, 'Клиент ' || id, ''),
        iif(k > 95, now - 86400000, NULL)
    FROM scope, person, k, site
    WHERE id BETWEEN 1000 + first AND 1000 + last AND place = iif(k = 95, 0, (id * 7 + k) % 12);

INSERT INTO look (account_id, pending, run_id, reason, known, at, seen_at, history)
    SELECT id, state = 'pending', 1000, iif(id % 25 = 0, 'timeout', ''), 2, now - 300000, iif(id % 9 = 0, now - 86400000, NULL),
        iif(id % 25 = 0, 0xAAAAABB, 0xAAAAAAA)
    FROM account, scope WHERE owner_id BETWEEN 1000 + first AND 1000 + last;

INSERT INTO transition (account_id, run_id, by_person, from_state, to_state, at, what, detail)
    SELECT id, NULL, owner_id, '', 'pending', created_at, 'added', ''
        FROM account, scope WHERE owner_id BETWEEN 1000 + first AND 1000 + last
    UNION ALL SELECT id, NULL, iif(id % 7 = 0, 100, owner_id), 'pending', 'pending', created_at + 3600000, 'extended', '7'
        FROM account, scope WHERE owner_id BETWEEN 1000 + first AND 1000 + last AND id % 3 = 0
    UNION ALL SELECT id, 1000, NULL, 'pending', state, now - 300000, 'found', ''
        FROM account, scope WHERE owner_id BETWEEN 1000 + first AND 1000 + last AND state = 'done';

-- What was said in the last week, what waits for a morning, what could not be delivered.
INSERT INTO outbox (chat_id, dedupe, priority, html, gist, state, due_at, created_at, closed_at)
    WITH RECURSIVE k (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 9)
    SELECT id, iif(k < 3, 'news:' || id || ':' || k, NULL), 2, '', '', iif((id + k) % 100 = 0, 'dead', 'sent'),
        now - k * 60000000, now - k * 60000000, now - k * 60000000
        FROM scope, person, k WHERE id BETWEEN 1000 + first AND 1000 + last
    UNION ALL SELECT id, 'digest:' || id, 2, '☀️', '☀️', 'pending', now + 28800000, now, NULL
        FROM scope, person WHERE id BETWEEN 1000 + first AND 1000 + last AND id % 5 = 0;

INSERT INTO inbox (update_id, chat_id, body, received_at, done_at)
    WITH RECURSIVE k (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 4)
    SELECT id * 10 + k, id, hex(zeroblob(300)), now - k * 40000000, now - k * 40000000
    FROM scope, person, k WHERE id BETWEEN 1000 + first AND 1000 + last;

INSERT INTO search (person_id, kind, words, used_at)
    SELECT id, 'text', 'name', now FROM scope, person WHERE id BETWEEN 1000 + first AND 1000 + last;

INSERT INTO dialogue (chat_id, user_id, step, expires_at)
    SELECT id, id, '{"question":"find","view":"mine:0"}', now + 3600000 FROM scope, person
    WHERE id BETWEEN 1000 + first AND 1000 + last AND id % 20 = 0;
