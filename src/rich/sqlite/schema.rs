//! The tables of an SQLite file. In: the statement that made a table. Out: its columns, and which field of a record holds which.
//! The statement is run in an empty database in memory, where it can do no more than make a table; refuses any other
//! statement. What SQLite itself does not take (its own tables, functions of another program) is read by commas.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// A table and how its records are laid out.
#[derive(Clone, Default)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) root: u32,
    pub(super) columns: Vec<Column>,
    /// For each field of a record the column it holds; `None` for one that the statement does not name.
    pub(super) stored: Vec<usize>,
}

/// A column.
#[derive(Clone, Default)]
pub(super) struct Column {
    pub(super) name: String,
    /// Its record says NULL, and the number of the row is meant.
    pub(super) is_row: bool,
    /// What records from before the column was added mean.
    pub(super) default: String,
}

/// Longest statement, in bytes: SQLite's own limit.
const STATEMENT: usize = 1_000_000;

impl Table {
    /// The table called `name` whose tree starts at `root`.
    pub(super) fn new(name: String, root: u32, statement: &str) -> Table {
        let (columns, stored) = made(statement).unwrap_or_else(|| by_commas(statement));
        Table { name, root, columns, stored }
    }
}

/// Whether a statement makes a table by a list of columns and does nothing else.
fn is_plain(statement: &str) -> bool {
    let Some(rest) = after_word(statement, "create").and_then(|rest| after_word(rest, "table")) else { return false };
    let rest = rest.trim_start();
    let name = match rest.as_bytes().first() {
        Some(open @ (b'"' | b'`' | b'\'' | b'[')) => {
            let close = if *open == b'[' { b']' } else { *open };
            let mut at = 1;
            loop {
                match rest.as_bytes().get(at) {
                    Some(b) if *b == close && rest.as_bytes().get(at + 1) == Some(&close) && close != b']' => at += 2,
                    Some(b) if *b == close => break at + 1,
                    Some(_) => at += 1,
                    None => return false,
                }
            }
        }
        _ => rest.find(|c: char| c == '(' || c.is_whitespace()).unwrap_or(rest.len()),
    };
    statement.len() <= STATEMENT && rest[name..].trim_start().starts_with('(')
}

fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let start = text.get(..word.len())?;
    start.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

/// What SQLite says of the table that the statement makes.
fn made(statement: &str) -> Option<(Vec<Column>, Vec<usize>)> {
    if !is_plain(statement) {
        return None;
    }
    let database = Connection::open_in_memory().ok()?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).ok()?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).ok()?;
    database.prepare(statement).ok()?.execute([]).ok()?;
    let name: String = database
        .query_row(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'",
            [],
            |row| row.get(0),
        )
        .ok()?;
    let mut found =
        database.prepare("SELECT name, type, pk, hidden, dflt_value, cid FROM pragma_table_xinfo(?1)").ok()?;
    let rows = found.query_map([&name], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, i64>(2)?,
            row.get::<_, i64>(3)?,
            row.get::<_, Option<String>>(4)?.unwrap_or_default(),
            row.get::<_, i64>(5)?,
        ))
    });
    let rows: Vec<_> = rows.ok()?.collect::<Result<_, _>>().ok()?;
    // Hidden 2: generated when read, so it is not stored. 3: generated and stored.
    let rows: Vec<_> = rows.into_iter().filter(|row| row.3 != 2).collect();
    let without_row: bool = database
        .query_row("SELECT wr FROM pragma_table_list WHERE name = ?1 AND schema = 'main'", [&name], |row| row.get(0))
        .ok()?;
    let keys = rows.iter().filter(|row| row.2 > 0).count();
    let columns = rows
        .iter()
        .map(|row| Column {
            name: row.0.clone(),
            is_row: !without_row && keys == 1 && row.2 > 0 && row.1.eq_ignore_ascii_case("integer"),
            default: literal(&row.4),
        })
        .collect();
    let place = |cid: i64| rows.iter().position(|row| row.5 == cid);
    let stored = if without_row {
        let index: String = database
            .query_row("SELECT name FROM pragma_index_list(?1) WHERE origin = 'pk'", [&name], |row| row.get(0))
            .ok()?;
        let mut fields = database.prepare("SELECT cid FROM pragma_index_xinfo(?1) ORDER BY seqno").ok()?;
        let fields = fields.query_map([index], |row| row.get::<_, i64>(0)).ok()?;
        fields.filter_map(|cid| cid.ok().and_then(place)).collect()
    } else {
        (0..rows.len()).collect()
    };
    Some((columns, stored))
}

/// What a default says where it is a plain literal.
fn literal(default: &str) -> String {
    let quoted = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match quoted {
        Some(text) => text.replace("''", "'"),
        None if default.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')) => default.to_string(),
        None => String::new(),
    }
}

/// Columns by the commas of the list, for what SQLite does not make.
fn by_commas(statement: &str) -> (Vec<Column>, Vec<usize>) {
    let mut pieces = vec![String::new()];
    let (mut depth, mut quote) = (0, None);
    for c in statement.chars() {
        match (quote, c) {
            (Some(close), _) if c == close => {
                quote = None;
            }
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '[') => quote = Some(']'),
            (None, '(') => {
                depth += 1;
                if depth == 1 {
                    pieces = vec![String::new()];
                    continue;
                }
            }
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            (None, ',') if depth == 1 => {
                pieces.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    let mut columns = Vec::new();
    for piece in &pieces {
        let piece = piece.trim();
        let name = match piece.chars().next() {
            Some(open @ ('"' | '`' | '\'' | '[')) => {
                let close = if open == '[' { ']' } else { open };
                piece[1..].split(close).next().unwrap_or_default()
            }
            _ => piece.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default(),
        };
        const RULES: [&str; 5] = ["constraint", "primary", "unique", "check", "foreign"];
        if name.is_empty() || RULES.iter().any(|rule| name.eq_ignore_ascii_case(rule)) {
            continue;
        }
        let is_row = piece.to_ascii_lowercase().contains("integer primary key");
        columns.push(Column { name: name.to_string(), is_row, default: String::new() });
    }
    let stored = (0..columns.len()).collect();
    (columns, stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(statement: &str) -> Vec<String> {
        Table::new(String::new(), 2, statement).columns.into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn only_lists_of_columns_are_run() {
        assert!(is_plain("CREATE TABLE \"a \"\" b\" (x)"));
        assert!(is_plain("create table [t](x)"));
        for other in ["CREATE TABLE t AS SELECT 1", "ATTACH 'x' AS y", "CREATE VIEW v AS SELECT 1", "CREATE TABLE \"t"]
        {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn columns_are_those_of_records() {
        assert_eq!(
            names("CREATE TABLE t(id INTEGER PRIMARY KEY, \"ssn, dob\" TEXT, n AS (id + 1), CHECK (id > 0))"),
            ["id", "ssn, dob"]
        );
        let table = Table::new(String::new(), 2, "CREATE TABLE t(a, b, c, PRIMARY KEY (c, a)) WITHOUT ROWID");
        assert_eq!(table.stored, [2, 0, 1]);
        assert_eq!(names("CREATE TABLE sqlite_sequence(name,seq)"), ["name", "seq"]);
        assert_eq!(names("CREATE TABLE t(a CHECK (mine(a, 1)), [b c] TEXT, PRIMARY KEY(a))"), ["a", "b c"]);
        let added = Table::new(String::new(), 2, "CREATE TABLE t(a, b TEXT DEFAULT 'it''s')");
        assert_eq!(added.columns[1].default, "it's");
    }
}
