//! Whether the files of an open database are still where they were opened.
//!
//! The system lets other programs delete, rename and replace open files. Everything written since
//! then is lost with the process, and a connection opened meanwhile would mix two databases.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The files as they were opened: the database, its write-ahead log and the log's index.
#[derive(Debug)]
pub(super) struct Place {
    files: Vec<(PathBuf, Identity)>,
}

/// A file of a machine: device and number.
type Identity = (u64, u64);

impl Place {
    /// Notes the files of a database that has just been opened.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        let mut files = vec![(database.to_owned(), identity(database)?)];
        for end in ["-wal", "-shm"] {
            let mut name = database.as_os_str().to_owned();
            name.push(end);
            let path = PathBuf::from(name);
            if let Ok(identity) = identity(&path) {
                files.push((path, identity));
            }
        }
        Ok(Self { files })
    }

    /// The first file that is gone or was replaced; none if all is well.
    pub(super) fn missing(&self) -> Option<&Path> {
        let is_here = |(path, known): &&(PathBuf, Identity)| {
            // A file that cannot be looked at for another reason is not known to be gone.
            match identity(path) {
                Ok(now) => now == *known,
                Err(err) => err.kind() != io::ErrorKind::NotFound,
            }
        };
        let gone = self.files.iter().find(|file| !is_here(file));
        gone.map(|(path, _)| path.as_path())
    }

    /// # Errors
    /// When a file is gone or was replaced: a new connection would open another database.
    pub(super) fn demand(&self) -> rusqlite::Result<()> {
        let error = |path: &Path| rusqlite::Error::InvalidPath(path.to_owned());
        self.missing().map_or(Ok(()), |path| Err(error(path)))
    }
}

fn identity(path: &Path) -> io::Result<Identity> {
    let about = path.metadata()?;
    Ok((about.dev(), about.ino()))
}
