//! Work beside the probes: reading a page, writing a group of results.

use std::future::{Future, pending};
use std::pin::Pin;

type Running<'a, T> = Pin<Box<dyn Future<Output = anyhow::Result<T>> + 'a>>;

/// One of a kind at a time, or none.
pub(super) struct SideJob<'a, T>(Option<Running<'a, T>>);

impl<T> Default for SideJob<'_, T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'a, T> SideJob<'a, T> {
    /// Begins one; what was under way is dropped.
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

    /// The end of what is under way; never, when nothing is.
    ///
    /// # Errors
    /// Those of the job.
    pub(super) async fn done(&mut self) -> anyhow::Result<T> {
        let Some(job) = &mut self.0 else {
            return pending().await;
        };
        let done = job.await;
        self.0 = None;
        done
    }
}
