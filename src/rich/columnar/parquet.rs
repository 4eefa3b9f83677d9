//! Parquet. In: the file. Out: its rows, one row group after the other; of columns some of which are locked or damaged the others. Refuses
//! files whose footer is encrypted; a damaged row group is a gap.

#[path = "columns.rs"]
mod columns;

use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{LogicalType, Repetition, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::Type;

use super::{day, moment, readable};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::open::ReadAt;
use crate::protected;
use crate::rich::table::Rows;
use crate::rich::{Asked, Document, Form, Part, Parts};

/// Bytes of a document that has to be held in memory since it is no file.
const HELD: u64 = 192 << 20;
/// Records in records.
const DEPTH: usize = 32;

/// Reads a file.
pub(in crate::rich) fn read(asked: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let source = Source::of(asked, document)?;
    if source.bytes(source.length.saturating_sub(4), 4).is_ok_and(|mark| mark[..] == *b"PARE") {
        return Err(Halt::new(Reason::Encrypted, "AES-GCM"));
    }
    let locked = protected::look("parquet", "", &[], Some(&source)).is_some();
    let reader = SerializedFileReader::new(source).map_err(|error| halt(&error))?;
    let metadata = reader.metadata();
    let schema = metadata.file_metadata().schema();
    let (mut names, mut shapes) = (Vec::new(), Vec::new());
    for field in schema.get_fields() {
        shapes.push(Shape::of(field, "", 0, &mut names));
    }
    parts.begin(&Part { name: "rows".to_string(), form: Form::Table, place: None })?;
    let mut rows = Rows::new(parts);
    names.iter().for_each(|name| rows.field(name));
    rows.end()?;
    // Without lists each name is a column of the file, and can be read as that.
    let leaves = metadata.file_metadata().schema_descr();
    let flat = leaves.num_columns() == names.len() && leaves.columns().iter().all(|leaf| leaf.max_rep_level() == 0);
    let mut nanos = Vec::new();
    let flat = flat && shapes.iter().all(|shape| shape.leaves(&mut nanos));
    let mut damaged = Vec::new();
    for group in 0..reader.num_row_groups() {
        rows.parts().work(1)?;
        let whole = vec![true; shapes.len()];
        let error = if flat {
            match reader.get_row_group(group).and_then(|group| columns::read(&*group, &nanos, &mut rows)) {
                Ok(None) => continue,
                Ok(Some(halt)) => return Err(halt),
                Err(error) => error,
            }
        } else {
            match rows_of(&reader, group, &whole, &shapes, &mut rows)? {
                Ok(()) => continue,
                Err(error) => error,
            }
        };
        // What can be read by itself is read, where a column beside it cannot be.
        let alone = |field: usize| (0..shapes.len()).map(|other| other == field).collect::<Vec<_>>();
        let opens = |field: usize| first_row(&reader, group, &alone(field)).is_ok_and(|row| row.is_some());
        let open: Vec<bool> = match first_row(&reader, group, &whole) {
            Err(_) => (0..shapes.len()).map(opens).collect(),
            Ok(_) => Vec::new(),
        };
        let rest = open.contains(&true) && rows_of(&reader, group, &open, &shapes, &mut rows)?.is_ok();
        // Columns that are locked are said of the whole file.
        if !(rest && locked) {
            damaged.push((group, halt(&error)));
        }
    }
    rows.flush()?;
    parts.end()?;
    for (group, halt) in damaged {
        parts.gap(Some(&format!("row group {}", group + 1)), halt.reason, &halt.detail)?;
    }
    Ok(())
}

/// The rows of a group, in the fields that are open; blank in the others.
fn rows_of(
    reader: &SerializedFileReader<Source>,
    group: usize,
    open: &[bool],
    shapes: &[Shape],
    rows: &mut Rows<'_>,
) -> Result<Result<(), ParquetError>, Halt> {
    let group = match reader.get_row_group(group) {
        Ok(group) => group,
        Err(error) => return Ok(Err(error)),
    };
    let given = match group.get_row_iter(projection(reader, open)) {
        Ok(given) => given,
        Err(error) => return Ok(Err(error)),
    };
    for row in given {
        match row {
            Ok(row) => put(&row, open, shapes, rows)?,
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(()))
}

/// The first row of a group in the fields that are open.
fn first_row(reader: &SerializedFileReader<Source>, group: usize, open: &[bool]) -> Result<Option<Row>, ParquetError> {
    reader.get_row_group(group)?.get_row_iter(projection(reader, open))?.next().transpose()
}

/// The fields that are open, as the library wants them named; `None` for all.
fn projection(reader: &SerializedFileReader<Source>, open: &[bool]) -> Option<Type> {
    if open.iter().all(|open| *open) {
        return None;
    }
    let schema = reader.metadata().file_metadata().schema();
    let fields = schema.get_fields().iter().zip(open).filter(|(_, open)| **open).map(|(field, _)| field.clone());
    Type::group_type_builder(schema.name()).with_fields(fields.collect()).build().ok()
}

/// What an error says, but nothing that it may quote.
fn halt(error: &ParquetError) -> Halt {
    match error {
        ParquetError::NYI(_) => Halt::new(Reason::Unsupported, "an encoding that is not read"),
        ParquetError::General(said) if said.contains("ncrypt") => Halt::new(Reason::Encrypted, "AES-GCM"),
        _ => Halt::new(Reason::Malformed, "damaged"),
    }
}

/// How a field becomes columns.
enum Shape {
    /// One column.
    Cell,
    /// One column of times in nanoseconds, which rows give as numbers.
    Nanos,
    /// One column of JSON: a list, a map, what is too deep.
    Nested,
    /// The columns of its fields.
    Group(Vec<Shape>),
}

impl Shape {
    /// The shape of a field; the names of its columns go to `names`.
    fn of(field: &Type, before: &str, depth: usize, names: &mut Vec<String>) -> Shape {
        let info = field.get_basic_info();
        let name = if before.is_empty() { field.name().to_string() } else { format!("{before}.{}", field.name()) };
        let once = info.has_repetition() && info.repetition() != Repetition::REPEATED;
        let logical = info.logical_type_ref();
        // What is a list or a map to the row reader it is by one of these two signs.
        let listed = matches!(logical, Some(LogicalType::List | LogicalType::Map))
            || !matches!(info.converted_type(), parquet::basic::ConvertedType::NONE);
        if field.is_group() && once && !listed && depth < DEPTH {
            return Shape::Group(
                field.get_fields().iter().map(|field| Shape::of(field, &name, depth + 1, names)).collect(),
            );
        }
        names.push(name);
        match logical {
            _ if field.is_group() => Shape::Nested,
            Some(LogicalType::Timestamp(kind)) if kind.unit == TimeUnit::NANOS && once => Shape::Nanos,
            _ => Shape::Cell,
        }
    }

    /// Whether all it holds are plain columns; of each whether its numbers are nanoseconds.
    fn leaves(&self, nanos: &mut Vec<bool>) -> bool {
        match self {
            Shape::Nested => false,
            Shape::Group(shapes) => shapes.iter().all(|shape| shape.leaves(nanos)),
            Shape::Cell | Shape::Nanos => {
                nanos.push(matches!(self, Shape::Nanos));
                true
            }
        }
    }
}

/// A row that has the fields that are open.
fn put(row: &Row, open: &[bool], shapes: &[Shape], rows: &mut Rows<'_>) -> Result<(), Halt> {
    let mut columns = row.get_column_iter().map(|(_, field)| field);
    for (shape, open) in shapes.iter().zip(open) {
        one(if *open { columns.next() } else { None }, shape, rows);
    }
    rows.end()
}

fn fields(row: Option<&Row>, shapes: &[Shape], rows: &mut Rows<'_>) {
    let mut columns = row.map(Row::get_column_iter);
    for shape in shapes {
        one(columns.as_mut().and_then(Iterator::next).map(|(_, field)| field), shape, rows);
    }
}

fn one(field: Option<&Field>, shape: &Shape, rows: &mut Rows<'_>) {
    match (shape, field) {
        (Shape::Group(shapes), Some(Field::Group(inner))) => fields(Some(inner), shapes, rows),
        (Shape::Group(shapes), _) => fields(None, shapes, rows),
        (Shape::Nanos, Some(Field::Long(nanos))) => rows.field(&moment(*nanos, 1_000_000_000)),
        (_, Some(field)) => cell(field, rows),
        (_, None) => rows.field(""),
    }
}

fn cell(field: &Field, rows: &mut Rows<'_>) {
    match field {
        Field::Null => rows.field(""),
        Field::Str(text) => rows.field(text),
        Field::Bytes(bytes) => rows.field(readable(bytes.data())),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => rows.field(&json(field).to_string()),
        other => rows.field(&text(other)),
    }
}

/// A plain value as text.
fn text(field: &Field) -> String {
    match field {
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => readable(bytes.data()).to_string(),
        Field::Date(days) => day(i64::from(*days)),
        Field::TimestampMillis(count) => moment(*count, 1_000),
        Field::TimestampMicros(count) => moment(*count, 1_000_000),
        // Numbers of records are often stored as floats: without a point, if it says nothing.
        Field::Double(number) => number.to_string(),
        Field::Float(number) => number.to_string(),
        other => other.to_string(),
    }
}

/// A list, a map or a record as JSON.
fn json(field: &Field) -> serde_json::Value {
    use serde_json::Value;
    match field {
        Field::Null => Value::Null,
        Field::Group(row) => row.get_column_iter().map(|(name, field)| (name.clone(), json(field))).collect(),
        Field::ListInternal(list) => list.elements().iter().map(json).collect(),
        Field::MapInternal(map) => map.entries().iter().map(|(key, value)| (text(key), json(value))).collect(),
        other => Value::String(text(other)),
    }
}

/// The bytes of a file as the library wants them.
#[derive(Clone)]
struct Source {
    held: Held,
    length: u64,
}

#[derive(Clone)]
enum Held {
    Own(Arc<dyn ReadAt + Send>),
    Memory(Bytes),
}

impl Source {
    fn of(asked: Asked<'_>, document: &mut dyn Document) -> Result<Source, Halt> {
        if let Some(own) = asked.own {
            return Ok(Source { length: own.size(), held: Held::Own(own.clone()) });
        }
        let mut bytes = Vec::new();
        document.take(HELD + 1).read_to_end(&mut bytes).map_err(|error| Halt::of(&error))?;
        if bytes.len() as u64 > HELD {
            return Err(Halt::new(Reason::Limit, "larger than 192 MiB, and not to be read from any place"));
        }
        Ok(Source { length: bytes.len() as u64, held: Held::Memory(Bytes::from(bytes)) })
    }

    fn bytes(&self, start: u64, length: usize) -> io::Result<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &self.held {
            Held::Own(own) => {
                let mut bytes = vec![0; length];
                match own.read_at(start, &mut bytes)? {
                    got if got == length => Ok(Bytes::from(bytes)),
                    _ => Err(io::ErrorKind::UnexpectedEof.into()),
                }
            }
            Held::Memory(bytes) => Ok(bytes.slice(start as usize..start as usize + length)),
        }
    }
}

impl ReadAt for Source {
    fn size(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX));
        buffer[..length].copy_from_slice(&self.bytes(offset, length)?);
        Ok(length)
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Source {
    type T = io::BufReader<At>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        Ok(io::BufReader::new(At { source: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        self.bytes(start, length).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// Reads on from a place.
struct At {
    source: Source,
    at: u64,
}

impl Read for At {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = to.len().min(usize::try_from(self.source.length.saturating_sub(self.at)).unwrap_or(usize::MAX));
        let bytes = self.source.bytes(self.at, length)?;
        to[..length].copy_from_slice(&bytes);
        self.at += length as u64;
        Ok(length)
    }
}
