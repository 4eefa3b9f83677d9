//! Workbooks in the binary form of a package ([MS-XLSB]). In: a package whose parts are records. Out: as of [`xlsx`](super::xlsx): a table
//! for each sheet and for each cache of data that stands elsewhere, comments. Refuses records of more than [`LONGEST`] bytes.

mod caches;

use std::collections::BTreeSet;
use std::io::{BufReader, Read};

use super::biff::{error, f64_at, rk, u16_at, u32_at, wide};
use super::grid::Grid;
use super::number::{Epoch, Format};
use super::out::{Out, part};
use super::package::Package;
use super::strings::Strings;
use super::xlsx::Styles;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// Bytes of one record; a cell holds 32,767 characters at most.
const LONGEST: usize = 16 << 20;
/// Sheets of one workbook.
const SHEETS: usize = 10_000;

/// Records of a part, one after the other.
struct Records<R> {
    reader: BufReader<R>,
    data: Vec<u8>,
}

impl<R: Read> Records<R> {
    fn new(reader: R) -> Records<R> {
        Records { reader: BufReader::with_capacity(64 << 10, reader), data: Vec::new() }
    }

    fn byte(&mut self) -> Result<Option<u8>, Halt> {
        let mut byte = [0];
        match self.reader.read(&mut byte).map_err(|error| Halt::of(&error))? {
            0 => Ok(None),
            _ => Ok(Some(byte[0])),
        }
    }

