//! What people have decided: findings they accept ([`accepted`]) and agreements on what may go
//! ([`agreement`]), what is how severe at a site ([`severities`]). In: TOML files. Out:
//! what they say of a finding. Refuses unknown keys, what is missing and dates that are none, with file and line.

use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::value::Datetime;

use crate::error::{Error, Result};

pub mod accepted;
pub mod agreement;
pub mod severities;
pub mod triage;

/// Days for which something can be decided at most: a year.
const LONGEST: i64 = 366;

/// What somebody decides about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disposition {
    /// Accepted, no more said.
    Accepted,
    /// It is not what the finding says.
    FalseAlarm,
    /// It is, and may stay so for a time.
    AcceptedRisk,
    /// It is agreed with whoever sends it.
    Agreed,
    /// Somebody has been told to mend it: it counts until it is gone.
    FixOrdered,
    /// Somebody says that it is mended: where it is still found it counts.
    FixClaimed,
}

impl Disposition {
    /// All of them.
    pub const ALL: [Disposition; 6] = [
        Disposition::Accepted,
        Disposition::FalseAlarm,
        Disposition::AcceptedRisk,
        Disposition::Agreed,
        Disposition::FixOrdered,
        Disposition::FixClaimed,
    ];

    /// The name in reports and files.
    pub fn name(self) -> &'static str {
        match self {
            Disposition::Accepted => "accepted",
            Disposition::FalseAlarm => "false-alarm",
            Disposition::AcceptedRisk => "accepted-risk",
            Disposition::Agreed => "agreed",
            Disposition::FixOrdered => "fix-ordered",
            Disposition::FixClaimed => "fixed-claimed",
        }
    }

    /// The one of this name.
    pub fn by_name(name: &str) -> Option<Disposition> {
        Disposition::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether the finding no longer counts.
    pub fn accepts(self) -> bool {
        !matches!(self, Disposition::FixOrdered | Disposition::FixClaimed)
    }
}

/// A file of decisions, to point at its lines.
pub(crate) struct Source {
    file: String,
    text: String,
}

impl Source {
    /// Reads the file at `path`.
    pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<(Source, T)> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
        Source::parse(&path.display().to_string(), text)
    }

    /// Reads a text as the file of this name.
    fn parse<T: DeserializeOwned>(file: &str, text: String) -> Result<(Source, T)> {
        let source = Source { file: file.to_string(), text };
        let read = toml::from_str(&source.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            source.wrong(at, error.message().replace('\n', " "))
        })?;
        Ok((source, read))
    }

    /// The line, from 1, of an offset.
    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }

    pub(crate) fn wrong(&self, at: usize, message: impl Into<String>) -> Error {
        Error::Pattern { file: self.file.clone(), line: self.line(at), message: message.into() }
    }

    /// A day as `YYYY-MM-DD`.
    pub(crate) fn day(&self, key: &str, day: &Spanned<Datetime>) -> Result<String> {
        match day.get_ref() {
            Datetime { date: Some(date), time: None, .. } => Ok(date.to_string()),
            _ => Err(self.wrong(day.span().start, format!("`{key}` is a day: {key} = 2026-12-31, without quotes"))),
        }
    }

    /// A text that says something.
    pub(crate) fn said(&self, key: &str, text: &Spanned<String>) -> Result<String> {
        match text.get_ref().trim() {
            "" => Err(self.wrong(text.span().start, format!("`{key}` says nothing"))),
            said => Ok(said.to_string()),
        }
    }
}

/// The day so many days from now, UTC, `YYYY-MM-DD`: days written so compare as texts.
pub fn day_from_now(days: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let then = i64::try_from(now.as_secs()).unwrap_or(0) + days * 86_400;
    crate::report::utc(then).and_then(|time| time.get(..10).map(str::to_string)).unwrap_or_default()
}
