//! Records of SQLite (file format 2.1). In: the bytes of a record. Out: its values, and the text of each.
//! Refuses records whose header does not fit them.

use super::pages::TextEncoding;

/// A value as it is stored.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// A number of one to nine bytes, with how many they are (1.6).
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for n in 0..8 {
        let byte = *bytes.get(n)?;
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, n + 1));
        }
    }
    Some((value << 8 | u64::from(*bytes.get(8)?), 9))
}

/// Bytes that a value of a serial type takes; `None` for the types that are kept for other uses.
pub(super) fn size(serial: u64) -> Option<usize> {
    match serial {
        0 | 8 | 9 => Some(0),
        1..=4 => usize::try_from(serial).ok(),
        5 => Some(6),
        6 | 7 => Some(8),
        10 | 11 => None,
        _ => usize::try_from((serial - 12) / 2).ok(),
    }
}

/// A value of a serial type, whose bytes are given.
pub(super) fn value(serial: u64, bytes: &[u8]) -> Value<'_> {
    match serial {
        0 | 10 | 11 => Value::Null,
        8 => Value::Int(0),
        9 => Value::Int(1),
        7 => Value::Real(f64::from_bits(bytes.iter().fold(0, |number, b| number << 8 | u64::from(*b)))),
        1..=6 => {
            let negative = bytes.first().is_some_and(|b| *b >= 0x80);
            Value::Int(bytes.iter().fold(if negative { -1 } else { 0 }, |number, b| number << 8 | i64::from(*b)))
        }
        _ if serial.is_multiple_of(2) => Value::Blob(bytes),
        _ => Value::Text(bytes),
    }
}

/// The values of a record, in order. A value that the record is too short for ends them; `false` says so.
pub(super) fn values<'a>(record: &'a [u8], mut each: impl FnMut(Value<'a>)) -> bool {
    let Some((length, mut at)) = varint(record) else { return false };
    let Some(header) = usize::try_from(length).ok().filter(|length| *length <= record.len()) else { return false };
    let mut body = header;
    while at < header {
        let Some((serial, used)) = varint(&record[at..header]) else { return false };
        at += used;
        let Some(bytes) = size(serial).and_then(|size| record.get(body..body.checked_add(size)?)) else { return false };
        body += bytes.len();
        each(value(serial, bytes));
    }
    true
}

/// Appends what a value says as text; nothing for what is no text, `false` then.
pub(super) fn text(value: Value<'_>, encoding: TextEncoding, to: &mut String) -> bool {
    use std::fmt::Write as _;
    match value {
        Value::Null => {}
        Value::Int(number) => drop(write!(to, "{number}")),
        Value::Real(number) => drop(write!(to, "{number}")),
        Value::Text(bytes) => match encoding {
            TextEncoding::Utf8 => to.push_str(&String::from_utf8_lossy(bytes)),
            TextEncoding::Utf16Le => to.push_str(&encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0),
            TextEncoding::Utf16Be => to.push_str(&encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0),
        },
        Value::Blob(bytes) => match str::from_utf8(bytes) {
            Ok(text) if !text.bytes().any(|b| b < 0x20 && !b.is_ascii_whitespace()) => to.push_str(text),
            _ => return false,
        },
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_lengths() {
        assert_eq!(varint(&[0x7f]), Some((127, 1)));
        assert_eq!(varint(&[0x81, 0x00]), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0x80]), None);
        assert!(value(1, &[0xff]) == Value::Int(-1));
        assert!(value(3, &[0x80, 0, 0]) == Value::Int(-8_388_608));
    }

    #[test]
    fn a_header_that_does_not_fit_is_refused() {
        assert!(!values(&[9, 1], |_| {}));
        assert!(!values(&[2, 0x41, b'x'], |_| {}));
        let mut seen = 0;
        assert!(values(&[2, 0x0f, b'x'], |_| seen += 1));
        assert_eq!(seen, 1);
    }
}
