//! Where a name stands in a table of names. In: its letters in lower case. Out: a slot. Shared by the build script,
//! which fills the tables, and by [`super::Table`], which reads them.

/// Slots of a table: more than three for each of 20,000 names, so that a probe seldom goes far.
pub(crate) const SLOTS: usize = 1 << 16;

/// FNV-1a, folded to the table's size.
pub(crate) fn slot(letters: impl Iterator<Item = u8>) -> usize {
    let hash = letters.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    ((hash ^ (hash >> 16)) as usize) % SLOTS
}
