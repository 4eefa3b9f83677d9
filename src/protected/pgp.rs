//! OpenPGP (RFC 9580, RFC 4880). In: the head of a document, binary or armoured. Out: for whom or by what a message is encrypted.
//! Refuses signed, compressed and literal packets: they are not encrypted, whatever the file is called.

use super::Protection;
use crate::decode::base64;

/// As much of a message is looked at: its session keys stand first, some 0.5 KiB each.
const LOOKED_AT: usize = 64 << 10;
/// Packets that are looked at.
const PACKETS: usize = 256;
const BEGIN: &[u8] = b"-----BEGIN PGP MESSAGE-----";

/// Packet tags: RFC 9580 5.
const PUBLIC_SESSION: u8 = 1;
const PASSWORD_SESSION: u8 = 3;
const SECRET_KEY: u8 = 5;
const SECRET_SUBKEY: u8 = 7;
const ENCRYPTED: u8 = 9;
const MARKER: u8 = 10;
const ENCRYPTED_WITH_MDC: u8 = 18;
const ENCRYPTED_AEAD: u8 = 20;

/// The lock of a message, in any form.
pub(super) fn look(head: &[u8]) -> Option<Protection> {
    if let Some(at) = memchr::memmem::find(&head[..head.len().min(LOOKED_AT)], BEGIN) {
        return message(&dearmoured(&head[at..])?);
    }
    message(head)
}

/// An armoured message in the first 64 KiB of a text.
pub(super) fn in_text(head: &[u8]) -> Option<Protection> {
    let head = &head[..head.len().min(LOOKED_AT)];
    let at = memchr::memmem::find(head, BEGIN)?;
    message(&dearmoured(&head[at..])?)
}

/// Whether a document starts as an encrypted message does, in binary.
pub(super) fn is_message(head: &[u8]) -> bool {
    head.first().is_some_and(|first| first & 0x80 != 0) && message(head).is_some()
}

/// Whether a document is a ring of secret keys, armoured or not.
pub(super) fn is_secret_key(head: &[u8]) -> bool {
    if memchr::memmem::find(head, b"-----BEGIN PGP PRIVATE KEY BLOCK-----").is_some() {
        return true;
    }
    match packet(head) {
        // A version that there is, and a length that a key has.
        Some((SECRET_KEY | SECRET_SUBKEY, body, _)) => matches!(body, [2..=6, ..]) && body.len() > 16,
        _ => false,
    }
}

/// The bytes of the first armoured block: header lines, an empty line, base64, a checksum.
fn dearmoured(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.split(|b| *b == b'\n').skip(1).map(<[u8]>::trim_ascii);
    lines.by_ref().find(|line| line.is_empty())?;
    let mut body = Vec::new();
    for line in lines.take_while(|line| !line.starts_with(b"=") && !line.starts_with(b"-")) {
        body.extend_from_slice(line);
        if body.len() > LOOKED_AT {
            break;
        }
    }
    base64::decode(&body, LOOKED_AT)
}

/// Tag, body as far as it is here, and what comes behind it; of a body in pieces only the first.
fn packet(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if first & 0x80 == 0 {
        return None;
    }
    let be = |n: usize| Some(rest.get(..n)?.iter().fold(0usize, |sum, b| sum << 8 | usize::from(*b)));
    let (tag, length, skip) = if first & 0x40 == 0 {
        // RFC 9580 4.2.2: the old format.
        let (length, skip) = match first & 3 {
            0 => (be(1)?, 1),
            1 => (be(2)?, 2),
            2 => (be(4)?, 4),
            _ => (usize::MAX, 0),
        };
        (first >> 2 & 0xf, length, skip)
    } else {
        let (length, skip) = match *rest.first()? {
            short @ 0..=191 => (usize::from(short), 1),
            192..=223 => (be(2)? - (192 << 8) + 192, 2),
            255 => (be(5)? & 0xffff_ffff, 5),
            partial => (1 << (partial & 0x1f), 1),
        };
        (first & 0x3f, length, skip)
    };
    let body = &rest[skip..];
    Some((tag, &body[..body.len().min(length)], &body[body.len().min(length)..]))
}

