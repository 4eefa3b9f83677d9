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

/// A file of Arrow, or a stream.
fn arrow(patients: &[[String; 6]], stream: bool) -> Vec<u8> {
    let column = |at: usize| {
        let values: arrow_array::StringArray = patients.iter().map(|row| Some(row[at].as_str())).collect();
        (HEADER[at], Arc::new(values) as arrow_array::ArrayRef)
    };
    let batch = arrow_array::RecordBatch::try_from_iter((0..HEADER.len()).map(column)).expect("a batch");
    if stream {
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
        writer.write(&batch).expect("written");
        return writer.into_inner().expect("closed");
    }
    let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
    writer.write(&batch).expect("written");
    writer.into_inner().expect("closed")
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

/// A number as Avro writes it.
fn long(number: usize) -> Vec<u8> {
    let (mut number, mut out) = (number << 1, Vec::new());
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// A container of rows, written by hand: its schema is one that Avro's rules forbid and other writers make.
fn avro_of(schema: &str, rows: &[Vec<String>]) -> Vec<u8> {
    let text = |text: &str| [long(text.len()), text.as_bytes().to_vec()].concat();
    let block: Vec<u8> = rows.iter().flatten().flat_map(|value| text(value)).collect();
    let sync = [7; 16].to_vec();
    [
        b"Obj\x01".to_vec(),
        long(2),
        text("avro.schema"),
        text(schema),
        text("avro.codec"),
        text("null"),
        long(0),
        sync.clone(),
        long(rows.len()),
        long(block.len()),
        block,
        sync,
    ]
    .concat()
}

/// Records of a scan of one file, and its exit code.
fn scan(name: &str, bytes: &[u8]) -> (Vec<Value>, i32) {
    scan_all(&[(name, bytes)])
}

fn scan_all(files: &[(&str, &[u8])]) -> (Vec<Value>, i32) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a file");
    }
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
        ("list.arrow", arrow(&patients, false)),
        ("list.arrows", arrow(&patients, true)),
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

#[test]
fn avro_of_writers_with_rules_of_their_own_is_read() {
    let patients = patients();
    let rows: Vec<Vec<String>> = patients.iter().map(|p| vec![p[1].clone(), p[4].clone()]).collect();
    for (head, ssn) in [
        (r#""type":"record","name":"patients","namespace":"org.example.Jobs$""#, "ssn"),
        (r#""type":"record","name":"list of patients""#, "patient ssn"),
        (r#""type":"error","name":"2026""#, "ssn"),
        (r#""type":"record","name":"p","aliases":["a b"],"doc":"x""#, "ssn"),
    ] {
        // A default of the wrong type, too.
        let schema = format!(
            r#"{{{head},"fields":[{{"name":"last name","type":"string","default":0}},{{"name":"{ssn}","type":{{"type":"string","avro.java.string":"String"}}}}]}}"#
        );
        let (records, code) = scan("list.avro", &avro_of(&schema, &rows));
        let (found, _) = told(&records);
        assert_eq!((code, found.get("ssn")), (1, Some(&u64::from(PEOPLE))), "{schema}: {found:?}");
    }
    // What is no schema is a gap, and ends nobody.
    for schema in ["{}", "[", r#"{"type":"record","name":"p","fields":[{"name":"a","type":"b"}]}"#] {
        let (records, code) = scan("list.avro", &avro_of(schema, &rows));
        let gap = records.iter().find(|record| record["type"] == "gap").expect("a gap");
        assert_eq!((gap["reason"].as_str(), code), (Some("malformed"), 3), "{gap}");
    }
}

#[test]
fn columns_of_parquet_of_every_kind_are_read() {
    use parquet::data_type::{FixedLenByteArray, FixedLenByteArrayType, Int96, Int96Type};
    let schema = "message s {
        required int96 birth_date;
        required fixed_len_byte_array(6) ssn (DECIMAL(12,0));
        optional group old_ssn (LIST) { repeated group list { optional binary element (UTF8); } } }";
    let schema = Arc::new(parquet::schema::parser::parse_message_type(schema).expect("a schema"));
    let patients = patients();
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::builder().build())).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let mut column = group.next_column().expect("a column").expect("one");
    // Nanoseconds of the day, then the day of the Julian calendar: 1931-01-01 is 2,426,343.
    let days = (0..PEOPLE).map(|n| Int96::from(vec![0, 0, 2_426_343 + n * 700])).collect::<Vec<_>>();
    column.typed::<Int96Type>().write_batch(&days, None, None).expect("written");
    column.close().expect("closed");
    let mut column = group.next_column().expect("a column").expect("one");
    let number = |p: &[String; 6]| p[4].parse::<u64>().expect("a number").to_be_bytes()[2..].to_vec();
    let numbers: Vec<FixedLenByteArray> = patients.iter().map(|p| FixedLenByteArray::from(number(p))).collect();
    column.typed::<FixedLenByteArrayType>().write_batch(&numbers, None, None).expect("written");
    column.close().expect("closed");
    // Two numbers for each person.
    let mut column = group.next_column().expect("a column").expect("one");
    let dashed = |p: &[String; 6]| format!("{}-{}-{}", &p[4][..3], &p[4][3..5], &p[4][5..]);
    let lists: Vec<ByteArray> =
        patients.iter().flat_map(|p| [dashed(p), dashed(p)]).map(|text| ByteArray::from(text.as_str())).collect();
    let again: Vec<i16> = (0..lists.len()).map(|n| (n % 2) as i16).collect();
    column.typed::<ByteArrayType>().write_batch(&lists, Some(&vec![3; lists.len()]), Some(&again)).expect("written");
    column.close().expect("closed");
    group.close().expect("closed");
    writer.close().expect("closed");
    let (records, code) = scan("list.parquet", &bytes);
    let found: BTreeMap<String, u64> = records
        .iter()
        .filter(|record| record["type"] == "finding")
        .map(|f| {
            (
                format!(
                    "{} {}",
                    f["place"]["name"].as_str().unwrap_or_default(),
                    f["identifier"].as_str().unwrap_or_default()
                ),
                f["records"].as_u64().unwrap_or_default(),
            )
        })
        .collect();
    for expected in ["birth_date birth-date", "ssn ssn", "old_ssn ssn"] {
        assert_eq!(found.get(expected), Some(&u64::from(PEOPLE)), "{expected}: {found:?}, exit code {code}");
    }
}

#[test]
fn memos_are_read_where_they_lie_beside_their_table() {
    let mut table = dbase(&patients());
    // The last column is one of memos, whose numbers are text.
    table[32 + 32 * 5 + 11] = b'M';
    let (records, code) = scan("list.dbf", &table);
    let gap = records.iter().find(|record| record["type"] == "gap").expect("a gap");
    assert_eq!((gap["reason"].as_str(), code), (Some("unsupported"), 1), "{gap}");
    assert_eq!(told(&records).0.get("ssn"), Some(&u64::from(PEOPLE)));
    let mut memos = vec![2, 0, 0, 0];
    memos.resize(512, 0);
    memos.extend(b"Patient Maria Delgado, DOB 03/04/1952, SSN 536-22-8145, called\x1a\x1a");
    memos.resize(1024, 0);
    let (records, _) = scan_all(&[("list.dbf", &table), ("list.dbt", &memos)]);
    assert!(!records.iter().any(|record| record["type"] == "gap"), "{records:?}");
    let of_memos = |r: &&Value| {
        r["type"] == "finding" && r["locator"] == serde_json::json!(["list.dbt"]) && r["identifier"] == "ssn"
    };
    assert_eq!(records.iter().filter(of_memos).count(), 1);
}

/// Formats that nobody reads here: each is told by its content, whatever its name, and is a blind gap with its own.
#[test]
fn what_is_only_recognised_is_a_gap_by_name() {
    let noise: Vec<u8> = (0..8_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let with = |head: &[u8]| [head, &noise].concat();
    let sas = b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\0\x09\xc7\x31\x8c\x18\x1f\x10\x11";
    for (head, format) in [
        (&b"FEA1\0\0\0\0"[..], "feather"),
        (b"ORC\x0a\x0b\x0a\x03\0\0\0\x12", "orc"),
        (b"!BDN\x11\x22\x33\x44SM\x17\0\x13\0\x01\x01", "pst"),
        (b"\0\x01\0\0Standard Jet DB\0\x01\0\0\0", "access"),
        (b"\0\x01\0\0Standard ACE DB\0\x02\0\0\0", "access"),
        (sas, "sas7bdat"),
        (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000000000000000000000000000  \0\x01\x02", "xpt"),
        (b"$FL2@(#) SPSS DATA FILE\0\x01\x02", "spss"),
    ] {
        for name in ["list.csv", "list"] {
            let (records, code) = scan(name, &with(head));
            let gap = records.iter().find(|record| record["type"] == "gap").expect("a gap");
            let said = (gap["class"].as_str(), gap["reason"].as_str(), gap["detail"].as_str(), code);
            assert_eq!(said, (Some("blind"), Some("unsupported"), Some(format), 3), "{gap}");
        }
    }
    // What begins as Arrow's and is none.
    for head in [
        &b"ARROW1\0\0\xff\xff\xff\xff"[..],
        b"\xff\xff\xff\xff\xf8\x02\0\0\x10\0\0\0\0\0\x0a\0",
        b"\xff\xff\xff\xff\x88\0\0\0\x14\0\0\0\0\0\0\0",
    ] {
        let (records, code) = scan("list", &with(head));
        let gap = records.iter().find(|record| record["type"] == "gap").expect("a gap");
        assert_eq!(
            (gap["class"].as_str(), gap["reason"].as_str(), code),
            (Some("blind"), Some("malformed"), 3),
            "{gap}"
        );
    }
    // A footer that is encrypted says so.
    let locked = [&b"PARE"[..], &noise, &[0x40, 0, 0, 0], b"PARE"].concat();
    let (records, _) = scan("list.parquet", &locked);
    let gap = records.iter().find(|record| record["type"] == "gap").expect("a gap");
    assert_eq!((gap["class"].as_str(), gap["reason"].as_str()), (Some("protected"), Some("encrypted")), "{gap}");
}
