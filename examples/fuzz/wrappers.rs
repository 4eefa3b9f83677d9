//! Wrappers taken off without scanning what is in them. In: a document. Out: nothing, or what does not hold: what a budget
//! allows is not exceeded, however wrappers stand in each other; members are the same from any place and in order.

use std::io::Read;

use phisweep::decode::budget::{Budget, Halt};
use phisweep::decode::{self, Asked, Packed, Wrapper};
use phisweep::gap::Reason;
use phisweep::limits::Limits;
use phisweep::open::sniff;

/// Bytes that are read of one member.
const TAKEN: u64 = 4 << 20;

fn wrapper(name: &str, bytes: &[u8]) -> Option<Wrapper> {
    decode::wrapper(sniff(name, bytes).format())
}

/// Budgets hold, of whatever is inside of each other.
pub(crate) fn bounded(document: &[u8]) -> Result<(), String> {
    let limits =
        Limits { depth: 4, members: 12, expanded: 1 << 20, ratio: 20, dictionary: 1 << 20, ..Limits::default() };
    let budget = Budget::new(limits).of_root(Some(document.len() as u64));
    let mut seen = Seen::default();
    open("document", document, 0, &budget, &mut seen);
    // One read may go beyond the end of what it may have: it is told then. A stream counts as a member, a refused one too.
    let most = limits.expanded + (64 << 10);
    match seen {
        Seen { bytes, .. } if bytes > most => Err(format!("{bytes} bytes come out where {most} may")),
        Seen { members, .. } if members > limits.members => Err(format!("{members} members")),
        Seen { depth, .. } if depth > 4 => Err(format!("{depth} wrappers inside each other")),
        Seen { after: true, .. } => Err("something came out behind the end of the budget".to_string()),
        _ => Ok(()),
    }
}

#[derive(Default)]
struct Seen {
    bytes: u64,
    members: u64,
    depth: u64,
    /// A wrapper gave something when the whole budget had ended.
    after: bool,
}

fn open(name: &str, bytes: &[u8], depth: u64, budget: &Budget, seen: &mut Seen) {
    let Some(wrapper) = wrapper(name, bytes) else { return };
    if depth >= budget.limits().depth {
        return;
    }
    seen.depth = seen.depth.max(depth + 1);
    let asked = Asked { name, passwords: &[] };
    let _ = decode::unpack(wrapper, asked, Packed::ByOffset(&bytes.to_vec()), budget, &mut |member| {
        let over = budget.over();
        seen.members += u64::from(member.content.is_ok());
        let Ok(mut content) = member.content else { return Ok(()) };
        let mut inner = Vec::new();
        let _ = content.by_ref().take(TAKEN).read_to_end(&mut inner);
        seen.bytes += inner.len() as u64;
        seen.after |= over.is_some() && !inner.is_empty();
        drop(content);
        open(&member.name, &inner, depth + 1, budget, seen);
        Ok(())
    });
}

/// Members of the first wrapper are the same, however it is read.
pub(crate) fn same(document: &[u8]) -> Result<(), String> {
    let Some(wrapper) = wrapper("document", document) else { return Ok(()) };
    let document = document.to_vec();
    let placed = members(wrapper, Packed::ByOffset(&document));
    let ordered = members(wrapper, Packed::InOrder(Box::new(Few(&document, 1))));
    // Of a damaged stream that comes in small pieces more is had before the damage.
    let alike = |(one, other): (&Found, &Found)| {
        let (short, long) = if one.1.len() < other.1.len() { (&one.1, &other.1) } else { (&other.1, &one.1) };
        (&one.0, one.2) == (&other.0, other.2) && (short == long || one.2.is_some() && long.starts_with(short))
    };
    if placed.1 == ordered.1 && placed.0.len() == ordered.0.len() && placed.0.iter().zip(&ordered.0).all(alike) {
        return Ok(());
    }
    let said = |(members, ended): &Members| {
        let each = members.iter().map(|(name, bytes, reason)| format!("{name:?} {} {reason:?}", bytes.len()));
        format!("{} {ended:?}", each.collect::<Vec<_>>().join(", "))
    };
    Err(format!("from any place [{}], in order [{}]", said(&placed), said(&ordered)))
}

/// A member: name, bytes, and why they ended early.
type Found = (String, Vec<u8>, Option<Reason>);

/// Members, and how all of it ended.
type Members = (Vec<Found>, Option<Reason>);

fn members(wrapper: Wrapper, packed: Packed<'_>) -> Members {
    let budget = Budget::new(Limits { members: 1000, expanded: 64 << 20, ..Limits::default() });
    let mut members = Vec::new();
    let ended = decode::unpack(wrapper, Asked { name: "document", passwords: &[] }, packed, &budget, &mut |member| {
        let mut bytes = Vec::new();
        let reason = match member.content {
            Ok(content) => content.take(TAKEN).read_to_end(&mut bytes).err().map(|error| Halt::of(&error).reason),
            Err((refused, _)) => Some(refused),
        };
        members.push((member.name, bytes, reason));
        Ok(())
    });
    (members, ended.err().map(|halt| halt.reason))
}

/// Base64 gives no more than it is told to and than stands in it, and the same four letters at a time.
pub(crate) fn base64(document: &[u8]) -> Result<(), String> {
    use phisweep::decode::base64::{decode, is_letter};
    let letters: Vec<u8> = document.iter().copied().filter(|b| is_letter(*b)).collect();
    for limit in [0, 1, 7, document.len()] {
        if decode(document, limit).is_some_and(|bytes| bytes.len() > limit || bytes.len() > letters.len() / 4 * 3 + 2) {
            return Err(format!("more than {limit} bytes, or than stand in it"));
        }
    }
    let whole = decode(&letters, letters.len()).ok_or("letters are not base64")?;
    let pieces: Option<Vec<Vec<u8>>> = letters.chunks(4).map(|four| decode(four, 3)).collect();
    match pieces.map(|pieces| pieces.concat()) == Some(whole) {
        true => Ok(()),
        false => Err("it says something else in pieces".to_string()),
    }
}

/// Gives 1 to 7 bytes at a time.
pub(crate) struct Few<'a>(pub(crate) &'a [u8], pub(crate) usize);

impl Read for Few<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 7 + 1;
        let count = self.1.min(buffer.len()).min(self.0.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}
