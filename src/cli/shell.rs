//! `vakhta completions SHELL` and `vakhta man [FOLDER]`: files that a package installs with the
//! program.
//!
//! Both are generated from the definition of the command line, so they are never out of date.

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Arguments, Failure, output};

/// The name the program is installed under.
const NAME: &str = "vakhta";

pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    output::write(&script)?;
    Ok(())
}

/// The page of the program to standard output, or the pages of all commands as files.
pub(super) fn man(folder: Option<&Path>) -> Result<(), Failure> {
    let command = Arguments::command();
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(command, folder))
            .with_context(|| format!("write the manual pages to {}", folder.display()))?;
        return Ok(());
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .context("write the manual page")?;
    output::write(&page)?;
    Ok(())
}
