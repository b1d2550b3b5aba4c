### Settings of a chat and personal data.

## Settings of a chat: time zone, quiet hours, digest, reminders, groups.

settings-zone = Time zone: { $zone }, now { $time }
settings-starts = Start of a run: { $is }
settings-digest = Daily digest: { $is }
settings-quiet = Quiet hours: { $is }
settings-reminders = Reminders about agreed times: { $is }
settings-none = no
starts-yes = without a sound
starts-no = off
reminders-yes = yes
reminders-no = no
quiet-hold = news waits until they end
quiet-silent = news without a sound
button-starts-yes = 🔄 Tell me when a run starts
button-starts-no = 🔄 Do not tell me when a run starts
button-digest-yes = 📅 Daily digest
button-digest-no = 📅 No digest
button-digest-hour = ⏰ Hour of the digest
button-quiet-hours = 🌙 Quiet hours
button-zone = 🕒 Time zone
button-reminders-yes = ⏳ Remind me about agreed times
button-reminders-no = ⏳ No reminders about agreed times
button-groups = 👥 Groups with reports
digest-hour-ask = ⏰ At what hour should the digest come? It comes with the first run after that hour.
zone-ask = Choose a city or type a time zone: <code>Europe/Berlin</code>, <code>UTC+3</code>
zone-choose = Choose a city:
zone-unknown = I do not know this time zone. Type, for example, <code>Europe/Berlin</code> or <code>UTC+3</code>. To stop: /cancel
quiet-hours =
    🌙 <b>Quiet hours</b>: { $is }
    Time zone: { $zone }

    News waits until they end, or comes without a sound. Answers to you come at any time, and so do urgent messages: our own network is down, a run failed. If news waits, the results of runs in these hours come as one digest.
button-quiet-from = from { $hour }
button-quiet-to = to { $hour }
button-quiet-hold = ⏸ News waits until they end
button-quiet-silent = 🔕 News without a sound
button-quiet-off = ✖️ No quiet hours
groups =
    👥 <b>Groups with reports</b>: { $n }

    Run results and alerts can also go to a group, or to one of its topics. Add the bot to the group and send /here in the group itself or in the topic. To stop: send /here off in the same place, or use the button here. Only admins can use buttons in a group.
button-unbind = 🗑 Stop: { $title }
city-kaliningrad = Kaliningrad
city-moscow = Moscow
city-samara = Samara
city-yekaterinburg = Yekaterinburg
city-omsk = Omsk
city-novosibirsk = Novosibirsk
city-irkutsk = Irkutsk
city-yakutsk = Yakutsk
city-vladivostok = Vladivostok
city-magadan = Magadan
city-kamchatka = Kamchatka
city-almaty = Almaty
city-tbilisi = Tbilisi
city-london = London
city-berlin = Berlin
city-new-york = New York
city-utc = Greenwich
here-on = ✅ Run results and alerts will come here. To adjust: /settings. To stop: /here off
here-off = Run results will no longer come here.
here-not = Run results do not come here anyway. To start: /here

## What is stored about people, and how to delete it.

button-delete-me = 🗑 Delete my data
button-delete-me-sure = 🗑 Yes, delete all my data
privacy =
    🔐 <b>What is stored about you</b>

    As long as you use the bot: your Telegram id, name and user name, language and settings, your accounts and their history. Remove an account with its button in /list, or everything at once with /delete_me.

    For a while:
    { $lines }

    The text of a bot message is erased as soon as it is delivered or given up; only a record of that is kept longer. The program's log contains ids, but no names and no messages. Sites see only the names of the accounts being checked. Backups are kept by the person who runs the bot.
kept-line = • { $what } — { $time }
delete-me-ask =
    🗑 <b>Delete all your data?</b>

    { $owned }your name, settings, role and everything you wrote. This cannot be undone. To use the bot again, you will have to ask for access again.
delete-me-done = ✅ All your data is deleted. The bot does not remember this conversation either; delete the messages themselves in Telegram. To start again: /start
delete-me-kept = Nothing was deleted.
delete-me-by-config = You are listed as an owner in the configuration. Remove your id from [telegram] admins, restart the bot, and send /delete_me again.
delete-me-last-admin = You are the last admin: without you nobody could manage the bot. Make somebody else an admin (/admin → People) or list an owner in the configuration ([telegram] admins), and send /delete_me again. If the bot is no longer needed, stop it and delete the database file.

## Deleting one's own data.

delete-me-done-refused = ✅ Your name and messages are deleted. Only your id and the record that access was refused are left.

## What an admin hears.

button-settings = ⚙️ Settings
help-settings = /settings — language and notifications
help-privacy = /privacy — what is stored about you; /delete_me — delete it
help-here = /here — in a group: send reports there
command-settings = Language and notifications
command-privacy = What is stored about me
command-delete-me = Delete my data
settings =
    ⚙️ <b>Settings</b>

    Language: { $language }
settings-notify = Run reports: { $notify }
notify-every-run = every run
notify-news = only with news
notify-digest = once a day
