//! Something that goes on beside the looks: a page that is read, a group of results that is written.

use std::future::{Future, pending};
use std::pin::Pin;

type Errands<'a, T> = Pin<Box<dyn Future<Output = anyhow::Result<T>> + 'a>>;

/// One of a kind at a time, or none.
pub(super) struct Errand<'a, T>(Option<Errands<'a, T>>);

impl<T> Default for Errand<'_, T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'a, T> Errand<'a, T> {
    /// Begins one; what was under way is dropped.
    pub(super) fn begin(&mut self, errand: impl Future<Output = anyhow::Result<T>> + 'a) {
        self.0 = Some(Box::pin(errand));
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
    /// Those of the errand.
    pub(super) async fn done(&mut self) -> anyhow::Result<T> {
        let Some(errand) = &mut self.0 else {
            return pending().await;
        };
        let done = errand.await;
        self.0 = None;
        done
    }
}
