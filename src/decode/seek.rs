//! The bytes of a wrapper as its reader wants them: in order, or with a place to go to. In: [`Packed`]. Out: a reader.
//! A stream in which a reader must go to and fro is held, in memory or in the spool. Refuses what its budget has no room for.

use std::io::{self, Read, Seek, SeekFrom};

use super::Packed;
use super::budget::{Budget, Halt};
use crate::open::ReadAt;
use crate::spool::{HELD, Spooled};

/// Bytes read ahead: readers of wrappers ask for a few at a time.
const AHEAD: usize = 64 << 10;

/// Reads in order, from the start.
pub fn in_order(packed: Packed<'_>) -> Box<dyn Read + '_> {
    match packed {
        Packed::ByOffset(bytes) => Box::new(At::new(bytes)),
        Packed::InOrder(reader) => reader,
    }
}

/// Bytes that can be read from any place.
pub(super) enum Holding<'a> {
    Lent(&'a dyn ReadAt),
    Held(Vec<u8>),
    Spooled(Box<Spooled>),
}

impl<'a> Holding<'a> {
    /// A stream is read to its end first.
    ///
    /// # Errors
    /// Where a stream is too large to be held, or cannot be read.
    pub(super) fn of(packed: Packed<'a>, budget: &Budget) -> Result<Holding<'a>, Halt> {
        match packed {
            Packed::ByOffset(bytes) => Ok(Holding::Lent(bytes)),
            Packed::InOrder(mut reader) => {
                let mut held = Vec::new();
                reader.by_ref().take(HELD + 1).read_to_end(&mut held).map_err(|error| Halt::of(&error))?;
                if held.len() as u64 > HELD {
                    let spooled = budget.hold(&mut io::Cursor::new(held).chain(reader))?;
                    return Ok(Holding::Spooled(Box::new(spooled)));
                }
                Ok(Holding::Held(held))
            }
        }
    }

    /// How many bytes there are.
    pub(super) fn size(&self) -> u64 {
        match self {
            Holding::Lent(bytes) => bytes.size(),
            Holding::Held(bytes) => bytes.len() as u64,
            Holding::Spooled(bytes) => bytes.size(),
        }
    }

    /// Reads from a place, as far as there are bytes.
    pub(super) fn read_at(&self, offset: u64, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Holding::Lent(bytes) => bytes.read_at(offset, to),
            Holding::Held(bytes) => bytes.read_at(offset, to),
            Holding::Spooled(bytes) => bytes.read_at(offset, to),
        }
    }

    /// A reader at the start.
    pub(super) fn reader(&self) -> At<'_> {
        match self {
            Holding::Lent(bytes) => At::new(*bytes),
            Holding::Held(bytes) => At::new(bytes),
            Holding::Spooled(bytes) => At::new(&**bytes),
        }
    }
}

/// A place in bytes that can be read from any place.
pub(crate) struct At<'a> {
    bytes: &'a dyn ReadAt,
    at: u64,
    /// What was read ahead, and where it starts.
    ahead: Vec<u8>,
    start: u64,
}

impl<'a> At<'a> {
    /// At the start.
    pub(crate) fn new(bytes: &'a dyn ReadAt) -> At<'a> {
        At { bytes, at: 0, ahead: Vec::new(), start: 0 }
    }
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.start + self.ahead.len() as u64;
        if !(self.start..end).contains(&self.at) {
            if buffer.len() >= AHEAD {
                let got = self.bytes.read_at(self.at, buffer)?;
                self.at += got as u64;
                return Ok(got);
            }
            self.ahead.resize(AHEAD, 0);
            let got = self.bytes.read_at(self.at, &mut self.ahead);
            self.ahead.truncate(*got.as_ref().unwrap_or(&0));
            self.start = self.at;
            got?;
        }
        let from = &self.ahead[(self.at - self.start) as usize..];
        let count = from.len().min(buffer.len());
        buffer[..count].copy_from_slice(&from[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for At<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(to) => Some(to),
            SeekFrom::End(by) => self.bytes.size().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Fills `buffer`.
pub(super) fn exactly(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<(), Halt> {
    reader.read_exact(buffer).map_err(|error| Halt::of(&error))
}

/// Fills `buffer`; `false` where there is nothing at all.
pub(super) fn whole(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<bool, Halt> {
    let mut done = 0;
    while done < buffer.len() {
        match reader.read(&mut buffer[done..]) {
            Ok(0) if done == 0 => return Ok(false),
            Ok(0) => return Err(Halt::of(&io::ErrorKind::UnexpectedEof.into())),
            Ok(got) => done += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Halt::of(&error)),
        }
    }
    Ok(true)
}

/// Reads `length` bytes, of which little is held until they are there.
pub(super) fn some(reader: &mut dyn Read, length: u64) -> Result<Vec<u8>, Halt> {
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
    if (bytes.len() as u64) < length {
        return Err(Halt::of(&io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}

/// Passes over `length` bytes.
pub(super) fn skip(reader: &mut dyn Read, length: u64) -> Result<(), Halt> {
    let passed = io::copy(&mut reader.take(length), &mut io::sink()).map_err(|error| Halt::of(&error))?;
    if passed < length {
        return Err(Halt::of(&io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(())
}

/// Reads a stated number of bytes; that there are fewer is an error, and no end.
pub(super) struct Exactly<'a> {
    reader: &'a mut dyn Read,
    left: u64,
}

impl<'a> Exactly<'a> {
    pub(super) fn new(reader: &'a mut dyn Read, length: u64) -> Exactly<'a> {
        Exactly { reader, left: length }
    }

    /// Passes over what was not read.
    pub(super) fn finish(self) -> Result<(), Halt> {
        skip(self.reader, self.left)
    }
}

impl Read for Exactly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if count == 0 {
            return Ok(0);
        }
        let got = self.reader.read(&mut buffer[..count])?;
        if got == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= got as u64;
        Ok(got)
    }
}
