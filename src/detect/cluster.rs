//! Clusters: what stands from a digit to the first byte that neither is a letter or digit nor joins two of them, such as
//! `536-90-4399`, `3/4/1952`, `1EG4TE5MK73` or `1234567890`. In: shapes. Out: a table from the form of a cluster to the
//! shapes that have it. It refuses (and leaves to other ways of searching) shapes whose cluster is short, is long, opens
//! with a letter, or has too many forms.
//!
//! The form is all that bitmaps can tell: which bytes are digits, which are marks, how many; and the first and the last
//! mark. It fits into a word, so that a cluster is judged by one look-up whatever the number of shapes.

use std::collections::BTreeMap;

use super::shape::{Class, Form, Shape, Token};

/// The shortest cluster that is looked at.
pub(super) const SHORTEST: usize = 6;
/// The longest.
pub(super) const LONGEST: usize = 24;
/// The forms one shape may have.
const MOST_FORMS: usize = 512;

/// What a byte means beside or inside a cluster.
pub(super) mod trait_of {
    /// The kind of mark, 0 for none.
    pub(in crate::detect) const MARK: u8 = 7;
    /// Before a cluster it calls for a closer look.
    pub(in crate::detect) const LEFT: u8 = 8;
    /// Behind a cluster it calls for a closer look.
    pub(in crate::detect) const RIGHT: u8 = 16;
}

/// The traits of each byte.
pub(super) const TRAITS: [u8; 256] = {
    use trait_of::{LEFT, RIGHT};
    let mut table = [0; 256];
    table[b'-' as usize] = 1 | LEFT;
    table[b'.' as usize] = 2 | LEFT;
    table[b'/' as usize] = 3;
    table[b':' as usize] = 4;
    table[b'_' as usize] = LEFT | RIGHT;
    table[b'@' as usize] = LEFT | RIGHT;
    table[b'$' as usize] = LEFT;
    table[b'+' as usize] = LEFT;
    table[b'#' as usize] = LEFT;
    table
};

/// The key of a form: its digits with a bit behind the last byte, its marks, the traits of the first and the last mark.
#[inline(always)]
pub(super) fn key(digits: u64, marks: u64, length: u32, first: u8, last: u8) -> u64 {
    let kind = |traits: u8| u64::from(traits & trait_of::MARK);
    digits | 1 << length | marks << 25 | kind(first) << 50 | kind(last) << 53
}

/// A shape to try where a cluster has its form: from `least` to `most` bytes before the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Try {
    pub(super) shape: u16,
    pub(super) least: u16,
    pub(super) most: u16,
}

/// What stands in the table for one form; a key of 0 is an empty slot.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub(super) key: u64,
    /// Which of the lists of shapes to try.
    pub(super) list: u16,
    /// The shape that is all of the cluster.
    pub(super) shape: u16,
    /// Not zero where only a closer look can tell.
    pub(super) closer: u8,
}

/// Slots of the table, a power of two.
const SLOTS: usize = 2048;

/// Forms to shapes, by open addressing.
#[derive(Debug)]
pub(super) struct Table {
    slots: Box<[Entry; SLOTS]>,
    lists: Vec<Vec<Try>>,
    /// The shortest form.
    pub(super) shortest: usize,
}

impl Table {
    /// A table of these shapes; whether each shape is in it.
    pub(super) fn new(shapes: &[Shape]) -> (Table, Vec<bool>) {
        let mut forms: BTreeMap<u64, Vec<(u16, &Part)>> = BTreeMap::new();
        let mut room = SLOTS / 2;
        // Shapes past what the table takes are left to other ways of searching.
        let parts: Vec<Option<Part>> = shapes
            .iter()
            .map(|shape| {
                let part = Part::of(shape).filter(|part| part.forms.len() <= room)?;
                room -= part.forms.len();
                Some(part)
            })
            .collect();
        for (number, part) in (0..).zip(&parts) {
            for form in part.iter().flat_map(|p| &p.forms) {
                forms.entry(form.key()).or_default().extend(part.as_ref().map(|p| (number, p)));
            }
        }
        let mut table = Table {
            slots: Box::new([Entry::default(); SLOTS]),
            lists: Vec::new(),
            shortest: parts.iter().flatten().map(Part::shortest).min().unwrap_or(LONGEST),
        };
        for (key, parts) in forms {
            table.enter(key, &parts);
        }
        (table, parts.iter().map(Option::is_some).collect())
    }

    fn enter(&mut self, key: u64, parts: &[(u16, &Part)]) {
        let mut exact = parts.iter().filter(|(_, part)| part.exact);
        let shape = exact.next().map(|(number, _)| *number);
        let open = |part: &Part| !part.exact && !part.flagged;
        let closer = shape.is_none() || exact.next().is_some() || parts.iter().any(|(_, part)| open(part));
        let mut at = slot_of(key);
        while self.slots[at].key != 0 {
            at = (at + 1) % SLOTS;
        }
        self.slots[at] =
            Entry { key, list: self.lists.len() as u16, shape: shape.unwrap_or_default(), closer: u8::from(closer) };
        let reach =
            |(number, part): &(u16, &Part)| Try { shape: *number, least: part.least as u16, most: part.most as u16 };
        self.lists.push(parts.iter().map(reach).collect());
    }

    /// The entry of a form; one with another key where there is none.
    #[inline(always)]
    pub(super) fn get(&self, key: u64) -> &Entry {
        let mut at = slot_of(key);
        loop {
            let entry = &self.slots[at];
            if entry.key == key || entry.key == 0 {
                return entry;
            }
            at = (at + 1) % SLOTS;
        }
    }

