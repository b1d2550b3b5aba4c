### Управление: люди, журнал, выгрузка, рассылка.

## Управление: что видят и решают администраторы.

rows-broadcast = рассылок
button-stats = 📊 Статистика
button-broadcast = 📣 Рассылка
button-log = 📜 Журнал
button-export = 📤 Выгрузка
stats = 📊 <b>Статистика</b>
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

## Люди и доступ.

access-granted = ✅ Вам открыли доступ. Начать: /start
access-denied = 🔒 Администраторы ответили: в доступе отказано.
access-ended = 🔒 Ваш доступ закрыт.
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
role-stranger = незнакомец
role-asked = ждёт ответа
role-refused = доступа нет
role-user = пользователь
role-admin = администратор
role-owner = владелец

## Что хранится о рассылках.

kept-broadcasts = что администратор писал всем, без текста

## Карточки в журнале и копии базы.

deed-cards-make = карта создана
deed-cards-on = карта включена
deed-cards-off = карта отключена
kind-cards = 🏷 Карты
deed-cards-edit = карта изменена
deed-cards-code = решение о коде

## Вход в управление.

help-admin = /admin — управление: проверки, площадки, люди, аккаунты, рассылка, журнал
command-admin = Управление
admin-panel =
    🛠 <b>Управление</b>

    Людей: { $people }, ждут ответа: { $asked }
button-people = 👥 Люди
