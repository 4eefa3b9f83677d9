//! Numbers as a sheet shows them. In: a number and its format code (ECMA-376 part 1, 18.8.30-31). Out: text: dates as ISO 8601,
//! social security numbers with their dashes, leading zeros, anything else in plain digits. Refuses to round, group or scale: what
//! only makes a number pleasant to read is left out.

use std::fmt::Write as _;

/// Longer format codes are read as General; Excel allows 255 characters.
const LONGEST: usize = 1_024;

/// What a format code makes of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// No format: whether it is a date only its column tells.
    General,
    /// Digits with a point, whatever else the code adds.
    Plain,
    /// A day, a time of day, or both.
    Date {
        /// The code shows day, month or year.
        day: bool,
        /// The code shows hours, minutes or seconds.
        time: bool,
    },
    /// Digits between signs, or with zeros in front: the sections of the code.
    Pattern(Vec<Section>),
}

/// A section of a format code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Numbers it is for: `<=9999999` as an operator and a limit in thousandths.
    limit: Option<(&'static str, i64)>,
    /// What is written, from left to right.
    signs: Vec<Sign>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// A digit; a zero where there is none.
    Zero,
    /// A digit, where there is one.
    Digit,
    /// As it stands.
    Literal(char),
}

/// The format with a number below 164 (ECMA-376 part 1, 18.8.30; those of other languages from [MS-XLS] 2.4.126).
pub(super) fn built_in(id: u32) -> Format {
    match id {
        0 | 49 => Format::General,
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Format::Date { day: true, time: false },
        22 => Format::Date { day: true, time: true },
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Format::Date { day: false, time: true },
        59..=62 | 67..=70 => Format::Plain,
        71..=74 => Format::Date { day: true, time: false },
        75..=80 => Format::Date { day: false, time: true },
        81 => Format::Date { day: true, time: true },
        _ => Format::Plain,
    }
}

/// What a format code says.
pub(super) fn of(code: &str) -> Format {
    if code.len() > LONGEST
        || code.trim().is_empty()
        || code.eq_ignore_ascii_case("general")
        || code.contains('@') && !code.contains(['0', '#'])
    {
        return Format::General;
    }
    let mut sections = Vec::new();
    let (mut day, mut time, mut odd) = (false, false, false);
    for text in split(code) {
        let section = section(&text, &mut day, &mut time, &mut odd);
        sections.push(section);
        if day || time {
            return Format::Date { day, time };
        }
    }
    let telling = |section: &Section| {
        let digits = |sign: &&Sign| matches!(sign, Sign::Zero | Sign::Digit);
        let zeros = section.signs.iter().filter(|sign| **sign == Sign::Zero).count();
        let first = section.signs.iter().position(|sign| digits(&sign));
        let last = section.signs.iter().rposition(|sign| digits(&sign));
        let between = |range: &[Sign]| range.iter().any(|sign| matches!(sign, Sign::Literal(_)));
        zeros > 1 || first.zip(last).is_some_and(|(first, last)| between(&section.signs[first..=last]))
    };
    if odd || !sections.first().is_some_and(telling) && !sections.iter().any(|s| s.limit.is_some() && telling(s)) {
        return Format::Plain;
    }
    Format::Pattern(sections)
}

/// The sections of a code; `;` in quotes and behind a backslash separates nothing.
fn split(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut quoted, mut literal) = (false, false);
    for c in code.chars() {
        match c {
            ';' if !quoted && !literal => {
                sections.push(String::new());
                continue;
            }
            '"' if !literal => quoted = !quoted,
            _ => {}
        }
        literal = c == '\\' && !literal && !quoted;
        if let Some(section) = sections.last_mut() {
            section.push(c);
        }
    }
    sections
}

