//! Clusters: what stands from a letter or digit to the first byte that neither is one nor joins two of them, such as
//! `536-90-4399`, `3/4/1952`, `1EG4TE5MK73`, `A123456789` or `1234567890`. In: shapes. Out: a table from the form of a
//! cluster to the shapes that have it. It refuses shapes that [`Part::of`] refuses.
//!
//! The form is all that bitmaps can tell. It fits into two words, so that a cluster is judged by one look-up whatever
//! the number of shapes.

use std::collections::BTreeMap;

use super::form::{Code, Opening, Part};
use super::lookup::Reach;
use super::shape::{Class, Shape};

/// What a byte means beside a cluster.
pub(super) mod beside {
    /// Before a cluster it calls for a closer look.
    pub(in crate::detect) const ODD_LEFT: u8 = 1 << 7;
    /// Behind a cluster it calls for a closer look.
    pub(in crate::detect) const ODD_RIGHT: u8 = 1 << 6;
    /// What shapes have beside their clusters: one bit for each group of bytes.
    pub(in crate::detect) const GROUPS: u8 = 63;
}

/// What each byte means beside a cluster.
pub(super) const BESIDE: [u8; 256] = {
    use beside::{ODD_LEFT, ODD_RIGHT};
    let mut table = [1 << 4; 256];
    let mut byte = 0x80;
    while byte < 256 {
        table[byte] = 1 << 5;
        byte += 1;
    }
    table[0] = 1 << 5;
    table[b'\n' as usize] = 1 << 5;
    table[b'\r' as usize] = 1 << 5;
    table[b' ' as usize] = 1;
    table[b'(' as usize] = 1 << 1;
    table[b')' as usize] = 1 << 1;
    table[b',' as usize] = 1 << 3;
    table[b'"' as usize] = 1 << 3;
    table[b'_' as usize] = 1 << 2 | ODD_LEFT | ODD_RIGHT;
    table[b'@' as usize] = 1 << 2 | ODD_LEFT | ODD_RIGHT;
    table[b'-' as usize] = 1 << 2 | ODD_LEFT;
    table[b'.' as usize] = 1 << 2 | ODD_LEFT;
    table[b'$' as usize] = 1 << 2 | ODD_LEFT;
    table[b'+' as usize] = 1 << 2 | ODD_LEFT;
    table[b'#' as usize] = 1 << 2 | ODD_LEFT;
    table
};

/// The groups of bytes that may stand where a shape has this.
fn groups(class: Option<Class>) -> u8 {
    match class {
        Some(Class::Literal(byte)) => BESIDE[byte as usize] & beside::GROUPS,
        _ => beside::GROUPS,
    }
}

/// A shape to try where a cluster has its form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Try {
    pub(super) reach: Reach,
    /// Two bytes before the cluster stands one of these.
    pub(super) before: Option<Class>,
    /// Right before the cluster stands one of these groups of bytes, right behind it one of these.
    pub(super) left: u8,
    pub(super) right: u8,
}

/// A slot of the table: a form and the shape that is all of the cluster.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    ones_fours: u64,
    /// The third bitmap of the form, then the shape, then one bit where there is one, and one where others may be.
    rest: u64,
}

impl Entry {
    /// Whether it is the entry of this form.
    #[inline(always)]
    pub(super) fn is_of(self, code: Code) -> bool {
        (self.ones_fours == ones_fours(code)) & (self.rest as u32 == code.twos)
    }

    /// The shape that is all of the cluster, if [`Entry::exact`].
    #[inline(always)]
    pub(super) fn shape(self) -> u16 {
        (self.rest >> 32) as u16
    }

    /// 1 where there is a shape that is all of the cluster, else 0.
    #[inline(always)]
    pub(super) fn exact(self) -> usize {
        (self.rest >> 48) as usize & 1
    }

    /// Whether there are shapes that only a closer look can tell.
    #[inline(always)]
    pub(super) fn looks(self) -> bool {
        self.rest >> 49 != 0
    }
}

/// What a closer look at clusters of a form is for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// Which of the lists of shapes to try.
    pub(super) list: u16,
    /// What must stand beside a cluster that is worth it; zero where nothing is.
    pub(super) left: u8,
    pub(super) right: u8,
}

#[inline(always)]
fn ones_fours(code: Code) -> u64 {
    u64::from(code.ones) | u64::from(code.fours) << 32
}

/// The shapes of one form.
#[derive(Debug, Default)]
pub(super) struct List {
    /// The shape that is all of the cluster; to be tried where what stands beside is odd.
    pub(super) exact: Option<Try>,
    pub(super) others: Vec<Try>,
}

/// Bytes of a cluster that tell whether a shape that may end inside of it is tried.
const BEGINS: u32 = 12;
/// Slots of a table, a power of two; of its 128 KiB only the lines of forms that a text has are ever in a cache.
const SLOTS: usize = 1 << 13;
/// Forms a table takes.
const MOST: usize = SLOTS / 2;

