//! `vakhta backup PATH`: a consistent copy of a live database, with the photos of cards beside it.

use std::path::Path;

use super::{Failure, output};
use crate::config::Config;
use crate::db;
use crate::slices::cards::photo;

pub(super) fn run(config: &Config, target: &Path) -> Result<(), Failure> {
    db::backup(&config.database, target)?;
    // A photo exists before a row names it, so none is missing if photos are copied after the rows.
    let photos = photo::backup(&config.database, target)?;
    let size = target.metadata().map_or(0, |file| file.len());
    let with_photos = if photos > 0 {
        format!(", {photos} photos")
    } else {
        String::new()
    };
    output::say(&format!("{} ({size} bytes{with_photos})", target.display()))?;
    Ok(())
}
