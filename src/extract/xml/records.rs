//! Which elements of a document are its records. In: the head of a document. Out: the depth at which elements repeat that hold
//! more than one value. Refuses to guess where nothing repeats: then the document is one record.

use super::lex::{self, InTag, Mark};
use super::paths::Paths;

/// Deeper elements are never records.
const DEPTH: usize = 8;
/// Kinds of children of one element that are counted.
const KINDS: usize = 64;

#[derive(Debug, Default)]
struct Open {
    path: u32,
    /// Children that hold more than one value, by path and number; few.
    rich: Vec<(u32, u32)>,
    /// Children that hold one value.
    leaves: Vec<(u32, u32)>,
    attributes: usize,
}

impl Open {
    fn is_rich(&self) -> bool {
        !self.rich.is_empty() || !self.leaves.is_empty() || self.attributes > 1
    }

    /// The records it is a list of, if it is one: there are more of one kind than it has values of its own.
    fn list(&self, top: bool) -> Option<u32> {
        let values: u32 = self.leaves.iter().map(|(_, n)| n).sum();
        let (path, most) = self.rich.iter().copied().max_by_key(|(_, n)| *n).unwrap_or_default();
        if most >= 2 && most > values {
            return Some(path);
        }
        let values_only = top && self.rich.is_empty() && self.leaves.len() == 1 && values >= 3;
        values_only.then(|| self.leaves[0].0)
    }
}

fn count(of: &mut Vec<(u32, u32)>, path: u32, paths: &mut Paths) {
    if let Some((_, count)) = of.iter_mut().find(|(known, _)| *known == path) {
        *count += 1;
        paths.nodes[path as usize].repeats = true;
    } else if of.len() < KINDS {
        of.push((path, 1));
    }
}

/// The depth of the records of a document, from 1 for its root; `None` where nothing repeats. Paths that repeat are marked.
pub(super) fn survey(head: &[u8], paths: &mut Paths) -> Option<usize> {
    let mut stack: Vec<Open> = vec![Open::default()];
    let mut level: Option<usize> = None;
    let mut skipped = 0u32;
    let mut at = 0;
    let close = |stack: &mut Vec<Open>, level: &mut Option<usize>, paths: &mut Paths| {
        if stack.len() < 2 {
            return;
        }
        let Some(done) = stack.pop() else { return };
        let depth = stack.len();
        if let Some(path) = done.list(depth == 1)
            && depth < DEPTH
        {
            paths.nodes[path as usize].record = true;
            *level = Some(level.map_or(depth + 1, |known| known.min(depth + 1)));
        }
        let rich = done.is_rich();
        if let Some(parent) = stack.last_mut() {
            count(if rich { &mut parent.rich } else { &mut parent.leaves }, done.path, paths);
        }
    };
    while let Some(found) = memchr::memchr(b'<', &head[at..]) {
        at += found;
        let rest = &head[at..];
        let behind = |end: &[u8], from: usize| memchr::memmem::find(&rest[from..], end).map(|n| from + n + end.len());
        let next = match lex::mark(rest, true) {
            Mark::Comment => behind(b"-->", 4),
            Mark::Cdata => behind(b"]]>", 9),
            Mark::Instruction => behind(b"?>", 2),
            Mark::Open(name) => {
                let mut attributes = 0;
                let mut end = name;
                let empty = loop {
                    match lex::in_tag(rest, end, true) {
                        InTag::Attribute(attribute, next) => {
                            attributes += usize::from(!rest[attribute.name.clone()].starts_with(b"xmlns"));
                            end = next;
                        }
                        InTag::End(next, empty) => {
                            end = next;
                            break Some(empty);
                        }
                        _ => break None,
                    }
                };
                let Some(empty) = empty else { break };
                if stack.len() > 64 || skipped > 0 {
                    skipped += u32::from(!empty);
                } else {
                    let parent = stack.last().map_or(0, |open| open.path);
                    let path = paths.child(parent, lex::local(&rest[1..name]));
                    stack.push(Open { path, attributes, ..Open::default() });
                    if empty {
                        close(&mut stack, &mut level, paths);
                    }
                }
                Some(end)
            }
            Mark::Close(end, _) => {
                if skipped > 0 {
                    skipped -= 1;
                } else {
                    close(&mut stack, &mut level, paths);
                }
                Some(end)
            }
            _ => Some(1),
        };
        match next {
            Some(length) => at += length,
            None => break,
        }
    }
    while stack.len() > 1 {
        close(&mut stack, &mut level, paths);
    }
    // Several documents in one file.
    match stack.first() {
        Some(all) if all.rich.iter().map(|(_, n)| n).sum::<u32>() > 1 => {
            all.rich.iter().for_each(|(path, _)| paths.nodes[*path as usize].record = true);
            Some(1)
        }
        _ => level,
    }
}
