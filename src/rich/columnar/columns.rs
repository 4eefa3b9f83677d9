//! Row groups of Parquet without lists, column by column: the rows that the library makes of them cost several times what reading does.
//! In: a row group. Out: its rows, with the texts that the library's own rows would have. Refuses nothing more than those do;
//! what stands before a damaged batch is given.

use parquet::basic::ConvertedType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;
use parquet::record::Field;
use parquet::schema::types::ColumnDescPtr;

use super::super::moment;
use super::text;
use crate::decode::budget::Halt;
use crate::rich::columnar::readable;
use crate::rich::table::Rows;

/// Rows that are read of each column together, as the library's rows are.
const BATCH: usize = 1024;
/// Texts of dates and decimals that are kept by value: a column of them has few, and each costs a calendar.
const KEPT: usize = 1024;

/// A column, and what was read of its batch.
struct Column {
    about: ColumnDescPtr,
    nanos: bool,
    /// The level of a value that is there.
    there: i16,
    levels: Vec<i16>,
    values: Values,
    /// Values given of the batch.
    given: usize,
}

enum Values {
    /// As they stand in the page or its dictionary.
    Bytes { reader: ColumnReaderImpl<ByteArrayType>, values: Vec<ByteArray>, utf8: bool },
    /// As text, one behind the other.
    Texts { reader: ColumnReader, text: String, ends: Vec<usize>, kept: Vec<Option<(i64, String)>> },
}

/// Gives the rows of a group; `nanos` says of each column whether its numbers are times in nanoseconds.
pub(super) fn read(group: &dyn RowGroupReader, nanos: &[bool], rows: &mut Rows<'_>) -> Result<Option<Halt>> {
    let mut columns = Vec::new();
    for (n, nanos) in nanos.iter().enumerate() {
        let about = group.metadata().column(n).column_descr_ptr();
        let kind = about.converted_type();
        let values = match group.get_column_reader(n)? {
            ColumnReader::ByteArrayColumnReader(reader) if kind != ConvertedType::DECIMAL => {
                let utf8 = matches!(kind, ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON);
                Values::Bytes { reader, values: Vec::new(), utf8 }
            }
            reader => {
                let many =
                    *nanos || !matches!(kind, ConvertedType::NONE | ConvertedType::INT_32 | ConvertedType::INT_64);
                let kept = vec![None; if many { KEPT } else { 0 }];
                Values::Texts { reader, text: String::new(), ends: Vec::new(), kept }
            }
        };
        let there = about.max_def_level();
        columns.push(Column { about, nanos: *nanos, there, levels: Vec::new(), values, given: 0 });
    }
    let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    while left > 0 {
        let mut whole = left.min(BATCH);
        let mut broken = None;
        for column in &mut columns {
            if let Err((row, error)) = column.load(left.min(BATCH))?
                && row < whole
            {
                (whole, broken) = (row, Some(error));
            }
        }
        for row in 0..whole {
            columns.iter_mut().for_each(|column| column.give(row, rows));
            if let Err(halt) = rows.end() {
                return Ok(Some(halt));
            }
        }
        if let Some(error) = broken {
            return Err(error);
        }
        left -= whole;
    }
    Ok(None)
}

