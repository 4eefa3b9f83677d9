//! What users say of formats (`--format-hint`). In: globs with formats, a document's locator. Out: the format that it is
//! to be read as. Refuses globs that are none.

use std::path::PathBuf;

use crate::error::Result;
use crate::locator::Locator;
use crate::options::{FormatHint, HintedFormat};
use crate::walk::globs::Globs;

/// The hints of a run, compiled.
#[derive(Debug, Default)]
pub(super) struct Hints(Vec<(Globs, HintedFormat)>);

impl Hints {
    /// Compiles the hints.
    ///
    /// # Errors
    /// A glob that is none.
    pub(super) fn new(hints: &[FormatHint]) -> Result<Hints> {
        let compile = |hint: &FormatHint| {
            let globs = Globs::new("--format-hint", std::slice::from_ref(&hint.glob))?;
            Ok((globs, hint.format.clone()))
        };
        hints.iter().map(compile).collect::<Result<_>>().map(Hints)
    }

    /// What a document is said to be. The last hint that matches it counts.
    pub(super) fn of(&self, locator: &Locator) -> Option<&HintedFormat> {
        if self.0.is_empty() {
            return None;
        }
        let path = PathBuf::from(locator.parts().join("/"));
        self.0.iter().rev().find(|(globs, _)| globs.matches(&path, &path, false)).map(|(_, format)| format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hint_that_matches_counts() {
        let hint = |glob: &str, name| FormatHint { glob: glob.to_string(), format: HintedFormat::Named(name) };
        let hints = Hints::new(&[hint("*", "text"), hint("in/*.dat", "hl7"), hint("*.x12", "x12")]).expect("globs");
        let of = |path: &str| match hints.of(&Locator::named(path)) {
            Some(HintedFormat::Named(name)) => *name,
            _ => "none",
        };
        assert_eq!((of("in/a.dat"), of("in/b/a.dat"), of("deep/in/b.x12")), ("hl7", "text", "x12"));
        assert!(Hints::new(&[hint("[", "text")]).is_err());
    }
}
