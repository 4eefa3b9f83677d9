//! Ages that 45 CFR 164.514(b)(2)(i)(C) names: over 89. In: bytes of one candidate, such as `92 y/o`, `Age: 92`, `095Y`.
//! Out: whether the age is from 90 to 120. Refuses others, and `90+`, which is the bucket the rule allows.

use super::blank::{is_blank, loose};
use super::digits::{number, without_point_zero};
use super::{Normal, Setting, Verdict};

/// Nobody on record lived longer than this by more than two years.
const OLDEST: i64 = 120;

/// An age over 89, in years.
pub fn over_89(bytes: &[u8], setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let value = if setting == Setting::Field { without_point_zero(value) } else { value };
    let Some(first) = value.iter().position(u8::is_ascii_digit) else { return Verdict::Invalid("no number") };
    let rest = &value[first..];
    let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (figures, unit) = rest.split_at(length);
    if unit.first() == Some(&b'+') || value[..first].contains(&b'>') {
        return Verdict::Invalid("a bucket, which is allowed");
    }
    if length > 3 || unit.iter().any(u8::is_ascii_digit) || (setting == Setting::Field && !is_years(unit)) {
        return Verdict::Invalid("no age in years");
    }
    match number(figures) {
        90..=OLDEST => {
            let normal = Normal::of(&figures[figures.len() - if number(figures) < 100 { 2 } else { 3 }..]);
            Verdict::plain(normal, number(figures), false)
        }
        // In a field of ages the others are no mistakes.
        0..90 if setting == Setting::Field => Verdict::Blank,
        0..90 => Verdict::Invalid("89 or younger"),
        _ => Verdict::Invalid("older than anybody"),
    }
}

/// Whether what stands behind an age says years, or nothing: DICOM writes `095Y`, others `92 years old`.
fn is_years(unit: &[u8]) -> bool {
    let unit = unit.trim_ascii();
    unit.is_empty() || matches!(unit[0], b'y' | b'Y' | b'-')
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn ages_over_89_are_told_from_younger_ones() {
        run(
            over_89,
            &[
                ("92 y/o", Yes, Yes, "as notes write it"),
                ("67 y/o", No, Empty, "younger"),
                ("89", No, Empty, "the last that is allowed"),
                ("90", Yes, Yes, "the first that is not"),
                ("095Y", Yes, Yes, "DICOM"),
                ("095D", Yes, No, "days: a field says so by its unit"),
                ("101-year-old", Yes, Yes, "three figures"),
                ("Age: 94", Yes, Yes, "a form"),
                ("90+", No, No, "the bucket"),
                ("121", No, No, "older than anybody"),
                ("92.0", No, Yes, "a spreadsheet's number"),
                ("unknown", Empty, Empty, "not filled in"),
            ],
        );
    }
}
