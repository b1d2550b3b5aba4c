### Watch: accounts, runs, sites, notices, charts, tables.

## Runs, accounts, notices.

run-started =
    🔄 Check started

    📊 Accounts to check: { $total }
    ⏰ Time: { $time }
run-done =
    ✅ Check finished

    📊 Results:
    • Checked: { $checked }
    • Found: { $found }
    • Not found: { $not_found }
    • Errors: { $errors }
run-interrupted = ⏹ The check was interrupted; the remaining accounts will be checked next time.
run-offline = 📡 Could not look: our own network seems to be down. The next check will try again.
run-duration = ⏱ Duration: { $span }
run-error = ⚠️ { $site }: { $reason } — { $n }
run-errors-more = … and more reasons: { $n }
run-skipped = ⏭ Not reached in time: { $n }
run-missed-ticks = 🕒 Scheduled checks skipped meanwhile: { $n }
run-next = ⏭ Next check: { $time }
run-crashed = ⚠️ Check no. { $run } was cut short by an internal error. The next one will start as scheduled.
digest =
    📅 The day in short

    • Checks: { $runs }
    • Found: { $found }
    • Not found: { $not_found }
    • Errors: { $errors }
digest-calm = All is well: the watch goes on.
found =
    ✅ Account found

    👤 User name: { $name }
    🌐 Site: { $site }
    📅 Work began: { $started }
    📝 Agreed: { $period }
    🏁 Done in: { $took }
    📅 Work ends: { $ends }
found-many = ✅ Found: { $accounts }
found-gist = Found: { $names }
found-line = • { $name } · { $site } · { $took }
found-other-line = • { $name } · { $site } · somebody else
found-more = … and { $n } more
took-days = { $n ->
    [0] less than a day
    [one] { $n } day
   *[other] { $n } days
}
remind-soon = ⏳ The agreed time ends soon
remind-last-day = ⏰ The last day of the agreed time
remind-overdue = ⌛️ The agreed time is over; I keep checking
remind-line = • { $name } · { $site } · until { $ends }
add-ask =
    ➕ Which account should I add?

    Send a name, <code>name site</code>, <code>name site days</code>, or a profile link. You can send many lines at once, or a CSV file.
add-ask-site = 🌐 Which site is { $name } on?
add-ask-days = 📝 How many days did you agree on? { $name } · { $site }
add-done =
    ✅ Added

    { $name } · { $site } · { $period }
add-known = You already have this account: { $name } · { $site }
add-many = ➕ Added: { $added }, already there: { $known }, with errors: { $bad }
add-over = 🚧 Over the limit: { $over }. One person can have up to { $limit } accounts; you can add { $left } more.
add-bad-line = • line { $line }: { $problem }
add-bad-more = … and more lines with errors: { $n }
add-note = ℹ️ { $site }: { $note }
add-name-only = ℹ️ { $site } only tells whether a name is taken, so a profile that comes back cannot be noticed there.
add-protected = ℹ️ { $site } is known to be behind { $by }: expect “could not look”.
protected-unnamed = bot protection
protected-login = a login wall
bad-line-empty = empty line
bad-line-long = too many words; needed: name, site, days
bad-site = unknown site: { $site }
bad-site-near = unknown site: { $site }; did you mean { $near }?
bad-days = the number of days must be from 1 to 3650, not { $days }
bad-name = { $site } does not allow this name: { $name }
bad-name-hidden = the name has a hidden character, which { $site } does not allow: { $name }
bad-url = the link does not lead to a profile on a site I know
list-empty =
    📋 Nothing here yet.

    To add: <code>/add name site</code>
list-title = 📋 <b>Your accounts</b>: { $n }
list-title-all = 🗂 <b>Everybody's accounts</b>: { $n }
account-button = { $mark } { $name } · { $site }
account-card =
    { $mark } <b>{ $name }</b>

    🌐 Site: { $site }
    📅 Work began: { $started }
    📝 Agreed: { $period }
    📅 Work ends: { $ends }
