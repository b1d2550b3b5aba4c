//! The end of a button about labels: what to show, ask or print.

use std::fmt;

use crate::slices::cards::label::{Dpi, Paper, PrintSettings, SIDES};

/// What a button does with labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LabelsAct {
    Show,
    /// Shows the screen for a side in millimetres.
    Side(u32),
    AskSide,
    Print(PrintSettings),
}

impl LabelsAct {
    /// Nothing, a side, a side with paper and printer (`20:a4:300`), or `ask`.
    pub(super) fn parse(how: &str) -> Option<Self> {
        match how {
            "" => return Some(Self::Show),
            "ask" => return Some(Self::AskSide),
            _ => {}
        }
        let mut words = how.split(':');
        let side_mm = words.next()?.parse().ok();
        let side_mm = side_mm.filter(|mm| SIDES.contains(mm))?;
        let paper = match words.next() {
            None => return Some(Self::Side(side_mm)),
            Some("a4") => Paper::A4 { used: 0 },
            Some("single") => Paper::Single,
            Some(_) => return None,
        };
        let dpi = Dpi::from_number(words.next()?.parse().ok()?)?;
        Some(Self::Print(PrintSettings {
            paper,
            side_mm,
            dpi,
        }))
    }
}

impl fmt::Display for LabelsAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Show => Ok(()),
            Self::Side(mm) => write!(f, ":{mm}"),
            Self::AskSide => f.write_str(":ask"),
            Self::Print(print) => {
                let paper = match print.paper {
                    Paper::A4 { .. } => "a4",
                    Paper::Single => "single",
                };
                write!(f, ":{}:{paper}:{}", print.side_mm, print.dpi.per_inch())
            }
        }
    }
}
