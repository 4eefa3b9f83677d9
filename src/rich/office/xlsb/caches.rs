//! Data that a binary workbook keeps copies of: pivot caches ([MS-XLSB] 2.1.7.38 and 2.1.7.39) and cells of other workbooks (2.1.7.25). In: their
//! parts. Out: a table for each. Refuses, with a gap, records that do not hold what their fields say.

use std::collections::BTreeSet;

use super::super::biff::{error, f64_at, u16_at, u32_at};
use super::super::grid::{COLUMNS, Grid};
use super::super::number::{Epoch, Format, show};
use super::super::out::{Out, part};
use super::super::package::Package;
use super::super::xlsx::{Cache, Field, Styles};
use super::{each, string};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// Reads every pivot cache; `read` learns which parts they were.
pub(super) fn pivots(
    package: &mut Package<'_>,
    read: &mut BTreeSet<String>,
    (styles, epoch): (&Styles, Epoch),
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let definitions = package.names().into_iter().filter(|n| n.starts_with("xl/pivotcache/") && n.ends_with(".bin"));
    let definitions: Vec<String> = definitions.filter(|name| name.contains("definition")).collect();
    for (at, definition) in definitions.into_iter().enumerate() {
        read.insert(definition.clone());
        let name = format!("pivot cache {}", at + 1);
        let (mut cache, mut kinds) = (Cache::default(), Vec::new());
        let done = define(package, &definition, (styles, epoch), &mut cache, &mut kinds);
        out.settle(Some(&name), done)?;
        let relations = package.relations(&definition);
        let records = relations.into_iter().find(|r| r.kind == "pivotCacheRecords" && package.has(&r.target));
        let records = records.map(|records| records.target);
        read.extend(records.clone());
        cache.write(&name, records.is_some(), out, |cache, grid| match &records {
            Some(records) => rows(package, records, cache, &kinds, epoch, grid),
            None => Ok(()),
        })?;
    }
    Ok(())
}

/// How the values of a field stand in a record, where they are not shared items (2.4.735).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Date,
    Text,
}

fn define(
    package: &mut Package<'_>,
    name: &str,
    (styles, epoch): (&Styles, Epoch),
    cache: &mut Cache,
    kinds: &mut Vec<Kind>,
) -> Result<(), Halt> {
    let mut in_items = false;
    each(package, name, &mut |kind, data| {
        match kind {
            // BrtBeginPCDField: flags, number format, type and four numbers of places elsewhere, name.
            183 if cache.fields.len() < COLUMNS as usize => {
                let name = string(data, 20).map(|(name, _)| name).unwrap_or_default();
                let format = styles.by_id(u32_at(data, 2).unwrap_or(0));
                let stored = u16_at(data, 0).is_some_and(|flags| flags & 4 != 0);
                let start = cache.items.len();
                cache.fields.push(Field { name, format, items: start..start, stored });
                kinds.push(Kind::Text);
            }
            // BrtBeginPCDFAtbl, BrtEndPCDFAtbl: fDateInField, fHasTextItem, fNumField
            189 => {
                in_items = true;
                let flags = u16_at(data, 0).unwrap_or(0);
                if let Some(kind) = kinds.last_mut() {
                    *kind = match flags {
                        flags if flags & 0x40 != 0 => Kind::Number,
                        flags if flags & 0x0c == 0x04 => Kind::Date,
                        _ => Kind::Text,
                    };
                }
            }
            190 => in_items = false,
            // BrtBeginPCDIRun: many items of one kind.
            191 if in_items => run(data, epoch, cache),
            20..=32 if in_items => {
                let format = cache.fields.last().map_or(Format::General, |field| field.format.clone());
                push(cache, &value(kind, data, &format, epoch));
            }
            _ => {}
        }
        Ok(())
    })
}

fn push(cache: &mut Cache, text: &str) {
    cache.items.push(text);
    if let Some(field) = cache.fields.last_mut() {
        field.items.end = cache.items.len();
    }
}

/// Items of one kind (2.4.147): floats, strings, errors or times.
fn run(data: &[u8], epoch: Epoch, cache: &mut Cache) {
    let (Some(of), Some(count)) = (u16_at(data, 0), u32_at(data, 2)) else { return };
    let format = cache.fields.last().map_or(Format::General, |field| field.format.clone());
    let mut at = 6;
    for _ in 0..count {
        let (kind, length) = match of {
            1 => (21, Some(8)),
            2 => (24, string(data, at).map(|(_, end)| end - at)),
            0x10 => (23, Some(1)),
            _ => (25, Some(8)),
        };
        let Some(item) = length.and_then(|length| data.get(at..at + length)) else { return };
        push(cache, &value(kind, item, &format, epoch));
        at += item.len();
    }
}

/// The text of a value that stands by itself: BrtPCDINumber and its kin.
fn value(kind: u32, data: &[u8], format: &Format, epoch: Epoch) -> String {
    match kind {
        21 | 28 => f64_at(data, 0).map(|number| show(number, format, epoch)).unwrap_or_default(),
        22 | 29 => if data.first() == Some(&1) { "TRUE" } else { "FALSE" }.to_string(),
        23 | 30 => error(data.first().copied().unwrap_or(0)).to_string(),
        24 | 31 => string(data, 0).map(|(text, _)| text).unwrap_or_default(),
        25 | 32 => time(data, 0).unwrap_or_default(),
        _ => String::new(),
    }
}

