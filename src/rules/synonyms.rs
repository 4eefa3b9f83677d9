//! What a site says its headers mean. In: lines `header,identifier,comment` of a CSV file given with `--rules`. Out: for
//! the words of a header its identifier. Refuses unknown identifiers, one header with two meanings and headers without a word,
//! with file and line.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::identifier::Identifier;

use super::FieldName;

/// Headers, taken apart, and what they mean.
#[derive(Debug, Default)]
pub struct Synonyms {
    by_tokens: BTreeMap<Vec<String>, (Identifier, String)>,
}

impl Synonyms {
    /// What a header of these words means, if the site has said so.
    pub fn get(&self, tokens: &[String]) -> Option<Identifier> {
        self.by_tokens.get(tokens).map(|(identifier, _)| *identifier)
    }

    /// The words of all headers.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.by_tokens.keys().flatten().map(String::as_str)
    }

    /// Adds those of one file. A first line `header,identifier,…` names the columns; lines that begin with `#` are comments.
    pub(super) fn read(&mut self, file: &str, text: &str) -> Result<()> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        for (number, record) in reader.records().enumerate() {
            let record = record.map_err(|error| {
                let line = error.position().map_or(0, |at| at.line() as usize);
                wrong(file, line, "no line of CSV: header,identifier,comment")
            })?;
            // The reader tells where it stood, before the blank lines and comments that it stepped over.
            let stood = record.position().map_or(0, |at| at.line() as usize);
            let passed = |line: &&str| line.trim().is_empty() || line.starts_with('#');
            let line = stood + text.lines().skip(stood.saturating_sub(1)).take_while(passed).count();
            let (header, name) = match (record.get(0), record.get(1)) {
                (Some(header), Some(name)) if !header.is_empty() && !name.is_empty() => (header, name),
                _ => return Err(wrong(file, line, "a line is header,identifier and, if wanted, a comment")),
            };
            if number == 0 && header.eq_ignore_ascii_case("header") && name.eq_ignore_ascii_case("identifier") {
                continue;
            }
            if record.len() > 3 {
                return Err(wrong(file, line, "more than three cells; a comma in a cell wants quotes around the cell"));
            }
            let identifier = Identifier::by_name(name).ok_or_else(|| {
                wrong(
                    file,
                    line,
                    match Identifier::suggestion(name) {
                        Some(near) => format!("no identifier has the name in the second cell; did you mean {near}?"),
                        None => {
                            "no identifier has the name in the second cell; `phisweep rules list` shows them".into()
                        }
                    },
                )
            })?;
            let tokens = FieldName::parse(header).tokens;
            if tokens.is_empty() {
                return Err(wrong(file, line, "the header has neither a letter nor a digit"));
            }
            if let Some((other, place)) = self.by_tokens.get(&tokens)
                && *other != identifier
            {
                return Err(wrong(file, line, format!("this header is {other} in {place}, and {identifier} here")));
            }
            self.by_tokens.entry(tokens).or_insert_with(|| (identifier, format!("{file}:{line}")));
        }
        Ok(())
    }

    /// What is said here, by the words of each header.
    #[cfg(feature = "ledger")]
    pub(super) fn meanings(&self) -> BTreeMap<String, String> {
        let said = self.by_tokens.iter();
        said.map(|(tokens, (identifier, _))| (tokens.join(" "), identifier.name().to_string())).collect()
    }

    /// Adds what is said here, and not where, to the hash that names a set of rules.
    pub(super) fn hash(&self, hasher: &mut blake3::Hasher) {
        for (tokens, (identifier, _)) in &self.by_tokens {
            for word in tokens.iter().map(String::as_str).chain([identifier.name(), ""]) {
                hasher.update(&(word.len() as u64).to_le_bytes());
                hasher.update(word.as_bytes());
            }
        }
    }
}

fn wrong(file: &str, line: usize, message: impl Into<String>) -> Error {
    Error::Pattern { file: file.to_string(), line, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> std::result::Result<Synonyms, String> {
        let mut synonyms = Synonyms::default();
        synonyms.read("s.csv", text).map_err(|error| error.to_string())?;
        Ok(synonyms)
    }

    #[test]
    fn headers_are_known_however_they_are_written() {
        let synonyms =
            read("header,identifier,comment\n# of the laboratory\nPT_NO,mrn,LabCo\n\"zz, a\",ssn\n").unwrap();
        for (header, expected) in [
            ("PT_NO", Some(Identifier::MRN)),
            ("pt no", Some(Identifier::MRN)),
            ("ptNo", Some(Identifier::MRN)),
            ("pt no 2", None),
            ("ZZ-A", Some(Identifier::SSN)),
        ] {
            assert_eq!(synonyms.get(&FieldName::parse(header).tokens), expected, "{header}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, expected) in [
            ("PT_NO,mrn\nX,mrnn\n", "s.csv:2: no identifier has the name in the second cell; did you mean mrn?"),
            ("PT_NO\n", "s.csv:1: a line is header,identifier and, if wanted, a comment"),
            ("PT_NO,mrn\n\npt-no,ssn\n", "s.csv:3: this header is mrn in s.csv:1, and ssn here"),
            ("--,mrn\n", "s.csv:1: the header has neither a letter nor a digit"),
            ("a,mrn,b,c\n", "s.csv:1: more than three cells; a comma in a cell wants quotes around the cell"),
        ] {
            assert_eq!(read(text).err().as_deref(), Some(expected), "{text}");
        }
    }
}
