//! B-trees of SQLite (file format 1.6). In: pages, the root of a tree. Out: the records of the tree in order, with where each stands.
//! Refuses pages that belong to more than one place, trees deeper than any real one, and payloads that do not end; each is counted
//! as damage, and the rest is read.

use super::pages::{HEADER, Pages, be16, be32};
use super::record::varint;
use crate::decode::budget::Halt;
use crate::rich::Parts;

/// Levels of a tree. Twenty hold more rows than a file can.
const DEPTH: usize = 40;
/// Bytes of a record that are read. SQLite allows a thousand million.
pub(super) const RECORD: usize = 64 << 20;

const INDEX_NODE: u8 = 0x02;
const TABLE_NODE: u8 = 0x05;
const INDEX_LEAF: u8 = 0x0a;
pub(super) const TABLE_LEAF: u8 = 0x0d;

/// Pages that were seen, so that none is read as part of two things.
#[derive(Default)]
pub(super) struct Seen(Vec<u64>);

impl Seen {
    /// Notes a page; `false` where it was noted before.
    pub(super) fn first(&mut self, page: u32) -> bool {
        let (word, bit) = (page as usize / 64, 1 << (page % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let first = self.0[word] & bit == 0;
        self.0[word] |= bit;
        first
    }

    /// Whether a page was noted.
    pub(super) fn holds(&self, page: u32) -> bool {
        self.0.get(page as usize / 64).is_some_and(|word| word & 1 << (page % 64) != 0)
    }
}

/// A page of a tree, and how far it was read.
pub(super) struct Node {
    number: u32,
    bytes: Vec<u8>,
    /// Where its header stands: behind the file's on the first page.
    pub(super) at: usize,
    pub(super) kind: u8,
    pub(super) cells: usize,
    next: usize,
}

impl Node {
    /// The node on a page, if the page is one.
    pub(super) fn of(number: u32, bytes: Vec<u8>) -> Option<Node> {
        let at = if number == 1 { HEADER } else { 0 };
        let kind = *bytes.get(at)?;
        let known = matches!(kind, INDEX_NODE | TABLE_NODE | INDEX_LEAF | TABLE_LEAF);
        let cells = be16(&bytes, at + 3);
        known.then_some(Node { number, bytes, at, kind, cells, next: 0 })
    }

    /// Bytes from a cell to the end of the page; none where it points nowhere.
    fn cell(&self, n: usize) -> &[u8] {
        let wide = if matches!(self.kind, INDEX_NODE | TABLE_NODE) { 12 } else { 8 };
        let at = be16(&self.bytes, self.at + wide + 2 * n);
        if at == 0 { &[] } else { self.bytes.get(at..).unwrap_or_default() }
    }

    /// The bytes of the page.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Where a record stands, to find it again.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) page: u32,
    pub(super) cell: u32,
    /// The number of the row; 0 in a tree that has none.
    pub(super) row: i64,
}

/// Goes through a tree.
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Pages and records that could not be read.
    pub(super) damage: u64,
    /// Records that were cut at [`RECORD`].
    pub(super) cut: u64,
}

impl Tree {
    /// A tree by its root.
    pub(super) fn new(pages: &mut Pages<'_>, seen: &mut Seen, root: u32) -> Result<Tree, Halt> {
        let mut tree = Tree { nodes: Vec::new(), damage: 0, cut: 0 };
        tree.push(pages, seen, root)?;
        Ok(tree)
    }

    fn push(&mut self, pages: &mut Pages<'_>, seen: &mut Seen, number: u32) -> Result<(), Halt> {
        let whole = self.nodes.len() < DEPTH && number != 0 && number <= pages.count && seen.first(number);
        let page = if whole { pages.read(number)? } else { None };
        match page.and_then(|page| Node::of(number, page)) {
            Some(node) => self.nodes.push(node),
            None => self.damage += 1,
        }
        Ok(())
    }

