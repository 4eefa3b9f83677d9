//! Number formats of a workbook. In: the part of its styles. Out: the format of a cell by the number of its style.

use std::collections::HashMap;

use super::super::number::{self, Format};
use super::super::package::Package;
use super::super::xml::Node;
use crate::decode::budget::Halt;

/// Formats of one workbook: Excel allows 64,000 styles of cells (65,490 since 2007).
const COUNT: usize = 1 << 17;

/// Formats by style.
#[derive(Debug, Default)]
pub(in super::super) struct Styles {
    /// What the workbook's own codes say, by their number.
    codes: HashMap<u32, Format>,
    /// By the number that cells have, as indexes of `formats`.
    cells: Vec<u32>,
}

impl Styles {
    /// The format of a number of a format.
    pub(in super::super) fn by_id(&self, id: u32) -> Format {
        self.codes.get(&id).cloned().unwrap_or_else(|| number::built_in(id))
    }

    /// A code and its number.
    pub(in super::super) fn code(&mut self, id: u32, code: &str) {
        if self.codes.len() < COUNT {
            self.codes.insert(id, number::of(code));
        }
    }

    /// The next style of cells has a format.
    pub(in super::super) fn cell(&mut self, id: u32) {
        if self.cells.len() < COUNT {
            self.cells.push(id);
        }
    }

    /// The formats of all styles of cells, in order.
    pub(in super::super) fn formats(&self) -> Vec<Format> {
        self.cells.iter().map(|id| self.by_id(*id)).collect()
    }
}

pub(super) fn read(package: &mut Package<'_>, name: &str, styles: &mut Styles) -> Result<(), Halt> {
    let mut xml = package.xml(name)?;
    let mut in_cells = false;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) => match tag.name() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (tag.number("numFmtId"), tag.attr("formatCode")) {
                        styles.code(id, &code);
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => styles.cell(tag.number("numFmtId").unwrap_or(0)),
                _ => {}
            },
            Node::Close(end) if end.name() == "cellXfs" => in_cells = false,
            _ => {}
        }
    }
    Ok(())
}
