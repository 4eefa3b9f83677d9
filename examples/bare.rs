//! Reads a document with the bare library, to hold a scan against it: `cargo run --release --example bare -- FILE`. In: a file of
//! XLSX, PDF, SQLite, Avro or Parquet, told by its name. Out: how many values it has, and the seconds of the processor that reading took.
//! Each value is turned into what the library gives for it and dropped; nothing is searched and nothing written.

// A program for people at a terminal.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, Read};
use std::time::Instant;

type Counted = Result<u64, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("a file")?;
    let begun = Instant::now();
    let values = match path.rsplit('.').next().unwrap_or_default() {
        "xlsx" => workbook(&path)?,
        "pdf" => pdf(&path)?,
        "db" | "sqlite" => sqlite(&path)?,
        "avro" => avro(&path)?,
        "parquet" => parquet(&path)?,
        _ => return Err("xlsx, pdf, db, avro or parquet".into()),
    };
    println!("{values} values, {:.3} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// All marks and texts of each sheet and of the shared strings.
fn workbook(path: &str) -> Counted {
    let mut zip = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
    let mut values = 0;
    for n in 0..zip.len() {
        let member = zip.by_index(n)?;
        if !member.name()?.ends_with(".xml") {
            continue;
        }
        let mut xml = quick_xml::Reader::from_reader(BufReader::with_capacity(64 << 10, member));
        let mut held = Vec::new();
        loop {
            match xml.read_event_into(&mut held)? {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(start) => {
                    for attribute in start.attributes() {
                        black_box(attribute?);
                    }
                }
                quick_xml::events::Event::Text(text) => {
                    black_box(text.into_inner());
                    values += 1;
                }
                _ => {}
            }
            held.clear();
        }
    }
    Ok(values)
}

/// The text of each page.
fn pdf(path: &str) -> Counted {
    let document = lopdf::Document::load(path)?;
    let mut values = 0;
    for page in document.get_pages().into_keys() {
        values += black_box(document.extract_text(&[page])?).lines().count() as u64;
    }
    Ok(values)
}

/// Each cell of each table, as text.
fn sqlite(path: &str) -> Counted {
    let base = rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut tables = base.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut values = 0;
    for table in tables {
        let mut statement = base.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                match row.get_ref(column)? {
                    rusqlite::types::ValueRef::Integer(number) => drop(black_box(number.to_string())),
                    rusqlite::types::ValueRef::Real(number) => drop(black_box(number.to_string())),
                    other => drop(black_box(other)),
                }
                values += 1;
            }
        }
    }
    Ok(values)
}

/// Each field of each record.
fn avro(path: &str) -> Counted {
    let mut values = 0;
    for record in apache_avro::Reader::new(BufReader::with_capacity(256 << 10, File::open(path)?))? {
        if let apache_avro::types::Value::Record(fields) = black_box(record?) {
            values += fields.len() as u64;
        }
    }
    Ok(values)
}

/// Each cell of each row, as text.
fn parquet(path: &str) -> Counted {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes))?;
    let mut values = 0;
    for row in reader.get_row_iter(None)? {
        for (_, field) in row?.get_column_iter() {
            match field {
                parquet::record::Field::Str(text) => drop(black_box(text)),
                other => drop(black_box(other.to_string())),
            }
            values += 1;
        }
    }
    Ok(values)
}
