//! Avro. In: a container file. Out: its rows. Refuses blocks and values larger than the budget of the library, which is set before anything is
//! read; where a block is damaged reading ends, since the next is found by it.

use std::io::{BufReader, Cursor, Read, SeekFrom};

use apache_avro::schema::{Schema, UnionSchema};
use apache_avro::types::Value;
use apache_avro::validator::{self, EnumSymbolNameValidator, RecordFieldNameValidator};
use apache_avro::validator::{SchemaNameValidator, SchemaNamespaceValidator};
use apache_avro::{AvroResult, BigDecimal, Reader};

use super::{day, moment, readable, scaled};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::table::Rows;
use crate::rich::{Asked, Document, Form, Part, Parts};

/// Bytes that a block, or a value in it, may ask for.
const ALLOCATION: usize = 128 << 20;
/// Bytes of one entry of a header, and entries of one: schemas of thousands of columns come to some hundred KiB.
const HEADER: u64 = 16 << 20;
const ENTRIES: usize = 1_000;
/// Records in records.
const DEPTH: usize = 32;

/// Any name will do. Avro's own rules (1.12.0, Names: letters, digits, `_`) are kept by few writers: those in Java, Python and C#
/// have names of other alphabets, with blanks, that begin with a digit. What is no name to the rules is a column to people.
struct AnyName;

impl SchemaNameValidator for AnyName {
    /// Where the name begins, behind its namespace.
    fn validate(&self, name: &str) -> AvroResult<usize> {
        Ok(name.rfind('.').map_or(0, |at| at + 1))
    }
}

impl SchemaNamespaceValidator for AnyName {
    fn validate(&self, _: &str) -> AvroResult<()> {
        Ok(())
    }
}

impl EnumSymbolNameValidator for AnyName {
    fn validate(&self, _: &str) -> AvroResult<()> {
        Ok(())
    }
}

impl RecordFieldNameValidator for AnyName {
    fn validate(&self, _: &str) -> AvroResult<()> {
        Ok(())
    }
}

/// Tells the library, once for the process, that any name will do. Where that was done before, it says so, and nothing is lost.
fn allow_any_name() {
    let _ = validator::set_schema_name_validator(Box::new(AnyName));
    let _ = validator::set_schema_namespace_validator(Box::new(AnyName));
    let _ = validator::set_enum_symbol_name_validator(Box::new(AnyName));
    let _ = validator::set_record_field_name_validator(Box::new(AnyName));
}

/// Reads a file.
pub(in crate::rich) fn read(_: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    apache_avro::util::max_allocation_bytes(ALLOCATION);
    allow_any_name();
    let damaged = |detail: &str| Halt::new(Reason::Malformed, detail);
    // What the library says may quote what it read.
    let strict =
        Reader::new(BufReader::with_capacity(256 << 10, &mut *document)).map(|reader| reader.writer_schema().clone());
    let header = match strict {
        Ok(_) => Vec::new(),
        Err(_) => {
            document.seek(SeekFrom::Start(0)).map_err(|error| Halt::of(&error))?;
            plainer(document).ok_or_else(|| damaged("no header of a container"))?
        }
    };
    if header.is_empty() {
        document.seek(SeekFrom::Start(0)).map_err(|error| Halt::of(&error))?;
    }
    let whole = Cursor::new(header).chain(BufReader::with_capacity(256 << 10, document));
    let mut reader = Reader::new(whole).map_err(|_| damaged("a schema that is not read"))?;
    let schema = reader.writer_schema().clone();
    parts.begin(&Part { name: "rows".to_string(), form: Form::Table, place: None })?;
    let mut rows = Rows::new(parts);
    let mut names = Vec::new();
    columns(&schema, "", 0, &mut names);
    names.iter().for_each(|name| rows.field(name));
    rows.end()?;
    let broken = loop {
        match reader.next() {
            Some(Ok(value)) => {
                cells(&schema, Some(&value), 0, &mut rows);
                rows.end()?;
            }
            Some(Err(_)) => break true,
            None => break false,
        }
    };
    rows.flush()?;
    parts.end()?;
    if broken { Err(damaged("a block is damaged, and what is behind it was not read")) } else { Ok(()) }
}

/// The header of a container, with a schema that says no more than how to read it: records of errors are records, and what fields
/// would be where they are missing is left out, since nothing is missing. `None` where there is no header. What is behind it is read next.
fn plainer(document: &mut dyn Document) -> Option<Vec<u8>> {
    let mut mark = [0; 4];
    document.read_exact(&mut mark).ok().filter(|()| mark == *b"Obj\x01")?;
    let mut entries = Vec::new();
    loop {
        let mut count = long(document)?;
        if count < 0 {
            // The bytes of the block: for those who step over it.
            long(document)?;
            count = count.checked_neg()?;
        }
        if count == 0 {
            break;
        }
        for _ in 0..count {
            let (name, value) = (bytes(document)?, bytes(document)?);
            entries.push((name, value));
            if entries.len() > ENTRIES {
                return None;
            }
        }
    }
    let mut sync = [0; 16];
    document.read_exact(&mut sync).ok()?;
    let mut out = mark.to_vec();
    put(&mut out, i64::try_from(entries.len()).ok()?);
    for (name, value) in entries {
        let value = match name.as_slice() {
            b"avro.schema" => {
                let mut schema = serde_json::from_slice(&value).ok()?;
                strip(&mut schema);
                schema.to_string().into_bytes()
            }
            _ => value,
        };
        for text in [name, value] {
            put(&mut out, i64::try_from(text.len()).ok()?);
            out.extend(text);
        }
    }
    put(&mut out, 0);
    out.extend(sync);
    Some(out)
}

