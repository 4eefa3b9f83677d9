//! Named shapes at anchors. In: bytes and anchors in order. Out: what the plain search of all bytes would give there.
//!
//! A plain search goes on behind what it found; so a walk keeps, for each shape, from where on the bytes are free.

use super::Named;
use super::{code, email, name, po_box, street, token, url};
use crate::detect::Candidate;
use crate::detect::anchors::Letters;

/// Where the search for each named shape stands.
pub(in crate::detect) struct Walk {
    wanted: Vec<(Named, u16)>,
    code_free: usize,
    token_free: usize,
    street_free: usize,
    name_free: usize,
}

impl Walk {
    /// A walk from the start of the bytes for these shapes.
    pub(in crate::detect) fn new(wanted: &[(Named, u16)]) -> Walk {
        Walk { wanted: wanted.to_vec(), code_free: 0, token_free: 0, street_free: 0, name_free: 0 }
    }

    /// At an `@`.
    pub(in crate::detect) fn email(&mut self, bytes: &[u8], at: usize, out: &mut Vec<Candidate>) {
        self.enter(Named::Email, email::email(bytes, at), out);
    }

    /// At the first digit of a run.
    pub(in crate::detect) fn code(&mut self, bytes: &[u8], at: usize, out: &mut Vec<Candidate>) {
        let span = code::code_at(bytes, at, &mut self.code_free);
        self.enter(Named::Code, span, out);
        let span = token::token_at(bytes, at, &mut self.token_free);
        self.enter(Named::Token, span, out);
    }

    /// At the `:` of a `://`.
    pub(in crate::detect) fn url(&mut self, bytes: &[u8], at: usize, out: &mut Vec<Candidate>) {
        self.enter(Named::Url, url::url(bytes, at), out);
    }

    /// At the space behind a house number.
    pub(in crate::detect) fn street(&mut self, bytes: &[u8], at: usize, out: &mut Vec<Candidate>) {
        let span = street::street_at(bytes, at, &mut self.street_free);
        self.enter(Named::Street, span, out);
    }

    /// At the space between a letter and a digit.
    pub(in crate::detect) fn po_box(&mut self, bytes: &[u8], at: usize, out: &mut Vec<Candidate>) {
        let before = &bytes[..at];
        let word = match before.last() {
            Some(b'b' | b'B') => 1,
            Some(b'x' | b'X') if before.len() >= 3 && matches!(before[at - 3], b'b' | b'B') => 3,
            _ => return,
        };
        self.enter(Named::PoBox, po_box::po_box(bytes, at - word), out);
    }

    /// At the gap between two words.
    pub(in crate::detect) fn name(&mut self, bytes: &[u8], at: usize, letters: Letters<'_>, out: &mut Vec<Candidate>) {
        let Walk { wanted, name_free, .. } = self;
        name::names_at(bytes, at, letters, name_free, |start, end| {
            enter(wanted, Named::NameWords, start, end, out);
        });
    }

    fn enter(&self, named: Named, span: Option<(usize, usize)>, out: &mut Vec<Candidate>) {
        if let Some((start, end)) = span {
            enter(&self.wanted, named, start, end, out);
        }
    }
}

fn enter(wanted: &[(Named, u16)], named: Named, start: usize, end: usize, out: &mut Vec<Candidate>) {
    for (_, shape) in wanted.iter().filter(|(one, _)| *one == named) {
        out.push(Candidate { start: start as u32, end: end as u32, shape: *shape });
    }
}
