//! Small documents that ask for much: of Office, PDF, databases and columnar files. Each ends as gaps `limit` in bounded time and
//! memory, says nothing else, and what stands beside it is read.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

/// However busy the machine is: a debug build reads some 20 MiB in a second.
const LONG: Duration = Duration::from_secs(150);

/// A deflate stream of `head`, then a stretch `times` over, then `tail`, without packing the same thing again and again.
fn deflated(head: &[u8], stretch: &[u8], times: usize, tail: &[u8]) -> Vec<u8> {
    // A block that ends at a byte and refers to nothing before it can be repeated as it is.
    let block = |bytes: &[u8], end: flate2::FlushCompress| {
        let mut packer = flate2::Compress::new(flate2::Compression::best(), false);
        let mut out = Vec::with_capacity(bytes.len() + 1024);
        packer.compress_vec(bytes, &mut out, end).expect("packed");
        out
    };
    let mut out = block(head, flate2::FlushCompress::Full);
    let repeated = block(stretch, flate2::FlushCompress::Full);
    (0..times).for_each(|_| out.extend(&repeated));
    out.extend(block(tail, flate2::FlushCompress::Finish));
    out
}

/// A member that is deflated already: name, bytes, size and sum as it says.
type Member<'a> = (&'a str, Vec<u8>, u64, u32);

fn zip(members: &[Member<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes, size, sum) in members {
        let at = out.len() as u32;
        // Above 4 GiB the size stands in an extra field (APPNOTE 4.5.3).
        let extra: Vec<u8> = match u32::try_from(*size) {
            Ok(_) => Vec::new(),
            Err(_) => [&[1, 0, 16, 0][..], &size.to_le_bytes(), &(bytes.len() as u64).to_le_bytes()].concat(),
        };
        let large = !extra.is_empty();
        let known = |n: u64| if large { u32::MAX } else { n as u32 };
        let common = |out: &mut Vec<u8>| {
            [45u16, 0, 8, 0, 0].iter().for_each(|n| out.extend(n.to_le_bytes()));
            [*sum, known(bytes.len() as u64), known(*size)].iter().for_each(|n| out.extend(n.to_le_bytes()));
            [name.len() as u16, extra.len() as u16].iter().for_each(|n| out.extend(n.to_le_bytes()));
        };
        out.extend(b"PK\x03\x04");
        common(&mut out);
        out.extend(name.bytes());
        out.extend(&extra);
        out.extend(bytes);
        directory.extend(b"PK\x01\x02\x2d\0");
        common(&mut directory);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.bytes());
        directory.extend(&extra);
    }
    let start = out.len() as u32;
    let (length, count) = (directory.len() as u32, members.len() as u16);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    [count, count].iter().for_each(|n| out.extend(n.to_le_bytes()));
    [length, start].iter().for_each(|n| out.extend(n.to_le_bytes()));
    out.extend([0, 0]);
    out
}

fn member<'a>(name: &'a str, text: &str) -> Member<'a> {
    let mut sum = flate2::Crc::new();
    sum.update(text.as_bytes());
    (name, deflated(text.as_bytes(), b"", 0, b""), text.len() as u64, sum.sum())
}

/// One whose end nobody should come to: its sum is none.
fn bomb<'a>(name: &'a str, head: &str, stretch: &str, times: usize, tail: &str) -> Member<'a> {
    let size = head.len() as u64 + stretch.len() as u64 * times as u64 + tail.len() as u64;
    (name, deflated(head.as_bytes(), stretch.as_bytes(), times, tail.as_bytes()), size, 0)
}

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A workbook of one sheet.
fn workbook(sheet: Member<'_>, strings: Member<'_>) -> Vec<u8> {
    let relation =
        |id: &str, kind: &str, to: &str| format!("<Relationship Id=\"{id}\" Type=\"{RELS}/{kind}\" Target=\"{to}\"/>");
    let root = format!(
        "<Relationships xmlns=\"{PACKAGE}\">{}</Relationships>",
        relation("r1", "officeDocument", "xl/workbook.xml")
    );
    let of_book =
        relation("r1", "worksheet", "worksheets/sheet1.xml") + &relation("r2", "sharedStrings", "sharedStrings.xml");
    let of_book = format!("<Relationships xmlns=\"{PACKAGE}\">{of_book}</Relationships>");
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELS}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    zip(&[
        member("[Content_Types].xml", TYPES),
        member("_rels/.rels", &root),
        member("xl/workbook.xml", &book),
        member("xl/_rels/workbook.xml.rels", &of_book),
        sheet,
        strings,
    ])
}

