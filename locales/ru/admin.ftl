# Управление: что видят и решают администраторы.
kept-days = суммы проверок по дням и площадкам, без имён
rows-site_day = дневных сумм
kept-audit = что администраторы сделали с чужими ролями, аккаунтами и площадками
rows-broadcast = рассылок
rows-audit = записей журнала
changed-meanwhile = Пока вы смотрели, это изменилось. Сейчас: { $now }
delete-me-done-refused = ✅ Ваши имя и сообщения удалены. Остались только номер и отметка, что в доступе отказано.
digest-night =
    🌙 Итог тихих часов

    • Проверок: { $runs }
    • Найдено: { $found }
    • Не найдено: { $not_found }
    • Ошибок: { $errors }
digest-own =
    📅 Ваши аккаунты за день

    • Ждут: { $pending }
    • Найдено: { $found }
    • Посмотреть не удалось: { $errors }
remind-waiting = ⌛️ Всё ещё жду: срок давно прошёл
remind-off = Не напоминать: /settings
button-thread = 🩺 Ход проверок
button-sites = 🌐 Площадки
button-stats = 📊 Статистика
button-broadcast = 📣 Рассылка
button-log = 📜 Журнал
button-export = 📤 Выгрузка
button-refresh = 🔄 Обновить
button-stop-run = ⏹ Остановить
run-stopping = ⏹ Останавливаю: что уже проверено, сохранено.
run-over = Эта проверка уже закончена.
run-stopped = ⏹ Остановил(а) { $by }: проверено { $checked } из { $total }, остальное — в следующий раз.
run-muted = 🔇 Отключены администратором, не проверялись: { $sites }
thread = 🩺 <b>Ход проверок</b>
thread-late = ⏱ Опоздание последнего запуска: { $span }
thread-runs = Последние проверки:
thread-run = • { $time } — { $span }, проверено { $checked }, ошибок { $errors }
thread-slow = Отвечают дольше всех:
thread-site = • { $site } — { $span }
span-ms = { $n } мс
span-short = { $n } с
sites = 🌐 <b>Площадки</b>: { $n }. Проверено и ошибок — со вчерашнего дня.
sites-none = 🌐 Со вчерашнего дня ни одна площадка не проверялась.
site-button = { $mark } { $site } · { $checked } · ошибок { $errors }
site-card =
    🌐 <b>{ $site }</b>

    Со вчерашнего дня: найдено { $found }, не найдено { $not_found }, ошибок { $errors }
site-look = Ответ в среднем: { $span }
site-muted = 🔇 Не проверяется { $until }
site-silent = ⏳ Просит не спрашивать до { $time } (Retry-After)
site-controls-failed = ⚠️ С { $time } нет вердиктов: { $fault }
site-controls-well = ✅ Контрольные имена верны с { $time }
site-errors = Ошибки за сутки:
site-error = • { $reason } — { $n }
site-not-muted = проверяется
account-muted = 🔇 { $site } сейчас не проверяется { $until }
until = до { $time }
until-unmuted = пока администратор не включит снова
button-mute-day = 🔇 Не проверять день
button-mute-week = 🔇 Не проверять неделю
button-mute = 🔇 Не проверять, пока не включу
button-unmute = 🔊 Снова проверять
stats = 📊 <b>Статистика</b>
stats-accounts = 🗂 Аккаунтов { $all }: ждут { $pending }, найдены { $done }, на паузе { $paused }
stats-today = 🔍 Сегодня: проверок аккаунтов { $checked }, найдено { $found }, ошибок { $errors }
stats-week = 🗓 За 7 дней: проверок аккаунтов { $checked }, найдено { $found }, ошибок { $errors }
stats-people = 👥 Людей { $people }, ждут ответа { $asked }
broadcast-ask = 📣 Что сказать всем? Это получат (людей: { $n }). Напишите текст.
broadcast-long = Слишком длинно: не больше { $limit } знаков. Напишите короче.
broadcast-preview =
    👀 Так это увидят (людей: { $n }):

    { $text }
button-broadcast-send = 📣 Отправить, людей: { $n }
button-broadcast-stop = ⏹ Остановить рассылку
broadcast-busy = Другая рассылка ещё идёт.
broadcast-going-on =
    📣 Рассылка № { $id }, людей: { $n }

    • Доставлено: { $sent }
    • Ждут: { $waiting }
    • Недоступны: { $dead }
    • Без подтверждения: { $unsure }
broadcast-stopping = ⏹ Рассылка остановлена.
broadcast-done =
    📣 Рассылка № { $id } окончена

    • Доставлено: { $sent }
    • Недоступны: { $dead }
    • Без подтверждения: { $unsure }
    • Ждут: { $waiting }
broadcast-stopped =
    ⏹ Рассылка № { $id } остановлена

    • Доставлено: { $sent }
    • Недоступны: { $dead }
    • Без подтверждения: { $unsure }
    • Ждут: { $waiting }
log = 📜 <b>Журнал</b>, записей: { $n }
log-line = { $time } · { $by }: { $deed }
log-line-about = { $time } · { $by }: { $deed } — { $about }
somebody = кто-то удалённый
kind-people = 👥 Люди
kind-accounts = 🗂 Аккаунты
kind-sites = 🌐 Площадки
kind-runs = 🔍 Проверки
kind-messages = 📣 Сообщения
kind-data = 📤 Данные
deed-people-role = новая роль
deed-people-claim = стал(а) владельцем по ссылке
deed-accounts-pause = чужой аккаунт на паузе
deed-accounts-resume = чужой аккаунт снова ждёт
deed-accounts-again = чужой аккаунт ждёт заново
deed-accounts-extend = срок чужого аккаунта продлён
deed-accounts-delete = чужой аккаунт удалён
deed-accounts-restore = чужой аккаунт возвращён
deed-accounts-note = заметка к чужому аккаунту
deed-accounts-until = чего ждать от чужого аккаунта
deed-sites-mute = площадка отключена
deed-sites-unmute = площадка включена
deed-sites-apply = массовое изменение — правда
deed-sites-discard = массовое изменение — неправда
deed-runs-check = проверка всех
deed-runs-stop = проверка остановлена
deed-messages-broadcast = рассылка
deed-messages-stop = рассылка остановлена
deed-messages-bind = отчёты в группу
deed-messages-unbind = отчёты в группу прекращены
deed-data-export = выгрузка
deed-data-backup = копия базы
deed-other = неизвестное действие
export =
    📤 <b>Выгрузка</b>

    Файлы содержат данные людей: храните их там, где их не увидят другие. Каждая выгрузка попадает в журнал.
button-export-accounts = 🗂 Аккаунты всех (CSV)
button-export-audit = 📜 Журнал (CSV)
button-export-runs = 🔍 Проверки (CSV)
button-backup = 💾 Копия базы
button-backup-sure = 💾 Да, прислать файл
export-coming = Готовлю файл…
export-accounts = 🗂 Аккаунты всех
export-audit = 📜 Журнал
export-runs = 🔍 Проверки за 90 дней
owners-only = Это может только владелец.
backup-ask =
    💾 <b>Копия базы</b>, { $size } МБ

    В ней всё, что бот знает: люди, их аккаунты, сообщения. Файл останется в этом чате и на серверах Telegram. Прислать?
backup-too-large =
    💾 База слишком велика для Telegram: { $size } МБ, а можно 50.

    Сделайте копию там, где работает бот: <code>vakhta backup копия.db</code>
backup-caption = 💾 Копия базы. Восстановить: остановить бота, положить файл на место базы, запустить.
button-accounts-of = 🗂 Аккаунты
