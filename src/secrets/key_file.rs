//! The key file: read, made once, and exchanged.
//!
//! A rotation leaves a readable state wherever it is killed: the former key stays beside the new
//! one (`.old`) until everything is sealed anew.
//!
//! # Invariants
//! - A key file is made with mode 600, and complete or not at all.
//! - A symlink is never followed, and a file that others can read is refused.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use zeroize::Zeroizing;

use super::{Key, Keyring, SecretsConfig};
use crate::settings;

/// The file with this ending has the former key while a rotation is not finished.
const FORMER: &str = ".old";
const UNFINISHED: &str = ".new";

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Reads a key; `None` if there is no file.
fn read(path: &Path) -> anyhow::Result<Option<Key>> {
    let context = || format!("the key file {}", path.display());
    match path.symlink_metadata() {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(err) => return Err(err).with_context(context),
        Ok(about) if about.is_symlink() => {
            bail!(
                "the key file {} is a symlink; name the file itself",
                path.display()
            )
        }
        Ok(_) => {}
    }
    let text = settings::read_private(path).map(Zeroizing::new);
    let text = text.map_err(anyhow::Error::msg).with_context(context)?;
    let key = Key::parse(&text).context("it does not hold 64 hexadecimal digits");
    key.with_context(context).map(Some)
}

/// The former key, while a rotation is not finished.
pub(super) fn former(path: &Path) -> anyhow::Result<Option<Key>> {
    read(&beside(path, FORMER))
}

pub(super) fn read_or_make(path: &Path, may_make: bool) -> anyhow::Result<Key> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    if !may_make {
        bail!(
            "the key file {} is missing, and what is stored is sealed with it; put it back",
            path.display()
        );
    }
    let key = Key::make()?;
    // Somebody else may make it at the same moment; the first to link has made it.
    let made = write_new(path, &key, |new| fs::hard_link(new, path));
    match made {
        Err(err) if err.kind() != io::ErrorKind::AlreadyExists => {
            Err(err).with_context(|| format!("make the key file {}", path.display()))
        }
        _ => {
            tracing::info!(
                "the key file {} is new; keep a copy of it elsewhere",
                path.display()
            );
            read(path)?.context("the key file is gone again")
        }
    }
}

/// Writes a key beside its place, and brings it there.
fn write_new(
    path: &Path,
    key: &Key,
    bring: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let new = beside(path, &format!("{UNFINISHED}.{}", std::process::id()));
    fs::remove_file(&new).ok();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let written = options.open(&new).and_then(|mut file| {
        file.write_all(key.text().as_bytes())?;
        file.sync_all()
    });
    let brought = written.and_then(|()| bring(&new));
    // A rename has taken it away already.
    fs::remove_file(&new).ok();
    brought.and_then(|()| sync_folder(path))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// What a rotation did before the values are sealed anew.
#[derive(Debug)]
pub(crate) struct Rotation {
    former: PathBuf,
    /// An earlier rotation was not finished; this one finishes it.
    pub(crate) is_resumed: bool,
    pub(crate) keys: Keyring,
}

impl Rotation {
    /// Everything is sealed anew: the former key goes.
    ///
    /// # Errors
    /// When its file cannot be removed.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let removed = fs::remove_file(&self.former).and_then(|()| sync_folder(&self.former));
        removed.with_context(|| format!("remove {}", self.former.display()))
    }
}

/// Makes another key. Both keys are there until [`Rotation::finish`].
///
/// # Errors
/// When there is no key yet, the environment gives it, or a file cannot be written.
pub(crate) fn rotate(config: &SecretsConfig) -> anyhow::Result<Rotation> {
    let (path, former) = (&config.file, beside(&config.file, FORMER));
    let context = || format!("exchange the key file {}", path.display());
    let kept = read(&former)?;
    if config.key.is_some() {
        if kept.is_none() {
            bail!(
                "the key comes from VAKHTA_SECRETS_KEY: write the former key to {} (mode 600), \
                 set the variable to another one, and repeat this",
                former.display()
            );
        }
    } else {
        let own =
            read(path)?.with_context(|| format!("there is no key file {}", path.display()))?;
        // A kill right after the link leaves the same key in both.
        let is_linked = kept.as_ref().is_some_and(|kept| kept.id == own.id);
        if kept.is_none() {
            fs::hard_link(path, &former).with_context(context)?;
            sync_folder(path).with_context(context)?;
        }
        if kept.is_none() || is_linked {
            let key = Key::make()?;
            write_new(path, &key, |new| fs::rename(new, path)).with_context(context)?;
        }
    }
    Ok(Rotation {
        former,
        is_resumed: kept.is_some(),
        keys: Keyring::open(config, false)?,
    })
}
