# Managing: what admins see and decide.
kept-days = sums of checks by day and site, without names
rows-site_day = daily sums
kept-audit = what admins did with roles, accounts and sites of others
rows-broadcast = broadcasts
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
button-thread = 🩺 How runs go
button-sites = 🌐 Sites
button-stats = 📊 Statistics
button-broadcast = 📣 Broadcast
button-log = 📜 Audit log
button-export = 📤 Export
button-refresh = 🔄 Refresh
button-stop-run = ⏹ Stop
run-stopping = ⏹ Stopping: what was looked at is kept.
run-over = This run is over.
run-stopped = ⏹ Stopped by { $by }: { $checked } of { $total } looked at, the rest comes next time.
run-muted = 🔇 Muted by an admin, not looked at: { $sites }
thread = 🩺 <b>How runs go</b>
thread-late = ⏱ Lateness of the last start: { $span }
thread-runs = The last runs:
thread-run = • { $time } — { $span }, { $checked } looked at, { $errors } errors
thread-slow = Slowest to answer:
thread-site = • { $site } — { $span }
span-ms = { $n } ms
span-short = { $n } s
sites = 🌐 <b>Sites</b>: { $n }. Looked at and errors are since yesterday.
sites-none = 🌐 No site was looked at since yesterday.
site-button = { $mark } { $site } · { $checked } · errors { $errors }
site-card =
    🌐 <b>{ $site }</b>

    Since yesterday: found { $found }, not found { $not_found }, errors { $errors }
site-look = An answer takes { $span } on average
site-muted = 🔇 Not looked at { $until }
site-silent = ⏳ Asks to be left alone until { $time } (Retry-After)
site-controls-failed = ⚠️ No verdicts since { $time }: { $fault }
site-controls-well = ✅ Control names are right since { $time }
site-errors = Errors of the last day:
site-error = • { $reason } — { $n }
site-not-muted = looked at
account-muted = 🔇 { $site } is not looked at { $until }
until = until { $time }
until-unmuted = until an admin unmutes it
button-mute-day = 🔇 Mute for a day
button-mute-week = 🔇 Mute for a week
button-mute = 🔇 Mute until I unmute it
button-unmute = 🔊 Unmute
stats = 📊 <b>Statistics</b>
stats-accounts = 🗂 { $all } accounts: { $pending } waiting, { $done } found, { $paused } paused
stats-today = 🔍 Today: { $checked } accounts looked at, { $found } found, { $errors } errors
stats-week = 🗓 7 days: { $checked } accounts looked at, { $found } found, { $errors } errors
stats-people = 👥 { $people } people, { $asked } waiting for an answer
broadcast-ask = 📣 What shall everybody hear? It goes to (people: { $n }). Type the text.
broadcast-long = Too long: at most { $limit } characters. Type a shorter text.
broadcast-preview =
    👀 This is how it will look (people: { $n }):

    { $text }
button-broadcast-send = 📣 Send, people: { $n }
button-broadcast-stop = ⏹ Stop the broadcast
broadcast-busy = Another broadcast is still going on.
broadcast-going-on =
    📣 Broadcast no. { $id }, people: { $n }

    • Sent: { $sent }
    • Waiting: { $waiting }
    • Unreachable: { $dead }
    • Unconfirmed: { $unsure }
broadcast-stopping = ⏹ The broadcast is stopped.
broadcast-done =
    📣 Broadcast no. { $id } is done

    • Sent: { $sent }
    • Unreachable: { $dead }
    • Unconfirmed: { $unsure }
    • Waiting: { $waiting }
broadcast-stopped =
    ⏹ Broadcast no. { $id } was stopped

    • Sent: { $sent }
    • Unreachable: { $dead }
    • Unconfirmed: { $unsure }
    • Waiting: { $waiting }
log = 📜 <b>Audit log</b>, entries: { $n }
log-line = { $time } · { $by }: { $deed }
log-line-about = { $time } · { $by }: { $deed } — { $about }
somebody = somebody who left
kind-people = 👥 People
kind-accounts = 🗂 Accounts
kind-sites = 🌐 Sites
kind-runs = 🔍 Runs
kind-messages = 📣 Messages
kind-data = 📤 Data
deed-people-role = new role
deed-people-claim = became the owner by a link
deed-accounts-pause = paused somebody's account
deed-accounts-resume = resumed somebody's account
deed-accounts-again = somebody's account waits again
deed-accounts-extend = more time for somebody's account
deed-accounts-delete = removed somebody's account
deed-accounts-restore = brought somebody's account back
deed-accounts-note = a note on somebody's account
deed-accounts-until = what to wait for at somebody's account
deed-sites-mute = muted a site
deed-sites-unmute = unmuted a site
deed-sites-apply = a mass change is true
deed-sites-discard = a mass change is not true
deed-runs-check = check of everything
deed-runs-stop = stopped a run
deed-messages-broadcast = broadcast
deed-messages-stop = stopped a broadcast
deed-messages-bind = reports to a group
deed-messages-unbind = no more reports to a group
deed-data-export = export
deed-data-backup = copy of the database
deed-other = unknown deed
export =
    📤 <b>Export</b>

    The files hold data of people: keep them where others do not see them. Every export is noted in the audit log.
button-export-accounts = 🗂 Everybody's accounts (CSV)
button-export-audit = 📜 Audit log (CSV)
button-export-runs = 🔍 Runs (CSV)
button-backup = 💾 Backup
button-backup-sure = 💾 Yes, send the file
export-coming = Making the file…
export-accounts = 🗂 Everybody's accounts
export-audit = 📜 Audit log
export-runs = 🔍 Runs of 90 days
owners-only = Only an owner can do this.
backup-ask =
    💾 <b>Backup</b>, { $size } MB

    It holds all that the bot knows: people, their accounts, messages. The file stays in this chat and on Telegram's servers. Send it?
backup-too-large =
    💾 The database is too large for Telegram: { $size } MB, and 50 are allowed.

    Make a copy where the bot runs: <code>vakhta backup copy.db</code>
backup-caption = 💾 A copy of the database. To restore: stop the bot, put the file in the database's place, start.
button-accounts-of = 🗂 Accounts
