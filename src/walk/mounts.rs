//! In: the text of `/proc/self/mountinfo`. Out: where the kernel's own interfaces are mounted.
//! Refuses nothing: a line that reads otherwise is passed over, and opening a file there finds out anyway.

use std::collections::HashSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::filesystem;

/// Mount points that hold no files, only the kernel's interfaces. Empty where the system does not tell.
pub(super) fn kernel_mounts() -> HashSet<PathBuf> {
    std::fs::read("/proc/self/mountinfo").map_or_else(|_| HashSet::new(), |text| parse(&text))
}

/// A line is `id parent device root MOUNT-POINT options [optional…] - TYPE source options`.
fn parse(text: &[u8]) -> HashSet<PathBuf> {
    let mut mounts = HashSet::new();
    for line in text.split(|b| *b == b'\n') {
        let fields: Vec<&[u8]> = line.split(|b| *b == b' ').collect();
        let kind = fields.iter().position(|field| *field == b"-").and_then(|dash| fields.get(dash + 1));
        if let (Some(point), Some(kind)) = (fields.get(4), kind.and_then(|kind| str::from_utf8(kind).ok()))
            && filesystem::is_kernel(kind)
        {
            mounts.insert(PathBuf::from(OsString::from_vec(unescape(point))));
        }
    }
    mounts
}

/// Space, tab, newline and backslash stand as `\ooo`.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&first, tail)) = rest.split_first() {
        let octal = tail.get(..3).filter(|digits| first == b'\\' && digits.iter().all(|b| (b'0'..=b'7').contains(b)));
        match octal {
            Some(digits) => {
                out.push(digits.iter().fold(0u8, |value, digit| value.wrapping_mul(8).wrapping_add(digit - b'0')));
                rest = &tail[3..];
            }
            None => {
                out.push(first);
                rest = tail;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_kernel_interfaces_are_taken() {
        let mounts = parse(
            b"22 28 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n\
              28 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
              40 28 0:5 / /a\\040b\\134c rw shared:2 master:1 - proc proc rw\n\
              nonsense\n",
        );
        assert_eq!(mounts, HashSet::from([PathBuf::from("/sys"), PathBuf::from("/a b\\c")]));
    }
}
