# Общие тексты: начало, помощь, команды, единицы.
start-hello =
    👋 Это <b>Вахта</b>: слежу за аккаунтами и сообщаю, когда они появляются.

    Добавьте аккаунт, и я буду проверять его каждые пять минут.
button-add = ➕ Добавить
button-list = 📋 Мои аккаунты
button-check = 🔍 Проверить сейчас
button-status = 📊 Состояние
button-help = ❓ Помощь
button-settings = ⚙️ Настройки
button-home = 🏠 Домой
button-back = ‹ Назад
button-cancel = ✖️ Отмена
button-panel = 🛠 Управление
help-title = <b>Что я умею</b>
help-add = /add — добавить аккаунт: <code>/add имя</code>, <code>/add имя площадка</code>, <code>/add имя площадка дней</code>, ссылку на профиль или много строк сразу
help-list = /list — ваши аккаунты
help-check = /check — проверить ваши аккаунты сейчас
help-status = /status — состояние проверок
help-settings = /settings — язык и уведомления
help-cancel = /cancel — прервать начатое
help-privacy = /privacy — что о вас хранится; /delete_me — удалить это
help-verdict = Аккаунт найден, только если это подтвердили несколько проверок. Если посмотреть не удалось, я так и скажу: это ошибка проверки, а не ответ.
help-sites = Площадки: { $sites }
help-admin = /admin — управление: проверки, площадки, люди, аккаунты, рассылка, журнал
help-here = /here — в группе: присылать отчёты туда
command-start = Начало
command-help = Что я умею
command-add = Добавить аккаунт
command-list = Мои аккаунты
command-check = Проверить сейчас
command-status = Состояние проверок
command-settings = Язык и уведомления
command-cancel = Прервать начатое
command-admin = Управление
command-privacy = Что обо мне хранится
command-delete-me = Удалить мои данные
cancel-done = Прервано.
cancel-nothing = Прерывать нечего.
unknown-command = Такой команды нет. Всё, что я умею: /help
unexpected-text = Чтобы добавить аккаунт, отправьте /add. Всё, что я умею: /help
expected-text = Здесь нужен текст. Прервать: /cancel
stale-button = Эта кнопка устарела, показываю как есть.
no-right = Это может только администратор.
general-error = ⚠️ Не получилось: внутренняя ошибка, она записана. Попробуйте ещё раз через минуту.
general-error-tap = Не получилось, попробуйте ещё раз
settings =
    ⚙️ <b>Настройки</b>

    Язык: { $language }
settings-notify = Отчёты о проверках: { $notify }
notify-every-run = о каждой
notify-news = только с новостями
notify-digest = раз в день
admin-panel =
    🛠 <b>Управление</b>

    Людей: { $people }, ждут ответа: { $asked }
button-check-all = 🔍 Проверить все сейчас
button-people = 👥 Люди
button-accounts = 🗂 Аккаунты всех
unconfirmed =
    ⚠️ Возможно, это вы ещё не получили:
    { $lines }
page = ‹ { $page } / { $pages } ›
n-accounts = { $n ->
    [one] { $n } аккаунт
    [few] { $n } аккаунта
   *[many] { $n } аккаунтов
}
n-days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[many] { $n } дней
}
span-days = { $n } д
span-hours = { $n } ч
span-minutes = { $n } мин
span-seconds = { $n } с
