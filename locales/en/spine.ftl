### Shared texts: start, help, commands, units, access.

## Common texts: start, help, commands, units.

start-hello =
    👋 This is <b>Vakhta</b>: I watch accounts and tell you when they appear.

    Add an account, and I will check it every five minutes.
button-add = ➕ Add
button-list = 📋 My accounts
button-check = 🔍 Check now
button-help = ❓ Help
button-home = 🏠 Home
button-back = ‹ Back
button-cancel = ✖️ Cancel
button-panel = 🛠 Manage
help-title = <b>What I can do</b>
help-cancel = /cancel — stop the current dialogue
command-start = Start
command-help = What I can do
command-cancel = Stop the current dialogue
cancel-done = Stopped.
cancel-nothing = There is nothing to stop.
unknown-command = Unknown command. Everything I can do: /help
unknown-command-near = Unknown command. Did you mean /{ $command }? Everything I can do: /help
unexpected-text = To add an account, send /add. Everything I can do: /help
expected-text = Please send text. To stop: /cancel
stale-button = This button is out of date. Here is the current state.
no-right = Only an admin can do this.
general-error = ⚠️ That did not work: an internal error (it is in the log). Please try again in a minute.
database-gone = 🛑 The database file { $name } was deleted, renamed or replaced under the running bot. The bot stops in order: without its file, everything it learns would be lost.
general-error-tap = That did not work, please try again
put-aside = ⚠️ The program died twice over your message, so I have put it aside and will not handle it. The admins know.
put-aside-update = ⚠️ The program died twice over a message in chat { $chat }. It was put aside: update { $id } stays in the table quarantine for a week.
put-aside-file = ⚠️ The program died twice while it made a file for chat { $chat }. The file will not be sent (row { $id } of the table outbox).
unconfirmed =
    ⚠️ You may not have received this yet:
    { $lines }
page = ‹ { $page } / { $pages } ›
n-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
span-days = { $n } d
span-hours = { $n } h
span-minutes = { $n } min
span-seconds = { $n } s

## Access: what people see who are not let in yet.

access-asked = 🔒 This bot is not public. I have asked the admins and will write when they answer.
access-waiting = ⏳ The admins have not answered yet. I will write when they do.
access-closed = 🔒 This is a private bot; it does not accept new people.
access-refused = 🔒 You have no access.
claim-done = 👑 You are now the owner of this bot. Manage it: /admin
claim-void = This link no longer works. While it has no owner, the bot prints a new one when it starts.
person-asks =
    🙋 Asks for access: { $who }
    id <code>{ $id }</code>
button-let-in = ✅ Let in
button-refuse = ⛔️ Refuse
done-already = This has already been done.

## Files the bot makes.

file-not-made = ⚠️ The file could not be made. Please try again later.

## Groups.

only-in-private = This works only in a private chat with me.
topic-gone = ℹ️ The topic for reports is gone, so I write to the group itself. To choose another topic, send /here there

## Chats that take no messages for now.

chat-paused =
    ⏸ <b>I cannot write to:</b> { $name }
    The answer: { $problem }

    No message is lost: they wait, and I keep trying. If the cause is gone, press the button.
telegram-incident =
    ⏸ <b>Telegram has problems:</b> not all messages arrive.
    The answer: { $problem }

    No message is lost: they wait, and I keep trying.
chat-resumed = ▶️ I can write again to: { $name }
button-try-now = 🔄 Try now
trying-now = Trying.

## What the program itself keeps, and for how long.

button-privacy = 🔐 What is stored about me
kept-updates = records that your messages and button presses were answered, without their texts
kept-unreadable = messages that the bot could not read
kept-messages = records of the bot's messages
kept-news = records of notices, so that none is repeated
kept-conversations = an unfinished conversation
kept-strangers = the names of people who wrote to the bot but did not ask for access

## The command of the assistant.

command-ask = Ask the assistant

## Shared by several parts.

kept-audit = what admins did with other people's roles, accounts and sites
rows-audit = log entries
changed-meanwhile = This changed while you were looking. Now: { $now }
button-refresh = 🔄 Refresh
span-ms = { $n } ms
span-short = { $n } s
somebody = somebody who left
export-coming = Making the file…

## How much was erased in a day.

status-storage = 💾 Database: { $size } MB
rows-inbox = incoming
rows-quarantine = unreadable
rows-outbox = outgoing
rows-dialogue = conversations
rows-person = people

## Files already sent.

kept-files = Telegram's ids of card photos, without people
rows-sent_file = file ids

## The page: signing in, and its sections.

page-title = Vakhta
page-name = Vakhta
page-no-script = This page needs JavaScript.
page-sign-out = Sign out
page-sign-in = Sign in
page-sign-in-title = Sign in
page-sign-in-note = You need a token. On the server, this prints one:
page-sign-in-name = NAME
page-token = Token
page-no-connection = No connection to the server. Try again.
page-signed-out = You are signed out. Sign in again: the conversation is still here.
page-token-form = This is not a token: tokens begin with vakhta_ and have 71 characters.
page-problem-token = Unknown token; it may have been revoked.
page-problem-person = The person this token belongs to no longer has access to the bot.
page-problem-other = The server refused (code { $status }).
page-parts = Sections
