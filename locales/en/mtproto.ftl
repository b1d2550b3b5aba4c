### Telegram accounts that people link.

kept-telegram-logins = logins of linked Telegram accounts that are over
rows-telegram_login = logins of Telegram accounts
