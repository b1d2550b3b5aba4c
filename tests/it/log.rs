//! What the program logs while a test runs.

use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Every event that was logged, as text with its fields.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<(tracing::Level, String)>>>);

impl Log {
    /// The lines of a level.
    pub(crate) fn at(&self, level: tracing::Level) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines
            .iter()
            .filter(|(of, _)| *of == level)
            .map(|(_, line)| line.clone())
            .collect()
    }

    /// True when a line contains a text.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.0
            .lock()
            .unwrap()
            .iter()
            .any(|(_, line)| line.contains(text))
    }

    pub(crate) fn assert_clean_of(&self, secret: &str) {
        for (_, line) in self.0.lock().unwrap().iter() {
            assert!(!line.contains(secret), "the token is in the log: {line}");
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Text(String);
        impl Visit for Text {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!(" {field}={value:?}"));
            }
        }
        let mut text = Text(event.metadata().target().to_owned());
        event.record(&mut text);
        self.0
            .lock()
            .unwrap()
            .push((*event.metadata().level(), text.0));
    }
}
