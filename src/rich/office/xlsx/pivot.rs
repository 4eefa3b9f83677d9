//! Pivot caches: the data that a pivot table was made of, copied into the workbook, often whole, and still there when its sheet is not
//! (ECMA-376 part 1, 18.10). In: the parts of a cache. Out: a table with the names of its fields, and the items that no record uses.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::grid::{COLUMNS, Grid};
use super::super::number::{Epoch, Format};
use super::super::out::{Out, part};
use super::super::package::Package;
use super::super::strings::{Strings, unescaped};
use super::super::xml::{Node, Tag};
use super::styles::Styles;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// What reports call it.
const PLACE: &str = "pivot cache";

/// A field of a cache.
pub(in super::super) struct Field {
    pub(in super::super) name: String,
    pub(in super::super) format: Format,
    /// Where its items stand among all items.
    pub(in super::super) items: Range<usize>,
    /// Records hold a value of it.
    pub(in super::super) stored: bool,
}

/// A cache: fields, and the items of all of them as text.
#[derive(Default)]
pub(in super::super) struct Cache {
    pub(in super::super) fields: Vec<Field>,
    pub(in super::super) items: Strings,
}

impl Cache {
    /// Writes the cache as a table, whose rows `rows` gives where there are records, and as another the items that no record uses.
    ///
    /// # Errors
    /// Where no more is wanted.
    pub(in super::super) fn write(
        &mut self,
        name: &str,
        has_records: bool,
        out: &mut Out<'_>,
        rows: impl FnOnce(&mut Cache, &mut Grid<'_>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        if self.items.is_full {
            out.gap(Some(name), Reason::Limit, "more than 10,000,000 items or 160 MiB of them")?;
        }
        out.begin(&part(name, Form::Table, Some(PLACE)))?;
        let mut grid = Grid::new(out);
        let done = match has_records {
            true => header(self, &mut grid).and_then(|()| rows(self, &mut grid)),
            false => columns(self, false, &mut grid),
        };
        let done = grid.finish().and(done);
        out.settle(Some(name), done)?;
        if self.fields.iter().any(|field| self.items.unused(field.items.clone()).next().is_some()) {
            let name = format!("{name}, items without records");
            out.begin(&part(&name, Form::Table, Some(PLACE)))?;
            let mut grid = Grid::new(out);
            let done = columns(self, true, &mut grid);
            let done = grid.finish().and(done);
            out.settle(Some(&name), done)?;
        }
        Ok(())
    }
}

/// Reads every cache of a workbook.
pub(super) fn read(
    package: &mut Package<'_>,
    read: &mut BTreeSet<String>,
    styles: &Styles,
    epoch: Epoch,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let definitions =
        package.names().into_iter().filter(|n| n.starts_with("xl/pivotcache/") && n.contains("definition"));
    for (at, definition) in definitions.filter(|name| name.ends_with(".xml")).enumerate() {
        read.insert(definition.clone());
        let name = format!("pivot cache {}", at + 1);
        let mut cache = Cache::default();
        let done = define(package, &definition, styles, epoch, &mut cache, out);
        out.settle(Some(&name), done)?;
        let relations = package.relations(&definition);
        let records = relations.into_iter().find(|r| r.kind == "pivotCacheRecords" && package.has(&r.target));
        let records = records.map(|records| records.target);
        read.extend(records.clone());
        cache.write(&name, records.is_some(), out, |cache, grid| match &records {
            Some(records) => rows(package, records, cache, epoch, grid),
            None => Ok(()),
        })?;
    }
    Ok(())
}

fn header(cache: &Cache, grid: &mut Grid<'_>) -> Result<(), Halt> {
    (0..).zip(&cache.fields).try_for_each(|(at, field)| grid.cell(0, at, &field.name))
}

