//! Lists the locales for `src/i18n/catalogue.rs` and tells the linker how to write the program.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    std::fs::write(
        Path::new(&told_by_cargo("OUT_DIR")).join("catalogues.rs"),
        catalogues()?,
    )?;
    if told_by_cargo("CARGO_CFG_TARGET_ENV") == "gnu" {
        // Addresses that are set at the start take half a megabyte of memory as a plain list, and
        // nothing as a bitmap. glibc 2.36 and later read it.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    Ok(())
}

/// The files `locales/{ru,en}/*.ftl` as an array of `Catalogue`s.
fn catalogues() -> Result<String, Box<dyn Error>> {
    let mut entries = Vec::new();
    for (folder, lang) in [("ru", "Ru"), ("en", "En")] {
        let files: Result<Vec<PathBuf>, _> = std::fs::read_dir(Path::new("locales").join(folder))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect();
        let mut files = files?;
        files.sort();
        entries.extend(files.into_iter().map(|file| (lang, file)));
    }
    let mut code = format!(
        "pub(super) static CATALOGUES: [Catalogue; {}] = [\n",
        entries.len()
    );
    // The compiler adds the folder, so a build that was copied to another place reads that place.
    for (lang, file) in entries {
        writeln!(
            code,
            "Catalogue::new(Lang::{lang}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/\", {file:?}))),"
        )?;
    }
    code.push_str("];\n");
    Ok(code)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is how Cargo tells a build script what it builds for"
)]
fn told_by_cargo(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
