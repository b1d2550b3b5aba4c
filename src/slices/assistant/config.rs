//! Section `[assistant]`, and the API key, which comes from the environment.

use std::time::Duration;

use secrecy::SecretString;

use super::model::Endpoint;
use super::question::{Budget, LONGEST_CALL};
use crate::settings::Section;

/// Billionths of a dollar in a cent.
const NANO_IN_CENT: u64 = 10_000_000;

#[derive(Debug, Clone)]
pub struct AssistantConfig {
    /// If false, no part of the assistant is built and nobody can ask.
    pub(crate) enabled: bool,
    pub(crate) endpoint: Endpoint,
    /// Tried in this order, the next one after each failure. Never empty.
    pub(crate) models: Vec<String>,
    /// Maximum number of concurrent calls.
    pub(crate) workers: usize,
    /// Maximum number of concurrent calls per person.
    pub(crate) per_person: u32,
    /// Whether models may use tools.
    pub(crate) tools: bool,
    /// Daily limits of one person.
    pub(crate) budget: Budget,
    /// Maximum number of open questions per person.
    pub(crate) most_open: u32,
    /// Maximum number of questions per token and minute.
    pub(crate) per_minute: u32,
}

impl AssistantConfig {
    /// Reads the section. [`Self::with_key`] adds the key, which is not in the file.
    pub(crate) fn read(section: &mut Section<'_>) -> Self {
        section.refuse(
            "api_key",
            "a secret does not belong in this file; set VAKHTA_ASSISTANT_API_KEY",
        );
        let second = Duration::from_secs(1);
        let endpoint = Endpoint {
            url: read_url(section),
            key: None,
            instructions: section.string("instructions", ""),
            max_tokens: section.integer("max_tokens", 1000, 1..=100_000),
            silence: section.duration("silence", 60 * second, second..=120 * second),
            longest: section.duration("timeout", LONGEST_CALL, second..=LONGEST_CALL),
        };
        let model = section.parsed("model", "openrouter/auto", |name| match name {
            "" => Err("the name of a model"),
            name => Ok(name.to_owned()),
        });
        let mut models: Vec<String> = model.into_iter().collect();
        models.extend(section.strings("fallbacks"));
        Self {
            enabled: section.boolean("enabled", false),
            endpoint,
            models,
            workers: section.integer("workers", 4, 1..=64) as usize,
            per_person: section.integer("per_person", 2, 1..=64),
            tools: section.boolean("tools", true),
            budget: Budget {
                tokens: limit(section.integer("daily_tokens", 200_000, 0..=u32::MAX), 1),
                cost_nanousd: limit(
                    section.integer("daily_cents", 100, 0..=1_000_000),
                    NANO_IN_CENT,
                ),
            },
            most_open: section.integer("most_open", 20, 1..=10_000),
            per_minute: section.integer("per_minute", 30, 1..=100_000),
        }
    }

    #[must_use]
    pub(crate) fn with_key(mut self, key: Option<SecretString>) -> Self {
        self.endpoint.key = key;
        self
    }

    /// What is missing, as a message for the operator.
    #[must_use]
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let needs_key = self.enabled && self.endpoint.url.starts_with(OPENROUTER);
        (needs_key && self.endpoint.key.is_none()).then_some(
            "OpenRouter wants a key: set VAKHTA_ASSISTANT_API_KEY or OPENROUTER_API_KEY, \
             or name an endpoint of your own with assistant.url",
        )
    }
}

/// The default endpoint, which requires a key.
const OPENROUTER: &str = "https://openrouter.ai/";

/// A limit in units of `unit`; 0 means no limit.
fn limit(number: u32, unit: u64) -> Option<u64> {
    (number > 0).then(|| u64::from(number) * unit)
}

fn read_url(section: &mut Section<'_>) -> String {
    let url = section.parsed("url", "https://openrouter.ai/api/v1", |text| {
        let wrong =
            "an http or https address without query such as \"https://openrouter.ai/api/v1\"";
        let url = url::Url::parse(text).map_err(|_| wrong)?;
        let is_plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        match url.scheme() {
            "http" | "https" if is_plain => Ok(text.trim_end_matches('/').to_owned()),
            _ => Err(wrong),
        }
    });
    url.unwrap_or_default()
}
