//! Messages made here: what comes out of them, whole and damaged.

use std::io::{Cursor, Write};

use super::*;
use crate::rich::tests::Collected;

fn collected(bytes: &[u8], reader: crate::rich::Reader) -> Collected {
    let mut parts = Collected::default();
    reader(Asked::default(), &mut Cursor::new(bytes), &mut parts).expect("read");
    parts
}

fn told(parts: &Collected) -> Vec<(String, Form, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8").replace("\r\n", "\n");
    parts.parts.iter().map(|(part, bytes)| (part.name.clone(), part.form, text(bytes))).collect()
}

const LETTER: &str = "Received: from x by y; Mon, 2 Nov 2026 10:00:00 +0000\r\nFrom: =?utf-8?q?Jos=C3=A9?= <jose@example.org>\r\n\
To: \"Ann Miller\" <ann@example.org>\r\nSubject: Patient\r\n 536-90-4399\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n\
--c\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nS=E9e DOB: 04/01/1950\r\n\
--c\r\nContent-Type: text/html\r\n\r\n<p>HTML</p>\r\n--c--\r\n\
--b\r\nContent-Type: text/csv; name=\"list.csv\"\r\nContent-Disposition: attachment; filename=\"list.csv\"\r\n\
Content-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n\
--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: bo@example.org\r\nMIME-Version: 1.0\r\n\r\ninner\r\n--b--\r\n";

#[test]
fn a_message_is_taken_apart() {
    let told = told(&collected(LETTER.as_bytes(), read));
    let names: Vec<_> = told.iter().map(|(name, form, _)| (name.as_str(), *form)).collect();
    assert_eq!(
        names,
        [
            ("body", Form::Body),
            ("headers", Form::Text),
            ("body.html", Form::File),
            ("list.csv", Form::File),
            ("message 5.eml", Form::File)
        ]
    );
    assert_eq!(told[0].2, "Sée DOB: 04/01/1950\n");
    assert_eq!(
        told[1].2,
        "From: José <jose@example.org>\nTo: Ann Miller <ann@example.org>\nSubject: Patient 536-90-4399\n"
    );
    assert_eq!(told[3].2, "a,b\n1,2\n");
    assert!(told[4].2.starts_with("From: bo@example.org") && told[4].2.contains("inner"), "{:?}", told[4].2);
}

#[test]
fn html_that_says_the_same_is_not_read_twice() {
    let same = LETTER.replace("<p>HTML</p>", "<p>S&eacute;e <b>DOB</b>: 04/01/1950</p>");
    assert!(told(&collected(same.as_bytes(), read)).iter().all(|(name, ..)| name != "body.html"));
}

#[test]
fn a_file_of_apple_mail_is_a_message() {
    let letter = "From: a@example.org\nMIME-Version: 1.0\n\ntext\n";
    let emlx = format!("{}        \n{letter}<?xml version=\"1.0\"?><plist/>", letter.len());
    assert_eq!(told(&collected(emlx.as_bytes(), read))[0].2, "text\n");
}

#[test]
fn a_mailbox_is_one_text_and_its_attachments() {
    let mbox = format!(
        "From a@example.org Mon Nov  2 10:00:00 2026\nFrom: a@example.org\nSubject: one\n\nFrom here\n\n\
         From b@example.org Mon Nov  2 10:00:01 2026\r\n{LETTER}"
    );
    let told = told(&collected(mbox.as_bytes(), read));
    assert_eq!(told[0].1, Form::Body);
    assert_eq!(told[0].2.matches('\u{c}').count(), 2);
    assert!(told[0].2.contains("Subject: one\n\nFrom here\n") && told[0].2.contains("536-90-4399"));
    assert_eq!(told[1].0, "message 2/list.csv");
}

#[test]
fn what_is_encrypted_is_said() {
    let smime = "From: a@example.org\nMIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CA\n";
    assert_eq!(
        collected(smime.as_bytes(), read).gaps,
        [(Some("smime.p7m".to_string()), Reason::Encrypted, "S/MIME".to_string())]
    );
    let pgp = "From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\n--b--\n";
    let parts = collected(pgp.as_bytes(), read);
    assert_eq!(parts.gaps, [(Some("body".to_string()), Reason::Encrypted, "PGP/MIME".to_string())]);
}

#[test]
fn a_message_of_outlook_is_taken_apart() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
    let mut put = |path: &str, bytes: &[u8]| {
        file.create_storage_all(std::path::Path::new(path).parent().expect("a folder")).expect("a storage");
        file.create_stream(path).expect("a stream").write_all(bytes).expect("written");
    };
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    put("/__properties_version1.0", &[0; 32]);
    put("/__substg1.0_0037001F", &wide("Patient list"));
    put("/__substg1.0_1000001F", &wide("SSN: 536-90-4399"));
    put("/__recip_version1.0_#00000000/__substg1.0_3001001E", b"Ann Miller");
    put("/__attach_version1.0_#00000000/__substg1.0_3707001F", &wide("list.csv"));
    put("/__attach_version1.0_#00000000/__substg1.0_37010102", b"a,b\n1,2\n");
    let inner = "/__attach_version1.0_#00000001/__substg1.0_3701000D";
    put(&format!("{inner}/__properties_version1.0"), &[0; 24]);
    put(&format!("{inner}/__substg1.0_1000001F"), &wide("inner"));
    let bytes = file.into_inner().into_inner();
    let told = told(&collected(&bytes, read_msg));
    let body = |n: usize| (told[n].0.as_str(), told[n].2.as_str());
    assert_eq!(body(0), ("body", "SSN: 536-90-4399"));
    assert_eq!(body(1), ("headers", "Subject: Patient list\nName: Ann Miller\n"));
    assert_eq!(body(2), ("list.csv", "a,b\n1,2\n"));
    assert_eq!(body(3), ("attachment 2", "\ninner"));
    for length in (0..bytes.len()).step_by(97) {
        let _ = read_msg(Asked::default(), &mut Cursor::new(&bytes[..length]), &mut Collected::default());
    }
}

#[test]
fn a_winmail_is_taken_apart() {
    let mut bytes = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    let mut put = |level: u8, id: u32, data: &[u8]| {
        bytes.push(level);
        bytes.extend(id.to_le_bytes());
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes.extend([0, 0]);
    };
    put(1, 0x0001_8004, b"Subject here\0");
    let mut list = vec![1, 0, 0, 0, 0x1e, 0, 0, 0x10, 1, 0, 0, 0, 17, 0, 0, 0];
    list.extend(b"SSN: 536-90-4399\0\0\0\0");
    put(1, 0x0006_9003, &list);
    put(2, 0x0006_9002, &[0; 14]);
    put(2, 0x0001_8010, b"list.csv\0");
    put(2, 0x0006_800f, b"a,b\n");
    let told = told(&collected(&bytes, read_tnef));
    let told: Vec<_> = told.iter().map(|(name, _, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(told, [("body", "SSN: 536-90-4399"), ("headers", "Subject: Subject here\n"), ("list.csv", "a,b\n")]);
    for length in 0..bytes.len() {
        let _ = read_tnef(Asked::default(), &mut Cursor::new(&bytes[..length]), &mut Collected::default());
    }
}
