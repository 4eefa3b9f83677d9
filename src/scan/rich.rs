//! Scans what libraries read. In: a document of which a worker hands out the parts. Out: the text of the document itself as
//! its own, every other part as a document with the part's name. Refuses what is too deep inside other documents, and
//! a stream for which its budget has no room, where a library must go to and fro in it.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use super::Within;
use super::document::{Given, Nest, Reading, Scanner};
use super::members::packed;
use super::names::mask_forms;
use crate::decode::budget::{Budget, Halt};
use crate::decode::in_order;
use crate::finding::Access;
use crate::gap::Reason;
use crate::locator::Locator;
use crate::open::{ReadAt, Source};
use crate::rich::{self, Asked, Form, Part};
use crate::spool::{HELD, Spooled};
use crate::worker::{Handed, Pool, Told};

impl Scanner<'_> {
    /// Scans the parts of a document; `reading` names its format.
    pub(super) fn take_apart(
        &self,
        (root, locator): (usize, &Locator),
        (source, head): (&mut Source<'_>, Vec<u8>),
        access: &Access,
        nest: Nest<'_>,
        reading: &mut Reading,
    ) {
        let size = reading.bytes;
        let beside = matches!(reading.format, "sqlite" | "dbf")
            .then(|| self.beside(root, locator, (reading.format, &head)))
            .flatten();
        let held = match self.may_be_read(reading.format, nest.depth) {
            Ok(pool) => Held::of(source, head, nest.budget).map(|document| (pool, document)),
            Err((reason, detail)) => {
                reading.not_read = Some((reason, detail.into()));
                return;
            }
        };
        let mut told = 0;
        let ended = held.and_then(|(pool, (document, bytes))| {
            reading.bytes = size.max(bytes);
            let handle = beside.as_ref().and_then(|(ending, file)| Some((*ending, file.handle()?.as_fd())));
            let handed = document.handed(handle);
            let _inside = Within::enter();
            self.parts((root, locator), (pool, handed), access, nest, (reading, &mut told))
        });
        match ended {
            Ok(()) => {}
            // Nothing was had of it at all: it was not read, rather than in part.
            Err(Halt { reason, detail }) if told == 0 && reading.missed.is_empty() && is_refusal(reason) => {
                reading.not_read = Some((reason, detail.into()));
            }
            Err(Halt { reason, detail }) => reading.stopped = Some((reason, detail)),
        }
        // Pages of a log are written anew once they are in the database: then neither says what was there.
        if reading.stopped.is_none()
            && let Some(reason) = beside.and_then(|(_, file)| file.changed())
        {
            reading.stopped = Some((reason, "the file that belongs to it changed while it was read".to_string()));
        }
        self.progress.read(size);
    }

    /// Who reads a format; or why nobody does.
    fn may_be_read(&self, format: &str, depth: u32) -> Result<&Pool, (Reason, String)> {
        if let Some(feature) = rich::feature_off(format) {
            return Err((Reason::Disabled, format!("{format}: this program was built without `{feature}`")));
        }
        if u64::from(depth) >= self.options.limits.depth {
            let detail = format!("more than {} wrappers inside each other", self.options.limits.depth);
            return Err((Reason::Limit, detail));
        }
        let nobody =
            || (Reason::Disabled, format!("{format}: no program is named that could read it in its own process"));
        self.workers.as_ref().ok_or_else(nobody)
    }

    fn parts(
        &self,
        (root, locator): (usize, &Locator),
        (pool, handed): (&Pool, Handed<'_>),
        access: &Access,
        nest: Nest<'_>,
        (reading, told): (&mut Reading, &mut u64),
    ) -> Result<(), Halt> {
        let Nest { depth, budget, tell, crew, .. } = nest;
        let name = locator.parts().last().map_or("", String::as_str);
        let passwords = self.options.passwords.list();
        let asked = Asked { format: reading.format, name, passwords, ..Asked::default() };
        let flow = Flow { budget, packed: reading.bytes, out: Cell::default(), more: Cell::default() };
        let mut names: HashMap<String, u32> = HashMap::new();
        let stopped = || self.progress.stopped();
        pool.read(asked, handed, &stopped, &mut |said| {
            let (part, bytes) = match said {
                Told::Part(part, bytes) => (part, bytes),
                Told::Gap(missed) => {
                    reading.missed.push(missed);
                    return Ok(());
                }
            };
            *told += 1;
            let place = part.place.as_deref().map(|place| self.masked(root, place));
            let mut bytes = Metered { inner: bytes, flow: &flow, halted: None };
            if part.form == Form::Body {
                if *told > 1 {
                    return Err(Halt::new(Reason::Crashed, "its reader lost its way"));
                }
                let mut text = Source::stream(&mut bytes, access.clone());
                let given = Given::Text(place.as_deref());
                let nest = Nest { depth, budget, encoding: None, given, tell: &mut *tell, crew };
                let body = self.read(root, locator, &mut text, access, nest);
                drop(text);
                // The document is what it was, and as large: only its text was read elsewhere.
                let mut outer = std::mem::replace(reading, body);
                outer.missed.append(&mut reading.missed);
                (reading.format, reading.bytes, reading.missed) = (outer.format, outer.bytes, outer.missed);
                reading.unread = None;
                // Why the text ended early is why the document did, and said once.
                return bytes.halted.or_else(|| halt_of(reading)).map_or(Ok(()), Err);
            }
            budget.member()?;
            let given = match part.form {
                Form::Table => Given::Rows(place.as_deref()),
                Form::Text => Given::Text(place.as_deref()),
                Form::Body | Form::File => Given::Nothing,
            };
            let inner = locator.member(&numbered(&mut names, &part));
            let depth = depth + 1;
            let nest = Nest { depth, budget, encoding: None, given, tell: &mut *tell, crew };
            let document = self.scan(root, inner, Source::stream(&mut bytes, access.clone()), nest);
            tell(document);
            bytes.halted.map_or(Ok(()), Err)
        })
    }

    /// A name out of a document, as places show it: without the values in it.
    pub(super) fn masked(&self, root: usize, name: &str) -> String {
        let masked = self.name(root, &Locator::named(name), &Access::stream()).masked;
        mask_forms(&masked.map_or_else(|| name.to_string(), |locator| locator.parts().concat()))
    }
}

/// Why the reading of a text ended, which is not said here but of the whole document.
fn halt_of(reading: &mut Reading) -> Option<Halt> {
    // A quote that is never closed is a fault of the text; the reader has given all of it.
    let ended = |(reason, _): &mut (Reason, String)| *reason == Reason::Interrupted;
    reading.stopped.take_if(ended).map(|(reason, detail)| Halt { reason, detail })
}

/// Whether a document that ends so before anything was had of it was not read at all, for a reason of its own.
pub(super) fn is_refusal(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::Encrypted | Reason::WeakEncryption | Reason::Unsupported | Reason::Image | Reason::NoRecords
    )
}