/// Takes from a schema what readers trip over and do not need. `serde_json` has refused what is too deep.
fn strip(schema: &mut serde_json::Value) {
    use serde_json::Value;
    match schema {
        Value::Object(object) => {
            if object.contains_key("type") {
                ["default", "aliases", "doc", "order"].into_iter().for_each(|key| drop(object.remove(key)));
            }
            if object.get("type").is_some_and(|kind| kind == "error") {
                object.insert("type".to_string(), Value::from("record"));
            }
            object.values_mut().for_each(strip);
        }
        Value::Array(schemas) => schemas.iter_mut().for_each(strip),
        _ => {}
    }
}

/// A number as Avro writes it: groups of seven bits, the sign in the lowest.
fn long(document: &mut dyn Document) -> Option<i64> {
    let mut number = 0u64;
    for group in 0..10 {
        let mut byte = [0];
        document.read_exact(&mut byte).ok()?;
        number |= u64::from(byte[0] & 0x7f) << (7 * group);
        if byte[0] < 0x80 {
            return Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
        }
    }
    None
}

fn put(out: &mut Vec<u8>, number: i64) {
    let mut number = ((number << 1) ^ (number >> 63)).cast_unsigned();
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn bytes(document: &mut dyn Document) -> Option<Vec<u8>> {
    let length = u64::try_from(long(document)?).ok().filter(|length| *length <= HEADER)?;
    let mut bytes = Vec::new();
    document.take(length).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == length).then_some(bytes)
}

/// The fields of a schema that is a record, or a record or nothing.
fn record(schema: &Schema) -> Option<&Schema> {
    match schema {
        Schema::Record(_) => Some(schema),
        Schema::Union(union) => {
            let mut known = union.variants().iter().filter(|variant| !matches!(variant, Schema::Null));
            known.next().filter(|one| matches!(one, Schema::Record(_)) && known.next().is_none())
        }
        _ => None,
    }
}

/// Names of the columns that a schema is.
fn columns(schema: &Schema, before: &str, depth: usize, names: &mut Vec<String>) {
    match record(schema) {
        Some(Schema::Record(record)) if depth < DEPTH => {
            for field in &record.fields {
                let name = if before.is_empty() { field.name.clone() } else { format!("{before}.{}", field.name) };
                columns(&field.schema, &name, depth + 1, names);
            }
        }
        _ => names.push(if before.is_empty() { "value".to_string() } else { before.to_string() }),
    }
}

/// The cells of a value, as many as its schema has columns.
fn cells(schema: &Schema, value: Option<&Value>, depth: usize, rows: &mut Rows<'_>) {
    match record(schema) {
        Some(Schema::Record(record)) if depth < DEPTH => {
            let fields = match value {
                Some(Value::Record(fields)) => Some(fields),
                Some(Value::Union(_, inner)) => match &**inner {
                    Value::Record(fields) => Some(fields),
                    _ => None,
                },
                _ => None,
            };
            for (n, field) in record.fields.iter().enumerate() {
                let value = fields.and_then(|fields| fields.get(n)).map(|(_, value)| value);
                cells(&field.schema, value, depth + 1, rows);
            }
        }
        _ => match value {
            Some(value) => cell(schema, value, rows),
            None => rows.field(""),
        },
    }
}

/// Gives a value; what is text already is not copied before.
fn cell(schema: &Schema, value: &Value, rows: &mut Rows<'_>) {
    match value {
        Value::Union(n, inner) => cell(variant(schema, *n).unwrap_or(schema), inner, rows),
        Value::String(text) | Value::Enum(_, text) => rows.field(text),
        Value::Bytes(bytes) | Value::Fixed(_, bytes) => rows.field(readable(bytes)),
        other => rows.field(&text(schema, other)),
    }
}

/// A value as text.
fn text(schema: &Schema, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Union(n, inner) => text(variant(schema, *n).unwrap_or(schema), inner),
        Value::Boolean(it) => it.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Long(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        Value::String(text) | Value::Enum(_, text) => text.clone(),
        Value::Bytes(bytes) | Value::Fixed(_, bytes) => readable(bytes).to_string(),
        Value::Uuid(uuid) => uuid.to_string(),
        Value::Date(days) => day(i64::from(*days)),
        Value::TimestampMillis(count) | Value::LocalTimestampMillis(count) => moment(*count, 1_000),
        Value::TimestampMicros(count) | Value::LocalTimestampMicros(count) => moment(*count, 1_000_000),
        Value::TimestampNanos(count) | Value::LocalTimestampNanos(count) => moment(*count, 1_000_000_000),
        Value::Decimal(decimal) => {
            let scale = if let Schema::Decimal(kind) = schema { kind.scale } else { 0 };
            let bytes = Vec::<u8>::try_from(decimal).unwrap_or_default();
            let negative = bytes.first().is_some_and(|b| *b >= 0x80);
            let number =
                bytes.iter().fold(if negative { -1i128 } else { 0 }, |n, b| n.wrapping_shl(8) | i128::from(*b));
            if bytes.len() <= 16 { scaled(number, scale.min(64)) } else { String::new() }
        }
        Value::BigDecimal(number) => BigDecimal::to_plain_string(number),
        other => serde_json::Value::try_from(other.clone()).map(|json| json.to_string()).unwrap_or_default(),
    }
}

fn variant(schema: &Schema, n: u32) -> Option<&Schema> {
    match schema {
        Schema::Union(union) => UnionSchema::variants(union).get(n as usize),
        _ => None,
    }
}