account-owner = 👤 Owner: { $who } (<code>{ $id }</code>)
account-checked = 🔍 { $time }: { $verdict }
account-never-checked = 🔍 Not checked yet
account-done = 🏁 Found { $date }
account-paused = ⏸ Paused
account-held = ✋ Waiting for an admin's decision: too much changed on the site at once
account-gone = This account is no longer on the list.
verdict-found = found
verdict-not-found = not found
verdict-error = could not look: { $reason }
button-account-check = 🔍 Check
button-pause = ⏸ Pause
button-resume = ▶️ Resume
button-again = 🔁 Wait again
button-extend = +{ $n } days
button-delete = 🗑 Remove { $name }
check-accepted = 🔍 Checking: { $accounts }
check-queued = 🔍 Another check is running; yours will start right after it: { $accounts }
check-nothing = There is nothing to check: no account is waiting.
status =
    📊 <b>Status</b>

    Waiting: { $pending }, found: { $done }, paused: { $paused }
status-running = 🔄 A check is running: { $checked } of { $total }
status-last = Last check: { $time } — found { $found }, not found { $not_found }, errors { $errors }
status-last-interrupted = Last check: { $time } — interrupted
status-last-offline = Last check: { $time } — our own network was down
status-no-run = No check so far
status-next = Next check: { $time }
status-distrusted = ⚠️ No verdicts: wrong results for control names on { $sites }
rows-run = runs
status-outbox = 📮 Messages waiting: { $pending }, unconfirmed: { $unconfirmed }, undeliverable: { $dead }

## Why a check failed, by machine key.

reason-dns = the site's address was not found (DNS)
reason-tls = no secure connection (certificate)
reason-connect = the site does not accept connections
reason-reset = the connection was closed before an answer
reason-timeout = no complete answer in time
reason-redirect-loop = a redirect loop
reason-too-many-redirects = too many redirects
reason-body-too-large = the answer is too large
reason-cut-body = the answer was cut off
reason-bad-body = the answer could not be read
reason-block-page = a block page instead of an answer
reason-login-wall = the site wants a login first
reason-rate-limited = too many requests (429)
reason-forbidden = the site refuses us (401, 403, 407)
reason-server-error = a server error on the site (5xx)
reason-status = an inconclusive answer
reason-empty-body = an empty page
reason-both-rules-match = both rules match: the site's definition is broken
reason-no-rule-matches = no rule matches: the site has changed
reason-missing-or-hidden = the account is missing or hidden: the answer is the same
reason-unlike-controls = the page looks neither like an account nor like a missing one
reason-breaker-open = the site kept failing and is being left alone for a while
reason-looks-disagree = the checks did not agree
reason-private-target = this address must not be requested
reason-unknown-site = this site is not in any catalogue
reason-bad-name = the site does not allow this name
reason-control-failed = the site gave a wrong result for its control name
reason-names-alike = the site did not say that a random name like this one is missing
reason-mass-change = too much changed at once, waiting for an admin's decision
reason-eyes-disagree = the page and the linked Telegram account showed different things
reason-restricted = the site restricts access to the account
reason-offline = our own network is down
reason-other = unknown reason

## When a site or our own network cannot be trusted.

controls-failed = ⚠️ Wrong results for control names. Until this passes, the site gives no verdicts and its accounts do not change:
controls-failed-line = • { $site }: { $fault }
controls-well = ✅ Control names give the right results again: { $sites }
control-known-missing = a name that certainly exists seems to be missing
control-known-unclear = the answer for a name that certainly exists matches no rule
control-random-found = a random name seems to exist: the site says so for everybody
control-random-unclear = the answer for a random name matches no rule
mass-change =
    ✋ { $site }: { $changed } of { $answered } were found at once

    They had not been found before. This usually means that the site is broken, so the owners have not been told yet. Is it true?
