//! Gaps → rows of the findings table, in bounded memory. In: gaps one at a time. Out: for each whether it has a row of
//! its own, and at the end one row for each folder, reason and format of those that had none. Refuses nothing: what
//! stands in too many folders to remember is counted for its root.

use std::collections::BTreeMap;

use crate::gap::{Class, Gap, Reason};

/// Rows of their own that gaps of one reason get.
const ROWS_A_REASON: u64 = 10_000;

/// Folders remembered; what is in others is counted for the root as a whole.
const GROUPS: usize = 100_000;

/// Gaps that had no row of their own.
pub(super) struct Many {
    rows_a_reason: u64,
    groups_at_most: usize,
    seen: [u64; Reason::ALL.len()],
    groups: BTreeMap<Group, Count>,
}

/// What one row stands for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) root: usize,
    /// Relative to the root; empty for the root itself, or for folders too many to remember.
    pub(super) folder: String,
    pub(super) reason: Reason,
    pub(super) class: Class,
    pub(super) format: &'static str,
}

/// How many it stands for.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) gaps: u64,
    pub(super) bytes: u64,
}

impl Many {
    pub(super) fn new() -> Many {
        Many {
            rows_a_reason: ROWS_A_REASON,
            groups_at_most: GROUPS,
            seen: [0; Reason::ALL.len()],
            groups: BTreeMap::new(),
        }
    }

    /// Whether this gap gets a row of its own; if not, it is counted.
    pub(super) fn own_row(&mut self, gap: &Gap, format: &'static str) -> bool {
        let seen = &mut self.seen[gap.reason as usize];
        *seen += 1;
        if *seen <= self.rows_a_reason {
            return true;
        }
        let folder =
            gap.locator.parts().first().and_then(|file| file.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let mut group =
            Group { root: gap.root, folder: folder.to_string(), reason: gap.reason, class: gap.class, format };
        if self.groups.len() >= self.groups_at_most && !self.groups.contains_key(&group) {
            group.folder = String::new();
        }
        let count = self.groups.entry(group).or_default();
        count.gaps += 1;
        count.bytes += gap.bytes.unwrap_or(0);
        false
    }

    /// The rows that are left to write.
    pub(super) fn take(&mut self) -> impl Iterator<Item = (Group, Count)> + use<> {
        std::mem::take(&mut self.groups).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::gap;

    #[test]
    fn many_gaps_of_one_reason_become_one_row_a_folder() {
        let mut many = Many { rows_a_reason: 2, groups_at_most: 2, ..Many::new() };
        let own: Vec<bool> = ["a/1", "a/2", "a/3", "a/4", "b/5", "c/6"]
            .iter()
            .map(|path| many.own_row(&gap(path, Reason::Unsupported), "pdf"))
            .collect();
        assert_eq!(own, [true, true, false, false, false, false]);
        assert!(many.own_row(&gap("a/7", Reason::Denied), ""), "each reason has rows of its own");
        let rows: Vec<(String, u64, u64)> = many.take().map(|(g, c)| (g.folder, c.gaps, c.bytes)).collect();
        let expected = [("", 1, 200), ("a", 2, 400), ("b", 1, 200)];
        assert_eq!(rows, expected.map(|(folder, gaps, bytes)| (folder.to_string(), gaps, bytes)));
    }
}
