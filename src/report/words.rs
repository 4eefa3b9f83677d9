//! Numbers and names as people read them. In: counts, sizes, estimates, names that may hold anything. Out: short plain
//! text that is safe on a terminal. Refuses nothing.

use std::fmt::Write as _;

/// A name as a terminal shows it safely: control characters and marks that turn the writing direction are escaped.
pub fn plain(text: &str) -> String {
    let unsafe_ = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if unsafe_(c) {
            let _ = write!(out, "{}", c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// At most `width` characters, the last of them `…` if something was cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_string(),
        Some(_) => text.chars().take(width - 1).chain(['…']).collect(),
    }
}

/// `1,171`
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 document`, `2 documents`
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// `12.3 MB`
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    let mut amount = bytes as f64;
    let mut unit = "bytes";
    for next in UNITS {
        if amount < 1000.0 {
            break;
        }
        amount /= 1000.0;
        unit = next;
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{amount:.1} {unit}") }
}

/// `0`, `0.4`, `12`: as exact as an estimate deserves.
pub(super) fn about_number(x: f64) -> String {
    match x {
        x if x < 0.05 || !x.is_finite() => "0".to_string(),
        x if x < 10.0 => format!("{x:.1}"),
        x => thousands(x.round() as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_play_tricks_on_the_terminal() {
        assert_eq!(plain("a\x1b[31m\n\u{202e}b"), "a\\u{1b}[31m\\n\\u{202e}b");
    }

    #[test]
    fn numbers_read_easily() {
        for (n, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(n), expected);
        }
        for (bytes, expected) in [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (12_345_678, "12.3 MB")] {
            assert_eq!(size(bytes), expected);
        }
        for (x, expected) in [(0.0, "0"), (0.44, "0.4"), (12.4, "12"), (f64::NAN, "0")] {
            assert_eq!(about_number(x), expected);
        }
    }
}
