//! Shapes that are found by a part that is no cluster. In: a shape. Out: where to look for it – at digits
//! behind masking marks, at a `^` – or, for all others, a few bits that a bitmap search of its own
//! ANDs. It refuses nothing: in the end every position may be looked at.

use super::bitmap::Planes;
use super::shape::{Class, Token};

/// A shape to try at an anchor: from `least` to `most` bytes before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) shape: u16,
    pub(super) least: u16,
    pub(super) most: u16,
}

/// A shape to try at an anchor: from `least` to `most` bytes before it, if the byte before the anchor is of the class.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchored {
    pub(super) before: Option<Class>,
    pub(super) reach: Reach,
}

/// The shapes by kind of anchor.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    /// Anchored at the first of four digits behind a masking mark.
    pub(super) masked: Vec<Anchored>,
    /// Anchored at a `^`.
    pub(super) caret: Vec<Anchored>,
    /// Searched with bits of their own.
    pub(super) searched: Vec<Searched>,
}

impl Lookups {
    /// Files a shape where it is found best.
    pub(super) fn add(&mut self, number: u16, tokens: &[Token]) {
        let literal = |at: usize, of: &[u8]| {
            tokens.get(at).is_some_and(|t| t.max == 1 && matches!(t.class, Class::Literal(b) if of.contains(&b)))
        };
        let digits = |at: usize| tokens.get(at).is_some_and(|t| t.class == Class::Digit && t.min >= 4);
        let behind_mask =
            |at: usize| masking(tokens[at - 1]) || (at > 1 && literal(at - 1, b"-") && masking(tokens[at - 2]));
        if let Some(at) = (1..tokens.len()).find(|at| digits(*at) && behind_mask(*at)) {
            self.masked.push(Anchored { before: None, reach: reach(number, &tokens[..at]) });
        } else if let Some(at) = (0..tokens.len()).find(|at| literal(*at, b"^")) {
            let before = (at > 0).then(|| tokens[at - 1].class);
            self.caret.push(Anchored { before, reach: reach(number, &tokens[..at]) });
        } else {
            self.searched.push(Searched::new(number, tokens));
        }
    }
}

/// Whether a token is of marks that digits are masked with.
fn masking(token: Token) -> bool {
    matches!(token.class, Class::Literal(b'*' | b'#' | b'X' | b'x'))
}

/// How far before an anchor a shape with these tokens before the anchor begins.
fn reach(shape: u16, before: &[Token]) -> Reach {
    let sum = |of: fn(&Token) -> u8| before.iter().map(|t| u16::from(of(t))).sum();
    Reach { shape, least: sum(|t| t.min), most: sum(|t| t.max) }
}

/// What a bit says of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bit {
    Rare,
    Mask,
    Slash,
    Dash,
    Dots,
    Comma,
    Space,
    Digit,
    Letter,
    Alnum,
    NotAlnum,
}

impl Bit {
    /// A bit that every byte of the class has.
    fn of(class: Class) -> Bit {
        match class {
            Class::Digit => Bit::Digit,
            Class::Letter => Bit::Letter,
            Class::Alnum => Bit::Alnum,
            Class::Literal(byte) => match byte {
                b'@' | b'^' => Bit::Rare,
                b'*' | b'#' | b'X' | b'x' => Bit::Mask,
                b'-' => Bit::Dash,
                b'/' => Bit::Slash,
                b'.' | b':' => Bit::Dots,
                b',' => Bit::Comma,
                b' ' => Bit::Space,
                b'0'..=b'9' => Bit::Digit,
                b'A'..=b'Z' | b'a'..=b'z' => Bit::Letter,
                _ => Bit::NotAlnum,
            },
        }
    }
}

/// A shape that is searched with bits of its own: positions where all bits agree are tried.
#[derive(Debug)]
pub(super) struct Searched {
    bits: Vec<(Bit, i32)>,
    pub(super) reach: Reach,
}

/// As many bits as pay.
const MOST_BITS: usize = 6;
/// As far as a bit may be from the anchor: one word, less a margin.
const FARTHEST: i32 = 60;

impl Searched {
    fn new(number: u16, tokens: &[Token]) -> Searched {
        // Around the start of each token: bytes at a fixed distance from it, to the first run of variable length.
        let around = |origin: usize| {
            let mut bits = Vec::new();
            let mut add = |class: Class, distance: i32| {
                if distance.abs() <= FARTHEST && !bits.contains(&(Bit::of(class), distance)) {
                    bits.push((Bit::of(class), distance));
                }
            };
            let mut distance = 0;
            for token in &tokens[origin..] {
                (0..i32::from(token.min)).for_each(|i| add(token.class, distance + i));
                distance += i32::from(token.min);
                if token.min != token.max {
                    break;
                }
            }
            let mut distance = 0;
            for token in tokens[..origin].iter().rev() {
                (1..=i32::from(token.min)).for_each(|i| add(token.class, distance - i));
                distance -= i32::from(token.min);
                if token.min != token.max {
                    break;
                }
            }
            if origin == 0 {
                bits.push((Bit::NotAlnum, -1));
            }
            bits.sort_by_key(|(bit, distance)| (*bit as u8, distance.abs()));
            bits
        };
        // Marks say more than digits, digits more than letters, many more than few.
        let weight = |bits: &[(Bit, i32)]| -> u32 { bits.iter().map(|(bit, _)| 12 - *bit as u32).sum() };
        let (origin, mut bits) = (0..tokens.len())
            .map(|origin| (origin, around(origin)))
            .max_by_key(|(origin, bits)| (weight(bits), usize::MAX - origin))
            .unwrap_or_default();
        bits.truncate(MOST_BITS);
        Searched { bits, reach: reach(number, &tokens[..origin]) }
    }

    /// The anchors of this shape in slots 1 to `N`.
    #[inline(always)]
    pub(super) fn anchors<const N: usize>(&self, planes: &Planes) -> [u64; N] {
        let mut out = [u64::MAX; N];
        for (number, (bit, distance)) in self.bits.iter().enumerate() {
            // Where the two rarest bits never meet, and that is nearly everywhere, the others need no look.
            if number == 2 && out.iter().fold(0, |all, word| all | word) == 0 {
                break;
            }
            let (plane, more) = match bit {
                Bit::Rare => (&planes.rare, &planes.rare),
                Bit::Mask => (&planes.mask, &planes.mask),
                Bit::Dash => (&planes.dash, &planes.dash),
                Bit::Slash => (&planes.slash, &planes.slash),
                Bit::Dots => (&planes.dots, &planes.dots),
                Bit::Comma => (&planes.comma, &planes.comma),
                Bit::Space => (&planes.space, &planes.space),
                Bit::Digit => (&planes.digit, &planes.digit),
                Bit::Letter => (&planes.letter, &planes.letter),
                Bit::Alnum | Bit::NotAlnum => (&planes.digit, &planes.letter),
            };
            let not = if *bit == Bit::NotAlnum { u64::MAX } else { 0 };
            let word = |slot: usize| plane[slot] | more[slot];
            // A distance is a shift of the word and of its neighbour; a neighbour shifted by 64 is nothing.
            let shift = distance.unsigned_abs();
            if *distance >= 0 {
                for (i, out) in out.iter_mut().enumerate() {
                    *out &= (word(i + 1) >> shift | (word(i + 2) << 1) << (63 - shift)) ^ not;
                }
            } else {
                for (i, out) in out.iter_mut().enumerate() {
                    *out &= (word(i + 1) << shift | (word(i) >> 1) >> (63 - shift)) ^ not;
                }
            }
        }
        out
    }
}
