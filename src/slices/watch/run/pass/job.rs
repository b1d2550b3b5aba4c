//! Work beside the probes: reading a page, writing a group of results.

use std::future::{Future, pending};
use std::pin::Pin;

type Running<'a, T> = Pin<Box<dyn Future<Output = anyhow::Result<T>> + 'a>>;

/// At most one running job of a kind.
pub(super) struct SideJob<'a, T>(Option<Running<'a, T>>);

impl<T> Default for SideJob<'_, T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'a, T> SideJob<'a, T> {
    /// Begins a job and drops the one under way.
    pub(super) fn begin(&mut self, job: impl Future<Output = anyhow::Result<T>> + 'a) {
        self.0 = Some(Box::pin(job));
    }

    /// Drops what is under way.
    pub(super) fn drop_it(&mut self) {
        self.0 = None;
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.0.is_some()
    }

    /// Waits for the job under way. Without one, waits indefinitely.
    ///
    /// # Errors
    /// The errors of the job.
    pub(super) async fn done(&mut self) -> anyhow::Result<T> {
        let Some(job) = &mut self.0 else {
            return pending().await;
        };
        let done = job.await;
        self.0 = None;
        done
    }
}
