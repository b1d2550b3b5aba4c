# Проверки, аккаунты, уведомления.
run-started =
    🔄 Автопроверка запущена

    📊 Аккаунтов к проверке: { $total }
    ⏰ Время: { $time }
run-done =
    ✅ Автопроверка завершена

    📊 Результаты:
    • Проверено: { $checked }
    • Найдено: { $found }
    • Не найдено: { $not_found }
    • Ошибок: { $errors }
run-interrupted = ⏹ Проверка прервана, остальные аккаунты будут проверены в следующий раз.
run-duration = ⏱ Длительность: { $span }
run-error = ⚠️ { $site }: { $reason } — { $n }
run-errors-more = … и ещё причин: { $n }
run-skipped = ⏭ Не успели проверить: { $n }
run-missed-ticks = 🕒 Пропущено запусков за время проверки: { $n }
run-next = ⏭ Следующая проверка: { $time }
run-crashed = ⚠️ Проверка № { $run } прервалась из-за внутренней ошибки. Следующая пройдёт по расписанию.
digest =
    📅 Сводка за день

    • Проверок: { $runs }
    • Найдено: { $found }
    • Не найдено: { $not_found }
    • Ошибок: { $errors }
digest-calm = Всё спокойно: вахта идёт.
found =
    ✅ Аккаунт найден

    👤 Имя пользователя: { $name }
    🌐 Площадка: { $site }
    📅 Начало работ: { $started }
    📝 Заявлено: { $period }
    🏁 Завершено за: { $took }
    📅 Конец работ: { $ends }
found-many = ✅ Найдено: { $accounts }
found-gist = Найдены: { $names }
found-line = • { $name } · { $site } · { $took }
found-more = … и ещё { $n }
took-days = { $n ->
    [0] меньше дня
    [one] { $n } день
    [few] { $n } дня
   *[many] { $n } дней
}
remind-soon = ⏳ Скоро конец срока
remind-last-day = ⏰ Последний день срока
remind-overdue = ⌛️ Срок прошёл, проверяю дальше
remind-line = • { $name } · { $site } · до { $ends }
add-ask =
    ➕ Кого добавить?

    Отправьте имя, <code>имя площадка</code>, <code>имя площадка дней</code> или ссылку на профиль. Можно много строк сразу.
add-ask-site = 🌐 На какой площадке искать { $name }?
add-ask-days = 📝 На сколько дней договорились? { $name } · { $site }
add-done =
    ✅ Добавлено

    { $name } · { $site } · { $period }
add-known = Этот аккаунт у вас уже есть: { $name } · { $site }
add-many = ➕ Добавлено: { $added }, уже были: { $known }, с ошибками: { $bad }
add-bad-line = • строка { $line }: { $problem }
add-bad-more = … и ещё строк с ошибками: { $n }
add-note = ℹ️ { $site }: { $note }
add-name-only = ℹ️ { $site } знает только, занято ли имя: возвращение профиля здесь не видно.
add-protected = ℹ️ { $site } стоит за защитой ({ $by }): ждите «посмотреть не удалось».
protected-unnamed = защита от программ
protected-login = вход по паролю
bad-line-empty = пустая строка
bad-line-long = слишком много слов; нужно: имя, площадка, дней
bad-site = нет такой площадки: { $site }
bad-days = дней — от 1 до 3650, а здесь: { $days }
bad-name = такого имени на площадке { $site } быть не может: { $name }
bad-url = ссылка не на профиль известной мне площадки
list-empty =
    📋 Пока пусто.

    Добавить: <code>/add имя площадка</code>
list-title = 📋 <b>Ваши аккаунты</b>: { $n }
list-title-all = 🗂 <b>Аккаунты всех</b>: { $n }
account-button = { $mark } { $name } · { $site }
account-card =
    { $mark } <b>{ $name }</b>

    🌐 Площадка: { $site }
    📅 Начало работ: { $started }
    📝 Заявлено: { $period }
    📅 Конец работ: { $ends }
