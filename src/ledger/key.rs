//! The key beside a ledger. In: its path. Out: 32 bytes, made once. Refuses a file of another length: what it was made
//! with could not be compared any more.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::{Error, Result};

/// The key in the file at `path`, which is made, for its owner alone, where it is not there.
pub fn key_file(path: &Path) -> Result<[u8; 32]> {
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(mut file) => {
            let mut key = [0; 32];
            let drawn = File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut key));
            let written = drawn.and_then(|()| file.write_all(&key)).and_then(|()| file.sync_all());
            if let Err(error) = written {
                // Half a key would be refused for ever.
                let _ = fs::remove_file(path);
                return Err(Error::write(path, error));
            }
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let bytes = fs::read(path).map_err(|error| Error::read(path, error))?;
            bytes.try_into().map_err(|_| {
                Error::Usage(format!(
                    "{} is no key of a ledger: that is 32 bytes. Restore it; with another key nothing is recognised",
                    path.display()
                ))
            })
        }
        Err(error) => Err(Error::write(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = key_file(&path).unwrap();
        assert_ne!(key, [0; 32]);
        assert_eq!(key_file(&path).unwrap(), key);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "short").unwrap();
        assert!(key_file(&path).is_err());
    }
}
