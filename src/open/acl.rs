//! Access control lists as attributes hold them. In: the bytes of `system.nfs4_acl` (RFC 7530, 6.2; the XDR of a list of
//! ACEs, as the Linux client of NFS gives it) or of `system.cifs_acl` (MS-DTYP 2.4.6, a security descriptor). Out: the widest
//! circle that may read. Refuses what is cut short or malformed: then nothing is known.

use crate::finding::ReadableBy;

/// `ACE4_READ_DATA` and `FILE_READ_DATA`.
const READ_DATA: u32 = 1;
/// `GENERIC_READ` and `GENERIC_ALL` (MS-DTYP 2.4.3).
const GENERIC: u32 = 0x8000_0000 | 0x1000_0000;

/// Who may read by a list of NFS version 4.
pub(super) fn nfs4(bytes: &[u8]) -> Option<ReadableBy> {
    let word = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let mut at = 4;
    let mut widest = ReadableBy::Owner;
    for _ in 0..word(0)? {
        let (kind, mask, length) = (word(at)?, word(at + 8)?, word(at + 12)? as usize);
        let who = bytes.get(at + 16..(at + 16).checked_add(length)?)?;
        at = (at + 16 + length).next_multiple_of(4);
        // The first entry that speaks of a right decides: who is refused it first is not given it later.
        match (kind, who) {
            _ if mask & READ_DATA == 0 => {}
            (0, b"EVERYONE@") => return Some(ReadableBy::World),
            (1, b"EVERYONE@") => break,
            (0, b"OWNER@") => {}
            (0, b"GROUP@") if widest == ReadableBy::Owner => widest = ReadableBy::Group,
            (0, _) if who != b"GROUP@" => widest = ReadableBy::Acl,
            _ => {}
        }
    }
    Some(widest)
}

/// Who may read by a security descriptor of Windows. Everyone, all who signed in, the computer's users and the domain's
/// are the world here.
pub(super) fn cifs(bytes: &[u8]) -> Option<ReadableBy> {
    let half = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    // `SE_DACL_PRESENT`: without a list everyone may do everything.
    const PRESENT: u16 = 4;
    let list = word(16)? as usize;
    if half(2)? & PRESENT == 0 || list == 0 {
        return Some(ReadableBy::World);
    }
    let owner = word(4)? as usize;
    let owner = if owner == 0 { None } else { sid(bytes, owner) };
    let mut at = list.checked_add(8)?;
    let mut widest = ReadableBy::Owner;
    for _ in 0..half(list.checked_add(4)?)? {
        let (kind, size, mask) = (*bytes.get(at)?, usize::from(half(at + 2)?), word(at + 4)?);
        let who = sid(bytes, at + 8)?;
        at = at.checked_add(size.max(8))?;
        if mask & (READ_DATA | GENERIC) == 0 {
            continue;
        }
        match kind {
            0 if is_world(who) => return Some(ReadableBy::World),
            0 if Some(who) != owner => widest = ReadableBy::Acl,
            1 if is_world(who) => break,
            _ => {}
        }
    }
    Some(widest)
}

/// The identity at `at`: revision, count of sub-authorities, six bytes of authority, the sub-authorities (MS-DTYP 2.4.2).
fn sid(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let count = usize::from(*bytes.get(at.checked_add(1)?)?);
    bytes.get(at..at.checked_add(8 + 4 * count)?)
}

fn is_world(sid: &[u8]) -> bool {
    // S-1-1-0 everyone, S-1-5-7 anonymous, S-1-5-11 authenticated users, S-1-5-32-545 users; …-513 domain users.
    matches!(sid, [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
        || matches!(sid, [1, 1, 0, 0, 0, 0, 0, 5, 7 | 11, 0, 0, 0])
        || matches!(sid, [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x21, 2, 0, 0])
        || matches!(sid, [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, .., 1, 2, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ace4(kind: u32, mask: u32, who: &str) -> Vec<u8> {
        let mut ace = Vec::new();
        for word in [kind, 0, mask, who.len() as u32] {
            ace.extend(word.to_be_bytes());
        }
        ace.extend(who.bytes());
        ace.resize(ace.len().next_multiple_of(4), 0);
        ace
    }

    #[test]
    fn lists_of_nfs_say_who() {
        for (entries, expected) in [
            (vec![ace4(0, 1, "OWNER@"), ace4(0, 1, "EVERYONE@")], ReadableBy::World),
            (vec![ace4(0, 1, "OWNER@"), ace4(0, 1, "GROUP@")], ReadableBy::Group),
            (vec![ace4(0, 1, "OWNER@"), ace4(0, 1, "rosa@lab.net")], ReadableBy::Acl),
            (vec![ace4(1, 1, "EVERYONE@"), ace4(0, 1, "EVERYONE@")], ReadableBy::Owner),
            (vec![ace4(0, 1, "OWNER@"), ace4(0, 0x20, "EVERYONE@")], ReadableBy::Owner),
        ] {
            let mut list = (entries.len() as u32).to_be_bytes().to_vec();
            list.extend(entries.concat());
            assert_eq!(nfs4(&list), Some(expected));
            assert_eq!(nfs4(&list[..18]), None, "cut short");
        }
        assert_eq!(nfs4(&[0xFF; 20]), None);
    }

    #[test]
    fn descriptors_of_windows_say_who() {
        let everyone = [1u8, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        let domain = [1u8, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 7, 7, 1, 2, 0, 0];
        let somebody = [1u8, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 7, 7, 0x51, 4, 0, 0];
        let descriptor = |kind: u8, mask: u32, who: &[u8]| {
            let mut bytes = vec![1, 0, 4, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0];
            bytes.extend([2, 0, 0, 0, 1, 0, 0, 0, kind, 0, 8 + who.len() as u8, 0]);
            bytes.extend(mask.to_le_bytes());
            bytes.extend(who);
            bytes
        };
        for (bytes, expected) in [
            (descriptor(0, 0x1F01FF, &everyone), ReadableBy::World),
            (descriptor(0, 1, &domain), ReadableBy::World),
            (descriptor(0, 1, &somebody), ReadableBy::Acl),
            (descriptor(1, 1, &everyone), ReadableBy::Owner),
            (descriptor(0, 0x20, &everyone), ReadableBy::Owner),
        ] {
            assert_eq!(cifs(&bytes), Some(expected));
        }
        assert_eq!(cifs(&descriptor(0, 1, &everyone)[..40]), None);
        assert_eq!(cifs(&[0xFF; 64]), None);
    }
}
