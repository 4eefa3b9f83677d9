//! What the wrappers of one file may cost, counted in work and not in time, so that the result never depends on load: bytes
//! that come out, in all and for each that went in, members, depth. In: readers. Out: readers that end with a [`Halt`]
//! where the budget does.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::gap::Reason;
use crate::limits::{FLOOR, Limits, bytes_text};
use crate::spool::{Refused, Spool, Spooled};

pub use crate::limits::{DEPTH, MEMBERS};

/// What is left of the budget of one file.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    members: Cell<u64>,
    expanded: Cell<u64>,
    /// Bytes of the file itself, where that is known.
    root: Option<u64>,
    /// Bytes that came out of its wrappers beyond those that went in.
    swollen: Cell<u64>,
    /// Too much came out of the whole file: no wrapper of it is read on.
    over: RefCell<Option<Halt>>,
    spool: Option<Spool>,
    /// Bytes of the spool that are in use.
    spooled: Arc<AtomicU64>,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::new(Limits::default())
    }
}

/// Why reading ended; goes through [`io::Error`] where a library stands between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// For the gap.
    pub reason: Reason,
    /// For the gap; never holds content.
    pub detail: String,
}

impl Halt {
    /// For a given reason.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Halt {
        Halt { reason, detail: detail.into() }
    }

    /// What an error says: the halt in it, what the system said, or that the wrapper is damaged. What a library says of the
    /// damage may quote what it read, and is not repeated.
    pub fn of(error: &io::Error) -> Halt {
        if let Some(halt) = error.get_ref().and_then(|inner| inner.downcast_ref::<Halt>()) {
            return halt.clone();
        }
        if error.raw_os_error().is_some() {
            let (reason, detail) = crate::walk::failure(error);
            return Halt { reason, detail };
        }
        match error.kind() {
            ErrorKind::UnexpectedEof => Halt::new(Reason::Malformed, "it ends too early"),
            ErrorKind::OutOfMemory => Halt::new(Reason::Limit, "it asks for more memory than it may have"),
            ErrorKind::Unsupported => Halt::new(Reason::Unsupported, "a method that is not read"),
            _ => Halt::new(Reason::Malformed, "damaged"),
        }
    }

    /// The halt as an error for who reads.
    pub fn error(self) -> io::Error {
        io::Error::other(self)
    }
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Error for Halt {}

impl Budget {
    /// All that these limits give to one file.
    pub fn new(limits: Limits) -> Budget {
        let (members, expanded) = (Cell::new(limits.members), Cell::new(limits.expanded));
        let (swollen, over) = (Cell::default(), RefCell::default());
        Budget { limits, members, expanded, root: None, swollen, over, spool: None, spooled: Arc::default() }
    }

    /// Of a file of so many bytes: what all its wrappers give together is held against these.
    pub fn of_root(self, root: Option<u64>) -> Budget {
        Budget { root, ..self }
    }

    /// With a place for what is too large to be held in memory.
    pub fn spooling(self, spool: Option<Spool>) -> Budget {
        Budget { spool, ..self }
    }

    /// Holds a stream of more than 64 MiB, to be read from any place.
    ///
    /// # Errors
    /// Where there is no place for it, or it ends early.
    pub(crate) fn hold(&self, stream: &mut dyn Read) -> Result<Spooled, Halt> {
        let large = |beyond: &str| Halt::new(Reason::Limit, format!("a document inside another, larger than {beyond}"));
        let Some(spool) = self.spool.as_ref().filter(|_| self.limits.spool > 0) else {
            return Err(large("64 MiB, and no file to hold it"));
        };
        spool.hold(stream, &self.spooled, self.limits.spool).map_err(|refused| match refused {
            Refused::Stream(error) => Halt::of(&error),
            Refused::Long => large(&format!("what may be held of it, {}", bytes_text(self.limits.spool))),
            Refused::Disk(error) => {
                let (_, detail) = crate::walk::failure(&error);
                large(&format!("64 MiB, and no file to hold it: {detail}"))
            }
        })
    }

    /// The limits it was made of.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether so much may have come out of so much, in one wrapper or document.
    ///
    /// # Errors
    /// Where it is too much.
    pub fn fits(&self, out: u64, packed: u64) -> Result<(), Halt> {
        if out > FLOOR && out / self.limits.ratio > packed {
            return Err(Halt::new(
                Reason::Limit,
                format!("more than {} bytes come out for each in it", self.limits.ratio),
            ));
        }
        Ok(())
    }

    /// Takes one member.
    ///
    /// # Errors
    /// Where there are no more.
    pub fn member(&self) -> Result<(), Halt> {
        match self.members.get().checked_sub(1) {
            Some(left) => {
                self.members.set(left);
                Ok(())
            }
            None => Err(Halt::new(Reason::Limit, format!("more than {} members", self.limits.members))),
        }
    }

    /// Takes bytes that came out.
    ///
    /// # Errors
    /// Where there are no more.
    pub fn spend(&self, bytes: u64) -> Result<(), Halt> {
        match self.expanded.get().checked_sub(bytes) {
            Some(left) => {
                self.expanded.set(left);
                Ok(())
            }
            None => {
                // A smaller piece is not let through either.
                self.expanded.set(0);
                Err(self.end(format!("more than {} come out of it", bytes_text(self.limits.expanded))))
            }
        }
    }

