# People and access.
access-asked = 🔒 This bot is not public. I have asked the admins and will write when they answer.
access-waiting = ⏳ The admins have not answered yet. I will write when they do.
access-closed = 🔒 This is a private bot; it takes no new people.
access-refused = 🔒 You have no access.
access-granted = ✅ You have been let in. To begin: /start
access-ended = 🔒 Your access has ended.
claim-done = 👑 You are now the owner of this bot. Manage it: /admin
claim-void = This link no longer works. The bot prints a new one at its start while it has no owner.
person-asks =
    🙋 Asks for access: { $who }
    id <code>{ $id }</code>
button-let-in = ✅ Let in
button-refuse = ⛔️ Refuse
button-make-admin = ⭐️ Make admin
button-make-user = No longer admin
button-remove = 🗑 End access
people-list = 👥 <b>People</b>: { $n }
people-empty = 👥 Nobody yet.
person-card =
    👤 { $who }
    id <code>{ $id }</code>
    { $role }
person-gone = This person is no longer on the list.
person-by-config = This role stands in the configuration file and is changed only there.
person-answered = { $admin }: { $name } — { $role }
done-already = This has been done already.
role-stranger = stranger
role-asked = waits for an answer
role-refused = no access
role-user = user
role-admin = admin
role-owner = owner
