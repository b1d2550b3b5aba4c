//! What an endpoint says about itself and our key. Asking costs nothing.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Model;

const LIMIT: Duration = Duration::from_secs(10);

/// OpenRouter's list of models takes about a megabyte.
const DOCUMENT_LIMIT: usize = 16 * 1024 * 1024;

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