fn section(code: &str, day: &mut bool, time: &mut bool, odd: &mut bool) -> Section {
    let mut section = Section { limit: None, signs: Vec::new() };
    let mut chars = code.chars().peekable();
    let mut months = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => section.signs.extend(chars.by_ref().take_while(|c| *c != '"').map(Sign::Literal)),
            '\\' => section.signs.extend(chars.next().map(Sign::Literal)),
            // A blank as wide as the next character; the next character as often as it fits.
            '_' | '*' => drop(chars.next()),
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                match inside.to_ascii_lowercase().as_str() {
                    inside if !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'm' | 's')) => {
                        *time = true
                    }
                    inside => section.limit = limit(inside).or(section.limit),
                }
            }
            'y' | 'Y' | 'd' | 'D' | 'e' if !section.signs.iter().any(|s| matches!(s, Sign::Zero | Sign::Digit)) => {
                *day = true
            }
            'h' | 'H' | 's' | 'S' => *time = true,
            'm' | 'M' => months = true,
            // Exponents, points, fractions.
            'E' | 'e' | '.' | '/' => *odd = true,
            '%' => *odd = true,
            '0' => section.signs.push(Sign::Zero),
            '#' | '?' => section.signs.push(Sign::Digit),
            ',' => *odd = true,
            '-' | '(' | ')' | ' ' | ':' | '+' | '$' | '\'' | '{' | '}' | '<' | '>' | '=' | '&' | '~' | '^' | '!' => {
                section.signs.push(Sign::Literal(c));
            }
            _ => {}
        }
    }
    if months {
        // Minutes beside hours or seconds, else months.
        *day |= !*time;
    }
    if section.signs.iter().all(|sign| !matches!(sign, Sign::Zero | Sign::Digit))
        && !*day
        && !*time
        && section.limit.is_none()
    {
        *odd |= section.signs.is_empty();
    }
    section
}

fn limit(text: &str) -> Option<(&'static str, i64)> {
    const OPERATORS: [&str; 6] = ["<=", ">=", "<>", "<", ">", "="];
    let operator = OPERATORS.into_iter().find(|operator| text.starts_with(operator))?;
    let number: f64 = text[operator.len()..].trim().parse().ok()?;
    Some((operator, (number * 1_000.0) as i64))
}

impl Section {
    fn is_for(&self, value: f64, at: usize, sections: usize) -> bool {
        match self.limit {
            Some((operator, limit)) => {
                let limit = limit as f64 / 1_000.0;
                match operator {
                    "<=" => value <= limit,
                    ">=" => value >= limit,
                    "<>" => value != limit,
                    "<" => value < limit,
                    ">" => value > limit,
                    _ => value == limit,
                }
            }
            None => match at {
                0 => sections == 1 || value > 0.0 || sections == 2 && value == 0.0,
                1 => sections == 2 || value < 0.0,
                _ => true,
            },
        }
    }

    fn write(&self, value: f64) -> Option<String> {
        if value.fract() != 0.0 || value.abs() >= 1e15 {
            return None;
        }
        let digits = format!("{:.0}", value.abs());
        let places = self.signs.iter().filter(|sign| !matches!(sign, Sign::Literal(_))).count();
        if places == 0 {
            return None;
        }
        // Digits that have no place stand before the first one.
        let mut more = digits.len().saturating_sub(places);
        let mut blank = places.saturating_sub(digits.len());
        let mut left = digits.chars();
        let mut out = String::new();
        for sign in &self.signs {
            match sign {
                Sign::Literal(c) => out.push(*c),
                Sign::Zero | Sign::Digit if blank > 0 => {
                    blank -= 1;
                    if *sign == Sign::Zero {
                        out.push('0');
                    }
                }
                Sign::Zero | Sign::Digit => {
                    out.extend(left.by_ref().take(1 + std::mem::take(&mut more)));
                }
            }
        }
        Some(out.trim().to_string())
    }
}

/// A number as its format shows it. `epoch` is 1904 where the workbook counts days from then.
pub(super) fn show(value: f64, format: &Format, epoch: Epoch) -> String {
    match format {
        Format::General | Format::Plain => plain(value),
        Format::Date { day, time } => date(value, *day, *time, epoch).unwrap_or_else(|| plain(value)),
        Format::Pattern(sections) => {
            let fits = sections.iter().enumerate().find(|(at, section)| section.is_for(value, *at, sections.len()));
            fits.and_then(|(_, section)| section.write(value)).unwrap_or_else(|| plain(value))
        }
    }
}

