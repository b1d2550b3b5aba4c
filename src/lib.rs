//! Vakhta keeps watch over accounts and reports to Telegram.