fn message(bytes: &[u8]) -> Option<Protection> {
    let (mut rest, mut recipients, mut passwords) = (bytes, 0, 0);
    let (mut algorithm, mut cipher) = ("", "");
    for _ in 0..PACKETS {
        let (tag, body, behind) = packet(rest)?;
        match (tag, body) {
            (MARKER, b"PGP") => {}
            (PUBLIC_SESSION, [version @ (2 | 3 | 6), fields @ ..]) => {
                // Version 6 gives the length of what names the key first.
                let at = if *version == 6 { 1 + usize::from(*fields.first()?) } else { 8 };
                algorithm = match fields.get(at)? {
                    1..=3 => "RSA",
                    16 | 20 => "Elgamal",
                    18 => "ECDH",
                    25 => "X25519",
                    26 => "X448",
                    // Post-quantum, of drafts and what follows them.
                    29..=40 | 105..=110 => "post-quantum",
                    _ => return None,
                };
                recipients += 1;
            }
            (PASSWORD_SESSION, [4, symmetric, ..] | [5, symmetric, ..] | [6, _, symmetric, ..]) => {
                cipher = symmetric_name(*symmetric)?;
                passwords += 1;
            }
            (ENCRYPTED_WITH_MDC, [2, symmetric, ..]) | (ENCRYPTED_AEAD, [1, symmetric, ..]) => {
                return Some(told(symmetric_name(*symmetric)?, algorithm, recipients, passwords));
            }
            (ENCRYPTED_WITH_MDC, [1, ..]) | (ENCRYPTED, [_, ..]) if recipients + passwords > 0 => {
                return Some(told(cipher, algorithm, recipients, passwords));
            }
            _ => return None,
        }
        if behind.is_empty() && recipients + passwords > 0 {
            // The head ends here, or the message stands in a file of its own.
            return Some(told(cipher, algorithm, recipients, passwords));
        }
        rest = behind;
    }
    Some(told(cipher, algorithm, recipients, passwords))
}

/// RFC 9580 9.3.
fn symmetric_name(id: u8) -> Option<&'static str> {
    Some(match id {
        1 => "IDEA",
        2 => "3DES",
        3 => "CAST5",
        4 => "Blowfish",
        7 => "AES-128",
        8 => "AES-192",
        9 => "AES-256",
        10 => "Twofish",
        11 => "Camellia-128",
        12 => "Camellia-192",
        13 => "Camellia-256",
        _ => return None,
    })
}

fn told(cipher: &str, algorithm: &str, recipients: usize, passwords: usize) -> Protection {
    let mut scheme = String::from("OpenPGP");
    if recipients > 0 {
        let keys = if recipients == 1 { "key" } else { "keys" };
        scheme.push_str(&format!(", for {recipients} public {keys} ({algorithm})"));
    }
    if passwords > 0 {
        scheme.push_str(", by password");
    }
    match cipher {
        "" => Protection::strong(scheme),
        cipher => Protection::strong(format!("{cipher}, {scheme}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A session key for one RSA key, then data with a modification code: what `gpg -e` writes.
    fn for_a_key() -> Vec<u8> {
        let mut bytes = vec![0x85, 0x01, 0x0c, 3, 1, 2, 3, 4, 5, 6, 7, 8, 1];
        bytes.resize(3 + 0x10c, 0x5a);
        bytes.extend([0xd2, 40, 1]);
        bytes.resize(bytes.len() + 39, 0xa5);
        bytes
    }

    #[test]
    fn messages_say_for_whom_they_are() {
        let scheme = |bytes: &[u8]| look(bytes).map(|found| found.scheme);
        assert_eq!(scheme(&for_a_key()).as_deref(), Some("OpenPGP, for 1 public key (RSA)"));
        // What `gpg -c` writes: version 4, AES-256, an iterated hash.
        let by_password = [&[0x8c, 13, 4, 9, 3, 8][..], &[7; 9], &[0xd2, 40, 1], &[9; 39]].concat();
        assert_eq!(scheme(&by_password).as_deref(), Some("AES-256, OpenPGP, by password"));
        assert!(is_message(&by_password) && is_message(&for_a_key()));
        // Compressed, signed, literal; and bytes that only start alike.
        for open in
            [&[0xa3, 1, 0x5a][..], &[0x90, 13, 3, 0], &[0xcb, 9, b'b'], &[0x85, 0x01, 0x0c, 9], b"\x8c\x0dhello"]
        {
            assert_eq!(scheme(open), None);
        }
    }

    #[test]
    fn armour_is_taken_off() {
        let body = "hQEMAwECAwQFBgcIAVpaWlpa\nWlpaWg==";
        let text = format!(
            "Dear all,\n\n-----BEGIN PGP MESSAGE-----\nVersion: 1\n\n{body}\n=abcd\n-----END PGP MESSAGE-----\n"
        );
        let found = in_text(text.as_bytes()).expect("a message");
        assert_eq!(found.scheme, "OpenPGP, for 1 public key (RSA)");
        assert_eq!(in_text(b"-----BEGIN PGP MESSAGE----- is how a message starts"), None);
    }

    #[test]
    fn secret_keys_are_told_from_public_ones() {
        assert!(is_secret_key(b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ"));
        assert!(!is_secret_key(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ"));
        let ring = |first: u8| [&[first, 3, 0x98, 4][..], &[1; 60]].concat();
        assert!(is_secret_key(&ring(0x95)));
        assert!(!is_secret_key(&ring(0x99)));
    }
}