impl Column {
    /// Reads the next rows. The inner error is that of one value, and says in which row it stands.
    fn load(&mut self, count: usize) -> Result<std::result::Result<(), (usize, ParquetError)>> {
        self.levels.clear();
        self.given = 0;
        let (about, levels) = (&self.about, &mut self.levels);
        match &mut self.values {
            Values::Bytes { reader, values, utf8 } => {
                values.clear();
                filled(count, |left| Ok(reader.read_records(left, Some(&mut *levels), None, values)?.0))?;
                let bad = utf8.then(|| values.iter().position(|value| str::from_utf8(value.data()).is_err())).flatten();
                let Some(bad) = bad else { return Ok(Ok(())) };
                let there = self.there;
                let row = match there {
                    0 => bad,
                    _ => {
                        let mut there = levels.iter().enumerate().filter(|(_, level)| **level == there);
                        there.nth(bad).map_or(0, |(row, _)| row)
                    }
                };
                Ok(Err((row, ParquetError::General("no UTF-8".to_string()))))
            }
            Values::Texts { reader, text: to, ends, kept } => {
                to.clear();
                ends.clear();
                let nanos = self.nanos;
                let mut put = |field: &Field| {
                    match field {
                        Field::Long(count) if nanos => to.push_str(&moment(*count, 1_000_000_000)),
                        other => to.push_str(&text(other)),
                    }
                    ends.push(to.len());
                };
                /// Reads values of one type, and puts what the library makes of each.
                macro_rules! put_all {
                    ($reader:expr, $field:expr) => {{
                        let mut values = Vec::new();
                        filled(count, |left| Ok($reader.read_records(left, Some(&mut *levels), None, &mut values)?.0))?;
                        for value in values {
                            put(&$field(value)?);
                        }
                    }};
                }
                match reader {
                    ColumnReader::BoolColumnReader(reader) => {
                        put_all!(reader, |value| Ok::<_, ParquetError>(Field::convert_bool(about, value)));
                    }
                    ColumnReader::Int96ColumnReader(reader) => {
                        put_all!(reader, |value| Ok::<_, ParquetError>(Field::convert_int96(about, value)));
                    }
                    ColumnReader::FloatColumnReader(reader) => {
                        put_all!(reader, |value| Ok::<_, ParquetError>(Field::convert_float(about, value)));
                    }
                    ColumnReader::DoubleColumnReader(reader) => {
                        put_all!(reader, |value| Ok::<_, ParquetError>(Field::convert_double(about, value)));
                    }
                    ColumnReader::ByteArrayColumnReader(reader) => {
                        put_all!(reader, |value| Field::convert_byte_array(about, value));
                    }
                    ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                        put_all!(reader, |value| Field::convert_byte_array(about, ByteArray::from(value)));
                    }
                    ColumnReader::Int32ColumnReader(reader) => {
                        let mut values = Vec::new();
                        filled(count, |left| Ok(reader.read_records(left, Some(&mut *levels), None, &mut values)?.0))?;
                        let of = |value: i64| text(&Field::convert_int32(about, value as i32));
                        values.iter().for_each(|value| remember(i64::from(*value), kept, to, ends, of));
                    }
                    ColumnReader::Int64ColumnReader(reader) => {
                        let mut values = Vec::new();
                        filled(count, |left| Ok(reader.read_records(left, Some(&mut *levels), None, &mut values)?.0))?;
                        let of = |value: i64| match Field::convert_int64(about, value) {
                            Field::Long(count) if nanos => moment(count, 1_000_000_000),
                            other => text(&other),
                        };
                        values.iter().for_each(|value| remember(*value, kept, to, ends, of));
                    }
                }
                Ok(Ok(()))
            }
        }
    }

    /// Gives the field of a row of the batch.
    fn give(&mut self, row: usize, rows: &mut Rows<'_>) {
        if self.there > 0 && self.levels.get(row).is_none_or(|level| *level < self.there) {
            return rows.field("");
        }
        let n = self.given;
        self.given += 1;
        match &self.values {
            Values::Bytes { values, utf8, .. } => match values.get(n) {
                Some(value) if *utf8 => rows.bytes(value.data()),
                Some(value) => rows.field(readable(value.data())),
                None => rows.field(""),
            },
            Values::Texts { text, ends, .. } => {
                let from = n.checked_sub(1).and_then(|n| ends.get(n)).copied().unwrap_or(0);
                let to = ends.get(n).copied().unwrap_or(from);
                rows.field(text.get(from..to).unwrap_or_default());
            }
        }
    }
}

/// Appends the text of a number, and keeps it where texts are kept.
fn remember(
    value: i64,
    kept: &mut [Option<(i64, String)>],
    to: &mut String,
    ends: &mut Vec<usize>,
    of: impl Fn(i64) -> String,
) {
    match kept.len() {
        0 => to.push_str(&of(value)),
        slots => {
            let slot = &mut kept[value.rem_euclid(slots as i64) as usize];
            if slot.as_ref().is_none_or(|(known, _)| *known != value) {
                *slot = Some((value, of(value)));
            }
            to.push_str(slot.as_ref().map_or("", |(_, text)| text));
        }
    }
    ends.push(to.len());
}

/// Reads until so many records are there.
fn filled(count: usize, mut read: impl FnMut(usize) -> Result<usize>) -> Result<()> {
    let mut got = 0;
    while got < count {
        match read(count - got)? {
            0 => return Err(ParquetError::EOF("fewer values than rows".to_string())),
            more => got += more,
        }
    }
    Ok(())
}
