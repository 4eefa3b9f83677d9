//! Dates in the forms files hold, and whether one can be a birth date. In: bytes of one candidate. Out: days since
//! 1970-01-01. Refuses days no calendar has, the future, and the dates that systems write for "unknown".
//!
//! Order of numeric dates is month first, as in the United States; day first only where the month would not be one.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use super::blank::{is_blank, loose};
use super::digits::number;
use super::{Normal, Setting, Verdict};

/// A calendar day as it was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Days since 1970-01-01.
    pub days: i64,
    /// The year, four digits.
    pub year: i32,
    /// The year was written with two digits.
    pub short_year: bool,
    /// The day was written before the month, in figures.
    pub day_first: bool,
    /// A time other than midnight stands behind it.
    pub timed: bool,
    month: u8,
    day: u8,
}

impl Date {
    /// `YYYYMMDD`, however it was written.
    pub(super) fn normal(&self) -> Normal {
        let mut normal = Normal::EMPTY;
        let written = self.year * 10_000 + i32::from(self.month) * 100 + i32::from(self.day);
        (0..8_u32).rev().for_each(|place| normal.push(b'0' + (written / 10_i32.pow(place) % 10) as u8));
        normal
    }

    /// The same a century later, where its year had two digits and that is no later than `last`: a day that is not of a birth may
    /// lie ahead.
    pub(super) fn or_ahead(self, last: i64) -> Date {
        // Of the years that two digits mean, only 2000 is divisible by a hundred, and that is a leap year.
        const CENTURY: i64 = 36_525;
        match self.short_year && self.year < 2000 && self.days + CENTURY <= last {
            true => Date { days: self.days + CENTURY, year: self.year + 100, ..self },
            false => self,
        }
    }

    /// Whether systems write this day for "unknown".
    pub(super) fn is_sentinel(&self) -> bool {
        SENTINELS.contains(&(self.year, self.month, self.day))
    }
}

/// Leaves the date out: it may be a person's.
impl std::fmt::Debug for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Date(…)")
    }
}

/// Reads a date in any of the forms of section 6.1 of the identifier notes, rows 1 to 7, with or without a time behind
/// it. Two-digit years become the latest year that is not in the future.
pub fn parse(bytes: &[u8]) -> Option<Date> {
    let value = without_age(loose(bytes));
    if value.len() < 6 || value.len() > 40 || !value.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let run = value.iter().take_while(|b| b.is_ascii_digit()).count();
    if run >= 6 {
        return compact(value, run);
    }
    let mut parts = Parts { rest: value };
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let timed = time(parts.rest)?;
    let mut date = match (first, second, third) {
        (Part::Number(year, 4), Part::Number(month, 1..=2), Part::Number(day, 1..=2)) => day_of(year, month, day)?,
        (Part::Number(a, 1..=2), Part::Number(b, 1..=2), Part::Number(year, width @ (2 | 4))) => {
            let year = if width == 2 { full_year(year, a, b) } else { year };
            let mut date = day_of(year, a, b).or_else(|| {
                let swapped = day_of(year, b, a)?;
                Some(Date { day_first: true, ..swapped })
            })?;
            date.short_year = width == 2;
            date
        }
        (Part::Number(day, 1..=2), Part::Month(month), Part::Number(year, width @ (2 | 4)))
        | (Part::Month(month), Part::Number(day, 1..=2), Part::Number(year, width @ (2 | 4))) => {
            let year = if width == 2 { full_year(year, month, day) } else { year };
            Date { short_year: width == 2, ..day_of(year, month, day)? }
        }
        (Part::Number(year, 4), Part::Month(month), Part::Number(day, 1..=2)) => day_of(year, month, day)?,
        _ => return None,
    };
    date.timed = timed;
    Some(date)
}

