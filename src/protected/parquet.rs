//! Parquet with modular encryption (Parquet Modular Encryption, parquet-format `Encryption.md`). In: the file. Out: the algorithm,
//! and whether all of the file is locked or only columns. Refuses footers above 16 MiB.

use super::{Leaves, Protection, piece, u32_at};
use crate::open::ReadAt;

/// The most of a footer that is read.
const FOOTER: u32 = 16 << 20;
/// Levels of structs in structs.
const DEPTH: u32 = 32;

/// The lock of a Parquet file.
pub(super) fn look(bytes: &dyn ReadAt) -> Option<Protection> {
    let end = piece(bytes, bytes.size().checked_sub(8)?, 8);
    if end.ends_with(b"PARE") {
        return Some(Protection::strong("AES-GCM, Parquet, footer and all"));
    }
    let length = u32_at(&end, 0).filter(|length| *length <= FOOTER && end.ends_with(b"PAR1"))?;
    let footer = piece(bytes, bytes.size().checked_sub(8 + u64::from(length))?, length as usize);
    // `parquet.thrift`, FileMetaData: 8 is `encryption_algorithm`, there only where columns are encrypted.
    let mut reader = Compact { bytes: &footer, at: 0 };
    reader.has_field(8)?.then(|| Protection::strong("AES-GCM, Parquet, columns").leaving(Leaves::Rest))
}

/// Thrift's compact protocol, as far as it takes to step over fields.
struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn pass(&mut self, length: u64) -> Option<()> {
        self.at = usize::try_from(length).ok()?.checked_add(self.at).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }

    /// Whether the struct here has a field of this number; `None` where it is damaged.
    fn has_field(&mut self, wanted: i64) -> Option<bool> {
        let mut field = 0i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(false);
            }
            field = match head >> 4 {
                0 => {
                    let zigzag = self.varint()?;
                    (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64)
                }
                step => field + i64::from(step),
            };
            if field == wanted {
                return Some(true);
            }
            self.skip(head & 0xf, DEPTH)?;
        }
    }

    /// Steps over a value. Depth is bounded, so this may call itself.
    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // Booleans of fields stand in the type.
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                // In a list a boolean is a byte.
                let element = if matches!(head & 0xf, 1 | 2) { 3 } else { head & 0xf };
                (0..count).try_for_each(|_| self.skip(element, depth))
            }
            11 => {
                let count = self.varint()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                (0..count).try_for_each(|_| {
                    self.skip(kinds >> 4, depth)?;
                    self.skip(kinds & 0xf, depth)
                })
            }
            12 => loop {
                let head = self.byte()?;
                if head == 0 {
                    return Some(());
                }
                if head >> 4 == 0 {
                    self.varint()?;
                }
                self.skip(head & 0xf, depth)?;
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(footer: &[u8], end: &[u8]) -> Vec<u8> {
        [b"PAR1data", footer, &(footer.len() as u32).to_le_bytes(), end].concat()
    }

    #[test]
    fn the_footer_says_what_is_locked() {
        // 1: version 2; 2: a schema of one struct with a name; 3: rows; 4: no row groups; 6: who wrote it.
        let open = [0x15, 4, 0x19, 0x1c, 0x48, 1, b'r', 0, 0x16, 20, 0x19, 0x0c, 0x28, 2, b'm', b'e'];
        assert_eq!(look(&file(&[&open[..], &[0]].concat(), b"PAR1")), None);
        // 8: the algorithm, a union.
        let locked = file(&[&open[..], &[0x2c, 0x1c, 0, 0, 0]].concat(), b"PAR1");
        assert_eq!(look(&locked).expect("locked").leaves, Leaves::Rest);
        assert_eq!(look(&file(&open, b"PARE")).expect("locked").leaves, Leaves::Nothing);
        assert_eq!(look(&file(&open, b"PAR1")), None, "it breaks off");
        let deep = [0x1c; 100];
        assert_eq!(look(&file(&deep, b"PAR1")), None);
        let many = [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f, 0];
        assert_eq!(look(&file(&many, b"PAR1")), None);
        assert_eq!(look(&b"PAR1".to_vec()), None);
    }
}
