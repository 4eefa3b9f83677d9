//! Digests that stand where a number was: MD5, SHA-1, SHA-256, SHA-512 in hex or base64. In: bytes. Out: whether they are one.
//! Refuses words, numbers and other encodings.
//!
//! There are 898·99·9,999 SSNs, some 889 million: a plain digest of one is found by trying them all within seconds. So a
//! digest protects less than it seems to, unless a key or a long salt went in, and that cannot be seen.

use super::blank::loose;
use super::{Normal, Setting, Valid, Verdict};
use crate::finding::Protection;

/// Whether a value is a digest.
pub fn is_digest(value: &[u8]) -> bool {
    is_hex(value) || is_base64(value)
}

/// 32, 40, 64 or 128 hexadecimal digits of one case, letters and digits among them as chance mixes them: of 32 or more
/// at least a sixth each.
fn is_hex(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"0x").unwrap_or(value);
    let value = value.strip_prefix(b"\\x").unwrap_or(value);
    if !matches!(value.len(), 32 | 40 | 64 | 128) || !value.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let small = value.iter().filter(|b| b.is_ascii_lowercase()).count();
    letters * 6 >= value.len() && (value.len() - letters) * 6 >= value.len() && (small == 0 || small == letters)
}

/// Base64 of 16, 20, 32 or 64 bytes with its padding: digits, small and capital letters among them.
fn is_base64(value: &[u8]) -> bool {
    let padding = match value.len() {
        24 | 88 => 2,
        28 | 44 => 1,
        _ => return false,
    };
    let (body, equals) = value.split_at(value.len() - padding);
    equals.iter().all(|b| *b == b'=')
        && body.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'))
        && body.iter().any(u8::is_ascii_digit)
        && body.iter().any(u8::is_ascii_lowercase)
        && body.iter().any(u8::is_ascii_uppercase)
}

/// The verdict on a value that may be a digest of an identifier.
pub(super) fn verdict(value: &[u8]) -> Option<Verdict> {
    is_digest(value).then(|| {
        // The whole digest would not fit; its first 47 bytes tell people apart as well.
        let normal = Normal::of(value);
        Verdict::Valid(Valid { protection: Protection::Hashed, test: false, normal, measure: 0 })
    })
}

/// A digest behind the label of an SSN.
pub fn ssn(bytes: &[u8], _setting: Setting) -> Verdict {
    verdict(loose(bytes)).unwrap_or(Verdict::Invalid("no digest"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_told_from_numbers_and_words() {
        for (value, expected) in [
            ("9b74c9897bac770ffc029102a200c5de", true),
            ("9B74C9897BAC770FFC029102A200C5DE", true),
            ("9b74c9897bac770ffc029102a200c5de9b74c989", true),
            ("15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", true),
            ("0x15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", true),
            ("FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=", true),
            ("m3TJiXusdw/8ApECogDF3g==", true),
            ("9b74c9897bac770ffc029102a200c5d", false),
            ("9b74C9897bac770ffc029102a200c5de", false),
            ("12345678901234567890123456789012", false),
            ("00000000000000000000000000000000", false),
            ("536-90-4398", false),
        ] {
            assert_eq!(is_digest(value.as_bytes()), expected, "{value}");
        }
    }
}
