//! Telephone numbers of the North American plan. In: bytes of one candidate. Out: whether the number can be dialled in the
//! United States. Refuses area codes not in use and exchanges that cannot be.
//!
//! `NPA-NXX-XXXX`, NPA and NXX from 200 on, NXX not N11 (North American Numbering Plan). 555-0100 to -0199 are kept for
//! fiction, 555-1212 is directory assistance; Synthea numbers everyone 555-ddd-dddd.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::{Digits, number, without_point_zero};
use super::{Normal, Setting, Verdict, date};

/// Area codes of the fifty states and Washington, then of Puerto Rico (787, 939), the Virgin Islands (340), Guam (671),
/// the Northern Marianas (670) and American Samoa (684), as libphonenumber has them (phonenumbers 9.0.43). Sorted.
#[rustfmt::skip]
const AREAS: &[u16] = &[
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 220, 223, 224, 225, 227,
    228, 229, 231, 234, 235, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 272, 274, 276, 279,
    281, 283, 301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323,
    324, 325, 326, 327, 329, 330, 331, 332, 334, 336, 337, 339, 340, 341, 346, 347, 350, 351, 352, 353, 360, 361,
    363, 364, 369, 380, 385, 386, 401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423,
    424, 425, 430, 432, 434, 435, 440, 442, 443, 445, 447, 448, 458, 463, 464, 469, 470, 472, 475, 478, 479, 480,
    484, 501, 502, 503, 504, 505, 507, 508, 509, 510, 512, 513, 515, 516, 517, 518, 520, 530, 531, 534, 539, 540,
    541, 551, 557, 559, 561, 562, 563, 564, 567, 570, 571, 572, 573, 574, 575, 580, 582, 585, 586, 601, 602, 603,
    605, 606, 607, 608, 609, 610, 612, 614, 615, 616, 617, 618, 619, 620, 623, 626, 628, 629, 630, 631, 636, 640,
    641, 645, 646, 650, 651, 656, 657, 659, 660, 661, 662, 667, 669, 670, 671, 678, 680, 681, 682, 684, 686, 689,
    701, 702, 703, 704, 706, 707, 708, 712, 713, 714, 715, 716, 717, 718, 719, 720, 724, 725, 726, 727, 728, 730,
    731, 732, 734, 737, 738, 740, 743, 747, 748, 754, 757, 760, 762, 763, 765, 769, 770, 771, 772, 773, 774, 775,
    779, 781, 785, 786, 787, 801, 802, 803, 804, 805, 806, 808, 810, 812, 813, 814, 815, 816, 817, 818, 820, 821,
    826, 828, 830, 831, 832, 835, 838, 839, 840, 843, 845, 847, 848, 850, 854, 856, 857, 858, 859, 860, 862, 863,
    864, 865, 870, 872, 878, 901, 903, 904, 906, 907, 908, 909, 910, 912, 913, 914, 915, 916, 917, 918, 919, 920,
    925, 928, 929, 930, 931, 934, 936, 937, 938, 939, 940, 941, 943, 945, 947, 948, 949, 951, 952, 954, 956, 959,
    970, 971, 972, 973, 975, 978, 979, 980, 983, 984, 985, 986, 989,
];

/// Toll-free area codes: a company's far more often than a person's, but numbers all the same.
const TOLL_FREE: [u16; 7] = [800, 833, 844, 855, 866, 877, 888];

