//! dBASE and its kin. In: a table. Out: its rows, and the rows that were deleted and are still there. Refuses headers that describe no row; what
//! stands in a memo file beside it is a gap, unless the same run reads that.

use std::io::{BufReader, Read, SeekFrom};

use encoding_rs::Encoding;

use super::day;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::table::Rows;
use crate::rich::{Asked, Document, Form, Part, Parts};

/// A column: name, type, bytes.
struct Column {
    name: String,
    kind: u8,
    length: usize,
}

/// Reads a table.
pub(in crate::rich) fn read(asked: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut head = [0; 32];
    document.read_exact(&mut head).map_err(|error| Halt::of(&error))?;
    let header = usize::from(u16::from_le_bytes([head[8], head[9]]));
    let length = usize::from(u16::from_le_bytes([head[10], head[11]]));
    let mut described = vec![0; header.saturating_sub(32)];
    document.read_exact(&mut described).map_err(|error| Halt::of(&error))?;
    let encoding = code_page(head[29]);
    let columns: Vec<Column> = described
        .chunks_exact(32)
        .take_while(|field| field[0] != 0x0d)
        .map(|field| Column {
            name: encoding
                .decode_without_bom_handling(field[..11].split(|b| *b == 0).next().unwrap_or_default())
                .0
                .into_owned(),
            kind: field[11],
            // Texts of more than 255 bytes use the place of the decimals.
            length: usize::from(field[16]) + if field[11] == b'C' { usize::from(field[17]) << 8 } else { 0 },
        })
        .collect();
    if columns.is_empty() || 1 + columns.iter().map(|column| column.length).sum::<usize>() > length {
        return Err(Halt::new(Reason::Malformed, "a header that describes no row"));
    }
    let (mut memos, mut short) = (false, false);
    let mut deleted = 0u64;
    for wanted in [b' ', b'*'] {
        if wanted == b'*' && deleted == 0 {
            break;
        }
        document.seek(SeekFrom::Start(header as u64)).map_err(|error| Halt::of(&error))?;
        let mut reader = BufReader::with_capacity(256 << 10, &mut *document);
        let name = if wanted == b'*' { "deleted records" } else { "rows" };
        let place = (wanted == b'*').then(|| name.to_string());
        parts.begin(&Part { name: name.to_string(), form: Form::Table, place })?;
        let mut rows = Rows::new(parts);
        columns.iter().for_each(|column| rows.field(&column.name));
        rows.end()?;
        let mut row = vec![0; length];
        for n in 0..u32::from_le_bytes([head[4], head[5], head[6], head[7]]) {
            if n % 1024 == 0 {
                rows.parts().work(1)?;
            }
            if let Err(error) = reader.read_exact(&mut row) {
                // A file that was copied while it grew.
                short = error.kind() == std::io::ErrorKind::UnexpectedEof;
                if short { break } else { return Err(Halt::of(&error)) }
            }
            deleted += u64::from(row[0] == b'*');
            if (row[0] == b'*') != (wanted == b'*') {
                continue;
            }
            let mut at = 1;
            for column in &columns {
                let bytes = &row[at..at + column.length];
                at += column.length;
                let text = cell(column.kind, bytes, encoding);
                memos |= matches!(column.kind, b'M' | b'G' | b'P' | b'W') && !text.is_empty();
                rows.field(&text);
            }
            rows.end()?;
        }
        rows.flush()?;
        parts.end()?;
    }
    // A memo file is a document of its own: what matters is that it is read.
    if memos && asked.beside.and_then(|beside| beside("memo")).is_none() {
        parts.gap(Some("memos"), Reason::Unsupported, "texts in the memo file beside the table")?;
    }
    if short { Err(Halt::new(Reason::Malformed, "it ends before its last row")) } else { Ok(()) }
}

fn cell(kind: u8, bytes: &[u8], encoding: &'static Encoding) -> String {
    let le = |bytes: &[u8]| bytes.iter().rev().fold(0i64, |number, b| number << 8 | i64::from(*b));
    match (kind, bytes.len()) {
        (b'I' | b'+', 4) => (le(bytes) as i32).to_string(),
        // Of two programs one writes memo numbers as bytes.
        (b'M' | b'G' | b'P' | b'W', 4) => {
            if le(bytes) == 0 {
                String::new()
            } else {
                le(bytes).to_string()
            }
        }
        (b'B' | b'O', 8) => f64::from_bits(le(bytes) as u64).to_string(),
        (b'Y', 8) => super::scaled(i128::from(le(bytes)), 4),
        (b'T' | b'@', 8) => {
            // Days of the Julian calendar, and milliseconds.
            let days = le(&bytes[..4]);
            if days == 0 || days > 5_373_484 { String::new() } else { day(days - 2_440_588) }
        }
        _ => encoding.decode_without_bom_handling(bytes).0.trim_matches([' ', '\0']).to_string(),
    }
}

/// The code page by the byte of the header that names the language driver.
fn code_page(driver: u8) -> &'static Encoding {
    match driver {
        0xc8 => encoding_rs::WINDOWS_1250,
        0xc9 => encoding_rs::WINDOWS_1251,
        0xca => encoding_rs::WINDOWS_1254,
        0xcb => encoding_rs::WINDOWS_1253,
        0x26 | 0x65 => encoding_rs::IBM866,
        0x13 | 0x7b => encoding_rs::SHIFT_JIS,
        0x4d | 0x7a => encoding_rs::GBK,
        _ => encoding_rs::WINDOWS_1252,
    }
}
