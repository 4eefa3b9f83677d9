//! A worker as its scanner sees it. In: a program, requests. Out: frames, or why the worker came to its end. Refuses what is no
//! frame: then the worker is ended.

use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::Signal;

use super::frame::{self, Frame, HEAD, Request};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::trial;

/// How long a wait lasts before it is asked whether the scan goes on.
const GLANCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// Bytes that are read at once.
const PIECE: usize = 256 << 10;

/// Last words that are looked at.
const WORDS: usize = 4096;

/// A process that reads documents.
pub(super) struct Worker {
    child: Child,
    socket: UnixStream,
    /// Its standard error: a file without a name. What stands there is looked at and never repeated.
    words: File,
    /// Bytes that were read of it, and how many of them were taken.
    held: Vec<u8>,
    taken: usize,
}

impl Worker {
    /// Starts one.
    pub(super) fn start(program: &Path) -> io::Result<Worker> {
        let (socket, theirs) = UnixStream::pair()?;
        let words = File::from(memfd_create("words", MemfdFlags::CLOEXEC)?);
        let mut command = Command::new(program);
        command.arg(super::COMMAND).arg(std::process::id().to_string());
        command.env_clear();
        if trial::is_on() {
            command.env(trial::VARIABLE, "1");
        }
        if let Some(arenas) = std::env::var_os(super::ARENAS) {
            command.env(super::ARENAS, arenas);
        }
        let child = command
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::from(words.try_clone()?))
            // An interrupt from the terminal is for the scanner, which closes its reports in peace.
            .process_group(0)
            .spawn()?;
        Ok(Worker { child, socket, words, held: Vec::new(), taken: 0 })
    }

    /// Hands over a document, and the file beside it that the request names.
    pub(super) fn ask(
        &mut self,
        request: &Request,
        document: BorrowedFd<'_>,
        beside: Option<BorrowedFd<'_>>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        frame::put_request(&mut bytes, request);
        let rights = [document, beside.unwrap_or(document)];
        let rights = &rights[..1 + usize::from(beside.is_some())];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(rights));
        let sent = loop {
            match sendmsg(&self.socket, &[IoSlice::new(&bytes)], &mut control, SendFlags::NOSIGNAL) {
                Err(Errno::INTR) => {}
                done => break done?,
            }
        };
        self.socket.write_all(&bytes[sent..])
    }

    /// The next frame. `stopped` is asked now and then while there is none.
    ///
    /// # Errors
    /// The worker is gone, or was ended because it is of no use any more: it fell silent for `silence`, or said what
    /// is no frame.
    pub(super) fn frame(&mut self, silence: Duration, stopped: &dyn Fn() -> bool) -> Result<Frame, Halt> {
        let since = Instant::now();
        loop {
            match self.whole() {
                Ok(Some(frame)) => return Ok(frame),
                Ok(None) => {}
                Err(_) => {
                    self.end();
                    return Err(Halt::new(Reason::Crashed, "its reader lost its way"));
                }
            }
            match poll(&mut [PollFd::new(&self.socket, PollFlags::IN)], Some(&GLANCE)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => match self.more() {
                    Ok(true) => {}
                    Ok(false) | Err(_) => return Err(self.cause()),
                },
                Err(_) => return Err(self.cause()),
            }
            if stopped() {
                self.end();
                return Err(Halt::new(Reason::Interrupted, "the scan was stopped"));
            }
            if since.elapsed() > silence {
                self.end();
                let detail = format!("its reader gave no sign of life for {} seconds", silence.as_secs());
                return Err(Halt::new(Reason::Limit, detail));
            }
        }
    }

    /// A frame of what was read already.
    fn whole(&mut self) -> io::Result<Option<Frame>> {
        let rest = &self.held[self.taken..];
        let Some(head) = rest.first_chunk::<HEAD>() else { return Ok(None) };
        let (kind, length) = frame::head(*head)?;
        let Some(content) = rest.get(HEAD..HEAD + length) else { return Ok(None) };
        let frame = Frame::read(kind, content.to_vec())?;
        self.taken += HEAD + length;
        Ok(Some(frame))
    }

    /// Reads some; `false` at the end.
    fn more(&mut self) -> io::Result<bool> {
        self.held.drain(..self.taken);
        self.taken = 0;
        let end = self.held.len();
        self.held.resize(end + PIECE, 0);
        let got = loop {
            match self.socket.read(&mut self.held[end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                got => break got,
            }
        };
        self.held.truncate(end + *got.as_ref().unwrap_or(&0));
        Ok(got? > 0)
    }

    /// Why it ended by itself.
    fn cause(&mut self) -> Halt {
        let _ = self.child.kill();
        let Ok(status) = self.child.wait() else {
            return Halt::new(Reason::Crashed, "its reader is gone");
        };
        let mut words = [0; WORDS];
        let got = self.words.read_at(&mut words, 0).unwrap_or(0);
        cause(status, &words[..got])
    }

    /// Ends it.
    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}

/// Why a worker ended, by its status and its last words, of which only what Rust's library says is known. Words of others may
/// quote the document.
fn cause(status: ExitStatus, words: &[u8]) -> Halt {
    let said = |text: &str| memchr::memmem::find(words, text.as_bytes()).is_some();
    if said("memory allocation of ") {
        return Halt::new(Reason::Limit, "its reader asks for more memory than it may have");
    }
    let by = |signal: Signal| status.signal() == Some(signal.as_raw());
    let crashed = |detail: &str| Halt::new(Reason::Crashed, detail);
    match status.signal() {
        _ if by(Signal::XCPU) => Halt::new(Reason::Limit, "its reader computes longer than it may"),
        _ if said("has overflowed its stack") => crashed("its reader ran out of stack"),
        _ if by(Signal::SYS) => crashed("its reader tried what it may not do"),
        _ if by(Signal::KILL) => crashed("its reader was killed"),
        Some(signal) => crashed(&format!("its reader ended with signal {signal}")),
        None => crashed("its reader ended"),
    }
}
