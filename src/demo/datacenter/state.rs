//! The world that the data centres share: keys, accounts, chats, codes, tokens, faults.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use super::crypto::{AuthKey, part, sha256};
use super::faults::{Refusal, WireFault};
use super::password::{Password, Proof};
use super::people::{DeviceSeen, Room, Subscriber, Written};
use crate::clock::Clock;

/// What a program has to name, as if it came from my.telegram.org.
pub const API_ID: i32 = 20_001;
pub const API_HASH: &str = "5d1b6c0f3a8e47925b7d9c4e2f60a183";

/// The ids of supergroups and channels in the Bot API begin here.
pub(super) const CHANNELS: i64 = -1_000_000_000_000;

/// Salts change every half an hour.
const SALT_SECONDS: i32 = 30 * 60;

/// A key as a data centre knows it: every data centre has its own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct KeyRef {
    pub(super) centre: i32,
    pub(super) id: [u8; 8],
}

/// What a client said of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Device {
    pub(super) model: String,
    pub(super) system: String,
    pub(super) app_version: String,
    pub(super) api_id: i32,
}

/// A key and whose it is.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) key: AuthKey,
    pub(super) first_salt: Option<i64>,
    /// The account that is logged in with it.
    pub(super) user: Option<i64>,
    /// The account whose password is awaited.
    pub(super) pending: Option<i64>,
    /// The account whose phone scanned a token of this key.
    pub(super) scanned: Option<(i64, Vec<u8>)>,
    pub(super) proof: Option<Proof>,
    /// Why the account is not logged in any more, in Telegram's word.
    pub(super) ended: Option<&'static str>,
    pub(super) hash: i64,
    pub(super) device: Device,
    pub(super) created: i32,
    /// Sessions of this key, with the layer of the schema that each speaks; 0 before it said so.
    /// They outlive connections.
    pub(super) sessions: HashMap<i64, i32>,
    /// Updates that wait for a connection of this key.
    pub(super) pushes: Vec<Vec<u8>>,
}

impl Known {
    pub(super) fn new(key: AuthKey, first_salt: Option<i64>) -> Self {
        let hash = i64::from_le_bytes(part(&sha256(&[key.bytes()]), 0));
        Self {
            key,
            first_salt,
            user: None,
            pending: None,
            scanned: None,
            proof: None,
            ended: None,
            hash,
            device: Device::default(),
            created: 0,
            sessions: HashMap::new(),
            pushes: Vec::new(),
        }
    }

    /// The salt of the half hour `ahead` half hours from now, with the time of its validity.
    pub(super) fn salt(&self, now: i32, ahead: i32) -> (i64, i32, i32) {
        let number = now / SALT_SECONDS + ahead;
        let salt = sha256(&[self.key.bytes(), &number.to_le_bytes()]);
        let since = number * SALT_SECONDS;
        // The one before is taken as long again.
        (
            i64::from_le_bytes(part(&salt, 0)),
            since,
            since + 2 * SALT_SECONDS,
        )
    }

    pub(super) fn takes_salt(&self, salt: i64, now: i32) -> bool {
        let right = [self.salt(now, 0).0, self.salt(now, -1).0];
        right.contains(&salt) || self.first_salt == Some(salt)
    }
}

/// A chat in somebody's list.
#[derive(Debug)]
pub(super) struct Dialog {
    /// As the Bot API has it.
    pub(super) id: i64,
    pub(super) unread: i32,
    /// In order of their numbers.
    pub(super) messages: Vec<Written>,
}

impl Dialog {
    /// What the list is ordered by, ascending: date and number of the last message, then the chat.
    pub(super) fn order(&self) -> (i32, i32, i64) {
        let (date, id) = self
            .messages
            .last()
            .map_or((0, 0), |last| (last.date, last.id));
        (date, id, self.id)
    }
}

#[derive(Debug)]
pub(super) struct Account {
    pub(super) about: Subscriber,
    pub(super) is_banned: bool,
    /// Nothing is answered to its programs.
    pub(super) is_silent: bool,
    pub(super) password: Option<Password>,
    pub(super) wrong_passwords: usize,
    pub(super) devices: Vec<DeviceSeen>,
    pub(super) dialogs: Vec<Dialog>,
    pub(super) last_message: i32,
}

impl Account {
    pub(super) fn new(about: Subscriber) -> Self {
        Self {
            about,
            is_banned: false,
            is_silent: false,
            password: None,
            wrong_passwords: 0,
            devices: Vec::new(),
            dialogs: Vec::new(),
            last_message: 0,
        }
    }
}

/// A code that the app of an account shows.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) phone: String,
    /// Only the key that asked for it may use it.
    pub(super) key: KeyRef,
    pub(super) code: String,
    pub(super) hash: String,
    pub(super) expires: i32,
    pub(super) wrong: usize,
}

/// What a QR code carries.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) bytes: Vec<u8>,
    pub(super) key: KeyRef,
    pub(super) expires: i32,
    pub(super) accepted_by: Option<i64>,
}