/// Forms to shapes, by open addressing.
#[derive(Debug)]
pub(super) struct Table {
    slots: Box<[Entry; SLOTS]>,
    /// By slot.
    looks: Vec<Look>,
    lists: Vec<List>,
    /// Which lengths forms have in which letters and digits are not told apart.
    blurred: u32,
    /// With what clusters begin that shapes may end inside of, before a colon.
    pub(super) open: Vec<Code>,
    /// Where clusters that matter can begin.
    pub(super) opening: Opening,
}

impl Table {
    /// A table of these shapes; whether each shape is in it.
    pub(super) fn new(shapes: &[Shape]) -> (Table, Vec<bool>) {
        let mut forms: BTreeMap<Code, Vec<(u16, &Part)>> = BTreeMap::new();
        let mut room = MOST;
        // Shapes past what the table takes are left to other ways of searching.
        let parts: Vec<Option<Part>> = shapes
            .iter()
            .map(|shape| {
                let part = Part::of(shape).filter(|part| part.forms.len() <= room)?;
                room -= part.forms.len();
                Some(part)
            })
            .collect();
        let mut opening = Opening::default();
        let mut blurred = 0;
        let (mut open, mut others) = (Vec::new(), Vec::new());
        for (number, part) in (0..).zip(&parts) {
            let Some(part) = part else { continue };
            opening.add(part.opening);
            if part.open {
                open.extend(part.forms.iter().map(|form| form.first(BEGINS)));
                others.push(attempt(number, part));
                continue;
            }
            for form in &part.forms {
                forms.entry(*form).or_default().push((number, part));
                blurred |= u32::from(part.blurred) << form.length();
            }
        }
        open.sort_unstable();
        open.dedup();
        let mut table = Table {
            slots: Box::new([Entry::default(); SLOTS]),
            looks: vec![Look::default(); SLOTS],
            lists: vec![List { exact: None, others }],
            blurred,
            open,
            opening,
        };
        for (form, parts) in forms {
            table.enter(form, &parts);
        }
        (table, parts.iter().map(Option::is_some).collect())
    }

    fn enter(&mut self, form: Code, parts: &[(u16, &Part)]) {
        let exact = parts.iter().position(|(_, part)| part.exact);
        let mut list = List::default();
        for (number, (shape, part)) in parts.iter().enumerate() {
            let one = attempt(*shape, part);
            if Some(number) == exact {
                list.exact = Some(one);
            } else {
                list.others.push(one);
            }
        }
        let all = |of: fn(&Try) -> u8| list.others.iter().fold(0, |all, one| all | of(one));
        let shape = list.exact.map_or(0, |one| u64::from(one.reach.shape) | 1 << 16);
        let looks = u64::from(!list.others.is_empty());
        let entry = Entry { ones_fours: ones_fours(form), rest: u64::from(form.twos) | shape << 32 | looks << 49 };
        let look = Look { list: self.lists.len() as u16, left: all(|one| one.left), right: all(|one| one.right) };
        self.lists.push(list);
        let mut at = slot_of(form);
        while self.slots[at].ones_fours != 0 {
            at = (at + 1) % SLOTS;
        }
        (self.slots[at], self.looks[at]) = (entry, look);
    }

    /// The slot of a form, what is in it, and whether that is the form.
    #[inline(always)]
    pub(super) fn get(&self, code: Code) -> (usize, Entry, bool) {
        let at = slot_of(code);
        let entry = self.slots[at];
        let known = entry.is_of(code);
        // Forms that share a slot are few, and those that come second in it fewer.
        if !known & (entry.ones_fours != 0) { self.probe(at, code) } else { (at, entry, known) }
    }

    /// As [`Table::get`], behind `at`.
    #[cold]
    #[inline(never)]
    fn probe(&self, mut at: usize, code: Code) -> (usize, Entry, bool) {
        loop {
            at = (at + 1) % SLOTS;
            let entry = self.slots[at];
            if entry.ones_fours == 0 || entry.is_of(code) {
                return (at, entry, entry.is_of(code));
            }
        }
    }

    /// Whether shapes may be in a cluster that its form does not tell.
    #[inline(always)]
    pub(super) fn loose(&self, code: Code, length: u32) -> bool {
        (code.has_dots() & !self.open.is_empty()) | self.blurs(length)
    }

    /// Whether there are forms of this length in which letters and digits are not told apart.
    #[inline(always)]
    pub(super) fn blurs(&self, length: u32) -> bool {
        u64::from(self.blurred) >> (length & 63) & 1 != 0
    }

    /// What a closer look at clusters in this slot is for.
    #[inline(always)]
    pub(super) fn look(&self, slot: usize) -> Look {
        self.looks[slot]
    }

    /// The shapes that a closer look tries.
    pub(super) fn list(&self, list: u16) -> &List {
        &self.lists[usize::from(list)]
    }
}

#[inline(always)]
fn slot_of(code: Code) -> usize {
    let folded = ones_fours(code) ^ u64::from(code.twos).rotate_left(43);
    (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOTS.trailing_zeros())) as usize
}

fn attempt(shape: u16, part: &Part) -> Try {
    Try {
        reach: Reach { shape, least: part.least as u16, most: part.most as u16 },
        before: part.before,
        left: groups(part.left),
        right: groups(part.right),
    }
}
