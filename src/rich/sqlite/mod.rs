//! SQLite files. In: the file, and the write-ahead log beside it. Out: each table's rows, deleted rows that are still there, and
//! embedded files of some size. Refuses nothing that has pages: what is damaged is a gap, and the rest is read.
//!
//! Pages are read by our own code, since the library wants a path or the whole file in memory, and steps over a log and what was
//! deleted. What a table's columns are SQLite itself says. Views, triggers and indexes are not run; a virtual table is read
//! by the tables that it keeps.

mod deleted;
mod log;
mod pages;
mod record;
mod schema;
mod tree;

use self::deleted::{between_rows, leaves_something, whole_page};
use self::pages::{LogHead, Pages, be32, read_at};
use self::record::Value;
use self::schema::Table;
use self::tree::{At, Node, Seen, Tree};
use super::table::Rows;
use super::{Asked, Document, Form, Part, Parts};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::open::{Kind, sniff};

/// Bytes from which a BLOB is looked at as a file.
const FILE: usize = 256;
/// BLOBs of a table that are given as files.
const FILES: usize = 100_000;
/// Tables that are read.
const TABLES: usize = 100_000;
/// Text of deleted rows that is held before it is handed on.
const HELD: usize = 64 << 10;

/// Reads a database, or a log or journal of one.
pub(super) fn read(asked: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut head = [0; 32];
    let got = read_at(document, 0, &mut head).map_err(|error| Halt::of(&error))?;
    if let Some(head) = LogHead::of(&head[..got]) {
        return log::read(asked, document, head.page, parts);
    }
    if head.starts_with(&[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]) {
        return read_journal(document, &head, parts);
    }
    if !head.starts_with(b"SQLite format 3\0") {
        return Err(pages::damaged("not a database"));
    }
    let log = asked.beside.and_then(|beside| beside("-wal"));
    Database::new(Pages::of_file(document, log)?).read(parts)
}

/// A rollback journal: pages as they were before (file format 3).
fn read_journal(document: &mut dyn Document, head: &[u8], parts: &mut dyn Parts) -> Result<(), Halt> {
    let (sector, size) = (u64::from(be32(head, 20)), be32(head, 24) as usize);
    if !size.is_power_of_two() || !(512..=65_536).contains(&size) || !(32..=65_536).contains(&sector) {
        return Err(pages::damaged("a journal without pages"));
    }
    let mut scraps = Scraps::new(parts, "pages before a change")?;
    let pages = Pages::loose(size, None);
    let (mut at, mut page) = (sector, vec![0; size]);
    while read_at(document, at + 4, &mut page).map_err(|error| Halt::of(&error))? == size {
        scraps.parts.work(1)?;
        whole_page(&page, &pages, &[], &mut scraps.text);
        scraps.flush(HELD)?;
        at += size as u64 + 8;
    }
    scraps.end()
}

/// What of the tables is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    /// What their columns are.
    Schema,
}

/// A database, and what was learned of it.
struct Database<'a> {
    pages: Pages<'a>,
    seen: Seen,
    tables: Vec<Table>,
    /// Leaves between whose rows something stands, with the number of the table.
    left: Vec<(u32, u32)>,
}

