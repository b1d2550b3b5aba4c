//! Another eye: a second way to look at the accounts of one site, asked before anybody hears news.
//!
//! The watch declares what it needs; `app` plugs in who can do it.
//!
//! # Invariants
//! - An eye that cannot look changes nothing: the ordinary probe decides.
//! - Two eyes that disagree give no verdict.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::slices::watch::model::verdict::{Sighting, Verdict};
use crate::slices::watch::store::{Bearing, ProbeResult, Subject};
use crate::slices::watch::verdict::Inconclusive;

/// What an eye saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EyeSaid {
    /// Somebody has the name; `identity` is the site's own id for them.
    Exists { identity: String },
    /// Nobody has the name.
    Missing,
    /// The site keeps the account from being seen.
    Restricted,
    /// It could not look, or may not look any more for now.
    Blind,
}

/// A second way to look at accounts of a site.
pub(crate) trait Eye: Send + Sync + fmt::Debug {
    /// The key of the site.
    fn site(&self) -> &'static str;

    /// Looks at an account. The identity is what an earlier look saw; empty before the first one.
    /// Comes back within half a minute.
    fn look(&self, username: String, identity: String) -> BoxFuture<'_, EyeSaid>;
}

/// The eyes of the program. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Eyes(Arc<[Arc<dyn Eye>]>);

impl Eyes {
    pub(crate) fn new(eyes: impl IntoIterator<Item = Arc<dyn Eye>>) -> Self {
        Self(eyes.into_iter().collect())
    }

    /// The eye that must see a result before it is told.
    pub(super) fn of(&self, result: &ProbeResult) -> Option<Arc<dyn Eye>> {
        let is_news = result.bearing == Bearing::News;
        let mut eyes = self.0.iter().filter(|_| is_news);
        eyes.find(|eye| eye.site() == &*result.site).map(Arc::clone)
    }
}

/// A look with an eye, and the result that waits for it.
pub(super) struct EyeLook {
    eye: Arc<dyn Eye>,
    result: ProbeResult,
}

impl EyeLook {
    pub(super) fn new(eye: Arc<dyn Eye>, result: ProbeResult) -> Self {
        Self { eye, result }
    }

    pub(super) fn account(&self) -> i64 {
        self.result.account_id
    }

    /// Looks, and returns the result of both eyes.
    pub(super) async fn look(self, subject: Subject) -> ProbeResult {
        let Subject { username, identity } = subject;
        let said = self.eye.look(username, identity).await;
        tracing::debug!(account = self.result.account_id, ?said, "another eye");
        self.result.seen_with(said)
    }

    /// The result without a look.
    pub(super) fn unseen(self) -> ProbeResult {
        self.result
    }
}

impl ProbeResult {
    fn seen_with(self, said: EyeSaid) -> Self {
        let disagree = |seen: Sighting| self.verdict != Verdict::of(seen);
        match said {
            EyeSaid::Blind => self,
            EyeSaid::Exists { .. } if disagree(Sighting::Exists) => {
                self.without_verdict(Inconclusive::EyesDisagree)
            }
            EyeSaid::Missing if disagree(Sighting::Missing) => {
                self.without_verdict(Inconclusive::EyesDisagree)
            }
            EyeSaid::Exists { identity } => Self { identity, ..self },
            EyeSaid::Missing => self,
            EyeSaid::Restricted if disagree(Sighting::Exists) => {
                self.without_verdict(Inconclusive::Restricted)
            }
            EyeSaid::Restricted => self,
        }
    }

    fn without_verdict(self, why: Inconclusive) -> Self {
        Self {
            verdict: Verdict::Error,
            reason: why.key(),
            bearing: Bearing::Plain,
            ..self
        }
    }
}
