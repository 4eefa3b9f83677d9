//! How a document is to be read. In: what users say of it (`--format-hint`), what it was recognised as, its head. Out: a
//! reader, or a layout. Refuses globs that are none.

use std::path::PathBuf;

use crate::error::Result;
use crate::extract::named::Reader;
use crate::extract::{self, Layout, fixed};
use crate::locator::Locator;
use crate::open::Kind;
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

/// What a document is that somebody named.
pub(super) fn kind(hint: &HintedFormat) -> Kind {
    match hint {
        HintedFormat::Named("csv" | "tsv" | "psv") => Kind::Text("text"),
        HintedFormat::Named(format) => Kind::Text(format),
        HintedFormat::Fixed(_) => Kind::Text("fixed"),
    }
}

/// The reader of a document called `name` of which `head` is seen, and all of it if `complete`; where there is none, its
/// layout. A hint decides before its looks; a fixed-width table is the last that text may be.
pub(super) fn how(
    hint: Option<&HintedFormat>,
    (name, format): (&str, &'static str),
    (head, complete): (&[u8], bool),
    known: &dyn Fn(&str) -> bool,
) -> (Option<Box<dyn Reader>>, Layout) {
    let reader = match hint {
        Some(HintedFormat::Fixed(layout)) => Some(fixed::reader(fixed::Layout::clone(layout))),
        Some(HintedFormat::Named("fixed")) => fixed::infer(name, head, complete, known).map(fixed::reader),
        Some(HintedFormat::Named("text")) => None,
        // A table that somebody names is told from text by less.
        Some(HintedFormat::Named(table @ ("csv" | "tsv" | "psv"))) => {
            return (None, Layout::of(&format!("hinted.{table}"), format, head, complete, known));
        }
        _ => return extract::arrange((name, format), (head, complete), known),
    };
    (reader, Layout::Text)
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

    /// Ten members as a mainframe writes them: number, birth date, name. All are invented.
    fn members() -> String {
        let member = |n: usize| {
            let (ssn, year) = (512_440_101 + n * 7, 1931 + n * 6);
            format!("{ssn:09}{year}0{}1{}DELGADO   MARIA  \n", 1 + n % 9, n % 9)
        };
        (0..10).map(member).collect()
    }

    fn scanned(format: HintedFormat, text: &str) -> crate::finding::Document {
        let engine = crate::engine::Engine::built_in().expect("the built-in rules load");
        let format_hints = vec![FormatHint { glob: "*.dat".to_string(), format }];
        let options = crate::options::Options { format_hints, ..Default::default() };
        crate::scan::scan_bytes(&engine, &options, "drop.dat", text.as_bytes())
    }

    #[test]
    fn a_layout_names_what_stands_in_a_file() {
        let layout = "[[column]]\nname = \"ssn\"\nstart = 1\nwidth = 9\n\
            [[column]]\nname = \"birth date\"\nstart = 10\nwidth = 8\n\
            [[column]]\nname = \"last name\"\nstart = 18\nwidth = 10\n";
        let layout = fixed::Layout::read(layout).expect("a layout");
        let document = scanned(HintedFormat::Fixed(std::sync::Arc::new(layout)), &members());
        assert_eq!((document.format, document.records, document.people), ("fixed", 10, 10));
        let found: Vec<(String, u64)> =
            document.findings.iter().map(|f| (f.identifier.to_string(), f.matches)).collect();
        for identifier in ["ssn", "birth-date", "name"] {
            assert!(found.contains(&(identifier.to_string(), 10)), "{identifier}: {found:?}");
        }
    }

    #[test]
    fn a_hint_decides_before_the_looks_of_a_file() {
        assert_eq!(scanned(HintedFormat::Named("text"), "{\"ssn\": \"512-44-0101\"}").format, "text");
        assert_eq!(scanned(HintedFormat::Named("psv"), "a|b\n1|2\n").format, "psv");
        assert_eq!(scanned(HintedFormat::Named("fixed"), &members()).format, "fixed");
        let wrong = scanned(HintedFormat::Named("dicom"), "SSN: 512-44-0101");
        assert_eq!((wrong.status, wrong.findings.len()), (crate::finding::Status::Partial, 1), "read as text");
    }
}
