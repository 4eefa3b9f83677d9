//! The pages of an SQLite file. In: the file, and its write-ahead log where there is one. Out: pages by number, as the last commit
//! left them. Refuses page sizes that the format does not know; a log's frames count only where salts and sums hold.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::Document;

/// Bytes of the header of a file, on its first page (SQLite file format 1.3).
pub(super) const HEADER: usize = 100;
/// Bytes before the frames of a log (4.1), and before the page of each.
const LOG_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
/// Frames of a log that are remembered: 16 GiB of pages of 4 KiB.
const FRAMES: usize = 4 << 20;

/// How texts are stored (1.3.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextEncoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// Pages by number, from 1.
pub(super) struct Pages<'a> {
    base: Option<&'a mut dyn Document>,
    log: Option<Log<'a>>,
    /// Bytes of a page.
    pub(super) size: usize,
    /// Bytes of a page that the format itself uses.
    pub(super) usable: usize,
    pub(super) encoding: TextEncoding,
    /// Pages there are.
    pub(super) count: u32,
    /// First trunk page of the list of free pages; 0 where there is none.
    pub(super) free: u32,
}

/// A write-ahead log: where the newest committed frame of each page stands.
struct Log<'a> {
    document: Box<dyn Document + 'a>,
    frames: HashMap<u32, u64>,
    /// Pages of the file as of the last commit.
    pages: u32,
}

/// What the first bytes of a log say.
pub(super) struct LogHead {
    pub(super) page: usize,
    big_endian: bool,
    salts: [u8; 8],
    sums: (u32, u32),
}

impl<'a> Pages<'a> {
    /// The pages of a file.
    pub(super) fn of_file(document: &'a mut dyn Document, log: Option<Box<dyn Document + 'a>>) -> Result<Self, Halt> {
        let length = document.seek(SeekFrom::End(0)).map_err(|error| Halt::of(&error))?;
        let mut pages = Pages {
            base: Some(document),
            log: None,
            size: 0,
            usable: 0,
            encoding: TextEncoding::Utf8,
            count: 0,
            free: 0,
        };
        let mut head = [0; HEADER];
        pages.read_base(0, &mut head)?;
        pages.size = page_size(&head)?;
        pages.log = match log {
            Some(document) => Log::read(document, pages.size)?,
            None => None,
        };
        pages.count = u32::try_from(length.div_ceil(pages.size as u64)).unwrap_or(u32::MAX);
        pages.begin()?;
        Ok(pages)
    }

    /// The pages that a log holds, where the first is among them.
    pub(super) fn of_log(document: Box<dyn Document + 'a>, size: usize) -> Result<Option<Self>, Halt> {
        let Some(log) = Log::read(document, size)? else { return Ok(None) };
        if !log.frames.contains_key(&1) {
            return Ok(None);
        }
        let encoding = TextEncoding::Utf8;
        let mut pages = Pages { base: None, log: Some(log), size, usable: size, encoding, count: 0, free: 0 };
        pages.begin()?;
        Ok(Some(pages))
    }

    /// Pages that come from elsewhere: of this size, texts in this encoding.
    pub(super) fn loose(size: usize, encoding: Option<TextEncoding>) -> Pages<'static> {
        let encoding = encoding.unwrap_or(TextEncoding::Utf8);
        Pages { base: None, log: None, size, usable: size, encoding, count: 0, free: 0 }
    }

    /// Number and place of the page of a frame of the log, committed or not; `None` behind the last.
    pub(super) fn frame(&mut self, n: u64) -> Result<Option<(u32, u64)>, Halt> {
        let Some(log) = &mut self.log else { return Ok(None) };
        let at = LOG_HEADER + n * (FRAME_HEADER + self.size as u64);
        let mut head = [0; FRAME_HEADER as usize];
        let got = read_at(&mut *log.document, at, &mut head).map_err(|error| Halt::of(&error))?;
        Ok((got == head.len()).then(|| (be32(&head, 0), at + FRAME_HEADER)))
    }

    /// Whether the page as the last commit left it stands in the log, and there at this offset.
    pub(super) fn is_newest(&self, number: u32, at: u64) -> bool {
        self.log.as_ref().is_some_and(|log| log.frames.get(&number) == Some(&at))
    }

    /// Whether all pages are here, and not only those of a log.
    pub(super) fn is_whole(&self) -> bool {
        self.base.is_some()
    }

    /// Reads the header anew, since the first page may stand in the log.
    fn begin(&mut self) -> Result<(), Halt> {
        if let Some(log) = &self.log {
            self.count = self.count.max(log.pages);
        }
        let first = self.read(1)?.ok_or_else(|| Halt::new(Reason::Malformed, "it ends too early"))?;
        let head: [u8; HEADER] =
            first.get(..HEADER).and_then(|head| head.try_into().ok()).ok_or_else(|| damaged("no header"))?;
        self.usable = self.size - usize::from(head[20]);
        if self.usable < 480 {
            return Err(damaged("a page without room"));
        }
        self.encoding = match be32(&head, 56) {
            2 => TextEncoding::Utf16Le,
            3 => TextEncoding::Utf16Be,
            _ => TextEncoding::Utf8,
        };
        self.free = be32(&head, 32);
        Ok(())
    }

    /// A page; `None` where there is none of this number. What the end of a file cuts off is zeros.
    pub(super) fn read(&mut self, number: u32) -> Result<Option<Vec<u8>>, Halt> {
        if number == 0 {
            return Ok(None);
        }
        let mut page = vec![0; self.size];
        if let Some(log) = &mut self.log
            && let Some(at) = log.frames.get(&number)
        {
            read_at(&mut *log.document, *at, &mut page).map_err(|error| Halt::of(&error))?;
            return Ok(Some(page));
        }
        if number > self.count || self.base.is_none() {
            return Ok(None);
        }
        let at = u64::from(number - 1) * self.size as u64;
        Ok((self.read_base(at, &mut page)? > 0).then_some(page))
    }

    fn read_base(&mut self, at: u64, to: &mut [u8]) -> Result<usize, Halt> {
        let Some(base) = &mut self.base else { return Ok(0) };
        read_at(*base, at, to).map_err(|error| Halt::of(&error))
    }
}

