//! The zip that an Office file is. In: a file that can be read from any place. Out: its members by name, relationships between
//! them. Refuses packages of more than [`MEMBERS`] members; meters what comes out as for any archive.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read;
use std::rc::Rc;

use zip::ZipArchive;
use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::xml::{Node, Xml};
use crate::decode::budget::{Budget, Halt, Metered};
use crate::gap::Reason;
use crate::rich::Document;

/// Members of one package; the largest presentations come to some thousands.
const MEMBERS: usize = 50_000;
/// Relationships of one part.
const RELATIONS: usize = 100_000;

/// A package that was opened.
pub(super) struct Package<'d> {
    archive: ZipArchive<&'d mut dyn Document>,
    /// Names in small letters, without a `/` in front, and where they stand: names are compared without case (ECMA-376 part 2, 6.2.2.3).
    names: BTreeMap<String, usize>,
    budget: Budget,
    /// Some names stand there twice, of which only the last can be had.
    pub(super) repeated: bool,
}

impl std::fmt::Debug for Package<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Package").field("members", &self.names.len()).finish_non_exhaustive()
    }
}

/// What a part says of another one.
#[derive(Clone)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The last part of its type: `worksheet`, `comments`.
    pub(super) kind: String,
    /// The name of the member, in small letters; or an address outside.
    pub(super) target: String,
    pub(super) outside: bool,
}

impl<'d> Package<'d> {
    /// Opens a package.
    ///
    /// # Errors
    /// Where it is no zip, damaged, or has too many members.
    pub(super) fn open(document: &'d mut dyn Document) -> Result<Package<'d>, Halt> {
        let count = ZipIterable::try_new(&mut *document, Config::default()).map_err(|error| halt(&error))?.len();
        if count > MEMBERS {
            return Err(Halt::new(Reason::Limit, format!("more than {MEMBERS} members")));
        }
        let archive = ZipArchive::new(document).map_err(|error| halt(&error))?;
        let mut names = BTreeMap::new();
        let mut repeated = archive.has_duplicate_names();
        for at in 0..archive.len() {
            let Some(Ok(name)) = archive.name_for_index(at) else { continue };
            if !name.ends_with('/') {
                let name = name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase();
                repeated |= names.insert(name, at).is_some();
            }
        }
        Ok(Package { archive, names, budget: Budget::default(), repeated })
    }

    /// Names of all members, in small letters, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.keys().cloned().collect()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The bytes of a member.
    ///
    /// # Errors
    /// Where it is not there, encrypted, or packed by a method that is not read.
    pub(super) fn member(&mut self, name: &str) -> Result<impl Read + '_, Halt> {
        let at = *self.names.get(name).ok_or_else(|| Halt::new(Reason::Malformed, "a part that is not there"))?;
        if self.archive.by_index_data(at).is_ok_and(|entry| entry.encrypted()) {
            return Err(Halt::new(Reason::Encrypted, "an encrypted member"));
        }
        let file = self.archive.by_index(at).map_err(|error| halt(&error))?;
        let packed = Rc::new(Cell::new(file.compressed_size()));
        Ok(Metered::new(file, &self.budget, packed))
    }

    /// A member as XML.
    ///
    /// # Errors
    /// As of [`member`](Package::member).
    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<'_>, Halt> {
        Xml::new(self.member(name)?)
    }

    /// The first bytes of a member.
    pub(super) fn head(&mut self, name: &str, length: u64) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok(member) = self.member(name) {
            // What came before damage is a head too.
            let _ = member.take(length).read_to_end(&mut head);
        }
        head
    }

    /// Relationships of a part, or of the package where `part` is empty. None where they cannot be read.
    pub(super) fn relations(&mut self, part: &str) -> Vec<Relation> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let name = format!("{folder}{slash}_rels/{file}.rels");
        let mut relations = Vec::new();
        let Ok(mut xml) = self.xml(&name) else { return relations };
        while let Ok(Some(node)) = xml.next() {
            let Node::Open(tag) = node else { continue };
            if tag.name() != "Relationship" || relations.len() >= RELATIONS {
                continue;
            }
            let text = |name: &str| tag.attr(name).map(|value| value.into_owned()).unwrap_or_default();
            let outside = text("TargetMode") == "External";
            let target = if outside { text("Target") } else { resolve(folder, &text("Target")) };
            let kind = text("Type").rsplit('/').next().unwrap_or("").to_string();
            relations.push(Relation { id: text("Id"), kind, target, outside });
        }
        relations
    }
}

/// A target as seen from a folder: `../theme/a.xml` from `xl/worksheets` is `xl/theme/a.xml`.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.split('#').next().unwrap_or("").replace('\\', "/").to_ascii_lowercase();
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

fn halt(error: &ZipError) -> Halt {
    match error {
        ZipError::Io(error) => Halt::of(error),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Halt::new(Reason::Unsupported, "a zip method that is not read")
        }
        _ => Halt::new(Reason::Malformed, "a damaged zip archive"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_their_folder() {
        for (folder, target, name) in [
            ("xl", "worksheets/Sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/worksheets", "../comments1.xml", "xl/comments1.xml"),
            ("xl", "/xl/styles.xml", "xl/styles.xml"),
            ("", "word/document.xml", "word/document.xml"),
            ("ppt", "../../../x.xml", "x.xml"),
        ] {
            assert_eq!(resolve(folder, target), name);
        }
    }
}
