//! The paths of a JSON document. In: keys, as they are met below others. Out: a number for each path, and what stands there. Holds
//! no more than [`NODES`] paths: what has more keys than [`KEYS`] in one place has data for keys, and shares the path `*`.

use std::collections::HashMap;

use crate::extract::fhir;
use crate::extract::named::{Holds, Named, Places};
use crate::finding::Place;

use super::strings::append_unescaped;

/// No node.
pub(super) const NONE: u32 = u32::MAX;
/// Different keys in one object, before they are taken for data.
const KEYS: u32 = 256;
/// Paths of a document.
const NODES: usize = 64 << 10;
/// A key that is longer is no name.
const KEY: usize = 64;

/// What a node is below the one it hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The value of a key.
    Key,
    /// An element of a list.
    Element,
    /// An element of a list in a list, by number.
    Index,
    /// An object that says how its value is called.
    Label,
    /// A resource of FHIR, wherever it stands.
    Resource,
    /// All keys that are too many to tell apart.
    Star,
}

/// What must be looked ahead for in an object, to know what its values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::extract) enum Peek {
    None,
    /// FHIR's Identifier: type and system.
    Identifier,
    /// FHIR's ContactPoint: its system.
    Contact,
    /// FHIR's Extension: its URL.
    Extension,
    /// Coverage.class: its type.
    Class,
}

#[derive(Debug)]
struct Node {
    parent: u32,
    key: Box<[u8]>,
    kind: Kind,
    /// The member that stood first below it.
    first: u32,
    /// What stood behind it.
    next: u32,
    children: u32,
    place: u32,
    text_place: u32,
    holds: Option<Holds>,
    peek: Peek,
    resource: bool,
    personal: bool,
    own: bool,
    markup: bool,
    labelling: bool,
    labelled: bool,
}

/// All paths that were met.
#[derive(Debug)]
pub(super) struct Paths {
    nodes: Vec<Node>,
    known: HashMap<(u32, u64), u32>,
}

impl Default for Paths {
    fn default() -> Paths {
        let mut paths = Paths { nodes: Vec::new(), known: HashMap::new() };
        paths.add(0, b"", Kind::Key);
        paths
    }
}

impl Paths {
    fn add(&mut self, parent: u32, key: &[u8], kind: Kind) -> u32 {
        let number = self.nodes.len() as u32;
        let above = self.nodes.get(parent as usize);
        let resource = kind == Kind::Resource || above.is_some_and(|node| node.resource);
        // What a list is peeked for stands in its elements.
        let of_list = above.filter(|_| kind == Kind::Element).map_or(Peek::None, |node| node.peek);
        let peek = match key {
            _ if kind == Kind::Element => of_list,
            _ if !resource || kind != Kind::Key => Peek::None,
            b"identifier" => Peek::Identifier,
            b"telecom" => Peek::Contact,
            b"extension" | b"modifierExtension" => Peek::Extension,
            b"class" => Peek::Class,
            _ => Peek::None,
        };
        let name = |list: &[&[u8]]| kind == Kind::Key && list.contains(&key);
        self.nodes.push(Node {
            parent,
            key: key.into(),
            kind,
            first: NONE,
            next: NONE,
            children: 0,
            place: NONE,
            text_place: NONE,
            holds: None,
            peek,
            resource,
            personal: false,
            own: kind == Kind::Key && is_own(key),
            markup: resource && kind == Kind::Key && key == b"div",
            labelling: !resource && name(LABELLING),
            labelled: !resource && name(LABELLED),
        });
        number
    }

    pub(super) fn key(&self, node: u32) -> &[u8] {
        &self.nodes[node as usize].key
    }

    /// Whether a node is that of the elements of a list in a list of this key.
    pub(super) fn is_row(&self, node: u32, keys: &[&[u8]]) -> bool {
        let above = |node: u32| &self.nodes[self.nodes[node as usize].parent as usize];
        let list = self.nodes[node as usize].parent;
        above(node).kind == Kind::Element && keys.contains(&&*above(list).key)
    }

    /// The member that stood behind `last` in the objects of this kind before; the first one behind [`NONE`].
    #[inline]
    pub(super) fn after(&self, parent: u32, last: u32) -> Option<u32> {
        let next = if last == NONE { self.nodes[parent as usize].first } else { self.nodes[last as usize].next };
        (next != NONE).then_some(next)
    }

    /// Remembers it.
    pub(super) fn follows(&mut self, parent: u32, last: u32, node: u32) {
        if self.nodes[node as usize].kind != Kind::Key {
            return;
        }
        match last {
            NONE => self.nodes[parent as usize].first = node,
            last => self.nodes[last as usize].next = node,
        }
    }

