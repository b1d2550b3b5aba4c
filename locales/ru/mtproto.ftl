### Аккаунты Telegram, которые привязывают люди.

kept-telegram-logins = завершённые входы в привязанные аккаунты Telegram
rows-telegram_login = входы в аккаунты Telegram

## Отказы: что случилось и что делать.

mtproto-refusal-telegram_not_linked = Аккаунт Telegram не привязан или вышел из сеанса. Привяжите его заново.
mtproto-refusal-which_account = Привязано несколько аккаунтов: назовите, какой нужен.
mtproto-refusal-unknown = Такого аккаунта, входа, чата или устройства у вас нет. Обновите список.
mtproto-refusal-list_chats_first = Этот чат ещё не встречался. Сначала откройте список чатов.
mtproto-refusal-wrong_step = Вход сейчас на другом шаге или уже закончен. Посмотрите, что он ждёт, или начните заново.
mtproto-refusal-phone_invalid = Такого номера в Telegram не бывает. Проверьте его: с кодом страны, только цифры.
mtproto-refusal-phone_banned = Telegram заблокировал этот номер. Помочь может только поддержка Telegram.
mtproto-refusal-code_invalid = Код неверный. Введите его ещё раз.
mtproto-refusal-code_expired = Код больше не действует. Начните вход заново. Код, отправленный в чат, Telegram отменяет сразу.
mtproto-refusal-password_invalid = Пароль неверный. Нужен пароль двухэтапной проверки, а не код.
mtproto-refusal-too_many_tries = Слишком много неверных попыток, вход прекращён. Начните заново.
mtproto-refusal-login_expired = Вход никто не закончил, и он больше не действует. Начните заново.
mtproto-refusal-password_too_fresh = Пароль только что сменили, и Telegram его ещё не принимает. Попробуйте ещё раз через минуту.
mtproto-refusal-device_too_fresh = Новому входу Telegram сутки не даёт завершать другие. Завершите это устройство на телефоне или завтра здесь.
mtproto-refusal-telegram_flood = Telegram просит подождать. Попробуйте позже.
mtproto-refusal-too_many_accounts = Больше аккаунтов привязать нельзя. Отвяжите один из них.
mtproto-refusal-telegram_misconfigured = Telegram не принимает api_id этой программы. Его исправит тот, кто её запускает: секция [mtproto].
mtproto-refusal-keys_sealed = Ключи аккаунтов запечатаны другим файлом ключа. Верните файл ключа или привяжите аккаунт заново.
mtproto-refusal-telegram_official_app_needed = Telegram требует войти с этим номером в официальном приложении. Войдите там и попробуйте снова.
mtproto-refusal-telegram_unreachable = Нет связи с Telegram. Попробуйте ещё раз через минуту.
mtproto-refusal-telegram_timeout = Telegram не ответил вовремя. Попробуйте ещё раз.
mtproto-refusal-nobody_there = Никого с таким именем в Telegram нет.
mtproto-refusal-busy = Сейчас слишком много запросов. Попробуйте ещё раз через минуту.
mtproto-refusal-telegram_internal = Не получилось: внутренняя ошибка, она записана. Попробуйте ещё раз.
mtproto-admins-only = Привязывать аккаунты могут только администраторы и владельцы.
mtproto-logged-out = Аккаунт отвязан, и Telegram об этом знает.
mtproto-logged-out-alone = Ключи здесь стёрты, но до Telegram достучаться не удалось. Завершите вход и на телефоне: «Настройки», «Устройства».

## Страница.

