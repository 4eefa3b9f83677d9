//! Arrow's own files and streams (IPC, Feather 2). In: the file. Out: its rows, records in records as columns with dotted names, lists as
//! JSON. Refuses what the library refuses; a batch that is damaged ends it, and what stood before it is read.

use std::io::{BufReader, SeekFrom};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, TimeUnit};

use super::{day, moment, readable, scaled};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::table::Rows;
use crate::rich::{Asked, Document, Form, Part, Parts};

/// Records in records, and lists in lists.
const DEPTH: usize = 32;
/// Columns, those of records in records among them.
const COLUMNS: usize = 10_000;
/// Values of one list that are shown.
const LISTED: usize = 1_000;
/// What a file begins with; a stream has none (Arrow columnar format, "IPC File Format").
const MARK: &[u8] = b"ARROW1";

/// Reads a file or a stream.
pub(in crate::rich) fn read(_: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    // What the library says may quote what it read.
    let damaged = |_: ArrowError| Halt::new(Reason::Malformed, "no schema that is read");
    let mut mark = [0; MARK.len()];
    let begun = document.read_exact(&mut mark).and_then(|()| document.seek(SeekFrom::Start(0)));
    begun.map_err(|error| Halt::of(&error))?;
    let buffered = BufReader::with_capacity(256 << 10, document);
    if mark == MARK {
        rows(FileReader::try_new(buffered, None).map_err(damaged)?, parts)
    } else {
        rows(StreamReader::try_new(buffered, None).map_err(damaged)?, parts)
    }
}

/// Writes the rows of all batches, under the names of the first.
fn rows(batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>, parts: &mut dyn Parts) -> Result<(), Halt> {
    parts.begin(&Part { name: "rows".to_string(), form: Form::Table, place: None })?;
    let mut rows = Rows::new(parts);
    let mut named = false;
    let mut broken = false;
    let mut text = String::new();
    for batch in batches {
        let Ok(batch) = batch else {
            broken = true;
            break;
        };
        let mut columns = Vec::new();
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            flatten(field.name(), array, Vec::new(), 0, &mut columns);
        }
        if !std::mem::replace(&mut named, true) {
            columns.iter().for_each(|column| rows.field(&column.name));
            rows.end()?;
        }
        for row in 0..batch.num_rows() {
            for column in &columns {
                text.clear();
                if column.within.iter().all(|record| record.is_valid(row)) {
                    cell(&column.array, row, 0, &mut text);
                }
                rows.field(&text);
            }
            rows.end()?;
        }
    }
    rows.flush()?;
    parts.end()?;
    match broken {
        true => Err(Halt::new(Reason::Malformed, "a batch is damaged, and what is behind it was not read")),
        false => Ok(()),
    }
}

/// A column, and the records it stands in, each of which may be missing.
struct Column {
    name: String,
    array: ArrayRef,
    within: Vec<ArrayRef>,
}

/// The columns that an array comes to: its own, or those of its fields.
fn flatten(name: &str, array: &ArrayRef, within: Vec<ArrayRef>, depth: usize, columns: &mut Vec<Column>) {
    if columns.len() >= COLUMNS {
        return;
    }
    match array.as_struct_opt().filter(|_| depth < DEPTH) {
        Some(record) => {
            for (field, inner) in record.fields().iter().zip(record.columns()) {
                let mut within = within.clone();
                within.push(array.clone());
                flatten(&format!("{name}.{}", field.name()), inner, within, depth + 1, columns);
            }
        }
        None => columns.push(Column { name: name.to_string(), array: array.clone(), within }),
    }
}

/// Appends the value of a row as people read it; nothing where there is none or its type has no text.
fn cell(array: &dyn Array, row: usize, depth: usize, out: &mut String) {
    if array.is_null(row) {
        return;
    }
    macro_rules! number {
        ($type:ty) => {
            out.push_str(&array.as_primitive::<$type>().value(row).to_string())
        };
    }
    match array.data_type() {
        DataType::Utf8 => out.push_str(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => out.push_str(array.as_string::<i64>().value(row)),
        DataType::Utf8View => out.push_str(array.as_string_view().value(row)),
        DataType::Binary => out.push_str(readable(array.as_binary::<i32>().value(row))),
        DataType::LargeBinary => out.push_str(readable(array.as_binary::<i64>().value(row))),
        DataType::BinaryView => out.push_str(readable(array.as_binary_view().value(row))),
        DataType::FixedSizeBinary(_) => out.push_str(readable(array.as_fixed_size_binary().value(row))),
        DataType::Boolean => out.push_str(if array.as_boolean().value(row) { "true" } else { "false" }),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float16 => number!(Float16Type),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Date32 => out.push_str(&day(array.as_primitive::<Date32Type>().value(row).into())),
        DataType::Date64 => out.push_str(&moment(array.as_primitive::<Date64Type>().value(row), 1_000)),
        DataType::Timestamp(unit, _) => {
            let (count, parts) = match unit {
                TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().value(row), 1),
                TimeUnit::Millisecond => (array.as_primitive::<TimestampMillisecondType>().value(row), 1_000),
                TimeUnit::Microsecond => (array.as_primitive::<TimestampMicrosecondType>().value(row), 1_000_000),
                TimeUnit::Nanosecond => (array.as_primitive::<TimestampNanosecondType>().value(row), 1_000_000_000),
            };
            out.push_str(&moment(count, parts));
        }
        DataType::Decimal128(_, scale) => {
            let value = array.as_primitive::<Decimal128Type>().value(row);
            out.push_str(&scaled(value, usize::try_from(*scale).unwrap_or(0)));
        }
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            let mut key = String::new();
            cell(dictionary.keys(), row, depth, &mut key);
            if let Some(at) = key.parse().ok().filter(|at| *at < dictionary.values().len() && depth < DEPTH) {
                cell(dictionary.values(), at, depth + 1, out);
            }
        }
        DataType::List(_) => list(&array.as_list::<i32>().value(row), depth, out),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row), depth, out),
        DataType::FixedSizeList(_, _) => list(&array.as_fixed_size_list().value(row), depth, out),
        DataType::Map(_, _) if depth < DEPTH => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let one = |at: usize| (shown(keys, at, depth), serde_json::Value::String(shown(values, at, depth)));
            let map: serde_json::Map<String, serde_json::Value> = (0..entries.len().min(LISTED)).map(one).collect();
            out.push_str(&serde_json::Value::Object(map).to_string());
        }
        DataType::Struct(fields) if depth < DEPTH => {
            let record = array.as_struct();
            let one = |(field, array): (&arrow_schema::FieldRef, &ArrayRef)| {
                (field.name().clone(), serde_json::Value::String(shown(array, row, depth)))
            };
            let map: serde_json::Map<String, serde_json::Value> =
                fields.iter().zip(record.columns()).map(one).collect();
            out.push_str(&serde_json::Value::Object(map).to_string());
        }
        _ => {}
    }
}

/// A value by itself.
fn shown(array: &dyn Array, row: usize, depth: usize) -> String {
    let mut text = String::new();
    cell(array, row, depth + 1, &mut text);
    text
}

/// Appends the values of a list as JSON.
fn list(values: &dyn Array, depth: usize, out: &mut String) {
    if depth < DEPTH {
        let one = |at| serde_json::Value::String(shown(values, at, depth));
        let all: Vec<serde_json::Value> = (0..values.len().min(LISTED)).map(one).collect();
        out.push_str(&serde_json::Value::Array(all).to_string());
    }
}