/// A time (PCDIDateTime, 2.5.101); at midnight the date alone.
fn time(data: &[u8], at: usize) -> Option<String> {
    let (year, month) = (u16_at(data, at)?, u16_at(data, at + 2)?);
    let &[day, hour, minute, second] = data.get(at + 4..at + 8)? else { return None };
    let clock =
        if (hour, minute, second) == (0, 0, 0) { String::new() } else { format!(" {hour:02}:{minute:02}:{second:02}") };
    Some(format!("{year:04}-{month:02}-{day:02}{clock}"))
}

fn rows(
    package: &mut Package<'_>,
    name: &str,
    cache: &mut Cache,
    kinds: &[Kind],
    epoch: Epoch,
    grid: &mut Grid<'_>,
) -> Result<(), Halt> {
    let stored: Vec<usize> = (0..cache.fields.len()).filter(|at| cache.fields[*at].stored).collect();
    let (mut row, mut next, mut odd) = (0u32, 0usize, false);
    let mut put = |cache: &mut Cache, row: u32, field: usize, kind: u32, data: &[u8]| -> Result<(), Halt> {
        let column = u32::try_from(field).unwrap_or(u32::MAX);
        let of = &cache.fields[field];
        if kind == 26 {
            let at = u32_at(data, 0).and_then(|at| of.items.start.checked_add(at as usize));
            let text = at.filter(|at| *at < of.items.end).and_then(|at| cache.items.take(at));
            return grid.cell(row, column, text.unwrap_or_default());
        }
        match (kind, f64_at(data, 0)) {
            (21, Some(number)) => grid.number((row, column), number, &of.format, epoch),
            _ => grid.cell(row, column, &value(kind, data, &of.format, epoch)),
        }
    };
    each(package, name, &mut |kind, data| {
        match kind {
            // BrtPCRRecord: the values of all fields, one behind the other.
            33 => {
                row = row.saturating_add(1);
                let mut at = 0;
                for &field in &stored {
                    let shared = !cache.fields[field].items.is_empty();
                    let (kind, length) = match kinds.get(field) {
                        _ if shared => (26, Some(4)),
                        Some(Kind::Number) => (21, Some(8)),
                        Some(Kind::Date) => (25, Some(8)),
                        _ => (24, string(data, at).map(|(_, end)| end - at)),
                    };
                    let Some(item) = length.and_then(|length| data.get(at..at + length)) else {
                        odd = true;
                        break;
                    };
                    put(cache, row, field, kind, item)?;
                    at += item.len();
                }
                odd |= at != data.len();
            }
            // BrtPCRRecordDt: the values follow, each a record.
            34 => {
                row = row.saturating_add(1);
                next = 0;
            }
            20..=26 => {
                if let Some(&field) = stored.get(next) {
                    put(cache, row, field, kind, data)?;
                }
                next += 1;
            }
            _ => {}
        }
        Ok(())
    })?;
    if odd { Err(Halt::new(Reason::Malformed, "records that do not hold what their fields say")) } else { Ok(()) }
}

/// Reads the copies of cells of other workbooks.
pub(super) fn external(package: &mut Package<'_>, read: &mut BTreeSet<String>, out: &mut Out<'_>) -> Result<(), Halt> {
    let links =
        package.names().into_iter().filter(|name| name.starts_with("xl/externallinks/") && name.ends_with(".bin"));
    for (at, link) in links.enumerate() {
        read.insert(link.clone());
        let name = format!("external link {}", at + 1);
        let (mut sheets, mut tables) = (0, Vec::<Vec<(u32, u32, String)>>::new());
        // What links keep is what formulas refer to: it is held, and no more than a part may ask for.
        let (mut row, mut held) = (0, 0);
        let done = each(package, &link, &mut |kind, data| {
            let text = match kind {
                // BrtExternTableStart, BrtExternRowHdr
                363 => {
                    tables.push(Vec::new());
                    return Ok(());
                }
                366 => {
                    row = u32_at(data, 0).unwrap_or(row);
                    return Ok(());
                }
                // BrtExternCellReal, Bool, Error and String: column, value
                368 => f64_at(data, 4).map(super::super::number::plain),
                369 => data.get(4).map(|truth| if *truth == 1 { "TRUE" } else { "FALSE" }.to_string()),
                370 => data.get(4).map(|code| error(*code).to_string()),
                371 => string(data, 4).map(|(text, _)| text),
                // BrtSupNameNum and BrtSupNameSt: values of a DDE link, one below the other
                580 => f64_at(data, 0).map(super::super::number::plain),
                581 => string(data, 0).map(|(text, _)| text),
                _ => return Ok(()),
            };
            if tables.is_empty() {
                tables.push(Vec::new());
            }
            if let (Some(text), Some(table)) = (text, tables.last_mut()) {
                held += text.len() + size_of::<(u32, u32, String)>();
                if held > HELD {
                    return Err(Halt::new(Reason::Limit, "more than 64 MiB of copies of other workbooks"));
                }
                let below = u32::try_from(table.len()).unwrap_or(u32::MAX);
                let at = if kind >= 580 { (below, 0) } else { (row, u32_at(data, 0).unwrap_or(0)) };
                table.push((at.0, at.1, text));
            }
            Ok(())
        });
        for table in tables.into_iter().filter(|table| !table.is_empty()) {
            sheets += 1;
            out.begin(&part(&format!("{name}, sheet {sheets}"), Form::Table, Some("external link cache")))?;
            let mut grid = Grid::new(out);
            table.iter().try_for_each(|(row, column, text)| grid.cell(*row, *column, text))?;
            grid.finish()?;
            out.end()?;
        }
        out.settle(Some(&name), done)?;
    }
    Ok(())
}

/// Bytes of the copies that one link keeps.
const HELD: usize = 64 << 20;
