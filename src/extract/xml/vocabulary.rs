//! What a vocabulary says of the elements of a document. In: a tag and where it stands. Out: the path of the element, which of it
//! is read, and what its places hold. Vocabularies: [`General`](super::general::General), [`Cda`](super::cda::Cda),
//! [`Fhir`](super::fhir::Fhir).

use std::ops::Range;

use super::lex::{self, Attribute};
use super::paths::Paths;
use crate::extract::named::Named;

/// What the elements of a vocabulary mean.
pub(super) trait Vocabulary: Send {
    /// The path of an element, which attributes may tell apart from others of its name; and what its text is.
    fn open(&mut self, paths: &mut Paths, parent: u32, tag: &Tag<'_>) -> Element;
    /// Whether an attribute is read: `None` where it is structure, else the part of its value that counts.
    fn attribute(&self, paths: &Paths, element: u32, name: &[u8], value: &[u8]) -> Option<Range<usize>>;
    /// The part of an element's text that counts; `None` where it is structure.
    fn text(&self, paths: &Paths, element: u32, text: &[u8]) -> Option<Range<usize>>;
    /// Whether all of an element must be seen before it is [opened](Self::open), as far as it is short.
    fn looks_into(&self, _name: &[u8]) -> bool {
        false
    }
    /// What is known of a path.
    fn describe(&self, paths: &Paths, path: u32) -> Named;
    /// The depth of its records, where the vocabulary fixes it.
    fn record_depth(&self) -> Option<usize> {
        None
    }
    /// Whether its texts name clinicians that its elements state.
    fn has_clinicians(&self) -> bool {
        false
    }
    /// What reports call a document of it.
    fn format(&self) -> &'static str {
        "xml"
    }
}

/// A tag that starts an element.
pub(super) struct Tag<'a> {
    /// Its local name.
    pub(super) name: &'a [u8],
    /// The bytes that its attributes stand in.
    pub(super) bytes: &'a [u8],
    pub(super) attributes: &'a [Attribute],
}

/// An element that is [looked into](Vocabulary::looks_into) is seen as far as this.
pub(super) const LOOK: usize = 32 << 10;

impl<'a> Tag<'a> {
    /// The value of an attribute, by its local name.
    pub(super) fn get(&self, name: &[u8]) -> Option<&'a [u8]> {
        let found = self.attributes.iter().find(|a| lex::local(&self.bytes[a.name.clone()]) == name)?;
        Some(&self.bytes[found.value.clone()])
    }
}

/// What an element is.
pub(super) struct Element {
    pub(super) path: u32,
    /// Another path for the element it stands in, which this one tells more about.
    pub(super) parent: Option<u32>,
    /// What stands in it is text with marks.
    pub(super) prose: bool,
    /// The record it belongs to, where it says so itself.
    pub(super) record: Option<u64>,
}

impl Element {
    pub(super) fn plain(path: u32) -> Element {
        Element { path, parent: None, prose: false, record: None }
    }
}
