//! In: an open file, bytes in memory, or a stream. Out: bytes, by offset where the source has offsets, else in order.
//! Refuses reads by offset of a stream. Never maps a file: who uploads may truncate it meanwhile.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;

use crate::finding::Access;
use crate::gap::Reason;
use crate::open::content::{Content, ContentKey, FileVersion};
use crate::open::lag::Lag;
use crate::open::mounts::Mount;
use crate::walk::failure;

/// Bytes that can be read from any place, by several threads at once.
pub trait ReadAt: Sync {
    /// How many bytes there are; of a file: were, when it was opened.
    fn size(&self) -> u64;

    /// Reads from `offset` and fills `buffer` as far as there are bytes; less than that means the end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Whether nothing but zeros stands there, as far as that is known without reading.
    fn is_hole(&self, bytes: Range<u64>) -> bool {
        let _ = bytes;
        false
    }
}

/// The bytes of a document.
#[derive(Debug)]
pub enum Source<'a> {
    /// A regular file.
    File(FileSource),
    /// Bytes in memory.
    Memory(Vec<u8>),
    /// Standard input, a member of an archive or another stream: once through, in order.
    Stream(StreamSource<'a>),
}

/// A regular file, open for reading, and what it was when opened.
#[derive(Debug)]
pub struct FileSource {
    /// Closed early where all of it was read ahead.
    file: Option<File>,
    then: Version,
    access: Access,
    /// What was read ahead: bytes from its start on.
    ahead: Vec<u8>,
    /// Whether it had changed when all of it had been read ahead.
    changed: Option<Reason>,
    version: FileVersion,
    /// Its content as far as it was read, where a hash is asked for.
    content: Option<Content>,
    lag: Option<Arc<Lag>>,
    /// The mount it lies on, where that has limits.
    mount: Option<Arc<Mount>>,
    /// It takes less room than it has bytes.
    sparse: bool,
}

/// What changes when someone writes to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    size: u64,
    modified: (i64, i64),
}

/// The most that one read asks a stream for.
const PIECE: usize = 256 << 10;

/// A stream.
pub struct StreamSource<'a> {
    reader: Box<dyn Read + 'a>,
    /// Who can read what it comes from.
    access: Access,
    /// What is asked whether there is something to read, where the system can tell.
    handle: Option<File>,
}

impl<'a> Source<'a> {
    /// Standard input, past any buffer: a second handle of the same stream.
    pub fn stdin() -> io::Result<Source<'static>> {
        let stream = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let handle = stream.try_clone()?;
        Ok(Source::Stream(StreamSource { reader: Box::new(stream), access: Access::stream(), handle: Some(handle) }))
    }

    /// Any stream, and who can read what it comes from.
    pub fn stream(reader: impl Read + 'a, access: Access) -> Source<'a> {
        Source::Stream(StreamSource { reader: Box::new(reader), access, handle: None })
    }

    /// How many bytes there are; a stream does not tell.
    pub fn size(&self) -> Option<u64> {
        self.by_offset().map(ReadAt::size)
    }

    /// What reads by offset; a stream does not.
    pub fn by_offset(&self) -> Option<&dyn ReadAt> {
        match self {
            Source::File(file) => Some(file),
            Source::Memory(bytes) => Some(bytes),
            Source::Stream(_) => None,
        }
    }

    /// See [`ReadAt::read_at`]; of a stream [`ErrorKind::Unsupported`].
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self.by_offset() {
            Some(bytes) => bytes.read_at(offset, buffer),
            None => Err(ErrorKind::Unsupported.into()),
        }
    }

    /// What was read ahead of it, which is given once.
    pub fn take_ahead(&mut self) -> Vec<u8> {
        match self {
            Source::File(file) => file.take_ahead(),
            Source::Memory(_) | Source::Stream(_) => Vec::new(),
        }
    }

    /// What reads in order; only a stream does.
    pub fn in_order(&mut self) -> Option<&mut StreamSource<'a>> {
        match self {
            Source::Stream(stream) => Some(stream),
            Source::File(_) | Source::Memory(_) => None,
        }
    }

    /// Who can read it.
    pub fn access(&self) -> Access {
        match self {
            Source::File(file) => file.access.clone(),
            Source::Memory(_) => Access::stream(),
            Source::Stream(stream) => stream.access.clone(),
        }
    }

    /// What it was when opened, if it is a file. See [`FileSource::version`].
    pub fn version(&self, read: bool) -> Option<FileVersion> {
        match self {
            Source::File(file) => Some(file.version(read)),
            Source::Memory(_) | Source::Stream(_) => None,
        }
    }

    /// Whether it changed since it was opened, as the reason of a gap. To be asked when all of it has been read.
    pub fn changed(&self) -> Option<Reason> {
        match self {
            Source::File(file) => file.changed(),
            Source::Memory(_) | Source::Stream(_) => None,
        }
    }
}

