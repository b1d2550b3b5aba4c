//! The documents of the API, and their description in OpenAPI. Times are RFC 3339 in UTC.
//!
//! The doc comments of schema types are part of the description.

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::asking::sentence;
use super::refusals::Refused;
use crate::qr::{ErrorCorrection, Qr};
use crate::slices::mtproto::model::{
    self, AccountState, Chats, Device, LinkedAccount, Login, LoginId, Messages, Person,
};
use crate::zone;

#[derive(OpenApi)]
#[openapi(
    components(schemas(Refused)),
    tags((
        name = "telegram",
        description = "Telegram accounts that people linked. Each path also works below `/telegram/`, and without the last slash. Where a person has several accounts, `account` names one"
    ))
)]
pub(super) struct ApiDocument;

/// A linked account
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Account {
    /// What `account` takes
    id: i64,
    /// Telegram's own id
    telegram_id: i64,
    name: String,
    username: Option<String>,
    /// The last two digits of the phone number
    phone_tail: String,
    /// `linked`, `logged_out`, `frozen` or `restricted`
    #[schema(example = "linked")]
    state: &'static str,
    /// Telegram's word for the state; may be empty
    reason: String,
    /// Whether the watch looks up accounts with it
    watch_with: bool,
    linked_at: Option<String>,
    /// When Telegram last answered with it
    seen_at: Option<String>,
}

impl Account {
    pub(super) fn of(account: &LinkedAccount) -> Self {
        Self {
            id: account.id.0,
            telegram_id: account.telegram_id,
            name: account.name.clone(),
            username: some(&account.username),
            phone_tail: account.phone_tail.clone(),
            state: account.state.word(),
            reason: account.reason.clone(),
            watch_with: account.watch_with,
            linked_at: account.linked_at.map(zone::utc),
            seen_at: account.seen_at.map(zone::utc),
        }
    }
}

/// True if Telegram still takes requests of the account.
pub(super) fn is_authorized(account: &LinkedAccount) -> bool {
    !matches!(
        account.state,
        AccountState::Linking | AccountState::LoggedOut
    )
}

/// Whether an account is linked
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionStatus {
    /// Whether Telegram takes requests of the account; of any, if several are linked and none is
    /// named
    pub(super) authorized: bool,
    /// The only account, or the one that was named
    pub(super) account: Option<Account>,
    /// All accounts of the person
    pub(super) accounts: Vec<Account>,
    /// The login that has begun
    pub(super) pending: Option<LoginStatus>,
}

/// A login and its present step
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoginStatus {
    pub(super) login_id: String,
    pub(super) step: Step,
}

