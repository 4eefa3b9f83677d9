//! Files in the values of documents: one list of patients as base64 in JSON, FHIR, XML, C-CDA, HL7, YAML and SQL, or in a
//! `data:` URL of any text, says what it says as a file, and neither bombs nor keys do harm.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::Command;

use serde_json::Value;

const LIST: &str = "mrn,last_name,first_name,dob,ssn\n\
    4471902,Nowak,Maria,1952-03-04,536-90-4398\n\
    4471955,Ortiz,Luis,1961-09-12,418-62-7715\n\
    4472018,Hale,Corinne,1948-11-30,287-55-9014\n";

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for n in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * n)) as usize & 63];
            out.push(if n <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

fn lines(text: &str, ending: &str) -> String {
    text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned() + ending).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    out.write_all(bytes).expect("packed");
    out.finish().expect("packed")
}

fn scan(name: &str, text: &str, args: &[&str]) -> (Vec<Value>, i32) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), text).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    command.arg("scan").arg(folder.path()).args(["-f", "jsonl", "--threads", "2"]).args(args);
    let output = command.output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let records = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    (records, output.status.code().expect("no signal ended it"))
}

fn of_type<'a>(records: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    records.iter().filter(move |record| record["type"] == kind)
}

/// Documents inside the file: how each is called behind its name, and its format.
fn inside(records: &[Value]) -> Vec<(String, String)> {
    let path = |record: &Value| {
        let parts = record["locator"].as_array().expect("a locator").iter().skip(1);
        parts.map(|part| part.as_str().unwrap_or_default().to_string()).collect::<Vec<_>>().join("!")
    };
    let all =
        of_type(records, "document").filter(|document| document["locator"].as_array().is_some_and(|l| l.len() > 1));
    all.map(|document| (path(document), document["format"].as_str().unwrap_or_default().to_string())).collect()
}

/// Matches by identifier in documents inside the file.
fn found(records: &[Value]) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for finding in of_type(records, "finding").filter(|f| f["locator"].as_array().is_some_and(|l| l.len() > 1)) {
        *found.entry(finding["identifier"].to_string()).or_default() += finding["matches"].as_u64().unwrap_or_default();
    }
    found
}

