//! The findings of `vakhta doctor` about the assistant.
//!
//! # Invariants
//! - The key is never printed.
//! - Each model is asked for one token, and nothing else costs money.

use super::AssistantConfig;
use super::model::{EndpointError, EndpointInfo, Model};
use super::question::Reason;
use crate::slice::Finding::{self, Notice, Well, Wrong};

pub(super) async fn examine(config: &AssistantConfig) -> Finding {
    let url = &config.endpoint.url;
    let model = match Model::new(config.endpoint.clone()) {
        Ok(model) => model,
        Err(err) => return Wrong(format!("{err:#}")),
    };
    match model.endpoint_info().await {
        Ok(about) => match judge(config, &about) {
            Well(text) => try_out(config, &model, text).await,
            finding => finding,
        },
        Err(EndpointError::Unreachable) => Wrong(format!(
            "{url} cannot be reached; check assistant.url; is a proxy needed (HTTPS_PROXY)?"
        )),
        Err(EndpointError::Silent) => Wrong(format!("{url} does not answer in time")),
        Err(EndpointError::Key) => Wrong(format!(
            "{url} does not accept the key; set VAKHTA_ASSISTANT_API_KEY again"
        )),
        Err(EndpointError::Status(status)) => {
            let text = format!("{url} answers, but does not list its models (HTTP {status})");
            match try_out(config, &model, text).await {
                Well(text) => Notice(text),
                finding => finding,
            }
        }
    }
}

/// Asks each model for one token: only that shows whether its endpoint takes our requests.
async fn try_out(config: &AssistantConfig, model: &Model, mut text: String) -> Finding {
    for name in &config.models {
        if let Some(reason) = model.try_out(name).await {
            return Wrong(format!(
                "{}: {name} does not answer: {}; {}",
                config.endpoint.url,
                reason.word(),
                advice(reason)
            ));
        }
        let refused = model.refused(name);
        if !refused.is_empty() {
            text.push_str(&format!("; {name} is asked without {}", refused.join(", ")));
        }
    }
    Well(text)
}

const fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::Key => "set VAKHTA_ASSISTANT_API_KEY again",
        Reason::Credits => "top up the account",
        Reason::NoModel => "check assistant.model and assistant.fallbacks",
        Reason::Rejected | Reason::Unreadable => "check assistant.url and assistant.model",
        _ => "try again later",
    }
}

fn judge(config: &AssistantConfig, about: &EndpointInfo) -> Finding {
    let url = &config.endpoint.url;
    if about.left_usd.is_some_and(|left| left <= 0.0) {
        return Wrong(format!(
            "the key for {url} has no credit left; top up the account"
        ));
    }
    let is_missing = |model: &&String| !about.models.contains(model);
    let missing: Vec<&str> = config
        .models
        .iter()
        .filter(is_missing)
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Notice(format!(
            "{url} does not list {names}; check assistant.model and assistant.fallbacks"
        ));
    }
    let left = match about.left_usd {
        Some(left) => format!("; the key has {left:.2} USD left"),
        None => String::new(),
    };
    let key = match config.endpoint.key {
        Some(_) => "the key is accepted",
        None => "no key",
    };
    Well(format!(
        "{url}, {key}, {} of {} models{left}",
        config.models.len(),
        about.models.len()
    ))
}
