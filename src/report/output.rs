//! Where a report's bytes go. In: a path, or a stream such as standard output. Out: a file that is there under its name
//! only when whole: it grows as a temporary sibling that its owner alone can read, and is renamed at the end. Refuses
//! what cannot be written, and names that are taken by something that is no regular file.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// One open output.
pub struct Output {
    /// Where it will be; for messages.
    path: PathBuf,
    target: Option<Target>,
    hash: Sha256,
    bytes: u64,
}

enum Target {
    File { writer: BufWriter<File>, temporary: PathBuf },
    Stream(BufWriter<Box<dyn Write>>),
}

thread_local! {
    /// See [`finished`].
    static FINISHED: RefCell<Vec<(PathBuf, Written)>> = const { RefCell::new(Vec::new()) };
}

/// The files that this thread has given their names since this was last asked: reports are written by one thread.
pub fn finished() -> Vec<(PathBuf, Written)> {
    FINISHED.with(RefCell::take)
}

/// What was written, for a manifest.
#[derive(Clone, Debug)]
pub struct Written {
    /// The last part of its path.
    pub name: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

impl Output {
    /// Opens a file that will be at `path`. Nothing is there under that name before [`Output::finish`].
    pub fn create(path: &Path) -> Result<Output> {
        if let Ok(there) = fs::metadata(path)
            && !there.is_file()
        {
            let problem =
                io::Error::new(io::ErrorKind::AlreadyExists, "something that is no regular file has this name");
            return Err(Error::write(path, problem));
        }
        let temporary = temporary(path);
        // Left over from a process with the same number that was killed: it is ours by its name.
        let _ = fs::remove_file(&temporary);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(&temporary).map_err(|e| Error::write(path, e))?;
        let writer = BufWriter::with_capacity(64 << 10, file);
        Ok(Output::new(path, Target::File { writer, temporary }))
    }

    /// Writes to a stream; `name` is for messages.
    pub fn stream(name: &str, stream: Box<dyn Write>) -> Output {
        Output::new(Path::new(name), Target::Stream(BufWriter::with_capacity(64 << 10, stream)))
    }

    fn new(path: &Path, target: Target) -> Output {
        Output { path: path.to_path_buf(), target: Some(target), hash: Sha256::new(), bytes: 0 }
    }

    /// Where it will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is a file, and not a stream.
    pub fn is_file(&self) -> bool {
        matches!(self.target, Some(Target::File { .. }))
    }

    /// An error of writing this output.
    pub fn failed(&self, source: io::Error) -> Error {
        Error::write(&self.path, source)
    }

    /// Writes what is buffered and gives a file its name.
    pub fn finish(mut self) -> Result<Written> {
        let is_file = self.is_file();
        let done = match &mut self.target {
            Some(Target::File { writer, temporary }) => writer.flush().and_then(|()| fs::rename(temporary, &self.path)),
            Some(Target::Stream(writer)) => writer.flush(),
            None => Ok(()),
        };
        done.map_err(|e| self.failed(e))?;
        // Done: nothing is left for `drop` to remove.
        self.target = None;
        let name = self.path.file_name().map(crate::locator::os_text).unwrap_or_default();
        let sha256 = self.hash.finalize_reset().iter().map(|byte| format!("{byte:02x}")).collect();
        let written = Written { name, bytes: self.bytes, sha256 };
        if is_file {
            FINISHED.with_borrow_mut(|all| all.push((self.path.clone(), written.clone())));
        }
        Ok(written)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = match &mut self.target {
            Some(Target::File { writer, .. }) => writer.write(bytes)?,
            Some(Target::Stream(writer)) => writer.write(bytes)?,
            None => return Err(io::Error::other("closed already")),
        };
        // Streams have no manifest.
        if self.is_file() {
            self.hash.update(&bytes[..n]);
        }
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Some(Target::File { writer, .. }) => writer.flush(),
            Some(Target::Stream(writer)) => writer.flush(),
            None => Ok(()),
        }
    }
}

/// A report that did not come to its end leaves nothing behind.
impl Drop for Output {
    fn drop(&mut self) {
        match self.target.take() {
            Some(Target::File { writer, temporary }) => {
                drop(writer.into_parts());
                let _ = fs::remove_file(temporary);
            }
            // Not flushed: the reader is gone, or the run failed with a message of its own.
            Some(Target::Stream(writer)) => drop(writer.into_parts()),
            None => {}
        }
    }
}

/// The temporary sibling of `path`: hidden, and named by this process, so that two runs do not meet.
pub fn temporary(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(ending(std::process::id()));
    path.with_file_name(name)
}

/// Whether a path is that of a [`temporary`] of this process.
pub fn is_temporary(path: &Path) -> bool {
    is_temporary_of(path, std::process::id())
}

/// Whether a path is that of a [`temporary`] of the process with this number.
pub fn is_temporary_of(path: &Path, pid: u32) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(ending(pid).as_bytes())
}

fn ending(pid: u32) -> String {
    format!(".phisweep-{pid}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_name_only_when_whole_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"abc").unwrap();
        assert!(!path.exists());
        assert!(temporary(&path).exists());
        let written = output.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"abc");
        assert_eq!((written.name.as_str(), written.bytes), ("a.csv", 3));
        assert_eq!(written.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(!temporary(&path).exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"abc").unwrap();
        drop(output);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_cannot_be_written_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no/such/a.csv");
        assert!(Output::create(&missing).err().unwrap().to_string().contains("no/such/a.csv"));
        assert!(Output::create(folder.path()).is_err(), "a folder is no file");
    }
}
