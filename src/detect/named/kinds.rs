//! What a byte is to the named shapes, by one look-up. In: bytes. Out: how far a run of some kinds goes.

/// A letter.
pub(super) const LETTER: u8 = 1;
/// A digit.
pub(super) const DIGIT: u8 = 2;
/// A capital.
pub(super) const UPPER: u8 = 4;
/// `'`, `-` and what is not ASCII: inside a name.
pub(super) const INNER: u8 = 8;
/// `-`
pub(super) const DASH: u8 = 16;
/// `.`
pub(super) const POINT: u8 = 32;
/// `'`
pub(super) const QUOTE: u8 = 64;
/// In the local part of an address, of the bytes that are none of the above and delimit no field.
pub(super) const LOCAL: u8 = 128;

const KINDS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'A'..=b'Z' => LETTER | UPPER,
            b'a'..=b'z' => LETTER,
            b'-' => DASH | INNER,
            b'.' => POINT,
            b'\'' => QUOTE | INNER,
            0x80.. => INNER,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'*' | b'+' | b'?' | b'^' | b'_' | b'~' => LOCAL,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// Whether a byte is of one of the kinds.
#[inline(always)]
pub(super) fn is(byte: u8, kinds: u8) -> bool {
    KINDS[usize::from(byte)] & kinds != 0
}

/// How many bytes from `from` on are of the kinds; `most` at most.
#[inline(always)]
pub(super) fn run(bytes: &[u8], from: usize, kinds: u8, most: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let rest = &rest[..rest.len().min(most)];
    let mut length = 0;
    while length < rest.len() && is(rest[length], kinds) {
        length += 1;
    }
    length
}

/// How many bytes right before `to` are of the kinds; `most` at most.
#[inline(always)]
pub(super) fn run_back(bytes: &[u8], to: usize, kinds: u8, most: usize) -> usize {
    let before = &bytes[to.saturating_sub(most)..to];
    let mut at = before.len();
    while at > 0 && is(before[at - 1], kinds) {
        at -= 1;
    }
    before.len() - at
}
