# Settings of a chat: time zone, quiet hours, digest, reminders, groups.
settings-zone = Time zone: { $zone }, now { $time }
settings-starts = Start of a run: { $is }
settings-digest = Daily digest: { $is }
settings-quiet = Quiet hours: { $is }
settings-reminders = Reminders of agreed times: { $is }
settings-none = no
starts-yes = without a sound
starts-no = not told
reminders-yes = yes
reminders-no = no
quiet-hold = news waits for their end
quiet-silent = news without a sound
button-starts-yes = 🔄 Tell when a run starts
button-starts-no = 🔄 Do not tell when a run starts
button-digest-yes = 📅 Daily digest
button-digest-no = 📅 No digest
button-digest-hour = ⏰ Hour of the digest
button-quiet-hours = 🌙 Quiet hours
button-zone = 🕒 Time zone
button-reminders-yes = ⏳ Remind me of agreed times
button-reminders-no = ⏳ No reminders of agreed times
button-groups = 👥 Groups with reports
digest-hour-ask = ⏰ At which hour should the digest come? It comes with the first run after that hour.
zone-ask = Choose a city or type a time zone: <code>Europe/Berlin</code>, <code>UTC+3</code>
zone-choose = Choose a city:
zone-unknown = I know no such time zone. Type, for example, <code>Europe/Berlin</code> or <code>UTC+3</code>. To stop: /cancel
quiet-hours =
    🌙 <b>Quiet hours</b>: { $is }
    Time zone: { $zone }

    News waits for their end, or comes without a sound. Answers to you come at any time, and so does what is urgent: our own network down, a run that broke. If news waits, the results of runs in these hours come as one digest.
button-quiet-from = from { $hour }
button-quiet-to = to { $hour }
button-quiet-hold = ⏸ News waits for the end
button-quiet-silent = 🔕 News without a sound
button-quiet-off = ✖️ No quiet hours
groups =
    👥 <b>Groups with reports</b>: { $n }

    Results of runs and alarms can also go to a group, or to one of its topics. Add the bot to the group and send /here there, in the group itself or in the topic. To end it: /here off in the same place, or the button here. Buttons in a group obey admins only.
button-unbind = 🗑 No more to: { $title }
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
here-on = ✅ Results of runs and alarms will come here. To adjust: /settings. To end it: /here off
here-off = Results of runs no longer come here.
here-not = Results of runs do not come here anyway. To begin: /here
only-in-private = This works in the private chat with me.
topic-gone = ℹ️ The topic this went to is gone: I write to the group itself. Another topic: send /here there
