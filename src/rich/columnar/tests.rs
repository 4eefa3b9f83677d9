//! Parquet, Avro and dBASE files made here, whole and damaged: which rows come out of them.

use std::io::Cursor;
use std::sync::Arc;

use ::parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;

use super::*;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::open::ReadAt;
use crate::rich::tests::Collected;
use crate::rich::{Asked, Reader};

fn collected(reader: Reader, bytes: &[u8]) -> (String, Collected, Result<(), Halt>) {
    let mut parts = Collected::default();
    let done = reader(Asked::default(), &mut Cursor::new(bytes), &mut parts);
    let text = parts.parts.first().map(|(_, bytes)| String::from_utf8_lossy(bytes).replace('\x1f', "|"));
    (text.unwrap_or_default(), parts, done)
}

fn parquet_file() -> Vec<u8> {
    let schema = "message s { required binary ssn (UTF8); optional group person { optional int32 born (DATE); required int64 seen (TIMESTAMP(NANOS,true)); } }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::builder().build())).expect("a writer");
    for group in 0..2i64 {
        let mut rows = writer.next_row_group().expect("a group");
        let mut column = rows.next_column().expect("a column").expect("one");
        let values = [ByteArray::from("536-90-4399"), ByteArray::from("219-48-1234")];
        column.typed::<ByteArrayType>().write_batch(&values, None, None).expect("written");
        column.close().expect("closed");
        let mut column = rows.next_column().expect("a column").expect("one");
        column.typed::<Int32Type>().write_batch(&[-7215], Some(&[2, 0]), None).expect("written");
        column.close().expect("closed");
        let mut column = rows.next_column().expect("a column").expect("one");
        let nanos = 86_400_000_000_000 * group + 3_600_000_000_000;
        column.typed::<Int64Type>().write_batch(&[nanos], Some(&[1, 0]), None).expect("written");
        column.close().expect("closed");
        rows.close().expect("closed");
    }
    writer.close().expect("closed");
    bytes
}

#[test]
fn parquet_is_rows() {
    let bytes = parquet_file();
    let (text, parts, done) = collected(parquet::read, &bytes);
    let expected = "ssn|person.born|person.seen\n536-90-4399|1950-04-01|1970-01-01 01:00:00\n219-48-1234||\n\
                    536-90-4399|1950-04-01|1970-01-02 01:00:00\n219-48-1234||\n";
    assert_eq!((text.as_str(), parts.gaps.len(), done), (expected, 0, Ok(())));
    // From a file, too, as in a worker.
    let own: Arc<dyn ReadAt + Send> = Arc::new(bytes);
    let mut parts = Collected::default();
    let asked = Asked { own: Some(&own), ..Asked::default() };
    parquet::read(asked, &mut Cursor::new(&[]), &mut parts).expect("read");
    assert_eq!(String::from_utf8_lossy(&parts.parts[0].1).replace('\x1f', "|"), expected);
}

#[test]
fn damaged_parquet_is_a_halt_or_a_gap() {
    let whole = parquet_file();
    assert_eq!(collected(parquet::read, &whole[..whole.len() - 9]).2.expect_err("cut").reason, Reason::Malformed);
    let mut first = whole.clone();
    // The header of the first page.
    first[4..12].fill(0xff);
    let (text, parts, _) = collected(parquet::read, &first);
    assert_eq!(parts.gaps.first().map(|gap| gap.1), Some(Reason::Malformed));
    assert!(text.ends_with("219-48-1234||\n"), "the second group is read");
    assert!(text.contains("\n|1950-04-01|1970-01-01 01:00:00\n||\n"), "and what is beside the column: {text}");
}

/// A table of two batches: a dictionary, a list, a record that is missing once, a date and a time.
fn arrow_batches() -> Vec<arrow_array::RecordBatch> {
    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::types::Int8Type;
    use arrow_array::{
        Date32Array, Decimal128Array, DictionaryArray, RecordBatch, StringArray, StructArray, TimestampSecondArray,
    };
    use arrow_schema::{DataType, Field};

    let batch = |shift: i64| {
        let plan: DictionaryArray<Int8Type> = ["HMO", "PPO"].into_iter().collect();
        let mut phones = ListBuilder::new(StringBuilder::new());
        phones.append_value([Some("205-555-0171"), None]);
        phones.append_null();
        let fields = vec![Field::new("ssn", DataType::Utf8, true), Field::new("born", DataType::Date32, true)];
        let inner: Vec<arrow_array::ArrayRef> = vec![
            Arc::new(StringArray::from(vec![Some("536-90-4399"), Some("219-48-1234")])),
            Arc::new(Date32Array::from(vec![-7215, 0])),
        ];
        let person = StructArray::new(fields.into(), inner, Some(vec![true, false].into()));
        let paid = Decimal128Array::from(vec![12345, -5]).with_precision_and_scale(9, 2).expect("a scale");
        RecordBatch::try_from_iter([
            ("person", Arc::new(person) as arrow_array::ArrayRef),
            ("plan", Arc::new(plan)),
            ("phones", Arc::new(phones.finish())),
            ("paid", Arc::new(paid)),
            ("seen", Arc::new(TimestampSecondArray::from(vec![86_400 * shift, 86_400 * shift + 3_600]))),
        ])
        .expect("a batch")
    };
    vec![batch(1), batch(2)]
}

