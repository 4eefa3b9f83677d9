//! Names without the values in them. In: a name, and where values were found in it. Out: the name with masks in their place.
//! Refuses nothing: what is no span of the name is left.

use crate::identifier::Identifier;

/// `text` with the spans replaced by masks.
pub(super) fn mask(text: &str, spans: &[(usize, usize, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, mask) in spans {
        if *start >= at
            && let (Some(before), true) = (text.get(at..*start), text.is_char_boundary(*end))
        {
            out.push_str(before);
            out.push_str(mask);
            at = *end;
        }
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// `text` without what has the form of an SSN, a telephone number or an address of mail, likely or not: where a name
/// stands alone nothing may speak for a value, and a value it is.
pub(super) fn mask_forms(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut spans, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let found = if at > 0 && bytes[at - 1].is_ascii_digit() { None } else { form(&bytes[at..]) };
        match found.or_else(|| mail(bytes, at)) {
            Some((length, identifier)) => {
                spans.push((at, at + length, identifier.info().mask));
                at += length;
            }
            None => at += 1,
        }
    }
    if spans.is_empty() { text.to_string() } else { mask(text, &spans) }
}

/// How long the number is that starts here, if it is written in groups as these are.
fn form(bytes: &[u8]) -> Option<(usize, Identifier)> {
    const FORMS: [([usize; 3], Identifier); 2] = [([3, 2, 4], Identifier::SSN), ([3, 3, 4], Identifier::PHONE)];
    let matches = |groups: [usize; 3]| {
        let (mut at, mut between) = (0, None);
        for (n, group) in groups.into_iter().enumerate() {
            if n > 0 {
                let mark = *bytes.get(at).filter(|b| b"-._ ".contains(b))?;
                if between.replace(mark).is_some_and(|before| before != mark) {
                    return None;
                }
                at += 1;
            }
            if !bytes.get(at..at + group)?.iter().all(u8::is_ascii_digit) {
                return None;
            }
            at += group;
        }
        (!bytes.get(at).is_some_and(u8::is_ascii_digit)).then_some(at)
    };
    FORMS.into_iter().find_map(|(groups, identifier)| Some((matches(groups)?, identifier)))
}

/// How long the address of mail is that starts here.
fn mail(bytes: &[u8], at: usize) -> Option<(usize, Identifier)> {
    let local = |b: u8| b.is_ascii_alphanumeric() || b"._%+-".contains(&b) || b >= 0x80;
    if !local(bytes[at]) || at > 0 && local(bytes[at - 1]) {
        return None;
    }
    let name = bytes[at..].iter().take_while(|b| local(**b)).count();
    let host = bytes[at + name..].strip_prefix(b"@")?;
    let length = host.iter().take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b)).count();
    host[..length].contains(&b'.').then_some((name + 1 + length, Identifier::EMAIL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_masked_and_dates_and_counters_kept() {
        for (name, masked) in [
            ("broken 290-58-8597.gz", "broken ***-**-****.gz"),
            ("ssn_290_58_8597", "ssn_***-**-****"),
            ("call 312-555-0133", "call ***-***-****"),
            ("é ada.b@example.net", "é ***@***"),
        ] {
            assert_eq!(mask_forms(name), masked);
        }
        for kept in [
            "claims_2026-11-01_000123.csv",
            "290-58-85971",
            "1290-58-8597",
            "290-58.8597",
            "a@b",
            "@",
            "@x.y",
            "v1.2.3",
            "",
        ] {
            assert_eq!(mask_forms(kept), kept);
        }
    }
}
