//! The paths of a document: which element stands in which. In: names. Out: a number for each path. Refuses to grow with the
//! document: keys that are data collapse to `*`.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

/// Different names in one element that are told apart; later ones are `*`.
const SIBLINGS: u16 = 256;
/// Paths of a document that are told apart.
const NODES: usize = 16 << 10;
/// A longer name is `*`.
const NAME: usize = 96;
/// So many digits in a row make a name data.
const DIGITS: usize = 5;

/// One path.
#[derive(Debug)]
pub(super) struct Node {
    /// The path it stands in; the root is its own.
    pub(super) parent: u32,
    /// Local name; with `@` where it is an attribute's. Empty for the root.
    pub(super) name: Box<str>,
    /// Whether it was seen twice in one element.
    pub(super) repeats: bool,
    /// Whether it is a record.
    pub(super) record: bool,
    children: u16,
    attributes: u16,
    /// The child that came last, and the one that came behind this in its parent: most documents say the same over and
    /// over.
    last: u32,
    next: u32,
}

/// All paths. Number 0 is the document.
#[derive(Debug)]
pub(super) struct Paths {
    pub(super) nodes: Vec<Node>,
    index: HashMap<u64, u32, std::hash::BuildHasherDefault<Plain>>,
}

/// Keys are hashes already.
#[derive(Debug, Default)]
pub(super) struct Plain(u64);

impl std::hash::Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

impl Default for Paths {
    fn default() -> Paths {
        let root = Node {
            parent: 0,
            name: "".into(),
            repeats: false,
            record: false,
            children: 0,
            attributes: 0,
            last: 0,
            next: 0,
        };
        Paths { nodes: vec![root], index: HashMap::default() }
    }
}

impl Paths {
    /// The path of what is called `name` in `parent`.
    #[inline]
    pub(super) fn child(&mut self, parent: u32, name: &[u8]) -> u32 {
        let last = self.nodes[parent as usize].last;
        for guess in [self.nodes[last as usize].next, last] {
            let node = &self.nodes[guess as usize];
            if node.parent == parent && guess != 0 && node.name.as_bytes() == name {
                self.nodes[parent as usize].last = guess;
                return guess;
            }
        }
        let found = self.look_up(parent, name);
        if last != 0 {
            self.nodes[last as usize].next = found;
        }
        self.nodes[parent as usize].last = found;
        found
    }

    /// The path of an attribute: `@name`.
    pub(super) fn attribute(&mut self, element: u32, name: &[u8]) -> u32 {
        let mut buffer = [b'@'; NAME + 1];
        match buffer.get_mut(1..1 + name.len()) {
            Some(rest) => {
                rest.copy_from_slice(name);
                let found = self.look_up(element, &buffer[..1 + name.len()]);
                debug_assert!(found != 0);
                found
            }
            None => self.look_up(element, b"@*"),
        }
    }

    fn look_up(&mut self, parent: u32, name: &[u8]) -> u32 {
        let key = xxh3_64(name) ^ u64::from(parent).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        match self.index.get(&key) {
            Some(found) => *found,
            None => self.add(parent, name, key),
        }
    }

    fn add(&mut self, parent: u32, name: &[u8], key: u64) -> u32 {
        let is_attribute = name.first() == Some(&b'@');
        let star: &[u8] = if is_attribute { b"@*" } else { b"*" };
        let within = &self.nodes[parent as usize];
        let siblings = if is_attribute { within.attributes } else { within.children };
        let crowded = siblings >= SIBLINGS || self.nodes.len() >= NODES;
        if name != star && (crowded || name.len() > NAME || is_data(name)) {
            return self.look_up(parent, star);
        }
        // No room for even one more: the paths that are left share the last.
        if self.nodes.len() >= 2 * NODES {
            return self.nodes.len() as u32 - 1;
        }
        let number = self.nodes.len() as u32;
        let name = String::from_utf8_lossy(name).into_owned().into_boxed_str();
        self.nodes.push(Node {
            parent,
            name,
            repeats: false,
            record: false,
            children: 0,
            attributes: 0,
            last: 0,
            next: 0,
        });
        let within = &mut self.nodes[parent as usize];
        let siblings = if is_attribute { &mut within.attributes } else { &mut within.children };
        *siblings = siblings.saturating_add(1);
        self.index.insert(key, number);
        number
    }

    /// The names on the way to a path, outermost first.
    pub(super) fn names(&self, path: u32) -> Vec<&str> {
        let mut names = Vec::new();
        let mut at = path;
        while at != 0 {
            names.push(&*self.nodes[at as usize].name);
            at = self.nodes[at as usize].parent;
        }
        names.reverse();
        names
    }

    /// The path as reports say it: `members.member[].ssn`, `member@id`. At most the last twelve names.
    pub(super) fn text(&self, path: u32) -> String {
        let mut steps = Vec::new();
        let mut at = path;
        while at != 0 && steps.len() < 12 {
            steps.push(at);
            at = self.nodes[at as usize].parent;
        }
        let mut text = String::new();
        for step in steps.into_iter().rev() {
            let node = &self.nodes[step as usize];
            if !text.is_empty() && !node.name.starts_with('@') {
                text.push('.');
            }
            text.push_str(&node.name);
            if node.repeats {
                text.push_str("[]");
            }
        }
        text
    }
}

/// Whether a name holds a number that no schema gives.
fn is_data(name: &[u8]) -> bool {
    let mut run = 0;
    name.iter().any(|b| {
        run = if b.is_ascii_digit() { run + 1 } else { 0 };
        run >= DIGITS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_the_same_each_time() {
        let mut paths = Paths::default();
        let members = paths.child(0, b"members");
        let member = paths.child(members, b"member");
        let ssn = paths.child(member, b"ssn");
        let dob = paths.child(member, b"dob");
        paths.nodes[member as usize].repeats = true;
        for _ in 0..3 {
            assert_eq!(paths.child(members, b"member"), member);
            assert_eq!(paths.child(member, b"ssn"), ssn);
            assert_eq!(paths.child(member, b"dob"), dob);
        }
        let id = paths.attribute(member, b"id");
        assert_eq!(paths.text(ssn), "members.member[].ssn");
        assert_eq!(paths.text(id), "members.member[]@id");
    }

    #[test]
    fn names_that_are_data_collapse() {
        let mut paths = Paths::default();
        let root = paths.child(0, b"root");
        let star = paths.child(root, b"u123456789");
        assert_eq!(paths.text(star), "root.*");
        for n in 0..100_000u32 {
            let name = format!("{}{}", char::from(b'a' + (n % 26) as u8), "x".repeat((n / 26 % 90) as usize));
            let child = paths.child(root, name.as_bytes());
            paths.child(child, format!("k{}", n % 9_999).as_bytes());
        }
        assert!(paths.nodes.len() <= 2 * NODES, "{}", paths.nodes.len());
    }
}