/// A telephone number.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    if let Some(ten) = usual(bytes) {
        return dialled(&ten, setting, true);
    }
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    // As C-CDA and HTML links have it.
    let value = value.strip_prefix(b"tel:").unwrap_or(value);
    let value = if setting == Setting::Field { without_point_zero(value) } else { value };
    let value = without_extension(value);
    if value.iter().any(|b| matches!(b, b'*' | b'#' | b'x' | b'X')) {
        return masked(value);
    }
    let Some(digits) = Digits::gather(value, b" -./()+") else {
        return Verdict::Invalid("holds more than digits");
    };
    let international = value.first() == Some(&b'+');
    let phone = match digits.as_bytes() {
        [b'1', ten @ ..] if ten.len() == 10 => ten,
        // As it is dialled from abroad.
        [b'0', b'0', b'1', ten @ ..] if ten.len() == 10 => ten,
        ten if ten.len() == 10 && !international => ten,
        // The area code in a column of its own, or left out among neighbours.
        seven if seven.len() == 7 && setting == Setting::Field => {
            return match exchange(seven) {
                Ok(test) => Verdict::plain(Normal::digits(seven), number(seven), test || is_trivial(seven)),
                Err(reason) => Verdict::Invalid(reason),
            };
        }
        // Eight to fifteen digits behind the plus (ITU-T E.164).
        abroad if international && setting == Setting::Field && (8..=15).contains(&abroad.len()) => {
            return Verdict::plain(Normal::digits(abroad), number(abroad), false);
        }
        // Other countries group by twos and threes, and leave out the plus.
        abroad if setting == Setting::Field && (6..=15).contains(&abroad.len()) && is_grouped(value) => {
            return Verdict::plain(Normal::digits(abroad), number(abroad), is_trivial(abroad));
        }
        _ => return Verdict::Invalid("not ten digits"),
    };
    dialled(phone, setting, !value.iter().all(u8::is_ascii_digit))
}

/// Whether a number is written in groups as telephone numbers are, and is no date.
fn is_grouped(value: &[u8]) -> bool {
    let points = value.iter().filter(|b| **b == b'.').count();
    let grouped = points > 1 || value.iter().any(|b| matches!(b, b' ' | b'-' | b'(')) && points == 0;
    // `-3 12.5 8.25` are places of a drawing.
    grouped && value[0] != b'-' && date::parse(value).is_none()
}

/// The digits of the two forms that most have, `(NPA) NXX-XXXX` and `NPA-NXX-XXXX`; not those that start with 0 or 9,
/// which may be blank.
#[inline]
fn usual(bytes: &[u8]) -> Option<[u8; 10]> {
    let ten = match *bytes {
        [b'(', a, b, c, b')', b' ', d, e, f, b'-', g, h, i, j] => [a, b, c, d, e, f, g, h, i, j],
        [a, b, c, b'-', d, e, f, b'-', g, h, i, j] => [a, b, c, d, e, f, g, h, i, j],
        _ => return None,
    };
    (ten.iter().all(u8::is_ascii_digit) && (b'1'..=b'8').contains(&ten[0])).then_some(ten)
}

/// A number of ten digits; `written` with marks between them.
fn dialled(phone: &[u8], setting: Setting, written: bool) -> Verdict {
    let normal = Normal::of(phone);
    let measure = number(phone);
    if setting == Setting::Field && is_trivial(phone) {
        return Verdict::plain(normal, measure, true);
    }
    let area = number(&phone[..3]) as u16;
    // No area code 555 is in use: numbers written so are Synthea's.
    let synthea = area == 555 && (setting == Setting::Field || written);
    // Under the name of a telephone number, what is written as one and cannot be dialled is one that was made up.
    let made_up = setting == Setting::Field && written && area >= 200;
    if !synthea && !is_area(area) && !TOLL_FREE.contains(&area) {
        return match made_up {
            true => Verdict::plain(normal, measure, true),
            false => Verdict::Invalid("no such area code"),
        };
    }
    match exchange(&phone[3..]) {
        Ok(test) => Verdict::plain(normal, measure, test || synthea || is_trivial(phone)),
        Err(_) if synthea || made_up => Verdict::plain(normal, measure, true),
        Err(reason) => Verdict::Invalid(reason),
    }
}

/// The area codes as bits.
const AREA_BITS: [u64; 16] = {
    let mut bits = [0; 16];
    let mut at = 0;
    while at < AREAS.len() {
        bits[AREAS[at] as usize / 64] |= 1 << (AREAS[at] % 64);
        at += 1;
    }
    bits
};

