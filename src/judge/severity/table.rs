//! What identifiers are worth, row by row: the published table, or that of a site. In: rows. Out: two severities for an
//! identifier, alone and with company on the same record.

use crate::finding::Severity;
use crate::identifier::Identifier;

/// A severity table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What a site calls its own; `None` for the published table.
    site: Option<String>,
    /// By [`Identifier::index`]: alone, with company.
    rows: Vec<(Severity, Severity)>,
}

impl Default for Table {
    /// The published table, version [`TABLE_VERSION`](super::TABLE_VERSION).
    fn default() -> Table {
        Table { site: None, rows: Identifier::all().map(super::base).collect() }
    }
}

impl Table {
    /// The published table, to be changed by a site that calls its own `version`.
    pub fn of_site(version: &str) -> Table {
        Table { site: Some(version.to_string()), ..Table::default() }
    }

    /// Replaces the row of an identifier.
    pub fn set(&mut self, identifier: Identifier, alone: Severity, company: Severity) {
        if let Some(row) = self.rows.get_mut(identifier.index()) {
            *row = (alone, company);
        }
    }

    /// The row of an identifier: alone, with company.
    pub fn row(&self, identifier: Identifier) -> (Severity, Severity) {
        self.rows.get(identifier.index()).copied().unwrap_or_else(|| super::base(identifier))
    }

    /// What the site calls the table, if it is not the published one.
    pub fn site(&self) -> Option<&str> {
        self.site.as_deref()
    }
}
