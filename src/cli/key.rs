//! The key for value fingerprints. In: a file of 32 bytes, or of 64 hexadecimal digits. Out: the key. Refuses every
//! other length, so that a file given by mistake never becomes a key.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};

/// Reads the key file at `path`.
pub(super) fn read(path: &Path) -> Result<[u8; 32]> {
    let mut bytes = Vec::new();
    // A key is short: of a file that is none no more than this is read.
    let file = File::open(path).map_err(|e| Error::read(path, e))?;
    file.take(4096).read_to_end(&mut bytes).map_err(|e| Error::read(path, e))?;
    parse(&bytes).ok_or_else(|| {
        Error::Usage(format!(
            "{} is no fingerprint key: a key is 32 bytes, or 64 hexadecimal digits, and nothing else",
            path.display()
        ))
    })
}

fn parse(bytes: &[u8]) -> Option<[u8; 32]> {
    if let Ok(key) = bytes.try_into() {
        return Some(key);
    }
    let digits = bytes.trim_ascii();
    if digits.len() != 64 {
        return None;
    }
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| (digit as char).to_digit(16));
        *byte = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_32_bytes_or_64_digits() {
        assert_eq!(parse(&[7; 32]), Some([7; 32]));
        assert_eq!(parse("0a".repeat(32).as_bytes()), Some([10; 32]));
        assert_eq!(parse(format!("{}\n", "FF".repeat(32)).as_bytes()), Some([255; 32]));
        for wrong in [&b""[..], &[7; 31], &[7; 33], "0g".repeat(32).as_bytes(), "0a".repeat(33).as_bytes()] {
            assert_eq!(parse(wrong), None, "{} bytes", wrong.len());
        }
    }
}
