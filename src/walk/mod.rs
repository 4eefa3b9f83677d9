//! In: roots and what to leave out. Out: every regular file below them, or why something there is not read, in one
//! order that depends on names alone: depth first, names by their bytes.
//! Refuses globs that are none. Opens nothing but folders: a FIFO, socket or device is told by its listing.

pub mod filesystem;
pub(crate) mod globs;
mod mounts;
mod own;
mod roots;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use walkdir::{DirEntry, DirEntryExt, WalkDir};

pub use self::roots::{STREAM, resolve_roots};
use crate::error::Result;
use crate::finding::Root;
use crate::gap::{Class, Gap, Reason};
use crate::locator::Locator;
use crate::options::WalkOptions;

/// Folders in which filers show older states of the same files.
const SNAPSHOTS: [&str; 4] = [".snapshot", ".snapshots", "~snapshot", ".zfs"];

/// A file to be read, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Index into the roots.
    pub root: usize,
    /// Where to open it.
    pub path: PathBuf,
    /// Where it is, relative to the root.
    pub locator: Locator,
}

impl Entry {
    /// Whether it is standard input, which is read and not opened.
    pub fn is_stream(&self) -> bool {
        self.path == Path::new(STREAM)
    }
}

/// What the walk meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A regular file, by its listing: it may be another thing, or gone, when it is opened.
    File(Entry),
    /// Something that will not be read.
    Gap(Gap),
}

/// Walks `roots` one after the other. Sizes are not asked for: that would be a system call a file, and opening tells.
pub fn walk(roots: &[Root], options: &WalkOptions) -> Result<Walk> {
    Ok(Walk {
        roots: roots.to_vec(),
        rules: Rules {
            include: globs::Globs::new("--include", &options.include)?,
            exclude: globs::Globs::new("--exclude", &options.exclude)?,
            own: own::Own::new(&options.own_files),
            kernel: mounts::kernel_mounts(),
            options: options.clone(),
        },
        next: 0,
        under_way: None,
    })
}

/// See [`walk`]. Can be sent to the thread that feeds the others.
pub struct Walk {
    roots: Vec<Root>,
    rules: Rules,
    next: usize,
    under_way: Option<InRoot>,
}

/// What is walked and what is left out.
struct Rules {
    include: globs::Globs,
    exclude: globs::Globs,
    own: own::Own,
    kernel: HashSet<PathBuf>,
    options: WalkOptions,
}

/// One root under way.
struct InRoot {
    entries: walkdir::IntoIter,
    /// For `--one-file-system`.
    device: Option<u64>,
    /// The folder last entered: an error in the middle of a listing comes without a path, right after its folder.
    folder: PathBuf,
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let Some(in_root) = &mut self.under_way else {
                let root = self.roots.get(self.next)?;
                self.next += 1;
                if root.path == Path::new(STREAM) {
                    let locator = Locator::named(STREAM);
                    return Some(Found::File(Entry { root: self.next - 1, path: root.path.clone(), locator }));
                }
                self.under_way = Some(InRoot::new(&root.path, &self.rules.options));
                continue;
            };
            let (index, root) = (self.next - 1, &self.roots[self.next - 1]);
            match in_root.entries.next() {
                None => self.under_way = None,
                Some(Ok(entry)) => {
                    if let Some(found) = in_root.met(&entry, index, root, &self.rules) {
                        return Some(found);
                    }
                }
                Some(Err(error)) => {
                    let path = error.path().unwrap_or(&in_root.folder);
                    let (reason, detail) = walk_failure(&error, path);
                    return Some(Found::Gap(Gap::new(index, locator(root, path), reason, detail)));
                }
            }
        }
    }
}

impl InRoot {
    fn new(path: &Path, options: &WalkOptions) -> InRoot {
        let device = if options.one_file_system { fs::metadata(path).ok().map(|facts| facts.dev()) } else { None };
        let entries = WalkDir::new(path).follow_links(options.follow).sort_by_file_name().into_iter();
        InRoot { entries, device, folder: path.to_path_buf() }
    }

    /// What an entry comes to; `None` for a folder that is walked.
    fn met(&mut self, entry: &DirEntry, index: usize, root: &Root, rules: &Rules) -> Option<Found> {
        let kind = entry.file_type();
        let gap = |reason, detail: &str| Some(Found::Gap(Gap::new(index, locator(root, entry.path()), reason, detail)));
        if kind.is_dir() {
            self.folder = entry.path().to_path_buf();
        }
        if let Some((reason, detail)) = rules.left_out(entry, root, self.device) {
            if kind.is_dir() {
                self.entries.skip_current_dir();
            }
            return gap(reason, &detail);
        }
        if kind.is_dir() {
            None
        } else if kind.is_file() {
            let locator = locator(root, entry.path());
            Some(Found::File(Entry { root: index, path: entry.path().to_path_buf(), locator }))
        } else if kind.is_symlink() {
            gap(Reason::Excluded, "symbolic link; --follow")
        } else {
            let mut gap = Gap::new(index, locator(root, entry.path()), Reason::Special, special(kind));
            if entry.depth() == 0 {
                // Named by the user and not read: that must not pass for a clean scan.
                gap.class = Class::Blind;
                gap.detail.push_str("; give a stream as -");
            }
            Some(Found::Gap(gap))
        }
    }
}

