//! In: the files and folders this run writes to. Out: whether something met on the way is one of them.
//! Refuses nothing: what does not exist yet is known by its path alone, until it exists.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Our own reports and spools.
#[derive(Debug)]
pub(super) struct Own {
    paths: HashSet<PathBuf>,
    /// Device and inode, for those that exist when the walk starts.
    nodes: HashSet<(u64, u64)>,
    /// The inodes among `nodes`, to be asked first: a folder listing tells them for nothing.
    inodes: HashSet<u64>,
}

impl Own {
    /// Remembers `files`.
    pub(super) fn new(files: &[PathBuf]) -> Own {
        let mut own = Own { paths: HashSet::new(), nodes: HashSet::new(), inodes: HashSet::new() };
        for file in files {
            if let Some(path) = canonical(file) {
                own.paths.insert(path);
            }
            // A device (`-o /dev/null`) is no report of ours, and is not read anyway.
            if let Some(facts) = fs::metadata(file).ok().filter(|facts| facts.is_file() || facts.is_dir()) {
                own.nodes.insert((facts.dev(), facts.ino()));
                own.inodes.insert(facts.ino());
            }
        }
        own
    }

    /// Whether the file at `path`, which its folder lists with `inode`, is ours.
    pub(super) fn holds(&self, path: &Path, inode: u64) -> bool {
        if self.paths.is_empty() && self.inodes.is_empty() {
            return false;
        }
        // A handful: comparing lengths first is cheaper than hashing each path that is met.
        let same = |own: &&PathBuf| own.as_os_str().len() == path.as_os_str().len() && own.as_path() == path;
        self.paths.iter().any(|own| same(&own))
            || self.inodes.contains(&inode)
                && fs::metadata(path).is_ok_and(|facts| self.nodes.contains(&(facts.dev(), facts.ino())))
    }
}

/// The canonical path of a file that may not exist yet: that of its folder, and its name.
fn canonical(file: &Path) -> Option<PathBuf> {
    if let Ok(path) = fs::canonicalize(file) {
        return Some(path);
    }
    let name: &OsStr = file.file_name()?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(fs::canonicalize(folder).ok()?.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_before_they_exist_and_by_other_names_after() {
        let folder = tempfile::tempdir().expect("a folder");
        let base = fs::canonicalize(folder.path()).expect("its path");
        let (there, later) = (base.join("there.csv"), base.join("later.csv"));
        fs::write(&there, "x").expect("a file");
        fs::hard_link(&there, base.join("same.csv")).expect("a link");
        fs::write(base.join("other.csv"), "x").expect("a file");
        let own = Own::new(&[folder.path().join("there.csv"), folder.path().join("../").join(&later)]);
        let inode = fs::metadata(&there).expect("facts").ino();
        assert!(own.holds(&there, inode));
        assert!(own.holds(&later, 0));
        assert!(own.holds(&base.join("same.csv"), inode));
        assert!(!own.holds(&base.join("other.csv"), 0));
        assert!(!own.holds(&base.join("other.csv"), inode), "a listed inode number is only a hint");
    }
}
