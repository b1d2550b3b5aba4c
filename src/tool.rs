//! Tools with which a language model reads the program's data. Slices declare them, the assistant
//! runs them.
//!
//! A tool only reads: it gets a connection that cannot write, and no network.
//!
//! # Invariants
//!
//! - [`Actor`] alone decides whose data a tool returns; arguments can only narrow that.
//! - The actor's rights are read for each run, on the same connection.
//! - A tool that the actor may not use looks like a tool that does not exist.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::db::Connection;
use crate::people::{Actor, Role};

pub(crate) trait Tool: fmt::Debug + Send + Sync {
    /// Small letters and `_`.
    fn name(&self) -> &'static str;

    /// A few English sentences for the model.
    fn purpose(&self) -> &'static str;

    /// The JSON schema of the arguments, which are always an object.
    fn arguments(&self) -> Value;

    fn is_for(&self, role: Role) -> bool {
        role.is_member()
    }

    /// `arguments` is an object without nulls.
    ///
    /// # Errors
    /// What is wrong with the arguments, worded for the model, or a database error.
    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        arguments: Value,
    ) -> Result<Value, ToolError>;
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    /// A sentence for the model.
    #[error("{0}")]
    Misused(String),
    /// The model is not told about this.
    #[error(transparent)]
    Storage(#[from] anyhow::Error),
}

/// # Errors
/// A sentence for the model when the arguments do not fit the type.
pub(crate) fn parse<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolError> {
    serde_json::from_value(arguments).map_err(|err| ToolError::Misused(err.to_string()))
}

/// A numeric argument of a tool. The schema and the check use the same limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    pub name: &'static str,
    pub least: u32,
    pub most: u32,
    /// The number's meaning, for the model.
    pub about: &'static str,
}

impl Number {
    #[must_use]
    pub(crate) fn property(&self) -> (&'static str, Value) {
        let schema = json!({
            "type": "integer",
            "minimum": self.least,
            "maximum": self.most,
            "description": self.about,
        });
        (self.name, schema)
    }

    /// # Errors
    /// A sentence for the model when the number is out of range.
    pub(crate) fn check(&self, number: u32) -> Result<u32, ToolError> {
        let Self {
            name, least, most, ..
        } = *self;
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        Err(ToolError::Misused(format!(
            "{name} must be {least} to {most}"
        )))
    }
}

/// A text argument of a tool. The schema and the check use the same limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub name: &'static str,
    /// Maximum length in characters.
    pub longest: usize,
    pub example: &'static str,
    /// The text's meaning, for the model.
    pub about: &'static str,
}

impl Text {
    #[must_use]
    pub(crate) fn property(&self) -> (&'static str, Value) {
        let schema = json!({
            "type": "string",
            "maxLength": self.longest,
            "examples": [self.example],
            "description": self.about,
        });
        (self.name, schema)
    }

    /// The text without spaces around it.
    ///
    /// # Errors
    /// A sentence for the model when the text is empty or too long.
    pub(crate) fn check<'t>(&self, text: &'t str) -> Result<&'t str, ToolError> {
        let Self { name, longest, .. } = *self;
        if (1..=longest).contains(&text.chars().count()) {
            return Ok(text.trim());
        }
        Err(ToolError::Misused(format!(
            "{name} must have 1 to {longest} letters"
        )))
    }
}

/// The schema of an object whose properties are all optional.
pub(crate) fn schema<const N: usize>(properties: [(&'static str, Value); N]) -> Value {
    let properties: Map<String, Value> = properties
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

/// Clones share the tools.
#[derive(Debug, Clone, Default)]
pub(crate) struct Toolbox(Arc<[Box<dyn Tool>]>);

impl From<Vec<Box<dyn Tool>>> for Toolbox {
    fn from(tools: Vec<Box<dyn Tool>>) -> Self {
        Self(tools.into())
    }
}

impl Toolbox {
    pub(crate) fn offered(&self, role: Role) -> impl Iterator<Item = &dyn Tool> {
        let tools = self.0.iter().map(Box::as_ref);
        tools.filter(move |tool| tool.is_for(role))
    }

    /// `arguments` is the text that the model wrote; it may be empty.
    ///
    /// # Errors
    /// When the actor has no such tool, and as for [`Tool::run`].
    pub(crate) fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        name: &str,
        arguments: &str,
    ) -> Result<Value, ToolError> {
        let misused = |what: &str| ToolError::Misused(what.to_owned());
        let tool = self.offered(actor.role).find(|tool| tool.name() == name);
        let tool = tool.ok_or_else(|| misused("there is no such tool"))?;
        let arguments = match arguments.trim() {
            "" => Ok(Map::new()),
            text => serde_json::from_str(text),
        };
        let mut arguments: Map<String, Value> =
            arguments.map_err(|_| misused("the arguments are not a JSON object"))?;
        arguments.retain(|_, value| !value.is_null());
        tool.run(connection, actor, Value::Object(arguments))
    }
}
