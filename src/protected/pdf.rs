//! PDF (ISO 32000-2, 7.6). In: its bytes. Out: the scheme of its encryption dictionary. Refuses to follow its objects further
//! than to that one. Whether it opens without a password only its reader finds out: a document that only restricts printing has the
//! same dictionary.

use super::{Leaves, Protection, piece};
use crate::open::ReadAt;

/// Bytes that are looked at where a trailer may stand: at both ends, and where the end points to.
const NEAR: usize = 64 << 10;
/// The most bytes in which the dictionary is looked for.
const FAR: u64 = 256 << 20;
/// Bytes read at a time.
const WINDOW: usize = 1 << 20;
/// A dictionary is not longer: recipients of a public-key handler may make it so, but stand behind what is looked at.
const DICTIONARY: usize = 8 << 10;

/// The lock of a PDF.
pub(super) fn look(bytes: &dyn ReadAt) -> Option<Protection> {
    let tail = piece(bytes, bytes.size().saturating_sub(NEAR as u64), NEAR);
    let near = startxref(&tail).map(|at| piece(bytes, at, NEAR));
    let head = || Some(piece(bytes, 0, NEAR));
    let dictionary = trailer(&tail).map(|(region, at)| (region.to_vec(), at)).or_else(|| {
        let region = near.filter(|region| trailer(region).is_some()).or_else(head)?;
        let at = trailer(&region)?.1;
        Some((region, at))
    });
    let (region, at) = dictionary?;
    let behind = &region[at..];
    if behind.starts_with(b"<<") {
        return Some(scheme(behind));
    }
    Some(scheme(&object(bytes, behind)?))
}

/// Where the last `startxref` points.
fn startxref(tail: &[u8]) -> Option<u64> {
    let at = memchr::memmem::rfind(tail, b"startxref")? + 9;
    number(tail[at..].trim_ascii_start())
}

fn number(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count().min(18);
    str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

/// The value of `/Encrypt` where it stands among the other keys of a trailer: the region, and its place there.
fn trailer(region: &[u8]) -> Option<(&[u8], usize)> {
    for at in memchr::memmem::rfind_iter(region, b"/Encrypt") {
        let behind = &region[at + 8..];
        let value = behind.trim_ascii_start();
        let blank = behind.len() - value.len();
        let fits = value.starts_with(b"<<") || value.first().is_some_and(u8::is_ascii_digit) && blank > 0;
        let around = &region[at.saturating_sub(4096)..(at + 4096).min(region.len())];
        if fits && [&b"/Root"[..], b"/Size", b"/ID"].iter().any(|key| memchr::memmem::find(around, key).is_some()) {
            return Some((region, at + 8 + blank));
        }
    }
    None
}

/// The object that `reference` names, from its dictionary on. It never stands in a stream of objects (7.6.1).
fn object(bytes: &dyn ReadAt, reference: &[u8]) -> Option<Vec<u8>> {
    let mut parts = reference.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty());
    let (object, generation) = (number(parts.next()?)?, number(parts.next()?)?);
    let wanted = format!("{object} {generation} obj");
    let finder = memchr::memmem::Finder::new(&wanted);
    let end = bytes.size().min(FAR);
    let mut from = 0;
    // The last one counts: what is saved again stands behind what it was.
    let mut found = None;
    while from < end {
        let window = piece(bytes, from, WINDOW + wanted.len());
        for at in finder.find_iter(&window) {
            if at == 0 || !window[at - 1].is_ascii_digit() {
                found = Some(from + (at + wanted.len()) as u64);
            }
        }
        from += WINDOW as u64;
    }
    Some(piece(bytes, found?, DICTIONARY))
}

/// What follows a key, in the dictionary or one in it.
fn value<'a>(dictionary: &'a [u8], key: &str) -> Option<&'a [u8]> {
    memchr::memmem::find_iter(dictionary, key).find_map(|at| {
        let behind = &dictionary[at + key.len()..];
        let ends = behind.first().is_some_and(|b| b.is_ascii_whitespace() || b"/<([".contains(b));
        ends.then(|| behind.trim_ascii_start())
    })
}

