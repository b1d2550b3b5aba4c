### Telegram accounts that people link.

kept-telegram-logins = logins of linked Telegram accounts that are over
rows-telegram_login = logins of Telegram accounts

## Refusals: what happened and what to do.

mtproto-refusal-telegram_not_linked = The Telegram account is not linked, or was logged out. Link it again.
mtproto-refusal-which_account = Several accounts are linked: name the one you mean.
mtproto-refusal-unknown = You have no such account, login, chat or device. Load the list again.
mtproto-refusal-list_chats_first = This chat has not been seen yet. List the chats first.
mtproto-refusal-wrong_step = The login is at another step, or over. See what it waits for, or start again.
mtproto-refusal-phone_invalid = Telegram knows no such phone number. Check it: with the country code, only digits.
mtproto-refusal-phone_banned = Telegram has banned this number. Only Telegram's support can help.
mtproto-refusal-code_invalid = The code is wrong. Enter it again.
mtproto-refusal-code_expired = The code is no longer valid. Start again. Telegram voids a code at once if it is sent to a chat.
mtproto-refusal-password_invalid = The password is wrong. It is the one of two-step verification, not the code.
mtproto-refusal-too_many_tries = Too many wrong tries ended the login. Start again.
mtproto-refusal-login_expired = Nobody finished the login, and it is no longer valid. Start again.
mtproto-refusal-password_too_fresh = The password was changed a moment ago, and Telegram does not take it yet. Try again in a minute.
mtproto-refusal-device_too_fresh = For a day, Telegram does not let a new session end others. End this device on the phone, or here tomorrow.
mtproto-refusal-telegram_flood = Telegram asks to wait. Try again later.
mtproto-refusal-too_many_accounts = No more accounts can be linked. Unlink one first.
mtproto-refusal-telegram_misconfigured = Telegram does not accept the api_id of this program. Whoever runs it can correct it: section [mtproto].
mtproto-refusal-keys_sealed = The keys of the accounts are sealed with another key file. Put that file back, or link the account again.
mtproto-refusal-telegram_official_app_needed = Telegram wants this number to log in with an official app. Do that, then try again.
mtproto-refusal-telegram_unreachable = Telegram cannot be reached. Try again in a minute.
mtproto-refusal-telegram_timeout = Telegram did not answer in time. Try again.
mtproto-refusal-nobody_there = Nobody on Telegram has this name.
mtproto-refusal-busy = Too many requests wait. Try again in a minute.
mtproto-refusal-telegram_internal = It did not work: an internal error, which is logged. Try again.
mtproto-admins-only = Only admins and owners may link accounts.
mtproto-logged-out = The account is unlinked, and Telegram knows.
mtproto-logged-out-alone = The keys are wiped here, but Telegram could not be reached. End the session on the phone, too: Settings, Devices.

## The page.

mtproto-page-tab = Telegram accounts
mtproto-page-accounts = Linked accounts
mtproto-page-none = None yet.
mtproto-page-loading = Loading...
mtproto-page-nameless = Without a name
mtproto-page-phone-tail = number ending in { $n }
mtproto-page-state-linked = Works
mtproto-page-state-logged_out = Logged out
mtproto-page-state-frozen = Frozen
mtproto-page-state-restricted = Restricted
mtproto-page-state-linking = Being linked
mtproto-page-chats = Chats
mtproto-page-devices = Devices
mtproto-page-log-out = Unlink
mtproto-page-sure = Unlink { $name }? Its keys will be wiped here.
mtproto-page-yes = Yes, unlink
mtproto-page-no = No
mtproto-page-logged-out = The account is unlinked.
mtproto-page-link = Link an account
mtproto-page-warning = Link an account that you have used for long: Telegram often bans new numbers right after a login.
mtproto-page-by-qr = By QR code
mtproto-page-by-phone = By phone number
mtproto-page-phone = Phone number with country code
mtproto-page-send-code = Get a code
mtproto-page-scan = Scan the code with your phone: Telegram, Settings, Devices, Link Desktop Device.
mtproto-page-qr = QR code to log in
mtproto-page-qr-left = The code renews itself in { $seconds } s
mtproto-page-code = Code
mtproto-page-code-app = The code came as a message from Telegram to your other apps.
mtproto-page-code-sms = The code came by SMS.
mtproto-page-code-call = A phone call will dictate the code.
mtproto-page-code-missed_call = You will get a call that hangs up. The code is the last digits of the caller's number.
mtproto-page-code-email = The code came by email.
mtproto-page-code-fragment = The code waits on fragment.com.
mtproto-page-code-other = Telegram has sent a code.
mtproto-page-code-length = Characters in the code: { $n }.
mtproto-page-code-until = It is valid until { $time }.
mtproto-page-password = Password of two-step verification
mtproto-page-password-note = The account has a password. It is needed once and stored nowhere.
mtproto-page-hint = Hint: { $name }
mtproto-page-next = Next
mtproto-page-cancel = Cancel
mtproto-page-cancelled = The login is cancelled.
mtproto-page-linked = The account is linked: { $name }
mtproto-page-unknown-step = This page does not know the step. Reload it.
mtproto-page-back = ‹ Accounts
mtproto-page-to-chats = ‹ Chats
mtproto-page-more = Show more
mtproto-page-older = Show older ones
mtproto-page-no-chats = No chats.
mtproto-page-no-messages = No messages.
mtproto-page-unread = unread: { $n }
mtproto-page-media-photo = photo
mtproto-page-media-video = video
mtproto-page-media-audio = audio
mtproto-page-media-voice = voice message
mtproto-page-media-sticker = sticker
mtproto-page-media-file = file
mtproto-page-media-location = location
mtproto-page-media-contact = contact
mtproto-page-media-poll = poll
mtproto-page-media-other = attachment
mtproto-page-reply = in reply to message { $n }
mtproto-page-this-device = this program
mtproto-page-active = active { $time }
mtproto-page-end-device = End
mtproto-page-device-ended = The session is ended.
mtproto-page-wait = You can try again at { $time }.
mtproto-page-problem-other = It did not work (code { $status }). Try again.
mtproto-page-problem-scope = This token does not open Telegram accounts.
mtproto-page-problem-origin = The browser did not say that the request comes from this page. Reload it.