impl<'a> Database<'a> {
    fn new(pages: Pages<'a>) -> Database<'a> {
        Database { pages, seen: Seen::default(), tables: Vec::new(), left: Vec::new() }
    }

    fn read(&mut self, parts: &mut dyn Parts) -> Result<(), Halt> {
        self.tables(parts, Wanted::All)?;
        self.deleted(parts)
    }

    /// All tables, the list of tables first: statements of views and triggers hold values too.
    fn tables(&mut self, parts: &mut dyn Parts, wanted: Wanted) -> Result<(), Halt> {
        let list = Table::new(
            "sqlite_schema".to_string(),
            1,
            "CREATE TABLE \"schema\"(type TEXT, name TEXT, tbl_name TEXT, rootpage INTEGER, sql TEXT)",
        );
        let mut found = Vec::new();
        self.table(&list, 0, parts, &mut |fields| {
            let field = |n: usize| fields.get(n).map_or("", String::as_str);
            if field(0) == "table"
                && let Ok(root @ 1..) = field(3).parse()
            {
                found.push((field(1).to_string(), root, field(4).to_string()));
            }
        })?;
        self.tables.push(list);
        if found.len() > TABLES {
            parts.gap(None, Reason::Limit, "more than 100,000 tables")?;
            found.truncate(TABLES);
        }
        for (name, root, statement) in found {
            let table = Table::new(name, root, &statement);
            let number = u32::try_from(self.tables.len()).unwrap_or(u32::MAX);
            if wanted == Wanted::All {
                self.table(&table, number, parts, &mut |_| {})?;
            }
            self.tables.push(table);
        }
        Ok(())
    }

    fn table(
        &mut self,
        table: &Table,
        number: u32,
        parts: &mut dyn Parts,
        each: &mut dyn FnMut(&[String]),
    ) -> Result<(), Halt> {
        parts.begin(&Part { name: table.name.clone(), form: Form::Table, place: None })?;
        let mut rows = Rows::new(parts);
        table.columns.iter().for_each(|column| rows.field(&column.name));
        rows.end()?;
        rows.flush()?;
        let mut tree = Tree::new(&mut self.pages, &mut self.seen, table.root)?;
        let (mut record, mut files, mut leaf, mut unread) = (Vec::new(), Vec::new(), 0, 0u64);
        let mut fields = vec![String::new(); table.columns.len()];
        while let Some(at) = tree.next(&mut self.pages, &mut self.seen, rows.parts(), &mut record)? {
            if at.page != leaf {
                leaf = at.page;
                if tree.node().is_some_and(|node| leaves_something(node, self.pages.usable)) {
                    self.left.push((leaf, number));
                }
            }
            fields.iter_mut().for_each(String::clear);
            let mut n = 0;
            let whole = record::values(&record, |value| {
                let column = table.stored.get(n).copied();
                n += 1;
                // A record wider than its table: what stands beyond is given as columns without a name.
                let column = column.unwrap_or_else(|| {
                    fields.push(String::new());
                    fields.len() - 1
                });
                let is_row = table.columns.get(column).is_some_and(|column| column.is_row);
                let value = if is_row && value == Value::Null { Value::Int(at.row) } else { value };
                if !record::text(value, self.pages.encoding, &mut fields[column])
                    && let Value::Blob(bytes) = value
                    && is_file(bytes)
                {
                    files.push((at, n - 1));
                }
            });
            unread += u64::from(!whole);
            for column in table.stored.iter().skip(n) {
                fields[*column].push_str(&table.columns[*column].default);
            }
            each(&fields);
            fields.iter().for_each(|field| rows.field(field));
            rows.end()?;
            fields.truncate(table.columns.len());
        }
        rows.flush()?;
        parts.end()?;
        let name = Some(table.name.as_str());
        // A log alone holds some pages of a table: what it does not hold stands in the database.
        if tree.damage + unread > 0 && self.pages.is_whole() {
            parts.gap(
                name,
                Reason::Malformed,
                &format!("{} of its pages or records are damaged", tree.damage + unread),
            )?;
        }
        if tree.cut > 0 {
            parts.gap(name, Reason::Limit, &format!("{} of its records are larger than 64 MiB", tree.cut))?;
        }
        self.files(table, &files, parts)
    }

    /// BLOBs that are files of a known kind, as parts of their own.
    fn files(&mut self, table: &Table, files: &[(At, usize)], parts: &mut dyn Parts) -> Result<(), Halt> {
        let mut record = Vec::new();
        for (at, field) in files.iter().take(FILES) {
            let Some(page) = self.pages.read(at.page)? else { continue };
            let Some(node) = Node::of(at.page, page) else { continue };
            if tree::payload(&mut self.pages, &node, at.cell as usize, &mut record)?.is_none() {
                continue;
            }
            let mut n = 0;
            let mut blob: &[u8] = &[];
            record::values(&record, |value| {
                if let Value::Blob(bytes) = value
                    && n == *field
                {
                    blob = bytes;
                }
                n += 1;
            });
            let column = table.stored.get(*field).and_then(|column| table.columns.get(*column));
            let column = column.map_or("blob", |column| column.name.as_str());
            let name = format!("{}/{column} {}", table.name, at.row);
            parts.begin(&Part { name, form: Form::File, place: None })?;
            parts.write(blob)?;
            parts.end()?;
        }
        if files.len() > FILES {
            parts.gap(Some(&table.name), Reason::Limit, "more than 100,000 embedded files")?;
        }
        Ok(())
    }

    /// What was deleted and is still there: pages of the free list, and what stands between rows.
    fn deleted(&mut self, parts: &mut dyn Parts) -> Result<(), Halt> {
        if self.left.is_empty() && self.pages.free == 0 {
            return Ok(());
        }
        let mut scraps = Scraps::new(parts, "deleted records")?;
        for (page, number) in std::mem::take(&mut self.left) {
            scraps.parts.work(1)?;
            if let Some(node) = self.pages.read(page)?.and_then(|bytes| Node::of(page, bytes)) {
                between_rows(&node, &self.pages, self.tables.get(number as usize), &mut scraps.text);
                scraps.flush(HELD)?;
            }
        }
        let mut trunk = self.pages.free;
        // What is noted takes room by its number: one beyond the last is none.
        let count = self.pages.count;
        while (1..=count).contains(&trunk) && self.seen.first(trunk) {
            let Some(page) = self.pages.read(trunk)? else { break };
            let leaves = (be32(&page, 4) as usize).min(self.pages.usable / 4 - 2);
            for n in 0..leaves {
                let leaf = be32(&page, 8 + 4 * n);
                if leaf <= count
                    && self.seen.first(leaf)
                    && let Some(bytes) = self.pages.read(leaf)?
                {
                    scraps.parts.work(1)?;
                    whole_page(&bytes, &self.pages, &self.tables, &mut scraps.text);
                    scraps.flush(HELD)?;
                }
            }
            whole_page(page.get(4 * leaves..).unwrap_or_default(), &self.pages, &self.tables, &mut scraps.text);
            trunk = be32(&page, 0);
        }
        scraps.end()
    }
}

/// Whether a BLOB is a file that another reader may know.
fn is_file(bytes: &[u8]) -> bool {
    bytes.len() >= FILE && matches!(sniff("", bytes), Kind::Unsupported(_) | Kind::Image(_))
}

/// A part of lines, begun with the first.
struct Scraps<'a> {
    parts: &'a mut dyn Parts,
    name: &'static str,
    text: String,
    begun: bool,
}

impl<'a> Scraps<'a> {
    fn new(parts: &'a mut dyn Parts, name: &'static str) -> Result<Scraps<'a>, Halt> {
        Ok(Scraps { parts, name, text: String::new(), begun: false })
    }

    /// Hands on the lines where they are more than `held` bytes.
    fn flush(&mut self, held: usize) -> Result<(), Halt> {
        if self.text.len() <= held {
            return Ok(());
        }
        if !self.begun {
            self.begun = true;
            let place = Some(self.name.to_string());
            self.parts.begin(&Part { name: self.name.to_string(), form: Form::Text, place })?;
        }
        let done = self.parts.write(self.text.as_bytes());
        self.text.clear();
        done
    }

    fn end(mut self) -> Result<(), Halt> {
        self.flush(0)?;
        if self.begun { self.parts.end() } else { Ok(()) }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