impl FileSource {
    pub(super) fn new(file: File, facts: &Metadata, access: Access, lag: Option<Arc<Lag>>) -> FileSource {
        let (file, then) = (Some(file), Version::of(facts));
        let version = FileVersion::of(facts);
        // Blocks of stat(2) are 512 bytes, whatever the file system's are.
        let sparse = facts.blocks().saturating_mul(512) < facts.len();
        let (ahead, mount) = (Vec::new(), None);
        FileSource { file, then, access, ahead, changed: None, version, content: None, lag, mount, sparse }
    }

    /// With a key, hashes its content as it is read.
    pub(super) fn hashing(self, key: Option<ContentKey>) -> FileSource {
        let content = key.map(|key| Content::new(key, self.then.size));
        FileSource { content, ..self }
    }

    /// Reads no more and no faster than its mount may be asked.
    pub(super) fn on(self, mount: Option<Arc<Mount>>) -> FileSource {
        FileSource { mount, ..self }
    }

    /// What it was when opened; with the hash of its content if `read` and a hash was asked for.
    pub fn version(&self, read: bool) -> FileVersion {
        let content = self.content.as_ref().filter(|_| read);
        FileVersion { content: content.and_then(|content| content.finish(self)), ..self.version }
    }

    /// The file, to be handed to another process; `None` where all of it was read ahead.
    pub fn handle(&self) -> Option<&File> {
        // Nobody sees what is read there: all of it, as far as can be told.
        self.mount.iter().for_each(|mount| mount.bytes(self.then.size));
        self.file.as_ref()
    }

    /// Reads the first `limit` bytes before anybody asks for them, and if that is all, closes the file: whoever scans it
    /// then waits for nothing. A read that fails is tried again, and told, by whoever scans it.
    pub fn read_ahead(&mut self, limit: usize) {
        let wanted = usize::try_from(self.size()).unwrap_or(usize::MAX).min(limit);
        let mut ahead = vec![0; wanted];
        let Ok(got) = self.read_at(0, &mut ahead) else { return };
        ahead.truncate(got);
        self.ahead = ahead;
        if got as u64 == self.size() {
            self.changed = self.changed();
            self.lag.iter().for_each(|lag| lag.call());
            self.file = None;
        }
    }

    /// What was read ahead, which is given once.
    pub fn take_ahead(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.ahead)
    }

    /// Who can read it.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// See [`Source::changed`].
    pub fn changed(&self) -> Option<Reason> {
        let Some(file) = &self.file else { return self.changed };
        self.lag.iter().for_each(|lag| lag.call());
        let _request = self.mount.as_ref().map(|mount| mount.request());
        match file.metadata() {
            Ok(now) if Version::of(&now) == self.then => None,
            Ok(_) => Some(Reason::Changed),
            Err(error) => Some(failure(&error).0),
        }
    }
}

impl Version {
    fn of(facts: &Metadata) -> Version {
        Version { size: facts.len(), modified: (facts.mtime(), facts.mtime_nsec()) }
    }
}

impl ReadAt for FileSource {
    fn size(&self) -> u64 {
        self.then.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(file) = &self.file else {
            return self.ahead.read_at(offset, buffer);
        };
        let got = fill(buffer, |done, rest| {
            self.lag.iter().for_each(|lag| lag.call());
            self.mount.iter().for_each(|mount| mount.bytes(rest.len() as u64));
            let _request = self.mount.as_ref().map(|mount| mount.request());
            file.read_at(rest, offset + done as u64)
        })?;
        self.content.iter().for_each(|content| content.saw(offset, &buffer[..got]));
        Ok(got)
    }