    /// A number in groups of seven bits, at most `most` of them (2.1.4).
    fn packed(&mut self, most: u32) -> Result<Option<u32>, Halt> {
        let mut number = 0;
        for group in 0..most {
            let Some(byte) = self.byte()? else { return Ok(None) };
            number |= u32::from(byte & 0x7f) << (7 * group);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Ok(Some(number))
    }

    /// The type of the next record, whose bytes are in `data`.
    fn next(&mut self) -> Result<Option<u32>, Halt> {
        let Some(first) = self.byte()? else { return Ok(None) };
        let mut kind = u32::from(first & 0x7f);
        if first & 0x80 != 0 {
            let Some(second) = self.byte()? else { return Ok(None) };
            kind |= u32::from(second & 0x7f) << 7;
        }
        let Some(length) = self.packed(4)? else { return Ok(None) };
        if length as usize > LONGEST {
            return Err(Halt::new(Reason::Malformed, "a record of more than 16 MiB"));
        }
        self.data.clear();
        let got = self.reader.by_ref().take(u64::from(length)).read_to_end(&mut self.data);
        if got.map_err(|error| Halt::of(&error))? < length as usize {
            return Err(Halt::new(Reason::Malformed, "records that end too early"));
        }
        Ok(Some(kind))
    }
}

/// A string, and where it ends (2.5.168).
fn string(data: &[u8], at: usize) -> Option<(String, usize)> {
    let count = u32_at(data, at)?;
    if count == u32::MAX {
        return Some((String::new(), at + 4));
    }
    let end = (at + 4).checked_add((count as usize).checked_mul(2)?)?;
    Some((wide(data.get(at + 4..end)?), end))
}

/// Reads a workbook whose first part is `main`.
///
/// # Errors
/// Where the workbook itself is damaged, or no more is wanted.
pub(super) fn read(
    package: &mut Package<'_>,
    main: &str,
    read: &mut BTreeSet<String>,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let (mut sheets, mut epoch) = (Vec::new(), Epoch::Of1900);
    let done = list(package, main, &mut sheets, &mut epoch);
    out.settle(Some(main), done)?;
    read.insert(main.to_string());
    let relations = package.relations(main);
    let (mut styles, mut strings) = (Styles::default(), Strings::default());
    for relation in &relations {
        let done = match relation.kind.as_str() {
            "styles" => read_styles(package, &relation.target, &mut styles),
            "sharedStrings" => each(package, &relation.target, &mut |kind, data| {
                // BrtSSTItem
                if kind == 19 {
                    strings.push(&string(data, 1).map(|(text, _)| text).unwrap_or_default());
                }
                Ok(())
            }),
            _ => continue,
        };
        read.insert(relation.target.clone());
        out.settle(Some(&relation.target), done)?;
    }
    let formats = styles.formats();
    for (name, id, state) in sheets {
        let target = relations.iter().find(|relation| relation.id == id && package.has(&relation.target));
        let Some(target) = target.map(|relation| relation.target.clone()) else {
            out.gap(Some(&name), Reason::Malformed, "a sheet that is listed and not there")?;
            continue;
        };
        one(package, &target, (&name, state), (&formats, epoch), &mut strings, out)?;
        read.insert(target);
    }
    // Sheets that nobody lists are no less there.
    for name in package.names() {
        let is_sheet = name.starts_with("xl/worksheets/sheet") || name.starts_with("xl/macrosheets/");
        if is_sheet && name.ends_with(".bin") && read.insert(name.clone()) {
            one(package, &name, (&name, " (not listed)"), (&formats, epoch), &mut strings, out)?;
        }
    }
    caches::pivots(package, read, (&styles, epoch), out)?;
    caches::external(package, read, out)?;
    asides(package, read, out)?;
    let unused: String = strings.unused(0..strings.len()).take(1 << 20).flat_map(|text| [text, "\n"]).collect();
    out.text("unused strings", "unused strings", &unused)
}

/// Reads one sheet into a table of its own.
fn one(
    package: &mut Package<'_>,
    target: &str,
    (name, state): (&str, &str),
    (formats, epoch): (&[Format], Epoch),
    strings: &mut Strings,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let place = format!("{name}{state}{}", hidden(package, target));
    out.begin(&part(name, Form::Table, Some(&place)))?;
    let mut grid = Grid::new(out);
    let mut beside = String::new();
    let done = sheet(package, target, (formats, epoch), strings, &mut grid, &mut beside);
    let done = grid.finish().and(done);
    out.settle(Some(name), done)?;
    out.text(&format!("{name}: beside the cells"), &format!("{place}: beside the cells"), &beside)
}

/// Comments as text. What else is binary and not read by anybody holds how things look, or names of what was read.
fn asides(package: &mut Package<'_>, read: &mut BTreeSet<String>, out: &mut Out<'_>) -> Result<(), Halt> {
    for name in package.names().into_iter().filter(|name| name.starts_with("xl/") && name.ends_with(".bin")) {
        let embedded = ["xl/embeddings/", "xl/activex/", "xl/vbaproject", "xl/printersettings/"];
        if embedded.iter().any(|start| name.starts_with(start)) || !read.insert(name.clone()) {
            continue;
        }
        if !name.starts_with("xl/comments") {
            continue;
        }
        let mut text = String::new();
        let done = each(package, &name, &mut |kind, data| {
            // BrtCommentAuthor, BrtCommentText
            let held = match kind {
                632 => string(data, 0),
                637 => string(data, 1),
                _ => None,
            };
            if let Some((held, _)) = held.filter(|(held, _)| !held.is_empty() && text.len() < 32 << 20) {
                text.push_str(&held);
                text.push('\n');
            }
            Ok(())
        });
        out.settle(Some(&name), done)?;
        out.text(&name, "comments", &text)?;
    }
    Ok(())
}

/// Who takes the records of a part: kind and content.
type Visit<'a> = dyn FnMut(u32, &[u8]) -> Result<(), Halt> + 'a;

fn each(package: &mut Package<'_>, name: &str, visit: &mut Visit<'_>) -> Result<(), Halt> {
    let mut records = Records::new(package.member(name)?);
    while let Some(kind) = records.next()? {
        visit(kind, &records.data)?;
    }
    Ok(())
}

/// Name, relation and what hides it, of each sheet.
type Listed = (String, String, &'static str);

fn list(package: &mut Package<'_>, main: &str, sheets: &mut Vec<Listed>, epoch: &mut Epoch) -> Result<(), Halt> {
    each(package, main, &mut |kind, data| {
        match kind {
            // BrtWbProp
            153 if u32_at(data, 0).is_some_and(|flags| flags & 1 == 1) => *epoch = Epoch::Of1904,
            // BrtBundleSh
            156 if sheets.len() < SHEETS => {
                let state = match u32_at(data, 0) {
                    Some(1) => " (hidden)",
                    Some(2) => " (very hidden)",
                    _ => "",
                };
                if let Some((id, end)) = string(data, 8)
                    && let Some((name, _)) = string(data, end)
                {
                    sheets.push((name, id, state));
                }
            }
            _ => {}
        }
        Ok(())
    })
}

fn read_styles(package: &mut Package<'_>, name: &str, styles: &mut Styles) -> Result<(), Halt> {
    let mut in_cells = false;
    each(package, name, &mut |kind, data| {
        match kind {
            // BrtFmt
            44 => {
                if let (Some(id), Some((code, _))) = (u16_at(data, 0), string(data, 2)) {
                    styles.code(id.into(), &code);
                }
            }
            // BrtBeginCellXFs, BrtEndCellXFs, BrtXF
            617 => in_cells = true,
            618 => in_cells = false,
            47 if in_cells => styles.cell(u16_at(data, 2).unwrap_or(0).into()),
            _ => {}
        }
        Ok(())
    })
}

/// What hides some of a sheet: flags of its rows and columns.
fn hidden(package: &mut Package<'_>, name: &str) -> &'static str {
    let (mut rows, mut columns) = (false, false);
    // What is damaged is found when the sheet is read.
    let _ = each(package, name, &mut |kind, data| {
        match kind {
            0 => rows |= data.get(11).is_some_and(|flags| flags & 0x10 != 0),
            60 => columns |= data.get(16).is_some_and(|flags| flags & 1 != 0),
            _ => {}
        }
        Ok(())
    });
    match (rows, columns) {
        (true, true) => " (hidden rows and columns)",
        (true, false) => " (hidden rows)",
        (false, true) => " (hidden columns)",
        (false, false) => "",
    }
}

fn sheet(
    package: &mut Package<'_>,
    name: &str,
    (formats, epoch): (&[Format], Epoch),
    strings: &mut Strings,
    grid: &mut Grid<'_>,
    beside: &mut String,
) -> Result<(), Halt> {
    let mut row = 0;
    each(package, name, &mut |kind, data| {
        // BrtBeginHeaderFooter: flags, then six texts (2.4.68).
        if kind == 479 {
            let mut at = 2;
            while let Some((text, end)) = string(data, at) {
                at = end;
                if !text.is_empty() {
                    beside.push_str(&text);
                    beside.push('\n');
                }
            }
            return Ok(());
        }
        if kind == 0 {
            row = u32_at(data, 0).unwrap_or(row);
            return Ok(());
        }
        if !matches!(kind, 2..=11 | 62) {
            return Ok(());
        }
        let (Some(column), Some(style)) = (u32_at(data, 0), u32_at(data, 4)) else { return Ok(()) };
        let format = formats.get((style & 0xff_ffff) as usize).unwrap_or(&Format::General);
        let text = |at| string(data, at).map(|(text, _)| text).unwrap_or_default();
        let number = match kind {
            2 => u32_at(data, 8).map(rk),
            5 | 9 => f64_at(data, 8),
            _ => None,
        };
        if let Some(number) = number {
            return grid.number((row, column), number, format, epoch);
        }
        match kind {
            3 | 11 => grid.cell(row, column, error(data.get(8).copied().unwrap_or(0))),
            4 | 10 => grid.cell(row, column, if data.get(8) == Some(&1) { "TRUE" } else { "FALSE" }),
            6 | 8 => grid.cell(row, column, &text(8)),
            62 => grid.cell(row, column, &text(9)),
            7 => {
                let string = u32_at(data, 8).and_then(|at| strings.take(at as usize));
                grid.cell(row, column, string.unwrap_or_default())
            }
            _ => Ok(()),
        }
    })
}
