//! What else is in a package. In: the members that no reader of its format took. Out: text with what reports call it; embedded files;
//! pictures that are pages as gaps. Leaves out what only says how a document looks.

use std::collections::BTreeSet;
use std::io::Read;

use super::out::{Out, part};
use super::package::Package;
use super::plain;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::open::sniff::HEAD;
use crate::open::{Kind, sniff};
use crate::rich::{Form, Parts};

/// Members that hold nothing of people: how things look, how they hang together.
const LOOKS: [&str; 28] = [
    "[content_types].xml",
    "mimetype",
    "meta-inf/",
    "docprops/thumbnail",
    "thumbnails/",
    "configurations",
    "settings.xml",
    "xl/theme/",
    "xl/styles.",
    "xl/printersettings/",
    "xl/calcchain.",
    "xl/pivottables/",
    "xl/metadata.",
    "xl/volatiledependencies.",
    "word/theme/",
    "word/styles",
    "word/settings.",
    "word/websettings.",
    "word/fonttable.",
    "word/numbering.",
    "word/fonts/",
    "ppt/theme/",
    "ppt/tablestyles.",
    "ppt/fonts/",
    "ppt/printersettings/",
    "objectreplacements/",
    "layout-cache",
    "manifest.rdf",
];

/// Where text stands, by the beginning of a member's name, and whether attributes hold some of it.
const PLACES: [(&str, &str, bool); 30] = [
    ("docprops/", "properties", false),
    ("meta.xml", "properties", true),
    ("styles.xml", "headers and styles", false),
    ("xl/comments", "comments", false),
    ("xl/threadedcomments/", "comments", false),
    ("xl/persons/", "people of comments", true),
    ("xl/connections.", "connections", true),
    ("xl/querytables/", "query tables", true),
    ("xl/tables/", "names of tables", true),
    ("xl/drawings/", "drawings", true),
    ("xl/charts/", "charts", false),
    ("xl/chartsheets/", "charts", false),
    ("xl/diagrams/", "diagrams", false),
    ("xl/slicercaches/", "slicers", true),
    ("xl/timelinecaches/", "slicers", true),
    ("xl/ctrlprops/", "form fields", true),
    ("xl/revisions/", "revisions", true),
    ("word/comments", "comments", true),
    ("word/people.", "people of comments", true),
    ("word/charts/", "charts", false),
    ("word/diagrams/", "diagrams", false),
    ("word/glossary/", "building blocks", false),
    ("ppt/comments/", "comments", false),
    ("ppt/commentauthors.", "people of comments", true),
    ("ppt/authors.", "people of comments", true),
    ("ppt/charts/", "charts", false),
    ("ppt/diagrams/", "diagrams", false),
    ("ppt/tags/", "tags", true),
    ("visio/", "pages", true),
    ("customxml/", "custom XML", true),
];

/// A picture of fewer bytes is a logo or an icon.
const SOME_SIZE: u64 = 40_000;
/// Pictures that are looked at; what has more says so once.
const PICTURES: u32 = 2_000;
/// Pages said one by one.
const PAGES: u32 = 100;

/// Reads what is left.
///
/// # Errors
/// Where no more is wanted.
pub(super) fn read(package: &mut Package<'_>, read: &BTreeSet<String>, out: &mut Out<'_>) -> Result<(), Halt> {
    let (mut pictures, mut pages) = (0, 0);
    for name in package.names() {
        if read.contains(&name) || name.ends_with(".rels") || LOOKS.iter().any(|looks| name.starts_with(looks)) {
            continue;
        }
        if name.starts_with("xl/model/") {
            out.gap(Some("data model"), Reason::Unsupported, "a data model, which is not read")?;
        } else if is_picture(&name) {
            pictures += 1;
            if pictures <= PICTURES {
                pages += u32::from(picture(package, &name, pages, out)?);
            }
        } else if name.starts_with("customxml/itemprops") {
            // Which schema an item follows.
        } else if name.starts_with("customxml/item") || !is_xml(&name) {
            file(package, &name, out)?;
        } else {
            let found = PLACES.iter().find(|(start, ..)| name.starts_with(start));
            let (place, attributes) =
                found.map_or(("other parts", false), |(_, place, attributes)| (*place, *attributes));
            out.begin(&part(&name, Form::Text, Some(place)))?;
            let done = plain::write(package, &name, attributes, out);
            out.settle(Some(&name), done)?;
        }
    }
    if pictures > PICTURES || pages > PAGES {
        let detail = format!("{pictures} pictures, {pages} of them pages");
        out.gap(Some("pictures"), Reason::Image, &detail)?;
    }
    Ok(())
}

fn is_xml(name: &str) -> bool {
    [".xml", ".vml", ".rdf"].iter().any(|ending| name.ends_with(ending))
}

fn is_picture(name: &str) -> bool {
    name.contains("/media/") || name.starts_with("pictures/") || name.starts_with("media/")
}

/// Looks at a picture; whether it is a page.
fn picture(package: &mut Package<'_>, name: &str, pages: u32, out: &mut Out<'_>) -> Result<bool, Halt> {
    let head = package.head(name, HEAD as u64);
    match sniff(name, &head) {
        Kind::Image(_) => {
            if pages < PAGES {
                out.gap(Some(name), Reason::Image, "a picture of a page")?;
            }
            Ok(true)
        }
        // Drawings in text are text.
        Kind::Text(_) => file(package, name, out).map(|()| false),
        Kind::Inert("sound" | "film" | "font") | Kind::Empty => Ok(false),
        _ => {
            if package.head(name, SOME_SIZE).len() as u64 == SOME_SIZE {
                out.picture(name);
            }
            Ok(false)
        }
    }
}

/// Hands out a member as a file.
fn file(package: &mut Package<'_>, name: &str, out: &mut Out<'_>) -> Result<(), Halt> {
    let done = copy(package, name, out);
    out.settle(Some(name), done)
}

fn copy(package: &mut Package<'_>, name: &str, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut member = package.member(name)?;
    out.begin(&part(name, Form::File, None))?;
    let mut piece = vec![0; 64 << 10];
    loop {
        match member.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(got) => out.write(&piece[..got])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Halt::of(&error)),
        }
    }
}
