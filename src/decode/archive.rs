//! Archives. In: their bytes. Out: their members. Each kind has a room of its own beside this one; what they share is here.

use std::collections::HashMap;

use super::budget::{Budget, Halt};
use super::{Member, Packed, ar, cab, cpio, rar, tar, zip};

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// APPNOTE.TXT, zip64 too.
    Zip,
    /// ustar, pax, GNU and older.
    Tar,
    /// cpio in any form.
    Cpio,
    /// ar, deb.
    Ar,
    /// Cabinet.
    Cab,
    /// RAR 1.5 to 7, as far as its members are stored and not packed.
    Rar,
}

impl Kind {
    pub(super) fn of(format: &str) -> Option<Kind> {
        Some(match format {
            "zip" | "jar" | "apk" | "wheel" | "epub" => Kind::Zip,
            "tar" => Kind::Tar,
            "cpio" => Kind::Cpio,
            "ar" | "deb" => Kind::Ar,
            "cab" => Kind::Cab,
            "rar" => Kind::Rar,
            _ => return None,
        })
    }
}

/// Hands the members of an archive to `visit`.
pub(super) fn open(
    kind: Kind,
    passwords: &[String],
    packed: Packed<'_>,
    budget: &Budget,
    visit: Visit<'_>,
) -> Result<(), Halt> {
    match kind {
        Kind::Zip => zip::open(passwords, packed, budget, visit),
        Kind::Rar => rar::open(packed, budget, visit),
        Kind::Tar => tar::open(packed, budget, visit),
        Kind::Cpio => cpio::open(packed, budget, visit),
        Kind::Ar => ar::open(packed, budget, visit),
        Kind::Cab => cab::open(packed, budget, visit),
    }
}

/// What is done with each member.
pub(super) type Visit<'v> = &'v mut dyn FnMut(Member<'_>) -> Result<(), Halt>;

/// Names of members as they were given out: a second one of a name is `name#2`.
#[derive(Default)]
pub(super) struct Names(HashMap<String, u32>);

impl Names {
    /// The name of a member, from its bytes.
    pub(super) fn of(&mut self, name: &[u8]) -> String {
        use std::os::unix::ffi::OsStrExt;
        let text = crate::locator::os_text(std::ffi::OsStr::from_bytes(name));
        let times = self.0.entry(text.clone()).or_default();
        *times += 1;
        if *times > 1 { format!("{text}#{times}") } else { text }
    }
}
