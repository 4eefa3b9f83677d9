//! One sweep per ledger. In: the path of a lock file. Out: the lock, for as long as it is held. Refuses a ledger that another
//! process is sweeping; one that died has let go, since the system holds the lock and not the file.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::{Error, Result};

/// Held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock at `path`.
pub(super) fn take(path: &Path) -> Result<Lock> {
    let refused = |error| Error::write(path, error);
    let opened = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let mut file = opened.map_err(refused)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            let who = fs::read_to_string(path).unwrap_or_default();
            let who = if who.trim().is_empty() { "another process" } else { who.trim() };
            return Err(Error::Usage(format!("this ledger is being swept by {who}; one sweep at a time")));
        }
        Err(fs::TryLockError::Error(error)) => return Err(refused(error)),
    }
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let who = format!("process {} on {host}\n", std::process::id());
    let said = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(who.as_bytes()));
    said.map_err(refused)?;
    Ok(Lock { _file: file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_is_swept_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.lock");
        let held = take(&path).unwrap();
        let message = take(&path).unwrap_err().to_string();
        assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
        drop(held);
        assert!(take(&path).is_ok(), "what is left of a process that died is no lock");
    }
}
