//! The head of a DICOM element. In: bytes, and how they are written. Out: tag, value representation, length. Refuses
//! what no element starts with; believes no length.

/// Length of what ends at a delimiter (DICOM PS3.5 7.1.1).
pub(super) const UNDEFINED: u32 = 0xFFFF_FFFF;
/// Starts an item of a sequence or a fragment of pixel data (PS3.5 7.5).
pub(super) const ITEM: u32 = 0xFFFE_E000;
/// Ends an item of undefined length.
pub(super) const ITEM_END: u32 = 0xFFFE_E00D;
/// Ends a sequence of undefined length.
pub(super) const SEQUENCE_END: u32 = 0xFFFE_E0DD;

/// How elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    /// Each element says its value representation.
    pub(super) explicit: bool,
    /// Numbers have their highest byte first.
    pub(super) big: bool,
}

/// The head of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Group, then element.
    pub(super) tag: u32,
    /// Two capital letters; `None` where none is written.
    pub(super) vr: Option<[u8; 2]>,
    /// Of the value, as stated.
    pub(super) length: u32,
    /// Of the head itself.
    pub(super) size: usize,
}

/// What the first bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// The head of an element.
    Head(Head),
    /// So far; more bytes are needed.
    Short,
    /// None.
    Wrong,
}