/// The name of a part; a second one of a name is `name#2`.
fn numbered(names: &mut HashMap<String, u32>, part: &Part) -> String {
    let name = crate::locator::os_text(part.name.as_ref());
    let times = names.entry(name.clone()).or_default();
    *times += 1;
    if *times > 1 { format!("{name}#{times}") } else { name }
}

/// A document as another process gets it.
enum Held {
    /// The file itself, or, where there is none, bytes in memory that nobody can change.
    Plain(OwnedFd),
    /// Of a stream that is too large for that, in the spool.
    Spooled(Box<Spooled>),
}

impl Held {
    /// The document, and how many bytes it has, where it was no file.
    fn of(source: &mut Source<'_>, head: Vec<u8>, budget: &Budget) -> Result<(Held, u64), Halt> {
        let failed = |error: io::Error| Halt::of(&error);
        if let Source::File(file) = source
            && let Some(handle) = file.handle()
        {
            return Ok((Held::Plain(handle.try_clone().map_err(failed)?.into()), 0));
        }
        let mut held = File::from(
            memfd_create("document", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)
                .map_err(io::Error::from)
                .map_err(failed)?,
        );
        let mut bytes = in_order(packed(source, head));
        let copied = io::copy(&mut bytes.by_ref().take(HELD + 1), &mut held);
        let copied = copied.and_then(|copied| held.flush().map(|()| copied)).map_err(failed)?;
        if copied > HELD {
            held.rewind().map_err(failed)?;
            let spooled = budget.hold(&mut held.chain(bytes))?;
            let size = spooled.size();
            return Ok((Held::Spooled(Box::new(spooled)), size));
        }
        let held = OwnedFd::from(held);
        let all = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
        fcntl_add_seals(&held, all).map_err(io::Error::from).map_err(failed)?;
        Ok((Held::Plain(held), copied))
    }

    fn handed<'a>(&'a self, beside: Option<(&'a str, BorrowedFd<'a>)>) -> Handed<'a> {
        match self {
            Held::Plain(file) => Handed { document: file.as_fd(), sealed: None, beside },
            Held::Spooled(spooled) => Handed { document: spooled.file(), sealed: Some(spooled.sealed()), beside },
        }
    }
}

/// What came out of all parts of a document, against what went in.
struct Flow<'a> {
    budget: &'a Budget,
    packed: u64,
    out: Cell<u64>,
    /// By how much that is more than went in.
    more: Cell<u64>,
}

/// The bytes of a part: end where the budget of the document does.
struct Metered<'a> {
    inner: &'a mut dyn Read,
    flow: &'a Flow<'a>,
    halted: Option<Halt>,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(halt) = &self.halted {
            return Err(halt.clone().error());
        }
        let got = self.inner.read(buffer).map_err(|error| Halt::of(&error)).and_then(|got| {
            let flow = self.flow;
            flow.out.set(flow.out.get() + got as u64);
            flow.budget.spend(got as u64)?;
            flow.budget.fits(flow.out.get(), flow.packed)?;
            let more = flow.out.get().saturating_sub(flow.packed);
            flow.budget.swell(more - flow.more.replace(more)).map(|()| got)
        });
        got.map_err(|halt| {
            self.halted = Some(halt.clone());
            halt.error()
        })
    }
}