account-owner = 👤 Владелец: <code>{ $id }</code>
account-checked = 🔍 { $time }: { $verdict }
account-never-checked = 🔍 Ещё не проверялся
account-done = 🏁 Найден { $date }
account-paused = ⏸ На паузе
account-gone = Этого аккаунта больше нет.
account-removed = 🗑 Удалён: { $name } · { $site }
verdict-found = найден
verdict-not-found = не найден
verdict-error = посмотреть не удалось: { $reason }
button-account-check = 🔍 Проверить
button-pause = ⏸ Пауза
button-resume = ▶️ Продолжить
button-again = 🔁 Ждать снова
button-extend = +{ $n } дн.
button-delete = 🗑 Удалить { $name }
button-delete-sure = 🗑 Да, удалить { $name }
delete-ask = Удалить { $name } · { $site } вместе с историей?
check-accepted = 🔍 Проверяю: { $accounts }
check-queued = 🔍 Идёт другая проверка, ваша начнётся сразу после неё: { $accounts }
check-nothing = Проверять нечего: нет аккаунтов, которые ждут.
status =
    📊 <b>Состояние</b>

    Ждут: { $pending }, найдены: { $done }, на паузе: { $paused }
status-running = 🔄 Идёт проверка: { $checked } из { $total }
status-last = Последняя проверка: { $time } — найдено { $found }, не найдено { $not_found }, ошибок { $errors }
status-last-interrupted = Последняя проверка: { $time } — прервана
status-no-run = Проверок ещё не было
status-next = Следующая проверка: { $time }
status-storage = 💾 База: { $size } МБ
rows-inbox = входящих
rows-quarantine = непрочитанных
rows-outbox = исходящих
rows-dialogue = разговоров
rows-run = проверок
rows-person = людей
status-outbox = 📮 Сообщений в очереди: { $pending }, без подтверждения: { $unconfirmed }, не доставлено: { $dead }

# Почему посмотреть не удалось: по машинным ключам.
reason-dns = у площадки нет адреса (DNS)
reason-tls = нет защищённого соединения (сертификат)
reason-connect = площадка не принимает соединений
reason-reset = соединение оборвано до ответа
reason-timeout = нет полного ответа вовремя
reason-redirect-loop = перенаправления по кругу
reason-too-many-redirects = слишком много перенаправлений
reason-body-too-large = ответ слишком велик
reason-cut-body = ответ обрезан
reason-bad-body = ответ не удалось прочитать
reason-block-page = страница-заслон вместо ответа
reason-login-wall = площадка требует входа
reason-rate-limited = слишком много запросов (429)
reason-forbidden = площадка отказывает нам (401, 403, 407)
reason-server-error = ошибка на стороне площадки (5xx)
reason-status = ответ, который ничего не говорит
reason-empty-body = пустая страница
reason-both-rules-match = подходят оба правила: описание площадки сломано
reason-no-rule-matches = не подходит ни одно правило: площадка изменилась
reason-breaker-open = площадка отказывала раз за разом, даём ей отдохнуть
reason-looks-disagree = проверки дали разные ответы
reason-private-target = по этому адресу смотреть нельзя
reason-unknown-site = такой площадки нет в каталоге
reason-bad-name = такого имени на площадке быть не может
reason-control-failed = контрольное имя площадки определилось неверно
reason-offline = нет нашей собственной сети
reason-other = неизвестная причина

# Где площадкам нельзя верить до конца.
site-note-telegram = Видны только публичные имена. Люди, боты, группы и каналы выглядят одинаково; аккаунт, закрытый лишь в некоторых странах, виден.
site-note-vk = Заблокированная или удалённая страница может отвечать как страница; сообщества не видны. Из дата-центров часто требуют капчу: это «посмотреть не удалось».
site-note-github = Приостановленный или скрытый аккаунт отвечает так, будто его нет.
site-note-gitlab = О заблокированных аккаунтах ответа не будет; группы не видны.
site-note-reddit = О приостановленном аккаунте ответа не будет; теневой бан выглядит как отсутствие. Дата-центрам часто отказывают (403).
site-note-youtube = Только имена вида @имя, без старых /c/ и /user/. Страница согласия или капча — это «посмотреть не удалось».
site-note-tiktok = Закрытый или возрастной аккаунт отвечает так, будто его нет. Дата-центрам часто отказывают.
site-note-instagram = Отказывает большинству дата-центров и многим домашним сетям: ждите «посмотреть не удалось». Отключённый аккаунт отвечает так, будто его нет.
site-note-x = Знает только, занято ли имя. Заблокированный аккаунт сохраняет имя, поэтому его возвращение не видно.
site-note-twitch = Заблокированный аккаунт отвечает так, будто его нет.
site-note-pinterest = Заблокированный или закрытый аккаунт отвечает так, будто его нет. Некоторые страны перенаправляются на свой адрес: тогда ответа не будет.
site-note-steam = Только именные адреса (/id/имя), не номера. Владелец может сменить адрес; блокировки и закрытые профили всё равно находятся.