fn arrow_files() -> [Vec<u8>; 2] {
    let batches = arrow_batches();
    let schema = batches[0].schema();
    let mut file = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &schema).expect("a writer");
    let mut stream = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &schema).expect("a writer");
    for batch in &batches {
        file.write(batch).expect("written");
        stream.write(batch).expect("written");
    }
    [file.into_inner().expect("closed"), stream.into_inner().expect("closed")]
}

#[test]
fn arrow_is_rows() {
    let expected = "person.ssn|person.born|plan|phones|paid|seen\n\
                    536-90-4399|1950-04-01|HMO|\"[\"\"205-555-0171\"\",\"\"\"\"]\"|123.45|1970-01-02\n\
                    ||PPO||-0.05|1970-01-02 01:00:00\n\
                    536-90-4399|1950-04-01|HMO|\"[\"\"205-555-0171\"\",\"\"\"\"]\"|123.45|1970-01-03\n\
                    ||PPO||-0.05|1970-01-03 01:00:00\n";
    for bytes in arrow_files() {
        let (text, parts, done) = collected(arrow::read, &bytes);
        assert_eq!((text.as_str(), parts.gaps.len(), done), (expected, 0, Ok(())));
    }
}

#[test]
fn damaged_arrow_is_a_halt() {
    for whole in arrow_files() {
        for at in (0..whole.len()).step_by(1 + whole.len() / 300) {
            // The library may panic, which is caught in a worker too; nothing more is asked for than the file could hold.
            let mut broken = whole.clone();
            broken[at] ^= 0x5a;
            let _ = std::panic::catch_unwind(|| collected(arrow::read, &broken).2);
            let _ = std::panic::catch_unwind(|| collected(arrow::read, &whole[..at]).2);
        }
        let (text, _, done) = collected(arrow::read, &whole[..whole.len() / 2]);
        assert!(done.is_err() || text.lines().count() < 5, "{text}");
    }
}