mass-change-applied = ✅ { $by } decided: yes. The owners will be told.
mass-change-discarded = 🔁 { $by } decided: no. The next check will try again.
mass-changes-none = Nothing is waiting for a decision.
button-mass-apply = ✅ Yes, tell the owners
button-mass-discard = 🔁 No, check again
button-mass-changes = ✋ Mass changes: { $n }
offline =
    📡 Our own network seems to be down

    No site can be reached, so the check has ended. No account has changed. I will tell you when the network is back.
online = 📡 Our own network is back. It was down for { $span }.

## The limits of each site.

site-note-telegram = Only public names are visible. People, bots, groups and channels look alike; an account closed only in some countries counts as found.
site-note-vk = A blocked or deleted page may still answer like a page; communities are not covered. Data centres often get a captcha: that is “could not look”.
site-note-github = A suspended or hidden account looks missing.
site-note-gitlab = Blocked accounts give no verdict; groups are not covered.
site-note-reddit = Has refused everybody without a login since May 2026 (403): expect “could not look”. A suspended account gives no verdict.
site-note-youtube = Handles only (@name), not the older /c/ and /user/. A consent page or a captcha is “could not look”.
site-note-tiktok = Only tells that an account is visible: a private one answers like a missing one, and that is “could not look”. Data centres are often refused.
site-note-instagram = Refuses most data centres and many home networks: expect “could not look”. A disabled account looks missing.
site-note-x = Only tells whether a name is taken. A suspended account keeps its name, so its return cannot be noticed.
site-note-twitch = A suspended account looks missing.
site-note-pinterest = Only tells that an account is visible: a private or suspended one answers like a missing one, and that is “could not look”.
site-note-steam = Custom addresses (/id/name) only, not numbers. The owner can change the address; bans and private profiles are still found.

## What the watch adds to screens of others.

delete-me-accounts = { $accounts ->
        [one] { $accounts } account
       *[other] { $accounts } accounts
    } with their history
panel-accounts = Accounts: { $accounts }
person-accounts = Accounts: { $accounts }

## Accounts: lists, cards, what to wait for.

until-found = until it appears
until-gone = until it is gone
until-change = any change
until-ask = 👁 What should I wait for? { $name } · { $site }
gone =
    👋 Account gone

    👤 User name: { $name }
    🌐 Site: { $site }
    📅 Work began: { $started }
    📝 Agreed: { $period }
    🏁 Done in: { $took }
    📅 Work ends: { $ends }
other-owner = ⚠️ Somebody else has the name now, not whom we saw before.
gone-many = 👋 Gone: { $accounts }
appeared =
    🔔 Account appeared

    👤 User name: { $name }
    🌐 Site: { $site }

    I keep waiting and will tell you when it changes again.
appeared-many = 🔔 Appeared: { $accounts }
disappeared =
    🔕 Account disappeared

    👤 User name: { $name }
    🌐 Site: { $site }

    I keep waiting and will tell you when it changes again.
disappeared-many = 🔕 Disappeared: { $accounts }
change-line = • { $name } · { $site }
news-gist = Changed: { $names }
mass-change-gone =
    ✋ { $site }: { $changed } of { $answered } disappeared at once

    Nothing had pointed to that before. This usually means that the site is broken, so the owners have not been told yet. Is it true?
mass-change-mixed =
    ✋ { $site }: { $changed } of { $answered } changed at once

    Some appeared, others are gone. This usually means that the site is broken, so the owners have not been told yet. Is it true?
