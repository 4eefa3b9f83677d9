//! An agreement on what may go to somebody. In: a TOML file. Out: which identifiers it allows, and until when. Refuses names that
//! are no identifier's, unknown keys and what is missing, with file and line. The format is `docs/release.md`.

use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::value::Datetime;

use super::Source;
use crate::error::Result;
use crate::identifier::Identifier;

/// What an agreement may allow beside identifiers.
pub const OTHERS: [&str; 3] = ["record-key", "place", "free-text"];

/// An agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// What it is called.
    pub name: String,
    /// Where it is filed.
    pub reference: String,
    /// Its last day, `YYYY-MM-DD`.
    pub ends: String,
    /// What it allows: names of identifiers, or [`OTHERS`].
    pub allows: Vec<String>,
    /// Whether that day has passed: then it allows nothing.
    pub ended: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    reference: Spanned<String>,
    ends: Spanned<Datetime>,
    allows: Vec<Spanned<String>>,
}

impl Agreement {
    /// Reads the agreement at `path`; `today` as `YYYY-MM-DD`.
    pub fn read(path: &Path, today: &str) -> Result<Agreement> {
        let (source, file): (Source, File) = Source::read(path)?;
        let ends = source.day("ends", &file.ends)?;
        for name in &file.allows {
            let known = Identifier::by_name(name.get_ref()).is_some() || OTHERS.contains(&name.get_ref().as_str());
            if !known {
                let near = Identifier::suggestion(name.get_ref());
                let near = near.map_or_else(
                    || format!("there are those of `phisweep rules list`, and {}", OTHERS.join(", ")),
                    |near| format!("did you mean {near}?"),
                );
                return Err(source.wrong(name.span().start, format!("no identifier is called so; {near}")));
            }
        }
        Ok(Agreement {
            name: source.said("name", &file.name)?,
            reference: source.said("reference", &file.reference)?,
            ended: ends.as_str() < today,
            ends,
            allows: file.allows.into_iter().map(Spanned::into_inner).collect(),
        })
    }

    /// Whether it allows what is called so.
    pub fn allows(&self, name: &str) -> bool {
        !self.ended && self.allows.iter().any(|allowed| allowed == name)
    }

    /// What it says of an identifier, as reports write it.
    pub fn expected(&self, identifier: Identifier) -> &'static str {
        if self.allows(identifier.name()) { "agreed" } else { "not-agreed" }
    }
}