    /// The shapes that a closer look tries.
    pub(super) fn tries(&self, list: u16) -> &[Try] {
        &self.lists[usize::from(list)]
    }
}

#[inline(always)]
fn slot_of(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOTS.trailing_zeros())) as usize
}

/// One form while it is put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Forming {
    length: usize,
    digits: u64,
    marks: u64,
    first: u8,
    last: u8,
}

impl Forming {
    fn key(&self) -> u64 {
        let traits = |mark: u8| TRAITS[mark as usize];
        key(self.digits, self.marks, self.length as u32, traits(self.first), traits(self.last))
    }

    /// With one more byte; `None` where it would be too long or a mark would not join.
    fn with(mut self, class: Class) -> Option<Forming> {
        let at = self.length;
        let after_mark = at > 0 && self.marks >> (at - 1) & 1 != 0;
        let (digit, mark) = match class {
            Class::Digit => (true, None),
            Class::Letter => (false, None),
            Class::Literal(b) if b.is_ascii_alphanumeric() => (b.is_ascii_digit(), None),
            Class::Literal(b) => (false, Some(b)),
            Class::Alnum => return None,
        };
        if at == LONGEST || (at == 0 && !digit) || (after_mark && (mark.is_some() || (!digit && self.last != b'-'))) {
            return None;
        }
        self.digits |= u64::from(digit) << at;
        if let Some(mark) = mark {
            self.marks |= 1 << at;
            self.first = if self.first == 0 { mark } else { self.first };
            self.last = mark;
        }
        self.length += 1;
        Some(self)
    }
}

/// The part of a shape that is a cluster.
struct Part {
    forms: Vec<Forming>,
    /// The tokens before it are so long.
    least: usize,
    most: usize,
    /// The form says all: no look at the bytes can change anything but what stands beside.
    exact: bool,
    /// The bytes beside the cluster call for a closer look wherever the shape is.
    flagged: bool,
}

impl Part {
    /// The longest part of `shape` that is a whole cluster wherever the shape stands.
    fn of(shape: &Shape) -> Option<Part> {
        let Form::Picture(tokens) = &shape.form else { return None };
        let inside = |t: &Token| match t.class {
            Class::Literal(b) => b.is_ascii_alphanumeric() || (matches!(b, b'-' | b'.' | b'/' | b':') && t.max == 1),
            _ => true,
        };
        let mut best: Option<Part> = None;
        let mut from = 0;
        while from < tokens.len() {
            let length = tokens[from..].iter().take_while(|t| inside(t)).count();
            let to = from + length;
            // A shape with a colon may stand before one more colon and digit: its cluster is not the whole one.
            let open_end = to == tokens.len() && shape.has_literal(b':');
            if length > 0
                && !open_end
                && let Some(part) = Part::between(tokens, from, to)
                && best.as_ref().is_none_or(|b| part.shortest() > b.shortest())
            {
                best = Some(part);
            }
            from = to + 1;
        }
        best
    }

    fn shortest(&self) -> usize {
        self.forms.iter().map(|f| f.length).min().unwrap_or(0)
    }

    fn between(tokens: &[Token], from: usize, to: usize) -> Option<Part> {
        let part = &tokens[from..to];
        let mut forms = vec![Forming::default()];
        for token in part {
            let classes: &[Class] = match token.class {
                Class::Alnum => &[Class::Digit, Class::Letter],
                ref one => std::slice::from_ref(one),
            };
            let mut grown: Vec<Forming> = Vec::new();
            for length in 1..=token.max {
                let mut next = Vec::new();
                for form in &forms {
                    // Where one of the forms of a shape is no cluster, the shape is not found by its clusters.
                    for class in classes {
                        next.push(form.with(*class)?);
                    }
                }
                next.sort_unstable_by_key(Forming::key);
                next.dedup();
                if next.len() > MOST_FORMS {
                    return None;
                }
                forms = next;
                if length >= token.min {
                    grown.extend(&forms);
                }
            }
            grown.sort_unstable_by_key(Forming::key);
            grown.dedup();
            forms = grown;
            if forms.len() > MOST_FORMS {
                return None;
            }
        }
        let joins = |t: Option<&Token>| t.is_some_and(|t| matches!(t.class, Class::Literal(b'-' | b'.' | b'/' | b':')));
        if joins(tokens.get(to)) || (from > 0 && joins(tokens.get(from - 1))) {
            return None;
        }
        let ends_in_mark = forms.iter().any(|f| f.marks >> (f.length - 1) & 1 != 0);
        if ends_in_mark || forms.iter().any(|f| f.length < SHORTEST) {
            return None;
        }
        let sum = |of: fn(&Token) -> u8| tokens[..from].iter().map(|t| of(t) as usize).sum::<usize>();
        let beside = |token: Option<&Token>| match token {
            None => 0,
            Some(Token { class: Class::Literal(byte), .. }) => TRAITS[*byte as usize],
            Some(_) => 0,
        };
        let whole = from == 0 && to == tokens.len();
        let plain = part.iter().all(|t| !matches!(t.class, Class::Literal(b) if b.is_ascii_alphanumeric()));
        let flagged = (from > 0 && beside(tokens.get(from - 1)) & trait_of::LEFT != 0)
            || beside(tokens.get(to)) & trait_of::RIGHT != 0;
        let few_marks = forms.iter().all(|f| f.marks.count_ones() <= 2);
        Some(Part { forms, least: sum(|t| t.min), most: sum(|t| t.max), exact: whole && plain && few_marks, flagged })
    }
}
