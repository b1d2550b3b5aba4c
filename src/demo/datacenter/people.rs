//! Who and what is on the pretend Telegram: people, chats, messages, devices.

/// Somebody on the pretend Telegram. Anybody with a phone number can log in.
#[derive(Clone, Debug, Default)]
pub struct Subscriber {
    pub id: i64,
    /// In international form; empty for people who are only looked at, and for bots.
    pub phone: String,
    pub first_name: String,
    pub last_name: String,
    /// The first one is the main one; none for somebody without a name.
    pub usernames: Vec<String>,
    /// The data centre that keeps the account; 0 is the first one.
    pub home: i32,
    pub is_bot: bool,
    pub is_deleted: bool,
    /// Telegram's words on why the account is restricted.
    pub restricted: Option<String>,
    pub is_scam: bool,
    pub is_fake: bool,
    pub is_premium: bool,
    /// May read, but not act.
    pub is_frozen: bool,
}

impl Subscriber {
    /// Somebody with a phone, without a user name.
    pub fn new(id: i64, phone: &str, first_name: &str) -> Self {
        Self {
            id,
            phone: phone.to_owned(),
            first_name: first_name.to_owned(),
            ..Self::default()
        }
    }

    /// Somebody who is only looked at.
    pub fn named(id: i64, username: &str, first_name: &str) -> Self {
        Self {
            usernames: vec![username.to_owned()],
            ..Self::new(id, "", first_name)
        }
    }

    /// The same person, kept in that data centre.
    #[must_use]
    pub fn at_home_in(mut self, centre: i32) -> Self {
        self.home = centre;
        self
    }
}

/// A group or a channel.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// As the Bot API has it: -5 is a group, -1000000000005 a supergroup or channel.
    pub id: i64,
    pub title: String,
    /// Empty for a private one.
    pub username: String,
    /// A channel, where only its owners write.
    pub is_broadcast: bool,
    pub restricted: Option<String>,
    pub is_scam: bool,
    pub is_fake: bool,
}

impl Room {
    pub fn new(id: i64, title: &str) -> Self {
        Self {
            id,
            title: title.to_owned(),
            ..Self::default()
        }
    }
}

/// A message in somebody's copy of a chat.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// 0: the next number.
    pub id: i32,
    /// Unix seconds; 0: now.
    pub date: i32,
    /// As the Bot API has it; 0: nobody in particular.
    pub from: i64,
    pub text: String,
    pub has_photo: bool,
    pub reply_to: Option<i32>,
}

impl Written {
    pub fn text(from: i64, text: &str) -> Self {
        Self {
            from,
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

/// A session of an account, as its owner's list of devices shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSeen {
    pub hash: i64,
    pub model: String,
    pub app_version: String,
    /// Unix seconds.
    pub created: i32,
    /// The data centre of the key; 0 for a device that [`add_device`] made.
    ///
    /// [`add_device`]: super::PretendDatacenter::add_device
    pub centre: i32,
}
