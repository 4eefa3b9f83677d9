//! Documents that somebody locked. In: what is known of a document: its format, its name, its head, and its bytes where they can
//! be read from any place. Out: the scheme that locks it, and whether that scheme keeps anything; and, for a gap, the key that lies
//! beside it. Refuses to open anything: who has the password is asked elsewhere ([`crate::decode`], [`crate::rich`]).
//!
//! What a document says of its own lock is believed only as far as it reads as such; nothing here is a measure of a password.

mod cms;
mod compound;
mod containers;
pub mod keys;
mod odf;
mod office;
mod parquet;
mod pdf;
mod pgp;
mod unknown;

use crate::gap::Reason;
use crate::open::ReadAt;

/// How a document is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// The scheme, in one clause: `AES-256, OOXML agile`. Holds no content.
    pub scheme: String,
    /// Whether it falls to known attacks whatever the password is: then it protects nothing.
    pub weak: bool,
    /// What it leaves to be read.
    pub leaves: Leaves,
}

/// What a lock leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Nothing.
    Nothing,
    /// All of it, perhaps: it may open without a password, which only a reader of the format finds out.
    Perhaps,
    /// What stands around it.
    Rest,
}

impl Protection {
    fn strong(scheme: impl Into<String>) -> Protection {
        Protection { scheme: scheme.into(), weak: false, leaves: Leaves::Nothing }
    }

    fn weak(scheme: impl Into<String>) -> Protection {
        Protection { weak: true, ..Protection::strong(scheme) }
    }

    fn leaving(self, leaves: Leaves) -> Protection {
        Protection { leaves, ..self }
    }

    /// The reason of the gap it makes.
    pub fn reason(&self) -> Reason {
        if self.weak { Reason::WeakEncryption } else { Reason::Encrypted }
    }
}

/// The lock of a document of a format as `open` calls it; `None` for one that has none. `head` is what it starts with; `bytes` is
/// all of it, where that can be had.
pub fn look(format: &str, name: &str, head: &[u8], bytes: Option<&dyn ReadAt>) -> Option<Protection> {
    let bytes = bytes.unwrap_or(&head);
    match format {
        "pgp" => pgp::look(head),
        "pkcs7" => cms::look(head),
        "age" | "openssl" | "luks" | "bitlocker" | "aes crypt" | "keepass" => containers::look(format, head),
        "pdf" => pdf::look(bytes),
        "ole" | "doc" | "xls" | "ppt" | "docx" | "xlsx" | "xlsb" | "pptx" => office::look(bytes),
        "odt" | "ods" | "odp" | "odf" => odf::look(bytes),
        "parquet" => parquet::look(bytes),
        "unknown" => unknown::look(name, head, bytes.size()),
        _ => None,
    }
}

/// The lock of a part of a text: an armoured message in it, a mail of which all but the head is sealed.
pub fn in_text(head: &[u8]) -> Option<Protection> {
    pgp::in_text(head).or_else(|| cms::in_mail(head)).map(|found| found.leaving(Leaves::Rest))
}

/// The format of what has no mark of its own and reads as a locked document.
pub fn format(name: &str, head: &[u8]) -> Option<&'static str> {
    if pgp::is_message(head) {
        return Some("pgp");
    }
    // In base64 it is a text like any other, but for how it starts or what it is called.
    let armoured = || head.starts_with(b"-----BEGIN CMS") || head.starts_with(b"-----BEGIN PKCS7");
    let named = || name.to_ascii_lowercase().ends_with(".p7m");
    let sealed = cms::is_sealed(head) || (armoured() || named()) && cms::look(head).is_some();
    sealed.then_some("pkcs7")
}

/// Whether bytes have no structure at all, as what is encrypted has none; see `unknown`. What is packed tightly looks alike.
pub fn is_noise(head: &[u8]) -> bool {
    unknown::is_noise(head)
}

impl ReadAt for &[u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        (**self).read_at(offset, buffer)
    }
}

/// Up to `length` bytes from `offset`, fewer where the document ends or cannot be read.
fn piece(bytes: &dyn ReadAt, offset: u64, length: usize) -> Vec<u8> {
    let length = length.min(usize::try_from(bytes.size().saturating_sub(offset)).unwrap_or(usize::MAX));
    let mut piece = vec![0; length];
    let got = bytes.read_at(offset, &mut piece).unwrap_or(0);
    piece.truncate(got);
    piece
}

/// Two bytes, little endian.
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// Four bytes, little endian.
fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
