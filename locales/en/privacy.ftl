# What is kept about people, and how to delete it.
button-privacy = 🔐 What is kept about me
button-delete-me = 🗑 Delete my data
button-delete-me-sure = 🗑 Yes, delete everything of mine
privacy =
    🔐 <b>What is kept about you</b>

    As long as you use the bot: your number, name and user name in Telegram, language and settings, your accounts and their history. An account is removed with its button in /list, everything at once with /delete_me.

    For a while:
    { $lines }

    The text of a message of the bot is erased as soon as it was delivered or given up; only a mark of that is kept longer. The program's log has numbers, but no names and no messages. Sites see only the names of the accounts that are checked. Backups are kept by whoever runs the bot.
kept-line = • { $what } — { $time }
kept-updates = marks that your messages and taps were answered, without their texts
kept-unreadable = messages that the bot could not read
kept-messages = marks of the bot's messages
kept-news = marks of news, so as not to repeat them
kept-broadcasts = that an admin wrote to everybody, without the text
kept-conversations = an unfinished conversation
kept-runs = results of runs, without names
kept-strangers = the name of who wrote to the bot, was not let in and did not ask for it
delete-me-ask =
    🗑 <b>Delete everything of yours?</b>

    { $owned }your name, settings, role and everything you wrote. This cannot be undone. To use the bot again you would have to ask for access again.
delete-me-done = ✅ Everything of yours is deleted. The bot does not remember this conversation either; the messages in Telegram itself are deleted in Telegram. To begin anew: /start
delete-me-kept = Nothing was deleted.
delete-me-by-config = You are named as an owner in the configuration. Take your number out of [telegram] admins, restart the bot, and send /delete_me again.
delete-me-last-admin = You are the last admin here: without you nobody could manage the bot. Make somebody else an admin (/admin → People) or name an owner in the configuration ([telegram] admins), and send /delete_me again. If the bot is not needed any more, stop it and delete the database file.
