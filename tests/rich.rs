//! One list of patients as databases, columnar files, mail and PDF hold it: through the program, its workers and all, it says what the
//! same list says as CSV.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::Arc;

use lopdf::{Dictionary, Object, Stream, dictionary};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use serde_json::Value;

const HEADER: [&str; 6] = ["mrn", "last_name", "first_name", "birth_date", "ssn", "address"];
const PEOPLE: u32 = 40;

/// Nobody.
fn patients() -> Vec<[String; 6]> {
    let lasts =
        ["Delgado", "Okoye", "Nowak", "Kildare", "Whitfield", "Barrow", "Sandoval", "Pruitt", "Hensley", "Osgood"];
    let firsts = ["Maria", "Ada", "Peter", "Ruth", "Thomas", "Helen", "Carl"];
    let one = |n: u32| {
        [
            format!("{:08}", 40_011_937 + n * 77_131),
            lasts[n as usize % lasts.len()].to_string(),
            firsts[n as usize % firsts.len()].to_string(),
            format!("{}-{:02}-{:02}", 1931 + n * 2, 1 + n % 12, 1 + n * 7 % 28),
            format!("{:03}{:02}{:04}", 212 + n * 5, 11 + n * 2 % 80, 3127 + n * 113),
            format!("{} Oak Street", 117 + n * 3),
        ]
    };
    (0..PEOPLE).map(one).collect()
}

fn csv(patients: &[[String; 6]]) -> Vec<u8> {
    let rows: String = patients.iter().map(|row| row.join(",") + "\n").collect();
    (HEADER.join(",") + "\n" + &rows).into_bytes()
}

fn sqlite(patients: &[[String; 6]]) -> Vec<u8> {
    let mut database = rusqlite::Connection::open_in_memory().expect("a database");
    database.execute_batch(&format!("CREATE TABLE patients ({} TEXT)", HEADER.join(" TEXT, "))).expect("a table");
    for row in patients {
        let values = rusqlite::params_from_iter(row);
        database.execute("INSERT INTO patients VALUES (?, ?, ?, ?, ?, ?)", values).expect("a row");
    }
    database.serialize(rusqlite::MAIN_DB).expect("bytes").to_vec()
}

fn parquet(patients: &[[String; 6]]) -> Vec<u8> {
    let fields: String = HEADER.iter().map(|name| format!("required binary {name} (UTF8); ")).collect();
    let schema = parquet::schema::parser::parse_message_type(&format!("message s {{ {fields} }}")).expect("a schema");
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), properties).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    for n in 0..HEADER.len() {
        let mut column = group.next_column().expect("a column").expect("one");
        let values: Vec<ByteArray> = patients.iter().map(|row| ByteArray::from(row[n].as_str())).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).expect("written");
        column.close().expect("closed");
    }
    group.close().expect("closed");
    writer.close().expect("closed");
    bytes
}

fn avro(patients: &[[String; 6]]) -> Vec<u8> {
    let fields: Vec<String> = HEADER.iter().map(|name| format!(r#"{{"name":"{name}","type":"string"}}"#)).collect();
    let schema = format!(r#"{{"type":"record","name":"p","fields":[{}]}}"#, fields.join(","));
    let schema = apache_avro::Schema::parse_str(&schema).expect("a schema");
    let mut writer = apache_avro::Writer::new(&schema, Vec::new()).expect("a writer");
    for row in patients {
        let mut record = apache_avro::types::Record::new(&schema).expect("a record");
        HEADER.iter().zip(row).for_each(|(name, value)| record.put(name, value.as_str()));
        writer.append_value(record).expect("written");
    }
    writer.into_inner().expect("bytes")
}

fn dbase(patients: &[[String; 6]]) -> Vec<u8> {
    let widths = [10usize, 20, 20, 10, 9, 40];
    let length = 1 + widths.iter().sum::<usize>();
    let mut bytes = vec![3, 126, 11, 22];
    bytes.extend((patients.len() as u32).to_le_bytes());
    bytes.extend((32 + 32 * 6 + 1u16).to_le_bytes());
    bytes.extend((length as u16).to_le_bytes());
    bytes.resize(32, 0);
    for (name, width) in HEADER.iter().zip(widths) {
        let mut field = name.as_bytes().to_vec();
        field.resize(11, 0);
        field.extend([b'C', 0, 0, 0, 0, width as u8]);
        field.resize(32, 0);
        bytes.extend(field);
    }
    bytes.push(0x0d);
    for row in patients {
        bytes.push(b' ');
        row.iter().zip(widths).for_each(|(value, width)| bytes.extend(format!("{value:<width$}").bytes()));
    }
    bytes
}

fn mail(patients: &[[String; 6]]) -> Vec<u8> {
    let list = String::from_utf8(csv(patients)).expect("text");
    format!(
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: the list\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAttached.\r\n\
         --b\r\nContent-Type: text/csv; name=list.csv\r\nContent-Disposition: attachment; filename=list.csv\r\n\r\n{list}\r\n--b--\r\n"
    )
    .into_bytes()
}

fn mailbox(patients: &[[String; 6]]) -> Vec<u8> {
    let mut bytes = b"From a@example.org Mon Nov  2 10:00:00 2026\n".to_vec();
    bytes.extend(mail(patients));
    bytes
}

/// A sheet for each patient, or what is given; `behind` is drawn last.
fn pdf(pages: &[String], behind: &str) -> Vec<u8> {
    let mut pdf = lopdf::Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let image =
        pdf.add_object(Stream::new(dictionary! { "Subtype" => "Image", "Width" => 8, "Height" => 8 }, vec![0; 8]));
    let fonts = dictionary! { "F1" => font };
    let resources = dictionary! { "Font" => fonts, "XObject" => dictionary! { "Im" => image } };
    let mut kids = Vec::new();
    for page in pages {
        let content = pdf.add_object(Stream::new(Dictionary::new(), format!("{page} {behind}").into_bytes()));
        let page = dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content };
        kids.push(Object::Reference(pdf.add_object(page)));
    }
    let count = kids.len() as i64;
    let node = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources };
    pdf.objects.insert(tree, Object::Dictionary(node));
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    pdf.compress();
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("saved");
    bytes
}

fn sheets(patients: &[[String; 6]]) -> Vec<String> {
    let labels = ["MRN", "Last name", "First name", "Date of birth", "SSN", "Address"];
    let sheet = |row: &[String; 6]| {
        let mut content = "BT /F1 11 Tf 72 720 Td ".to_string();
        for (label, value) in labels.iter().zip(row) {
            content += &format!("({label}:) Tj 150 0 Td ({value}) Tj -150 -20 Td ");
        }
        content + "ET"
    };
    patients.iter().map(sheet).collect()
}

/// Records of a scan of one file, and its exit code.
fn scan(name: &str, bytes: &[u8]) -> (Vec<Value>, i32) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), bytes).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_phisweep"));
    let output =
        command.arg("scan").arg(folder.path()).args(["-f", "jsonl", "--threads", "1"]).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let records = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    (records, output.status.code().expect("no signal ended it"))
}

