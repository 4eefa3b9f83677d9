//! Compound files ([MS-CFB]), as far as it takes to read the first bytes of a stream at their root. In: bytes that can be read from any
//! place. Out: streams by name. Refuses chains and trees that do not end; never reads more than it is asked for, and 4 MiB of
//! directory.

use super::{piece, u16_at, u32_at};
use crate::open::ReadAt;

const MARK: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Bytes of an entry of the directory.
const ENTRY: usize = 128;
/// The most of a directory that is read: 32,768 entries.
const DIRECTORY: usize = 4 << 20;
/// The most sectors of the stream that holds the short ones.
const MINI_SECTORS: usize = 1 << 16;

/// A compound file.
pub(super) struct Compound<'a> {
    bytes: &'a dyn ReadAt,
    /// Bytes of a sector, and of one of the stream that holds the short ones.
    sector: usize,
    mini: usize,
    /// A stream shorter than this is held there.
    cutoff: u64,
    /// Sectors with the table of chains.
    tables: Vec<u32>,
    directory: Vec<u8>,
    /// Where the table of chains of short streams starts.
    mini_table: u32,
}

impl<'a> Compound<'a> {
    /// Reads header and directory.
    pub(super) fn open(bytes: &'a dyn ReadAt) -> Option<Compound<'a>> {
        let header = piece(bytes, 0, 512);
        if !header.starts_with(MARK) {
            return None;
        }
        // 2.2: sectors of 512 bytes, or 4 KiB; short ones of 64.
        let sector = match u16_at(&header, 0x1e)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut tables: Vec<u32> = (0..109).filter_map(|n| u32_at(&header, 0x4c + 4 * n)).collect();
        // More of them stand in sectors of their own, the last word of each of which leads to the next.
        let mut next = u32_at(&header, 0x44)?;
        let most = usize::try_from(bytes.size()).unwrap_or(usize::MAX) / sector / (sector / 4) + 1;
        let mut compound = Compound {
            bytes,
            sector,
            mini: 64,
            cutoff: u64::from(u32_at(&header, 0x38)?),
            tables: Vec::new(),
            directory: Vec::new(),
            mini_table: u32_at(&header, 0x3c)?,
        };
        while is_sector(next) && tables.len() < most {
            let more = compound.sector(next);
            tables.extend((0..sector / 4 - 1).filter_map(|n| u32_at(&more, 4 * n)));
            next = u32_at(&more, sector - 4)?;
        }
        tables.retain(|table| is_sector(*table));
        compound.tables = tables;
        compound.directory = compound.chain(u32_at(&header, 0x30)?, DIRECTORY);
        Some(compound)
    }

    /// The first `limit` bytes of a stream at the root; `None` where there is no such stream.
    pub(super) fn stream(&self, name: &str, limit: usize) -> Option<Vec<u8>> {
        let entry = self.entry(name)?;
        let start = u32_at(entry, 0x74)?;
        let size = u64::from(u32_at(entry, 0x78)?);
        let limit = limit.min(usize::try_from(size).unwrap_or(usize::MAX));
        if size >= self.cutoff {
            return Some(self.chain(start, limit));
        }
        let root = self.directory.get(..ENTRY)?;
        let holder = self.sectors(u32_at(root, 0x74)?, MINI_SECTORS);
        let table = self.chain(self.mini_table, 4 * MINI_SECTORS);
        let (mut out, mut at) = (Vec::new(), start);
        while is_sector(at) && out.len() < limit {
            let offset = at as usize * self.mini;
            let held = holder.get(offset / self.sector)?;
            let from = self.offset(*held) + (offset % self.sector) as u64;
            let got = piece(self.bytes, from, self.mini);
            if got.is_empty() {
                break;
            }
            out.extend(got);
            at = u32_at(&table, 4 * at as usize)?;
        }
        out.truncate(limit);
        Some(out)
    }

    /// Whether there is an entry of that name at the root.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// The entry of a stream or storage right below the root: the others are those of documents inside.
    fn entry(&self, name: &str) -> Option<&[u8]> {
        let wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut seen = vec![false; self.directory.len() / ENTRY];
        let mut open = vec![u32_at(&self.directory, 0x4c)?];
        while let Some(number) = open.pop() {
            let number = number as usize;
            match seen.get_mut(number) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let entry = self.directory.get(number * ENTRY..(number + 1) * ENTRY)?;
            let length = usize::from(u16_at(entry, 0x40)?).saturating_sub(2).min(62);
            if entry[..length] == wanted {
                return Some(entry);
            }
            open.extend([u32_at(entry, 0x44)?, u32_at(entry, 0x48)?]);
        }
        None
    }

    fn offset(&self, sector: u32) -> u64 {
        (u64::from(sector) + 1) * self.sector as u64
    }

    fn sector(&self, number: u32) -> Vec<u8> {
        piece(self.bytes, self.offset(number), self.sector)
    }

    /// The numbers of the sectors of a chain, up to `limit` of them.
    fn sectors(&self, start: u32, limit: usize) -> Vec<u32> {
        let (mut chain, mut at) = (Vec::new(), start);
        let each = (self.sector / 4) as u32;
        // The table last looked into.
        let mut table = (u32::MAX, Vec::new());
        while is_sector(at) && chain.len() < limit {
            chain.push(at);
            let Some(number) = self.tables.get((at / each) as usize) else { break };
            if table.0 != *number {
                table = (*number, self.sector(*number));
            }
            at = u32_at(&table.1, 4 * (at % each) as usize).unwrap_or(u32::MAX);
        }
        chain
    }

    /// The first `limit` bytes of a chain.
    fn chain(&self, start: u32, limit: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for sector in self.sectors(start, limit.div_ceil(self.sector)) {
            let got = self.sector(sector);
            if got.is_empty() {
                break;
            }
            out.extend(got);
        }
        out.truncate(limit);
        out
    }
}

/// Numbers above are marks: the end of a chain, a free sector.
fn is_sector(number: u32) -> bool {
    number < 0xffff_fffa
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A compound file of these streams, each made long enough to stand in sectors of its own where `long`.
    pub(in crate::protected) fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
        // Sector 0: the table of chains. Then the directory, then each stream in a chain of its own.
        let sectors = |bytes: usize| bytes.div_ceil(512).max(1);
        let directory = sectors((streams.len() + 1) * ENTRY);
        let mut chains = vec![0xffff_fffd_u32];
        let chain = |length: usize, chains: &mut Vec<u32>| {
            let start = chains.len() as u32;
            (1..length).for_each(|n| chains.push(start + n as u32));
            chains.push(0xffff_fffe);
            start
        };
        let first = chain(directory, &mut chains);
        let mut entries = Vec::new();
        let mut bodies = Vec::new();
        let mut entry = |name: &str, kind: u8, links: [u32; 3], start: u32, size: u32| {
            let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let length = bytes.len() as u16 + 2;
            bytes.resize(0x40, 0);
            bytes.extend(length.to_le_bytes());
            bytes.extend([kind, 1]);
            links.iter().for_each(|link| bytes.extend(link.to_le_bytes()));
            bytes.resize(0x74, 0);
            bytes.extend(start.to_le_bytes());
            bytes.extend(size.to_le_bytes());
            bytes.resize(ENTRY, 0);
            entries.extend(bytes);
        };
        let none = u32::MAX;
        entry("Root Entry", 5, [none, none, 1], 0xffff_fffe, 0);
        for (n, (name, body)) in (1..).zip(streams) {
            // Shorter ones would stand in the stream for short ones: that is for the files of others to test.
            let size = body.len().max(4096);
            let start = chain(sectors(size), &mut chains);
            let next = if n < streams.len() as u32 { n + 1 } else { none };
            entry(name, 2, [none, next, none], start, size as u32);
            let mut body = body.to_vec();
            body.resize(sectors(size) * 512, 0);
            bodies.extend(body);
        }
        let mut out = MARK.to_vec();
        out.resize(0x18, 0);
        out.extend([0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
        out.resize(0x30, 0);
        out.extend(first.to_le_bytes());
        out.resize(0x38, 0);
        out.extend(4096_u32.to_le_bytes());
        [0xffff_fffe_u32, 0, 0xffff_fffe, 0, 0].iter().for_each(|word| out.extend(word.to_le_bytes()));
        out.resize(512, 0xff);
        assert!(chains.len() <= 128, "one sector of chains");
        chains.resize(128, none);
        chains.iter().for_each(|word| out.extend(word.to_le_bytes()));
        entries.resize(directory * 512, 0);
        out.extend(entries);
        out.extend(bodies);
        out
    }

    #[test]
    fn streams_are_found_by_name() {
        let body: Vec<u8> = (0..9000_u32).map(|n| n as u8).collect();
        let bytes = compound(&[("Other", b"x"), ("Workbook", &body)]);
        let compound = Compound::open(&bytes).expect("a compound file");
        assert_eq!(compound.stream("Workbook", 8000).as_deref(), Some(&body[..8000]));
        assert!(compound.holds("Other") && !compound.holds("work"));
        assert_eq!(compound.stream("Book", 10), None);
    }

    #[test]
    fn chains_that_do_not_end_are_left() {
        let mut bytes = compound(&[("Workbook", &[1; 5000])]);
        // Every sector leads to itself.
        for n in 0..128_u32 {
            let at = 512 + 4 * n as usize;
            bytes[at..at + 4].copy_from_slice(&n.to_le_bytes());
        }
        if let Some(compound) = Compound::open(&bytes) {
            assert!(compound.stream("Workbook", 1 << 20).is_none_or(|stream| stream.len() <= 1 << 20));
        }
        for length in [0, 8, 511, 512, 600, 1024] {
            let cut = &bytes[..length.min(bytes.len())];
            assert!(Compound::open(&cut).is_none_or(|compound| compound.stream("Workbook", 100).is_none()));
        }
    }
}
