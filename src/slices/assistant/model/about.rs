//! What an endpoint says of itself and of our key, asked before anything costs money.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Model;

/// How long the endpoint is waited for in all.
const LIMIT: Duration = Duration::from_secs(10);

/// Bytes of a document that are read. OpenRouter's list of models has about a megabyte.
const DOCUMENT_LIMIT: usize = 16 * 1024 * 1024;

/// What an endpoint says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The models it has.
    pub models: Vec<String>,
    /// US dollars that the key may still use, where the endpoint has a limit and says so.
    pub left_usd: Option<f64>,
}

/// Why an endpoint said nothing of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// There is no way to it, or it hung up.
    Unreachable,
    /// It did not answer in time.
    Silent,
    /// It does not accept our key.
    Key,
    /// It answered with this status, or with what is no list of models (200).
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
    /// What the endpoint says of itself.
    ///
    /// # Errors
    /// Why it said nothing.
    pub async fn about(&self) -> Result<About, NotAsked> {
        let asked = async {
            let models: Data<Vec<Named>> = self.get("models").await?;
            // OpenRouter tells everybody its models, and of the key only here; others do not know this path.
            let key: Result<Data<KeyLimits>, NotAsked> = self.get("key").await;
            let left_usd = match key {
                Ok(key) => key.data.limit_remaining,
                Err(NotAsked::Status(_)) => None,
                Err(other) => return Err(other),
            };
            let models = models.data.into_iter().map(|model| model.id).collect();
            Ok(About { models, left_usd })
        };
        let within = tokio::time::timeout(LIMIT, asked).await;
        within.unwrap_or(Err(NotAsked::Silent))
    }

    async fn get<T: DeserializeOwned>(&self, what: &str) -> Result<T, NotAsked> {
        let mut request = self.http.get(format!("{}/{what}", self.endpoint.url));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let mut response = request.send().await.map_err(|_| NotAsked::Unreachable)?;
        let status = response.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(NotAsked::Key);
        }
        let unclear = NotAsked::Status(status.as_u16());
        if !status.is_success() {
            return Err(unclear);
        }
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(|_| NotAsked::Unreachable)? {
            if body.len() + bytes.len() > DOCUMENT_LIMIT {
                return Err(unclear);
            }
            body.extend_from_slice(&bytes);
        }
        serde_json::from_slice(&body).map_err(|_| unclear)
    }
}
