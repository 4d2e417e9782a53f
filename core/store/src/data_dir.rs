//! The lock on the data directory: an embedded database belongs to one process.

use crate::error::{Result, StoreError};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Held for as long as the process uses the directory of its database; the system lets go of it when the process ends.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

impl DataDirLock {
    /// Creates the directory where needed and takes the lock, or says who to ask.
    pub fn acquire(directory: &Path) -> Result<Self> {
        let fault = |error: std::io::Error| {
            StoreError::DataDir(format!(
                "cannot use the data directory {}: {error}. Check that it exists and may be written.",
                directory.display()
            ))
        };
        create_private(directory).map_err(fault)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(directory.join("kavach.lock"))
            .map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::DataDir(format!(
                "another kavach process uses the data directory {}. Stop it first, or choose another with KAVACH_DATA_DIR.",
                directory.display()
            ))),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }
}

/// Nobody but the owner looks into a directory made here; one that exists keeps the rights it has.
fn create_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_until_the_first_lets_go() {
        let directory = tempfile::tempdir().unwrap();
        let first = DataDirLock::acquire(directory.path()).unwrap();
        assert!(matches!(DataDirLock::acquire(directory.path()), Err(StoreError::DataDir(_))));
        drop(first);
        assert!(DataDirLock::acquire(directory.path()).is_ok());
    }
}
