//! Web addresses. In: bytes and the place of a `://`. Out: the span from the scheme to what cannot stand in an address.
//! Refuses schemes that are no word, and addresses of nothing.

/// The longest that is looked at, bytes behind the `://`.
const LONGEST: usize = 400;

/// The address around the `:` of a `://` at `at`.
pub(super) fn url(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    if !bytes[at..].starts_with(b"://") {
        return None;
    }
    let letters = bytes[..at].iter().rev().take(6).take_while(|b| b.is_ascii_alphabetic()).count();
    if !(4..=5).contains(&letters) || !bytes[at - letters].eq_ignore_ascii_case(&b'h') {
        return None;
    }
    let rest = &bytes[at + 3..];
    let inside = |b: &u8| {
        b.is_ascii_alphanumeric()
            || matches!(
                b,
                b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'#' | b'@' | b'!' | b'$' | b'&' | b'(' | b')'
            )
            || matches!(b, b'*' | b'+' | b',' | b';' | b'=' | b'%' | b'|')
    };
    let length = rest.iter().take(LONGEST).take_while(|b| inside(b)).count();
    // A sentence's own marks are no part of it.
    let marks = rest[..length].iter().rev().take_while(|b| !b.is_ascii_alphanumeric() && **b != b'/').count();
    let end = length - marks;
    (end >= 4).then_some((at - letters, at + 3 + end))
}
