//! Bytes of which nobody knows what they are. In: the first of them, and the name. Out: whether they are noise, and the lock
//! that a name and a size speak for. Refuses to call noise encrypted for itself: what is packed tightly looks the same, and would
//! be data that nobody protected.

use super::Protection;

/// Fewer bytes say too little.
const LEAST: usize = 1024;
/// The most bytes that are counted.
const LOOKED_AT: usize = 64 << 10;
/// The sum of squares over its expectation has the mean 255 and the deviation √(2·255) ≈ 22.6 for bytes that are all alike
/// in number; six deviations to either side. What is deflated gives more than 400 at 64 KiB; a counter or a table of all bytes 0.
const RANGE: std::ops::Range<f64> = 120.0..391.0;

/// Names that a lock goes with, and what it is called.
const NAMES: [(&[&str], &str, u64); 4] = [
    // SQLCipher, SQLite's own extension and their like: no header, pages of a power of two.
    (&["db", "db3", "sqlite", "sqlite3", "sdb", "s3db"], "an encrypted SQLite file, by its name and size", 512),
    // The header is noise too; sectors of 512 bytes.
    (&["hc", "tc", "vc"], "a VeraCrypt volume, by its name and size", 512),
    (&["gpg", "pgp", "asc"], "encrypted, by its name", 1),
    (&["enc", "aes", "encrypted", "crypt", "cpt", "axx", "kgb"], "encrypted, by its name", 1),
];

/// Whether all bytes are alike in number, as in what is encrypted, and no two that follow each other tell more.
pub(super) fn is_noise(head: &[u8]) -> bool {
    let head = &head[..head.len().min(LOOKED_AT)];
    if head.len() < LEAST {
        return false;
    }
    let mut single = [0u32; 256];
    // The difference of neighbours: a picture or a table of numbers shows there what it hides in the bytes.
    let mut steps = [0u32; 256];
    head.iter().for_each(|b| single[usize::from(*b)] += 1);
    head.windows(2).for_each(|pair| steps[usize::from(pair[1].wrapping_sub(pair[0]))] += 1);
    [single, steps].iter().all(|counts| {
        let total: u32 = counts.iter().sum();
        let expected = f64::from(total) / 256.0;
        let spread: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        RANGE.contains(&spread)
    })
}

/// The lock of noise whose name says that it has one.
pub(super) fn look(name: &str, head: &[u8], size: u64) -> Option<Protection> {
    if !is_noise(head) {
        return None;
    }
    let ending = name.rsplit(['/', '!']).next()?.rsplit_once('.')?.1.to_ascii_lowercase();
    let (_, scheme, unit) = NAMES.iter().find(|(endings, _, _)| endings.contains(&ending.as_str()))?;
    size.is_multiple_of(*unit).then(|| Protection::strong(*scheme))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn noise(length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        blake3::Hasher::new().update(b"noise").finalize_xof().fill(&mut bytes);
        bytes
    }

    #[test]
    fn noise_is_told_from_what_has_structure() {
        for length in [1024, 4096, 10_000, 1 << 20] {
            assert!(is_noise(&noise(length)), "{length}");
        }
        assert!(!is_noise(&noise(1000)), "too short to say");
        let counter: Vec<u8> = (0..20_000_u32).map(|n| n as u8).collect();
        assert!(!is_noise(&counter));
        let text = "member 4471902 Nowak Maria 1952-03-04\n".repeat(4000);
        assert!(!is_noise(text.as_bytes()));
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        for n in 0..60_000_u64 {
            let line = format!("{},{:x},Nowak\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40, n * n);
            packed.write_all(line.as_bytes()).expect("packed");
        }
        assert!(!is_noise(&packed.finish().expect("packed")), "deflated text shows its codes");
    }

    #[test]
    fn a_name_makes_noise_a_lock() {
        let bytes = noise(8192);
        let scheme = |name: &str, size| look(name, &bytes, size).map(|found| found.scheme);
        assert!(scheme("in/members.db", 8192).expect("locked").contains("SQLite"));
        assert_eq!(scheme("in/members.db", 8193), None);
        assert!(scheme("vault.HC", 1 << 20).expect("locked").contains("VeraCrypt"));
        assert_eq!(scheme("a.bin", 8192), None);
        assert_eq!(look("a.db", &[0; 8192], 8192), None);
    }
}
