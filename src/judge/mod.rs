//! Judges places, not strings.

pub mod explain;
pub mod people;
