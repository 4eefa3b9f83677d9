//! Judges places, not strings.

pub mod people;