    /// The node below another, and whether the key is met there for the first time, or is one of too many.
    pub(super) fn child(&mut self, parent: u32, key: &[u8], kind: Kind) -> (u32, bool) {
        let hash = xxhash_rust::xxh3::xxh3_64_with_seed(key, kind as u64);
        if let Some(node) = self.known.get(&(parent, hash)) {
            return (*node, false);
        }
        let too_many = self.nodes[parent as usize].children >= KEYS || self.nodes.len() >= NODES;
        if !too_many {
            let node = self.add(parent, key, kind);
            self.nodes[parent as usize].children += 1;
            self.known.insert((parent, hash), node);
            return (node, true);
        }
        if let Some(star) = self.known.get(&(parent, 0)) {
            return (*star, true);
        }
        if self.nodes.len() >= 2 * NODES {
            return (parent, true);
        }
        let star = self.add(parent, b"*", if kind == Kind::Element { kind } else { Kind::Star });
        self.known.insert((parent, 0), star);
        (star, true)
    }

    pub(super) fn holds(&self, node: u32) -> Option<Holds> {
        self.nodes[node as usize].holds
    }

    pub(super) fn peek(&self, node: u32) -> Peek {
        self.nodes[node as usize].peek
    }

    pub(super) fn in_resource(&self, node: u32) -> bool {
        self.nodes[node as usize].resource
    }

    /// Whether a resource of FHIR may stand here: in a bundle, in another, in a wrapper, in a list by itself.
    pub(super) fn may_be_resource(&self, node: u32) -> bool {
        let node = &self.nodes[node as usize];
        match node.kind {
            Kind::Element => node.parent == 0 || &*self.nodes[node.parent as usize].key == b"contained",
            _ => !node.resource || &*node.key == b"resource" || &*node.key == b"contained",
        }
    }

    pub(super) fn is_own(&self, node: u32) -> bool {
        self.nodes[node as usize].own
    }

    /// Whether the values of objects of this kind are one person's own.
    pub(super) fn is_personal(&self, node: u32) -> bool {
        self.nodes[node as usize].personal
    }

    pub(super) fn set_personal(&mut self, node: u32) {
        self.nodes[node as usize].personal = true;
    }

    pub(super) fn is_markup(&self, node: u32) -> bool {
        self.nodes[node as usize].markup
    }

    /// Whether it says how the value beside it is called.
    pub(super) fn is_labelling(&self, node: u32) -> bool {
        self.nodes[node as usize].labelling
    }

    /// Whether it is a value that something beside it names.
    pub(super) fn is_labelled(&self, node: u32) -> bool {
        self.nodes[node as usize].labelled
    }

    /// Its place.
    #[inline]
    pub(super) fn place(&mut self, node: u32, places: &mut Places) -> u32 {
        match self.nodes[node as usize].place {
            NONE => {
                let named = self.named(node);
                self.nodes[node as usize].holds = Some(named.holds);
                let place = places.number(&node.to_le_bytes(), || named);
                self.nodes[node as usize].place = place;
                place
            }
            place => place,
        }
    }

    /// The place of the pieces of long strings.
    pub(super) fn text_place(&mut self, node: u32, places: &mut Places) -> u32 {
        match self.nodes[node as usize].text_place {
            NONE => {
                let named = Named { holds: Holds::Text, ..self.named(node) };
                let mut token = node.to_le_bytes().to_vec();
                token.push(b't');
                let place = places.number(&token, || named);
                self.nodes[node as usize].text_place = place;
                place
            }
            place => place,
        }
    }

    fn named(&self, node: u32) -> Named {
        let mut path = Vec::new();
        let mut at = node;
        while at != 0 {
            let node = &self.nodes[at as usize];
            path.push((node.kind, text(&node.key)));
            if node.kind == Kind::Resource {
                break;
            }
            at = node.parent;
        }
        path.reverse();
        match path.first() {
            Some((Kind::Resource, kind)) => {
                let label = path.iter().rev().find(|(kind, _)| *kind == Kind::Label).map(|(_, label)| label.as_str());
                let keys: Vec<&str> =
                    path[1..].iter().filter(|(kind, _)| *kind == Kind::Key).map(|(_, key)| key.as_str()).collect();
                let shown = shown(&path, false);
                fhir::named(kind, &keys, label, shown)
            }
            _ => Named {
                place: Place::Path(shown(&path, true)),
                keys: Vec::new(),
                names: names(&path),
                holds: Holds::Value,
                subject: None,
                of_another: false,
            },
        }
    }
}

/// A key as text.
fn text(key: &[u8]) -> String {
    if key.len() > KEY {
        return "*".to_string();
    }
    let mut plain = Vec::new();
    append_unescaped(key, &mut plain);
    String::from_utf8_lossy(&plain).into_owned()
}

