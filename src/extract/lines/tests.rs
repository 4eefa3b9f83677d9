//! What is made of cards, calendars, directories and settings.

use proptest::prelude::*;

use super::*;
use crate::extract::named::tests::{Listed, read_all};

const FORMS: [Form; 4] = [Form::Card, Form::Calendar, Form::Ldif, Form::Settings];

fn read(form: Form, document: &[u8], step: usize) -> Listed {
    let (values, broken, _) = read_all(Box::new(Lines::new(form)), document, step);
    (values, broken.map(|(_, broken)| broken.detail))
}

/// The values at places.
fn values(form: Form, document: &str) -> Vec<String> {
    let shown = |(place, record, _, text): (String, u64, u64, String)| {
        Some(format!("{record} {}={text}", place.strip_prefix("path: ")?))
    };
    let (values, broken) = read(form, document.as_bytes(), usize::MAX);
    assert_eq!(broken, None, "{document}");
    values.into_iter().filter_map(shown).collect()
}

#[test]
fn each_line_is_a_value() {
    let cases: [(Form, &str, &[&str]); 10] = [
        (
            Form::Card,
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Delgado;Maria;A\\;B;;\r\nFN:Maria Del\r\n gado\r\nBDAY:1957-03-14\r\nitem1.TEL;TYPE=\"a:b\":315-555-0142\r\nX-SSN:536-22-8145\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:x\r\nEND:VCARD",
            &[
                "1 N.last name=Delgado",
                "1 N.first name=Maria",
                "1 N.middle name=A;B",
                "1 FN=Maria Delgado",
                "1 BDAY=1957-03-14",
                "1 TEL=315-555-0142",
                "1 X-SSN=536-22-8145",
                "2 FN=x",
            ],
        ),
        (
            Form::Card,
            "BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:caf=C3=A9 =\nnext\nPHOTO;ENCODING=b:/9j/4AAQSkZJRgABAQAAAQ==\nNOTE;ENCODING=BASE64:U1NOIDUzNi0yMi04MTQ1\nADR;HOME:;;12 Oak St;Mobile;AL;36602;US\nEND:VCARD",
            &[
                "1 NOTE=café next",
                "1 NOTE=SSN 536-22-8145",
                "1 ADR.street address=12 Oak St",
                "1 ADR.city=Mobile",
                "1 ADR.state=AL",
                "1 ADR.zip=36602",
                "1 ADR.country=US",
            ],
        ),
        (
            Form::Calendar,
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260102\nSUMMARY:Visit\\nMaria\nATTENDEE;CN=\"Delgado, M\";RSVP=TRUE:mailto:m@x.org\nEND:VEVENT\nBEGIN:VEVENT\nDESCRIPTION:x\nEND:VEVENT\nEND:VCALENDAR",
            &["1 SUMMARY=Visit\nMaria", "1 ATTENDEE.CN=Delgado, M", "1 ATTENDEE=m@x.org", "2 DESCRIPTION=x"],
        ),
        (
            Form::Calendar,
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=x:20260304T093000\nSUMMARY:Appt - Delgado\\, Maria (echo)\nDESCRIPTION:MRN: 400\n  1\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20260305\nSUMMARY:x - Delgado, Maria\nEND:VEVENT\nEND:VCALENDAR",
            &[
                "1 DTSTART=20260304",
                "1 SUMMARY=Appt -",
                "1 SUMMARY=Delgado, Maria",
                "1 SUMMARY=(echo)",
                "1 DESCRIPTION=MRN: 400 1",
                "2 SUMMARY=x - Delgado, Maria",
            ],
        ),
        (
            Form::Ldif,
            "version: 1\n# c\ndn: uid=1,ou=x\nobjectClass: person\ncn;lang-en: Maria\n  Delgado\nsn:: RGVsZ2Fkbw==\njpegPhoto:: /9j/4AAQ\n\ndn: uid=2\nmail: a@b.org\n",
            &["1 dn=uid=1,ou=x", "1 cn=Maria Delgado", "1 sn=Delgado", "2 dn=uid=2", "2 mail=a@b.org"],
        ),
        (
            Form::Settings,
            "; c\n[patient]\nssn = 536-22-8145\nname=\"Maria Delgado\" ; c\n\n[db]\nuser: x\n",
            &["1 patient.ssn=536-22-8145", "1 patient.name=Maria Delgado", "2 db.user=x"],
        ),
        (
            Form::Settings,
            "export SSN='5'\npatient.birth.date=1957-03-14\r\nnot a setting at all\n=x\nempty=\n",
            &["1 SSN=5", "1 patient.birth.date=1957-03-14"],
        ),
        (Form::Settings, "[536-22-8145]\na=1\n", &["1 *.a=1"]),
        (Form::Card, "nothing here\n\n:x\n", &[]),
        (Form::Ldif, "-\n\n # x", &[]),
    ];
    for (form, document, expected) in cases {
        assert_eq!(values(form, document), expected, "{document}");
        check(document.as_bytes());
    }
    assert_eq!(read(Form::Card, b"BEGIN:VCARD\nFN:x", usize::MAX).1, Some("a card or event never ends"));
}

#[test]
fn settings_are_told_from_text() {
    assert!(settings(b"# c\n[a]\nb=c\nd = e\n").is_some());
    assert!(settings(b"server {\n listen 80;\n}\n").is_none());
    assert!(settings(b"").is_none());
}

#[test]
fn hostile_lines_end() {
    for part in [
        "x",
        ":",
        "=",
        "a:b\n",
        " \n",
        "a:: \n",
        "\r",
        "\0",
        "[",
        "BEGIN:VCARD\n",
        "BEGIN:VEVENT\n",
        "mrn ",
        "N:;;;",
        "a=\n ",
        "\\",
        "A;CN=\"",
    ] {
        check(part.repeat(90_000).as_bytes());
        check(format!("PHOTO;ENCODING=b:{}", part.repeat(90_000)).as_bytes());
        check(format!("a:: {}", part.repeat(90_000)).as_bytes());
    }
}

fn check(document: &[u8]) {
    for form in FORMS {
        let whole = read(form, document, usize::MAX);
        for (_, record, start, _) in &whole.0 {
            assert!(*record > 0 && *start < document.len() as u64);
        }
        assert!(
            read(form, document, 4099) == whole,
            "{form:?} {:?}",
            String::from_utf8_lossy(&document[..document.len().min(60)])
        );
    }
}

const MIXED: &str = "BEGIN:VCARD\nN:a;b\\;c\nNOTE;ENCODING=QUOTED-PRINTABLE:a=C3=\n b\nATTENDEE;CN=\"x\":mailto:y\ndn: a\nsn:: RGVs\n[sec]\nkey = \"v\"\nEND:VCARD\n";

proptest! {
    #[test]
    fn nothing_makes_it_fail(
        changes in prop::collection::vec((0..MIXED.len(), any::<u8>()), 0..12),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        end in 0..MIXED.len(),
    ) {
        let mut document = MIXED.as_bytes().to_vec();
        changes.into_iter().for_each(|(at, byte)| document[at] = byte);
        document.truncate(end);
        document.extend(bytes);
        check(&document);
    }
}