/// A run of six or more figures: `YYYYMMDD`, `MMDDYYYY`, `MMDDYY`, with a time behind as HL7 and SAS write it.
fn compact(value: &[u8], run: usize) -> Option<Date> {
    let figures = &value[..run];
    let part = |from: usize, to: usize| number(&figures[from..to]) as i32;
    let mut date = match run {
        6 => {
            let (month, day) = (part(0, 2), part(2, 4));
            Date { short_year: true, ..day_of(full_year(part(4, 6), month, day), month, day)? }
        }
        // From the year 1300 on a leading year cannot be a month and day: `1312` is no month.
        8 => day_of(part(0, 4), part(4, 6), part(6, 8))
            .filter(|date| date.year >= 1600)
            .or_else(|| day_of(part(4, 8), part(0, 2), part(2, 4)))?,
        12 | 14 => {
            let hour = part(8, 10);
            let minute = part(10, 12);
            let second = if run == 14 { part(12, 14) } else { 0 };
            if hour > 23 || minute > 59 || second > 60 {
                return None;
            }
            Date { timed: hour + minute + second > 0, ..day_of(part(0, 4), part(4, 6), part(6, 8))? }
        }
        _ => return None,
    };
    let rest = &value[run..];
    // Behind fourteen figures a fraction or a zone may stand: `.123`, `+0500`.
    let rest = if run >= 12 && rest.iter().all(|b| b.is_ascii_digit() || b".+-Z".contains(b)) { b"" } else { rest };
    date.timed |= time(rest)?;
    Some(date)
}

/// A piece of a date.
enum Part {
    /// A number and how many figures it has.
    Number(i32, usize),
    /// A month by name.
    Month(i32),
}

/// Numbers and months of a date, marks between them dropped.
struct Parts<'a> {
    rest: &'a [u8],
}

impl Parts<'_> {
    fn next(&mut self) -> Option<Part> {
        let marks = self.rest.iter().take_while(|b| b" ,-./'".contains(b)).count();
        if marks > 3 {
            return None;
        }
        self.rest = &self.rest[marks..];
        let figures = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if figures > 0 {
            let value = number(&self.rest[..figures]) as i32;
            self.rest = &self.rest[figures..];
            // `3rd`
            if figures <= 2 && self.rest.len() > 2 && !self.rest[2].is_ascii_alphabetic() {
                let ending = [self.rest[0].to_ascii_lowercase(), self.rest[1].to_ascii_lowercase()];
                if matches!(&ending, b"st" | b"nd" | b"rd" | b"th") {
                    self.rest = &self.rest[2..];
                }
            }
            return (figures <= 4).then_some(Part::Number(value, figures));
        }
        // `3rd of March`, `3 de marzo`.
        if let [a, b, b' ', rest @ ..] = self.rest
            && matches!(&[a.to_ascii_lowercase(), b.to_ascii_lowercase()], b"of" | b"de")
        {
            self.rest = rest;
        }
        let letters = self.rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let month = month(&self.rest[..letters])?;
        self.rest = &self.rest[letters..];
        Some(Part::Month(month))
    }
}

const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

/// Whether the first three letters are those of a month's name.
pub(crate) fn opens_month(text: &[u8]) -> bool {
    text.get(..3).is_some_and(|three| MONTHS.iter().any(|month| three.eq_ignore_ascii_case(&month[..3])))
}

/// The month a word names: its whole name, or three letters or more of it; `sept` too.
fn month(word: &[u8]) -> Option<i32> {
    if word.len() < 3 {
        return None;
    }
    let at = MONTHS
        .iter()
        .position(|m| m.len() >= word.len() && m[..word.len()].eq_ignore_ascii_case(word))
        .filter(|at| word.len() <= 4 || word.len() == MONTHS[*at].len())?;
    Some(at as i32 + 1)
}

/// Whether what stands behind a date is a time, and not midnight; `None` where it is something else.
fn time(rest: &[u8]) -> Option<bool> {
    let rest = rest.trim_ascii();
    let rest = rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b":")).unwrap_or(rest);
    if rest.is_empty() {
        return Some(false);
    }
    // hh:mm at least, then seconds, a fraction, AM or PM, a zone.
    let hour = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=2).contains(&hour)
        || number(&rest[..hour]) > 23
        || rest.get(hour) != Some(&b':')
        || rest.len() > 30
        || !rest.iter().all(|b| b.is_ascii_alphanumeric() || b":.+- ".contains(b))
    {
        return None;
    }
    let figures =
        rest.iter().take_while(|b| b.is_ascii_digit() || matches!(b, b':' | b'.')).filter(|b| b.is_ascii_digit());
    let twelve_am = number(&rest[..hour]) == 12 && rest.iter().any(|b| matches!(b, b'a' | b'A'));
    let skip = if twelve_am { hour } else { 0 };
    Some(figures.skip(skip).any(|b| *b != b'0'))
}

