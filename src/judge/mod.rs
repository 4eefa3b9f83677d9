//! Judges places, not strings.

pub mod distinct;
pub mod people;
