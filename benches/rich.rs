//! What a scan of a file costs that a library reads, beside the bare read of the same file by the same library: user time of all processes, and
//! the peak of the largest. In: rows (300,000) and names of formats. Out: a line for each. Needs `/usr/bin/time` of GNU.

#![allow(clippy::print_stdout)]

use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use lopdf::{Dictionary, Object, Stream, dictionary};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use quick_xml::events::Event;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const HEADER: [&str; 8] = ["mrn", "last_name", "first_name", "birth_date", "ssn", "address", "ward", "payer"];
/// How often each is run; the least counts.
const RUNS: usize = 3;

fn row(n: u64) -> [String; 8] {
    const LASTS: [&str; 8] = ["Delgado", "Okoye", "Nowak", "Kildare", "Whitfield", "Barrow", "Sandoval", "Pruitt"];
    const FIRSTS: [&str; 7] = ["Maria", "Ada", "Peter", "Ruth", "Thomas", "Helen", "Carl"];
    let hash = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    [
        format!("{:08}", 40_000_000 + n),
        LASTS[(hash % 8) as usize].to_string(),
        FIRSTS[(hash / 8 % 7) as usize].to_string(),
        format!("{}-{:02}-{:02}", 1931 + hash % 80, 1 + hash / 80 % 12, 1 + hash / 960 % 28),
        format!("{:03}-{:02}-{:04}", 101 + hash % 560, 1 + hash / 560 % 99, 1 + hash / 55_440 % 9_999),
        format!("{} Oak Street", 1 + hash / 7 % 9_000),
        format!("Ward {}", hash / 3 % 24),
        ["Medicare", "Medicaid", "self pay"][(hash / 5 % 3) as usize].to_string(),
    ]
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bare", format, path] => bare(format, Path::new(path)).map(|cells| println!("{cells}")),
        // A smoke test: small, once.
        ["--test"] => compare(2_000, &[]),
        ref other => {
            let rows = other.first().and_then(|rows| rows.parse().ok());
            compare(rows.unwrap_or(300_000), &other[usize::from(rows.is_some())..])
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(rows: u64, wanted: &[&str]) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let own = std::env::current_exe()?.display().to_string();
    println!("| {rows} rows | MB | bare, s | scan, s | ratio | peak, MiB |\n| --- | --- | --- | --- | --- | --- |");
    for format in ["xlsx", "pdf", "sqlite", "avro", "parquet", "csv"] {
        if !wanted.is_empty() && !wanted.contains(&format) {
            continue;
        }
        let path = folder.path().join(format!("list.{format}"));
        make(format, rows, &path)?;
        let shown = path.display().to_string();
        let (mut read, mut scanned, mut peak) = (f64::MAX, f64::MAX, 0);
        for _ in 0..RUNS {
            read = read.min(timed(&[&own, "bare", format, &shown])?.0);
            let program = env!("CARGO_BIN_EXE_phisweep");
            let (user, memory) = timed(&[program, "scan", &shown, "--threads", "1", "-f", "jsonl"])?;
            (scanned, peak) = (scanned.min(user), peak.max(memory));
        }
        let size = fs::metadata(&path)?.len() as f64 / 1e6;
        let ratio = scanned / read.max(0.01);
        println!("| {format} | {size:.1} | {read:.2} | {scanned:.2} | {ratio:.1} | {} |", peak / 1024);
        fs::remove_file(&path)?;
    }
    Ok(())
}

/// User seconds of a command and its children, and KiB of the largest process.
fn timed(command: &[&str]) -> Outcome<(f64, u64)> {
    let mut time = Command::new("/usr/bin/time");
    let output = time.args(["-q", "-f", "%U %M"]).args(command).stdout(Stdio::null()).output()?;
    let said = String::from_utf8(output.stderr)?;
    let last = said.lines().last().unwrap_or_default();
    let (user, memory) = last.split_once(' ').ok_or_else(|| format!("no times: {said}"))?;
    Ok((user.parse()?, memory.parse()?))
}

fn make(format: &str, rows: u64, path: &Path) -> Outcome<()> {
    let rows = (0..rows).map(row);
    match format {
        "xlsx" => workbook(rows, path),
        "pdf" => pages(rows, path),
        "sqlite" => database(rows, path),
        "avro" => container(rows, path),
        "parquet" => columns(rows, path),
        _ => {
            let mut file = std::io::BufWriter::new(File::create(path)?);
            writeln!(file, "{}", HEADER.join(","))?;
            rows.into_iter().try_for_each(|row| writeln!(file, "{}", row.join(",")))?;
            Ok(file.flush()?)
        }
    }
}

fn workbook(rows: impl Iterator<Item = [String; 8]>, path: &Path) -> Outcome<()> {
    let mut zip = zip::ZipWriter::new(File::create(path)?);
    let relation = |kind: &str, target: &str| {
        format!(r#"<Relationships><Relationship Id="r1" Type="x/{kind}" Target="{target}"/></Relationships>"#)
    };
    for (name, text) in [
        ("[Content_Types].xml", "<Types/>".to_string()),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", r#"<workbook><sheets><sheet name="List" r:id="r1"/></sheets></workbook>"#.to_string()),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    zip.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default())?;
    zip.write_all(b"<worksheet><sheetData>")?;
    for row in std::iter::once(HEADER.map(String::from)).chain(rows) {
        let cells: String = row.iter().map(|cell| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>")).collect();
        write!(zip, "<row>{cells}</row>")?;
    }
    zip.write_all(b"</sheetData></worksheet>")?;
    zip.finish()?;
    Ok(())
}

fn pages(rows: impl Iterator<Item = [String; 8]>, path: &Path) -> Outcome<()> {
    let mut pdf = lopdf::Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let (mut kids, mut rows) = (Vec::new(), rows.peekable());
    while rows.peek().is_some() {
        let mut content = "BT /F1 9 Tf 36 760 Td ".to_string();
        for row in rows.by_ref().take(50) {
            for cell in row {
                content += &format!("({cell}) Tj 68 0 Td ");
            }
            content += "-544 -14 Td ";
        }
        let content = pdf.add_object(Stream::new(Dictionary::new(), (content + "ET").into_bytes()));
        let page = dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content };
        kids.push(Object::Reference(pdf.add_object(page)));
    }
    let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
    let count = kids.len() as i64;
    let node = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources };
    pdf.objects.insert(tree, Object::Dictionary(node));
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    pdf.compress();
    pdf.save(path)?;
    Ok(())
}

fn database(rows: impl Iterator<Item = [String; 8]>, path: &Path) -> Outcome<()> {
    let mut database = rusqlite::Connection::open(path)?;
    let within = database.transaction()?;
    within.execute_batch(&format!("CREATE TABLE patients ({} TEXT)", HEADER.join(" TEXT, ")))?;
    {
        let mut insert = within.prepare("INSERT INTO patients VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?;
        for row in rows {
            insert.execute(rusqlite::params_from_iter(row))?;
        }
    }
    within.commit()?;
    Ok(())
}

fn container(rows: impl Iterator<Item = [String; 8]>, path: &Path) -> Outcome<()> {
    let fields: Vec<String> = HEADER.iter().map(|name| format!(r#"{{"name":"{name}","type":"string"}}"#)).collect();
    let schema = format!(r#"{{"type":"record","name":"p","fields":[{}]}}"#, fields.join(","));
    let schema = apache_avro::Schema::parse_str(&schema)?;
    let mut writer = apache_avro::Writer::with_codec(&schema, File::create(path)?, apache_avro::Codec::Snappy)?;
    for row in rows {
        let mut record = apache_avro::types::Record::new(&schema).ok_or("no record")?;
        HEADER.iter().zip(&row).for_each(|(name, value)| record.put(name, value.as_str()));
        writer.append_value(record)?;
    }
    writer.flush()?;
    Ok(())
}

fn columns(rows: impl Iterator<Item = [String; 8]>, path: &Path) -> Outcome<()> {
    let fields: String = HEADER.iter().map(|name| format!("required binary {name} (UTF8);")).collect();
    let schema = parquet::schema::parser::parse_message_type(&format!("message s {{ {fields} }}"))?;
    let properties = WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(File::create(path)?, Arc::new(schema), Arc::new(properties))?;
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let group: Vec<[String; 8]> = rows.by_ref().take(100_000).collect();
        let mut written = writer.next_row_group()?;
        for n in 0..HEADER.len() {
            let mut column = written.next_column()?.ok_or("no column")?;
            let values: Vec<ByteArray> = group.iter().map(|row| ByteArray::from(row[n].as_str())).collect();
            column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
            column.close()?;
        }
        written.close()?;
    }
    writer.close()?;
    Ok(())
}

/// Reads a file by its library alone; how many cells, rows or operators there are.
fn bare(format: &str, path: &Path) -> Outcome<usize> {
    let mut count = 0;
    match format {
        "xlsx" => {
            let mut zip = zip::ZipArchive::new(File::open(path)?)?;
            let sheet = zip.by_name("xl/worksheets/sheet1.xml")?;
            let mut xml = quick_xml::Reader::from_reader(BufReader::with_capacity(64 << 10, sheet));
            let mut buffer = Vec::new();
            loop {
                match xml.read_event_into(&mut buffer)? {
                    Event::Eof => break,
                    Event::Text(_) => count += 1,
                    _ => {}
                }
                buffer.clear();
            }
        }
        "pdf" => {
            let pdf = lopdf::Document::load(path)?;
            for page in pdf.get_pages().into_values() {
                count += lopdf::content::Content::decode(&pdf.get_page_content(page)?)?.operations.len();
            }
        }
        "sqlite" => {
            let database = rusqlite::Connection::open(path)?;
            let mut select = database.prepare("SELECT * FROM patients")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                for n in 0..HEADER.len() {
                    count += row.get_ref(n)?.as_str()?.len();
                }
            }
        }
        "avro" => {
            for value in apache_avro::Reader::new(BufReader::with_capacity(256 << 10, File::open(path)?))? {
                count += usize::from(matches!(value?, apache_avro::types::Value::Record(_)));
            }
        }
        "parquet" => {
            for row in SerializedFileReader::new(File::open(path)?)?.get_row_iter(None)? {
                count += row?.len();
            }
        }
        _ => {
            for row in csv::Reader::from_path(PathBuf::from(path))?.into_byte_records() {
                count += row?.len();
            }
        }
    }
    // What nobody uses, nobody computes.
    std::hint::black_box(&mut count).to_string().as_bytes().read_exact(&mut [0])?;
    Ok(count)
}
