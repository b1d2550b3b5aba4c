//! The findings of `vakhta doctor` about the assistant.
//!
//! # Invariants
//! - The key is never printed.
//! - No request costs money.

use super::Finding::{self, Notice, Well, Wrong};
use crate::slices::assistant::AssistantConfig;
use crate::slices::assistant::model::{EndpointError, EndpointInfo, Model};

pub(super) async fn look(config: &AssistantConfig) -> Finding {
    if !config.enabled {
        return Well("off".to_owned());
    }
    let url = &config.endpoint.url;
    let model = match Model::new(config.endpoint.clone()) {
        Ok(model) => model,
        Err(err) => return Wrong(format!("{err:#}")),
    };
    match model.endpoint_info().await {
        Ok(about) => judge(config, &about),
        Err(EndpointError::Unreachable) => Wrong(format!(
            "{url} cannot be reached; check assistant.url; is a proxy needed (HTTPS_PROXY)?"
        )),
        Err(EndpointError::Silent) => Wrong(format!("{url} does not answer in time")),
        Err(EndpointError::Key) => Wrong(format!(
            "{url} does not accept the key; set VAKHTA_ASSISTANT_API_KEY again"
        )),
        Err(EndpointError::Status(status)) => Notice(format!(
            "{url} answers, but does not list its models (HTTP {status}); the first question will show whether it works"
        )),
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
