//! Takes wrappers off. In: a document whose kind is a wrapper, and its bytes. Out: its members, one after the other, each
//! with a name and a stream, or with the reason why it cannot be read. Refuses what costs more than its [`budget`]; never
//! writes anything, and trusts no length that a wrapper states.

mod ar;
mod archive;
pub mod base64;
pub mod budget;
mod cab;
mod cpio;
mod rar;
mod seek;
mod stream;
mod tar;
pub mod text;
mod unix_compress;
mod zip;

use std::io::Read;

use self::budget::{Budget, Halt};
use crate::gap::Reason;
use crate::open::ReadAt;

#[cfg(feature = "cli")]
pub(crate) use self::seek::At;
pub use self::seek::in_order;
pub use self::zip::member as zip_member;

/// A kind of wrapper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    /// One stream of bytes.
    Stream(stream::Packing),
    /// Members with names.
    Archive(archive::Kind),
}

/// What is inside a wrapper.
pub struct Member<'a> {
    /// Its name, as text; see [`crate::locator::path_text`].
    pub name: String,
    /// Its bytes, or why they cannot be had.
    pub content: Result<Box<dyn Read + 'a>, (Reason, String)>,
    /// How many bytes it has, as far as the wrapper says.
    pub size: Option<u64>,
}

/// Says nothing of what it holds.
impl std::fmt::Debug for Member<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member").field("size", &self.size).finish_non_exhaustive()
    }
}

/// The bytes of a wrapper.
pub enum Packed<'a> {
    /// That can be read from any place.
    ByOffset(&'a dyn ReadAt),
    /// That come in order.
    InOrder(Box<dyn Read + 'a>),
}

impl std::fmt::Debug for Packed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Packed::ByOffset(_) => "ByOffset",
            Packed::InOrder(_) => "InOrder",
        })
    }
}

/// The wrapper that a format is, as `open` calls it; `None` for what is no wrapper, or has no reader.
pub fn wrapper(format: &str) -> Option<Wrapper> {
    stream::Packing::of(format).map(Wrapper::Stream).or_else(|| archive::Kind::of(format).map(Wrapper::Archive))
}

/// What is known of a wrapper beside its bytes.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Its name.
    pub name: &'a str,
    /// Passwords to try on what is encrypted, in this order.
    pub passwords: &'a [String],
}

/// Says nothing: names may hold values.
impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").finish_non_exhaustive()
    }
}

/// Opens a wrapper and hands its members to `visit`, in their order, until it says to stop.
///
/// # Errors
/// Why it could not be read to its end: a [`Halt`], of which the members before it are not affected.
pub fn unpack(
    wrapper: Wrapper,
    asked: Asked<'_>,
    packed: Packed<'_>,
    budget: &Budget,
    visit: &mut dyn FnMut(Member<'_>) -> Result<(), Halt>,
) -> Result<(), Halt> {
    match wrapper {
        Wrapper::Stream(packing) => {
            let inner = packing.inner_name(asked.name);
            let reader = in_order(packed);
            budget.member()?;
            let content = stream::open(packing, reader, budget);
            visit(Member { name: inner, content: content.map_err(|halt| (halt.reason, halt.detail)), size: None })
        }
        Wrapper::Archive(kind) => archive::open(kind, asked.passwords, packed, budget, visit),
    }
}
