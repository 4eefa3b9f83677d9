//! What a scan says of locked documents. In: what was read of a document, its gaps. Out: gaps that name the lock, and those keys
//! that lie beside it. Refuses to say what a key holds.

use std::path::Path;

use super::document::{Reading, Scanner};
use crate::finding::Access;
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
        match (&mut self.not_read, &mut self.stopped) {
            (Some((said @ Reason::Unsupported, detail)), _) => {
                if lock.leaves != Leaves::Perhaps {
                    *said = reason;
                }
                *detail = lock.scheme.into();
            }
            (Some(_), _) => {}
            (None, Some((said @ (Reason::Encrypted | Reason::WeakEncryption), detail))) => {
                *said = reason;
                *detail = lock.scheme;
            }
            (None, stopped @ None) if lock.leaves == Leaves::Rest => *stopped = Some((reason, lock.scheme)),
            _ => {}
        }
    }
}

impl Scanner<'_> {
    /// What is locked with its key beside it is not protected: 74 FR 19006, 19009-10.
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
            let shown = self.shown_path(root, &key);
            let detail = format!("{}, with a key beside it: {shown}", gap.detail);
            let (reason, class) = (Reason::WeakEncryption, Reason::WeakEncryption.class());
            *gap = Gap { reason, class, detail, ..gap.clone() };
        }
    }

    /// A path below a root as a detail may hold it: without values.
    fn shown_path(&self, root: usize, path: &Path) -> String {
        let locator = Locator::file(path);
        let locator = self.name(root, &locator, &Access::stream()).masked.unwrap_or(locator);
        locator.parts().concat()
    }
}