impl<'a> Log<'a> {
    /// The frames up to the last commit; `None` for a log that holds none, or is of another page size.
    fn read(mut document: Box<dyn Document + 'a>, size: usize) -> Result<Option<Log<'a>>, Halt> {
        let mut head = [0; LOG_HEADER as usize];
        if read_at(&mut *document, 0, &mut head).map_err(|error| Halt::of(&error))? < head.len() {
            return Ok(None);
        }
        let Some(head) = LogHead::of(&head).filter(|head| head.page == size) else { return Ok(None) };
        let (mut frames, mut open, mut pages) = (HashMap::new(), Vec::new(), 0);
        let mut sums = head.sums;
        let mut frame = vec![0; FRAME_HEADER as usize + size];
        let mut at = LOG_HEADER;
        while read_at(&mut *document, at, &mut frame).map_err(|error| Halt::of(&error))? == frame.len() {
            sums = head.sum(head.sum(sums, &frame[..8]), &frame[FRAME_HEADER as usize..]);
            if frame[8..16] != head.salts || (be32(&frame, 16), be32(&frame, 20)) != sums {
                break;
            }
            open.push((be32(&frame, 0), at + FRAME_HEADER));
            let committed = be32(&frame, 4);
            if committed != 0 {
                frames.extend(open.drain(..));
                pages = committed;
            }
            if open.len() + frames.len() > FRAMES {
                return Err(Halt::new(Reason::Limit, "a write-ahead log of more than 4 million frames"));
            }
            at += frame.len() as u64;
        }
        Ok((pages > 0).then_some(Log { document, frames, pages }))
    }
}

impl LogHead {
    /// What a log's first 32 bytes say.
    pub(super) fn of(head: &[u8]) -> Option<LogHead> {
        let big_endian = match be32(head, 0) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return None,
        };
        let page = be32(head, 8) as usize;
        let known = page.is_power_of_two() && (512..=65_536).contains(&page);
        let salts = head.get(16..24)?.try_into().ok()?;
        known.then_some(LogHead { page, big_endian, salts, sums: (be32(head, 24), be32(head, 28)) })
    }

    /// The sum over a stretch of words that goes on from `sums` (4.2).
    fn sum(&self, (mut a, mut b): (u32, u32), bytes: &[u8]) -> (u32, u32) {
        let word = |bytes: &[u8]| {
            let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
            if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        for pair in bytes.chunks_exact(8) {
            a = a.wrapping_add(word(pair)).wrapping_add(b);
            b = b.wrapping_add(word(&pair[4..])).wrapping_add(a);
        }
        (a, b)
    }
}

/// Pages of a log one after the other, committed or not, of this log or left over from one before: where each stands,
/// and its bytes.
pub(super) fn each_frame(
    document: &mut dyn Document,
    size: usize,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let mut at = LOG_HEADER;
    let mut frame = vec![0; FRAME_HEADER as usize + size];
    while read_at(document, at, &mut frame).map_err(|error| Halt::of(&error))? == frame.len() {
        each(at + FRAME_HEADER, &frame[FRAME_HEADER as usize..])?;
        at += frame.len() as u64;
    }
    Ok(())
}

fn page_size(head: &[u8]) -> Result<usize, Halt> {
    match u16::from_be_bytes([head[16], head[17]]) {
        1 => Ok(65_536),
        size if size >= 512 && size.is_power_of_two() => Ok(usize::from(size)),
        _ => Err(damaged("a page size that is none")),
    }
}

/// A halt for what the format does not allow.
pub(super) fn damaged(detail: &str) -> Halt {
    Halt::new(Reason::Malformed, detail)
}

/// Four bytes at `at`; 0 beyond the end.
pub(super) fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
}

/// Two bytes at `at`; 0 beyond the end.
pub(super) fn be16(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..at + 2).map_or(0, |b| usize::from(u16::from_be_bytes([b[0], b[1]])))
}

/// Reads until `to` is full or the document ends.
pub(super) fn read_at<D: Read + Seek + ?Sized>(document: &mut D, at: u64, to: &mut [u8]) -> io::Result<usize> {
    document.seek(SeekFrom::Start(at))?;
    let mut got = 0;
    while got < to.len() {
        match document.read(&mut to[got..]) {
            Ok(0) => break,
            Ok(read) => got += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}
