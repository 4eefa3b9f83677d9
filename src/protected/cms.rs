//! CMS, which S/MIME mails in (RFC 5652, RFC 8551). In: the head of a document in BER or DER, or of a mail. Out: the cipher of an
//! envelope. Refuses signed data: what is signed can be read by anybody.

use super::Protection;
use crate::decode::base64;

/// As much is looked at: recipients stand before the cipher, some 0.4 KiB each.
const LOOKED_AT: usize = 64 << 10;

/// 1.2.840.113549.1.7.3, enveloped data.
const ENVELOPED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
/// 1.2.840.113549.1.7.6, encrypted data.
const ENCRYPTED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";
/// 1.2.840.113549.1.9.16.1.23, enveloped data with an authentication code.
const AUTHENTICATED: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17";
/// 1.2.840.113549.1.7.1, data: what is in an envelope; its cipher follows.
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

/// Ciphers by their object identifiers, without tag and length, and whether they are weak (SP 800-131A: no key below 112 bits, no
/// RC4).
const CIPHERS: [(&[u8], &str, bool); 13] = [
    (b"\x60\x86\x48\x01\x65\x03\x04\x01\x02", "AES-128", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x01\x16", "AES-192", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a", "AES-256", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x01\x06", "AES-128 GCM", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x01\x1a", "AES-192 GCM", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x01\x2e", "AES-256 GCM", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x01\x07", "AES-128 CCM", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x01\x2f", "AES-256 CCM", false),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x12", "ChaCha20-Poly1305", false),
    (b"\x2a\x86\x48\x86\xf7\x0d\x03\x07", "3DES", false),
    (b"\x2a\x86\x48\x86\xf7\x0d\x03\x02", "RC2", true),
    (b"\x2a\x86\x48\x86\xf7\x0d\x03\x04", "RC4", true),
    (b"\x2b\x0e\x03\x02\x07", "DES", true),
];

/// Whether a document is an envelope.
pub(super) fn is_sealed(head: &[u8]) -> bool {
    let Some(content) = sequence(head) else { return false };
    [ENVELOPED, ENCRYPTED, AUTHENTICATED].iter().any(|oid| content.starts_with(oid))
}

/// The lock of an envelope: in BER, or armoured as OpenSSL does.
pub(super) fn look(head: &[u8]) -> Option<Protection> {
    let head = &head[..head.len().min(LOOKED_AT)];
    if is_sealed(head) {
        return Some(cipher(head));
    }
    let text = head.trim_ascii_start();
    let body = match text.starts_with(b"-----BEGIN ") {
        true => {
            let body = &text[memchr::memchr(b'\n', text)?..];
            &body[..memchr::memmem::find(body, b"-----END").unwrap_or(body.len())]
        }
        // As mail programs save it: base64 without anything around it.
        false => text,
    };
    let decoded = base64::decode(body, LOOKED_AT)?;
    is_sealed(&decoded).then(|| cipher(&decoded))
}

/// A mail whose body is an envelope. What only says so in its head and holds another thing is none.
pub(super) fn in_mail(head: &[u8]) -> Option<Protection> {
    let head = &head[..head.len().min(LOOKED_AT)];
    let blank = memchr::memmem::find(head, b"\n\r\n").or_else(|| memchr::memmem::find(head, b"\n\n"))?;
    let (fields, body) = head.split_at(blank);
    let fields = fields.to_ascii_lowercase();
    let says = |text: &[u8]| memchr::memmem::find(&fields, text).is_some();
    if !(says(b"application/pkcs7-mime") || says(b"application/x-pkcs7-mime")) {
        return None;
    }
    look(body.trim_ascii())
}

/// What is in the outer sequence, of a definite length or not.
fn sequence(head: &[u8]) -> Option<&[u8]> {
    let rest = head.strip_prefix(b"\x30")?;
    match *rest.first()? {
        0x80 => rest.get(1..),
        short @ 0..0x80 => rest.get(1..).filter(|_| short > 10),
        long @ 0x81..=0x88 => rest.get(1 + usize::from(long & 0x7f)..),
        _ => None,
    }
}

fn cipher(head: &[u8]) -> Protection {
    // The last: an envelope in an envelope would stand before it, in the clear.
    let behind = memchr::memmem::rfind(head, DATA).map(|at| &head[at + DATA.len()..]);
    // A sequence with its length, an object identifier with its length.
    let oid = behind.and_then(|behind| behind.get(4..4 + usize::from(*behind.get(3)?)).filter(|_| behind[2] == 6));
    let known = oid.and_then(|oid| CIPHERS.iter().find(|(known, _, _)| *known == oid));
    match known {
        Some((_, name, true)) => Protection::weak(format!("{name}, CMS")),
        Some((_, name, false)) => Protection::strong(format!("{name}, CMS")),
        None => Protection::strong("CMS"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(oid: &[u8]) -> Vec<u8> {
        let cipher = [&[0x30, oid.len() as u8 + 20, 6, oid.len() as u8][..], oid, &[4, 16], &[7; 16]].concat();
        [&b"\x30\x82\x03\x00"[..], ENVELOPED, b"\xa0\x82\x02\xf0", &[1; 300], DATA, &cipher, &[9; 64]].concat()
    }

    #[test]
    fn envelopes_name_their_cipher() {
        for (oid, name, weak) in CIPHERS {
            let found = look(&envelope(oid)).expect("an envelope");
            assert_eq!((found.scheme, found.weak), (format!("{name}, CMS"), weak));
        }
        let signed = [&b"\x30\x82\x03\x00"[..], &ENVELOPED[..10], b"\x02", &[1; 300]].concat();
        assert_eq!(look(&signed), None);
        assert_eq!(look(b"\x30\x03abc"), None);
        assert_eq!(look(b""), None);
    }

    #[test]
    fn a_mail_is_sealed_where_its_body_is() {
        let mail = |body: &str| {
            format!(
                "Subject: x\r\nContent-Type: application/pkcs7-mime;\r\n smime-type=enveloped-data\r\n\r\n{body}\r\n"
            )
        };
        // The first bytes of an envelope.
        let found = in_mail(mail("MIIDAAYJKoZIhvcNAQcDoIIC8AEBAQEB").as_bytes()).expect("sealed");
        assert_eq!(found.scheme, "CMS");
        assert_eq!(in_mail(mail("plain").as_bytes()), None);
        assert_eq!(in_mail(b"Subject: application/pkcs7-mime"), None);
    }
}
