//! Files and volumes that are encrypted as a whole and say so in their first bytes. In: the head. Out: what they say of the
//! cipher and of who can open it. Refuses nothing: a mark was found before.

use super::{Protection, u32_at};
use crate::decode::base64;

/// The lock of a container of a format as `open` calls it.
pub(super) fn look(format: &str, head: &[u8]) -> Option<Protection> {
    match format {
        "age" => age(head),
        // The cipher is not said in the file: only who made it knows.
        "openssl" => Some(Protection::strong("OpenSSL enc, by password")),
        "luks" => luks(head),
        "bitlocker" => Some(Protection::strong("BitLocker")),
        "keepass" => Some(Protection::strong("KeePass, by password")),
        "aes crypt" => Some(Protection::strong("AES-256, AES Crypt, by password")),
        _ => None,
    }
}

/// age-encryption.org/v1: recipients, one a stanza that starts with `->`.
fn age(head: &[u8]) -> Option<Protection> {
    let decoded;
    let mut text = head;
    if head.starts_with(b"-----BEGIN") {
        let body = &head[memchr::memchr(b'\n', head)?..];
        let body = &body[..memchr::memmem::find(body, b"-----END").unwrap_or(body.len())];
        decoded = base64::decode(body, 64 << 10)?;
        text = &decoded;
    }
    let lines = text.split(|b| *b == b'\n').take(4096).take_while(|line| !line.starts_with(b"---"));
    let stanzas: Vec<&[u8]> = lines.filter_map(|line| line.strip_prefix(b"-> ")).collect();
    let first = stanzas.first()?.split(|b| *b == b' ').next()?;
    let known = ["X25519", "ssh-rsa", "ssh-ed25519", "piv-p256", "mlkem768x25519"];
    let by = match (known.iter().find(|name| name.as_bytes() == first), stanzas.len()) {
        _ if first == b"scrypt" => "by password".to_string(),
        (Some(kind), 1) => format!("for 1 key ({kind})"),
        (Some(kind), many) => format!("for {many} keys ({kind})"),
        (None, many) => format!("for {many} keys"),
    };
    Some(Protection::strong(format!("ChaCha20-Poly1305, age, {by}")))
}

/// LUKS 1: cipher and mode as text at 8 and 40, bytes of the key at 108 (On-Disk Format Specification 1.2.3, figure 1). LUKS 2: JSON
/// behind the first 4 KiB (LUKS2 On-Disk Format Specification 3).
fn luks(head: &[u8]) -> Option<Protection> {
    let version = u16::from_be_bytes(head.get(6..8)?.try_into().ok()?);
    let word = |bytes: &[u8]| {
        let end = bytes.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_'));
        String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).into_owned()
    };
    let cipher = match version {
        1 => {
            let (cipher, mode) = (word(head.get(8..40)?), word(head.get(40..72)?));
            let bits = 8 * u32::from_be_bytes(head.get(108..112)?.try_into().ok()?).min(128);
            format!("{cipher}-{mode}, {bits} bits")
        }
        _ => {
            let at = memchr::memmem::find(head, b"\"encryption\":\"")? + 14;
            word(head.get(at..(at + 40).min(head.len()))?)
        }
    };
    let weak = cipher.starts_with("cipher_null");
    let scheme = format!("{cipher}, LUKS {version}");
    Some(if weak { Protection::weak(scheme) } else { Protection::strong(scheme) })
}

/// Whether a document is a KeePass database: two marks, of KDB and KDBX.
pub(super) fn is_keepass(head: &[u8]) -> bool {
    u32_at(head, 0) == Some(0x9aa2_d903) && matches!(u32_at(head, 4), Some(0xb54b_fb65..=0xb54b_fb67))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_say_their_cipher() {
        let scheme = |format: &str, head: &[u8]| look(format, head).map(|found| found.scheme);
        let age = b"age-encryption.org/v1\n-> X25519 abc\nAAAA\n-> X25519 def\nBBBB\n--- mac\n\0\xff";
        assert_eq!(scheme("age", age).as_deref(), Some("ChaCha20-Poly1305, age, for 2 keys (X25519)"));
        let age = b"age-encryption.org/v1\n-> scrypt salt 18\nAAAA\n--- mac\n";
        assert_eq!(scheme("age", age).as_deref(), Some("ChaCha20-Poly1305, age, by password"));
        let mut luks = b"LUKS\xba\xbe\0\x01aes".to_vec();
        luks.resize(40, 0);
        luks.extend(b"xts-plain64");
        luks.resize(108, 0);
        luks.extend([0, 0, 0, 64]);
        assert_eq!(scheme("luks", &luks).as_deref(), Some("aes-xts-plain64, 512 bits, LUKS 1"));
        let mut luks = b"LUKS\xba\xbe\0\x02".to_vec();
        luks.resize(4096, 0);
        luks.extend(br#"{"segments":{"0":{"encryption":"aes-xts-plain64","#);
        assert_eq!(scheme("luks", &luks).as_deref(), Some("aes-xts-plain64, LUKS 2"));
        assert_eq!(scheme("luks", b"LUKS\xba\xbe"), None);
    }

    #[test]
    fn key_safes_are_known() {
        assert!(is_keepass(b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01\0"));
        assert!(!is_keepass(b"\x03\xd9\xa2\x9a"));
    }
}