    /// Takes bytes that came out of a wrapper beyond those that went in. Wrappers inside each other may each give what one may,
    /// and all together a thousand times that.
    ///
    /// # Errors
    /// Where it is too much for the file that all of them stand in.
    pub fn swell(&self, bytes: u64) -> Result<(), Halt> {
        let swollen = self.swollen.get() + bytes;
        self.swollen.set(swollen);
        match self.root {
            Some(root) if swollen > FLOOR && swollen / self.limits.ratio > root => {
                let detail = format!("more than {} bytes come out of the whole file for each in it", self.limits.ratio);
                Err(self.end(detail))
            }
            _ => Ok(()),
        }
    }

    /// Why no wrapper of this file is read on, if that is so.
    pub fn over(&self) -> Option<Halt> {
        self.over.borrow().clone()
    }

    fn end(&self, detail: String) -> Halt {
        let halt = Halt::new(Reason::Limit, detail);
        self.over.replace(Some(halt.clone()));
        halt
    }
}

/// Counts what is read through it.
#[derive(Debug)]
pub struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    /// Counts from nothing.
    pub fn new(inner: R) -> Counted<R> {
        Counted { inner, count: Rc::default() }
    }

    /// The count, to be looked at while the reader is in use.
    pub fn count(&self) -> Rc<Cell<u64>> {
        self.count.clone()
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.count.set(self.count.get() + got as u64);
        Ok(got)
    }
}

/// What comes out of a wrapper: ends with a [`Halt`] where the budget does, or where the wrapper is damaged.
pub struct Metered<'a, R> {
    inner: R,
    budget: &'a Budget,
    /// Bytes that went in: counted as they are read, or as the wrapper says.
    packed: Rc<Cell<u64>>,
    out: u64,
    /// By how much that is more than went in.
    more: u64,
    halted: Option<Halt>,
}

impl<R> fmt::Debug for Metered<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metered").field("out", &self.out).finish_non_exhaustive()
    }
}

impl<'a, R> Metered<'a, R> {
    /// Meters `inner`, which comes out of `packed` bytes.
    pub fn new(inner: R, budget: &'a Budget, packed: Rc<Cell<u64>>) -> Metered<'a, R> {
        Metered { inner, budget, packed, out: 0, more: 0, halted: None }
    }

    fn check(&mut self, got: u64) -> Result<(), Halt> {
        self.out += got;
        self.budget.spend(got)?;
        self.budget.fits(self.out, self.packed.get())?;
        let more = self.out.saturating_sub(self.packed.get()).max(self.more);
        let grown = more - std::mem::replace(&mut self.more, more);
        self.budget.swell(grown)
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(halt) = &self.halted {
            return Err(halt.clone().error());
        }
        let end = match self.inner.read(buffer) {
            Ok(got) => self.check(got as u64).map(|()| got),
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => Err(Halt::of(&error)),
        };
        end.map_err(|halt| {
            self.halted = Some(halt.clone());
            halt.error()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_bounded() {
        let budget = Budget::default();
        let packed = Rc::new(Cell::new(1000));
        let mut bomb = Metered::new(io::repeat(b'x').take(u64::MAX), &budget, packed);
        let error = io::copy(&mut bomb, &mut io::sink()).expect_err("a bomb");
        let halt = Halt::of(&error);
        assert_eq!(halt.reason, Reason::Limit);
        assert!(bomb.out <= FLOOR + (1 << 20));
        let again = bomb.read(&mut [0; 8]).expect_err("it stays so");
        assert_eq!(Halt::of(&again), halt);
    }

    #[test]
    fn what_comes_out_of_a_whole_file_is_bounded() {
        let read = |root, packed: u64, out: u64, times: usize| {
            let budget = Budget::default().of_root(root);
            let each = |_| {
                let mut wrapper = Metered::new(io::repeat(b'x').take(out), &budget, Rc::new(Cell::new(packed)));
                io::copy(&mut wrapper, &mut io::sink()).map_err(|error| Halt::of(&error))
            };
            let read = (0..times).find_map(|n| each(n).err());
            assert_eq!(read, budget.over(), "whoever asks is told");
            read.map(|halt| halt.reason)
        };
        // Eight times what one may give, of a small file; of one that is large enough; stored, in each other.
        assert_eq!(read(Some(1000), 1000, FLOOR / 4, 8), Some(Reason::Limit));
        assert_eq!(read(Some(8 << 20), 1000, FLOOR / 4, 8), None);
        assert_eq!(read(Some(1000), FLOOR, FLOOR, 8), None);
        assert_eq!(read(None, 1000, FLOOR / 4, 8), None, "a stream that ends nobody knows where");
    }

    #[test]
    fn nothing_comes_behind_the_end() {
        let budget = Budget::new(Limits { expanded: 1000, ..Limits::default() });
        assert!(budget.spend(600).is_ok() && budget.spend(600).is_err());
        assert!(budget.spend(10).is_err() && budget.over().is_some(), "it is over, however little is asked for");
    }

    #[test]
    fn members_are_bounded() {
        let budget = Budget::default();
        (0..MEMBERS).for_each(|_| budget.member().expect("within"));
        assert_eq!(budget.member().expect_err("beyond").reason, Reason::Limit);
    }

    #[test]
    fn damage_does_not_quote_what_was_read() {
        let error = io::Error::new(ErrorKind::InvalidData, "bad field 536-90-4398");
        assert_eq!(Halt::of(&error), Halt::new(Reason::Malformed, "damaged"));
    }
}
