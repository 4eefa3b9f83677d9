//! Whether a root is what it was. In: a root and what the ledger knows of it. Out: the facts to remember; or why it must not be
//! swept: a share that is not mounted looks like an empty folder, and a million resolutions would follow.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::ledger::rows::RootRow;
use crate::walk::filesystem;

/// What a root lies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ground {
    /// The kind of file system.
    pub(super) filesystem: String,
    /// Whether it is the top of a file system of its own.
    pub(super) mounted: bool,
}

/// Looks at the root at `path`. `held`: the ledger has documents of it.
pub(super) fn ground(path: &Path, known: Option<&RootRow>, held: bool) -> Result<Ground, String> {
    let facts = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
    let parent = path.parent().and_then(|parent| fs::metadata(parent).ok());
    let ground = Ground {
        filesystem: filesystem::of_path(path),
        mounted: parent.is_some_and(|parent| parent.dev() != facts.dev()),
    };
    if facts.is_dir() {
        let mut entries = fs::read_dir(path).map_err(|error| format!("cannot be listed: {error}"))?;
        if held && entries.next().is_none() {
            return Err("is empty, and had documents: is the share mounted?".to_string());
        }
    } else {
        fs::File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    }
    if let Some(known) = known.filter(|_| held) {
        if known.mounted && !ground.mounted {
            return Err("was a file system of its own and is a mere folder now: is the share mounted?".to_string());
        }
        if known.filesystem != ground.filesystem {
            return Err(format!(
                "lies on {} now, and on {} before; if that is right, say --new-filesystem {}",
                ground.filesystem, known.filesystem, known.name
            ));
        }
    }
    Ok(ground)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_held_documents_must_not_be_empty_or_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let there = ground(folder.path(), None, false).unwrap();
        let known = RootRow { filesystem: there.filesystem.clone(), mounted: there.mounted, ..RootRow::default() };
        assert!(ground(folder.path(), Some(&known), false).is_ok(), "it never had any");
        assert!(ground(folder.path(), Some(&known), true).unwrap_err().contains("is empty"));
        fs::write(folder.path().join("a"), "x").unwrap();
        assert_eq!(ground(folder.path(), Some(&known), true), Ok(there));
        let mounted = RootRow { mounted: true, ..known.clone() };
        assert!(ground(folder.path(), Some(&mounted), true).unwrap_err().contains("mere folder"));
        let other = RootRow { filesystem: "nfs".to_string(), ..known };
        assert!(ground(folder.path(), Some(&other), true).unwrap_err().contains("--new-filesystem"));
        assert!(ground(&folder.path().join("none"), None, false).is_err());
    }
}
