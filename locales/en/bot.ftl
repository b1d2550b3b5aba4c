# Common texts: start, help, commands, units.
start-hello =
    👋 This is <b>Vakhta</b>: I keep watch over accounts and tell you when they appear.

    Add an account and I will look at it every five minutes.
button-add = ➕ Add
button-list = 📋 My accounts
button-check = 🔍 Check now
button-status = 📊 Status
button-help = ❓ Help
button-settings = ⚙️ Settings
button-home = 🏠 Home
button-back = ‹ Back
button-cancel = ✖️ Cancel
button-panel = 🛠 Manage
help-title = <b>What I can do</b>
help-add = /add — add an account: <code>/add name</code>, <code>/add name site</code>, <code>/add name site days</code>, a profile link, or many lines at once
help-list = /list — your accounts
help-check = /check — check your accounts now
help-status = /status — state of the checks
help-settings = /settings — language and notices
help-cancel = /cancel — stop what was begun
help-privacy = /privacy — what is kept about you; /delete_me — delete it
help-verdict = An account is found only when several looks agree. When I could not look, I say so: that is an error of the check, not an answer.
help-sites = Sites: { $sites }
help-admin = /admin — manage: runs, sites, people, accounts, broadcast, audit log
help-here = /here — in a group: reports come there
command-start = Start
command-help = What I can do
command-add = Add an account
command-list = My accounts
command-check = Check now
command-status = State of the checks
command-settings = Language and notices
command-cancel = Stop what was begun
command-admin = Manage
command-privacy = What is kept about me
command-delete-me = Delete my data
cancel-done = Stopped.
cancel-nothing = There is nothing to stop.
unknown-command = There is no such command. Everything I can do: /help
unexpected-text = To add an account, send /add. Everything I can do: /help
expected-text = Text is needed here. To stop: /cancel
stale-button = This button is out of date, here is how things are.
no-right = Only an admin can do this.
general-error = ⚠️ That did not work: an internal error, it is in the log. Please try again in a minute.
general-error-tap = That did not work, please try again
settings =
    ⚙️ <b>Settings</b>

    Language: { $language }
settings-notify = Reports of runs: { $notify }
notify-every-run = every run
notify-news = only with news
notify-digest = once a day
admin-panel =
    🛠 <b>Manage</b>

    People: { $people }, waiting for an answer: { $asked }
button-check-all = 🔍 Check all now
button-people = 👥 People
button-accounts = 🗂 Everybody's accounts
unconfirmed =
    ⚠️ You may not have received this yet:
    { $lines }
page = ‹ { $page } / { $pages } ›
n-accounts = { $n ->
    [one] { $n } account
   *[other] { $n } accounts
}
n-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
span-days = { $n } d
span-hours = { $n } h
span-minutes = { $n } min
span-seconds = { $n } s
