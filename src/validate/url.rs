//! Web addresses. In: bytes of one candidate. Out: whether the address points at a person (45 CFR 164.514(b)(2)(i)(N)): a
//! query that names one, the path of a patient's record, a profile of a social network. Refuses all others, names of code
//! systems and schemas above all.

use super::blank::{is_blank, loose};
use super::{Normal, Setting, Verdict};

/// Keys of queries that name a person.
#[rustfmt::skip]
const KEYS: &[&[u8]] = &[
    b"beneficiary", b"birthdate", b"dob", b"email", b"first_name", b"firstname", b"last_name", b"lastname", b"mbi",
    b"member", b"member_id", b"memberid", b"mrn", b"patient", b"patient_id", b"patientid", b"pid", b"ssn",
    b"subscriber",
];

/// Parts of a path behind which somebody's number stands.
#[rustfmt::skip]
const FOLDERS: &[&[u8]] = &[
    b"beneficiary", b"chart", b"member", b"members", b"mychart", b"patient", b"patients", b"person", b"profile", b"subscriber",
];

/// Networks in which the path is a person's name, and what may stand before it.
#[rustfmt::skip]
const PROFILES: &[(&[u8], &[u8])] = &[
    (b"facebook.com", b""), (b"instagram.com", b""), (b"linkedin.com", b"in"), (b"tiktok.com", b""),
];

/// Hosts whose addresses are names of things.
#[rustfmt::skip]
const NOBODY: &[&[u8]] = &[
    b"example.com", b"example.net", b"example.org", b"hl7.org", b"loinc.org", b"snomed.info", b"w3.org", b"localhost",
    b"schemas.microsoft.com", b"xmlsoap.org", b"github.com", b"terminology.hl7.org", b"ihe.net", b"nlm.nih.gov",
];

/// A web address that points at a person; in a field of web addresses any that is not a thing's name.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    let Some(at) = value.windows(3).position(|w| w == b"://") else { return Verdict::Invalid("no web address") };
    if !matches!(value[..at].to_ascii_lowercase().as_slice(), b"http" | b"https") {
        return Verdict::Invalid("no web address");
    }
    let rest = &value[at + 3..];
    let host_end = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let (host, tail) = rest.split_at(host_end);
    let host = host.rsplit(|b| *b == b'@').next().unwrap_or(host);
    let host = host.split(|b| *b == b':').next().unwrap_or(host);
    if host.is_empty() || !host.contains(&b'.') || NOBODY.iter().any(|nobody| is_of(host, nobody)) {
        return Verdict::Invalid("the name of a thing, or nobody's host");
    }
    let personal = personal_query(tail) || personal_path(host, tail);
    if !personal {
        return Verdict::Invalid("points at no person");
    }
    let _ = setting;
    let mut normal = Normal::lower(host);
    // Two addresses of one long path differ at their end.
    tail.iter().rev().take(47).for_each(|b| normal.push(*b));
    Verdict::plain(normal, 0, is_of(host, b"example") || is_of(host, b"test"))
}

/// Whether a host is this domain or below it.
fn is_of(host: &[u8], domain: &[u8]) -> bool {
    host.len() >= domain.len() && {
        let (before, own) = host.split_at(host.len() - domain.len());
        own.eq_ignore_ascii_case(domain) && before.last().is_none_or(|b| *b == b'.')
    }
}

/// Whether a query says who: a telling key with a value that is no placeholder.
fn personal_query(tail: &[u8]) -> bool {
    let Some(at) = tail.iter().position(|b| *b == b'?') else { return false };
    tail[at + 1..].split(|b| matches!(b, b'&' | b';' | b'#')).any(|pair| {
        let Some(equals) = pair.iter().position(|b| *b == b'=') else { return false };
        let (key, value) = (&pair[..equals], &pair[equals + 1..]);
        is_number(value) && KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
            || value.len() >= 6 && value.contains(&b'@') && KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
    })
}

/// Whether a path is a person's record or profile.
fn personal_path(host: &[u8], tail: &[u8]) -> bool {
    let path = tail.split(|b| matches!(b, b'?' | b'#')).next().unwrap_or_default();
    let mut parts = path.split(|b| *b == b'/').filter(|part| !part.is_empty());
    if let Some((_, folder)) = PROFILES.iter().find(|(network, _)| is_of(host, network)) {
        let first = parts.next().unwrap_or_default();
        let name = if folder.is_empty() { first } else { parts.next().unwrap_or_default() };
        // `jane-roe-482913`, `jane.roe.77`: a page of a firm has no number behind its name.
        let digits = name.iter().filter(|b| b.is_ascii_digit()).count();
        return (folder.is_empty() || first.eq_ignore_ascii_case(folder))
            && (2..=10).contains(&digits)
            && name.len() >= digits + 4;
    }
    let parts: Vec<&[u8]> = parts.collect();
    parts.windows(2).any(|two| FOLDERS.iter().any(|f| two[0].eq_ignore_ascii_case(f)) && is_number(two[1]))
}

/// Whether a part is somebody's number: three figures or more, and nothing of a template.
fn is_number(part: &[u8]) -> bool {
    part.iter().filter(|b| b.is_ascii_digit()).count() >= 3
        && part.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'%' | b'|' | b'@' | b'+'))
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn addresses_that_point_at_a_person_are_told_from_others() {
        run(
            check,
            &[
                ("https://portal.gulfhealth.org/patient/482913", Yes, Yes, "a record"),
                ("https://fhir.gulfhealth.org/r4/Patient/2c4e8f10-3b5d", Yes, Yes, "a record"),
                ("https://portal.gulfhealth.org/view?mrn=00482913&tab=2", Yes, Yes, "a query"),
                ("http://a.gulfhealth.org/x?email=jane.roe@gmail.com", Yes, Yes, "a query"),
                ("https://www.linkedin.com/in/jane-roe-482913", Yes, Yes, "a profile"),
                ("https://www.linkedin.com/company/gulfhealth", No, No, "a firm"),
                ("http://hl7.org/fhir/Patient/1000", No, No, "a thing's name"),
                ("https://example.org/patient/482913", No, No, "nobody's host"),
                ("https://portal.gulfhealth.org/patient/{id}", No, No, "a template"),
                ("https://portal.gulfhealth.org/about", No, No, "nobody"),
                ("ftp://portal.gulfhealth.org/patient/482913", No, No, "no web address"),
            ],
        );
    }
}