## In the bot: screens, login by QR code, notices for the owner of an account.

button-telegram = 🔗 Telegram accounts
button-telegram-account = 🔗 Open the account
button-telegram-link = ➕ Link by QR code
button-telegram-check = 🔄 Check
button-telegram-devices = 📱 Devices
button-telegram-watch-yes = 👁 Watch accounts with it
button-telegram-watch-no = 👁 Stop watching accounts with it
button-telegram-out = 🚪 Log out
button-telegram-out-sure = 🚪 Yes, log out
button-telegram-end = ⏏️ End: { $model }
button-telegram-end-device = ⏏️ End this device
button-telegram-end-sure = ⏏️ Yes, end it
telegram-none =
    <b>Telegram accounts</b>

    There are none yet. Link your own account: the bot then tells you when it is logged out or when a device appears that is not yours.

    Link an account that you have used for a while: Telegram often bans new numbers right after a program logs in.
telegram-list =
    <b>Telegram accounts</b>
    { "" }
telegram-line = { $mark } { $name } — { $note }
telegram-state-linked = fine
telegram-state-linking = login not complete
telegram-state-logged_out = logged out (reason: { $reason })
telegram-state-frozen = frozen (reason: { $reason })
telegram-state-restricted = restricted (reason: { $reason })
telegram-card =
    { $lines }

    Phone: { $code }
    Telegram answered: { $time }
    { $note }
telegram-never = never yet
telegram-watch-yes = 👁 With it the bot looks up changes of accounts on the site Telegram, at most 20 times an hour.
telegram-watch-no = 👁 It is not used to look up accounts on the site Telegram.
telegram-devices =
    <b>Devices of { $name }</b>
    In all: { $n }
telegram-devices-more = { $n } more are not shown: you see all of them in Telegram, Settings → Devices.
telegram-device =
    📱 <b>{ $model }</b>, { $system }
    { $app }
    { $country }, { $ip }
    Logged in: { $date }
    Last active: { $time }
telegram-device-this = <i>This is our own session.</i>
telegram-ask-end = End this session? The device will be logged out of { $name }.
telegram-ask-out = Log out of { $name }? Our session ends, and everything stored about the account is wiped.
telegram-asking = ⏳ Asking Telegram...
telegram-link-waits = ⏳ Getting a code for the login...
telegram-qr =
    <b>Login by QR code</b>

    On the phone with this account: Telegram → Settings → Devices → Link Desktop Device. Point the camera at the code.

    The code lives for half a minute and renews itself here. Forward it to nobody: whoever scans it gives their account to us.
telegram-password =
    🔐 The code was scanned. The account has a password of two-step verification.

    It is never asked in a chat, and you must not write it here. Enter it on the bot's page, tab “Telegram accounts”. Without a page, stop the bot and run <code>vakhta telegram link</code> in the terminal: the login goes on there.
telegram-linked = ✅ { $name } is linked. You will hear of a new device, a logout or a restriction within ten minutes.
telegram-link-over = ⌛ The login was not completed and is not shown here any longer. Begin again.
telegram-cancelling = Cancelling the login
telegram-code-void = ⚠️ This code is void now: Telegram cancels codes that are written into a chat. The login is cancelled. Link the account by QR code, or enter a new code on the bot's page.
telegram-out = ✅ The bot logged out and wiped everything it kept about the account.
telegram-out-untold = ✅ Everything about the account is wiped, but Telegram did not answer. End the session on the phone, too: Settings → Devices.
telegram-told-linked = 🟢 { $name } is fine again.
telegram-told-linking = ⏳ { $name } is being logged in anew.
telegram-told-logged_out =
    ⚫️ The bot is logged out of { $name }: Telegram ended the session (reason: { $reason }).

    If it was not you, look at Settings → Devices on the phone. To link it again: /admin → Telegram accounts.
telegram-told-frozen = 🟠 { $name } is frozen: it can read, but not act (reason: { $reason }).
telegram-told-restricted = 🟠 Telegram restricted { $name } (reason: { $reason }).
telegram-told-device =
    🚨 <b>A new device in { $name }</b>

    { $lines }

    If it is not yours, end it.
telegram-told-silent = 🔌 No connection with { $name }: Telegram has not answered for { $time }. The account itself may be fine.
telegram-wait = Time left: { $time }.
telegram-status = 🔗 Telegram accounts: { $n }, of them not fine: { $bad }
delete-me-telegram = linked Telegram accounts (the bot logs out of them)
privacy-telegram = 🔗 Of a linked Telegram account we keep: name, user name, the last two digits of the phone number, state, numbers of devices, and the key of the session, encrypted. No codes, passwords or messages. All of it is wiped when you log out.