mtproto-page-tab = Аккаунты Telegram
mtproto-page-accounts = Привязанные аккаунты
mtproto-page-none = Пока ни одного.
mtproto-page-loading = Загружаю...
mtproto-page-nameless = Без имени
mtproto-page-phone-tail = номер на …{ $n }
mtproto-page-state-linked = Работает
mtproto-page-state-logged_out = Вышел из сеанса
mtproto-page-state-frozen = Заморожен
mtproto-page-state-restricted = Ограничен
mtproto-page-state-linking = Привязывается
mtproto-page-chats = Чаты
mtproto-page-devices = Устройства
mtproto-page-log-out = Отвязать
mtproto-page-sure = Отвязать { $name }? Ключи здесь будут стёрты.
mtproto-page-yes = Да, отвязать
mtproto-page-no = Нет
mtproto-page-logged-out = Аккаунт отвязан.
mtproto-page-link = Привязать аккаунт
mtproto-page-warning = Привязывайте давний аккаунт, которым пользуетесь: новые номера Telegram нередко блокирует сразу после входа.
mtproto-page-by-qr = По QR-коду
mtproto-page-by-phone = По номеру телефона
mtproto-page-phone = Номер телефона с кодом страны
mtproto-page-send-code = Получить код
mtproto-page-scan = Отсканируйте код телефоном: Telegram, «Настройки», «Устройства», «Подключить устройство».
mtproto-page-qr = QR-код для входа
mtproto-page-qr-left = Код обновится через { $seconds } с
mtproto-page-code = Код
mtproto-page-code-app = Код пришёл сообщением от Telegram в другие ваши приложения.
mtproto-page-code-sms = Код пришёл в SMS.
mtproto-page-code-call = Код продиктуют по телефону.
mtproto-page-code-missed_call = Вам позвонят и сбросят. Код — последние цифры номера, с которого звонили.
mtproto-page-code-email = Код пришёл на вашу почту.
mtproto-page-code-fragment = Код ждёт на fragment.com.
mtproto-page-code-other = Telegram отправил код.
mtproto-page-code-length = В коде знаков: { $n }.
mtproto-page-code-until = Он действует до { $time }.
mtproto-page-password = Пароль двухэтапной проверки
mtproto-page-password-note = У аккаунта есть пароль. Он нужен один раз и нигде не хранится.
mtproto-page-hint = Подсказка: { $name }
mtproto-page-next = Дальше
mtproto-page-cancel = Отмена
mtproto-page-cancelled = Вход отменён.
mtproto-page-linked = Аккаунт привязан: { $name }
mtproto-page-unknown-step = Этот шаг странице незнаком. Обновите её.
mtproto-page-back = ‹ К аккаунтам
mtproto-page-to-chats = ‹ К чатам
mtproto-page-more = Показать ещё
mtproto-page-older = Показать более ранние
mtproto-page-no-chats = Чатов нет.
mtproto-page-no-messages = Сообщений нет.
mtproto-page-unread = непрочитанных: { $n }
mtproto-page-media-photo = фото
mtproto-page-media-video = видео
mtproto-page-media-audio = аудио
mtproto-page-media-voice = голосовое сообщение
mtproto-page-media-sticker = стикер
mtproto-page-media-file = файл
mtproto-page-media-location = место
mtproto-page-media-contact = контакт
mtproto-page-media-poll = опрос
mtproto-page-media-other = вложение
mtproto-page-reply = в ответ на сообщение { $n }
mtproto-page-this-device = эта программа
mtproto-page-active = в сети { $time }
mtproto-page-end-device = Завершить
mtproto-page-device-ended = Сеанс завершён.
mtproto-page-wait = Снова можно в { $time }.
mtproto-page-problem-other = Не получилось (код { $status }). Попробуйте ещё раз.
mtproto-page-problem-scope = С этим токеном аккаунты Telegram не открыть.
mtproto-page-problem-origin = Браузер не сказал, что запрос — с этой страницы. Обновите её.

## В боте: экраны, вход по QR, сообщения владельцу аккаунта.

button-telegram = 🔗 Аккаунты Telegram
button-telegram-account = 🔗 Открыть аккаунт
button-telegram-link = ➕ Привязать по QR
button-telegram-check = 🔄 Проверить
button-telegram-devices = 📱 Устройства
button-telegram-watch-yes = 👁 Смотреть за аккаунтами
button-telegram-watch-no = 👁 Больше не смотреть за аккаунтами
button-telegram-out = 🚪 Выйти из аккаунта
button-telegram-out-sure = 🚪 Да, выйти
button-telegram-end = ⏏️ Завершить: { $model }
button-telegram-end-device = ⏏️ Завершить это устройство
button-telegram-end-sure = ⏏️ Да, завершить
telegram-none =
    <b>Аккаунты Telegram</b>

    Пока ни одного. Привяжите свой аккаунт: бот будет следить, чтобы из него не вышли и чтобы в нём не появилось чужое устройство.

    Привязывайте аккаунт, которым давно пользуетесь: новые номера Telegram нередко блокирует сразу после входа через программу.
telegram-list =
    <b>Аккаунты Telegram</b>
    { "" }
