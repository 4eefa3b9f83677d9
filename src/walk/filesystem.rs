//! In: an open file or a path. Out: the kind of file system it lies on, by the number the system calls it.
//! Refuses nothing: a number nobody named comes back as text, `0x…`; where the system tells nothing, the name is empty.

use std::path::Path;

/// What mode bits on a file system are worth as evidence of who can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeBits {
    /// They decide.
    Decide,
    /// They are the server's, which may decide otherwise (NFS with its own ACLs or mapped ids).
    Server,
    /// They are made up by the mount: who can read stands elsewhere.
    Invented,
}

/// Numbers from `statfs(2)` and the kernel's `magic.h`, with the names that `mount` uses. ext2 and ext3 share ext4's.
const NAMES: &[(u32, &str)] = &[
    (0xEF53, "ext4"),
    (0x5846_5342, "xfs"),
    (0x9123_683E, "btrfs"),
    (0x2FC1_2FC1, "zfs"),
    (0xCA45_1A4E, "bcachefs"),
    (0xF2F5_2010, "f2fs"),
    (0x3153_464A, "jfs"),
    (0x5265_4973, "reiserfs"),
    (0x0102_1994, "tmpfs"),
    (0x8584_58F6, "ramfs"),
    (0x794C_7630, "overlay"),
    (0x6969, "nfs"),
    (0xFF53_4D42, "cifs"),
    (0xFE53_4D42, "smb2"),
    (0x517B, "smb"),
    (0x4D44, "vfat"),
    (0x2011_BAB0, "exfat"),
    (0x5346_544E, "ntfs"),
    (0x7366_746E, "ntfs3"),
    (0x6573_5546, "fuse"),
    (0x0102_1997, "9p"),
    (0x00C3_6400, "ceph"),
    (0x0BD0_0BD0, "lustre"),
    (0x4750_4653, "gpfs"),
    (0x0116_1970, "gfs2"),
    (0x7461_636F, "ocfs2"),
    (0x5346_414F, "afs"),
    (0x9660, "iso9660"),
    (0x1501_3346, "udf"),
    (0x7371_7368, "squashfs"),
    (0xE0F5_E1E2, "erofs"),
    (0x786F_4256, "vboxsf"),
    (0x4244, "hfs"),
    (0x482B, "hfsplus"),
    (0x9FA0, "proc"),
    (0x6265_6572, "sysfs"),
    (0x0027_E0EB, "cgroup"),
    (0x6367_7270, "cgroup2"),
    (0x6462_6720, "debugfs"),
    (0x7472_6163, "tracefs"),
    (0x7363_6673, "securityfs"),
    (0xCAFE_4A11, "bpf"),
    (0x6265_6570, "configfs"),
    (0x6165_676C, "pstore"),
    (0xDE5E_81E4, "efivarfs"),
    (0x4249_4E4D, "binfmt_misc"),
    (0x1CD1, "devpts"),
    (0x1980_0202, "mqueue"),
    (0x6E73_6673, "nsfs"),
    (0xF97C_FF8C, "selinuxfs"),
    (0x6572_6F66, "fusectl"),
];

/// The kernel's own interfaces, shown as files: they hold no data at rest, some lie about their size, and reading
/// some has effects.
const KERNEL: [&str; 17] = [
    "proc",
    "sysfs",
    "cgroup",
    "cgroup2",
    "debugfs",
    "tracefs",
    "securityfs",
    "bpf",
    "configfs",
    "pstore",
    "efivarfs",
    "binfmt_misc",
    "devpts",
    "mqueue",
    "nsfs",
    "selinuxfs",
    "fusectl",
];

/// Whether `name` is one of the kernel's own interfaces.
pub fn is_kernel(name: &str) -> bool {
    KERNEL.contains(&name)
}

/// What mode bits on the file system called `name` are worth.
pub fn mode_bits(name: &str) -> ModeBits {
    match name {
        // An empty name: the system does not tell, and then the bits prove nothing either.
        "cifs" | "smb2" | "smb" | "vfat" | "exfat" | "ntfs" | "ntfs3" | "9p" | "vboxsf" | "" => ModeBits::Invented,
        name if name.starts_with("fuse") => ModeBits::Invented,
        "nfs" => ModeBits::Server,
        _ => ModeBits::Decide,
    }
}

/// The kind of file system that `path` lies on.
#[cfg(target_os = "linux")]
pub fn of_path(path: &Path) -> String {
    rustix::fs::statfs(path).map_or_else(|_| String::new(), |facts| name_of(facts.f_type as u32))
}

/// The kind of file system that an open file lies on.
#[cfg(target_os = "linux")]
pub(crate) fn of_file(file: &std::fs::File) -> String {
    rustix::fs::fstatfs(file).map_or_else(|_| String::new(), |facts| name_of(facts.f_type as u32))
}

/// The kind of file system that `path` lies on.
#[cfg(not(target_os = "linux"))]
pub fn of_path(_path: &Path) -> String {
    String::new()
}

/// The kind of file system that an open file lies on.
#[cfg(not(target_os = "linux"))]
pub(crate) fn of_file(_file: &std::fs::File) -> String {
    String::new()
}

#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn name_of(number: u32) -> String {
    NAMES
        .iter()
        .find(|(known, _)| *known == number)
        .map_or_else(|| format!("0x{number:x}"), |(_, name)| (*name).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_distinct() {
        for (n, (number, name)) in NAMES.iter().enumerate() {
            assert!(NAMES[..n].iter().all(|(a, b)| a != number && b != name), "{name} stands twice");
        }
    }

    #[test]
    fn kernel_interfaces_have_numbers() {
        for name in KERNEL {
            assert!(NAMES.iter().any(|(_, known)| *known == name), "{name} has no number");
        }
    }

    #[test]
    fn shares_and_foreign_disks_invent_their_mode_bits() {
        assert_eq!(mode_bits("cifs"), ModeBits::Invented);
        assert_eq!(mode_bits("fuse"), ModeBits::Invented);
        assert_eq!(mode_bits("nfs"), ModeBits::Server);
        assert_eq!(mode_bits("xfs"), ModeBits::Decide);
        assert_eq!(name_of(0xdead), "0xdead");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn proc_is_recognised() {
        assert_eq!(of_path(Path::new("/proc")), "proc");
        assert!(is_kernel("proc"));
    }
}
