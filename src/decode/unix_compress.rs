//! `.Z`, as compress(1) has packed since 1985. In: packed bytes. Out: what was packed. Refuses codes that were never
//! defined. No kept crate reads it: its codes are LZW, but come in groups of eight that are padded wherever the width grows.
//!
//! Source of the format: compress(1) of 4.3BSD; magic `1f 9d`, then a byte with the widest code (9–16 bits) in its low five
//! bits and "codes may be cleared" in its highest.

use std::io::{self, ErrorKind, Read};

/// The narrowest code, in bits.
const NARROW: u32 = 9;
/// The widest code, in bits.
const WIDE: u32 = 16;
/// The code that clears the table.
const CLEAR: usize = 256;

/// A decoder.
pub(super) struct Decoder<R> {
    input: R,
    header: Option<Header>,
    /// For each code the code before its last byte, and its last byte.
    prefix: Vec<u16>,
    last: Vec<u8>,
    /// The first code that is not defined.
    free: usize,
    width: u32,
    previous: Option<usize>,
    first: u8,
    /// One group of eight codes: as many bytes as a code has bits.
    group: [u8; WIDE as usize],
    bits: usize,
    at: usize,
    /// What waits to be given, last byte first.
    stack: Vec<u8>,
    ended: bool,
}

#[derive(Clone, Copy)]
struct Header {
    widest: u32,
    clears: bool,
}

impl<R: Read> Decoder<R> {
    pub(super) fn new(input: R) -> Decoder<R> {
        Decoder {
            input,
            header: None,
            prefix: vec![0; 1 << WIDE],
            last: vec![0; 1 << WIDE],
            free: 0,
            width: NARROW,
            previous: None,
            first: 0,
            group: [0; WIDE as usize],
            bits: 0,
            at: 0,
            stack: Vec::new(),
            ended: false,
        }
    }

    fn begin(&mut self) -> io::Result<Header> {
        let mut start = [0; 3];
        self.input.read_exact(&mut start)?;
        let widest = u32::from(start[2] & 0x1f);
        if start[..2] != [0x1f, 0x9d] || !(NARROW..=WIDE).contains(&widest) {
            return Err(ErrorKind::InvalidData.into());
        }
        let header = Header { widest, clears: start[2] & 0x80 != 0 };
        (0..256).for_each(|code| self.last[code] = code as u8);
        self.free = if header.clears { CLEAR + 1 } else { CLEAR };
        self.header = Some(header);
        Ok(header)
    }

    /// The next code; `None` at the end.
    fn code(&mut self, header: Header) -> io::Result<Option<usize>> {
        // The table is full for this width: what is left of the group is padding.
        if self.free > (1 << self.width) - 1 && self.width < header.widest && self.previous.is_some() {
            self.width += 1;
            self.at = self.bits;
        }
        if self.at + self.width as usize > self.bits {
            let mut got = 0;
            while got < self.width as usize {
                match self.input.read(&mut self.group[got..self.width as usize]) {
                    Ok(0) => break,
                    Ok(more) => got += more,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            (self.bits, self.at) = (got * 8, 0);
            if self.bits < self.width as usize {
                return Ok(None);
            }
        }
        let mut code = 0;
        for bit in 0..self.width as usize {
            let at = self.at + bit;
            code |= usize::from(self.group[at / 8] >> (at % 8) & 1) << bit;
        }
        self.at += self.width as usize;
        Ok(Some(code))
    }

    /// Puts the bytes of the next code on the stack; `false` at the end.
    fn step(&mut self) -> io::Result<bool> {
        let header = match self.header {
            Some(header) => header,
            None => self.begin()?,
        };
        let Some(code) = self.code(header)? else { return Ok(false) };
        if code == CLEAR && header.clears {
            // The narrow codes start with a new group, and the first of them defines nothing.
            (self.free, self.width, self.previous) = (CLEAR + 1, NARROW, None);
            self.at = self.bits;
            return Ok(true);
        }
        let Some(previous) = self.previous else {
            if code >= 256 {
                return Err(ErrorKind::InvalidData.into());
            }
            (self.previous, self.first) = (Some(code), code as u8);
            self.stack.push(code as u8);
            return Ok(true);
        };
        if code > self.free || (code == CLEAR && self.free == CLEAR) {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut walk = code;
        if code == self.free {
            // The code that is being defined: the one before it and its first byte again.
            self.stack.push(self.first);
            walk = previous;
        }
        while walk >= 256 {
            self.stack.push(self.last[walk]);
            walk = usize::from(self.prefix[walk]);
        }
        self.first = walk as u8;
        self.stack.push(self.first);
        if self.free < 1 << header.widest {
            self.prefix[self.free] = previous as u16;
            self.last[self.free] = self.first;
            self.free += 1;
        } else if code == self.free {
            return Err(ErrorKind::InvalidData.into());
        }
        self.previous = Some(code);
        Ok(true)
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buffer.len() {
            if let Some(byte) = self.stack.pop() {
                buffer[done] = byte;
                done += 1;
            } else if self.ended {
                break;
            } else if !self.step()? {
                self.ended = true;
            }
        }
        Ok(done)
    }
}