telegram-line = { $mark } { $name } — { $note }
telegram-state-linked = в порядке
telegram-state-linking = вход не закончен
telegram-state-logged_out = вышел из сеанса (причина: { $reason })
telegram-state-frozen = заморожен (причина: { $reason })
telegram-state-restricted = ограничен (причина: { $reason })
telegram-card =
    { $lines }

    Телефон: { $code }
    Telegram отвечал: { $time }
    { $note }
telegram-never = ещё ни разу
telegram-watch-yes = 👁 Через него бот уточняет перемены у аккаунтов площадки Telegram, не чаще 20 раз в час.
telegram-watch-no = 👁 Для проверки аккаунтов площадки Telegram он не используется.
telegram-devices =
    <b>Устройства аккаунта { $name }</b>
    Всего: { $n }
telegram-devices-more = Ещё { $n } не показано: все они видны в Telegram, Настройки → Устройства.
telegram-device =
    📱 <b>{ $model }</b>, { $system }
    { $app }
    { $country }, { $ip }
    Вход: { $date }
    Был в сети: { $time }
telegram-device-this = <i>Это наш собственный сеанс.</i>
telegram-ask-end = Завершить этот сеанс? Устройство выйдет из аккаунта { $name }.
telegram-ask-out = Выйти из аккаунта { $name }? Наш сеанс завершится, всё сохранённое об аккаунте будет стёрто.
telegram-asking = ⏳ Спрашиваю Telegram...
telegram-link-waits = ⏳ Готовлю код для входа...
telegram-qr =
    <b>Вход по QR-коду</b>

    На телефоне, где открыт этот аккаунт: Telegram → Настройки → Устройства → Подключить устройство. Наведите камеру на код.

    Код живёт полминуты и обновляется здесь сам. Никому его не пересылайте: кто его отсканирует, отдаст нам свой аккаунт.
telegram-password =
    🔐 Код отсканирован. У аккаунта есть пароль двухэтапной проверки.

    В чате его не спрашивают и писать сюда нельзя. Введите его на странице бота, вкладка «Аккаунты Telegram». Нет страницы — остановите бота и наберите в терминале <code>vakhta telegram link</code>: вход продолжится там.
telegram-linked = ✅ Аккаунт { $name } привязан. О новом устройстве, выходе из сеанса и ограничениях вы узнаете в течение десяти минут.
telegram-link-over = ⌛ Вход не закончен и здесь больше не показывается. Начните заново.
telegram-cancelling = Отменяю вход
telegram-code-void = ⚠️ Этот код больше не действует: Telegram отменяет коды, которые написали в чат. Вход отменён. Привяжите аккаунт по QR-коду или введите новый код на странице бота.
telegram-out = ✅ Бот вышел из аккаунта и стёр всё, что о нём хранил.
telegram-out-untold = ✅ Всё об аккаунте стёрто, но Telegram не ответил. Завершите сеанс и на телефоне: Настройки → Устройства.
telegram-told-linked = 🟢 Аккаунт { $name } снова в порядке.
telegram-told-linking = ⏳ В аккаунт { $name } входят заново.
telegram-told-logged_out =
    ⚫️ Бот больше не в аккаунте { $name }: Telegram завершил сеанс (причина: { $reason }).

    Если это сделали не вы, проверьте на телефоне Настройки → Устройства. Привязать снова: /admin → Аккаунты Telegram.
telegram-told-frozen = 🟠 Аккаунт { $name } заморожен: читать он может, действовать нет (причина: { $reason }).
telegram-told-restricted = 🟠 Telegram ограничил аккаунт { $name } (причина: { $reason }).
telegram-told-device =
    🚨 <b>Новое устройство в аккаунте { $name }</b>

    { $lines }

    Если это не вы, завершите его.
telegram-told-silent = 🔌 С аккаунтом { $name } нет связи: Telegram не отвечает уже { $time }. Сам аккаунт, возможно, в порядке.
telegram-wait = Осталось ждать: { $time }.
telegram-status = 🔗 Аккаунты Telegram: { $n }, из них не в порядке: { $bad }
delete-me-telegram = привязанные аккаунты Telegram (бот из них выйдет)
privacy-telegram = 🔗 О привязанном аккаунте Telegram хранятся: имя, имя пользователя, две последние цифры телефона, состояние, номера устройств и ключ сеанса в зашифрованном виде. Коды, пароли и сообщения не хранятся. Всё это стирается, когда вы выходите из аккаунта.