    /// The page of the last record.
    pub(super) fn node(&self) -> Option<&Node> {
        self.nodes.last()
    }

    /// The next record, into `to`; `None` behind the last.
    pub(super) fn next(
        &mut self,
        pages: &mut Pages<'_>,
        seen: &mut Seen,
        parts: &mut dyn Parts,
        to: &mut Vec<u8>,
    ) -> Result<Option<At>, Halt> {
        while let Some(node) = self.nodes.last_mut() {
            let step = node.next;
            node.next += 1;
            if step == 0 {
                parts.work(1)?;
            }
            let child = |n: usize| be32(if n < node.cells { node.cell(n) } else { &node.bytes[node.at + 8..] }, 0);
            match node.kind {
                TABLE_NODE if step <= node.cells => {
                    let child = child(step);
                    self.push(pages, seen, child)?;
                }
                INDEX_NODE if step <= 2 * node.cells && step % 2 == 0 => {
                    let child = child(step / 2);
                    self.push(pages, seen, child)?;
                }
                INDEX_NODE if step <= 2 * node.cells => match payload(pages, node, step / 2, to)? {
                    Some((row, cut)) => {
                        self.cut += u64::from(cut);
                        return Ok(Some(At { page: node.number, cell: (step / 2) as u32, row }));
                    }
                    None => self.damage += 1,
                },
                TABLE_LEAF | INDEX_LEAF if step < node.cells => match payload(pages, node, step, to)? {
                    Some((row, cut)) => {
                        self.cut += u64::from(cut);
                        return Ok(Some(At { page: node.number, cell: step as u32, row }));
                    }
                    None => self.damage += 1,
                },
                _ => {
                    self.nodes.pop();
                }
            }
        }
        Ok(None)
    }
}

/// The payload of a cell, into `to`: its row, and whether it was cut. `None` where the cell makes no sense.
pub(super) fn payload(
    pages: &mut Pages<'_>,
    node: &Node,
    n: usize,
    to: &mut Vec<u8>,
) -> Result<Option<(i64, bool)>, Halt> {
    Ok(match local(node, n, pages.usable) {
        Some(Local { row, length, bytes, overflow }) => {
            to.clear();
            to.extend_from_slice(bytes);
            let wanted = length.min(RECORD);
            let mut next = overflow;
            while to.len() < wanted {
                // The pages of a chain hold at least 476 bytes each, so the length bounds the chain.
                let Some(page) = pages.read(next)? else { break };
                let room = pages.usable.saturating_sub(4).min(wanted - to.len());
                to.extend_from_slice(&page[4..4 + room]);
                next = be32(&page, 0);
            }
            (to.len() == wanted).then_some((row, wanted < length))
        }
        None => None,
    })
}

/// What of a cell stands on its own page.
struct Local<'a> {
    row: i64,
    length: usize,
    bytes: &'a [u8],
    overflow: u32,
}

fn local(node: &Node, n: usize, usable: usize) -> Option<Local<'_>> {
    let mut cell = node.cell(n);
    if node.kind == INDEX_NODE {
        cell = cell.get(4..)?;
    }
    let (length, used) = varint(cell)?;
    cell = &cell[used..];
    let mut row = 0;
    if node.kind == TABLE_LEAF {
        let (number, used) = varint(cell)?;
        row = number as i64;
        cell = &cell[used..];
    }
    let length = usize::try_from(length).ok().filter(|length| *length <= i32::MAX as usize)?;
    // How much of a payload stays on the page (1.6, "cell payload overflow pages").
    let most = if node.kind == TABLE_LEAF { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    let kept = if length <= most {
        length
    } else {
        let least = (usable - 12) * 32 / 255 - 23;
        let rest = least + (length - least) % (usable - 4);
        if rest <= most { rest } else { least }
    };
    let overflow = if kept < length { be32(cell.get(kept..)?, 0) } else { 0 };
    Some(Local { row, length, bytes: cell.get(..kept)?, overflow })
}
