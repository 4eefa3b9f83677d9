//! Files whose content is on tape or in a cloud. In: an open file. Out: what says so, if its content would have to be fetched.
//! Refuses to take a file without blocks for one: small files, sparse ones and compressed zeros have none either.
//!
//! The attributes of Windows (MS-FSCC 2.6): `OFFLINE` 0x1000, `RECALL_ON_OPEN` 0x40000, `RECALL_ON_DATA_ACCESS` 0x400000, as
//! mounts of SMB and NTFS show them, and as Samba keeps them. On Linux: the state of Lustre's HSM (`trusted.hsm`: `HS_RELEASED`
//! 0x4), and what managers by DMAPI leave on a file without blocks.

use std::fs::{File, Metadata};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
#[cfg(feature = "ledger")]
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Any of the three.
const OFFLINE: u32 = 0x1000 | 0x4_0000 | 0x40_0000;

/// `HS_RELEASED` of Lustre.
const RELEASED: u32 = 0x4;

/// Attributes that hold the bits of Windows as four bytes, least first.
const BITS: [&str; 3] = ["user.cifs.dosattrib", "user.smb3.dosattrib", "system.ntfs_attrib"];

/// Attributes that managers leave on what they have moved away, on a file that has a size and no blocks: IBM Storage
/// Protect and Archive, SGI and HPE DMF.
const MANAGED: [&str; 3] = ["dmapi.IBMObj", "trusted.SGI_DMI_DMFATTR", "dmapi.SGI_DMI_DMFATTR"];

/// Bytes that may be fetched in a run.
#[derive(Debug, Default)]
pub struct Recall {
    left: AtomicU64,
}

impl Recall {
    /// So many, at most.
    pub fn new(bytes: u64) -> Recall {
        Recall { left: AtomicU64::new(bytes) }
    }

    /// Takes so many, if they are left.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let less = |left: u64| left.checked_sub(bytes);
        self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_ok()
    }
}

/// Whether the content of an open file is elsewhere: which attribute says so.
pub(super) fn of_file(file: &File, facts: &Metadata, filesystem: &str) -> Option<&'static str> {
    let read = |name: &str, buffer: &mut [u8]| rustix::fs::fgetxattr(file.as_fd(), name, buffer).ok();
    said(facts, filesystem, &read)
}

/// As [`of_file`], by its path: nothing is opened.
#[cfg(feature = "ledger")]
pub(crate) fn of_path(path: &Path, facts: &Metadata, filesystem: &str) -> Option<&'static str> {
    let read = |name: &str, buffer: &mut [u8]| rustix::fs::lgetxattr(path, name, buffer).ok();
    said(facts, filesystem, &read)
}

fn said(facts: &Metadata, filesystem: &str, read: &dyn Fn(&str, &mut [u8]) -> Option<usize>) -> Option<&'static str> {
    let hollow = facts.len() > 0 && facts.blocks() == 0;
    // These make blocks up from the size.
    let foreign = matches!(filesystem, "cifs" | "smb2" | "smb" | "ntfs" | "ntfs3" | "fuse");
    if !hollow && !foreign {
        return None;
    }
    let mut buffer = [0; 64];
    for name in BITS {
        if let Some(4) = read(name, &mut buffer[..])
            && let Some(bits) = buffer.first_chunk::<4>()
            && u32::from_le_bytes(*bits) & OFFLINE != 0
        {
            return Some(name);
        }
    }
    if let Some(length) = read("user.DOSATTRIB", &mut buffer[..])
        && samba(&buffer[..length]).is_some_and(|bits| bits & OFFLINE != 0)
    {
        return Some("user.DOSATTRIB");
    }
    if !hollow {
        return None;
    }
    // struct hsm_attrs: two numbers of four bytes, the second of which is the state.
    if let Some(8..) = read("trusted.hsm", &mut buffer[..])
        && let Some(state) = buffer[4..].first_chunk::<4>()
        && u32::from_le_bytes(*state) & RELEASED != 0
    {
        return Some("trusted.hsm");
    }
    // What is longer than the buffer is told as an error: whether it is there, an empty one asks.
    MANAGED.into_iter().find(|name| read(name, &mut []).is_some())
}

/// The bits as Samba writes them: `0x1020` in text, as far as its version says them so.
fn samba(value: &[u8]) -> Option<u32> {
    let text = value.split(|byte| *byte == 0).next()?;
    u32::from_str_radix(str::from_utf8(text).ok()?.strip_prefix("0x")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_blocks_is_offline_only_if_something_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let (hollow, whole) = (folder.path().join("hollow"), folder.path().join("whole"));
        File::create(&hollow).unwrap().set_len(1 << 20).unwrap();
        std::fs::write(&whole, "x".repeat(9000)).unwrap();
        let (none, some) = (std::fs::metadata(&hollow).unwrap(), std::fs::metadata(&whole).unwrap());
        type Attribute = (&'static str, Vec<u8>);
        let asked = |facts: &Metadata, filesystem: &str, (name, value): Attribute| {
            said(facts, filesystem, &|asked, buffer: &mut [u8]| {
                if asked != name {
                    return None;
                }
                let length = buffer.len().min(value.len());
                buffer[..length].copy_from_slice(&value[..length]);
                Some(value.len())
            })
        };
        let bits = |bits: u32| bits.to_le_bytes().to_vec();
        assert_eq!(none.blocks(), 0);
        assert_eq!(asked(&none, "ext4", ("", vec![])), None, "sparse, and nothing else");
        assert_eq!(asked(&none, "ext4", ("dmapi.IBMObj", vec![1])), Some("dmapi.IBMObj"));
        assert_eq!(asked(&some, "ext4", ("dmapi.IBMObj", vec![1])), None, "it is on disk too");
        assert_eq!(asked(&some, "cifs", ("user.cifs.dosattrib", bits(0x1020))), Some("user.cifs.dosattrib"));
        assert_eq!(asked(&some, "cifs", ("user.cifs.dosattrib", bits(0x20))), None);
        assert_eq!(asked(&some, "ntfs3", ("system.ntfs_attrib", bits(0x40_0020))), Some("system.ntfs_attrib"));
        assert_eq!(asked(&none, "xfs", ("user.DOSATTRIB", b"0x1020\0\0\x01".to_vec())), Some("user.DOSATTRIB"));
        assert_eq!(asked(&none, "xfs", ("user.DOSATTRIB", b"\0\0\x03".to_vec())), None);
        let released = [bits(0), bits(0x9 | RELEASED), bits(1)].concat();
        assert_eq!(asked(&none, "lustre", ("trusted.hsm", released)), Some("trusted.hsm"));
        assert_eq!(asked(&none, "lustre", ("trusted.hsm", [bits(0), bits(0x9)].concat())), None, "archived, and here");
    }

    #[test]
    fn a_budget_is_spent() {
        let recall = Recall::new(100);
        assert!(recall.take(60) && !recall.take(60) && recall.take(40) && !recall.take(1));
    }
}
