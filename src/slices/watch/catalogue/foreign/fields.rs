//! Reads one entry of a JSON file field by field and collects every problem.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::slices::watch::catalogue::{EntryFault, read};

/// A JSON object in source order, repeated names included.
pub(super) struct Pairs<T>(pub(super) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Pairs<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

/// An entry's unread fields and its problems so far.
pub(super) struct Fields {
    given: BTreeMap<String, Value>,
    problems: Vec<(EntryFault, String)>,
}

impl Fields {
    /// Unknown and repeated fields are problems.
    pub(super) fn new(given: Vec<(String, Value)>, known: &[&str]) -> Self {
        let mut fields = Self {
            given: BTreeMap::new(),
            problems: Vec::new(),
        };
        for (name, value) in given {
            if !known.contains(&name.as_str()) {
                let reason = format!("unknown field {name:?}{}", read::hint(&name, known));
                fields.refuse(EntryFault::UnknownField, reason);
                continue;
            }
            match fields.given.entry(name) {
                Entry::Vacant(free) => {
                    free.insert(value);
                }
                Entry::Occupied(first) => {
                    let reason = format!("{} is there twice", first.key());
                    fields.problems.push((EntryFault::Duplicate, reason));
                }
            }
        }
        fields
    }

    /// Notes that the entry cannot be used.
    pub(super) fn refuse(&mut self, fault: EntryFault, reason: String) {
        self.problems.push((fault, reason));
    }

    /// The entry's own name.
    pub(super) fn label(&self) -> Option<String> {
        self.given.get("name")?.as_str().map(str::to_owned)
    }

    pub(super) fn into_problems(self) -> Vec<(EntryFault, String)> {
        self.problems
    }

    /// Takes a field and reads it with `read`. Returns `None` for a missing field, and for a field
    /// of the wrong type, which is also a problem.
    fn take<T>(
        &mut self,
        name: &str,
        what: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.given.get(name)?;
        let taken = read(value);
        if taken.is_none() {
            let reason = format!("{name} is {}, not {what}", kind_of(value));
            self.refuse(EntryFault::Field, reason);
        }
        taken
    }

    /// A missing required field is a problem.
    pub(super) fn require(&mut self, names: &[&str]) {
        for name in names {
            if !self.given.contains_key(*name) {
                self.refuse(EntryFault::Field, format!("{name} is missing"));
            }
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, "a text", |value| value.as_str().map(str::to_owned))
    }

    /// A boolean.
    pub(super) fn yes(&mut self, name: &str) -> Option<bool> {
        self.take(name, "true or false", Value::as_bool)
    }

    pub(super) fn status(&mut self, name: &str) -> Option<u16> {
        self.take(name, "a status code", status)
    }

    /// One status code or a list of them.
    pub(super) fn statuses(&mut self, name: &str) -> Vec<u16> {
        self.take(name, "a status code or a list of them", |value| {
            one_or_list(value, status)
        })
        .unwrap_or_default()
    }

    /// One string or a list of strings.
    pub(super) fn list(&mut self, name: &str) -> Vec<String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        self.take(name, "a text or a list of texts", |value| {
            one_or_list(value, text)
        })
        .unwrap_or_default()
    }

    /// An object whose values are strings.
    pub(super) fn texts(&mut self, name: &str) -> BTreeMap<String, String> {
        self.take(name, "an object of texts", |value| {
            let pairs = value.as_object()?.iter();
            pairs
                .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect()
        })
        .unwrap_or_default()
    }

    /// An object of any shape.
    pub(super) fn object(&mut self, name: &str) -> Option<Value> {
        self.take(name, "an object", |value| {
            value.is_object().then(|| value.clone())
        })
    }
}

fn status(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|number| u16::try_from(number).ok())
}

fn one_or_list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    match value {
        Value::Array(values) => values.iter().map(read).collect(),
        value => Some(vec![read(value)?]),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
