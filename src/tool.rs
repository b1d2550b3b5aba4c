//! What a language model may read of the program: tools that slices declare, and that the assistant runs for who asks.
//!
//! A tool only reads: it is given a connection that cannot write, and no way to a network. Must stay true: whose data it gives is
//! decided by [`Actor`] alone, whose rights were read for this very run and by the same connection; what a model says can narrow
//! that and never widen it. To a model there is no difference between a tool that does not exist and one that is not for who
//! asks.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::db::Connection;
use crate::people::{Actor, Role};

/// A question to the database that a model may ask.
pub trait Tool: fmt::Debug + Send + Sync {
    /// What a model calls it: small letters and `_`.
    fn name(&self) -> &'static str;

    /// What it is good for: a few English sentences for the model.
    fn purpose(&self) -> &'static str;

    /// What it can be given, as the JSON schema of an object.
    fn arguments(&self) -> Value;

    /// True for those who may use it.
    fn is_for(&self, role: Role) -> bool {
        role.is_member()
    }

    /// Reads. `arguments` is an object; what is null was left out of it.
    ///
    /// # Errors
    /// What is wrong with the arguments, in words for the model, or that the database fails.
    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        arguments: Value,
    ) -> Result<Value, ToolError>;
}

/// Why a tool gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It was used wrongly: a sentence for the model.
    #[error("{0}")]
    Misused(String),
    /// The database failed, which is nothing for a model.
    #[error(transparent)]
    Storage(#[from] anyhow::Error),
}

/// The arguments of a tool, read into its own type.
///
/// # Errors
/// Where they do not fit it.
pub fn parse<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolError> {
    serde_json::from_value(arguments).map_err(|err| ToolError::Misused(err.to_string()))
}

/// A number that is to lie within a range.
///
/// # Errors
/// Where it does not.
pub fn within(
    name: &str,
    number: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Result<u32, ToolError> {
    if range.contains(&number) {
        return Ok(number);
    }
    let (least, most) = (range.start(), range.end());
    Err(ToolError::Misused(format!(
        "{name} must be {least} to {most}"
    )))
}

/// All tools. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Toolbox(Arc<[Box<dyn Tool>]>);

impl From<Vec<Box<dyn Tool>>> for Toolbox {
    fn from(tools: Vec<Box<dyn Tool>>) -> Self {
        Self(tools.into())
    }
}

impl Toolbox {
    /// The tools for somebody with a role.
    pub fn offered(&self, role: Role) -> impl Iterator<Item = &dyn Tool> {
        let tools = self.0.iter().map(Box::as_ref);
        tools.filter(move |tool| tool.is_for(role))
    }

    /// Runs a tool as a model asks for it; `arguments` is the text it gives, which may be empty.
    ///
    /// # Errors
    /// When there is no such tool for the actor, and as [`Tool::run`].
    pub fn run(
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
