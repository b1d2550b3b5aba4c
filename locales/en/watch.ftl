# Checks, accounts, notices.
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
run-interrupted = ⏹ The check was interrupted; the other accounts will be looked at next time.
run-offline = 📡 Could not look: our own network seems to be down. The next check tries again.
run-duration = ⏱ Duration: { $span }
run-error = ⚠️ { $site }: { $reason } — { $n }
run-errors-more = … and more reasons: { $n }
run-skipped = ⏭ Not reached in time: { $n }
run-missed-ticks = 🕒 Starts skipped while it ran: { $n }
run-next = ⏭ Next check: { $time }
run-crashed = ⚠️ Check no. { $run } broke off because of an internal error. The next one comes as scheduled.
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
found-more = … and { $n } more
took-days = { $n ->
    [0] less than a day
    [one] { $n } day
   *[other] { $n } days
}
remind-soon = ⏳ The agreed time ends soon
remind-last-day = ⏰ The last day of the agreed time
remind-overdue = ⌛️ The agreed time is over, I go on looking
remind-line = • { $name } · { $site } · until { $ends }
add-ask =
    ➕ Whom shall I add?

    Send a name, <code>name site</code>, <code>name site days</code>, or a profile link. Many lines at once are fine, and so is a CSV file.
add-ask-site = 🌐 On which site shall I look for { $name }?
add-ask-days = 📝 How many days are agreed? { $name } · { $site }
add-done =
    ✅ Added

    { $name } · { $site } · { $period }
add-known = You have this account already: { $name } · { $site }
add-many = ➕ Added: { $added }, already there: { $known }, with errors: { $bad }
add-bad-line = • line { $line }: { $problem }
add-bad-more = … and more lines with errors: { $n }
add-note = ℹ️ { $site }: { $note }
add-name-only = ℹ️ { $site } only knows whether a name is taken: a profile that comes back cannot be seen there.
add-protected = ℹ️ { $site } is known to stand behind { $by }: expect "could not look".
protected-unnamed = protection against programs
protected-login = a login
bad-line-empty = empty line
bad-line-long = too many words; needed: name, site, days
bad-site = there is no such site: { $site }
bad-days = days go from 1 to 3650, this says: { $days }
bad-name = no such name is possible on { $site }: { $name }
bad-url = the link is not to a profile on a site I know
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
account-never-checked = 🔍 Not looked at yet
account-done = 🏁 Found { $date }
account-paused = ⏸ Paused
account-held = ✋ Waits for an admin's decision: too much changed on the site at once
account-gone = This account is no longer there.
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
check-queued = 🔍 Another check is going on, yours begins right after it: { $accounts }
check-nothing = There is nothing to check: no account is waiting.
status =
    📊 <b>Status</b>

    Waiting: { $pending }, found: { $done }, paused: { $paused }
status-running = 🔄 A check is going on: { $checked } of { $total }
status-last = Last check: { $time } — found { $found }, not found { $not_found }, errors { $errors }
status-last-interrupted = Last check: { $time } — interrupted
status-last-offline = Last check: { $time } — our own network was down
status-no-run = No check so far
status-next = Next check: { $time }
status-distrusted = ⚠️ No verdicts, control names are judged wrongly: { $sites }
status-storage = 💾 Database: { $size } MB
rows-inbox = incoming
rows-quarantine = unreadable
rows-outbox = outgoing
rows-dialogue = conversations
rows-run = runs
rows-person = people
status-outbox = 📮 Messages waiting: { $pending }, unconfirmed: { $unconfirmed }, undeliverable: { $dead }

# Why we could not look: by machine keys.
reason-dns = the site has no address (DNS)
reason-tls = no secure connection (certificate)
reason-connect = the site does not accept connections
reason-reset = the connection was closed before an answer
reason-timeout = no complete answer in time
reason-redirect-loop = redirects in a circle
reason-too-many-redirects = too many redirects
reason-body-too-large = the answer is too large
reason-cut-body = the answer was cut off
reason-bad-body = the answer could not be read
reason-block-page = a block page instead of an answer
reason-login-wall = the site wants a login first
reason-rate-limited = too many requests (429)
reason-forbidden = the site refuses us (401, 403, 407)
reason-server-error = an error of the site's own (5xx)
reason-status = an answer that says nothing
reason-empty-body = an empty page
reason-both-rules-match = both rules fit: the site's definition is broken
reason-no-rule-matches = no rule fits: the site has changed
reason-breaker-open = the site failed again and again and is left alone for a while
reason-looks-disagree = the looks did not agree
reason-private-target = this address may not be asked
reason-unknown-site = no catalogue has this site
reason-bad-name = the site cannot have this name
reason-control-failed = the site's control name was judged wrongly
reason-mass-change = too much changed at once, waiting for an admin's decision
reason-offline = our own network is down
reason-other = unknown reason

# When a site or our own network cannot be trusted.
controls-failed = ⚠️ Control names were judged wrongly. While it is so, the site gives no verdicts and its accounts do not change:
controls-failed-line = • { $site }: { $fault }
controls-well = ✅ Control names are judged rightly again: { $sites }
control-known-missing = a name that is surely there seems not to be
control-known-unclear = the answer for a name that is surely there fits no rule
control-random-found = a random name seems to be there: the site says so of everybody
control-random-unclear = the answer for a random name fits no rule
mass-change =
    ✋ { $site }: { $changed } of { $answered } were found at once

    They were not there before. More often the site is broken when it looks like this, so their owners know nothing yet. Is it true?
mass-change-applied = ✅ Yes, decided { $by }: the owners will hear of it.
mass-change-discarded = 🔁 No, decided { $by }: the next check looks again.
mass-changes-none = There are no questions.
button-mass-apply = ✅ Yes, tell the owners
button-mass-discard = 🔁 No, look again
button-mass-changes = ✋ Mass changes: { $n }
offline =
    📡 Our own network seems to be down

    No site can be reached, so the check has ended. No account has changed. I will say when the network is back.
online = 📡 Our own network is back. It was down for { $span }.

# Where sites cannot be trusted entirely.
site-note-telegram = Only public names are seen. People, bots, groups and channels look alike; an account closed in some countries only is seen.
site-note-vk = A blocked or deleted page may still answer as a page; communities are not seen. Data centres often meet a captcha: that is "could not look".
site-note-github = A suspended or hidden account answers as if it were not there.
site-note-gitlab = Blocked accounts give no verdict; groups are not seen.
site-note-reddit = A suspended account gives no verdict; a shadow ban looks like absence. Data centres are often refused (403).
site-note-youtube = Handles only (@name), not the older /c/ and /user/. A consent page or a captcha is "could not look".
site-note-tiktok = A private or age-restricted account answers as if it were not there. Data centres are often refused.
site-note-instagram = Refuses most data centres and many home networks: expect "could not look". A disabled account answers as if it were not there.
site-note-x = Only knows whether a name is taken. A suspended account keeps its name, so its return cannot be seen.
site-note-twitch = A suspended account answers as if it were not there.
site-note-pinterest = A suspended or private account answers as if it were not there. Some countries are redirected to an address of their own: then there is no verdict.
site-note-steam = Custom addresses (/id/name) only, not numbers. The owner can change the address; bans and private profiles are still found.

# What the watch adds to screens of others.
delete-me-accounts = { $accounts ->
        [one] { $accounts } account
       *[other] { $accounts } accounts
    } with their history
panel-accounts = Accounts: { $accounts }
person-accounts = Accounts: { $accounts }
