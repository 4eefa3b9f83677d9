//! Workbooks of Excel (ECMA-376 part 1, 18). In: a package. Out: a table for each sheet, whatever hides it, and for each cache of data
//! that stands elsewhere; what people wrote beside the cells as text. Refuses nothing but damage, which costs the part that it is in.

mod beside;
mod pivot;
mod sheet;
mod styles;

use std::collections::BTreeSet;

pub(super) use self::pivot::{Cache, Field};
use self::sheet::Hidden;
pub(super) use self::styles::Styles;
use super::grid::Grid;
use super::number::Epoch;
use super::out::{Out, part};
use super::package::Package;
use super::strings::{Strings, unescaped};
use super::xml::Node;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// Sheets of one workbook.
const SHEETS: usize = 10_000;

/// What a workbook says of itself.
#[derive(Default)]
struct Workbook {
    epoch: Epoch,
    sheets: Vec<Listed>,
    /// Defined names and what they stand for.
    names: String,
}

/// A sheet as the workbook lists it.
struct Listed {
    name: String,
    relation: String,
    state: &'static str,
}

/// What cells refer to.
struct Context {
    epoch: Epoch,
    styles: Styles,
    strings: Strings,
}

/// Reads a workbook whose first part is `main`; adds the parts that were read to `read`.
///
/// # Errors
/// Where the workbook itself is damaged, or no more is wanted.
pub(super) fn read(
    package: &mut Package<'_>,
    main: &str,
    read: &mut BTreeSet<String>,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let mut workbook = Workbook::default();
    let done = list(package, main, &mut workbook);
    let whole = done.is_ok();
    out.settle(Some(main), done)?;
    read.insert(main.to_string());
    let relations = package.relations(main);
    let mut context = Context { epoch: workbook.epoch, styles: Styles::default(), strings: Strings::default() };
    for relation in relations.iter().filter(|relation| !relation.outside) {
        let done = match relation.kind.as_str() {
            "styles" => styles::read(package, &relation.target, &mut context.styles),
            "sharedStrings" => strings(package, &relation.target, &mut context.strings, out),
            _ => continue,
        };
        read.insert(relation.target.clone());
        out.settle(Some(&relation.target), done)?;
    }
    if context.strings.is_full {
        out.gap(Some("shared strings"), Reason::Limit, "more than 10,000,000 strings or 160 MiB of them")?;
    }
    for listed in &workbook.sheets {
        let target = relations.iter().find(|relation| relation.id == listed.relation).map(|r| r.target.clone());
        let Some(target) = target.filter(|target| package.has(target)) else {
            out.gap(Some(&listed.name), Reason::Malformed, "a sheet that is listed and not there")?;
            continue;
        };
        read.insert(target.clone());
        one(package, &target, (&listed.name, listed.state), &mut context, out)?;
    }
    // Sheets that nobody lists are no less there.
    for name in package.names() {
        let is_sheet = ["xl/worksheets/", "xl/macrosheets/"].iter().any(|folder| name.starts_with(folder));
        if is_sheet && name.ends_with(".xml") && read.insert(name.clone()) {
            one(package, &name, (&name, "not listed"), &mut context, out)?;
        }
    }
    pivot::read(package, read, &context.styles, context.epoch, out)?;
    beside::external(package, read, out)?;
    out.text("defined names", "defined names", &workbook.names)?;
    unused(&context.strings, out)?;
    if !whole && workbook.sheets.is_empty() {
        return Err(Halt::new(Reason::Malformed, "a workbook whose list of sheets is damaged"));
    }
    Ok(())
}

/// Strings that no cell refers to: what was deleted may still be there.
fn unused(strings: &Strings, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut text = String::new();
    let mut begun = false;
    for string in strings.unused(0..strings.len()) {
        text.push_str(string);
        text.push('\n');
        if text.len() > 64 << 10 {
            if !std::mem::replace(&mut begun, true) {
                out.begin(&part("unused strings", Form::Text, Some("unused strings")))?;
            }
            out.write(text.as_bytes())?;
            text.clear();
        }
    }
    if !begun {
        return out.text("unused strings", "unused strings", &text);
    }
    out.write(text.as_bytes())?;
    out.end()
}

/// Reads one sheet into a table of its own, and what is said beside its cells.
fn one(
    package: &mut Package<'_>,
    target: &str,
    (name, state): (&str, &str),
    context: &mut Context,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let hidden = sheet::hidden(package, target);
    let mut place = name.to_string();
    for why in [state, hidden.name()].into_iter().filter(|why| !why.is_empty()) {
        place.push_str(&format!(" ({why})"));
    }
    out.begin(&part(name, Form::Table, Some(&place)))?;
    let mut beside = String::new();
    let mut grid = Grid::new(out);
    let done = sheet::read(package, target, context, &mut grid, &mut beside);
    // Rows before the damage are rows.
    let done = grid.finish().and(done);
    out.settle(Some(name), done)?;
    out.text(&format!("{name}: beside the cells"), &format!("{place}: beside the cells"), &beside)
}

fn list(package: &mut Package<'_>, main: &str, workbook: &mut Workbook) -> Result<(), Halt> {
    let mut xml = package.xml(main)?;
    let mut in_name = false;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) => match tag.name() {
                "workbookPr" if tag.is("date1904") => workbook.epoch = Epoch::Of1904,
                "sheet" if workbook.sheets.len() < SHEETS => {
                    let state = match tag.attr("state").as_deref() {
                        Some("hidden") => "hidden",
                        Some("veryHidden") => "very hidden",
                        _ => "",
                    };
                    let name = tag.attr("name").map(|name| name.into_owned()).unwrap_or_default();
                    let relation = tag.relation().map(|id| id.into_owned()).unwrap_or_default();
                    workbook.sheets.push(Listed { name, relation, state });
                }
                "definedName" if workbook.names.len() < 4 << 20 => {
                    in_name = true;
                    workbook.names.push_str(&tag.attr("name").unwrap_or_default());
                    workbook.names.push(' ');
                    if let Some(comment) = tag.attr("comment") {
                        workbook.names.push_str(&comment);
                        workbook.names.push(' ');
                    }
                }
                _ => {}
            },
            Node::Close(end) if end.name() == "definedName" => {
                in_name = false;
                workbook.names.push('\n');
            }
            Node::Text(text) if in_name => workbook.names.push_str(&text),
            _ => {}
        }
    }
    Ok(())
}

/// The shared strings, without their formats and readings.
fn strings(package: &mut Package<'_>, target: &str, strings: &mut Strings, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut xml = package.xml(target)?;
    let mut string = String::new();
    let (mut in_text, mut in_reading) = (false, false);
    loop {
        if let Some(units) = xml.due() {
            out.work(units)?;
        }
        let Some(node) = xml.next()? else { return Ok(()) };
        match node {
            Node::Open(tag) => match tag.name() {
                "si" => string.clear(),
                "t" => in_text = !in_reading,
                "rPh" => in_reading = true,
                _ => {}
            },
            Node::Close(end) => match end.name() {
                "si" => {
                    unescaped(&mut string);
                    strings.push(&string);
                }
                "t" => in_text = false,
                "rPh" => in_reading = false,
                _ => {}
            },
            Node::Text(text) if in_text => string.push_str(&text),
            Node::Text(_) => {}
        }
    }
}

impl Hidden {
    fn name(self) -> &'static str {
        match (self.rows, self.columns) {
            (true, true) => "hidden rows and columns",
            (true, false) => "hidden rows",
            (false, true) => "hidden columns",
            (false, false) => "",
        }
    }
}
