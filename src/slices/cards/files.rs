//! Files of cards, made when their message is sent.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::card::Card;
use super::code::SCAN_PREFIX;
use super::label::{Dpi, Labels, MOST, Paper, PrintSettings};
use super::photo::Photos;
use super::store::{Batch, StoredCode};
use super::{CardsConfig, chart, store};
use crate::clock::UnixMs;
use crate::db::Connection;
use crate::i18n::{self, Lang};
use crate::people::Actor;
use crate::qr::{ErrorCorrection, Qr};
use crate::sheet::Sheet;
use crate::telegram::{Made, Recipe};
use crate::zone::Zone;

/// The maker's name in recipes.
pub(crate) const MAKER: &str = "cards";

const NAMELESS: &str = "Telegram has not said yet what we are called";

/// Labels of a shared code on one sheet.
const COPIES: usize = 30;

/// A file to make. Stored in outbox rows, so words and fields must never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "snake_case")]
enum CardFile {
    /// A stored photo.
    Photo {
        name: String,
    },
    Qr {
        card: i64,
        /// `None` for the shared code.
        code: Option<i64>,
        svg: bool,
    },
    Scans {
        card: Option<i64>,
        lang: String,
        zone: String,
    },
    /// A table for a printing house. A batch is named by its first code.
    Codes {
        card: i64,
        batch: i64,
    },
    Cards {
        lang: String,
        zone: String,
    },
    /// `at` is the moment that the chart shows.
    Chart {
        lang: String,
        at: i64,
    },
    Labels {
        card: i64,
        batch: Option<i64>,
        sheet: bool,
        side_mm: u32,
        dpi: u32,
    },
}

pub(super) fn photo(name: &str) -> anyhow::Result<Recipe> {
    let order = CardFile::Photo {
        name: name.to_owned(),
    };
    // The name is a hash of the content, so Telegram's copy can be reused.
    Ok(Recipe::photo(MAKER, &order)?.always_the_same(name))
}

/// A document, because Telegram recompresses photos.
pub(super) fn qr(card: i64, code: Option<i64>, svg: bool) -> anyhow::Result<Recipe> {
    Recipe::document(MAKER, &CardFile::Qr { card, code, svg })
}

pub(super) fn scans(actor: &Actor, card: Option<i64>) -> anyhow::Result<Recipe> {
    let order = CardFile::Scans {
        card,
        lang: actor.lang.word().to_owned(),
        zone: actor.zone.name().to_owned(),
    };
    Recipe::document(MAKER, &order)
}

pub(super) fn chart(actor: &Actor) -> anyhow::Result<Recipe> {
    let order = CardFile::Chart {
        lang: actor.lang.word().to_owned(),
        at: actor.now.0,
    };
    Recipe::photo(MAKER, &order)
}

pub(super) fn cards(actor: &Actor) -> anyhow::Result<Recipe> {
    let order = CardFile::Cards {
        lang: actor.lang.word().to_owned(),
        zone: actor.zone.name().to_owned(),
    };
    Recipe::document(MAKER, &order)
}

pub(super) fn codes(card: i64, batch: i64) -> anyhow::Result<Recipe> {
    Recipe::document(MAKER, &CardFile::Codes { card, batch })
}

pub(super) fn labels(
    card: i64,
    batch: Option<i64>,
    print: PrintSettings,
) -> anyhow::Result<Recipe> {
    let order = CardFile::Labels {
        card,
        batch,
        sheet: print.paper != Paper::Single,
        side_mm: print.side_mm,
        dpi: print.dpi.per_inch(),
    };
    Recipe::document(MAKER, &order)
}

#[derive(Debug, Clone)]
pub(crate) struct CardFiles {
    photos: Photos,
    base_url: Option<String>,
    zone: Zone,
}

impl CardFiles {
    /// `zone` is the configured one, because its days count the scans.
    #[must_use]
    pub(crate) fn new(config: &CardsConfig, photos: Photos, zone: Zone) -> Self {
        Self {
            photos,
            base_url: config.base_url.clone(),
            zone,
        }
    }

    /// # Errors
    /// If the recipe is invalid, refers to something that no longer exists, or the database or the
    /// disk fails.
    pub(crate) fn make(&self, connection: &Connection, recipe: &Recipe) -> anyhow::Result<Made> {
        match recipe.order()? {
            CardFile::Photo { name } => Ok(Made {
                bytes: self.photos.read(&name)?,
                name: "photo.jpg".to_owned(),
            }),
            CardFile::Qr { card, code, svg } => self.qr(connection, card, code, svg),
            CardFile::Scans { card, lang, zone } => scans_table(connection, card, &lang, &zone),
            CardFile::Cards { lang, zone } => self.cards(connection, &lang, &zone),
            CardFile::Codes { card, batch } => self.codes(connection, card, batch),
            CardFile::Chart { lang, at } => {
                let lang = Lang::from_word(&lang).context("a chart in an unknown language")?;
                let picture = chart::picture(connection, &self.zone, lang, UnixMs(at))?
                    .context("there is nothing to draw any more")?;
                Ok(Made {
                    name: "checks.png".to_owned(),
                    bytes: picture.chart.png()?.into(),
                })
            }
            CardFile::Labels {
                card,
                batch,
                sheet,
                side_mm,
                dpi,
            } => {
                let (card, shared, bot) = of(connection, card)?;
                let codes = match batch {
                    None if sheet => vec![shared.code; COPIES],
                    None => vec![shared.code],
                    Some(first) => {
                        let units = units(connection, card.id, first)?.1;
                        units.into_iter().map(|unit| unit.code).collect()
                    }
                };
                let print = PrintSettings {
                    paper: if sheet {
                        Paper::A4 { used: 0 }
                    } else {
                        Paper::Single
                    },
                    side_mm,
                    dpi: Dpi::from_number(dpi).context("labels for an unknown printer")?,
                };
                let start = start(self.base_url.as_deref(), &bot);
                let labels = Labels::new(&start, &codes, &format!("@{bot}"), print)?;
                Ok(Made {
                    name: format!("card-{}-labels-{dpi}dpi.pdf", card.id),
                    bytes: labels.pdf()?.into(),
                })
            }
        }
    }

