//! Post office boxes. In: bytes and where a `b` is. Out: the span around it. Refuses a box without a number.

use crate::detect::boundary::is_word;

/// `PO Box 12`, `P.O. Box 12`, `P O BOX 12`, `POB 12` around the `b` at `at`.
pub(super) fn po_box(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = &bytes[at..];
    let word = if rest.len() >= 3 && rest[..3].eq_ignore_ascii_case(b"box") { 3 } else { 1 };
    let number = at + word + usize::from(bytes.get(at + word) == Some(&b' '));
    let digits = bytes.get(number..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    if number == at + word || !(1..=6).contains(&digits) || bytes.get(number + digits).copied().is_some_and(is_word) {
        return None;
    }
    let before = &bytes[at.saturating_sub(6)..at];
    ["p.o. ", "p. o. ", "po ", "p o ", "p.o.", "po"].iter().find_map(|form| {
        let start = at.checked_sub(form.len())?;
        let fits =
            before.len() >= form.len() && before[before.len() - form.len()..].eq_ignore_ascii_case(form.as_bytes());
        let alone = start == 0 || !is_word(bytes[start - 1]);
        (fits && alone && (word == 3 || !form.ends_with(' '))).then_some((start, number + digits))
    })
}
