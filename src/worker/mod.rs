//! The fence around libraries. In: a document as a descriptor, its format. Out: its parts, read by another process. Refuses
//! nothing itself: whatever becomes of that process is the end of one document and of no more.
//!
//! `catch_unwind` is no fence: a library that aborts, overflows its stack, faults in C or never ends takes its process with
//! it. So the scanner starts its own program again, as `phisweep __worker`, with limits on memory and computing, hands it
//! open descriptors over a socket and hears [`Frame`]s. A worker serves one document after the other until it dies, or is
//! ended because it fell silent.

#[cfg(feature = "cli")]
mod bounds;
mod frame;
mod process;
#[cfg(feature = "cli")]
mod serve;

use std::io::{self, Read};
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use self::frame::{Frame, Request};
use self::process::Worker;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::limits::Limits;
use crate::rich::{Asked, Part};
use crate::spool::Sealed;

#[cfg(feature = "cli")]
pub(crate) use self::serve::serve;

/// The hidden command that makes the program a worker.
pub(crate) const COMMAND: &str = "__worker";

/// The environment's word for how many arenas glibc's `malloc` may have: where the scanner was told, workers are too.
pub(crate) const ARENAS: &str = "MALLOC_ARENA_MAX";

/// What a worker tells of a document.
pub(crate) enum Told<'a> {
    /// A part, and its bytes. What is not read of them is passed over.
    Part(Part, &'a mut dyn Read),
    /// Something was not read.
    Gap(Missed),
}

/// A document as it is handed over.
#[derive(Clone, Copy)]
pub(crate) struct Handed<'a> {
    pub(crate) document: BorrowedFd<'a>,
    /// Where it stands in the spool, if `document` is that.
    pub(crate) sealed: Option<Sealed>,
    /// The file beside it, and the ending that its name has and the document's has not; see [`Asked::beside`].
    pub(crate) beside: Option<(&'a str, BorrowedFd<'a>)>,
}

/// Something of a document that was not read.
pub(crate) struct Missed {
    pub(crate) part: Option<String>,
    pub(crate) reason: Reason,
    pub(crate) detail: String,
}

/// Workers of a run. Each thread that scans has one, and one more for each document it reads inside of another, so nobody ever
/// waits for a worker that waits for him.
pub(crate) struct Pool {
    program: PathBuf,
    limits: Limits,
    /// Those that have nothing to do, as many as there are threads at most.
    idle: Mutex<Vec<Worker>>,
    threads: usize,
}

impl Pool {
    /// Workers that `program` makes; none is started before it is needed.
    pub(crate) fn new(program: PathBuf, limits: Limits, threads: usize) -> Pool {
        Pool { program, limits, idle: Mutex::default(), threads }
    }

    /// Reads a document and tells of it, as it comes; `stopped` is asked whether to go on.
    ///
    /// # Errors
    /// Why it was not read to its end: what its reader says, what became of the worker, or what `tell` says.
    pub(crate) fn read(
        &self,
        asked: Asked<'_>,
        handed: Handed<'_>,
        stopped: &dyn Fn() -> bool,
        tell: &mut dyn FnMut(Told<'_>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        let request = Request {
            format: asked.format.to_string(),
            name: asked.name.to_string(),
            passwords: asked.passwords.to_vec(),
            beside: handed.beside.map(|(ending, _)| ending.to_string()),
            sealed: handed.sealed,
            memory: self.limits.memory,
            cpu: self.limits.cpu,
            cells: self.limits.cells,
        };
        let worker = self.ask(&request, handed)?;
        let silence = Duration::from_secs(self.limits.silence);
        let mut answer = Answer { worker, silence, stopped, missed: Vec::new(), done: None };
        let told = hear(&mut answer, tell);
        // One that is in the middle of this document would go on with it.
        if answer.done == Some(Retire(false)) {
            self.give_back(answer.worker);
        }
        told
    }

    /// A worker that has taken the request. One that died since it was last used is no fault of this document.
    fn ask(&self, request: &Request, handed: Handed<'_>) -> Result<Worker, Halt> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let fresh = idle.is_none();
            let asked = idle.map_or_else(|| Worker::start(&self.program), Ok).and_then(|mut worker| {
                worker.ask(request, handed.document, handed.beside.map(|(_, file)| file))?;
                Ok(worker)
            });
            match asked {
                Ok(worker) => return Ok(worker),
                Err(_) if !fresh => {}
                Err(error) => {
                    let (_, detail) = crate::walk::failure(&error);
                    return Err(Halt::new(Reason::Crashed, format!("no reader could be started: {detail}")));
                }
            }
        }
    }

    fn give_back(&self, worker: Worker) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.threads {
            idle.push(worker);
        }
    }
}