fn no_strings() -> Member<'static> {
    member("xl/sharedStrings.xml", &format!("<sst xmlns=\"{MAIN}\"><si><t>x</t></si></sst>"))
}

/// One object behind the other, and a table that says where.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let (mut out, mut starts) = (b"%PDF-1.7\n".to_vec(), Vec::new());
    for (n, object) in objects.iter().enumerate() {
        starts.push(out.len());
        out.extend(format!("{} 0 obj\n", n + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    starts.iter().for_each(|at| out.extend(format!("{at:010} 00000 n \n").bytes()));
    let size = objects.len() + 1;
    out.extend(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").bytes());
    out
}

/// A PDF of one page with this content, and one object more.
fn page(content: Vec<u8>, beside: Vec<u8>) -> Vec<u8> {
    let node = |text: &str| text.as_bytes().to_vec();
    pdf(&[
        node("<</Type/Catalog/Pages 2 0 R/Extra 5 0 R>>"),
        node("<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        node("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>"),
        content,
        beside,
    ])
}

fn flate(bytes: &[u8]) -> Vec<u8> {
    // RFC 1950: a head of two bytes; readers that never come to the end never ask for its sum.
    let packed = [&b"\x78\xda"[..], bytes, b"\0\0\0\0"].concat();
    [format!("<</Length {}/Filter/FlateDecode>>stream\n", packed.len()).into_bytes(), packed, b"\nendstream".to_vec()]
        .concat()
}

struct Told {
    /// Reasons of gaps at the document or in it.
    reasons: Vec<String>,
    details: String,
    code: i32,
    spent: Duration,
}

/// Scans the document with a note beside it, which must be found.
fn scan(name: &str, bytes: &[u8]) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), bytes).expect("a file");
    fs::write(folder.path().join("zz.txt"), "Patient SSN: 536-90-4398\n").expect("a file");
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let output = command.arg("scan").arg(folder.path()).args(["-f", "jsonl", "--threads", "1"]).output().expect("runs");
    let spent = begun.elapsed();
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    assert_eq!(records.last().expect("a summary")["complete"], true, "{name}");
    let note = records.iter().any(|record| record["type"] == "finding" && record["locator"][0] == "zz.txt");
    assert!(note, "{name}: what stands beside it is read");
    let gaps: Vec<&Value> = records.iter().filter(|record| record["type"] == "gap").collect();
    let reasons = gaps.iter().map(|gap| gap["reason"].as_str().unwrap_or_default().to_string()).collect();
    let details = gaps.iter().map(|gap| format!("{} {}\n", gap["path"], gap["detail"])).collect();
    Told { reasons, details, code: output.status.code().expect("no signal ended it"), spent }
}

/// Gaps for limits only, at the document and at the part of it, in time.
fn ends(name: &str, bytes: &[u8]) {
    let told = scan(name, bytes);
    assert!(!told.reasons.is_empty() && told.reasons.len() <= 2, "{name}: {}", told.details);
    assert!(told.reasons.iter().all(|reason| reason == "limit"), "{name}: {}", told.details);
    assert_eq!(told.code, 1, "{name}: the note");
    assert!(told.spent < LONG, "{name}: {:?}", told.spent);
}

#[test]
#[cfg(feature = "office")]
fn a_gigabyte_in_a_member_of_a_workbook() {
    let row = "<row><c t=\"inlineStr\"><is><t>nothing of interest</t></is></c></row>".repeat(16_000);
    let times = (1 << 30) / row.len();
    let head = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>");
    let sheet = bomb("xl/worksheets/sheet1.xml", &head, &row, times, "</sheetData></worksheet>");
    ends("rows.xlsx", &workbook(sheet, no_strings()));
}

#[test]
#[cfg(feature = "office")]
fn a_long_string_in_a_million_cells() {
    let strings = format!("<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>", "nothing of interest ".repeat(50_000));
    let strings = member("xl/sharedStrings.xml", &strings);
    let head = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>");
    let rows = "<row><c t=\"s\"><v>0</v></c></row>".repeat(10_000);
    let sheet = bomb("xl/worksheets/sheet1.xml", &head, &rows, 100, "</sheetData></worksheet>");
    ends("strings.xlsx", &workbook(sheet, strings));
}

#[test]
#[cfg(feature = "office")]
fn a_gigabyte_of_paragraphs() {
    let paragraph = "<w:p><w:r><w:t>nothing of interest</w:t></w:r></w:p>".repeat(20_000);
    let times = (1 << 30) / paragraph.len();
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let root = format!(
        "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" Type=\"{RELS}/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
    );
    let head = format!("<w:document xmlns:w=\"{space}\"><w:body>");
    let body = bomb("word/document.xml", &head, &paragraph, times, "</w:body></w:document>");
    ends("long.docx", &zip(&[member("[Content_Types].xml", TYPES), member("_rels/.rels", &root), body]));
}

#[test]
#[cfg(feature = "pdf")]
fn a_gigabyte_in_a_stream_of_a_pdf() {
    let line = b"BT /F1 11 Tf 72 720 Td (nothing of interest) Tj ET\n".repeat(20_000);
    let content = deflated(b"", &line, (1 << 30) / line.len(), b"");
    ends("stream.pdf", &page(flate(&content), b"null".to_vec()));
}

#[test]
#[cfg(feature = "pdf")]
fn values_inside_each_other_without_end() {
    for (name, open, close) in [("lists.pdf", "[", "]"), ("dictionaries.pdf", "<</A ", ">>")] {
        let deep = format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
        let told = scan(name, &page(b"<</Length 0>>stream\n\nendstream".to_vec(), deep.into_bytes()));
        // Whatever a reader makes of it: it is said, at once, and it is no crash.
        assert!(told.spent < LONG, "{name}: {:?}", told.spent);
        let honest = |reason: &String| ["limit", "malformed", "image"].contains(&reason.as_str());
        assert!(told.reasons.iter().all(honest) && told.reasons.len() <= 2, "{name}: {}", told.details);
    }
}

#[test]
#[cfg(feature = "sqlite")]
fn lists_of_free_pages_that_come_back_to_themselves() {
    let mut database = rusqlite::Connection::open_in_memory().expect("a database");
    database
        .execute_batch(
            "PRAGMA page_size = 512; CREATE TABLE t(a TEXT, ssn TEXT);
             WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 400)
             INSERT INTO t SELECT printf('%.*c', 300, 'x'), '536-90-' || (1000 + n) FROM c; DELETE FROM t WHERE rowid > 40;",
        )
        .expect("statements");
    let bytes = database.serialize(rusqlite::MAIN_DB).expect("bytes").to_vec();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let trunk = number(32);
    assert!(trunk > 1, "there are free pages");
    let at = (trunk as usize - 1) * 512;
    for next in [trunk, 1, 2, u32::MAX, 0x7fff_ffff] {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].copy_from_slice(&next.to_be_bytes());
        // So many leaves as no page can hold, and each of them the trunk itself.
        bytes[at + 4..at + 8].copy_from_slice(&u32::MAX.to_be_bytes());
        bytes[at + 8..at + 508].chunks_exact_mut(4).for_each(|leaf| leaf.copy_from_slice(&trunk.to_be_bytes()));
        let told = scan("free.db", &bytes);
        assert!(told.spent < LONG && told.code == 1, "{next}: {:?}, exit {}", told.spent, told.code);
        assert!(told.reasons.iter().all(|reason| reason == "malformed"), "{next}: {}", told.details);
    }
    // A tree whose inner pages are their own children: each page is read once.
    let mut bytes = bytes.clone();
    for at in (512..bytes.len()).step_by(512) {
        bytes[at] = 5;
        bytes[at + 8..at + 12].copy_from_slice(&2u32.to_be_bytes());
    }
    let told = scan("tree.db", &bytes);
    assert_eq!((told.reasons.as_slice(), told.code), (&["malformed".to_string()][..], 1), "{}", told.details);
}

#[test]
#[cfg(feature = "columnar")]
fn one_long_value_in_a_million_rows() {
    use parquet::data_type::{ByteArray, ByteArrayType};
    let schema =
        parquet::schema::parser::parse_message_type("message s { required binary note (UTF8); }").expect("a schema");
    let mut bytes = Vec::new();
    let mut writer =
        parquet::file::writer::SerializedFileWriter::new(&mut bytes, schema.into(), std::sync::Arc::default())
            .expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let mut column = group.next_column().expect("a column").expect("one");
    // In a dictionary it is kept once.
    let values = vec![ByteArray::from("nothing of interest ".repeat(1000).as_str()); 20_000];
    for _ in 0..10 {
        column.typed::<ByteArrayType>().write_batch(&values, None, None).expect("written");
    }
    column.close().expect("closed");
    group.close().expect("closed");
    writer.close().expect("closed");
    assert!(bytes.len() < 1 << 20, "{} bytes for 4 GB", bytes.len());
    ends("notes.parquet", &bytes);
}
