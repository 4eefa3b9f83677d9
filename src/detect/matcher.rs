//! One picture at one place. In: bytes and a start. Out: the end of what the oracle finds there. Pictures of one length are
//! compared byte by byte; the others go through the oracle itself.

use super::bitmap::{CLASSES, class};
use super::boundary::stands_alone;
use super::oracle;
use super::shape::{Class, Form, Shape};

/// A shape, ready to be tried.
#[derive(Debug)]
pub(super) struct Matcher {
    shape: Shape,
    /// For each byte the classes it may have or the byte it may be; empty where the length varies.
    bytes: Box<[(u8, u8)]>,
}

impl Matcher {
    pub(super) fn new(shape: &Shape) -> Matcher {
        let bytes = match &shape.form {
            Form::Picture(tokens) if tokens.iter().all(|t| t.min == t.max) => tokens
                .iter()
                .flat_map(|t| {
                    // With a class goes a byte that has it anyway.
                    let one = match t.class {
                        Class::Digit => (class::DIGIT, b'0'),
                        Class::Letter => (class::LETTER, b'A'),
                        Class::Alnum => (class::DIGIT | class::LETTER, b'0'),
                        Class::Literal(byte) => (0, byte),
                    };
                    std::iter::repeat_n(one, usize::from(t.max))
                })
                .collect(),
            _ => Box::default(),
        };
        Matcher { shape: shape.clone(), bytes }
    }

    /// The end of the longest match at `start` that stands alone.
    pub(super) fn at(&self, bytes: &[u8], start: usize) -> Option<usize> {
        if self.bytes.is_empty() {
            return oracle::picture_at(&self.shape, bytes, start);
        }
        let end = start + self.bytes.len();
        let text = bytes.get(start..end)?;
        let fits = text
            .iter()
            .zip(&self.bytes)
            .all(|(b, (classes, literal))| CLASSES[usize::from(*b)] & classes != 0 || b == literal);
        (fits && stands_alone(&self.shape, bytes, start, end)).then_some(end)
    }
}