fn scheme(from: &[u8]) -> Protection {
    let dictionary = &from[..memchr::memmem::find(from, b"endobj").unwrap_or(from.len()).min(DICTIONARY)];
    let whole = |key: &str| value(dictionary, key).and_then(number);
    let named = |key: &str| {
        let name = value(dictionary, key)?.strip_prefix(b"/")?;
        let end = name.iter().position(|b| !(b.is_ascii_alphanumeric() || b"._-".contains(b))).unwrap_or(name.len());
        str::from_utf8(&name[..end.min(32)]).ok()
    };
    // 7.6.2, table 20; 7.6.6, table 25. Lengths are in bits; some writers give bytes.
    let bits = match whole("/Length").unwrap_or(40) {
        bytes @ 5..=32 => bytes * 8,
        bits @ 40..=256 => bits,
        _ => 40,
    };
    let (cipher, weak) = match (whole("/V").unwrap_or(0), named("/CFM")) {
        (5.., _) | (_, Some("AESV3")) => ("AES-256".to_string(), false),
        (_, Some("AESV2")) => ("AES-128".to_string(), false),
        (4, _) => ("RC4-128".to_string(), true),
        (2 | 3, _) => (format!("RC4-{bits}"), true),
        _ => ("RC4-40".to_string(), true),
    };
    let found = match named("/Filter") {
        None | Some("Standard") => Protection::strong(format!("{cipher}, PDF")).leaving(Leaves::Perhaps),
        Some("Adobe.PubSec" | "AdobePPKLite" | "Entrust.PPKEF") => {
            Protection::strong(format!("{cipher}, PDF, for public keys"))
        }
        Some(_) => Protection::strong("PDF, by a rights management of its own"),
    };
    Protection { weak, ..found }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdf(dictionary: &str, trailer: &str) -> Vec<u8> {
        let mut out = format!(
            "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n12 0 obj\n<< /V 1 >>\nendobj\n2 0 obj\n{dictionary}\nendobj\n"
        );
        let at = out.len();
        out.push_str(&format!(
            "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 3 /Root 1 0 R {trailer} /ID [<00><00>] >>\n"
        ));
        out.push_str(&format!("startxref\n{at}\n%%EOF\n"));
        out.into_bytes()
    }

    #[test]
    fn the_dictionary_names_the_cipher() {
        for (dictionary, scheme, weak) in [
            ("<< /Filter /Standard /V 1 /R 2 /P -4 >>", "RC4-40, PDF", true),
            ("<< /Filter /Standard /V 2 /R 3 /Length 128 >>", "RC4-128, PDF", true),
            (
                "<</Filter/Standard/V 4/R 4/Length 128/CF<</StdCF<</CFM/AESV2/Length 16>>>>/StmF/StdCF>>",
                "AES-128, PDF",
                false,
            ),
            ("<</Filter/Standard/V 4/R 4/CF<</StdCF<</CFM/V2/Length 16>>>>/StmF/StdCF>>", "RC4-128, PDF", true),
            (
                "<</CF<</StdCF<</CFM/AESV3>>>>/Filter/Standard/V 5/R 6/Length 256/EncryptMetadata true>>",
                "AES-256, PDF",
                false,
            ),
            (
                "<</Filter/Adobe.PubSec/V 5/CF<</A<</CFM/AESV3/Recipients[<00>]>>>>>>",
                "AES-256, PDF, for public keys",
                false,
            ),
        ] {
            for bytes in [pdf(dictionary, "/Encrypt 2 0 R"), pdf("<< >>", &format!("/Encrypt {dictionary}"))] {
                let found = look(&bytes).expect("locked");
                assert_eq!((found.scheme.as_str(), found.weak), (scheme, weak), "{dictionary}");
            }
        }
    }

    #[test]
    fn an_open_one_has_none() {
        assert_eq!(look(&pdf("<< /V 1 >>", "/Info 2 0 R")), None);
        assert_eq!(look(&b"%PDF-1.4\n(how to /Encrypt 5 things)".to_vec()), None);
        assert_eq!(look(&pdf("<< >>", "/Encrypt 99 0 R")), None);
        assert_eq!(look(&Vec::new()), None);
    }
}
