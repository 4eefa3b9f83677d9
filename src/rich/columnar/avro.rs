//! Avro. In: a container file. Out: its rows. Refuses blocks and values larger than the budget of the library, which is set before anything is
//! read; where a block is damaged reading ends, since the next is found by it.

use std::io::BufReader;

use apache_avro::schema::{Schema, UnionSchema};
use apache_avro::types::Value;
use apache_avro::{BigDecimal, Reader};

use super::{day, moment, readable, scaled};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::table::Rows;
use crate::rich::{Asked, Document, Form, Part, Parts};

/// Bytes that a block, or a value in it, may ask for.
const ALLOCATION: usize = 128 << 20;
/// Records in records.
const DEPTH: usize = 32;

/// Reads a file.
pub(in crate::rich) fn read(_: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    apache_avro::util::max_allocation_bytes(ALLOCATION);
    let damaged = |detail: &str| Halt::new(Reason::Malformed, detail);
    let reader = Reader::new(BufReader::with_capacity(256 << 10, document));
    // What the library says may quote what it read.
    let mut reader = reader.map_err(|_| damaged("no header of a container"))?;
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
        _ => rows.field(&value.map(|value| text(schema, value)).unwrap_or_default()),
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
