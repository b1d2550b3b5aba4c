### Аккаунты Telegram, которые привязывают люди.

kept-telegram-logins = завершённые входы в привязанные аккаунты Telegram
rows-telegram_login = входы в аккаунты Telegram
