//! The files that the bot sends: which slice makes which, and what is said in place of one.

use anyhow::bail;

use crate::db::Connection;
use crate::html::Html;
use crate::i18n::{self, Lang};
use crate::telegram::{Made, Recipe, Workshop};

/// What a slice offers: makes its files, as [`Workshop::make`] does.
type Maker = Box<dyn Fn(&Connection, &Recipe) -> anyhow::Result<Made> + Send + Sync>;

/// Every slice's maker by its name.
pub struct Files {
    language: Lang,
    makers: Vec<(&'static str, Maker)>,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.makers.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Files {
    /// Without makers yet; `language` is for chats whose own is not known.
    #[must_use]
    pub fn new(language: Lang) -> Self {
        Self {
            language,
            makers: Vec::new(),
        }
    }

    /// Adds a maker; recipes name it.
    #[must_use]
    pub fn with(
        mut self,
        name: &'static str,
        make: impl Fn(&Connection, &Recipe) -> anyhow::Result<Made> + Send + Sync + 'static,
    ) -> Self {
        self.makers.push((name, Box::new(make)));
        self
    }
}

impl Workshop for Files {
    fn make(&self, connection: &Connection, recipe: &Recipe) -> anyhow::Result<Made> {
        let named = self.makers.iter().find(|(name, _)| *name == recipe.maker());
        let Some((_, make)) = named else {
            bail!("nobody makes files for {}", recipe.maker());
        };
        make(connection, recipe)
    }

    fn sorry(&self, language: &str) -> Html {
        i18n::text(
            Lang::from_code(language).unwrap_or(self.language),
            "file-not-made",
        )
    }
}
