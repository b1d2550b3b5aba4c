//! Models without tool support, according to their endpoint.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Kept until the program ends. Only configured models are added, so the set stays small.
#[derive(Debug, Default)]
pub(super) struct ToollessModels(Mutex<HashSet<String>>);

impl ToollessModels {
    pub(super) fn contains(&self, model: &str) -> bool {
        let models = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        models.contains(model)
    }

    pub(super) fn add(&self, model: &str) {
        let mut models = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        models.insert(model.to_owned());
    }
}
