//! In: an open file and its metadata. Out: who can read it, and how we know.
//! Refuses to draw conclusions from mode bits that a mount made up: then the file system's own list decides where an
//! attribute gives it, and else it is `unknown`, with the file system's name as basis. A file is read by those whom all
//! folders above let through: one for everybody in a folder for its owner is its owner's.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::finding::{Access, ReadableBy};
use crate::open::acl;
use crate::walk::filesystem::{self, ModeBits};

/// Who can read files, with what was looked up once kept: file systems by device, owners by number.
#[derive(Debug, Default)]
pub struct AccessBook {
    filesystems: Mutex<HashMap<u64, String>>,
    owners: Mutex<HashMap<u32, String>>,
    /// Whom a folder and all above it let through.
    folders: Mutex<HashMap<PathBuf, ReadableBy>>,
}

/// Longer lists are not read: nobody keeps them.
const LONGEST_LIST: usize = 64 << 10;

impl AccessBook {
    /// Who can read `file`, opened at `path`, whose metadata are `facts`.
    pub fn access(&self, path: &Path, file: &File, facts: &Metadata) -> Access {
        let filesystem = self.filesystem(file, facts);
        let mode = facts.mode();
        let list = match filesystem::mode_bits(&filesystem) {
            ModeBits::Decide => None,
            ModeBits::Server => attribute(file, "system.nfs4_acl").and_then(|list| acl::nfs4(&list)),
            ModeBits::Invented => attribute(file, "system.cifs_acl").and_then(|list| acl::cifs(&list)),
        };
        let (readable_by, basis) = match filesystem::mode_bits(&filesystem) {
            _ if list.is_some() => (list.unwrap_or(ReadableBy::Unknown), format!("{filesystem} acl")),
            ModeBits::Invented if filesystem.is_empty() => (ReadableBy::Unknown, "unknown file system".to_string()),
            ModeBits::Invented => (ReadableBy::Unknown, filesystem.clone()),
            ModeBits::Server => (by_mode(mode), format!("{filesystem} mode")),
            // With an ACL the group bits are the most that anyone it names has, not what the group has.
            ModeBits::Decide if by_mode(mode) == ReadableBy::Group && has_acl(file) => {
                (ReadableBy::Acl, "acl".to_string())
            }
            ModeBits::Decide => (by_mode(mode), "mode".to_string()),
        };
        let (readable_by, basis) = match self.through(path) {
            through if width(through) < width(readable_by) => (through, format!("{basis} of a folder above")),
            _ => (readable_by, basis),
        };
        let invented = filesystem::mode_bits(&filesystem) == ModeBits::Invented;
        let mode = if invented { String::new() } else { mode_text(mode) };
        Access {
            readable_by,
            basis,
            mode,
            uid: Some(facts.uid()),
            gid: Some(facts.gid()),
            file_owner: self.owner(facts.uid()),
            modified: Some(facts.mtime()),
        }
    }

    /// Whom the folders above a file let through. Where that cannot be seen: everybody.
    fn through(&self, path: &Path) -> ReadableBy {
        let Some(parent) = path.parent() else { return ReadableBy::World };
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let lock = || self.folders.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(known) = lock().get(parent) {
            return *known;
        }
        let mut narrowest = ReadableBy::World;
        for folder in std::fs::canonicalize(parent).unwrap_or_default().ancestors() {
            let Ok(opened) = File::open(folder) else { continue };
            let Ok(facts) = opened.metadata() else { continue };
            if filesystem::mode_bits(&self.filesystem(&opened, &facts)) != ModeBits::Decide {
                continue;
            }
            // To pass through a folder takes the right to execute it.
            let through = match by_mode(facts.mode() << 2) {
                ReadableBy::World => ReadableBy::World,
                _ if has_acl(&opened) => ReadableBy::Acl,
                narrow => narrow,
            };
            if width(through) < width(narrowest) {
                narrowest = through;
            }
        }
        lock().insert(parent.to_path_buf(), narrowest);
        narrowest
    }

    /// The kind of file system that `file` lies on.
    pub(super) fn filesystem(&self, file: &File, facts: &Metadata) -> String {
        let mut known = self.filesystems.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.entry(facts.dev()).or_insert_with(|| filesystem::of_file(file)).clone()
    }

    fn owner(&self, uid: u32) -> String {
        let mut known = self.owners.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let look_up = || match uzers::get_user_by_uid(uid) {
            Some(user) => crate::locator::os_text(user.name()),
            None => uid.to_string(),
        };
        known.entry(uid).or_insert_with(look_up).clone()
    }
}

/// How wide a circle is; what is not known is as narrow as can be, so that nothing narrows it.
fn width(readable_by: ReadableBy) -> u8 {
    match readable_by {
        ReadableBy::World => 4,
        ReadableBy::Acl => 3,
        ReadableBy::Group => 2,
        ReadableBy::Owner => 1,
        ReadableBy::Declared | ReadableBy::Unknown => 0,
    }
}

