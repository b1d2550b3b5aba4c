-- A quarter of a year of runs every five minutes, between them checks that owners asked for, days, errors, deeds of admins, and a
-- few sites in trouble. Once, after the owners; the temporary table scope (first, last, now) says when it is now.

INSERT INTO run (trigger, owner_id, state, started_at, ended_at, total, found, not_found, errors)
    WITH RECURSIVE
        tick (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM tick WHERE n < (SELECT runs FROM scope)),
        k (k) AS (VALUES (0), (1), (2), (3))
    SELECT iif(k = 0, 'schedule', 'request'), iif(k = 0, NULL, 1000 + (n * 3 + k) % 5000),
        CASE n % 200 WHEN 7 THEN 'interrupted' WHEN 8 THEN 'offline' ELSE 'done' END,
        now - (runs - n) * 300000 - 300000 + k, now - (runs - n) * 300000 - 200000 + n % 37 * 1000,
        700000, n % 90, 690000, n % 900
    FROM tick, k, scope ORDER BY n, k;

INSERT INTO run_error (run_id, site, reason, count)
    WITH site (site) AS (VALUES ('github'), ('instagram'), ('telegram'), ('tiktok'), ('vk'), ('x'))
    SELECT id, site, iif(id % 2, 'timeout', 'rate-limited'), id % 100 FROM run, site WHERE owner_id IS NULL;

INSERT INTO site_day (day, site, found, not_found, errors, looks, looking_ms)
    WITH RECURSIVE
        back (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM back WHERE n < 90),
        site (site) AS (VALUES ('github'), ('gitlab'), ('instagram'), ('pinterest'), ('reddit'), ('steam'), ('telegram'), ('tiktok'),
            ('twitch'), ('vk'), ('x'), ('youtube'))
    SELECT date(now / 1000, 'unixepoch', -n || ' days'), site, n * 7 % 90, 200000 - n * 300, n * length(site) % 900, 210000, 30000000
    FROM back, site, scope;

INSERT INTO check_request (owner_id, chat_id, run_id, created_at)
    SELECT owner_id, owner_id, id, started_at FROM run WHERE owner_id IS NOT NULL;

INSERT INTO audit (at, by_person, deed, person, what)
    SELECT started_at, 100, iif(id % 2, 'people.role', 'sites.mute'), iif(id % 2, 1000 + id % 5000, NULL), iif(id % 2, 'user', 'vk')
    FROM run WHERE owner_id IS NOT NULL AND id % 2;

INSERT INTO mass_change (site, run_id, changed, answered, asked_at)
    SELECT 'github', 1000, count(*), count(*) + 7, max(now) FROM account, scope WHERE state = 'held';
INSERT INTO site_mute (site, until, since) SELECT 'pinterest', now + 86400000, now - 86400000 FROM scope;
INSERT INTO site_control (site, fault, run_id, changed_at) SELECT 'tiktok', 'random-found', 1000, now - 86400000 FROM scope;
INSERT INTO site_silence (site, until) SELECT 'instagram', now + 3600000 FROM scope;
