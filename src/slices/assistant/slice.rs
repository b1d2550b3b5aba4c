//! The assistant as a slice: `/ask`, plain texts, its buttons, its worker and its HTTP API.

use futures_util::future::BoxFuture;
use serde_json::json;

use super::progress::ProgressStreams;
use super::worker;
use super::{
    AssistantConfig, AssistantContext, AssistantHandlers, api, doctor, notices, shutdown, store,
};
use crate::activation::Activator;
use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::http_server::Routes;
use crate::http_server::health::{GaugeName, Sign, Unit};
use crate::i18n::Lang;
use crate::people::Actor;
use crate::slice::{
    About, Board, Callbacks, Command, Context, Finding, Input, Parts, Shown, Slice, Who,
};
use crate::tasks::ThreadEnd;
use crate::telegram::{Answer, ChatKind, Outgoing};
use crate::zone::Zone;

/// Also what remains while the assistant is switched off.
const ABOUT: About = About {
    retention: &store::KEPT,
    ..About::named("assistant")
};

/// Only members may ask a question in a group. Everybody may press its buttons; somebody without
/// the right is told so.
const COMMANDS: &[Command] = &[Command {
    refusal: "assistant-members-only",
    ..Command::private("ask", Who::Member)
        .group(Who::Member)
        .menu(12, "command-ask")
}];

const CALLBACKS: &[Callbacks] = &[Callbacks::private("ask", Who::Member).group(Who::Anyone)];

const OPEN: GaugeName = GaugeName {
    name: "vakhta_questions_open",
    unit: Unit::Count,
    what: "Questions to the assistant without an answer yet.",
};
const OLDEST: GaugeName = GaugeName {
    name: "vakhta_questions_oldest_seconds",
    unit: Unit::Seconds,
    what: "How long the oldest of them has waited.",
};

#[derive(Debug)]
pub(crate) struct Assistant {
    config: AssistantConfig,
    handlers: AssistantHandlers,
    progress: ProgressStreams,
    bell: Activator,
    zone: Zone,
    language: Lang,
}

impl Assistant {
    /// `zone` determines when a day of the budget begins; `language` is for admins with an unknown
    /// language.
    pub(crate) fn new(config: AssistantConfig, zone: Zone, language: Lang) -> Self {
        let (progress, bell) = (ProgressStreams::default(), Activator::new());
        Self {
            handlers: AssistantHandlers::new(&config, zone.clone(), progress.clone(), bell.clone()),
            config,
            progress,
            bell,
            zone,
            language,
        }
    }

    fn parts(&self, parts: Parts<'_>) -> AssistantContext {
        let tools = if self.config.tools {
            parts.slices.tools()
        } else {
            Vec::new()
        };
        AssistantContext {
            config: self.config.clone(),
            db: parts.db.clone(),
            clock: parts.clock.clone(),
            tools: tools.into(),
            proxy: parts.proxy.clone(),
            progress: self.progress.clone(),
            bell: self.bell.clone(),
            zone: self.zone.clone(),
            language: self.language,
        }
    }

    fn ask(&self, cx: &Context<'_>, text: &str) -> anyhow::Result<Answer> {
        match cx.event.chat.map(|chat| chat.kind) {
            Some(ChatKind::Group) => self.handlers.ask_in_group(cx.tx, cx.actor, cx.event, text),
            _ => self.handlers.ask(cx.tx, cx.actor, text),
        }
    }
}

impl Slice for Assistant {
    fn about(&self) -> About {
        About {
            commands: COMMANDS,
            callbacks: CALLBACKS,
            ..ABOUT
        }
    }

    fn handle(&self, cx: &Context<'_>, input: Input<'_>) -> anyhow::Result<Option<Answer>> {
        match input {
            Input::Command { args, .. } => self.ask(cx, args).map(Some),
            Input::Text(text) => self.ask(cx, text).map(Some),
            Input::Callback(data) => self.handlers.callback(cx.tx, cx.actor, data).map(Some),
            Input::Step(_) | Input::File(..) => Ok(None),
        }
    }

    fn show(&self, cx: &Context<'_>, board: Board, shown: &mut Shown) -> anyhow::Result<()> {
        match board {
            Board::Status => shown.lines.push(notices::state(cx.tx, cx.actor)?),
            Board::Privacy => shown.lines.push(self.handlers.privacy(shown.lang)),
            _ => {}
        }
        Ok(())
    }

    fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        let ended = notices::end_thinking(tx, actor)?;
        self.handlers.forget(tx, actor.id)?;
        Ok(ended)
    }

    fn start<'a>(&'a self, parts: Parts<'a>) -> BoxFuture<'a, anyhow::Result<Option<ThreadEnd>>> {
        Box::pin(async move {
            if !parts.is_bot {
                return Ok(None);
            }
            worker::start(self.parts(parts), parts.tasks).await
        })
    }

    fn health(
        &self,
        connection: &Connection,
        now: UnixMs,
        _started_at: UnixMs,
    ) -> anyhow::Result<Option<Sign>> {
        let counts = store::counts(connection, now)?;
        Ok(Some(Sign {
            part: "assistant",
            is_failing: false,
            member: json!({ "open": counts.open, "oldest_s": counts.oldest.as_secs() }),
            gauges: vec![
                OPEN.is(counts.open as f64),
                OLDEST.is(counts.oldest.as_secs_f64()),
            ],
        }))
    }

    fn doctor(&self) -> BoxFuture<'_, Option<Finding>> {
        Box::pin(async { Some(doctor::examine(&self.config).await) })
    }

    fn routes(&self, parts: Parts<'_>) -> Option<Routes> {
        Some(api::routes(self.parts(parts), parts.tasks.stop_token()))
    }
}

/// The assistant while it is switched off: earlier questions are ended, kept and forgotten.
#[derive(Debug)]
pub(crate) struct AssistantOff {
    pub(crate) language: Lang,
}

impl Slice for AssistantOff {
    fn about(&self) -> About {
        ABOUT
    }

    fn forget(&self, tx: &WriteTx<'_>, actor: &Actor) -> anyhow::Result<Vec<Outgoing>> {
        let ended = notices::end_thinking(tx, actor)?;
        store::forget(tx, actor.id)?;
        Ok(ended)
    }

    fn doctor(&self) -> BoxFuture<'_, Option<Finding>> {
        Box::pin(async { Some(Finding::off()) })
    }

    fn start<'a>(&'a self, parts: Parts<'a>) -> BoxFuture<'a, anyhow::Result<Option<ThreadEnd>>> {
        Box::pin(async move {
            if parts.is_bot {
                shutdown::end_open_questions(parts.db, parts.clock, self.language).await?;
            }
            Ok(None)
        })
    }
}