/// A path as reports say it: `members[].ssn`, `attributes[ssn].value`.
fn shown(path: &[(Kind, String)], labels: bool) -> String {
    let mut shown = String::new();
    for (kind, key) in path {
        match kind {
            Kind::Element => shown.push_str("[]"),
            Kind::Index | Kind::Label if labels || *kind == Kind::Index => {
                let bare = shown.strip_suffix("[]").map(str::len);
                shown.truncate(bare.unwrap_or(shown.len()));
                shown.push('[');
                shown.push_str(key);
                shown.push(']');
            }
            Kind::Label => {}
            _ => {
                if !shown.is_empty() {
                    shown.push('.');
                }
                shown.push_str(key);
            }
        }
    }
    if shown.is_empty() { ".".to_string() } else { shown }
}

/// What people would call a column of its values: the last key, with those above it where it says too little.
fn names(path: &[(Kind, String)]) -> Vec<String> {
    let said = path.iter().filter(|(kind, key)| matches!(kind, Kind::Key | Kind::Label) && !key.is_empty());
    let mut keys = said.map(|(_, key)| key.as_str()).rev();
    let Some(key) = keys.next() else { return Vec::new() };
    let folded = key.to_ascii_lowercase();
    if !GENERIC.contains(&folded.as_str()) {
        return vec![key.to_string()];
    }
    let mut names = Vec::new();
    if let Some(parent) = keys.next() {
        names.push(format!("{parent} {key}"));
        if PARTS_OF_NAMES.contains(&folded.as_str()) {
            names.push(format!("{key} {parent}"));
        }
        if folded == "value" || folded == "text" || folded == "val" {
            names.push(parent.to_string());
        }
        if let Some(above) = keys.next() {
            names.push(format!("{above} {parent} {key}"));
            names.push(format!("{above} {parent}"));
        }
    }
    names.push(key.to_string());
    names
}

/// What people would call a column of the values at the end of a path of names.
pub(in crate::extract) fn column_names(path: &[&str]) -> Vec<String> {
    let path: Vec<(Kind, String)> = path.iter().map(|key| (Kind::Key, (*key).to_string())).collect();
    names(&path)
}

/// Keys that need those above them to say something.
const GENERIC: &[&str] = &[
    "last4",
    "last_4",
    "lastfour",
    "last_four",
    "value",
    "val",
    "id",
    "text",
    "system",
    "code",
    "key",
    "data",
    "content",
    "number",
    "no",
    "num",
    "name",
    "first",
    "last",
    "middle",
    "given",
    "family",
    "full",
    "date",
    "street",
    "line",
    "line1",
    "line2",
    "zip",
    "postal",
    "address",
    "$",
    "#text",
    "_text",
    "$numberlong",
    "$date",
    "$oid",
    "email",
    "phone",
    "string",
    "raw",
    "answer",
];

/// Keys that say which part of a name below `name`.
const PARTS_OF_NAMES: &[&str] = &["first", "last", "middle", "given", "family", "full"];

/// Keys whose text says how the value beside it is called.
const LABELLING: &[&[u8]] = &[
    b"key",
    b"name",
    b"field",
    b"fieldName",
    b"field_name",
    b"label",
    b"attribute",
    b"column",
    b"property",
    b"question",
    b"Key",
    b"Name",
    b"Field",
    b"Label",
];

/// Keys of values that are called so.
const LABELLED: &[&[u8]] =
    &[b"value", b"val", b"answer", b"stringValue", b"valueString", b"Value", b"text_value", b"response"];

/// Whether a key is of what a person has and a list of persons has not: where such a value stands, lists around it
/// repeat persons, and lists below it what is theirs.
pub(in crate::extract) fn is_own(key: &[u8]) -> bool {
    const OWN: [&str; 20] = [
        "ssn",
        "socialsec",
        "birth",
        "dob",
        "mrn",
        "medicalrecord",
        "firstname",
        "lastname",
        "givenname",
        "familyname",
        "surname",
        "memberid",
        "subscriberid",
        "patientid",
        "patientname",
        "membername",
        "fullname",
        "hicn",
        "mbi",
        "medicareid",
    ];
    let folded: String =
        key.iter().filter(|b| b.is_ascii_alphanumeric()).map(|b| b.to_ascii_lowercase() as char).collect();
    key.len() <= KEY && OWN.iter().any(|own| folded.contains(own))
}

/// Keys themselves, as values.
pub(super) fn key_names() -> Named {
    Named {
        place: Place::Name,
        keys: Vec::new(),
        names: Vec::new(),
        holds: Holds::Text,
        subject: None,
        of_another: false,
    }
}
