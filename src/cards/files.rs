//! The files that cards make when their messages go out.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::card::Card;
use super::code::{Code, SCAN_PREFIX};
use super::label::{Dpi, Labels, Paper, Print};
use super::photo::Photos;
use super::qr::{Level, Qr};
use super::{CardsConfig, store};
use crate::db::Connection;
use crate::telegram::{Made, Recipe};

/// The name of cards in recipes.
pub const MAKER: &str = "cards";

/// Labels of a shared code on a sheet.
const COPIES: usize = 30;

/// What a recipe of cards asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "snake_case")]
enum Order {
    /// A photo that was kept.
    Photo { name: String },
    /// The code of a card as a picture.
    Qr { card: i64, svg: bool },
    /// Labels with the code of a card.
    Labels {
        card: i64,
        sheet: bool,
        side_mm: u32,
        dpi: u32,
    },
}

/// The recipe of a photo.
pub(super) fn photo(name: &str) -> anyhow::Result<Recipe> {
    let name = name.to_owned();
    Recipe::photo(MAKER, &Order::Photo { name })
}

/// The recipe of a code's picture: a document, because Telegram spoils what is sent as a photo.
pub(super) fn qr(card: i64, svg: bool) -> anyhow::Result<Recipe> {
    Recipe::document(MAKER, &Order::Qr { card, svg })
}

/// The recipe of labels.
pub(super) fn labels(card: i64, print: Print) -> anyhow::Result<Recipe> {
    let order = Order::Labels {
        card,
        sheet: print.paper != Paper::Single,
        side_mm: print.side_mm,
        dpi: print.dpi.per_inch(),
    };
    Recipe::document(MAKER, &order)
}

/// Makes the files of cards.
#[derive(Debug, Clone)]
pub struct CardFiles {
    photos: Photos,
    base_url: Option<String>,
}

impl CardFiles {
    /// With the pictures of a database.
    #[must_use]
    pub fn new(config: &CardsConfig, photos: Photos) -> Self {
        Self {
            photos,
            base_url: config.base_url.clone(),
        }
    }

    /// Makes a file that a recipe of cards asks for.
    ///
    /// # Errors
    /// When the recipe is not understood, what it names is gone, or the database or the disk fails.
    pub fn make(&self, connection: &Connection, recipe: &Recipe) -> anyhow::Result<Made> {
        match recipe.order()? {
            Order::Photo { name } => Ok(Made {
                bytes: self.photos.read(&name)?,
                name: "photo.jpg".to_owned(),
            }),
            Order::Qr { card, svg } => {
                let (card, code, bot) = of(connection, card)?;
                let qr = Qr::new(
                    &start(self.base_url.as_deref(), &bot),
                    &code,
                    Level::Quartile,
                )?;
                let (bytes, kind) = if svg {
                    (qr.svg().into_bytes(), "svg")
                } else {
                    (qr.png()?, "png")
                };
                Ok(Made {
                    name: format!("card-{}-qr.{kind}", card.id),
                    bytes: bytes.into(),
                })
            }
            Order::Labels {
                card,
                sheet,
                side_mm,
                dpi,
            } => {
                let (card, code, bot) = of(connection, card)?;
                let print = Print {
                    paper: if sheet {
                        Paper::A4 { used: 0 }
                    } else {
                        Paper::Single
                    },
                    side_mm,
                    dpi: Dpi::from_number(dpi).context("labels for an unknown printer")?,
                };
                let copies = if sheet { COPIES } else { 1 };
                let start = start(self.base_url.as_deref(), &bot);
                let labels = Labels::new(&start, &vec![code; copies], &format!("@{bot}"), print)?;
                Ok(Made {
                    name: format!("card-{}-labels-{dpi}dpi.pdf", card.id),
                    bytes: labels.pdf()?.into(),
                })
            }
        }
    }
}

fn of(connection: &Connection, card: i64) -> anyhow::Result<(Card, Code, String)> {
    let found = store::get(connection, card)?.context("the card is gone")?;
    let code = store::shared_code(connection, card)?;
    let bot =
        store::bot_name(connection)?.context("Telegram has not said yet what we are called")?;
    Ok((found, code, bot))
}

/// What a printed code stands behind.
pub(super) fn start(base_url: Option<&str>, bot: &str) -> String {
    base_url.map_or_else(
        || format!("https://t.me/{bot}?start={SCAN_PREFIX}"),
        str::to_owned,
    )
}
