//! `vakhta backup PATH`: a consistent copy of a live database.

use std::path::Path;

use super::{Failure, output};
use crate::config::Config;
use crate::db;

pub(super) fn run(config: &Config, target: &Path) -> Result<(), Failure> {
    db::backup(&config.database, target)?;
    let size = target.metadata().map_or(0, |file| file.len());
    output::say(&format!("{} ({size} bytes)", target.display()));
    Ok(())
}