list-title-owner = 🗂 <b>Accounts of</b> { $who }: { $n }
list-nothing = Nothing found.
list-choose-site = 🌐 Which site's accounts should I show?
filter-pending = ⏳ Waiting
filter-overdue = ⌛️ Overdue
filter-done = ✅ Done
filter-paused = ⏸ Paused
filtered-site = 🌐 Site: { $site }
filtered-text = 🔎 Search: { $text }
button-by-site = 🌐 Site
button-find = 🔎 Search
button-all = 🗂 All
button-to-list = 📋 Back to the list
find-ask = 🔎 What should I search for? Send part of a name or a note.
account-until = 👁 Waiting: { $until }
account-note = 🗒 Note: { $note }
account-seen = 👀 Last seen: { $time }
account-never-seen = 👀 Not seen yet
account-looks = 📈 { $looks } (█ found, ▁ not found, · could not look)
account-history = 🕘 History:
account-done-gone = 🏁 Gone { $date }
history-line = • { $time } — { $what } · { $who }
change-added = added
change-found = appeared
change-other = somebody else has the name
change-gone = gone
change-paused = paused
change-resumed = resumed
change-again = waiting again
change-extended = +{ $n } { $n ->
    [one] day
   *[other] days
}
change-noted = note changed
change-until = waiting: { $until }
change-removed = removed
change-restored = restored
by-run = a check
by-you = you
by-nobody = somebody who has left
button-until = 👁 What to wait for
button-extend-other = ➕ Other
button-note = 🗒 Note
button-clear-note = ✖️ Remove the note
button-restore = ↩️ Undo (restore)
button-card = 📄 Card
button-add-more = ➕ Add another
account-removed = 🗑 Removed: { $name } · { $site }

    You can restore it for a week.
days-ask = ➕ How many days should I add? { $name } · { $site }
note-ask = 🗒 What should the note say? Up to 200 characters. { $name } · { $site }
note-changed = Somebody else has changed the note in the meantime. To replace it, send yours again.
bad-note = a note must have 1 to { $most } characters; this one has { $n }
kept-removed = removed accounts, so that they can be restored
kept-searches = what you searched lists for
rows-account = accounts
rows-search = searches
button-download = 📤 Download CSV
button-apply = ✅ Apply: add { $n }
table-caption = 📤 Accounts. You can edit the file and send it back here.
expected-table = Send text here, or a CSV file with the columns <code>site,username,days,until</code>. To stop: /cancel
table-shown =
    📥 <b>The file has been read; nothing is added yet</b>

    New: { $new }
    Already there: { $known }
    With errors: { $bad }
table-nothing = There is nothing to add.
table-changed = ⚠️ Your accounts have changed in the meantime, so these numbers are new.
table-not-utf8 = The file is not UTF-8 text. Save it as "CSV UTF-8" and send it again.
table-too-large = The file is too large: the limit is { $kb } KB. Split it into parts.
table-out-of-reach = Telegram did not deliver the file. Please send it again.
bad-columns = the header must be site,username,days,until; there is no "{ $column }"
bad-cell = column { $column } is empty
bad-until = expected found, gone or change, not { $until }
search-partial = ℹ️ Only the { $n } newest are searched. The others are in their owner's list.

## Tables that are too large to be added at once.

table-large =
    ⏳ { $n ->
        [one] Adding { $n } account
       *[other] Adding { $n } accounts
    }. The result will come in a separate message; a restart does no harm.
table-busy = Your last table is still being added. Apply this one when the result has come.

## Breakers, as admins see them.

site-breaker = ⏳ Not checked since { $since }: requests kept failing ({ $reason }). Next attempt no earlier than { $time }

## Sites and runs as admins see them.

kept-days = check totals by day and site, without names
rows-site_day = daily totals
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
button-thread = 🩺 Health of runs
button-sites = 🌐 Sites
button-stop-run = ⏹ Stop
run-stopping = ⏹ Stopping: what has been checked is kept.
run-over = This run is over.
run-stopped = ⏹ Stopped by { $by }: { $checked } of { $total } checked, the rest will be next time.
run-muted = 🔇 Muted by an admin, not checked: { $sites }
thread = 🩺 <b>Health of runs</b>
thread-late = ⏱ Delay of the last start: { $span }
thread-runs = The last runs:
thread-run = • { $time } — { $span }, { $checked } checked, { $errors } errors
thread-slow = Slowest to answer:
thread-site = • { $site } — { $span }
sites = 🌐 <b>Sites</b>: { $n }. Checks and errors since yesterday.
sites-none = 🌐 No site has been checked since yesterday.
site-button = { $mark } { $site } · { $checked } · errors { $errors }
site-card =
    🌐 <b>{ $site }</b>

    Since yesterday: found { $found }, not found { $not_found }, errors { $errors }