/// For each identifier in how many records it is, and how many people there are.
fn told(records: &[Value]) -> (BTreeMap<String, u64>, u64) {
    let mut best = BTreeMap::<String, u64>::new();
    for finding in records.iter().filter(|record| record["type"] == "finding") {
        let name = finding["identifier"].as_str().unwrap_or_default().to_string();
        // The headers of a mail have addresses of their own.
        if name != "email" {
            let records = finding["records"].as_u64().unwrap_or_default();
            let entry = best.entry(name).or_default();
            *entry = (*entry).max(records);
        }
    }
    let people = records.iter().filter(|record| record["type"] == "document");
    (best, people.map(|document| document["people"].as_u64().unwrap_or_default()).sum())
}

#[test]
fn one_list_says_the_same_in_databases_and_mail() {
    let patients = patients();
    let expected = told(&scan("list.csv", &csv(&patients)).0);
    assert_eq!((expected.1, expected.0.get("ssn")), (u64::from(PEOPLE), Some(&u64::from(PEOPLE))));
    let mut wrong = String::new();
    for (name, bytes) in [
        ("list.db", sqlite(&patients)),
        ("list", sqlite(&patients)),
        ("list.parquet", parquet(&patients)),
        ("list.avro", avro(&patients)),
        ("list.dbf", dbase(&patients)),
        ("list.eml", mail(&patients)),
        ("list.mbox", mailbox(&patients)),
    ] {
        let (records, code) = scan(name, &bytes);
        if (told(&records), code) != (expected.clone(), 1) {
            wrong += &format!("{name}: {:?}, exit code {code}\n", told(&records));
            let gaps = records.iter().filter(|record| record["type"] == "gap");
            gaps.for_each(|gap| wrong += &format!("  {} {}\n", gap["path"], gap["detail"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong}not {expected:?}");
}

#[test]
fn a_list_under_black_boxes_is_found() {
    let patients = patients();
    for behind in ["", "0 g 0 0 612 792 re f"] {
        let (records, code) = scan("list.pdf", &pdf(&sheets(&patients), behind));
        let (found, people) = told(&records);
        assert_eq!((code, people, found.get("ssn")), (1, u64::from(PEOPLE), Some(&u64::from(PEOPLE))), "{found:?}");
    }
}

#[test]
fn a_document_of_pictures_is_partial() {
    let (records, code) = scan("fax.pdf", &pdf(&["q 600 0 0 780 0 0 cm /Im Do Q".to_string()], ""));
    let document = records.iter().find(|record| record["type"] == "document").expect("a document");
    let gap = records.iter().find(|record| record["type"] == "gap").expect("a gap");
    assert_eq!((document["status"].as_str(), gap["reason"].as_str(), code), (Some("partial"), Some("image"), 3));
    assert!(
        gap["path"].as_str().is_some_and(|path| path.contains("page 1"))
            || gap["detail"].to_string().contains("page 1"),
        "{gap}"
    );
}
