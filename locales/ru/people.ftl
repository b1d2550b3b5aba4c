# Люди и доступ.
access-asked = 🔒 Бот закрытый. Я спросил администраторов и напишу, когда ответят.
access-waiting = ⏳ Администраторы ещё не ответили. Я напишу, когда ответят.
access-closed = 🔒 Это частный бот, новых людей сюда не принимают.
access-refused = 🔒 Доступа нет.
access-granted = ✅ Вам открыли доступ. Начать: /start
access-ended = 🔒 Ваш доступ закрыт.
claim-done = 👑 Теперь вы владелец этого бота. Управление: /admin
claim-void = Эта ссылка уже не действует. Новую бот печатает при запуске, пока у него нет владельца.
person-asks =
    🙋 Просит доступ: { $who }
    id <code>{ $id }</code>
button-let-in = ✅ Впустить
button-refuse = ⛔️ Отказать
button-make-admin = ⭐️ Сделать администратором
button-make-user = Убрать из администраторов
button-remove = 🗑 Закрыть доступ
people-list = 👥 <b>Люди</b>: { $n }
people-empty = 👥 Пока никого нет.
person-card =
    👤 { $who }
    id <code>{ $id }</code>
    { $role }
person-gone = Этого человека больше нет в списке.
person-by-config = Роль задана в файле настроек и меняется только там.
person-answered = { $admin }: { $name } — { $role }
done-already = Это уже сделано.
role-stranger = незнакомец
role-asked = ждёт ответа
role-refused = доступа нет
role-user = пользователь
role-admin = администратор
role-owner = владелец