/// Value representations whose length has 16 bits (PS3.5 7.1.2).
const SHORT: [&[u8; 2]; 20] = [
    b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN", b"SH", b"SL", b"SS",
    b"ST", b"TM", b"UI", b"UL",
];
/// Those whose length has 32 bits, behind two bytes that mean nothing.
const LONG: [&[u8; 2]; 13] =
    [b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"];

/// Whether two bytes are a value representation of the standard.
pub(super) fn is_vr(bytes: [u8; 2]) -> bool {
    bytes == *b"US" || SHORT.contains(&&bytes) || LONG.contains(&&bytes)
}

impl Syntax {
    pub(super) const IMPLICIT: Syntax = Syntax { explicit: false, big: false };
    pub(super) const EXPLICIT: Syntax = Syntax { explicit: true, big: false };

    fn u16(self, bytes: [u8; 2]) -> u32 {
        u32::from(if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// The tag at the start of `bytes`.
    pub(super) fn tag(self, bytes: &[u8]) -> Option<u32> {
        let [a, b, c, d] = *bytes.first_chunk()?;
        Some(self.u16([a, b]) << 16 | self.u16([c, d]))
    }

    /// Reads the head of the element that `bytes` start with.
    pub(super) fn head(self, bytes: &[u8]) -> Parsed {
        let (Some(tag), Some([_, _, _, _, v0, v1, l0, l1])) = (self.tag(bytes), bytes.first_chunk::<8>().copied())
        else {
            return Parsed::Short;
        };
        let wide = self.u32([v0, v1, l0, l1]);
        let head = |vr, length, size| Parsed::Head(Head { tag, vr, length, size });
        if !self.explicit || tag >> 16 == 0xFFFE {
            return head(None, wide, 8);
        }
        let vr = [v0, v1];
        let short = self.u16([l0, l1]);
        if LONG.contains(&&vr) || !is_vr(vr) && vr.iter().all(u8::is_ascii_uppercase) && short == 0 {
            // What was added to the standard since has long lengths.
            return match bytes.get(8..12).and_then(|bytes| bytes.first_chunk::<4>()) {
                Some(length) => head(Some(vr), self.u32(*length), 12),
                None => Parsed::Short,
            };
        }
        if is_vr(vr) || vr.iter().all(u8::is_ascii_uppercase) || vr == *b"??" {
            return head(Some(vr), short, 8);
        }
        if vr.iter().all(|b| matches!(b, 0 | b' ' | b'-')) && wide >> 16 > 0x0100 {
            // No representation, and the place of one left empty.
            return head(None, short, 8);
        }
        // Some programs fall back to the implicit form in the middle of a file.
        if wide < 1 << 24 || wide == UNDEFINED { head(None, wide, 8) } else { Parsed::Wrong }
    }

    /// How the elements that `bytes` start with are written, whatever was said of them: the order of bytes by the group,
    /// which is a small number, the rest by the representation. `None` where this is no element.
    pub(super) fn guess(bytes: &[u8]) -> Option<Syntax> {
        let [a, b, _, _, v0, v1] = *bytes.first_chunk()?;
        let (little, big) = (u16::from_le_bytes([a, b]), u16::from_be_bytes([a, b]));
        // Groups of the standard go up to 0x7FE0, and the first of a data set is below 0x00FF.
        let big = match (little <= 0xFF, big <= 0xFF) {
            (true, _) => false,
            (false, true) => true,
            (false, false) => return None,
        };
        Some(Syntax { explicit: is_vr([v0, v1]), big })
    }
}

/// Whether a document without any mark starts as a data set does: three elements in order, of groups and lengths as they
/// stand at the start of files (PS3.5 7.1: tags ascend).
pub(crate) fn starts_as_data_set(head: &[u8]) -> bool {
    let Some(syntax) = Syntax::guess(head) else { return false };
    let (mut at, mut last, mut seen) = (0, 0, 0);
    while seen < 3 {
        let rest = head.get(at..).unwrap_or_default();
        if rest.is_empty() {
            // A document of two elements that fill it to the byte.
            return seen >= 2;
        }
        let Parsed::Head(element) = syntax.head(rest) else { return false };
        let (group, number) = (element.tag >> 16, element.tag & 0xFFFF);
        let may_start = matches!((group, number), (0x0002 | 0x0008, 0..=0x0FFF) | (0x0004, 0..=0x1500));
        let fits = syntax.explicit == element.vr.is_some() && element.length % 2 == 0 && element.length <= 1 << 16;
        if element.tag <= last && seen > 0 || seen == 0 && !may_start || group > 0x0020 || !fits {
            return seen >= 2 && element.length == UNDEFINED;
        }
        (last, seen) = (element.tag, seen + 1);
        at += element.size + element.length as usize;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_in_every_form() {
        let name = |vr, length, size| Parsed::Head(Head { tag: 0x0010_0010, vr, length, size });
        let cases: [(Syntax, &[u8], Parsed); 7] = [
            (Syntax::IMPLICIT, b"\x10\0\x10\0\x08\0\0\0", name(None, 8, 8)),
            (Syntax::EXPLICIT, b"\x10\0\x10\0PN\x08\0", name(Some(*b"PN"), 8, 8)),
            (Syntax { explicit: true, big: true }, b"\0\x10\0\x10PN\0\x08", name(Some(*b"PN"), 8, 8)),
            (Syntax::EXPLICIT, b"\x10\0\x10\0UT\0\0\x08\0\0\0", name(Some(*b"UT"), 8, 12)),
            (Syntax::EXPLICIT, b"\x10\0\x10\0UT\0\0\x08\0\0", Parsed::Short),
            (Syntax::EXPLICIT, b"\x10\0\x10\0\x08\0\0\0", name(None, 8, 8)),
            (Syntax::EXPLICIT, b"\x10\0\x10\0\xfe\xfe\xfe\xfe", Parsed::Wrong),
        ];
        for (syntax, bytes, expected) in cases {
            assert_eq!(syntax.head(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn texts_and_programs_do_not_start_as_data_sets() {
        for bytes in [&b"plain text of any kind"[..], b"\x08\0\0\0\0\0\0\0\0\0\0\0", b"\x02\0\0\0\x01\0\0\0MZ", b""] {
            assert!(!starts_as_data_set(bytes));
        }
        assert!(starts_as_data_set(b"\x08\0\x05\0CS\x02\0  \x08\0\x16\0UI\x02\x001.\x08\0\x20\0DA\0\0\x10\0"));
    }
}