impl Rules {
    /// Why an entry is left out, if it is. What the user named as a root is never left out for what it is called,
    /// but a root that is one file is held against the globs like any file.
    fn left_out(&self, entry: &DirEntry, root: &Root, device: Option<u64>) -> Option<(Reason, String)> {
        let path = entry.path();
        let is_folder = entry.file_type().is_dir();
        let is_root = entry.depth() == 0;
        let excluded = |detail: &str| Some((Reason::Excluded, detail.to_string()));
        if !(is_root && is_folder) {
            if self.own.holds(path, entry.ino()) {
                return excluded("own report");
            }
            let below = below(root, path);
            if self.exclude.matches(below, path, is_folder) {
                return excluded("--exclude");
            }
            let can_be_read = entry.file_type().is_file();
            if can_be_read && !self.include.is_empty() && !self.include.matches(below, path, false) {
                return excluded("not in --include");
            }
        }
        if is_folder && self.kernel.contains(path) {
            return Some((Reason::Special, "kernel interface".to_string()));
        }
        if is_folder && !is_root && !self.options.snapshots {
            let name = entry.file_name();
            // Windows shows older states of a share as folders that are called by their time.
            let dated = name.as_encoded_bytes().starts_with(b"@GMT-");
            if dated || SNAPSHOTS.iter().any(|snapshot| name.eq_ignore_ascii_case(snapshot)) {
                return excluded("snapshots; --snapshots");
            }
        }
        // A link that is followed can lead to another file system even where it leads to a file.
        if let Some(device) = device.filter(|_| !is_root && (is_folder || entry.path_is_symlink()))
            && !entry.file_type().is_symlink()
            && fs::metadata(path).is_ok_and(|facts| facts.dev() != device)
        {
            return excluded("another file system; --one-file-system");
        }
        match self.options.max_depth {
            Some(depth) if is_folder && entry.depth() >= depth => {
                Some((Reason::Excluded, format!("below --max-depth {depth}")))
            }
            _ => None,
        }
    }
}

/// The path below the root; the file's own name where the root is one file.
pub(crate) fn below<'a>(root: &Root, path: &'a Path) -> &'a Path {
    // By bytes: what the walk meets below a root begins with its path as it stands, and going by parts costs a third of
    // a walk over files that are not opened.
    let top = root.path.as_os_str().as_bytes();
    let rest = path.as_os_str().as_bytes().strip_prefix(top);
    let rest = rest.and_then(|rest| rest.strip_prefix(b"/").or_else(|| top.ends_with(b"/").then_some(rest)));
    match rest {
        Some(rest) if !rest.is_empty() => Path::new(OsStr::from_bytes(rest)),
        _ => path.file_name().map_or(path, Path::new),
    }
}

/// The locator of `path`. For a root that is a folder, its name: then the path for people is just that.
fn locator(root: &Root, path: &Path) -> Locator {
    if path.as_os_str().len() <= root.path.as_os_str().len() && path == root.path && !path.is_file() {
        return Locator::named(&root.name);
    }
    Locator::file(below(root, path))
}

fn special(kind: FileType) -> &'static str {
    if kind.is_fifo() {
        "FIFO"
    } else if kind.is_socket() {
        "socket"
    } else if kind.is_block_device() {
        "block device"
    } else if kind.is_char_device() {
        "character device"
    } else {
        "not a regular file"
    }
}

fn walk_failure(error: &walkdir::Error, path: &Path) -> (Reason, String) {
    if let Some(ancestor) = error.loop_ancestor() {
        let name = ancestor.file_name().map_or_else(|| "/".to_string(), crate::locator::os_text);
        return (Reason::Loop, format!("leads back to {name}"));
    }
    match error.io_error() {
        // Under --follow the target is missing, not the link.
        Some(error) if error.kind() == io::ErrorKind::NotFound && path.is_symlink() => {
            (Reason::Unreadable, "dangling link".to_string())
        }
        Some(error) => failure(error),
        None => (Reason::Unreadable, "cannot be listed".to_string()),
    }
}

/// The reason and detail of a gap for what the system said.
pub fn failure(error: &io::Error) -> (Reason, String) {
    let reason = match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOENT | Errno::NOTDIR) => Reason::Vanished,
        Some(Errno::ACCESS | Errno::PERM) => Reason::Denied,
        Some(Errno::LOOP) => Reason::Loop,
        // What open(2) says of a socket, and of a device without a driver.
        Some(Errno::NXIO | Errno::NODEV) => Reason::Special,
        _ => Reason::Unreadable,
    };
    (reason, error.to_string())
}
