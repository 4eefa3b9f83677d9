//! The worker: reads documents that a scanner hands it, one after the other. In: a socket as standard input, on it requests, each
//! with a descriptor. Out: frames. Refuses to run on anything but a socket. Ends with its scanner.

use std::fs::File;
use std::io::{self, IoSliceMut, Read, Seek, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use super::bounds::{Bounds, Spent};
use super::frame::{self, Frame, HEAD, LONGEST, Request};
use crate::confine;
use crate::decode::At;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::open::ReadAt;
use crate::rich::{self, Asked, Document, Part, Parts};
use crate::spool::Unsealed;

/// Bytes of a part that wait to be sent together: what is lost of it where its reader dies. Bytes and not time decide, so that
/// the same is lost each time.
const HELD: usize = 16 << 10;

/// So much of a document is sent at once: of a short one nothing is lost.
const AT_ONCE: u64 = 16 << 10;

/// A sign of life is given after this time, if nothing else was sent.
const SOON: Duration = Duration::from_secs(1);

/// Stack of the thread on which libraries read, whatever the user's limit is: the result must not depend on that.
const STACK: usize = 16 << 20;

/// Serves until nobody asks any more; `parent` is the scanner. Nothing is said to anybody else, and there is nobody to hear of a
/// failure: who waits at the other end sees the worker end.
pub(crate) fn serve(parent: u32) -> io::Result<()> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // Whoever starts this by hand is told so, and nothing is read from a terminal.
    socket.local_addr()?;
    let bounds = Bounds::set(parent)?;
    confine::worker();
    let serving = std::thread::Builder::new().name("reader".to_string()).stack_size(STACK);
    let served = serving.spawn(move || run(socket, &bounds))?.join();
    served.unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
}

fn run(mut socket: UnixStream, bounds: &Bounds) -> io::Result<()> {
    while let Some((request, document, beside)) = receive(&mut socket)? {
        let (held, cells) = (Vec::new(), request.cells);
        let mut answer = Answer { socket: &mut socket, held, written: 0, heard: Instant::now(), cells };
        let before = bounds.open(request.memory, request.cpu);
        // Where whoever wrote it stands, does not matter.
        let mut plain = File::from(document);
        plain.rewind()?;
        let own: Arc<dyn ReadAt + Send> = match request.sealed {
            Some(sealed) => Arc::new(Unsealed::new(plain.try_clone()?, sealed)),
            None => Arc::new(Plain { size: plain.metadata()?.len(), file: plain.try_clone()? }),
        };
        let mut unsealed = At::new(&*own);
        let file: &mut dyn Document = if request.sealed.is_some() { &mut unsealed } else { &mut plain };
        let open = |ending: &str| -> Option<Box<dyn Document>> {
            let named = request.beside.as_deref() == Some(ending);
            let file = beside.as_ref().filter(|_| named)?.try_clone().ok()?;
            Some(Box::new(File::from(file)))
        };
        let asked = Asked {
            format: &request.format,
            name: &request.name,
            passwords: &request.passwords,
            beside: Some(&open),
            own: Some(&own),
        };
        let read = catch_unwind(AssertUnwindSafe(|| match rich::reader(asked.format) {
            Some(reader) => reader(asked, file, &mut answer),
            None => Err(Halt::new(Reason::Unsupported, "a format that is not read")),
        }));
        // Who panicked may have left anything behind.
        let panicked = read.is_err();
        let halt = read.unwrap_or_else(|_| Err(Halt::new(Reason::Crashed, "its reader gave up on it"))).err();
        let retire = panicked || bounds.spent(&before) == Spent::TooMuch;
        Frame::Done { halt, retire }.put(&mut answer.held);
        answer.send()?;
    }
    Ok(())
}

/// A document that is a file as it stands.
struct Plain {
    file: File,
    size: u64,
}

impl ReadAt for Plain {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read_at(buffer, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }
}

/// A request, its document, and the file beside that.
type Received = (Request, OwnedFd, Option<OwnedFd>);

/// The next request; `None` where no more come.
fn receive(socket: &mut UnixStream) -> io::Result<Option<Received>> {
    let mut head = [0; HEAD];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got = loop {
        match recvmsg(&*socket, &mut [IoSliceMut::new(&mut head)], &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            done => break done?.bytes,
        }
    };
    if got == 0 {
        return Ok(None);
    }
    let mut rights = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(rights) => Some(rights),
        _ => None,
    });
    let mut next = || rights.as_mut().and_then(Iterator::next);
    let (document, beside) = (next(), next());
    socket.read_exact(&mut head[got..])?;
    let (_, length) = frame::head(head)?;
    let mut content = vec![0; length];
    socket.read_exact(&mut content)?;
    let document = document.ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some((serde_json::from_slice(&content)?, document, beside)))
}

/// Parts on their way to the scanner.
struct Answer<'a> {
    socket: &'a mut UnixStream,
    /// Frames that wait to be sent.
    held: Vec<u8>,
    /// Bytes of parts.
    written: u64,
    heard: Instant,
    /// What is left of them.
    cells: u64,
}

impl Answer<'_> {
    fn send(&mut self) -> io::Result<()> {
        self.socket.write_all(&self.held)?;
        self.held.clear();
        self.heard = Instant::now();
        Ok(())
    }

    fn send_or_stop(&mut self) -> Result<(), Halt> {
        self.send().map_err(|_| Halt::new(Reason::Interrupted, "nobody listens"))
    }

    fn put(&mut self, frame: &Frame) -> Result<(), Halt> {
        frame.put(&mut self.held);
        self.send_or_stop()
    }
}

impl Parts for Answer<'_> {
    fn begin(&mut self, part: &Part) -> Result<(), Halt> {
        self.put(&Frame::Begin(part.clone()))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        for piece in bytes.chunks(LONGEST) {
            frame::put_bytes(&mut self.held, piece);
            self.written += piece.len() as u64;
            if self.held.len() >= HELD || self.written <= AT_ONCE {
                self.send_or_stop()?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Halt> {
        self.put(&Frame::End)
    }

    fn gap(&mut self, part: Option<&str>, reason: Reason, detail: &str) -> Result<(), Halt> {
        self.put(&Frame::Gap { part: part.map(str::to_string), reason, detail: detail.to_string() })
    }

    fn work(&mut self, units: u64) -> Result<(), Halt> {
        match self.cells.checked_sub(units) {
            Some(left) => self.cells = left,
            None => return Err(Halt::new(Reason::Limit, "more cells and nodes than a document may have")),
        }
        if self.heard.elapsed() < SOON {
            return Ok(());
        }
        // Past what waits, which goes when it is enough and not because time went by.
        let mut alive = Vec::new();
        Frame::Alive.put(&mut alive);
        self.heard = Instant::now();
        self.socket.write_all(&alive).map_err(|_| Halt::new(Reason::Interrupted, "nobody listens"))
    }
}