/// The year that two figures mean for a birth: 20YY where that day is not in the future, else 19YY.
fn full_year(short: i32, month: i32, day: i32) -> i32 {
    match day_of(2000 + short, month, day) {
        Some(date) if date.days > today() => 1900 + short,
        Some(_) => 2000 + short,
        None => {
            let this = year_of(today());
            if 2000 + short > this { 1900 + short } else { 2000 + short }
        }
    }
}

/// The day, where the calendar has it.
fn day_of(year: i32, month: i32, day: i32) -> Option<Date> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i32::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) || !(1..=9999).contains(&year) {
        return None;
    }
    Some(Date {
        days: days(year, month, day),
        year,
        short_year: false,
        day_first: false,
        timed: false,
        month: month as u8,
        day: day as u8,
    })
}

/// Days from 1970-01-01 in the Gregorian calendar, by the formula of Howard Hinnant's "chrono-compatible low-level date
/// algorithms": years start in March, so that the leap day is their last.
fn days(year: i32, month: i32, day: i32) -> i64 {
    let year = i64::from(if month <= 2 { year - 1 } else { year });
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day - 1);
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a number of days from 1970-01-01: the other way round, by the same author.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The year of a day, near enough for two-digit years.
fn year_of(days: i64) -> i32 {
    (1970.0 + days as f64 / 365.2425) as i32
}

/// Today in UTC plus one day, so that no time zone's today is in the future. Read once a run.
pub fn today() -> i64 {
    static TODAY: OnceLock<i64> = OnceLock::new();
    *TODAY.get_or_init(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        since.as_secs() as i64 / 86_400 + 1
    })
}

/// Dates that systems write for "unknown" (section 6.3): the first days of spreadsheets, databases and FileMan, and
/// the ends of time.
const SENTINELS: &[(i32, u8, u8)] = &[
    (1, 1, 1),
    (1111, 11, 11),
    (1753, 1, 1),
    (1800, 1, 1),
    (1840, 12, 31),
    (1841, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (1901, 1, 1),
    (2099, 12, 31),
    (2222, 2, 22),
    (9999, 12, 31),
];

/// Whether a system writes this day for "unknown".
fn is_sentinel(date: &Date) -> bool {
    // Most days of a month are none: asked for every date there is.
    matches!(date.day, 1 | 11 | 22 | 30 | 31) && SENTINELS.contains(&(date.year, date.month, date.day))
}

/// The form that most have, `YYYY-MM-DD` of 1900 to 2099, with the verdict of [`birth_date`]; `None` for all others.
#[inline]
fn iso(bytes: &[u8], setting: Setting) -> Option<Verdict> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = bytes else { return None };
    let eight = [a, b, c, d, e, f, g, h];
    if !eight.iter().all(u8::is_ascii_digit) || !matches!((a, b), (b'1', b'9') | (b'2', b'0')) {
        return None;
    }
    let year = number(&eight[..4]) as i32;
    let date = day_of(year, number(&eight[4..6]) as i32, number(&eight[6..]) as i32)?;
    if is_sentinel(&date) || (setting == Setting::Free && date.days == 0) {
        return Some(Verdict::Blank);
    }
    if date.days > today() {
        return Some(Verdict::Invalid("in the future"));
    }
    Some(Verdict::plain(Normal::of(&eight), date.days, false))
}

/// What only a field of dates means by a number: `CYYMMDD` of IBM i (century 0 is 19, 1 is 20), a spreadsheet's day, seconds.
fn in_field(value: &[u8]) -> Option<Date> {
    if let [century @ (b'0' | b'1'), rest @ ..] = value
        && rest.len() == 6
        && rest.iter().all(u8::is_ascii_digit)
    {
        let of = |at: usize| number(&rest[at..at + 2]) as i32;
        return day_of(1900 + 100 * i32::from(century - b'0') + of(0), of(2), of(4));
    }
    serial(value).or_else(|| epoch(value))
}

