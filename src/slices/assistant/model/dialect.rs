//! What models do not take of our requests, learnt from the refusals of their endpoints.
//!
//! Endpoints that call themselves compatible refuse parameters by name: one wants
//! `max_completion_tokens`, another knows no `stream_options`. What a refusal names is renamed or
//! left out, and the request is made again.
//!
//! This is kept in memory. After a restart, one refused request per parameter teaches it again,
//! which costs nothing, and an endpoint that was mended is asked in full.
//!
//! # Invariants
//!
//! - Only a refusal that names a part of the request changes the request.
//! - No part is changed twice, so the requests of one call are few.
//! - A change is remembered only after the endpoint has accepted it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::words::words;

words! {
    /// A part of a request that an endpoint may refuse, by its name there.
    pub enum Parameter {
        MaxTokens = "max_tokens",
        MaxCompletionTokens = "max_completion_tokens",
        StreamOptions = "stream_options",
        Stream = "stream",
        ToolChoice = "tool_choice",
        Tools = "tools",
        /// The role of the instructions.
        System = "system",
    }
}

impl Parameter {
    /// The parts that a text names, in the order of their first mention.
    pub(super) fn named_in(text: &str) -> Vec<Self> {
        let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let words = text.split(|c| !is_letter(c)).map(|word| {
            let letters = word.chars().filter(char::is_ascii_alphanumeric);
            letters.map(|c| c.to_ascii_lowercase()).collect::<String>()
        });
        let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
        // *System* is an ordinary word, unless there is talk of roles.
        let of_roles = words.iter().any(|word| word.starts_with("role"));
        let mut named = Vec::new();
        for parameter in words.iter().filter_map(|word| Self::of_word(word)) {
            if !named.contains(&parameter) && (of_roles || parameter != Self::System) {
                named.push(parameter);
            }
        }
        named
    }

    /// `word` has only small letters and digits: endpoints also write `maxTokens` or `tool-call`.
    fn of_word(word: &str) -> Option<Self> {
        let is_named = |name: &str| word.chars().eq(name.chars().filter(|c| *c != '_'));
        let known = Self::WORDS.iter().find(|(name, _)| is_named(name));
        known.map(|(_, parameter)| *parameter).or(match word {
            "streaming" => Some(Self::Stream),
            "includeusage" => Some(Self::StreamOptions),
            // There is no common word: Ollama, vLLM, llama.cpp and OpenRouter each have their own.
            _ if word.starts_with("tool") => Some(Self::Tools),
            "function" | "functions" => Some(Self::Tools),
            _ => None,
        })
    }
}

/// A request's document.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Request {
    parameters: BTreeMap<&'static str, Box<RawValue>>,
    #[serde(skip)]
    has_system: bool,
}

impl Request {
    /// `has_system`: whether the messages have instructions in a role of their own.
    pub(super) fn new(has_system: bool) -> Self {
        Self {
            parameters: BTreeMap::new(),
            has_system,
        }
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: &impl Serialize) -> Self {
        self.parameters.insert(name, raw(value));
        self
    }

    pub(super) fn holds(&self, parameter: Parameter) -> bool {
        match parameter {
            Parameter::System => self.has_system,
            _ => self.parameters.contains_key(parameter.word()),
        }
    }
}

/// The value as JSON. Serializing cannot fail: it holds only strings, numbers and JSON.
pub(super) fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_default()
}

/// What one model refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Dialect(BTreeSet<Parameter>);

impl Dialect {
    pub(super) fn takes(&self, parameter: Parameter) -> bool {
        !self.0.contains(&parameter)
    }

    /// The names of what is refused.
    pub(super) fn refused(&self) -> Vec<&'static str> {
        self.0.iter().map(|parameter| parameter.word()).collect()
    }

    pub(super) fn refuse(&mut self, parameter: Parameter) {
        self.0.insert(parameter);
    }

    /// Renames or leaves out what is refused. The conversation sees to [`Parameter::System`].
    pub(super) fn apply(&self, mut request: Request) -> Request {
        for parameter in &self.0 {
            let removed = request.parameters.remove(parameter.word());
            if let (Parameter::MaxTokens, Some(value)) = (parameter, removed) {
                let name = Parameter::MaxCompletionTokens.word();
                request.parameters.insert(name, value);
            }
        }
        request
    }
}

/// The dialects of all models. Only configured models are asked, so there are few.
#[derive(Debug, Default)]
pub(super) struct Dialects(Mutex<HashMap<String, Dialect>>);

impl Dialects {
    pub(super) fn of(&self, model: &str) -> Dialect {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(model).cloned().unwrap_or_default()
    }

    pub(super) fn remember(&self, model: &str, dialect: &Dialect) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.entry(model.to_owned()).or_default();
        for parameter in &dialect.0 {
            if known.0.insert(*parameter) {
                tracing::warn!(
                    model,
                    parameter = parameter.word(),
                    "the endpoint refuses a parameter, so the model is asked without it until the next start"
                );
            }
        }
    }
}