/// One data centre.
#[derive(Clone, Debug)]
pub(super) struct Centre {
    pub(super) id: i32,
    pub(super) address: SocketAddr,
    pub(super) shared_key: Option<AuthKey>,
    /// Accepts connections and answers nothing.
    pub(super) is_silent: bool,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) centres: Vec<Centre>,
    pub(super) keys: HashMap<KeyRef, Known>,
    pub(super) accounts: BTreeMap<i64, Account>,
    pub(super) rooms: BTreeMap<i64, Room>,
    pub(super) codes: Vec<Code>,
    pub(super) tokens: Vec<Token>,
    pub(super) faults: Vec<(String, usize, WireFault)>,
    pub(super) calls: BTreeMap<String, usize>,
    pub(super) complaints: Vec<String>,
    pub(super) connections: usize,
    pub(super) accepted: usize,
    /// Connections that a test ends: all that were accepted before.
    pub(super) ended_before: usize,
    /// Seconds that the pretend's clock is ahead.
    pub(super) ahead: i32,
}

impl State {
    /// Unix seconds of the wire; clients compare them with their own clock.
    pub(super) fn wire_now() -> i32 {
        i32::try_from(Clock::system().now().0 / 1000).unwrap_or(i32::MAX)
    }

    /// Unix seconds by which codes, tokens and sessions age.
    pub(super) fn now(&self) -> i32 {
        Self::wire_now().saturating_add(self.ahead)
    }

    pub(super) fn by_phone(&self, phone: &str) -> Option<&Account> {
        let phone = digits(phone);
        let mut accounts = self.accounts.values();
        accounts.find(|account| {
            !account.about.phone.is_empty() && digits(&account.about.phone) == phone
        })
    }

    pub(super) fn by_phone_mut(&mut self, phone: &str) -> Option<&mut Account> {
        let id = self.by_phone(phone)?.about.id;
        self.accounts.get_mut(&id)
    }

    /// The data centre that keeps an account.
    pub(super) fn home(&self, account: &Account) -> i32 {
        match account.about.home {
            0 => self.centres.first().map_or(0, |centre| centre.id),
            home => home,
        }
    }

    pub(super) fn known(&mut self, key: KeyRef) -> Result<&mut Known, Refusal> {
        self.keys.get_mut(&key).ok_or_else(Refusal::unregistered)
    }

    /// Whether a data centre answers nothing to this key.
    pub(super) fn is_silent(&self, key: KeyRef) -> bool {
        let user = self.keys.get(&key).and_then(|known| known.user);
        let account = user.and_then(|user| self.accounts.get(&user));
        let mut centres = self.centres.iter();
        account.is_some_and(|account| account.is_silent)
            || centres.any(|centre| centre.id == key.centre && centre.is_silent)
    }

    /// The account that is logged in with this key.
    pub(super) fn logged_in(&self, key: KeyRef) -> Result<&Account, Refusal> {
        let known = self.keys.get(&key).ok_or_else(Refusal::unregistered)?;
        if let Some(reason) = known.ended {
            return Err(Refusal::new(401, reason));
        }
        let account = known.user.and_then(|user| self.accounts.get(&user));
        let account = account.ok_or_else(Refusal::unregistered)?;
        if account.is_banned {
            return Err(Refusal::new(401, "USER_DEACTIVATED_BAN"));
        }
        if account.about.is_deleted {
            return Err(Refusal::new(401, "USER_DEACTIVATED"));
        }
        Ok(account)
    }

    /// Ends the sessions of an account that the filter chooses.
    pub(super) fn end_sessions(
        &mut self,
        user: i64,
        reason: &'static str,
        which: impl Fn(&Known) -> bool,
    ) -> usize {
        let mut ended = 0;
        for known in self.keys.values_mut() {
            if known.user == Some(user) && which(known) {
                known.user = None;
                known.ended = Some(reason);
                ended += 1;
            }
        }
        ended
    }

    /// A client did what no client may do.
    pub(super) fn complain(&mut self, centre: i32, what: &str) {
        self.complaints
            .push(format!("data centre {centre}: {what}"));
    }

    /// The next fault that is meant for this method, if any.
    pub(super) fn take_fault(&mut self, method: &str) -> Option<WireFault> {
        let at = self
            .faults
            .iter()
            .position(|(of, _, _)| of == method || of == "*")?;
        let (_, times, fault) = self.faults.get_mut(at)?;
        let fault = fault.clone();
        *times -= 1;
        if *times == 0 {
            self.faults.remove(at);
        }
        Some(fault)
    }
}

/// A phone number without its decoration.
pub(super) fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// An access hash holds for one account only.
pub(super) fn access_hash(owner: i64, id: i64) -> i64 {
    let hash = sha256(&[&owner.to_le_bytes(), &id.to_le_bytes()]);
    i64::from_le_bytes(part(&hash, 0))
}
