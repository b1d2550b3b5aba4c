//! The parameters of one call, in any of their four encodings: query, form, JSON or multipart.
//!
//! Forms carry everything as text and JSON does not, so the readers here accept both, as the
//! official server does.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};

use crate::demo::wire::{self, Request};

/// A file inside a request.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) bytes: Arc<Vec<u8>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    pub(crate) fields: Map<String, Value>,
    pub(crate) files: HashMap<String, Upload>,
}

impl Params {
    /// Reads a request; a malformed body is refused with a description.
    pub(crate) fn read(request: &Request) -> Result<Self, String> {
        let mut params = Self::default();
        params.add_form(request.query.as_bytes());
        let kind = request.header("content-type").unwrap_or_default();
        if kind.starts_with("application/json") {
            if !request.body.is_empty() {
                let body = serde_json::from_slice(&request.body);
                let Ok(Value::Object(body)) = body else {
                    return Err("can't parse JSON object".to_owned());
                };
                params.fields.extend(body);
            }
        } else if kind.starts_with("multipart/form-data") {
            let boundary = kind
                .split("boundary=")
                .nth(1)
                .unwrap_or_default()
                .trim_matches('"');
            params
                .add_multipart(&request.body, boundary)
                .ok_or("can't parse multipart form data")?;
        } else {
            params.add_form(&request.body);
        }
        Ok(params)
    }

    fn add_form(&mut self, form: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(form) {
            self.fields
                .insert(name.into_owned(), Value::String(value.into_owned()));
        }
    }

    fn add_multipart(&mut self, body: &[u8], boundary: &str) -> Option<()> {
        if boundary.is_empty() {
            return None;
        }
        let opening = format!("--{boundary}");
        let closing = format!("\r\n--{boundary}");
        let mut rest = body.get(wire::find(body, opening.as_bytes())? + opening.len()..)?;
        while let Some(part) = rest.strip_prefix(b"\r\n") {
            let end = wire::find(part, closing.as_bytes())?;
            let (head, content) = split_head(part.get(..end)?)?;
            rest = part.get(end + closing.len()..)?;
            let name = quoted(&head, " name=")?;
            match quoted(&head, "filename=") {
                Some(file) => {
                    self.files.insert(
                        name,
                        Upload {
                            name: file,
                            bytes: Arc::new(content.to_vec()),
                        },
                    );
                }
                None => {
                    let value = String::from_utf8_lossy(content).into_owned();
                    self.fields.insert(name, Value::String(value));
                }
            }
        }
        rest.starts_with(b"--").then_some(())
    }

    /// A text; numbers and booleans are taken as written.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// A switch; anything that does not mean yes means no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1"))
    }

    /// A structure, given directly or as JSON in a text.
    pub(crate) fn structure(&self, name: &str) -> Result<Option<Value>, String> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| format!("can't parse {name} JSON object")),
            Some(other) => Ok(Some(other.clone())),
        }
    }

    /// The record of the call for the tests: the fields, and for each file its name and size.
    pub(crate) fn record(&self) -> Value {
        let mut fields = self.fields.clone();
        for (field, upload) in &self.files {
            let file = serde_json::json!({ "file_name": upload.name, "size": upload.bytes.len() });
            fields.insert(field.clone(), file);
        }
        Value::Object(fields)
    }
}

fn split_head(part: &[u8]) -> Option<(String, &[u8])> {
    let end = wire::find(part, b"\r\n\r\n")?;
    Some((
        String::from_utf8_lossy(part.get(..end)?).into_owned(),
        part.get(end + 4..)?,
    ))
}

fn quoted(head: &str, key: &str) -> Option<String> {
    let after = head.split(key).nth(1)?;
    let value = match after.strip_prefix('"') {
        Some(inner) => inner.split('"').next(),
        None => after.split([';', '\r']).next(),
    };
    value.map(str::to_owned)
}