/// A number in digits; with an exponent only where it is too large to mean anything.
pub(super) fn plain(value: f64) -> String {
    if value.abs() >= 1e21 || value != 0.0 && value.abs() < 1e-9 { format!("{value:e}") } else { format!("{value}") }
}

/// The day that counts as the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Epoch {
    /// 1 is the first of January 1900, and 60 the 29th of February of that year, which there was not.
    #[default]
    Of1900,
    /// 0 is the first of January 1904.
    Of1904,
}

/// Serial days beyond the year 9999 are none.
const LAST: f64 = 2_958_466.0;

/// A serial day as a date; `None` where it is out of range.
pub(super) fn date(value: f64, day: bool, time: bool, epoch: Epoch) -> Option<String> {
    if !(0.0..LAST).contains(&value) {
        return None;
    }
    let seconds = ((value.fract() * 86_400.0).round() as u32).min(86_399);
    let whole = value.trunc() as i32;
    let mut out = String::new();
    if day && !(whole == 0 && epoch == Epoch::Of1900 && time) {
        let (year, month, number) = match epoch {
            Epoch::Of1904 => civil(whole - 24_107),
            // 1970-01-01 is 25,569.
            Epoch::Of1900 if whole == 60 => (1900, 2, 29),
            Epoch::Of1900 if whole < 60 => civil(whole - 25_568),
            Epoch::Of1900 => civil(whole - 25_569),
        };
        let _ = write!(out, "{year:04}-{month:02}-{number:02}");
    }
    if time && (seconds > 0 || !day) {
        let blank = if out.is_empty() { "" } else { " " };
        let _ = write!(out, "{blank}{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    Some(out)
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
fn civil(days: i32) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i32::from(month <= 2), month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_their_format_says() {
        for (value, code, shown) in [
            (123_456_789.0, "000-00-0000", "123-45-6789"),
            (12_345_678.0, "000\\-00\\-0000", "012-34-5678"),
            (12_345_678.0, "000000000", "012345678"),
            (1_234.0, "00000", "01234"),
            (5_551_234.0, "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "555-1234"),
            (2_515_551_234.0, "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "(251) 555-1234"),
            (42.0, "\"MRN-\"000000", "MRN-000042"),
            (1_234_567.0, "#,##0.00", "1234567"),
            (0.25, "0%", "0.25"),
            (123_456_789_012.0, "0.00E+00", "123456789012"),
            (123_456_789_012.0, "General", "123456789012"),
            (22_083.0, "yyyy\\-mm\\-dd", "1960-06-16"),
            (22_083.0, "[$-409]d\\-mmm\\-yy;@", "1960-06-16"),
            (22_083.5, "m/d/yy h:mm", "1960-06-16 12:00:00"),
            (0.5, "[h]:mm:ss", "12:00:00"),
            (22_083.0, "mmm yyyy", "1960-06-16"),
            (5.0, "0 \"years old\"", "5"),
            (7.0, "[Red]0", "7"),
            (7.0, "@", "7"),
        ] {
            assert_eq!(show(value, &of(code), Epoch::Of1900), shown, "{code}");
        }
    }

    #[test]
    fn days_count_from_either_epoch() {
        assert_eq!(date(1.0, true, false, Epoch::Of1900).as_deref(), Some("1900-01-01"));
        assert_eq!(date(60.0, true, false, Epoch::Of1900).as_deref(), Some("1900-02-29"));
        assert_eq!(date(61.0, true, false, Epoch::Of1900).as_deref(), Some("1900-03-01"));
        assert_eq!(date(0.0, true, false, Epoch::Of1904).as_deref(), Some("1904-01-01"));
        assert_eq!(date(20_621.0, true, false, Epoch::Of1904).as_deref(), Some("1960-06-16"));
        assert_eq!(date(-1.0, true, true, Epoch::Of1900), None);
        assert_eq!(date(f64::NAN, true, true, Epoch::Of1900), None);
        assert_eq!(date(1e300, true, true, Epoch::Of1900), None);
    }
}
