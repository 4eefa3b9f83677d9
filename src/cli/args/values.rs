//! What the values of options may be: closed lists, identifiers, reasons, limits, globs. In: the text behind an option. Out: the
//! value. Refuses any other, with the nearest that there is.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::finding::Severity;
use crate::gap::Reason;
use crate::identifier::Identifier;
use crate::limits::Limits;
use crate::options::{Reveal, TestValues};
use crate::spelling;

/// What goes to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Stdout {
    Text,
    Csv,
    Jsonl,
    Sarif,
}

/// When progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ShowProgress {
    Auto,
    Always,
    Never,
}

/// The threshold of exit code 1; `None` for never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct FailOn(pub(in crate::cli) Option<Severity>);

impl Stdout {
    /// The parser has seen to it that there is no other name.
    pub(super) fn by_name(name: &str) -> Stdout {
        match name {
            "csv" => Stdout::Csv,
            "jsonl" => Stdout::Jsonl,
            "sarif" => Stdout::Sarif,
            _ => Stdout::Text,
        }
    }
}

impl ShowProgress {
    pub(super) fn by_name(name: &str) -> Option<ShowProgress> {
        match name {
            "auto" => Some(ShowProgress::Auto),
            "always" => Some(ShowProgress::Always),
            "never" => Some(ShowProgress::Never),
            _ => None,
        }
    }
}

impl FailOn {
    pub(super) fn by_name(name: &str) -> Option<FailOn> {
        match name {
            "never" => Some(FailOn(None)),
            name => Severity::by_name(name).map(|severity| FailOn(Some(severity))),
        }
    }
}

impl Reveal {
    pub(super) fn by_name(name: &str) -> Option<Reveal> {
        match name {
            "none" => Some(Reveal::None),
            "last4" => Some(Reveal::Last4),
            "full" => Some(Reveal::Full),
            _ => None,
        }
    }
}

impl TestValues {
    pub(super) fn by_name(name: &str) -> Option<TestValues> {
        match name {
            "mark" => Some(TestValues::Mark),
            "live" => Some(TestValues::Live),
            "drop" => Some(TestValues::Drop),
            _ => None,
        }
    }
}

/// What `--format` takes.
pub(super) fn formats() -> [PossibleValue; 4] {
    ["text", "csv", "jsonl", "sarif"].map(PossibleValue::new)
}

/// One of a closed list of names, shown in the help.
pub(super) fn named<T>(
    names: &'static [&'static str],
    by_name: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(move |name| by_name(&name).ok_or("no such name"))
}

pub(super) fn identifier(name: &str) -> Result<Identifier, String> {
    let name = name.trim();
    Identifier::by_name(name).ok_or_else(|| match Identifier::suggestion(name) {
        Some(near) => format!("no identifier has this name; did you mean {near}?"),
        None => "no identifier has this name; `phisweep rules list` shows them".to_string(),
    })
}

pub(super) fn reason(name: &str) -> Result<Reason, String> {
    Reason::by_name(name.trim()).ok_or_else(|| {
        let names: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
        let near = spelling::hint(name, names.iter().copied());
        format!("no reason has this name{near}; there are {}", names.join(", "))
    })
}

pub(super) fn limit(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a name, `=` and a value are needed, such as depth=8")?;
    Limits::default().set(name, value).map(|()| (name.to_string(), value.to_string()))
}

pub(super) fn glob(pattern: &str) -> Result<String, String> {
    globset::Glob::new(pattern).map(|_| pattern.to_string()).map_err(|e| e.kind().to_string())
}