/// A birth date: a day from 1900 to today.
pub fn birth_date(bytes: &[u8], setting: Setting) -> Verdict {
    if let Some(verdict) = iso(bytes, setting) {
        return verdict;
    }
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let date = parse(value).or_else(|| if setting == Setting::Field { in_field(value) } else { None });
    let Some(date) = date else {
        return match parse_zero(value) {
            true => Verdict::Blank,
            false => Verdict::Invalid("no day of the calendar"),
        };
    };
    // 1970-01-01 is what a zero becomes; in a field of birth dates people are born on it too.
    if is_sentinel(&date) || (setting == Setting::Free && date.days == 0) {
        return Verdict::Blank;
    }
    if date.year < 1900 {
        return Verdict::Invalid("before 1900");
    }
    if date.days > today() {
        return Verdict::Invalid("in the future");
    }
    if setting == Setting::Free {
        if date.timed {
            return Verdict::Invalid("a moment, not a day");
        }
        if date.day_first {
            return Verdict::Invalid("no such month");
        }
        let figures = value.iter().all(u8::is_ascii_digit);
        if figures && (value.len() != 8 || number(&value[..4]) != i64::from(date.year)) {
            return Verdict::Invalid("not written year, month, day");
        }
    }
    Verdict::plain(date.normal(), date.days, false)
}

/// A birth date of six or eight figures behind a label that says so: `YYYYMMDD`, `MMDDYYYY`, `MMDDYY`.
pub fn birth_figures(bytes: &[u8], setting: Setting) -> Verdict {
    let figures = matches!(bytes.len(), 6 | 8) && bytes.iter().all(u8::is_ascii_digit);
    match birth_date(bytes, Setting::Field) {
        _ if setting == Setting::Free && !figures => Verdict::Invalid("not six or eight figures"),
        Verdict::Valid(valid) if setting == Setting::Free && valid.measure == 0 => Verdict::Blank,
        verdict => verdict,
    }
}

/// A day as machines count it, in seconds or milliseconds since 1970, below zero before. Midnight only, in some zone of
/// whole or half hours: other moments are nobody's birth date.
fn epoch(value: &[u8]) -> Option<Date> {
    let (sign, figures) = value.strip_prefix(b"-").map_or((1, value), |rest| (-1, rest));
    let figures = super::digits::without_point_zero(figures);
    if !(8..=13).contains(&figures.len()) || !figures.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let count = sign * number(figures);
    let seconds = if count.abs() >= 10_000_000_000 { count / 1000 } else { count };
    if seconds.rem_euclid(1800) != 0 {
        return None;
    }
    // Zones go from twelve hours before to fourteen after: what is midnight there is most of the same day here.
    of_days((seconds + 12 * 3600).div_euclid(86_400))
}

/// A day as spreadsheets count it, from 1899-12-30 (1970-01-01 is 25569): five figures, so from 1927 on.
pub(super) fn serial(value: &[u8]) -> Option<Date> {
    let value = super::digits::without_point_zero(value);
    if value.len() != 5 || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    of_days(number(value) - 25_569)
}

/// The day that many days after 1970-01-01.
fn of_days(since: i64) -> Option<Date> {
    let mut year = year_of(since);
    while days(year, 1, 1) > since {
        year -= 1;
    }
    while days(year + 1, 1, 1) <= since {
        year += 1;
    }
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= since)?;
    day_of(year, month, (since - days(year, month, 1)) as i32 + 1)
}

/// Without an age in parentheses behind it: `06/16/1943 (83)`, `6/16/43 (83 yo)`.
fn without_age(value: &[u8]) -> &[u8] {
    let Some(open) = value.strip_suffix(b")").and_then(|rest| memchr::memchr(b'(', rest)) else { return value };
    let age = value[open + 1..value.len() - 1].trim_ascii();
    let figures = age.iter().take_while(|b| b.is_ascii_digit()).count();
    let unit = age[figures..].trim_ascii();
    let is_age =
        (1..=3).contains(&figures) && unit.len() <= 9 && unit.iter().all(|b| b.is_ascii_alphabetic() || *b == b'/');
    if is_age { value[..open].trim_ascii_end() } else { value }
}

