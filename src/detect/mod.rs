//! Finds shapes in bytes. In: a slice and a compiled [`Plan`]. Out: [`Candidate`] spans, sorted, and nothing else:
//! this stage knows no files, no fields and no meaning. It refuses nothing; bytes that are not ASCII are boundaries.
//!
//! A shape *stands alone*: it is not part of a longer word, number, decimal, version or negative amount. What that
//! means byte by byte is [`boundary::stands_alone`]; what a plan must find is what [`oracle::find`] finds, no more and
//! no less. `README.md` beside this file tells how it is found fast.

mod anchors;
mod bitmap;
pub mod boundary;
mod cluster;
mod form;
mod lookup;
mod matcher;
mod merge;
pub mod named;
pub mod oracle;
mod plan;
mod search;
pub mod shape;
#[cfg(test)]
mod tests;
mod window;

pub use bitmap::{Backend, backend_name};
pub use plan::Plan;
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