/// The bytes of an attribute, where there is one.
#[cfg(target_os = "linux")]
fn attribute(file: &File, name: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; LONGEST_LIST];
    let length = rustix::fs::fgetxattr(file, name, &mut bytes[..]).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

#[cfg(not(target_os = "linux"))]
fn attribute(_file: &File, _name: &str) -> Option<Vec<u8>> {
    None
}

/// The widest circle that the bits let read. A file nobody may read is still the owner's to open up.
fn by_mode(mode: u32) -> ReadableBy {
    if mode & 0o004 != 0 {
        ReadableBy::World
    } else if mode & 0o040 != 0 {
        ReadableBy::Group
    } else {
        ReadableBy::Owner
    }
}

/// Permission bits as `rw-r--r--`.
fn mode_text(mode: u32) -> String {
    let bit = |n: u32, letter: char| if mode >> n & 1 == 1 { letter } else { '-' };
    (0..9).map(|n| bit(8 - n, ['r', 'w', 'x'][n as usize % 3])).collect()
}

#[cfg(target_os = "linux")]
fn has_acl(file: &File) -> bool {
    // The value itself is not wanted: a buffer too short for it is an answer too.
    let mut buffer = [0u8; 4];
    match rustix::fs::fgetxattr(file, "system.posix_acl_access", &mut buffer[..]) {
        Ok(_) | Err(rustix::io::Errno::RANGE) => true,
        Err(_) => false,
    }
}

#[cfg(not(target_os = "linux"))]
fn has_acl(_file: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn mode_bits_say_who() {
        for (mode, who, text) in [
            (0o644, ReadableBy::World, "rw-r--r--"),
            (0o640, ReadableBy::Group, "rw-r-----"),
            (0o700, ReadableBy::Owner, "rwx------"),
            (0o000, ReadableBy::Owner, "---------"),
            (0o604, ReadableBy::World, "rw----r--"),
        ] {
            assert_eq!(by_mode(0o100_000 | mode), who, "{text}");
            assert_eq!(mode_text(0o100_000 | mode), text);
        }
    }

    #[test]
    fn folders_above_keep_others_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("open/inner");
        std::fs::create_dir_all(&inner).expect("folders");
        let path = inner.join("file");
        std::fs::write(&path, "x").expect("a file");
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("set");
        let file = File::open(&path).expect("open");
        let facts = file.metadata().expect("facts");
        for (mode, who) in [(0o755, ReadableBy::World), (0o750, ReadableBy::Group), (0o700, ReadableBy::Owner)] {
            std::fs::set_permissions(folder.path(), Permissions::from_mode(mode)).expect("set");
            let access = AccessBook::default().access(&path, &file, &facts);
            // Somebody's temporary folder may be narrower, and its bits made up.
            if access.basis.starts_with("mode") {
                assert!(width(access.readable_by) <= width(who), "{mode:o} {access:?}");
                assert_eq!(access.readable_by == ReadableBy::Owner, width(access.readable_by) < 2);
            }
            if mode == 0o700 && access.basis.starts_with("mode") {
                assert_eq!((access.readable_by, access.basis.as_str()), (who, "mode of a folder above"));
            }
        }
    }

    #[test]
    fn a_file_tells_its_owner_and_age() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::set_permissions(file.path(), Permissions::from_mode(0o640)).expect("set");
        let book = AccessBook::default();
        let facts = file.as_file().metadata().expect("facts");
        let access = book.access(file.path(), file.as_file(), &facts);
        assert_eq!(access.uid, Some(facts.uid()));
        assert!(!access.file_owner.is_empty());
        assert_eq!(access.modified, Some(facts.mtime()));
        if access.basis == "mode" && access.readable_by != ReadableBy::Owner {
            assert_eq!((access.readable_by, access.mode.as_str()), (ReadableBy::Group, "rw-r-----"));
        }
    }

    #[test]
    fn made_up_bits_prove_nothing() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let facts = file.as_file().metadata().expect("facts");
        let book = AccessBook::default();
        book.filesystems.lock().expect("no panic").insert(facts.dev(), "cifs".to_string());
        let access = book.access(file.path(), file.as_file(), &facts);
        assert_eq!((access.readable_by, access.basis.as_str()), (ReadableBy::Unknown, "cifs"));
        assert_eq!(access.mode, "");
        book.filesystems.lock().expect("no panic").insert(facts.dev(), "nfs".to_string());
        assert_eq!(book.access(file.path(), file.as_file(), &facts).basis, "nfs mode");
    }

    #[test]
    fn an_owner_without_a_name_is_a_number() {
        assert_eq!(AccessBook::default().owner(4_123_456_789), "4123456789");
    }
}
