//! Word documents and presentations. In: a package. Out: the body; headers, notes, comments and hidden slides as parts of their own; what was
//! deleted and what is hidden. Refuses nothing but damage, which costs the part that it is in.

use std::collections::BTreeSet;

use super::out::{Out, part};
use super::package::Package;
use super::story::Story;
use super::xml::Node;
use crate::decode::budget::Halt;
use crate::rich::{Form, Parts};

/// Parts of a Word document beside its body: beginnings of their names, and places.
const STORIES: [(&str, &str); 8] = [
    ("word/header", "header"),
    ("word/footer", "footer"),
    ("word/footnotes", "footnotes"),
    ("word/endnotes", "endnotes"),
    ("word/comments.", "comments"),
    ("word/glossary/document", "building blocks"),
    ("ppt/notesslides/", "notes"),
    ("ppt/slidelayouts/", "layouts"),
];

/// Reads a Word document whose first part is `main`.
///
/// # Errors
/// Where no more is wanted.
pub(super) fn word(
    package: &mut Package<'_>,
    main: &str,
    read: &mut BTreeSet<String>,
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    out.begin(&part("", Form::Body, None))?;
    let mut story = Story::default();
    let done = story.read(package, main, true, out);
    let drained = story.seen.drain(out, true);
    read.insert(main.to_string());
    // A body whose end is damaged is a document whose end is damaged.
    out.settle(None, done.and(drained))?;
    story.finish("", None, out)?;
    stories(package, read, out)
}

/// Reads a presentation: slides that are shown are its body.
///
/// # Errors
/// Where no more is wanted.
pub(super) fn slides(package: &mut Package<'_>, read: &mut BTreeSet<String>, out: &mut Out<'_>) -> Result<(), Halt> {
    let number =
        |name: &str| -> Option<u32> { name.strip_prefix("ppt/slides/slide")?.strip_suffix(".xml")?.parse().ok() };
    let mut slides: Vec<(u32, String)> =
        package.names().into_iter().filter_map(|name| Some((number(&name)?, name))).collect();
    slides.sort();
    let hidden: Vec<bool> = slides.iter().map(|(_, name)| is_hidden(package, name)).collect();
    out.begin(&part("", Form::Body, None))?;
    let mut shown = Story::default();
    let mut damaged = Vec::new();
    for ((number, name), _) in slides.iter().zip(&hidden).filter(|(_, hidden)| !**hidden) {
        let done = shown.read(package, name, true, out);
        shown.seen.drain(out, true)?;
        damaged.extend(done.err().map(|halt| (*number, halt)));
    }
    out.end()?;
    for (number, halt) in damaged {
        out.settle(Some(&format!("slide {number}")), Err(halt))?;
    }
    shown.finish("", None, out)?;
    for ((number, name), _) in slides.iter().zip(&hidden).filter(|(_, hidden)| **hidden) {
        let mut story = Story::default();
        let done = story.read(package, name, false, out);
        let slide = format!("slide {number}");
        out.settle(Some(&slide), done)?;
        story.finish(&slide, Some(&format!("{slide} (hidden)")), out)?;
    }
    read.extend(slides.into_iter().map(|(_, name)| name));
    stories(package, read, out)
}

/// Whether a slide is left out of the show (19.3.1.38).
fn is_hidden(package: &mut Package<'_>, name: &str) -> bool {
    let Ok(mut xml) = package.xml(name) else { return false };
    while let Ok(Some(node)) = xml.next() {
        if let Node::Open(tag) = node {
            return tag.attr("show").is_some_and(|show| matches!(&*show, "0" | "false"));
        }
    }
    false
}

fn stories(package: &mut Package<'_>, read: &mut BTreeSet<String>, out: &mut Out<'_>) -> Result<(), Halt> {
    for name in package.names() {
        let Some((_, place)) = STORIES.iter().find(|(start, _)| name.starts_with(start) && name.ends_with(".xml"))
        else {
            continue;
        };
        if name.contains("/_rels/") || !read.insert(name.clone()) {
            continue;
        }
        let mut story = Story::default();
        let done = story.read(package, &name, false, out);
        out.settle(Some(&name), done)?;
        story.finish(&name, Some(place), out)?;
    }
    Ok(())
}
