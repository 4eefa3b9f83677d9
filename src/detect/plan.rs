//! Shapes, compiled. In: any shapes. Out: a [`Plan`] that finds them all in one pass. It refuses nothing: a shape that no
//! fast way covers is searched with bits of its own.

use std::cell::RefCell;

use super::Candidate;
use super::anchors::Wanted;
use super::bitmap::Backend;
use super::cluster::Table;
use super::lookup::Lookups;
use super::matcher::Matcher;
use super::named::Named;
use super::search::{Parts, Scratch, Search};
use super::shape::{Form, Shape};

thread_local! {
    static SCRATCH: RefCell<Box<Scratch>> = RefCell::new(Box::new(Scratch::new()));
}

/// The distinct shapes of a rule set, compiled once and shared by all threads.
#[derive(Debug)]
pub struct Plan {
    shapes: Vec<Shape>,
    parts: Parts,
    backend: Backend,
}

impl Plan {
    /// A plan for these shapes; a candidate's `shape` is an index into them. Equal shapes should be passed once.
    pub fn new(shapes: Vec<Shape>) -> Plan {
        Plan::with_backend(shapes, Backend::chosen())
    }

    /// A plan that searches with this kernel.
    pub fn with_backend(shapes: Vec<Shape>, backend: Backend) -> Plan {
        let (clusters, taken) = Table::new(&shapes);
        let mut lookups = Lookups::default();
        let mut named = Vec::new();
        for ((number, shape), taken) in (0..).zip(&shapes).zip(taken) {
            match &shape.form {
                Form::Named(one) => named.push((*one, number)),
                Form::Picture(tokens) if !taken => lookups.add(number, tokens),
                Form::Picture(_) => {}
            }
        }
        let all = |yes: bool| if yes { u64::MAX } else { 0 };
        // A cluster is looked for by its first four, six or eight bytes.
        let least = |of: Option<usize>| match of {
            None => [0; 3],
            Some(..6) => [u64::MAX, 0, 0],
            Some(6..8) => [0, u64::MAX, 0],
            Some(8..) => [0, 0, u64::MAX],
        };
        let has = |one: Named| named.iter().any(|(named, _)| *named == one);
        let wanted = Wanted {
            digit: least(clusters.opening.digit),
            letter: least(clusters.opening.letter),
            long: all(clusters.opening.long),
            spaced: clusters.opening.spaced.map(all),
            masked: all(!lookups.masked.is_empty()),
            rare: all(!lookups.caret.is_empty() || has(Named::Email)),
            name: all(has(Named::NameWords)),
            street: all(has(Named::Street)),
            po_box: all(has(Named::PoBox)),
            code: all(has(Named::Code) || has(Named::Token)),
            url: all(has(Named::Url)),
        };
        let full =
            !(named.is_empty() && lookups.masked.is_empty() && lookups.caret.is_empty() && lookups.searched.is_empty());
        let matchers = shapes.iter().map(Matcher::new).collect();
        Plan { shapes, parts: Parts { matchers, clusters, lookups, wanted, full, named }, backend }
    }

    /// The shapes, in the order given.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// Appends every candidate in `bytes` to `out`, sorted by start, end and shape.
    ///
    /// `bytes` is at most 4 GiB; longer input is a bug of the caller and only its first 4 GiB are searched.
    pub fn find(&self, bytes: &[u8], out: &mut Vec<Candidate>) {
        let bytes = &bytes[..bytes.len().min(u32::MAX as usize)];
        let job = Search { parts: &self.parts, bytes };
        SCRATCH.with_borrow_mut(|scratch| self.backend.find(job, scratch, out));
    }
}
