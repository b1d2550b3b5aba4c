# Managing: what admins see and decide.
kept-days = sums of checks by day and site, without names
rows-site_day = daily sums
kept-audit = what admins did with roles, accounts and sites of others
rows-audit = log entries
changed-meanwhile = This changed while you were looking. Now: { $now }
delete-me-done-refused = ✅ Your name and messages are deleted. Only your number and the mark that access was refused are left.
digest-night =
    🌙 The quiet hours in short

    • Runs: { $runs }
    • Found: { $found }
    • Not found: { $not_found }
    • Errors: { $errors }
digest-own =
    📅 Your accounts today

    • Waiting: { $pending }
    • Found: { $found }
    • Could not look: { $errors }
remind-waiting = ⌛️ Still waiting: the agreed time is long over
remind-off = No more reminders: /settings
