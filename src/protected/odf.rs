//! OpenDocument files with a password (ODF 1.3 part 2, 3.4; LibreOffice's wholesome form, which packs all members into one). In: a
//! zip. Out: the cipher that its manifest names. Refuses manifests above 4 MiB.

use super::Protection;
use crate::decode;
use crate::open::ReadAt;

/// The most of a manifest that is read.
const MANIFEST: usize = 4 << 20;

/// The lock of an OpenDocument file.
pub(super) fn look(bytes: &dyn ReadAt) -> Option<Protection> {
    let manifest = decode::zip_member(bytes, "META-INF/manifest.xml", MANIFEST)?;
    let at = memchr::memmem::find(&manifest, b"encryption-data")?;
    let behind = &manifest[at..(at + 4096).min(manifest.len())];
    let value = |key: &str| {
        let at = memchr::memmem::find(behind, key.as_bytes())? + key.len();
        let rest = behind.get(at..)?;
        Some(&rest[..memchr::memchr2(b'"', b'\'', rest)?])
    };
    // `algorithm-name` itself, not that of the start key or the checksum, which have names of their own.
    let named = value(":algorithm-name=\"").or_else(|| value(":algorithm-name='")).unwrap_or_default();
    // ODF 1.3 part 2, 4.8.1: names and IRIs.
    let ciphers: [(&[u8], &str); 7] = [
        (b"aes256-gcm", "AES-256 GCM"),
        (b"aes256-cbc", "AES-256"),
        (b"aes192-cbc", "AES-192"),
        (b"aes128-cbc", "AES-128"),
        (b"Blowfish CFB", "Blowfish"),
        (b"blowfish", "Blowfish"),
        (b"tripledes-cbc", "3DES"),
    ];
    let cipher = ciphers.iter().find(|(end, _)| named.ends_with(end)).map(|(_, name)| *name);
    let whole = memchr::memmem::find(&manifest, b"encrypted-package").is_some();
    let form = if whole { "OpenDocument, wholesome" } else { "OpenDocument" };
    Some(Protection::strong(match cipher {
        Some(cipher) => format!("{cipher}, {form}"),
        None => form.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn document(manifest: &str) -> Vec<u8> {
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, text) in
            [("mimetype", "application/vnd.oasis.opendocument.text"), ("META-INF/manifest.xml", manifest)]
        {
            out.start_file(name, stored).expect("a member");
            out.write_all(text.as_bytes()).expect("packed");
        }
        out.finish().expect("packed").into_inner()
    }

    fn entry(path: &str, cipher: &str) -> String {
        format!(
            "<manifest:manifest><manifest:file-entry manifest:full-path=\"{path}\"><manifest:encryption-data \
            manifest:checksum-type=\"urn:x#sha256-1k\"><manifest:algorithm manifest:algorithm-name=\"{cipher}\"/>\
            <manifest:key-derivation manifest:key-derivation-name=\"PBKDF2\"/></manifest:encryption-data>\
            </manifest:file-entry></manifest:manifest>"
        )
    }

    #[test]
    fn the_manifest_names_the_cipher() {
        let scheme = |manifest: &str| look(&document(manifest)).map(|found| found.scheme);
        let cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
        assert_eq!(scheme(&entry("content.xml", cbc)).as_deref(), Some("AES-256, OpenDocument"));
        let gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
        assert_eq!(scheme(&entry("encrypted-package", gcm)).as_deref(), Some("AES-256 GCM, OpenDocument, wholesome"));
        assert_eq!(scheme(&entry("content.xml", "Blowfish CFB")).as_deref(), Some("Blowfish, OpenDocument"));
        assert_eq!(scheme("<manifest:manifest/>"), None);
        assert_eq!(look(&b"PK\x03\x04".to_vec()), None);
    }
}
