//! The context that all parts of the assistant share.

use super::AssistantConfig;
use super::progress::ProgressStreams;
use crate::activation::Activator;
use crate::clock::Clock;
use crate::db::Db;
use crate::i18n::Lang;
use crate::telegram::BotProxy;
use crate::tool::Toolbox;
use crate::zone::Zone;

#[derive(Debug, Clone)]
pub(crate) struct AssistantContext {
    pub(crate) config: AssistantConfig,
    pub(crate) db: Db,
    pub(crate) tools: Toolbox,
    pub(crate) clock: Clock,
    pub(crate) proxy: BotProxy,
    pub(crate) progress: ProgressStreams,
    /// Rung when a question is new or due.
    pub(crate) bell: Activator,
    /// The budget's day begins and ends in this zone.
    pub(crate) zone: Zone,
    /// For chats that have not chosen a language.
    pub(crate) language: Lang,
}