    fn qr(
        &self,
        connection: &Connection,
        card: i64,
        code: Option<i64>,
        svg: bool,
    ) -> anyhow::Result<Made> {
        let (card, shared, bot) = of(connection, card)?;
        let printed = match code {
            None => shared,
            Some(id) => store::printed(connection, card.id, id)?.context("the code is gone")?,
        };
        let start = start(self.base_url.as_deref(), &bot);
        let qr = Qr::new(&start, printed.code.as_str(), ErrorCorrection::Quartile)?;
        let (bytes, kind) = if svg {
            (qr.svg().into_bytes(), "svg")
        } else {
            (qr.png()?, "png")
        };
        let name = match printed.serial {
            0 => format!("card-{}-qr.{kind}", card.id),
            serial => format!("card-{}-{serial}-qr.{kind}", card.id),
        };
        Ok(Made {
            name,
            bytes: bytes.into(),
        })
    }

    fn cards(&self, connection: &Connection, lang: &str, zone: &str) -> anyhow::Result<Made> {
        let (mut table, zone) = table_in(lang, zone)?;
        let bot = store::bot(connection)?.context(NAMELESS)?;
        let start = start(self.base_url.as_deref(), &bot.username);
        table.row([
            "card", "name", "state", "checks", "people", "made", "code", "url",
        ])?;
        store::each_card(connection, |card, code| {
            let state = if card.active { "active" } else { "inactive" };
            table.row([
                card.id.to_string(),
                card.name,
                state.to_owned(),
                card.checks.to_string(),
                card.people.to_string(),
                i18n::stamp(card.created_at, zone),
                code.to_owned(),
                format!("{start}{code}"),
            ])
        })?;
        Ok(Made {
            name: "cards.csv".to_owned(),
            bytes: table.finish()?.into(),
        })
    }

    fn codes(&self, connection: &Connection, card: i64, first: i64) -> anyhow::Result<Made> {
        let (card, _, bot) = of(connection, card)?;
        let (batch, units) = units(connection, card.id, first)?;
        let start = start(self.base_url.as_deref(), &bot);
        // Printing machines read the table, so it is the same in every language.
        let mut sheet = Sheet::new(Lang::En);
        sheet.row(["code", "url", "batch", "serial", "state", "checks"])?;
        for unit in units {
            sheet.row([
                unit.code.spoken(),
                format!("{start}{}", unit.code.as_str()),
                batch.name.clone(),
                unit.serial.to_string(),
                unit.state.word().to_owned(),
                unit.checks.to_string(),
            ])?;
        }
        Ok(Made {
            name: format!("card-{}-codes.csv", card.id),
            bytes: sheet.finish()?.into(),
        })
    }
}

/// A batch, and its codes.
fn units(
    connection: &Connection,
    card: i64,
    first: i64,
) -> anyhow::Result<(Batch, Vec<StoredCode>)> {
    let batch = store::batch(connection, card, first)?.context("the batch is gone")?;
    let units = store::unit_codes(connection, card, &batch.name, 0, MOST)?;
    Ok((batch, units))
}

/// A card, its shared code, and the bot's user name.
fn of(connection: &Connection, card: i64) -> anyhow::Result<(Card, StoredCode, String)> {
    let found = store::get(connection, card)?.context("the card is gone")?;
    let shared = store::shared(connection, card)?;
    let bot = store::bot(connection)?.context(NAMELESS)?;
    Ok((found, shared, bot.username))
}

/// An empty table in a language, and the zone of its times.
fn table_in(lang: &str, zone: &str) -> anyhow::Result<(Sheet, &'static Zone)> {
    let lang = Lang::from_word(lang).context("a table in an unknown language")?;
    let zone = Zone::named(zone).context("a table with times of an unknown zone")?;
    Ok((Sheet::new(lang), zone))
}

fn scans_table(
    connection: &Connection,
    card: Option<i64>,
    lang: &str,
    zone: &str,
) -> anyhow::Result<Made> {
    let (mut table, zone) = table_in(lang, zone)?;
    table.row([
        "at", "result", "card", "code", "batch", "serial", "person", "name", "username",
    ])?;
    store::export(connection, card, |scan| {
        let or_empty = |n: i64| if n == 0 { String::new() } else { n.to_string() };
        table.row([
            i18n::stamp(scan.at, zone),
            scan.outcome.word().to_owned(),
            scan.card,
            scan.code,
            scan.batch,
            or_empty(scan.serial.into()),
            or_empty(scan.person),
            scan.name,
            scan.username,
        ])
    })?;
    let name = match card {
        Some(card) => format!("card-{card}-scans.csv"),
        None => "scans.csv".to_owned(),
    };
    Ok(Made {
        name,
        bytes: table.finish()?.into(),
    })
}

/// The address before a printed code.
pub(super) fn start(base_url: Option<&str>, bot: &str) -> String {
    base_url.map_or_else(
        || format!("https://t.me/{bot}?start={SCAN_PREFIX}"),
        str::to_owned,
    )
}