    fn is_hole(&self, bytes: Range<u64>) -> bool {
        // What is hashed is read whatever it is.
        let Some(file) = self.file.as_ref().filter(|_| self.sparse && self.content.is_none()) else { return false };
        match seek(file, SeekFrom::Data(bytes.start)) {
            Ok(data) => data >= bytes.end,
            // No data behind it; that the file still reaches so far is asked when it is closed.
            Err(Errno::NXIO) => true,
            Err(_) => false,
        }
    }
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

impl StreamSource<'_> {
    /// Waits for bytes, or the end, a fifth of a second at most; false where there is nothing yet. So a reader can be
    /// told to stop although whoever writes into the stream has fallen silent.
    pub fn wait(&self) -> io::Result<bool> {
        let Some(handle) = &self.handle else { return Ok(true) };
        let fifth = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
        match poll(&mut [PollFd::new(handle, PollFlags::IN)], Some(&fifth)) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Appends up to `limit` bytes to `out`, as many as one read gives; 0 at the end.
    pub fn read_some(&mut self, out: &mut Vec<u8>, limit: usize) -> io::Result<usize> {
        let start = out.len();
        out.resize(start + limit.min(PIECE), 0);
        let got = loop {
            match self.reader.read(&mut out[start..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(2)),
                got => break got,
            }
        };
        out.truncate(start + *got.as_ref().unwrap_or(&0));
        got
    }
}

impl Read for StreamSource<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// A stream has nothing to show.
impl fmt::Debug for StreamSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamSource")
    }
}

/// Calls `read` with the number of bytes done and the rest of `buffer` until that is full or there are no more.
fn fill(buffer: &mut [u8], mut read: impl FnMut(usize, &mut [u8]) -> io::Result<usize>) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match read(done, &mut buffer[done..]) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A terminal or pipe that another program left in non-blocking mode.
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::open::Opener;

    #[test]
    fn a_file_is_read_from_any_place() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"0123456789").expect("written");
        let source = Opener::new(false).open(file.path()).expect("a file");
        let mut buffer = [0; 4];
        assert_eq!(source.size(), Some(10));
        assert_eq!(source.read_at(3, &mut buffer).expect("read"), 4);
        assert_eq!(&buffer, b"3456");
        assert_eq!(source.read_at(8, &mut buffer).expect("read"), 2);
        assert_eq!(source.read_at(99, &mut buffer).expect("read"), 0);
        assert_eq!(source.changed(), None);
    }

    #[test]
    fn truncating_and_appending_are_noticed() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"0123456789").expect("written");
        let opener = Opener::new(false);
        let source = opener.open(file.path()).expect("a file");
        file.as_file().set_len(5).expect("truncated");
        assert_eq!(source.read_at(0, &mut [0; 10]).expect("read"), 5);
        assert_eq!(source.changed(), Some(Reason::Changed));
        let source = opener.open(file.path()).expect("a file");
        file.write_all(b"more").expect("written");
        assert_eq!(source.changed(), Some(Reason::Changed));
    }

    #[test]
    fn a_file_removed_while_read_is_still_read_whole() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "abc").expect("written");
        let source = Opener::new(false).open(file.path()).expect("a file");
        file.close().expect("removed");
        assert_eq!(source.read_at(0, &mut [0; 4]).expect("read"), 3);
        assert_eq!(source.changed(), None);
    }

    #[test]
    fn memory_reads_like_a_file() {
        let bytes = b"0123456789".to_vec();
        let mut buffer = [0; 4];
        assert_eq!(bytes.read_at(8, &mut buffer).expect("read"), 2);
        assert_eq!(bytes.read_at(u64::MAX, &mut buffer).expect("read"), 0);
        assert_eq!(Source::Memory(bytes).size(), Some(10));
    }

    /// Gives one byte a call, an interruption now and then, and fails at the end if told to.
    struct Trickle(u8, bool);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                n if n % 3 == 0 => Err(ErrorKind::Interrupted.into()),
                10.. if self.1 => Err(ErrorKind::BrokenPipe.into()),
                10.. => Ok(0),
                n => {
                    buffer[0] = n;
                    Ok(1)
                }
            }
        }
    }

    #[test]
    fn a_stream_is_read_to_its_end_or_its_failure() {
        for fails in [false, true] {
            let mut source = Source::stream(Trickle(0, fails), Access::stream());
            assert_eq!(source.size(), None);
            assert!(source.read_at(0, &mut [0]).is_err());
            let stream = source.in_order().expect("a stream");
            let mut out = vec![0];
            let end = loop {
                assert!(stream.wait().expect("ready"));
                match stream.read_some(&mut out, 4) {
                    Ok(n) if n > 0 => {}
                    end => break end,
                }
            };
            assert_eq!(end.is_err(), fails);
            assert_eq!(out, [0, 1, 2, 4, 5, 7, 8], "what came before the end is kept");
        }
    }
}