/// `0000-00-00`, `00/00/0000` with or without a time.
pub(super) fn parse_zero(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
        && value.iter().all(|b| matches!(b, b'0' | b'-' | b'/' | b'.' | b':' | b' ' | b'T'))
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn days_and_dates_are_two_sides_of_one() {
        for (year, month, day) in [(1970, 1, 1), (2000, 2, 29), (1899, 12, 31), (2026, 11, 22), (1600, 3, 1)] {
            let back = civil(days(year, month, day));
            assert_eq!(back, (i64::from(year), i64::from(month), i64::from(day)));
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (text, days) in [
            ("1970-01-01", Some(0)),
            ("01/01/1970 (56)", Some(0)),
            ("1/1/1970 (56 y/o)", Some(0)),
            ("1/1/1970 (late)", None),
            ("1970-01-02", Some(1)),
            ("1969-12-31", Some(-1)),
            ("2000-02-29", Some(11_016)),
            ("1900-02-29", None),
            ("2000-03-01", Some(11_017)),
            ("1952-03-04", Some(-6512)),
            ("March 4, 1952", Some(-6512)),
            ("Mar 4 1952", Some(-6512)),
            ("Mar. 4th, 1952", Some(-6512)),
            ("4 March 1952", Some(-6512)),
            ("04-MAR-1952", Some(-6512)),
            ("04-MAR-52", Some(-6512)),
            ("04MAR1952", Some(-6512)),
            ("04MAR1952:00:00:00", Some(-6512)),
            ("3/4/1952", Some(-6512)),
            ("3/4/52", Some(-6512)),
            ("03-04-1952", Some(-6512)),
            ("03.04.1952", Some(-6512)),
            ("1952/03/04", Some(-6512)),
            ("1952-03-04T00:00:00.000Z", Some(-6512)),
            ("3/4/1952 12:00:00 AM", Some(-6512)),
            ("19520304", Some(-6512)),
            ("03041952", Some(-6512)),
            ("030452", Some(-6512)),
            ("19520304081500", Some(-6512)),
            ("19520304081500.123+0500", Some(-6512)),
            ("1952-Mar-04", Some(-6512)),
            ("536-90-4398", None),
            ("1952-03", None),
            ("10/12", None),
            ("Marching 4, 1952", None),
            ("1952-03-04x", None),
            ("1.2.3.4", None),
        ] {
            assert_eq!(parse(text.as_bytes()).map(|d| d.days), days, "{text}");
        }
        assert!(parse(b"2020-09-08T07:36:12.441931").unwrap().timed);
        assert!(!parse(b"3/4/1952 12:00:00 AM").unwrap().timed);
    }

    #[test]
    fn birth_dates_are_plausible_days() {
        run(
            birth_date,
            &[
                ("1950-02-28", Yes, Yes, "a day"),
                ("02/29/1952", Yes, Yes, "a leap day"),
                ("02/29/1951", No, No, "no leap year"),
                ("1950-13-01", No, No, "month 13"),
                ("19340101", Yes, Yes, "compact"),
                ("01011934", No, Yes, "the year last: a field must say so"),
                ("19320231", No, No, "no such day"),
                ("28-FEB-61", Yes, Yes, "Oracle"),
                ("17-Jan-1942", Yes, Yes, "CMS"),
                ("8/17/2021", Yes, Yes, "children are born now"),
                ("8/7/2020", Yes, Yes, "M/D/YYYY"),
                ("2199-01-01", No, No, "in the future"),
                ("1899-06-01", No, No, "too long ago"),
                ("25/12/1960", No, Yes, "day first"),
                ("1900-01-01", Empty, Empty, "a sentinel"),
                ("12/31/9999", Empty, Empty, "a sentinel"),
                ("0000-00-00", Empty, Empty, "zeros"),
                ("00000000", Empty, Empty, "zeros"),
                ("1970-01-01", Empty, Yes, "what a zero becomes"),
                ("1961-03-04T08:30:00", No, Yes, "a moment"),
                ("1961-03-04T00:00:00", Yes, Yes, "midnight"),
                ("21929", No, Yes, "a spreadsheet's serial"),
                ("-562636800", No, Yes, "seconds before 1970"),
                ("-562636800000", No, Yes, "milliseconds before 1970"),
                ("-562636811", No, No, "a moment"),
                ("1952", No, No, "a year alone"),
                ("N/A", Empty, Empty, "not filled in"),
            ],
        );
        let Verdict::Valid(valid) = birth_date(b"21929", Setting::Field) else { panic!("not valid") };
        assert_eq!(valid.normal.as_bytes(), b"19600114");
    }
}