/// What the person has to do next
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Step {
    /// Enter a code or a password
    UserInput {
        /// `code` or `password`
        field: &'static str,
        /// How Telegram sent the code: `app`, `sms`, `call`, `missed_call`, `email`, `fragment` or
        /// `other`
        #[serde(skip_serializing_if = "Option::is_none")]
        via: Option<&'static str>,
        /// Characters of the code, where Telegram says so
        #[serde(skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
        /// When the code expires
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<String>,
        /// The person's own hint at the password; may be empty
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    /// Scan this with the phone, and ask for the step again: it renews itself
    DisplayAndWait {
        url: String,
        /// The same as a picture
        svg: String,
        expires_at: String,
    },
    /// The account is linked
    Complete { account: Option<Account> },
    /// The login is over
    Failed {
        /// A word for programs
        code: &'static str,
        /// A sentence that says what to do
        detail: String,
        /// The same sentence
        error: String,
    },
}

impl LoginStatus {
    /// `accounts` are those of the person.
    pub(super) fn of(login: &Login, accounts: &[LinkedAccount]) -> anyhow::Result<Self> {
        Self::with(&login.id, &login.step, accounts)
    }

    pub(super) fn with(
        id: &LoginId,
        step: &model::Step,
        accounts: &[LinkedAccount],
    ) -> anyhow::Result<Self> {
        Ok(Self {
            login_id: id.0.clone(),
            step: Step::of(step, accounts)?,
        })
    }
}

impl Step {
    fn of(step: &model::Step, accounts: &[LinkedAccount]) -> anyhow::Result<Self> {
        Ok(match step {
            model::Step::Code {
                way,
                length,
                expires_at,
            } => Self::UserInput {
                field: "code",
                via: Some(way.word()),
                length: Some(*length).filter(|length| *length > 0),
                expires_at: Some(zone::utc(*expires_at)),
                hint: None,
            },
            model::Step::Password { hint } => Self::UserInput {
                field: "password",
                via: None,
                length: None,
                expires_at: None,
                hint: Some(hint.clone()),
            },
            model::Step::Qr { url, expires_at } => {
                let url = url.expose_secret();
                let qr = Qr::new(url, "", ErrorCorrection::Medium).context("draw a login")?;
                Self::DisplayAndWait {
                    url: url.to_owned(),
                    svg: qr.svg(),
                    expires_at: zone::utc(*expires_at),
                }
            }
            model::Step::Complete { account } => {
                let mut all = accounts.iter();
                Self::Complete {
                    account: all.find(|known| known.id == *account).map(Account::of),
                }
            }
            model::Step::Failed { refusal } => Self::Failed {
                code: refusal.code(),
                detail: sentence(refusal),
                error: sentence(refusal),
            },
        })
    }
}

/// How a log-out went
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoggedOut {
    /// True: its keys are gone from here
    pub(super) wiped: bool,
    /// Whether Telegram was told, too
    pub(super) telegram_told: bool,
    /// A sentence that says what is left to do
    pub(super) detail: String,
}

/// A page of chats
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChatPage {
    chats: Vec<Chat>,
    /// Asks for the next page; null after the last one
    cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Chat {
    /// As the Bot API has it
    id: i64,
    /// `private`, `bot`, `group`, `supergroup` or `channel`
    kind: &'static str,
    title: String,
    unread: u32,
    /// When the last message was sent
    last_time: Option<String>,
    /// The first words of the last message
    last_text: String,
}

impl ChatPage {
    pub(super) fn of(page: Chats) -> Self {
        let chats = page.chats.into_iter().map(|chat| Chat {
            id: chat.id,
            kind: chat.kind.word(),
            title: chat.title,
            unread: chat.unread,
            last_time: chat.last_at.map(zone::utc),
            last_text: chat.last_words,
        });
        Self {
            chats: chats.collect(),
            cursor: page.cursor,
        }
    }
}

/// A page of messages, newest first
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessagePage {
    messages: Vec<Message>,
    /// `before` of the next page; null after the oldest message
    before: Option<i32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Message {
    id: i32,
    time: String,
    sender: Sender,
    text: String,
    /// `none`, `photo`, `video`, `audio`, `voice`, `sticker`, `file`, `location`, `contact`, `poll`
    /// or `other`
    media: &'static str,
    /// The message that this one answers
    reply_to: Option<i32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Sender {
    /// As the Bot API has it; null where Telegram does not say
    id: Option<i64>,
    name: String,
}

impl MessagePage {
    pub(super) fn of(page: Messages) -> Self {
        let messages = page.messages.into_iter().map(|message| Message {
            id: message.id,
            time: zone::utc(message.at),
            sender: Sender {
                id: message.sender_id,
                name: message.sender,
            },
            text: message.text,
            media: message.media.word(),
            reply_to: message.reply_to,
        });
        Self {
            messages: messages.collect(),
            before: page.before,
        }
    }
}

/// Somebody on Telegram
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Somebody {
    /// As the Bot API has it
    id: i64,
    /// `private`, `bot`, `group`, `supergroup` or `channel`
    kind: &'static str,
    first_name: String,
    last_name: String,
    username: Option<String>,
    /// All of them, the main one first
    usernames: Vec<String>,
    is_bot: bool,
    deleted: bool,
    restricted: bool,
    /// Telegram's reason for the restriction
    restriction_reason: Option<String>,
    scam: bool,
    fake: bool,
    premium: bool,
}

impl Somebody {
    pub(super) fn of(person: Person) -> Self {
        Self {
            id: person.id,
            kind: person.kind.word(),
            first_name: person.first_name,
            last_name: person.last_name,
            username: person.usernames.first().cloned(),
            usernames: person.usernames,
            is_bot: person.kind == model::ChatKind::Bot,
            deleted: person.is_deleted,
            restricted: person.restricted.is_some(),
            restriction_reason: person.restricted,
            scam: person.is_scam,
            fake: person.is_fake,
            premium: person.is_premium,
        }
    }
}

/// The sessions of an account
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Devices {
    devices: Vec<DeviceStatus>,
}

#[derive(Debug, Serialize, ToSchema)]
struct DeviceStatus {
    /// Names it; text, because it has more digits than a number of JavaScript keeps
    hash: String,
    model: String,
    system: String,
    app: String,
    country: String,
    ip: String,
    created_at: String,
    active_at: String,
    /// Whether it is this program
    current: bool,
}

impl Devices {
    pub(super) fn of(devices: Vec<Device>) -> Self {
        let devices = devices.into_iter().map(|device| DeviceStatus {
            hash: device.hash.to_string(),
            model: device.model,
            system: device.system,
            app: device.app,
            country: device.country,
            ip: device.ip,
            created_at: zone::utc(device.created_at),
            active_at: zone::utc(device.active_at),
            current: device.is_this,
        });
        Self {
            devices: devices.collect(),
        }
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}
