//! What people do on their phones, and what a test sets up for them.

use anyhow::Context as _;
use percent_encoding::percent_decode_str;

use super::people::{DeviceSeen, Room, Subscriber, Written};
use super::state::{Account, Dialog, KeyRef, digits};
use super::{PretendDatacenter, devices, login, password};
use crate::random;

impl PretendDatacenter {
    /// Somebody is on Telegram from now on, or is changed to this.
    pub fn subscribe(&self, about: Subscriber) {
        self.shared.change(|state| {
            let account = state.accounts.entry(about.id);
            let account = account.or_insert_with(|| Account::new(Subscriber::default()));
            account.about = about;
        });
    }

    /// A group or channel is there from now on, or is changed to this.
    pub fn room(&self, room: Room) {
        self.shared
            .change(|state| state.rooms.insert(room.id, room));
    }

    /// A message in the account's copy of a chat, which appears in its list if it was not there;
    /// returns its number.
    pub fn write(&self, phone: &str, chat: i64, written: Written) -> i32 {
        self.shared.change(|state| {
            let now = state.now();
            let account = state.by_phone_mut(phone);
            account.map_or(0, |account| write(account, now, chat, written))
        })
    }

    /// Puts so many chats with a person each into the list of an account, one message in each.
    pub fn many_chats(&self, phone: &str, count: u32) {
        self.shared.change(|state| {
            let now = state.now();
            let people: Vec<i64> = (1..=i64::from(count)).map(|n| 500_000_000 + n).collect();
            if let Some(account) = state.by_phone_mut(phone) {
                for &id in &people {
                    account.last_message += 1;
                    account.dialogs.push(Dialog {
                        id,
                        unread: 0,
                        messages: vec![Written {
                            id: account.last_message,
                            date: now,
                            ..Written::text(id, &format!("message {}", account.last_message))
                        }],
                    });
                }
            }
            for id in people {
                let about = Subscriber::new(id, "", &format!("Somebody {id}"));
                state.accounts.insert(id, Account::new(about));
            }
        });
    }

    /// Messages of a chat that the account has not read.
    pub fn set_unread(&self, phone: &str, chat: i64, unread: i32) {
        self.shared.change(|state| {
            let account = state.by_phone_mut(phone);
            let dialogs = account.map(|account| account.dialogs.iter_mut());
            if let Some(dialog) = dialogs.and_then(|mut all| all.find(|other| other.id == chat)) {
                dialog.unread = unread;
            }
        });
    }

    /// Sets a password with its hint, or takes it away. A proof that was begun fails.
    pub fn set_password(&self, phone: &str, password: Option<(&str, &str)>) -> anyhow::Result<()> {
        let password = password
            .map(|(password, hint)| password::Password::new(password, hint))
            .transpose()?;
        self.shared.change(|state| {
            let account = state.by_phone_mut(phone).context("nobody has this phone")?;
            account.password = password;
            account.wrong_passwords = 0;
            Ok(())
        })
    }

    /// The last code that Telegram sent to this number.
    pub fn code_for(&self, phone: &str) -> Option<String> {
        let state = self.shared.lock();
        let mut codes = state.codes.iter();
        let code = codes.rfind(|code| code.phone == digits(phone))?;
        Some(code.code.clone())
    }

    /// The phone scans a QR code: `tg://login?token=…`.
    ///
    /// # Errors
    /// What Telegram says to the phone, such as `AUTH_TOKEN_EXPIRED`.
    pub fn scan(&self, url: &str, phone: &str) -> anyhow::Result<()> {
        let token = url.strip_prefix("tg://login?token=");
        let token = token.context("not a QR code of Telegram")?;
        let token = percent_decode_str(token).decode_utf8()?;
        let token = from_base64url(&token).context("a token that is not base64url")?;
        self.shared
            .change(|state| login::accept_token(state, &token, phone))
    }

    /// The sessions of an account, oldest first.
    pub fn devices(&self, phone: &str) -> Vec<DeviceSeen> {
        let state = self.shared.lock();
        let account = state.by_phone(phone);
        account.map_or_else(Vec::new, |account| devices::seen(&state, account.about.id))
    }