#[test]
fn a_list_in_a_value_says_what_it_says_as_a_file() {
    let list = LIST.to_string() + &"\n".repeat(2100);
    let (records, _) = scan("list.csv", &list, &[]);
    let mut plain: BTreeMap<String, u64> = BTreeMap::new();
    for finding in of_type(&records, "finding") {
        *plain.entry(finding["identifier"].to_string()).or_default() += finding["matches"].as_u64().unwrap_or_default();
    }
    assert_eq!(plain.get("\"ssn\""), Some(&3));
    let text = base64(list.as_bytes());
    let packed = base64(&gzip(list.as_bytes()));
    let cda = |text: &str| {
        format!(
            "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><recordTarget/><component><nonXMLBody>\
             <text mediaType=\"text/csv\" representation=\"B64\">{text}</text></nonXMLBody></component></ClinicalDocument>"
        )
    };
    for (name, document, format, place) in [
        ("a.json", format!("[{{\"id\":7,\"report\":\"{text}\"}}]"), "csv", "report"),
        ("b.json", format!("{{\"report\":\"{}\"}}", text.replace('/', "\\/").replace('+', "\\u002b")), "csv", "report"),
        ("c.json", format!("{{\"report\":\"{}\"}}", lines(&text, "\\r\\n")), "csv", "report"),
        ("d.json", format!("{{\"report\":\"data:text/csv;name=x.csv;base64,{text}\"}}"), "csv", "report"),
        ("e.json", format!("{{\"report\":\"{packed}\"}}"), "gzip", "report"),
        (
            "f.json",
            format!("{{\"resourceType\":\"Binary\",\"contentType\":\"text/csv\",\"data\":\"{text}\"}}"),
            "csv",
            "data",
        ),
        (
            "g.json",
            format!(
                "{{\"resourceType\":\"DocumentReference\",\"content\":[{{\"attachment\":{{\"contentType\":\"text/csv\",\
                 \"data\":\"{text}\"}}}}]}}"
            ),
            "csv",
            "data",
        ),
        (
            "h.xml",
            format!("<?xml version=\"1.0\"?><files><file><body>{}</body></file></files>", lines(&text, "\n")),
            "csv",
            "body",
        ),
        ("i.xml", format!("<?xml version=\"1.0\"?><files><file body=\"{text}\"/></files>"), "csv", "body"),
        ("j.xml", format!("<?xml version=\"1.0\"?><files><file><![CDATA[{text}]]></file></files>"), "csv", "file"),
        ("k.xml", cda(&text), "csv", "text"),
        ("l.xml", cda(&lines(&text, "\n        ")), "csv", "text"),
        (
            "m.xml",
            format!(
                "<Binary xmlns=\"http://hl7.org/fhir\"><contentType value=\"text/csv\"/><data value=\"{text}\"/></Binary>"
            ),
            "csv",
            "data",
        ),
        (
            "n.hl7",
            format!("MSH|^~\\&|A|B|C|D|20260101||ORU^R01|1|P|2.5\rPID|1\rOBX|1|ED|x||^text^csv^Base64^{text}\r"),
            "csv",
            "OBX",
        ),
        ("o.yaml", format!("report:\n  name: x\n  body: {text}\n  other: y\n"), "csv", "body"),
        (
            "p.sql",
            format!("CREATE TABLE files(id INT, body TEXT);\nINSERT INTO files VALUES (1, '{text}');\n"),
            "csv",
            "body",
        ),
    ] {
        let (records, code) = scan(name, &document, &[]);
        let documents = inside(&records);
        assert_eq!(code, 1, "{name}: {documents:?}");
        assert!(documents.iter().any(|(at, is)| is == format && at.contains(place)), "{name}: {documents:?}");
        assert_eq!(found(&records), plain, "{name}");
        assert_eq!(of_type(&records, "gap").count(), 0, "{name}");
    }
}

#[test]
fn a_file_of_many_pieces_is_put_together() {
    let rows: String = (0..30_000)
        .map(|n| {
            format!(
                "{},Nowak,Maria,1952-03-04,{:03}-{:02}-{:04}\n",
                4_000_000 + n * 7,
                101 + n % 500,
                11 + n % 80,
                1000 + n % 8999
            )
        })
        .collect();
    let list = format!("mrn,last_name,first_name,dob,ssn\n{rows}");
    let text = base64(list.as_bytes());
    for (name, document) in [
        ("a.json", format!("{{\"note\":\"hello\",\"report\":\"{text}\",\"after\":\"SSN 418-62-7715\"}}")),
        ("b.json", format!("{{\"report\":\"{}\"}}", lines(&text, "\\n"))),
        (
            "c.xml",
            format!("<?xml version=\"1.0\"?><r><report>\n{}</report><report>none</report></r>", lines(&text, "\n")),
        ),
        ("d.xml", format!("<?xml version=\"1.0\"?><r><report body=\"{text}\"/></r>")),
    ] {
        let (records, _) = scan(name, &document, &[]);
        assert_eq!(found(&records).get("\"ssn\""), Some(&30_000), "{name}: {:?}", inside(&records));
        assert_eq!(inside(&records).len(), 1, "{name}");
    }
}

#[test]
fn two_files_of_one_place_are_told_apart() {
    let text = base64((LIST.to_string() + &"\n".repeat(2100)).as_bytes());
    let (records, _) = scan("a.json", &format!("[{{\"body\":\"{text}\"}},{{\"body\":\"{text}\"}}]"), &[]);
    let documents = inside(&records);
    assert_eq!(documents.len(), 2, "{documents:?}");
    assert_eq!(documents[0].0.clone() + "#2", documents[1].0);
}

