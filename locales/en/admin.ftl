### Administration: people, the log, exports, broadcasts.

## What admins see and decide.

rows-broadcast = broadcasts
button-stats = 📊 Statistics
button-broadcast = 📣 Broadcast
button-log = 📜 Audit log
button-export = 📤 Export
stats = 📊 <b>Statistics</b>
stats-people = 👥 { $people } people, { $asked } waiting for an answer
broadcast-ask = 📣 What should everybody be told? Recipients: { $n }. Type the text.
broadcast-long = Too long: at most { $limit } characters. Type a shorter text.
broadcast-preview =
    👀 This is how it will look (recipients: { $n }):

    { $text }
button-broadcast-send = 📣 Send (recipients: { $n })
button-broadcast-stop = ⏹ Stop the broadcast
broadcast-busy = Another broadcast is still running.
broadcast-going-on =
    📣 Broadcast no. { $id }, recipients: { $n }

    • Sent: { $sent }
    • Waiting: { $waiting }
    • Unreachable: { $dead }
    • Unconfirmed: { $unsure }
broadcast-stopping = ⏹ Stopping the broadcast.
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
kind-people = 👥 People
kind-accounts = 🗂 Accounts
kind-sites = 🌐 Sites
kind-runs = 🔍 Runs
kind-messages = 📣 Messages
kind-data = 📤 Data
deed-people-role = new role
deed-people-claim = became the owner through a link
deed-accounts-pause = paused somebody's account
deed-accounts-resume = resumed somebody's account
deed-accounts-again = restarted the wait for somebody's account
deed-accounts-extend = extended somebody's account
deed-accounts-delete = removed somebody's account
deed-accounts-restore = restored somebody's account
deed-accounts-note = changed the note of somebody's account
deed-accounts-until = changed what somebody's account waits for
deed-sites-mute = muted a site
deed-sites-unmute = unmuted a site
deed-sites-apply = confirmed a mass change
deed-sites-discard = rejected a mass change
deed-runs-check = checked everything
deed-runs-stop = stopped a run
deed-messages-broadcast = sent a broadcast
deed-messages-stop = stopped a broadcast
deed-messages-bind = turned reports to a group on
deed-messages-unbind = turned reports to a group off
deed-data-export = exported data
deed-data-backup = downloaded the database
deed-other = unknown action
export =
    📤 <b>Export</b>

    The files contain personal data: keep them private. Every export is recorded in the audit log.
button-export-accounts = 🗂 Everybody's accounts (CSV)
button-export-audit = 📜 Audit log (CSV)
button-export-runs = 🔍 Runs (CSV)
button-backup = 💾 Backup
button-backup-sure = 💾 Yes, send the file
export-accounts = 🗂 Everybody's accounts
export-audit = 📜 Audit log
export-runs = 🔍 Runs of the last 90 days
owners-only = Only an owner can do this.
backup-ask =
    💾 <b>Backup</b>, { $size } MB

    It contains everything the bot knows: people, their accounts, messages. The file will stay in this chat and on Telegram's servers. Send it?
backup-too-large =
    💾 The database is too large for Telegram: { $size } MB; the limit is 50.

    Make a copy on the machine where the bot runs: <code>vakhta backup copy.db</code>
backup-caption = 💾 A copy of the database. To restore: stop the bot, replace the database with this file, start the bot.

## People and access.

access-granted = ✅ You now have access. To begin: /start
access-denied = 🔒 The admins have answered: you will not have access.
access-ended = 🔒 Your access has ended.
button-make-admin = ⭐️ Make admin
button-make-user = Remove admin rights
button-remove = 🗑 End access
people-list = 👥 <b>People</b>: { $n }
people-empty = 👥 Nobody yet.
person-card =
    👤 { $who }
    id <code>{ $id }</code>
    { $role }
person-gone = This person is no longer on the list.
person-by-config = This role is set in the configuration file and can only be changed there.
person-answered = { $admin }: { $name } — { $role }
role-stranger = stranger
role-asked = waiting for an answer
role-refused = no access
role-user = user
role-admin = admin
role-owner = owner

## What is kept about broadcasts.

kept-broadcasts = records of broadcasts, without the text

## Cards in the log and in backups.

deed-cards-make = created a card
deed-cards-on = switched a card on
deed-cards-off = switched a card off
kind-cards = 🏷 Cards
deed-cards-edit = changed a card
deed-cards-code = decided about a code

## The way into administration.

help-admin = /admin — manage: runs, sites, people, accounts, broadcast, audit log
command-admin = Manage
admin-panel =
    🛠 <b>Manage</b>

    People: { $people }, waiting for an answer: { $asked }
button-people = 👥 People