    /// Somebody logs in to the account elsewhere; returns the number of the session.
    pub fn add_device(&self, phone: &str, model: &str) -> anyhow::Result<i64> {
        let hash = i64::from_le_bytes(random::bytes()?);
        self.shared.change(|state| {
            let created = state.now();
            let account = state.by_phone_mut(phone).context("nobody has this phone")?;
            account.devices.push(DeviceSeen {
                hash,
                model: model.to_owned(),
                app_version: "12.1".to_owned(),
                created,
                centre: 0,
            });
            Ok(hash)
        })
    }

    /// The account is logged in with the key that the data centre shared last.
    pub fn log_in(&self, phone: &str, centre: i32) -> anyhow::Result<()> {
        self.shared.change(|state| {
            let now = state.now();
            let account = state.by_phone(phone).context("nobody has this phone")?;
            let user = account.about.id;
            let mut centres = state.centres.iter();
            let found = centres.find(|other| other.id == centre);
            let key = found.and_then(|centre| centre.shared_key.as_ref());
            let id = key.context("the data centre shares no key")?.id();
            let known = state.keys.get_mut(&KeyRef { centre, id });
            let known = known.context("the data centre forgot the key")?;
            (known.user, known.created) = (Some(user), now);
            Ok(())
        })
    }

    /// Nothing is answered to the programs of this account, until it is told otherwise. What they
    /// asked meanwhile is lost.
    pub fn set_silent_for(&self, phone: &str, is_silent: bool) {
        self.shared.change(|state| {
            if let Some(account) = state.by_phone_mut(phone) {
                account.is_silent = is_silent;
            }
        });
    }

    /// The phone ends all sessions of programs.
    pub fn log_out_all(&self, phone: &str) {
        self.end(phone, "SESSION_REVOKED", |_| {});
    }

    /// Telegram bans the number.
    pub fn ban(&self, phone: &str) {
        self.end(phone, "USER_DEACTIVATED_BAN", |account| {
            account.is_banned = true;
        });
    }

    /// Deletes the account.
    pub fn delete_account(&self, phone: &str) {
        self.end(phone, "USER_DEACTIVATED", |account| {
            account.about.is_deleted = true;
        });
    }

    /// The data centres forget the keys of an account: its programs hear -404.
    pub fn forget_keys(&self, phone: &str) {
        self.shared.change(|state| {
            let user = state.by_phone(phone).map(|account| account.about.id);
            state
                .keys
                .retain(|_, known| user.is_none() || known.user != user);
            state.ended_before = state.accepted;
        });
    }

    fn end(&self, phone: &str, reason: &'static str, change: impl FnOnce(&mut Account)) {
        self.shared.change(|state| {
            if let Some(account) = state.by_phone_mut(phone) {
                change(account);
                let user = account.about.id;
                state.end_sessions(user, reason, |_| true);
            }
        });
    }
}

fn write(account: &mut Account, now: i32, chat: i64, mut written: Written) -> i32 {
    if written.id == 0 {
        account.last_message += 1;
        written.id = account.last_message;
    }
    account.last_message = account.last_message.max(written.id);
    if written.date == 0 {
        written.date = now;
    }
    let id = written.id;
    let mut dialogs = account.dialogs.iter_mut();
    match dialogs.find(|dialog| dialog.id == chat) {
        Some(dialog) => dialog.messages.push(written),
        None => account.dialogs.push(Dialog {
            id: chat,
            unread: 0,
            messages: vec![written],
        }),
    }
    id
}

/// Base64 in the alphabet for addresses, without padding.
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = Vec::new();
    let (mut bits, mut length) = (0_u32, 0);
    for byte in text.bytes() {
        let value = alphabet.iter().position(|other| *other == byte)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        length += 6;
        if length >= 8 {
            length -= 8;
            bytes.push(u8::try_from(bits >> length & 0xff).ok()?);
        }
    }
    Some(bytes)
}