#[test]
fn bombs_in_values_end_at_the_limits() {
    // Half a gigabyte of nothing in some kilobytes.
    let mut bomb = zstd::Encoder::new(Vec::new(), 3).expect("a coder");
    let zeros = vec![0; 4 << 20];
    (0..128).for_each(|_| bomb.write_all(&zeros).expect("packed"));
    let bomb = base64(&bomb.finish().expect("packed"));
    let (records, _) = scan("a.json", &format!("{{\"report\":\"{bomb}\"}}"), &[]);
    let gaps: Vec<&str> = of_type(&records, "gap").filter_map(|gap| gap["reason"].as_str()).collect();
    assert!(gaps.contains(&"limit"), "{gaps:?}");
    // A document in a value in a document, and so on.
    let mut nested = LIST.to_string() + &"\n".repeat(2100);
    for _ in 0..8 {
        nested = format!("{{\"report\":\"{}\"}}", base64(nested.as_bytes()));
    }
    let (records, code) = scan("a.json", &nested, &[]);
    assert_eq!((found(&records).get("\"ssn\""), code), (Some(&3), 1));
    let (records, _) = scan("a.json", &nested, &["--limit", "depth=4"]);
    let gaps: Vec<&str> = of_type(&records, "gap").filter_map(|gap| gap["reason"].as_str()).collect();
    assert_eq!((gaps, found(&records).len()), (vec!["limit"], 0));
    // Many files: as many as there may be members.
    let one = base64(format!("%PDF-1.4\n{}", "x".repeat(600)).as_bytes());
    let many: String = (0..50).map(|_| format!("{{\"body\":\"{one}\"}},")).collect();
    let (records, _) = scan("a.json", &format!("[{many}{{}}]"), &["--limit", "members=10"]);
    assert_eq!(inside(&records).len(), 10);
    let limits: Vec<_> = of_type(&records, "gap").filter(|gap| gap["reason"] == "limit").collect();
    assert_eq!(limits.len(), 1, "said once: {limits:?}");
}

#[test]
fn what_is_no_file_makes_no_noise() {
    let noise: Vec<u8> = (0..2000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let key = base64(&noise[..256]);
    let vector = base64(&noise);
    let text = format!(
        "[{{\"token\":\"{key}\",\"sha\":\"{}\",\"vector\":\"{vector}\",\"class\":\"PatientDemographicsInquiryResponse\",\
         \"numbers\":\"{}\"}}]",
        base64(&noise[..32]),
        "536904398\\n".repeat(300)
    );
    let (records, _) = scan("a.json", &text, &[]);
    assert_eq!((inside(&records).len(), of_type(&records, "gap").count()), (0, 0));
}

fn percent(text: &str) -> String {
    let one = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(one).collect()
}

/// Quoted-printable: lines of 70, `=` before what is no letter.
fn printable(text: &str) -> String {
    let one = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("={b:02X}") };
    let letters: Vec<String> = text.bytes().map(one).collect();
    letters.chunks(20).map(|line| line.concat() + "=\r\n").collect()
}

/// Scans bytes, in a file of their own.
fn scan_bytes(name: &str, bytes: &[u8], args: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), bytes).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let output = command.arg("scan").arg(folder.path()).args(["-f", "jsonl"]).args(args).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