fn avro_file(codec: apache_avro::Codec) -> Vec<u8> {
    use apache_avro::types::{Record, Value};
    let schema = apache_avro::Schema::parse_str(
        r#"{"type":"record","name":"p","fields":[{"name":"ssn","type":["null","string"]},
            {"name":"who","type":["null",{"type":"record","name":"w","fields":[{"name":"born","type":{"type":"int","logicalType":"date"}},
            {"name":"owed","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}]},
            {"name":"tags","type":{"type":"array","items":"string"}}]}"#,
    )
    .expect("a schema");
    let mut writer = apache_avro::Writer::with_codec(&schema, Vec::new(), codec).expect("a writer");
    for n in 0..3 {
        let mut record = Record::new(&schema).expect("a record");
        record.put("ssn", Value::Union(1, Box::new(Value::String("536-90-4399".to_string()))));
        let owed = Value::Decimal(apache_avro::Decimal::from([0xffu8, 0x85].as_slice()));
        let who = Value::Record(vec![("born".to_string(), Value::Date(-7215)), ("owed".to_string(), owed)]);
        let none = Value::Union(0, Box::new(Value::Null));
        record.put("who", if n == 2 { none } else { Value::Union(1, Box::new(who)) });
        record.put("tags", Value::Array(vec![Value::String("a".to_string())]));
        writer.append_value(record).expect("written");
    }
    writer.into_inner().expect("bytes")
}

#[test]
fn avro_is_rows() {
    for codec in [apache_avro::Codec::Null, apache_avro::Codec::Snappy] {
        let (text, _, done) = collected(avro::read, &avro_file(codec));
        let row = "536-90-4399|1950-04-01|-1.23|\"[\"\"a\"\"]\"\n";
        assert_eq!(text, format!("ssn|who.born|who.owed|tags\n{row}{row}536-90-4399|||\"[\"\"a\"\"]\"\n"));
        assert_eq!(done, Ok(()));
    }
}

#[test]
fn damaged_avro_is_a_halt() {
    let whole = avro_file(apache_avro::Codec::Null);
    for length in 0..whole.len() {
        let _ = collected(avro::read, &whole[..length]);
    }
    assert_eq!(collected(avro::read, &whole[..whole.len() - 20]).2.expect_err("cut").reason, Reason::Malformed);
}

fn dbase_file() -> Vec<u8> {
    let mut bytes = vec![3, 126, 11, 22, 3, 0, 0, 0, 97, 0, 31, 0];
    bytes.resize(32, 0);
    for (name, kind, length) in [(&b"NAME"[..], b'C', 11u8), (b"SSN", b'C', 11)] {
        let mut field = name.to_vec();
        field.resize(11, 0);
        field.extend([kind, 0, 0, 0, 0, length]);
        field.resize(32, 0);
        bytes.extend(field);
    }
    bytes.push(0x0d);
    for row in [" Ann Miller 536-90-4399", "*Jos\u{e9} Young 219-48-1234", " Bo         401-22-9876"] {
        let mut row: Vec<u8> = row.chars().map(|c| c as u8).collect();
        row.resize(31, b' ');
        bytes.extend(row);
    }
    bytes
}

#[test]
fn dbase_is_rows_and_deleted_rows() {
    let bytes = dbase_file();
    let (text, parts, done) = collected(dbase::read, &bytes);
    assert_eq!(text, "NAME|SSN\nAnn Miller|536-90-4399\nBo|401-22-9876\n");
    assert_eq!(parts.parts[1].1, "NAME\x1fSSN\nJosé Young\x1f219-48-1234\n".as_bytes());
    assert_eq!(done, Ok(()));
    assert_eq!(collected(dbase::read, &bytes[..bytes.len() - 40]).2.expect_err("cut").reason, Reason::Malformed);
    for length in 0..bytes.len() {
        let _ = collected(dbase::read, &bytes[..length]);
    }
}

fn memos(name: &str, bytes: &[u8]) -> (String, Collected, Result<(), Halt>) {
    let mut parts = Collected::default();
    let asked = Asked { name, ..Asked::default() };
    let done = memo::read(asked, &mut Cursor::new(bytes), &mut parts);
    let text = parts.parts.first().map(|part| String::from_utf8_lossy(&part.1).into_owned()).unwrap_or_default();
    (text, parts, done)
}

#[test]
fn memo_files_are_their_texts() {
    let block = |text: &[u8]| [text, &vec![0; 512usize.wrapping_sub(text.len()) % 512]].concat();
    let third =
        [vec![4, 0, 0, 0], vec![0; 508], block(b"SSN 536-22-8145\x1a\x1aold text\x1a"), block(b"caf\xe9\x1a\x1a")]
            .concat();
    assert_eq!(memos("a.dbt", &third).0, "SSN 536-22-8145\n\nold text\n\ncafé\n\n");
    let mut fourth = third.clone();
    fourth[512..].fill(0);
    fourth[512..512 + 12].copy_from_slice(b"\xff\xff\x08\0\x0c\0\0\0text");
    assert_eq!(memos("A.DBT", &fourth).0, "text\n\n");
    let mut fox = vec![0, 0, 0, 20, 0, 0, 0, 64];
    fox.resize(512, 0);
    for (kind, text) in [(1u8, &b"Mother SSN 536-22-8145"[..]), (1, &[b'x'; 100]), (0, b"picture"), (1, b"last")] {
        fox.extend([0, 0, 0, kind, 0, 0, 0, text.len() as u8]);
        fox.extend(text);
        fox.resize(fox.len().next_multiple_of(64), 0);
    }
    let (text, parts, done) = memos("A.FPT", &fox);
    assert_eq!(text, format!("Mother SSN 536-22-8145\n\n{}\n\nlast\n\n", "x".repeat(100)));
    assert_eq!((parts.gaps.len(), done), (1, Ok(())));
    for length in 0..fox.len() {
        let _ = memos("a.fpt", &fox[..length]);
        let _ = memos("a.dbt", &fourth[..length.min(fourth.len())]);
    }
    assert_eq!(memos("a.fpt", &fox[..100]).2.expect_err("cut").reason, Reason::Malformed);
}

#[test]
fn days_and_numbers_read_as_such() {
    assert_eq!(day(0), "1970-01-01");
    assert_eq!(day(i64::MAX), i64::MAX.to_string());
    assert_eq!(moment(-1, 1000), "1969-12-31 23:59:59");
    assert_eq!(scaled(-5, 2), "-0.05");
    assert_eq!(scaled(12, 0), "12");
}
