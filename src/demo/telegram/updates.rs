//! The queue of updates: queuing, delivery, expiry.
//!
//! Only a later call with a higher offset confirms an update. The newest poll wins.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{
    params::Params,
    rules::{Outcome, Refusal},
};

/// Kinds that are sent only to a bot that asks for them.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];
/// Callbacks expire after this many seconds, other updates after a day.
pub(super) const CALLBACK_LIFETIME: i64 = 150;
const LIFETIME: i64 = 24 * 60 * 60;

const CONFLICT: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const WEBHOOK: &str = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

#[derive(Clone, Debug)]
struct Queued {
    id: u32,
    expires: i64,
    update: Value,
}

/// Unconfirmed updates, and the kinds the bot asked for.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: VecDeque<Queued>,
    next_id: u32,
    /// The last confirmed update.
    last: Option<Queued>,
    allowed: Vec<String>,
    webhook: String,
    /// The number of the newest poll; an older poll that sees it must end.
    newest_poll: u64,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            next_id: 500_000_001,
            last: None,
            allowed: Vec::new(),
            webhook: String::new(),
            newest_poll: 0,
        }
    }

    /// Queues an update, unless the bot did not ask for that kind.
    pub(super) fn push(&mut self, kind: &str, content: &Value, now: i64) -> Option<u32> {
        let wanted = if self.allowed.is_empty() {
            !ON_REQUEST.contains(&kind)
        } else {
            self.allowed.iter().any(|allowed| allowed == kind)
        };
        let lifetime = if kind == "callback_query" {
            CALLBACK_LIFETIME
        } else {
            LIFETIME
        };
        wanted.then(|| self.push_raw(json!({ kind: content }), now + lifetime))
    }

    /// Queues any update, with the next number.
    pub(super) fn push_raw(&mut self, mut update: Value, expires: i64) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.saturating_add(1);
        if let Value::Object(fields) = &mut update {
            fields.insert("update_id".to_owned(), json!(id));
        }
        self.waiting.push_back(Queued {
            id,
            expires,
            update,
        });
        id
    }

    /// Continues numbering from here, as the real server does at random after a quiet week.
    pub(super) fn number_from(&mut self, id: u32) {
        self.next_id = id;
    }

    /// Queues the last confirmed update again, under its own number.
    pub(super) fn repeat_last(&mut self) {
        self.waiting.extend(self.last.clone());
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    fn confirm(&mut self, offset: i64, now: i64) {
        self.waiting.retain(|queued| queued.expires > now);
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let surplus = self.waiting.len().saturating_sub(keep);
            self.waiting.drain(..surplus);
        } else if offset > 0 {
            let done = self
                .waiting
                .iter()
                .rfind(|queued| i64::from(queued.id) < offset);
            if let Some(done) = done {
                self.last = Some(done.clone());
            }
            self.waiting.retain(|queued| i64::from(queued.id) >= offset);
        }
    }

    fn remember_allowed(&mut self, params: &Params) -> Result<(), Refusal> {
        let given = params.structure("allowed_updates").map_err(Refusal::bad)?;
        if let Some(Value::Array(kinds)) = given {
            self.allowed = kinds
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
        }
        Ok(())
    }

    pub(super) fn set_webhook(&mut self, params: &Params) -> Outcome {
        let url = params.text("url").unwrap_or_default();
        if !url.is_empty() && !url.starts_with("https://") {
            return Err(Refusal::bad(
                "bad webhook: An HTTPS URL must be provided for webhook",
            ));
        }
        self.remember_allowed(params)?;
        self.webhook = url;
        if params.flag("drop_pending_updates") {
            self.waiting.clear();
        }
        Ok(json!(true))
    }

    pub(super) fn delete_webhook(&mut self, params: &Params) -> Value {
        self.webhook.clear();
        if params.flag("drop_pending_updates") {
            self.waiting.clear();
        }
        json!(true)
    }

    pub(super) fn webhook_info(&self) -> Value {
        // The server omits the list if its bot never asked for particular kinds.
        let allowed = (!self.allowed.is_empty()).then(|| ("allowed_updates", json!(self.allowed)));
        let fields = [
            ("url", json!(self.webhook)),
            ("has_custom_certificate", json!(false)),
            ("pending_update_count", json!(self.waiting.len())),
        ];
        let fields = fields.into_iter().chain(allowed);
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Begins a `getUpdates`, which ends all older ones; returns its number.
    pub(super) fn begin_poll(&mut self, params: &Params, now: i64) -> Result<u64, Refusal> {
        if !self.webhook.is_empty() {
            return Err(Refusal::new(409, WEBHOOK));
        }
        self.remember_allowed(params)?;
        self.newest_poll += 1;
        self.confirm(params.integer("offset").unwrap_or(0), now);
        Ok(self.newest_poll)
    }

    /// The immediate result of that poll; `None` means wait.
    pub(super) fn poll(&self, poll: u64, limit: usize) -> Result<Option<Value>, Refusal> {
        if !self.webhook.is_empty() {
            return Err(Refusal::new(409, WEBHOOK));
        }
        if self.newest_poll != poll {
            return Err(Refusal::new(409, CONFLICT));
        }
        let waiting = self.waiting.iter().take(limit);
        let updates: Vec<Value> = waiting.map(|queued| queued.update.clone()).collect();
        Ok((!updates.is_empty()).then(|| json!(updates)))
    }
}
