//! OpenDocument (ODF 1.3 part 3): texts and presentations here, sheets in [`ods`](super::ods). In: a package. Out: the body; what was deleted,
//! what is hidden, notes and comments by themselves. Refuses what is encrypted.

use std::collections::{BTreeSet, HashSet};

use super::flow::Flow;
use super::ods;
use super::out::{Out, part};
use super::package::Package;
use super::xml::{Node, Tag};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// The texts of a document, and which one is read.
#[derive(Default)]
struct Texts {
    seen: Flow,
    deleted: Flow,
    hidden: Flow,
    notes: Flow,
    comments: Flow,
    descriptions: Flow,
}

/// Which text.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Seen,
    Deleted,
    Hidden,
    Notes,
    Comments,
    Descriptions,
}

impl Texts {
    fn of(&mut self, target: Target) -> &mut Flow {
        match target {
            Target::Seen => &mut self.seen,
            Target::Deleted => &mut self.deleted,
            Target::Hidden => &mut self.hidden,
            Target::Notes => &mut self.notes,
            Target::Comments => &mut self.comments,
            Target::Descriptions => &mut self.descriptions,
        }
    }
}

/// Reads a document.
///
/// # Errors
/// Where it is encrypted, or no more is wanted.
pub(super) fn read(package: &mut Package<'_>, read: &mut BTreeSet<String>, out: &mut Out<'_>) -> Result<(), Halt> {
    if let Some(scheme) = encryption(package) {
        return Err(Halt::new(Reason::Encrypted, scheme));
    }
    read.insert("content.xml".to_string());
    let kind = String::from_utf8_lossy(&package.head("mimetype", 128)).into_owned();
    if kind.contains("spreadsheet") {
        ods::read(package, out)?;
    } else {
        out.begin(&part("", Form::Body, None))?;
        let mut texts = Texts::default();
        let done = story(package, "content.xml", &mut texts, true, out);
        let drained = texts.seen.drain(out, true);
        out.settle(None, done.and(drained))?;
        finish(texts, "", None, out)?;
    }
    if package.has("styles.xml") && read.insert("styles.xml".to_string()) {
        let mut texts = Texts::default();
        let done = story(package, "styles.xml", &mut texts, false, out);
        out.settle(Some("styles.xml"), done)?;
        finish(texts, "headers and footers", Some("headers and footers"), out)?;
    }
    Ok(())
}

/// How a package is encrypted, if it is (part 2, 4.8.3).
fn encryption(package: &mut Package<'_>) -> Option<String> {
    let mut xml = package.xml("meta-inf/manifest.xml").ok()?;
    let mut found = false;
    while let Ok(Some(node)) = xml.next() {
        let Node::Open(tag) = node else { continue };
        match tag.name() {
            "encryption-data" => found = true,
            "algorithm" if found => {
                let name = tag.attr("algorithm-name").unwrap_or_default().to_ascii_lowercase();
                let known =
                    [("aes256", "AES-256"), ("aes192", "AES-192"), ("aes128", "AES-128"), ("blowfish", "Blowfish")];
                let name =
                    known.iter().find(|(mark, _)| name.contains(mark)).map_or("a cipher not known", |(_, name)| name);
                return Some(format!("OpenDocument, {name}"));
            }
            _ => {}
        }
    }
    found.then(|| "OpenDocument".to_string())
}

/// Where in a document one is.
struct At {
    /// What the elements around say of the text in them, and how deep they are.
    targets: Vec<(Target, u32)>,
    depth: u32,
    paragraphs: u32,
    /// Styles that hide pages.
    hiding: HashSet<String>,
    /// The style that is being read.
    style: String,
}

impl At {
    fn target(&self) -> Target {
        self.targets.last().map_or(Target::Seen, |(target, _)| *target)
    }
}

fn story(
    package: &mut Package<'_>,
    name: &str,
    texts: &mut Texts,
    drained: bool,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let mut xml = package.xml(name)?;
    let mut at = At { targets: Vec::new(), depth: 0, paragraphs: 0, hiding: HashSet::new(), style: String::new() };
    loop {
        if let Some(units) = xml.due() {
            out.work(units)?;
            if drained {
                texts.seen.drain(out, false)?;
            }
        }
        let Some(node) = xml.next()? else { return Ok(()) };
        match node {
            Node::Open(tag) => {
                at.depth += 1;
                open(&tag, &mut at, texts);
            }
            Node::Text(text) => {
                if at.paragraphs > 0 || at.target() == Target::Descriptions {
                    texts.of(at.target()).push(&text);
                }
            }
            Node::Close(end) => {
                let flow = texts.of(at.target());
                match end.name() {
                    "p" | "h" => {
                        at.paragraphs = at.paragraphs.saturating_sub(1);
                        flow.paragraph();
                    }
                    "desc" | "title" => flow.paragraph(),
                    "table" => flow.end_table(),
                    "table-row" => flow.row(),
                    "table-cell" | "covered-table-cell" => flow.cell(),
                    _ => {}
                }
                if at.targets.last().is_some_and(|(_, depth)| *depth == at.depth) {
                    at.targets.pop();
                }
                at.depth = at.depth.saturating_sub(1);
            }
        }
    }
}

fn open(tag: &Tag<'_>, at: &mut At, texts: &mut Texts) {
    let aside = match tag.name() {
        "deletion" => Some(Target::Deleted),
        "note" | "notes" => Some(Target::Notes),
        "annotation" => Some(Target::Comments),
        "section" if tag.attr("display").as_deref() == Some("none") => Some(Target::Hidden),
        "page" if tag.attr("style-name").is_some_and(|style| at.hiding.contains(&*style)) => Some(Target::Hidden),
        "hidden-text" | "hidden-paragraph" => Some(Target::Hidden),
        "desc" | "title" => Some(Target::Descriptions),
        _ => None,
    };
    at.targets.extend(aside.map(|target| (target, at.depth)));
    let target = at.target();
    match tag.name() {
        "style" => {
            at.style.clear();
            at.style.push_str(&tag.attr("name").unwrap_or_default());
        }
        "drawing-page-properties" if tag.attr("visibility").as_deref() == Some("hidden") => {
            at.hiding.insert(at.style.clone());
        }
        "p" | "h" => at.paragraphs += 1,
        "s" if at.paragraphs > 0 => {
            let count: usize = tag.number("c").unwrap_or(1);
            texts.of(target).push(&" ".repeat(count.min(64)));
        }
        "tab" if at.paragraphs > 0 => texts.of(target).push("\t"),
        "line-break" => texts.of(target).paragraph(),
        "hidden-text" => {
            texts.hidden.push(&tag.attr("string-value").unwrap_or_default());
            texts.hidden.paragraph();
        }
        "table" => texts.of(target).table(),
        "table-header-rows" => texts.of(target).headed(),
        _ => {}
    }
}

fn finish(texts: Texts, name: &str, place: Option<&str>, out: &mut Out<'_>) -> Result<(), Halt> {
    let inner = |what: &str| if name.is_empty() { what.to_string() } else { format!("{name}: {what}") };
    texts.seen.finish(name, place, out)?;
    for (flow, what) in [
        (texts.deleted, "deleted text"),
        (texts.hidden, "hidden text"),
        (texts.notes, "notes"),
        (texts.comments, "comments"),
        (texts.descriptions, "descriptions"),
    ] {
        if flow.is_full {
            out.gap(Some(what), Reason::Limit, "more than 48 MiB of text that stands aside")?;
        }
        flow.finish(&inner(what), Some(what), out)?;
    }
    Ok(())
}
