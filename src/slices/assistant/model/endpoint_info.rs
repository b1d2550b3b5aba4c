//! What an endpoint says about itself and our key, and whether a model takes our questions. Only
//! the latter costs something: one token.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{Conversation, Model, ModelRequest};
use crate::clock::UnixMs;
use crate::slices::assistant::question::Reason;

const LIMIT: Duration = Duration::from_secs(10);

/// A server of one's own may have to load the model first.
const TRIAL_LIMIT: Duration = Duration::from_secs(60);

/// OpenRouter's list of models takes about a megabyte.
const DOCUMENT_LIMIT: usize = 4 * 1024 * 1024;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EndpointInfo {
    pub(crate) models: Vec<String>,
    /// US dollars that the key may still use, where the endpoint says so.
    pub(crate) left_usd: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndpointError {
    /// No connection, or it was closed without a response.
    Unreachable,
    Silent,
    /// The endpoint does not accept our key.
    Key,
    /// Another status, or 200 with something other than a list of models.
    Status(u16),
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct KeyLimits {
    limit_remaining: Option<f64>,
}

impl Model {
    /// Asks for the models and the key's limit.
    pub(crate) async fn endpoint_info(&self) -> Result<EndpointInfo, EndpointError> {
        let asked = async {
            let models: Data<Vec<Named>> = self.get("models").await?;
            // OpenRouter lists its models to everybody, so only this path tests the key. Other
            // endpoints do not have it.
            let key: Result<Data<KeyLimits>, EndpointError> = self.get("key").await;
            let left_usd = match key {
                Ok(key) => key.data.limit_remaining,
                Err(EndpointError::Status(_)) => None,
                Err(other) => return Err(other),
            };
            let models = models.data.into_iter().map(|model| model.id).collect();
            Ok(EndpointInfo { models, left_usd })
        };
        let within = tokio::time::timeout(LIMIT, asked).await;
        within.unwrap_or(Err(EndpointError::Silent))
    }

    /// Asks a model for one token; `None` if it takes our questions. The parts of the request that
    /// its endpoint refuses are left out.
    pub(crate) async fn try_out(&self, model: &str) -> Option<Reason> {
        let call = ModelRequest {
            model,
            conversation: &Conversation::new(&self.endpoint.instructions, "Hi"),
            may_read: false,
            end: Instant::now() + TRIAL_LIMIT,
            now: UnixMs(0),
        };
        let ended = self.ask_within(1, call, |_| {}).await;
        let reason = ended.error?.reason;
        // One token is no answer, and none is wanted.
        let is_taken = matches!(reason, Reason::Empty | Reason::Thoughts | Reason::Cut);
        Some(reason).filter(|_| !is_taken)
    }

    /// The names of what the endpoint was found to refuse for a model.
    pub(crate) fn refused(&self, model: &str) -> Vec<&'static str> {
        self.dialects.of(model).refused()
    }

    async fn get<T: DeserializeOwned>(&self, what: &str) -> Result<T, EndpointError> {
        let mut request = self.http.get(format!("{}/{what}", self.endpoint.url));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let mut response = request
            .send()
            .await
            .map_err(|_| EndpointError::Unreachable)?;
        let status = response.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(EndpointError::Key);
        }
        let unclear = EndpointError::Status(status.as_u16());
        if !status.is_success() {
            return Err(unclear);
        }
        let mut body = Vec::new();
        while let Some(bytes) = response
            .chunk()
            .await
            .map_err(|_| EndpointError::Unreachable)?
        {
            if body.len() + bytes.len() > DOCUMENT_LIMIT {
                return Err(unclear);
            }
            body.extend_from_slice(&bytes);
        }
        serde_json::from_slice(&body).map_err(|_| unclear)
    }
}
