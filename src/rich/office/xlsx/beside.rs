//! Cells of other workbooks that a workbook keeps a copy of (ECMA-376 part 1, 18.14). In: the parts of external links. Out: a table for
//! each sheet of each.

use std::collections::BTreeSet;

use super::super::grid::{Grid, reference};
use super::super::out::{Out, part};
use super::super::package::Package;
use super::super::xml::Node;
use crate::decode::budget::Halt;
use crate::rich::{Form, Parts};

/// A cell that is held until its sheet ends.
type Held = (u32, u32, String);
/// Bytes of the cells of one sheet; what links keep is what formulas refer to.
const HELD: usize = 64 << 20;

/// Reads the copies of all external links.
pub(super) fn external(package: &mut Package<'_>, read: &mut BTreeSet<String>, out: &mut Out<'_>) -> Result<(), Halt> {
    let links =
        package.names().into_iter().filter(|name| name.starts_with("xl/externallinks/") && name.ends_with(".xml"));
    for (at, link) in links.enumerate() {
        read.insert(link.clone());
        let name = format!("external link {}", at + 1);
        let done = one(package, &link, &name, out);
        out.settle(Some(&name), done)?;
    }
    Ok(())
}

fn one(package: &mut Package<'_>, link: &str, name: &str, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut xml = package.xml(link)?;
    let (mut cells, mut held): (Vec<Held>, usize) = (Vec::new(), 0);
    let mut sheets = 0;
    let mut in_value = false;
    loop {
        if let Some(units) = xml.due() {
            out.work(units)?;
        }
        let Some(node) = xml.next()? else { return Ok(()) };
        match node {
            Node::Open(tag) => match tag.name() {
                "cell" => {
                    let (row, column) = tag.attr("r").and_then(|text| reference(&text)).unwrap_or((u32::MAX, 0));
                    cells.push((row, column, String::new()));
                    held += size_of::<Held>();
                }
                // Values of a DDE link have no reference and stand one below the other.
                "value" => {
                    let row = u32::try_from(cells.len()).unwrap_or(u32::MAX);
                    cells.push((row, 0, String::new()));
                    held += size_of::<Held>();
                }
                "v" | "val" => in_value = true,
                _ => {}
            },
            Node::Text(text) if in_value => {
                if let Some(cell) = cells.last_mut() {
                    held += text.len();
                    cell.2.push_str(&text);
                }
            }
            Node::Text(_) => {}
            Node::Close(end) => match end.name() {
                "v" | "val" => in_value = false,
                "sheetData" | "values" => {
                    sheets += 1;
                    flush(&mut cells, &format!("{name}, sheet {sheets}"), out)?;
                    held = 0;
                }
                _ => {}
            },
        }
        if held > HELD {
            sheets += 1;
            flush(&mut cells, &format!("{name}, sheet {sheets}"), out)?;
            held = 0;
        }
    }
}

fn flush(cells: &mut Vec<Held>, name: &str, out: &mut Out<'_>) -> Result<(), Halt> {
    if cells.is_empty() {
        return Ok(());
    }
    out.begin(&part(name, Form::Table, Some("external link cache")))?;
    let mut grid = Grid::new(out);
    for (row, column, text) in cells.drain(..) {
        grid.cell(row, column, &text)?;
    }
    grid.finish()?;
    out.end()
}
