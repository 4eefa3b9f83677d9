//! Finds shapes in bytes. In: a slice and a compiled [`Plan`]. Out: [`Candidate`] spans, sorted, and nothing else:
//! this stage knows no files, no fields and no meaning. It refuses nothing; bytes that are not ASCII are boundaries.
//!
//! A shape *stands alone*: it is not part of a longer word, number, decimal, version or negative amount. What that
//! means byte by byte is [`boundary::stands_alone`].

pub mod boundary;
pub mod named;
pub mod oracle;
pub mod shape;

pub use shape::Shape;

/// One place where a shape stands. Offsets are in bytes of the slice that was searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate {
    /// Where it starts.
    pub start: u32,
    /// Where it ends, exclusive.
    pub end: u32,
    /// Which of the plan's shapes.
    pub shape: u16,
}

/// The distinct shapes of a rule set, compiled once and shared by all threads.
#[derive(Debug)]
pub struct Plan {
    shapes: Vec<Shape>,
}

impl Plan {
    /// A plan for these shapes; a candidate's `shape` is an index into them. Equal shapes should be passed once.
    pub fn new(shapes: Vec<Shape>) -> Plan {
        Plan { shapes }
    }

    /// The shapes, in the order given.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// Appends every candidate in `bytes` to `out`, sorted by start, end and shape.
    ///
    /// `bytes` is at most 4 GiB; longer input is a bug of the caller and only its first 4 GiB are searched.
    pub fn find(&self, bytes: &[u8], out: &mut Vec<Candidate>) {
        oracle::find(&self.shapes, bytes, out);
    }
}
