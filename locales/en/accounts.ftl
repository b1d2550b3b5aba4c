# Accounts: lists, cards, what is waited for.
until-found = until it appears
until-gone = until it is gone
until-change = any change
until-ask = 👁 What shall I wait for? { $name } · { $site }
gone =
    👋 Account gone

    👤 User name: { $name }
    🌐 Site: { $site }
    📅 Work began: { $started }
    📝 Agreed: { $period }
    🏁 Done in: { $took }
    📅 Work ends: { $ends }
gone-many = 👋 Gone: { $accounts }
appeared =
    🔔 Account appeared

    👤 User name: { $name }
    🌐 Site: { $site }

    I go on waiting and will say when it changes again.
appeared-many = 🔔 Appeared: { $accounts }
disappeared =
    🔕 Account disappeared

    👤 User name: { $name }
    🌐 Site: { $site }

    I go on waiting and will say when it changes again.
disappeared-many = 🔕 Disappeared: { $accounts }
change-line = • { $name } · { $site }
news-gist = Changed: { $names }
mass-change-gone =
    ✋ { $site }: { $changed } of { $answered } were gone at once

    They were there before. More often the site is broken when it looks like this, so their owners know nothing yet. Is it true?
mass-change-mixed =
    ✋ { $site }: { $changed } of { $answered } changed at once

    Some appeared, others are gone. More often the site is broken when it looks like this, so their owners know nothing yet. Is it true?

list-title-owner = 🗂 <b>Accounts of</b> { $who }: { $n }
list-nothing = Nothing was found.
list-choose-site = 🌐 Accounts of which site shall I show?
filter-pending = ⏳ Waiting
filter-overdue = ⌛️ Overdue
filter-done = ✅ Done
filter-paused = ⏸ Paused
filtered-site = 🌐 Site: { $site }
filtered-text = 🔎 Search: { $text }
button-by-site = 🌐 Site
button-find = 🔎 Search
button-all = 🗂 All
button-to-list = 📋 To the list
find-ask = 🔎 What shall I look for? Send a part of a name or a note.

account-until = 👁 Waiting: { $until }
account-note = 🗒 Note: { $note }
account-seen = 👀 Last seen: { $time }
account-never-seen = 👀 Not seen yet
account-looks = 📈 { $looks } (█ there, ▁ not there, · could not look)
account-history = 🕘 History:
account-done-gone = 🏁 Gone { $date }
history-line = • { $time } — { $what } · { $who }
change-added = added
change-found = appeared
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
change-restored = brought back
by-run = a check
by-you = you
by-nobody = somebody who is no longer here
button-until = 👁 What to wait for
button-extend-other = ➕ Other
button-note = 🗒 Note
button-clear-note = ✖️ Remove the note
button-restore = ↩️ Undo (bring it back)
button-card = 📄 Card
button-add-more = ➕ Add another
account-removed = 🗑 Removed: { $name } · { $site }

    It can be brought back for a week.
days-ask = ➕ By how many days shall it be longer? { $name } · { $site }
note-ask = 🗒 What shall I note? Up to 200 characters. { $name } · { $site }
note-changed = Somebody else has changed the note meanwhile. Send yours once more if it is to be replaced.
bad-note = a note has 1 to { $most } characters, this has { $n }
kept-removed = removed accounts, so that they can be brought back
kept-searches = what you searched lists for
rows-account = accounts
rows-search = searches

button-download = 📤 Download CSV
button-apply = ✅ Apply: add { $n }
table-caption = 📤 Accounts. The file can be changed and sent back here.
expected-table = A text is needed here, or a CSV file with the columns <code>site,username,days,until</code>. To stop: /cancel
table-shown =
    📥 <b>The file was read, nothing is added yet</b>

    New: { $new }
    Already there: { $known }
    With errors: { $bad }
table-nothing = There is nothing to add.
table-changed = ⚠️ Your accounts have changed meanwhile, so this was counted anew.
table-not-utf8 = The file is not UTF-8 text. Save it as "CSV UTF-8" and send it again.
table-too-large = The file is too large: up to { $kb } KB are taken. Split it into parts.
table-out-of-reach = Telegram did not give the file. Please send it once more.
bad-columns = the header must be site,username,days,until; there is no "{ $column }"
bad-cell = nothing in column { $column }
bad-until = what can be waited for is found, gone or change, this says: { $until }
search-partial = ℹ️ Only the { $n } newest are searched. The others are in the list of their owner.
