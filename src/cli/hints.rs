//! `--format-hint GLOB=FORMAT`. In: what was typed. Out: a hint with its layout read. Refuses formats nobody reads,
//! layouts that cannot be read or say something wrong, with the file in the error.

use std::path::Path;
use std::sync::Arc;

use crate::extract::fixed::Layout;
use crate::options::{FormatHint, HINTED, HintedFormat};

/// A layout file larger than this is none.
const LARGEST: u64 = 1 << 20;

/// Reads a hint. A glob may hold `=` itself: the first behind which a format stands divides.
pub(super) fn parse(text: &str) -> Result<FormatHint, String> {
    let mut why = "expected GLOB=FORMAT, such as '*.dat=fixed:layout.toml'".to_string();
    for (at, _) in text.match_indices('=') {
        let (glob, format) = (&text[..at], &text[at + 1..]);
        if glob.is_empty() {
            why = "an empty glob matches nothing".to_string();
            continue;
        }
        if let Some(file) = format.strip_prefix("fixed:") {
            let layout = layout(Path::new(file))?;
            return Ok(FormatHint { glob: glob.to_string(), format: HintedFormat::Fixed(Arc::new(layout)) });
        }
        if let Some(name) = HINTED.iter().find(|name| format.eq_ignore_ascii_case(name)) {
            return Ok(FormatHint { glob: glob.to_string(), format: HintedFormat::Named(name) });
        }
        let near = crate::spelling::hint(format, HINTED);
        why = format!("there is no format {format:?}{near}; there are {}, fixed:LAYOUT.toml", HINTED.join(", "));
    }
    Err(why)
}

fn layout(file: &Path) -> Result<Layout, String> {
    let bad = |why: String| format!("{}: {why}", file.display());
    let facts = std::fs::metadata(file).map_err(|error| bad(error.to_string()))?;
    if !facts.is_file() || facts.len() > LARGEST {
        return Err(bad("not a layout: a TOML file of at most 1 MiB".to_string()));
    }
    let text = std::fs::read_to_string(file).map_err(|error| bad(error.to_string()))?;
    Layout::read(&text).map_err(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_read_or_refused_with_a_reason() {
        let hint = parse("a=b/*.dat=HL7").expect("a hint");
        assert!(hint.glob == "a=b/*.dat" && matches!(hint.format, HintedFormat::Named("hl7")));
        for (text, part) in [
            ("*.dat", "GLOB=FORMAT"),
            ("=hl7", "empty glob"),
            ("*.dat=hl8", "there is no format \"hl8\""),
            ("*.dat=fixed:/no/such/layout.toml", "/no/such/layout.toml"),
            ("*.dat=fixed:/", "not a layout"),
        ] {
            let error = parse(text).err().unwrap_or_else(|| panic!("{text} is accepted"));
            assert!(error.contains(part), "{text}: {error}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("layout.toml");
        std::fs::write(&file, "[[column]]\nname = \"ssn\"\nstart = 1\nwidth = 9\n").expect("written");
        let hint = parse(&format!("*.dat=fixed:{}", file.display())).expect("a hint");
        assert!(matches!(hint.format, HintedFormat::Fixed(layout) if layout.columns.len() == 1));
        std::fs::write(&file, "[[column]]\nname = \"ssn\"\n").expect("written");
        let error = parse(&format!("*.dat=fixed:{}", file.display())).expect_err("refused");
        assert!(error.contains("layout.toml") && error.contains("start"), "{error}");
    }
}
