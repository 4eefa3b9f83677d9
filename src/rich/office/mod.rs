//! Workbooks, documents and presentations. In: a file in a format of Microsoft Office or OpenDocument, whatever its name says. Out: its parts:
//! sheets as tables, the body as text, and everything else that may hold data of people in a part that says where it stands. Refuses what is
//! encrypted and no password opens, by the name of its scheme.

mod biff;
mod doc;
mod document;
mod flow;
mod grid;
mod legacy;
mod locked;
mod number;
mod odf;
mod ods;
mod ole;
mod out;
mod package;
mod plain;
mod ppt;
mod rest;
mod story;
mod strings;
mod vba;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use std::collections::BTreeSet;
use std::io::{Read, SeekFrom};

use self::out::Out;
use self::package::Package;
use super::{Asked, Document, Parts};
use crate::decode::budget::Halt;
use crate::gap::Reason;

/// Reads a document of any kind that this room knows: which one it is says its content.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn read(asked: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut head = Vec::new();
    let begun = document.seek(SeekFrom::Start(0)).and_then(|_| document.take(8).read_to_end(&mut head));
    begun.map_err(|error| Halt::of(&error))?;
    document.seek(SeekFrom::Start(0)).map_err(|error| Halt::of(&error))?;
    if head.starts_with(b"PK") {
        return packaged(document, &mut Out::new(parts));
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return ole::read(document, asked.passwords, &mut Out::new(parts));
    }
    Err(Halt::new(Reason::Malformed, "neither a package nor a compound file"))
}

/// Reads a package.
fn packaged(document: &mut dyn Document, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut package = Package::open(document)?;
    let mut read = BTreeSet::new();
    if package.has("[content_types].xml") || package.has("_rels/.rels") {
        let main = main(&mut package);
        let is_in = |folder: &str| {
            main.starts_with(folder) || main.is_empty() && package.names().iter().any(|n| n.starts_with(folder))
        };
        if is_in("xl/") && main.ends_with(".bin") {
            xlsb::read(&mut package, &main, &mut read, out)?;
        } else if is_in("xl/") {
            xlsx::read(&mut package, &main, &mut read, out)?;
        } else if is_in("word/") {
            document::word(&mut package, &main, &mut read, out)?;
        } else if is_in("ppt/") {
            document::slides(&mut package, &mut read, out)?;
        }
    } else if package.has("content.xml") {
        odf::read(&mut package, &mut read, out)?;
    }
    rest::read(&mut package, &read, out)?;
    if package.repeated {
        out.gap(None, Reason::Malformed, "parts with the same name, of which one was read")?;
    }
    out.finish()
}

/// The name of the first part of a package (ECMA-376 part 2, 9.2); where nothing says it, what it usually is.
fn main(package: &mut Package<'_>) -> String {
    let relations = package.relations("");
    let told = relations.into_iter().find(|r| r.kind == "officeDocument" && package.has(&r.target)).map(|r| r.target);
    const USUAL: [&str; 4] = ["xl/workbook.xml", "xl/workbook.bin", "word/document.xml", "ppt/presentation.xml"];
    told.or_else(|| USUAL.iter().find(|name| package.has(name)).map(ToString::to_string)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
