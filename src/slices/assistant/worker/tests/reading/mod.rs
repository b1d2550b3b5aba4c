//! Rounds with tools: what a model is told, what it is not told, and that every attempt ends.

mod rights;
mod rounds;

use std::fmt;

use serde_json::{Value, json};

use super::*;
use crate::db::Connection;
use crate::people::{Actor, Role};
use crate::tool::{Tool, ToolError};

type Run = Box<dyn Fn(&Connection, &Actor, Value) -> Result<Value, ToolError> + Send + Sync>;

struct Tested {
    name: &'static str,
    least: Role,
    run: Run,
}

impl fmt::Debug for Tested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Tool for Tested {
    fn name(&self) -> &'static str {
        self.name
    }

    fn purpose(&self) -> &'static str {
        "Is for a test."
    }

    fn arguments(&self) -> Value {
        json!({ "type": "object" })
    }

    fn is_for(&self, role: Role) -> bool {
        role >= self.least
    }

    fn run(
        &self,
        connection: &Connection,
        actor: &Actor,
        given: Value,
    ) -> Result<Value, ToolError> {
        (self.run)(connection, actor, given)
    }
}

fn tool(
    name: &'static str,
    run: impl Fn(&Connection, &Actor, Value) -> Result<Value, ToolError> + Send + Sync + 'static,
) -> Box<dyn Tool> {
    Box::new(Tested {
        name,
        least: Role::User,
        run: Box::new(run),
    })
}

fn secret() -> Box<dyn Tool> {
    Box::new(Tested {
        name: "secret",
        least: Role::Admin,
        run: Box::new(|_, actor, _| {
            assert!(actor.role.is_admin());
            Ok("of others".into())
        }),
    })
}

/// Returns this many letters.
fn bulk(letters: usize) -> Box<dyn Tool> {
    tool("bulk", move |_, _, _| Ok("x".repeat(letters).into()))
}

/// A fixture with four tools: one echoes the person and its arguments, one is for admins, one
/// returns much, one fails.
async fn fixture() -> Fixture {
    let mirror = tool("mirror", |_, actor, given| {
        Ok(json!({ "asker": actor.id, "role": actor.role.word(), "given": given }))
    });
    let broken = tool("broken", |connection, _, _| {
        let written = connection.execute("DELETE FROM person", []);
        Err(ToolError::Storage(written.unwrap_err().into()))
    });
    Fixture::with(vec![mirror, secret(), bulk(20 * 1024), broken].into()).await
}

fn calls(tools: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, arguments): &(&str, &str)| ((*name).to_owned(), (*arguments).to_owned());
    tools.iter().map(owned).collect()
}

impl Fixture {
    async fn set_role(&self, role: Role) {
        let set = self
            .context
            .db
            .write(move |tx| people::set_role(tx, ANN, role));
        set.await.unwrap();
    }

    /// Asks a question whose first round uses tools and whose second round is held back; returns
    /// when the second has begun.
    async fn ask_and_hold(&self, tools: &[(&str, &str)]) -> String {
        self.model.next([ModelReply::Reads(calls(tools))]);
        self.model.set(ModelReply::Held);
        self.model.hold(true);
        let before = self.model.calls().len();
        let id = self.ask("who am I?").await;
        let second = |model: &PretendModel| model.calls().len() == before + 2;
        let waited = self.model.wait_until("a second round", LIMIT, second);
        waited.await.unwrap();
        id
    }
}

fn offered(call: &crate::demo::model::ModelCall) -> Vec<&str> {
    let tools = call.body.get("tools").and_then(Value::as_array);
    let names = tools.into_iter().flatten();
    names
        .filter_map(|tool| tool.pointer("/function/name")?.as_str())
        .collect()
}
