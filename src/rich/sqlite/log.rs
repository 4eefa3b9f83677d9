//! Write-ahead logs (SQLite file format 4). In: a log, and the database beside it where there is one. Out: of a log alone, the tables
//! of the database that can be put together of its pages; of any log, what stands in its pages and in no page as the last commit
//! left it: rows that were changed or deleted since, and those of a transaction that never ended. Refuses nothing.
//!
//! What the last commit left is the database's: with the database beside it, a log gives none of it again.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::deleted::whole_page;
use super::pages::{Pages, each_frame};
use super::schema::Table;
use super::{Database, HELD, Scraps, Wanted};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Asked, Document, Part, Parts};

/// Lines that are remembered so that each is given once: some 64 MiB. Of what a larger log holds, a row that was moved from page to page
/// is given as often as it was moved.
const LINES: usize = 4 << 20;

/// Reads a log of pages of this size.
pub(super) fn read(
    asked: Asked<'_>,
    document: &mut dyn Document,
    size: usize,
    parts: &mut dyn Parts,
) -> Result<(), Halt> {
    let base = asked.beside.and_then(|beside| beside(""));
    let told = base.map(|mut base| Told::beside(&mut *base, document, size, parts)).transpose()?.flatten();
    let told = match told {
        Some(told) => told,
        None => Told::alone(document, size, parts)?,
    };
    older(document, told, parts)
}

/// What is told of a log's pages elsewhere: in the tables of its database.
#[derive(Default)]
struct Told {
    pages: Option<Pages<'static>>,
    tables: Vec<Table>,
    /// Frames that hold a page as it is now.
    frames: HashSet<u64>,
    /// Hashes of lines.
    lines: HashSet<u64>,
}

impl Told {
    /// Of a log with its database, where it is one: nothing is given.
    fn beside(
        base: &mut dyn Document,
        document: &mut dyn Document,
        size: usize,
        parts: &mut dyn Parts,
    ) -> Result<Option<Told>, Halt> {
        let Ok(pages) = Pages::of_file(base, Some(Box::new(document))) else { return Ok(None) };
        if pages.size != size {
            return Ok(None);
        }
        let mut database = Database::new(pages);
        database.tables(&mut Silent(parts), Wanted::Schema)?;
        Told::of(database, parts).map(Some)
    }

    /// Of a log alone; gives the tables that it holds.
    fn alone(document: &mut dyn Document, size: usize, parts: &mut dyn Parts) -> Result<Told, Halt> {
        let Some(pages) = Pages::of_log(Box::new(document), size)? else {
            return Ok(Told { pages: Some(Pages::loose(size, None)), ..Told::default() });
        };
        let mut database = Database::new(pages);
        database.tables(parts, Wanted::All)?;
        Told::of(database, parts)
    }

    fn of(database: Database<'_>, parts: &mut dyn Parts) -> Result<Told, Halt> {
        let Database { mut pages, tables, seen, .. } = database;
        let loose = Pages::loose(pages.size, Some(pages.encoding));
        let mut told = Told { pages: Some(loose), tables, ..Told::default() };
        let (mut numbers, mut text) = (HashSet::new(), String::new());
        let mut n = 0;
        while let Some((number, at)) = pages.frame(n)? {
            parts.work(1)?;
            n += 1;
            // Of a log alone, tables that could not be put together hold nothing.
            if !pages.is_whole() && !seen.holds(number) {
                continue;
            }
            if pages.is_newest(number, at) {
                told.frames.insert(at);
            }
            // Frames that were left over hold rows that are the file's by now, so a page is looked at wherever it stands.
            if numbers.len() < LINES
                && numbers.insert(number)
                && let Some(page) = pages.read(number)?
            {
                text.clear();
                whole_page(&page, &pages, &told.tables, &mut text);
                for line in text.lines() {
                    told.is_new(line);
                }
            }
        }
        Ok(told)
    }

    /// Whether a line was not met before; where too many were, none was.
    fn is_new(&mut self, line: &str) -> bool {
        self.lines.len() >= LINES || self.lines.insert(xxh3_64(line.as_bytes()))
    }
}

/// Gives the lines of frames that are not told elsewhere, each once.
fn older(document: &mut dyn Document, mut told: Told, parts: &mut dyn Parts) -> Result<(), Halt> {
    let Some(pages) = told.pages.take() else { return Ok(()) };
    let mut scraps = Scraps::new(parts, "pages of the log")?;
    let mut text = String::new();
    each_frame(document, pages.size, |at, page| {
        scraps.parts.work(1)?;
        if told.frames.contains(&at) {
            return Ok(());
        }
        text.clear();
        whole_page(page, &pages, &told.tables, &mut text);
        for line in text.lines().filter(|line| told.is_new(line)) {
            scraps.text.push_str(line);
            scraps.text.push('\n');
        }
        scraps.flush(HELD)
    })?;
    scraps.end()
}

/// Takes nothing but the work.
struct Silent<'a>(&'a mut dyn Parts);

impl Parts for Silent<'_> {
    fn begin(&mut self, _: &Part) -> Result<(), Halt> {
        Ok(())
    }

    fn write(&mut self, _: &[u8]) -> Result<(), Halt> {
        Ok(())
    }

    fn end(&mut self) -> Result<(), Halt> {
        Ok(())
    }

    fn gap(&mut self, _: Option<&str>, _: Reason, _: &str) -> Result<(), Halt> {
        Ok(())
    }

    fn work(&mut self, units: u64) -> Result<(), Halt> {
        self.0.work(units)
    }
}