/// Names the program only.
impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("program", &self.program).finish_non_exhaustive()
    }
}

/// Hears an answer to its end.
fn hear(answer: &mut Answer<'_>, tell: &mut dyn FnMut(Told<'_>) -> Result<(), Halt>) -> Result<(), Halt> {
    loop {
        match answer.frame()? {
            Frame::Begin(part) => {
                let mut bytes = Bytes { answer, piece: Vec::new(), at: 0, end: None };
                let told = tell(Told::Part(part, &mut bytes));
                let end = if told.is_ok() { bytes.pass_over() } else { Ok(()) };
                // Gaps of the part itself are heard even if it came to no good end.
                let missed = std::mem::take(&mut answer.missed);
                let heard = missed.into_iter().try_for_each(|missed| tell(Told::Gap(missed)));
                told.and(end).and(heard)?;
            }
            Frame::Gap { part, reason, detail } => tell(Told::Gap(Missed { part, reason, detail }))?,
            Frame::Alive => {}
            Frame::Done { halt, .. } => return halt.map_or(Ok(()), Err),
            Frame::Bytes(_) | Frame::End => return Err(lost()),
        }
    }
}

fn lost() -> Halt {
    Halt::new(Reason::Crashed, "its reader lost its way")
}

/// What a worker says of one document.
struct Answer<'a> {
    worker: Worker,
    silence: Duration,
    stopped: &'a dyn Fn() -> bool,
    /// Gaps that were told inside of a part; heard behind it.
    missed: Vec<Missed>,
    /// It came to its end.
    done: Option<Retire>,
}

/// Whether a worker takes no other document.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Retire(bool);

/// Gaps that are kept until the end of a part; what is beyond that is told as one.
const MISSED: usize = 1000;

impl Answer<'_> {
    fn frame(&mut self) -> Result<Frame, Halt> {
        let frame = self.worker.frame(self.silence, self.stopped)?;
        if let Frame::Done { retire, .. } = &frame {
            self.done = Some(Retire(*retire));
        }
        Ok(frame)
    }
}

/// The bytes of a part.
struct Bytes<'a, 'b> {
    answer: &'a mut Answer<'b>,
    piece: Vec<u8>,
    at: usize,
    /// It came to its end, or why not.
    end: Option<Result<(), Halt>>,
}

impl Bytes<'_, '_> {
    /// The next piece; none at the end.
    fn next(&mut self) -> Result<Option<Vec<u8>>, Halt> {
        if let Some(end) = &self.end {
            return end.clone().map(|()| None);
        }
        let end = loop {
            match self.answer.frame() {
                Ok(Frame::Bytes(piece)) if piece.is_empty() => {}
                Ok(Frame::Bytes(piece)) => return Ok(Some(piece)),
                Ok(Frame::Gap { part, reason, detail }) => self.miss(Missed { part, reason, detail }),
                Ok(Frame::Alive) => {}
                Ok(Frame::End) => break Ok(()),
                Ok(Frame::Done { halt, .. }) => break Err(halt.unwrap_or_else(lost)),
                Ok(Frame::Begin(_)) => break Err(lost()),
                Err(halt) => break Err(halt),
            }
        };
        self.end = Some(end.clone());
        end.map(|()| None)
    }

    fn miss(&mut self, missed: Missed) {
        let all = &mut self.answer.missed;
        match all.len() {
            MISSED => all.push(Missed { part: None, detail: "and more of the kind".to_string(), ..missed }),
            n if n < MISSED => all.push(missed),
            _ => {}
        }
    }

    /// Goes to the end of the part.
    fn pass_over(mut self) -> Result<(), Halt> {
        while self.next()?.is_some() {}
        Ok(())
    }
}

impl Read for Bytes<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            match self.next().map_err(Halt::error)? {
                Some(piece) => (self.piece, self.at) = (piece, 0),
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.piece.len() - self.at);
        buffer[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
