//! The files that the bot sends: finds the slice that makes a file, and the apology if it cannot be
//! made.

use anyhow::bail;

use crate::bot::put_aside;
use crate::clock::UnixMs;
use crate::db::{Connection, WriteTx};
use crate::html::Html;
use crate::i18n::{self, Lang};
use crate::slice::{FileMaker, Slices};
use crate::telegram::{FileMakers, Made, Recipe};

/// The makers of all slices by the slices' names.
pub(crate) struct Files {
    language: Lang,
    makers: Vec<(&'static str, FileMaker)>,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.makers.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Files {
    /// `language` is for chats with an unknown language.
    pub(crate) fn new(slices: &Slices, language: Lang) -> Self {
        let makers = slices
            .iter()
            .filter_map(|slice| Some((slice.about().name, slice.file_maker(slices)?)));
        Self {
            language,
            makers: makers.collect(),
        }
    }
}

impl FileMakers for Files {
    fn make(&self, connection: &Connection, recipe: &Recipe) -> anyhow::Result<Made> {
        let named = self.makers.iter().find(|(name, _)| *name == recipe.maker());
        let Some((_, make)) = named else {
            bail!("nobody makes files for {}", recipe.maker());
        };
        make(connection, recipe)
    }

    fn sorry(&self, language: &str) -> Html {
        i18n::text(
            Lang::from_word(language).unwrap_or(self.language),
            "file-not-made",
        )
    }

    fn put_aside(
        &self,
        tx: &WriteTx<'_>,
        now: UnixMs,
        row: i64,
        chat_id: i64,
    ) -> anyhow::Result<()> {
        put_aside::file(tx, now, self.language, row, chat_id)
    }
}
