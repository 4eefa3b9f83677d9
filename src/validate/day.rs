//! Days of a person's care other than the birth: of a death, of a service. In: bytes of one candidate. Out: the day.
//! Refuses days no calendar has, and what systems write for "unknown"; a death also what is yet to come.

use super::blank::{is_blank, loose};
use super::date::{self, Date};
use super::{Setting, Verdict};

/// How far ahead an appointment is made, days.
const AHEAD: i64 = 2 * 366;
/// Records of care go back so far: files of before are typed in with their dates of birth only.
const FIRST_YEAR: i32 = 1940;

/// The day of a death: from 1900 to today.
pub fn death_date(bytes: &[u8], setting: Setting) -> Verdict {
    check(bytes, setting, 1900, 0)
}

/// A day of care: from 1940 to two years ahead.
pub fn service_date(bytes: &[u8], setting: Setting) -> Verdict {
    check(bytes, setting, FIRST_YEAR, AHEAD)
}

fn check(bytes: &[u8], setting: Setting, first: i32, ahead: i64) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let figures = value.iter().all(u8::is_ascii_digit);
    let day = date::parse(value).or_else(|| if setting == Setting::Field { date::serial(value) } else { None });
    let Some(day) = day else {
        return match date::parse_zero(value) {
            true => Verdict::Blank,
            false => Verdict::Invalid("no day of the calendar"),
        };
    };
    // What is further away is no appointment that is written with two digits.
    let day = if ahead > 0 { day.or_ahead(date::today() + ahead.min(366)) } else { day };
    if day.is_sentinel() || (setting == Setting::Free && day.days == 0) {
        return Verdict::Blank;
    }
    match day {
        Date { year, .. } if year < first => Verdict::Invalid("too long ago"),
        Date { days, .. } if days > date::today() + ahead => Verdict::Invalid("in the future"),
        Date { day_first: true, .. } if setting == Setting::Free => Verdict::Invalid("no such month"),
        _ if figures && value.len() == 6 && setting == Setting::Free => Verdict::Invalid("six figures"),
        _ => Verdict::plain(day.normal(), day.days, false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn days_of_care_and_of_death_are_days() {
        run(
            service_date,
            &[
                ("2021-03-14", Yes, Yes, "a day"),
                ("03/14/2021", Yes, Yes, "a day"),
                ("2021-03-14T08:30:00", Yes, Yes, "a visit has a time"),
                ("20210314", Yes, Yes, "compact"),
                ("031421", No, Yes, "six figures: a field must say so"),
                ("02/29/2021", No, No, "no leap year"),
                ("1901-03-14", No, No, "too long ago"),
                ("2199-01-01", No, No, "in the future"),
                ("3/14/22", Yes, Yes, "a short year"),
                ("3/14/59", Yes, Yes, "1959"),
                ("3/14/38", No, No, "1938, or far ahead"),
                ("12/31/9999", Empty, Empty, "a sentinel"),
                ("N/A", Empty, Empty, "not filled in"),
            ],
        );
        run(
            death_date,
            &[
                ("2021-03-14", Yes, Yes, "a day"),
                ("1911-03-14", Yes, Yes, "long ago"),
                ("2199-01-01", No, No, "in the future"),
                ("0000-00-00", Empty, Empty, "zeros"),
                ("alive", No, No, "a word"),
            ],
        );
    }
}