fn is_area(area: u16) -> bool {
    AREA_BITS.get(area as usize / 64).is_some_and(|bits| bits >> (area % 64) & 1 == 1)
}

/// Whether seven digits can be dialled within an area; `true` where they are kept for fiction or for directory
/// assistance.
fn exchange(seven: &[u8]) -> Result<bool, &'static str> {
    if matches!(seven[0], b'0' | b'1') {
        return Err("no exchange starts with 0 or 1");
    }
    if &seven[1..3] == b"11" {
        return Err("N11 is a service code");
    }
    Ok(&seven[..5] == b"55501" || seven == b"5551212")
}

/// Without `x123`, `ext. 123` or `#123` behind it.
fn without_extension(value: &[u8]) -> &[u8] {
    let figures = value.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let before = value[..value.len() - figures].trim_ascii_end();
    let without = [&b"ext."[..], b"ext", b"extension", b"x", b"#"].iter().find_map(|word| {
        let at = before.len().checked_sub(word.len())?;
        before[at..].eq_ignore_ascii_case(word).then(|| before[..at].trim_ascii_end())
    });
    match without {
        Some(rest) if (1..=6).contains(&figures) && rest.last().is_some_and(u8::is_ascii_digit) => rest,
        _ => value,
    }
}

/// `***-***-1234`
fn masked(value: &[u8]) -> Verdict {
    let seen = value.iter().filter(|b| b.is_ascii_digit()).count();
    let hidden = value.iter().filter(|b| matches!(b, b'*' | b'#' | b'x' | b'X')).count();
    let others = value.iter().any(|b| !b.is_ascii_digit() && !b" -./()+*#xX".contains(b));
    match seen {
        0 if !others => Verdict::Blank,
        2..=4 if seen + hidden == 10 && !others => Verdict::masked(Normal::digits(value)),
        _ => Verdict::Invalid("masked, but not as a telephone number is"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn phones_can_be_dialled() {
        assert!(AREAS.is_sorted());
        run(
            check,
            &[
                ("(251) 432-8841", Yes, Yes, "as people write it"),
                ("251-432-8841", Yes, Yes, "dashes"),
                ("251.432.8841", Yes, Yes, "dots"),
                ("+1 251 432 8841", Yes, Yes, "with the country"),
                ("1-251-432-8841 x12", Yes, Yes, "an extension"),
                ("2514328841", Yes, Yes, "bare"),
                ("787-432-8841", Yes, Yes, "Puerto Rico"),
                ("800-432-8841", Yes, Yes, "toll-free"),
                ("251-555-0143", Test, Test, "kept for fiction"),
                ("555-432-8841", Test, Test, "Synthea"),
                ("5554328841", No, Test, "ten digits, or Synthea"),
                ("tel:+1(251)432-8841", Yes, Yes, "a link"),
                ("211-432-8841", No, Test, "no such area code"),
                ("2114328841", No, No, "no such area code, and any number"),
                ("251-911-8841", No, Test, "a service code"),
                ("251-132-8841", No, Test, "no exchange starts with 1"),
                ("001-251-432-8841x1234", Yes, Yes, "from abroad, an extension"),
                ("(251)432-8841x1234", Yes, Yes, "an extension"),
                ("432-8841", No, Yes, "the area left out"),
                ("+44 20 7946 0958", No, Yes, "abroad"),
                ("84 23 30", No, Yes, "abroad, in pairs"),
                ("0151 2345-678", No, Yes, "abroad, with its trunk"),
                ("12-31-2020", No, No, "a date"),
                ("16.312345", No, No, "a decimal number"),
                ("20261", No, No, "too short"),
                ("123-456-7890", No, Test, "made up"),
                ("000-000-0000", Empty, Empty, "not filled in"),
                ("***-***-8841", Mask, Mask, "last four"),
            ],
        );
    }
}