site-look = An answer takes { $span } on average
site-muted = 🔇 Not checked { $until }
site-silent = ⏳ Asked us to wait until { $time } (Retry-After)
site-controls-failed = ⚠️ No verdicts since { $time }: { $fault }
site-controls-well = ✅ Control names correct since { $time }
site-errors = Errors in the last day:
site-error = • { $reason } — { $n }
site-not-muted = checked
account-muted = 🔇 { $site } is not checked { $until }
until = until { $time }
until-unmuted = until an admin unmutes it
button-mute-day = 🔇 Mute for a day
button-mute-week = 🔇 Mute for a week
button-mute = 🔇 Mute until unmuted
button-unmute = 🔊 Unmute
stats-accounts = 🗂 { $all } accounts: { $pending } waiting, { $done } found, { $paused } paused
stats-today = 🔍 Today: { $checked } accounts checked, { $found } found, { $errors } errors
stats-week = 🗓 7 days: { $checked } accounts checked, { $found } found, { $errors } errors
button-accounts-of = 🗂 Accounts

## Charts.

button-charts = 📈 Charts
button-chart-mine = 📈 Chart
button-chart-found = ✅ Found by day
button-chart-sites = 📊 Checks and errors
button-chart-duration = ⏱ Duration
charts = 📈 What should I draw?
chart-drawing = Drawing…
chart-nothing = Nothing to draw yet: too little data.
chart-others = others
chart-mine-title = My accounts
chart-found-title = Accounts found
chart-sites-title = Checks and errors
chart-duration-title = Duration of checks
chart-found-per-day = Found per day
chart-waiting = Not found yet
chart-checks-per-day = Checks per day
chart-errors-per-day = Errors per day
chart-seconds = Seconds
chart-minutes = Minutes
chart-mine = 📈 <b>My accounts</b>

    • Found in { $days } { $days ->
        [one] day
       *[other] days
    }: { $found }
    • Not found yet: { $waiting }
chart-found = ✅ <b>Found in { $days } { $days ->
        [one] day
       *[other] days
    }: { $found }</b>
chart-found-line = • { $site }: { $n }
chart-sites = 📊 <b>In { $days } { $days ->
        [one] day
       *[other] days
    }: { $checked } checks, { $errors } errors</b>
chart-sites-line = • { $site }: { $checked }, errors { $errors }
chart-duration = ⏱ <b>Duration of checks</b>

    • Checks in { $days } { $days ->
        [one] day
       *[other] days
    }: { $runs }
    • Typical: { $usual }
    • Longest: { $longest }

## What is kept about runs.

kept-runs = results of runs, without names

## Units and buttons.

button-status = 📊 Status
help-add = /add — add an account: <code>/add name</code>, <code>/add name site</code>, <code>/add name site days</code>, a profile link, or many lines at once
help-list = /list — your accounts
help-check = /check — check your accounts now
help-status = /status — status of the checks
help-verdict = An account counts as found only when several checks agree. If I could not look, I say so: that is an error, not an answer.
help-sites = Sites: { $sites }
command-add = Add an account
command-list = My accounts
command-check = Check now
command-status = Status of the checks
button-check-all = 🔍 Check all now
button-accounts = 🗂 Everybody's accounts
n-accounts = { $n ->
    [one] { $n } account
   *[other] { $n } accounts
}

import-put-aside = ⚠️ The program died twice over your table, so I have put it aside. What was added stays. The admins know.
put-aside-import = ⚠️ The program died twice over a table from chat { $chat }. It was put aside.
