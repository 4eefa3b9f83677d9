//! One picture at one place. In: bytes and a start. Out: the end of what the oracle finds there. What a picture asks of its
//! first bytes, to the first run of variable length, is compared byte by byte; what passes goes through the oracle itself
//! where the length varies.

use super::bitmap::{CLASSES, class};
use super::boundary::stands_alone;
use super::oracle;
use super::shape::{Class, Form, Shape};

/// A shape, ready to be tried.
#[derive(Debug)]
pub(super) struct Matcher {
    shape: Shape,
    /// For each of the first bytes the classes it may have or the byte it may be.
    bytes: Box<[(u8, u8)]>,
    /// These are all of its bytes.
    whole: bool,
}

impl Matcher {
    pub(super) fn new(shape: &Shape) -> Matcher {
        let tokens = match &shape.form {
            Form::Picture(tokens) => &tokens[..],
            Form::Named(_) => &[],
        };
        let fixed = tokens.iter().position(|t| t.min != t.max);
        let bytes = tokens[..fixed.map_or(tokens.len(), |at| at + 1)]
            .iter()
            .flat_map(|t| {
                // With a class goes a byte that has it anyway.
                let one = match t.class {
                    Class::Digit => (class::DIGIT, b'0'),
                    Class::Letter => (class::LETTER, b'A'),
                    Class::Alnum => (class::DIGIT | class::LETTER, b'0'),
                    Class::Literal(byte) => (0, byte),
                };
                std::iter::repeat_n(one, usize::from(t.min))
            })
            .collect();
        let whole = fixed.is_none() && !tokens.is_empty();
        Matcher { shape: shape.clone(), bytes, whole }
    }

    /// The end of the longest match at `start` that stands alone.
    pub(super) fn at(&self, bytes: &[u8], start: usize) -> Option<usize> {
        let end = start + self.bytes.len();
        let text = bytes.get(start..end)?;
        let fits = text
            .iter()
            .zip(&self.bytes)
            .all(|(b, (classes, literal))| CLASSES[usize::from(*b)] & classes != 0 || b == literal);
        match (fits, self.whole) {
            (false, _) => None,
            (true, true) => stands_alone(&self.shape, bytes, start, end).then_some(end),
            (true, false) => oracle::picture_at(&self.shape, bytes, start),
        }
    }
}
