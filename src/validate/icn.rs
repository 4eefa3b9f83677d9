//! The VA's integration control number. In: bytes of one candidate. Out: whether its six check digits fit. Refuses other
//! forms; the number without its check digits only a field can tell.
//!
//! Ten digits, `V`, and a check sum of six digits, made by VistA's routine `CHECKDG^MPIFSPC` with the tables of its file
//! 984.5 (WorldVistA): the number is filled up with zeros to sixteen digits, and six walks through a table each give one.

use super::blank::{is_blank, is_trivial, loose};
use super::digits::number;
use super::{Normal, Setting, Verdict};

/// Tables 1 to 6 by digit so far (rows 0 to 9) and by position.
#[rustfmt::skip]
const TABLES: [[&[u8; 16]; 10]; 6] = [
    [b"4974444099778468", b"5065112365357655", b"9420375171090322", b"3217706924113810", b"2339599238601981",
     b"1682061743544233", b"7891220816869004", b"6708883452435146", b"0156638500922597", b"8543957687286779"],
    [b"4734600129562611", b"0192264798497807", b"2648928670935084", b"8051382341009130", b"5370799962128948",
     b"1985151057286779", b"9519546506341392", b"3403813485654255", b"7266037814710463", b"6827475233873526"],
    [b"8523273463616450", b"9739960759451862", b"1445004226128986", b"4106337688383114", b"0090515340577293",
     b"3662646871742779", b"5814728017230048", b"2977499135099601", b"7281851502905327", b"6358182994864535"],
    [b"5036406716435566", b"0977134529669671", b"2355925644813424", b"4541042467520153", b"7123663005982992",
     b"3404889990704200", b"6769251358248385", b"1888370232397049", b"9690517183071718", b"8212798871156837"],
    [b"4402293226512727", b"8369039747664900", b"2718352518909362", b"7050941161788234", b"5177460875221549",
     b"1693618904437018", b"0921504039170673", b"9284877650093186", b"3536186383356895", b"6845725492845451"],
    [b"6282733849244161", b"8193167924759620", b"5329019487463789", b"0705826765071994", b"2914994013930256",
     b"7038680130592838", b"9656342676327413", b"4867451351616305", b"3541575592808577", b"1470208208185042"],
];

/// Users of the VA's public sandbox.
#[rustfmt::skip]
const SANDBOX: [i64; 6] = [
    1_008_596_379, 1_012_667_145, 1_012_666_182, 1_012_829_620, 1_012_861_229, 1_013_062_086,
];

/// An ICN with its check digits: ten digits, `V`, six digits; HL7 puts `^NI^200M^USVHA` behind it.
pub fn check(bytes: &[u8], _setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let id = value.split(|b| *b == b'^').next().unwrap_or(value);
    let Some((own, sum)) = id.split_at_checked(10).filter(|_| id.len() == 17) else {
        return Verdict::Invalid("not ten digits, V, six digits");
    };
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    if !digits(own) || !matches!(sum[0], b'V' | b'v') || !digits(&sum[1..]) {
        return Verdict::Invalid("not ten digits, V, six digits");
    }
    if check_digits(own) != sum[1..] {
        return Verdict::Invalid("the check digits do not fit");
    }
    let whole = number(own);
    Verdict::plain(Normal::upper(id), whole, is_trivial(own) || SANDBOX.contains(&whole))
}

/// The six check digits of ten digits.
fn check_digits(own: &[u8]) -> [u8; 6] {
    let mut filled = [0_u8; 16];
    filled[6..].iter_mut().zip(own).for_each(|(slot, byte)| *slot = byte - b'0');
    TABLES.map(|table| {
        let last = filled.iter().enumerate().fold(0, |last, (at, digit)| {
            let row = (digit + last) % 10;
            table[usize::from(row)][at] - b'0'
        });
        last + b'0'
    })
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn icns_have_six_check_digits() {
        run(
            check,
            &[
                ("1012667145V762142", Test, Test, "a user of the sandbox"),
                ("1012861229V078999", Test, Test, "a user of the sandbox"),
                ("1013062086V794840^NI^200M^USVHA^P", Test, Test, "as HL7 writes it"),
                ("1012667145V762143", No, No, "the check digits"),
                ("1012667154V762142", No, No, "two digits changed"),
                ("1012667145", No, No, "without them: another rule's"),
            ],
        );
        let made = check_digits(b"1048291357");
        let id = format!("1048291357V{}", String::from_utf8_lossy(&made));
        assert!(matches!(check(id.as_bytes(), Setting::Free), Verdict::Valid(valid) if !valid.test));
    }
}
