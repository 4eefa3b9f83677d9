//! In: the path of a file that the walk met. Out: its bytes by offset, and who can read it.
//! Refuses everything but regular files, and changes nothing: not even the time of last access where the system
//! lets us.

pub mod access;
mod acl;
pub mod content;
mod health;
mod image;
pub mod lag;
mod magic;
pub mod mounts;
pub mod offline;
pub mod sniff;
mod source;
mod text;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::OFlags;
use rustix::io::Errno;

use self::access::AccessBook;
use self::content::ContentKey;
use self::lag::Lag;
use self::mounts::Mounts;
use self::offline::Recall;
pub use self::sniff::{Kind, sniff};
pub use self::source::{FileSource, ReadAt, Source, StreamSource};
pub use self::text::is_ebcdic;
use crate::gap::Reason;
use crate::walk::{failure, filesystem};

/// Opens files and remembers what costs a call to find out: names of owners, kinds of file systems. Made once a run
/// and shared between threads.
#[derive(Debug, Default)]
pub struct Opener {
    follow: bool,
    book: AccessBook,
    content: Option<ContentKey>,
    lag: Option<Arc<Lag>>,
    mounts: Option<Arc<Mounts>>,
    recall: Option<Arc<Recall>>,
}

impl Opener {
    /// With `follow`, a path that is a symbolic link is opened.
    pub fn new(follow: bool) -> Opener {
        Opener { follow, ..Opener::default() }
    }

    /// Every call takes as long as `lag` says; for tests.
    #[doc(hidden)]
    pub fn lagging(self, lag: Option<Arc<Lag>>) -> Opener {
        Opener { lag, ..self }
    }

    /// Asks mounts no more than they may be asked.
    pub fn within(self, mounts: Option<Arc<Mounts>>) -> Opener {
        Opener { mounts, ..self }
    }

    /// Leaves files alone whose content is elsewhere, but for those that `recall` has bytes for.
    pub fn recalling(self, recall: Option<Arc<Recall>>) -> Opener {
        Opener { recall, ..self }
    }

    /// Content is hashed with this key while it is read.
    pub fn hashing(self, content: Option<ContentKey>) -> Opener {
        Opener { content, ..self }
    }

    /// Opens the file at `path` for reading; or why it cannot be read, as a gap says it.
    pub fn open(&self, path: &Path) -> Result<Source<'static>, (Reason, String)> {
        self.file(path).map(Source::File)
    }

    /// As [`Opener::open`], to be handed to another thread.
    pub fn file(&self, path: &Path) -> Result<FileSource, (Reason, String)> {
        // One for opening, one for the facts.
        self.lag.iter().for_each(|lag| (lag.call(), lag.call()).1);
        let mount = self.mounts.as_ref().and_then(|mounts| mounts.of(path));
        let request = mount.as_ref().map(|mount| mount.request());
        let file = self.open_quietly(path).map_err(|error| self.refusal(&error))?;
        let facts = file.metadata().map_err(|error| failure(&error))?;
        if !facts.is_file() {
            return Err((Reason::Special, "not a regular file".to_string()));
        }
        let access = self.book.access(path, &file, &facts);
        if filesystem::is_kernel(&self.book.filesystem(&file, &facts)) {
            return Err((Reason::Special, "kernel interface".to_string()));
        }
        if let Some(recall) = &self.recall
            && let Some(says) = offline::of_file(&file, &facts, &self.book.filesystem(&file, &facts))
            && !recall.take(facts.len())
        {
            return Err((Reason::Offline, format!("its content is not on disk ({says}); --recall")));
        }
        if facts.len() == 0 && file.read_at(&mut [0], 0).is_ok_and(|read| read > 0) {
            // Some FUSE file systems do so. Windows are cut by size, so these would pass for empty.
            return Err((Reason::Unreadable, "the file system gives no size".to_string()));
        }
        drop(request);
        Ok(FileSource::new(file, &facts, access, self.lag.clone()).hashing(self.content.clone()).on(mount))
    }

    /// O_NONBLOCK: should a FIFO have taken the file's place since the walk, opening it must not wait for a writer.
    fn open_quietly(&self, path: &Path) -> io::Result<File> {
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        if !self.follow {
            flags |= OFlags::NOFOLLOW;
        }
        let open = |flags: OFlags| OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path);
        #[cfg(target_os = "linux")]
        match open(flags | OFlags::NOATIME) {
            // Only the owner may leave the access time alone.
            Err(error) if error.raw_os_error() == Some(Errno::PERM.raw_os_error()) => {}
            done => return done,
        }
        open(flags)
    }

    fn refusal(&self, error: &io::Error) -> (Reason, String) {
        if !self.follow && error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
            return (Reason::Changed, "replaced by a symbolic link".to_string());
        }
        failure(error)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn what_cannot_be_opened_says_why() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "x").expect("a file");
        symlink("file", at("link")).expect("a link");
        symlink("self", at("self")).expect("a link");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at("fifo"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .expect("a FIFO");
        let _socket = UnixListener::bind(at("socket")).expect("a socket");
        let why = |opener: &Opener, name: &str| opener.open(&at(name)).err().map(|(reason, _)| reason);
        let (plain, following) = (Opener::new(false), Opener::new(true));
        assert_eq!(why(&plain, "file"), None);
        assert_eq!(why(&plain, "fifo"), Some(Reason::Special));
        assert_eq!(why(&plain, "socket"), Some(Reason::Special));
        assert_eq!(why(&plain, "."), Some(Reason::Special), "a folder");
        assert_eq!(why(&plain, "nowhere"), Some(Reason::Vanished));
        assert_eq!(why(&plain, "file/x"), Some(Reason::Vanished), "a folder became a file");
        assert_eq!(why(&plain, "link"), Some(Reason::Changed));
        assert_eq!(why(&following, "link"), None);
        assert_eq!(why(&following, "self"), Some(Reason::Loop));
    }

    #[test]
    #[allow(clippy::print_stderr)]
    fn a_file_that_may_not_be_read_is_denied() {
        if rustix::process::geteuid().is_root() {
            eprintln!("skipped: the superuser may read everything");
            return;
        }
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o000)).expect("set");
        let (reason, _) = Opener::new(false).open(file.path()).expect_err("refused");
        assert_eq!(reason, Reason::Denied);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_kernel_is_not_read() {
        let (reason, detail) = Opener::new(false).open(Path::new("/proc/version")).expect_err("refused");
        assert_eq!((reason, detail.as_str()), (Reason::Special, "kernel interface"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn reading_leaves_the_access_time_alone() {
        use std::os::unix::fs::MetadataExt;
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), "x").expect("written");
        let old = fs::FileTimes::new().set_accessed(std::time::UNIX_EPOCH);
        file.as_file().set_times(old).expect("set");
        let source = Opener::new(false).open(file.path()).expect("a file");
        assert_eq!(source.read_at(0, &mut [0; 4]).expect("read"), 1);
        assert_eq!(fs::metadata(file.path()).expect("facts").atime(), 0);
    }
}