#[test]
fn a_list_in_a_data_url_says_what_it_says_as_a_file() {
    let list = LIST.to_string() + &"\n".repeat(2100);
    let plain = {
        let (records, _) = scan("list.csv", &list, &[]);
        let mut plain: BTreeMap<String, u64> = BTreeMap::new();
        for finding in of_type(&records, "finding") {
            *plain.entry(finding["identifier"].to_string()).or_default() +=
                finding["matches"].as_u64().unwrap_or_default();
        }
        plain
    };
    let coded = format!("data:text/csv;base64,{}", base64(list.as_bytes()));
    let percent = format!("data:text/csv;charset=utf-8,{}", percent(&list));
    let packed = format!("data:application/gzip;base64,{}", base64(&gzip(list.as_bytes())));
    let page = |url: &str| format!("<!DOCTYPE html><html><body><p>Hello</p><a href=\"{url}\">list</a></body></html>");
    let mail = |subtype: &str, encoding: &str, body: &str| {
        format!(
            "From: a@hospital.org\r\nTo: b@hospital.org\r\nSubject: list\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n"
        )
    };
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(page(&coded).encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mailbox =
        format!("From a@b Mon Nov  2 10:00:00 2026\n{}", mail("html", "7bit", &page(&coded)).replace('\r', ""));
    let hosts: Vec<(&str, Vec<u8>)> = vec![
        ("a.html", page(&coded).into_bytes()),
        ("b.html", page(&percent).into_bytes()),
        ("c.html", page(&packed).into_bytes()),
        ("d.html", format!("<html><style>p {{ background: url({coded}) }}</style><p>x</p></html>").into_bytes()),
        ("e.html", wide),
        ("f.css", format!("p {{ background: url(\"{coded}\") }}\n").into_bytes()),
        ("g.md", format!("# Lists\n\n[list]({coded}) and more\n").into_bytes()),
        ("h.txt", format!("The list is at {coded} as of today\n").into_bytes()),
        ("i.xml", format!("<?xml version=\"1.0\"?><files><file href=\"{coded}\"/></files>").into_bytes()),
        ("j.xml", format!("<?xml version=\"1.0\"?><files><file>see {percent} there</file></files>").into_bytes()),
        ("k.json", format!("{{\"report\":\"{coded}\",\"other\":\"{}\"}}", "x".repeat(30)).into_bytes()),
        ("l.json", format!("{{\"report\":\"see {} there\"}}", coded.replace('/', "\\/")).into_bytes()),
        ("m.json", format!("{{\"report\":\"{percent}\"}}").into_bytes()),
        ("n.csv", format!("id,file\n1,none\n2,\"{coded}\"\n3,none\n").into_bytes()),
        ("o.yaml", format!("report:\n  name: x\n  body: {coded}\n  other: y\n").into_bytes()),
        ("p.eml", mail("html", "quoted-printable", &printable(&page(&coded))).into_bytes()),
        ("q.eml", mail("plain", "base64", &lines(&base64(format!("Here: {coded}").as_bytes()), "\r\n")).into_bytes()),
        ("r.mbox", mailbox.into_bytes()),
        ("s.html.gz", gzip(page(&coded).as_bytes())),
        ("t.txt.gz", gzip(format!("See {coded}\n").as_bytes())),
        (
            "u.log",
            format!("2026-03-01 10:00:01 INFO wrote file={coded} ok\n2026-03-01 10:00:02 INFO done\n").into_bytes(),
        ),
    ];
    for (name, bytes) in hosts {
        let records = scan_bytes(name, &bytes, &[]);
        let documents = inside(&records);
        assert_eq!(documents.iter().filter(|(_, format)| format == "csv").count(), 1, "{name}: {documents:?}");
        let mut tables: BTreeMap<String, u64> = BTreeMap::new();
        for finding in of_type(&records, "finding").filter(|f| f["place"]["kind"] == "column") {
            *tables.entry(finding["identifier"].to_string()).or_default() +=
                finding["matches"].as_u64().unwrap_or_default();
        }
        assert_eq!(tables, plain, "{name}: {documents:?}");
        assert_eq!(of_type(&records, "gap").count(), 0, "{name}");
    }
}

#[test]
fn a_long_data_url_is_read_whole_and_what_is_behind_it_stands_where_it_stands() {
    const ROWS: u64 = 80_000;
    let rows: String = (0..ROWS)
        .map(|n| {
            format!("{},Nowak,{:03}-{:02}-{:04}\n", 4_000_000 + n * 7, 101 + n % 500, 11 + n % 80, 1000 + n % 8999)
        })
        .collect();
    let list = format!("mrn,last_name,ssn\n{rows}");
    let url = format!("data:text/csv;base64,{}", base64(list.as_bytes()));
    assert!(url.len() > 2 << 20, "more than a window");
    let text = format!("Patient SSN: 536-90-4398\n\n[list]({url})\n\nPatient SSN: 418-62-7715\n");
    let page =
        format!("<html><p>Patient SSN: 536-90-4398</p><img src=\"{url}\"><p>Patient SSN: 418-62-7715</p></html>");
    let json = format!("{{\"a\":\"Patient SSN: 536-90-4398\",\"b\":\"{url}\",\"c\":\"Patient SSN: 418-62-7715\"}}");
    for (name, text) in [("a.md", text), ("b.html", page), ("c.json", json)] {
        for packed in [false, true] {
            let bytes = if packed { gzip(text.as_bytes()) } else { text.clone().into_bytes() };
            let name = if packed { format!("{name}.gz") } else { name.to_string() };
            let records = scan_bytes(&name, &bytes, &["--matches", "--threads", "2", "--only", "ssn"]);
            assert_eq!(of_type(&records, "gap").count(), 0, "{name}");
            let depth = if packed { 2 } else { 1 };
            let is_inside = |r: &Value| r["path"].as_str().map_or(0, |path| path.matches('!').count()) >= depth;
            let of = |more: bool| {
                let rows = of_type(&records, "match").chain(of_type(&records, "finding"));
                rows.filter(move |r| is_inside(r) == more)
            };
            let inside: u64 = of(true).filter_map(|f| f["matches"].as_u64()).sum();
            assert_eq!(inside, ROWS, "{name}");
            let at: Vec<u64> = of(false).filter_map(|m| m["byte_start"].as_u64()).collect();
            let stands = |number: &str| text.find(number).expect("it is in it") as u64;
            assert_eq!(at, [stands("536-90-4398"), stands("418-62-7715")], "{name}");
        }
    }
}

/// Where the structure breaks inside of a URL, or before one, the rest is text, and its URLs are read.
#[test]
fn a_data_url_in_what_is_broken_is_read() {
    let list = LIST.to_string() + &"\n".repeat(2100);
    let url = format!("data:text/csv;base64,{}", base64(&list.repeat(20).into_bytes()));
    for (name, text) in [
        ("a.json", format!("{{\"a\":\"{url}")),
        ("b.json", format!("{{\"a\":1,}} {{{{ \"b\":\"{url}\" ")),
        ("c.html", format!("<html><!-- {url}")),
        ("d.xml", format!("<?xml version=\"1.0\"?><a><b x=\"{url}")),
    ] {
        for packed in [false, true] {
            let bytes = if packed { gzip(text.as_bytes()) } else { text.clone().into_bytes() };
            let name = if packed { format!("{name}.gz") } else { name.to_string() };
            let records = scan_bytes(&name, &bytes, &[]);
            let tables = inside(&records).iter().filter(|(_, format)| format == "csv").count();
            assert_eq!(tables, 1, "{name}: {:?}", inside(&records));
        }
    }
}

#[test]
fn pictures_and_bombs_in_data_urls_are_gaps() {
    let picture = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0"[..], &[7; 200]].concat();
    let page = |url: &str| format!("<html><p>SSN: 536-90-4398</p><img src=\"data:image/png;base64,{url}\"></html>");
    let (records, code) = scan("a.html", &page(&base64(&picture)), &[]);
    let gaps: Vec<_> = of_type(&records, "gap").map(|gap| (gap["reason"].as_str(), gap["class"].as_str())).collect();
    assert_eq!((gaps, code), (vec![(Some("no-records"), Some("inert"))], 1));
    let mut bomb = zstd::Encoder::new(Vec::new(), 3).expect("a coder");
    let zeros = vec![0; 4 << 20];
    (0..128).for_each(|_| bomb.write_all(&zeros).expect("packed"));
    let bomb = base64(&bomb.finish().expect("packed"));
    let many = page(&bomb).repeat(3);
    let (records, _) = scan("a.md", &many, &["--limit", "members=2"]);
    let gaps: Vec<&str> = of_type(&records, "gap").filter_map(|gap| gap["reason"].as_str()).collect();
    // Zeros are of no format either.
    assert!(gaps.iter().all(|reason| matches!(*reason, "limit" | "unsupported")), "{gaps:?}");
    assert!(gaps.iter().filter(|reason| **reason == "limit").count() >= 2, "{gaps:?}");
    assert!(inside(&records).len() <= 3, "{:?}", inside(&records));
}
