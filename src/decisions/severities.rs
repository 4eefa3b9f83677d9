//! A site's severity table. In: a TOML file. Out: the table that findings are judged by, the site's rows in place of those of
//! `docs/severity.md`. Refuses names that are no identifier's or severity's, unknown keys and a missing version, with file and
//! line. The format is `docs/severity.md`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::Source;
use crate::error::Result;
use crate::finding::Severity;
use crate::identifier::Identifier;
use crate::judge::severity::Table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<String>,
    severity: BTreeMap<Spanned<String>, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    alone: Spanned<String>,
    company: Spanned<String>,
}

/// The longest name of a version: it stands in each finding.
const VERSION: usize = 40;

/// Reads the table at `path`.
pub fn read(path: &Path) -> Result<Table> {
    table(Source::read(path)?)
}

fn table((source, file): (Source, File)) -> Result<Table> {
    let version = source.said("version", &file.version)?;
    if version.len() > VERSION || version.chars().any(char::is_control) {
        let why = format!("`version` is one short line, {VERSION} bytes at most");
        return Err(source.wrong(file.version.span().start, why));
    }
    let mut table = Table::of_site(&version);
    for (name, row) in &file.severity {
        let Some(identifier) = Identifier::by_name(name.get_ref()) else {
            let near = Identifier::suggestion(name.get_ref());
            let near = near.map_or_else(
                || "there are those of `phisweep rules list`".to_string(),
                |near| format!("did you mean {near}?"),
            );
            return Err(source.wrong(name.span().start, format!("no identifier is called so; {near}")));
        };
        let severity = |text: &Spanned<String>| {
            Severity::by_name(text.get_ref()).ok_or_else(|| {
                source.wrong(text.span().start, "a severity is info, low, medium, high or critical".to_string())
            })
        };
        let (alone, company) = (severity(&row.alone)?, severity(&row.company)?);
        if company < alone {
            return Err(source.wrong(row.company.span().start, "company makes nothing less severe"));
        }
        table.set(identifier, alone, company);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_site_take_the_place_of_the_published_ones() {
        let read = |text: &str| {
            table(Source::parse("severity.toml", text.to_string())?)
                .map_err(|error| error.to_string())
                .map_or_else(|error| Ok::<_, crate::error::Error>(Err(error)), |table| Ok(Ok(table)))
        };
        let text = "version = \"LHP 3\"\n[severity]\nphone = { alone = \"info\", company = \"high\" }\n";
        let table = read(text).unwrap().unwrap();
        assert_eq!(table.row(Identifier::PHONE), (Severity::Info, Severity::High));
        assert_eq!(table.row(Identifier::SSN), Table::default().row(Identifier::SSN), "what is not named stays");
        assert_eq!((table.site(), Table::default().site()), (Some("LHP 3"), None));
        for (text, line) in [
            ("version = \"\"\n[severity]\n", ":1"),
            ("version = \"3\"\n[severity]\nphones = { alone = \"info\", company = \"high\" }\n", ":3"),
            ("version = \"3\"\n[severity]\nphone = { alone = \"bad\", company = \"high\" }\n", ":3"),
            ("version = \"3\"\n[severity]\nphone = { alone = \"high\", company = \"low\" }\n", ":3"),
        ] {
            let error = read(text).unwrap().unwrap_err();
            assert!(error.contains(line), "{text}: {error}");
        }
        for text in [
            "[severity]\n",
            "version = \"3\"\n[severity]\nphone = { alone = \"info\" }\n",
            "version = \"3\"\nmore = 1\n",
        ] {
            assert!(Source::parse::<File>("severity.toml", text.to_string()).is_err(), "{text}");
        }
    }
}
