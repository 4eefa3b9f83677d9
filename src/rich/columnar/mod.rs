//! Files of tables: Parquet, Arrow, Avro, dBASE with its memos. In: the file. Out: its rows, records in records as columns with dotted names, lists as JSON.
//! Refuses what its schema does not describe; a damaged stretch is a gap, and the rest is read where the format allows.

pub(super) mod arrow;
pub(super) mod avro;
pub(super) mod dbase;
pub(super) mod memo;
pub(super) mod parquet;

use jiff::civil::{Date, date};

/// Days since 1970 as a date; the number itself beyond the calendar.
fn day(days: i64) -> String {
    match jiff::Span::new().try_days(days).ok().and_then(|span| EPOCH.checked_add(span).ok()) {
        Some(day) => day.to_string(),
        None => days.to_string(),
    }
}

/// A time since 1970 that is counted in parts of a second: the date alone at midnight, since columns of dates are often stored so.
fn moment(count: i64, parts: i64) -> String {
    let (seconds, rest) = (count.div_euclid(parts), count.rem_euclid(parts));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let mut text = day(days);
    if second != 0 || rest != 0 {
        text.push_str(&format!(" {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60));
    }
    text
}

const EPOCH: Date = date(1970, 1, 1);

/// A number of units that are tenths, hundredths, …
fn scaled(unscaled: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// Bytes as text, where they are text.
fn readable(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).ok().filter(|text| !text.bytes().any(|b| b < b' ' && !b.is_ascii_whitespace())).unwrap_or("")
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
