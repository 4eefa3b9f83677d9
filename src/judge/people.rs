//! Counts individuals, not strings.

/// Keys of the individuals of one document, hashed with a key of this run.
#[derive(Clone, Debug, Default)]
pub struct PeopleKeys {}