/// Items below the names of their fields: what a cache without records holds, or what its records do not use.
fn columns(cache: &mut Cache, unused: bool, grid: &mut Grid<'_>) -> Result<(), Halt> {
    header(cache, grid)?;
    let numbers: Vec<Vec<usize>> = match unused {
        true => cache.fields.iter().map(|field| cache.items.unused_numbers(field.items.clone())).collect(),
        false => cache.fields.iter().map(|field| field.items.clone().collect()).collect(),
    };
    let longest = numbers.iter().map(Vec::len).max().unwrap_or(0);
    for row in 0..longest {
        for (column, numbers) in (0..).zip(&numbers) {
            if let Some(text) = numbers.get(row).and_then(|at| cache.items.take(*at)) {
                grid.cell(u32::try_from(row + 1).unwrap_or(u32::MAX), column, text)?;
            }
        }
    }
    Ok(())
}

fn define(
    package: &mut Package<'_>,
    name: &str,
    styles: &Styles,
    epoch: Epoch,
    cache: &mut Cache,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let mut xml = package.xml(name)?;
    let mut in_items = false;
    let mut text = String::new();
    loop {
        if let Some(units) = xml.due() {
            out.work(units)?;
        }
        let Some(node) = xml.next()? else { return Ok(()) };
        match node {
            Node::Open(tag) => match tag.name() {
                "cacheField" if cache.fields.len() < COLUMNS as usize => {
                    let name = tag.attr("name").map(|name| name.into_owned()).unwrap_or_default();
                    let format = styles.by_id(tag.number("numFmtId").unwrap_or(0));
                    let stored = tag.attr("databaseField").as_deref() != Some("0");
                    let start = cache.items.len();
                    cache.fields.push(Field { name, format, items: start..start, stored });
                }
                "sharedItems" => in_items = true,
                "s" | "n" | "d" | "b" | "e" | "m" if in_items => {
                    let format = cache.fields.last().map_or(Format::General, |field| field.format.clone());
                    item(&tag, &format, epoch, &mut text);
                    cache.items.push(&text);
                    if let Some(field) = cache.fields.last_mut() {
                        field.items.end = cache.items.len();
                    }
                }
                _ => {}
            },
            Node::Close(end) if end.name() == "sharedItems" => in_items = false,
            _ => {}
        }
    }
}

/// The text of an item or a value.
fn item(tag: &Tag<'_>, format: &Format, epoch: Epoch, text: &mut String) {
    text.clear();
    let value = tag.attr("v").unwrap_or_default();
    match tag.name() {
        "n" => match value.trim().parse() {
            Ok(number) => text.push_str(&super::super::number::show(number, format, epoch)),
            Err(_) => text.push_str(&value),
        },
        "d" => text.push_str(value.trim_end_matches("T00:00:00")),
        "m" => {}
        _ => {
            text.push_str(&value);
            unescaped(text);
        }
    }
}

fn rows(
    package: &mut Package<'_>,
    name: &str,
    cache: &mut Cache,
    epoch: Epoch,
    grid: &mut Grid<'_>,
) -> Result<(), Halt> {
    let mut xml = package.xml(name)?;
    let stored: Vec<usize> = (0..cache.fields.len()).filter(|at| cache.fields[*at].stored).collect();
    let (mut row, mut next) = (0u32, 0usize);
    let mut text = String::new();
    while let Some(node) = xml.next()? {
        let Node::Open(tag) = node else { continue };
        match tag.name() {
            "r" => {
                row = row.saturating_add(1);
                next = 0;
            }
            "x" | "s" | "n" | "d" | "b" | "e" | "m" => {
                let Some(field) = stored.get(next) else { continue };
                let column = u32::try_from(*field).unwrap_or(u32::MAX);
                next += 1;
                let field = &cache.fields[*field];
                match tag.name() {
                    "x" => {
                        let at: Option<usize> = tag.number("v");
                        let at = at.and_then(|at| field.items.start.checked_add(at)).filter(|at| *at < field.items.end);
                        let text = at.and_then(|at| cache.items.take(at));
                        grid.cell(row, column, text.unwrap_or_default())?;
                    }
                    "n" => {
                        let number: Option<f64> = tag.number("v");
                        if let Some(number) = number {
                            grid.number((row, column), number, &field.format, epoch)?;
                        }
                    }
                    _ => {
                        item(&tag, &field.format, epoch, &mut text);
                        grid.cell(row, column, &text)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}
