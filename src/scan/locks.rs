//! What a scan says of locked documents. In: what was read of a document, its gaps. Out: gaps that name the lock, and those keys
//! that lie beside it. Refuses to say what a key holds.

use std::path::Path;

use super::document::{Reading, Scanner};
use crate::gap::{Class, Gap, Reason};
use crate::locator::{self, Locator};
use crate::protected::Leaves;
use crate::walk::STREAM;

impl Reading {
    /// Says in the gaps of a document how it is locked. What a reader could open, or reading found another reason for, stays as
    /// it is.
    pub(super) fn name_lock(&mut self) {
        let Some(lock) = self.protection.take() else { return };
        let reason = lock.reason();
        let named = |said: Reason| match (said, lock.leaves) {
            (Reason::Encrypted | Reason::WeakEncryption, _) => Some(reason),
            // A library that does not know the lock finds the document damaged; where there is none, it is locked all the same.
            (Reason::Unsupported | Reason::Malformed | Reason::Disabled, Leaves::Nothing)
            | (Reason::Unsupported, Leaves::Rest) => Some(reason),
            (Reason::Unsupported, Leaves::Perhaps) => Some(said),
            _ => None,
        };
        match (&mut self.not_read, &mut self.stopped) {
            (Some((said, detail)), _) => {
                if let Some(reason) = named(*said) {
                    (*said, *detail) = (reason, lock.scheme.into());
                }
            }
            (None, Some((said, detail))) => {
                if let Some(reason) = named(*said) {
                    (*said, *detail) = (reason, lock.scheme);
                }
            }
            (None, stopped @ None) if lock.leaves == Leaves::Rest => *stopped = Some((reason, lock.scheme)),
            (None, None) => {}
        }
    }
}

impl Scanner<'_> {
    /// What is locked with its key beside it is not protected: 74 FR 19006, updated in 74 FR 42740.
    pub(super) fn keys_beside(&self, root: usize, locator: &Locator, gaps: &mut [Gap]) {
        let path = &self.roots[root].path;
        // Bytes in memory and standard input lie nowhere.
        if path.as_os_str().is_empty() || path == Path::new(STREAM) {
            return;
        }
        for gap in gaps.iter_mut().filter(|gap| gap.class == Class::Protected) {
            let Some(first) = locator.parts().first() else { return };
            let name = locator.parts().get(1..).and_then(<[String]>::last).map(String::as_str);
            let Some(key) = self.keys.beside(&self.opener, path, &locator::text_path(first), name) else { return };
            let shown = self.masked(root, &locator::path_text(&key));
            let detail = format!("{}, with a key beside it: {shown}", gap.detail);
            let (reason, class) = (Reason::WeakEncryption, Reason::WeakEncryption.class());
            *gap = Gap { reason, class, detail, ..gap.clone() };
        }
    }
}
