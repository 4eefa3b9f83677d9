//! When a shape stands alone. In: the bytes, a span, the shape. Out: yes, or what it is part of.
//!
//! The rule, from either side: no letter, digit or `_` touches the span; no `@` does; no `.` `-` `/` `:` joins it to a
//! digit (`0.304262935`, `12-123-45-6789`), nor `-` to a letter behind it (a UUID); a span of digits only has no sign,
//! currency mark or bare point before it (`-5`, `$5`, `.5`) and is no character reference (`&#123;`).

use super::shape::Shape;

/// What a span that does not stand alone is part of; `None` where it stands alone.
pub fn part_of(shape: &Shape, bytes: &[u8], start: usize, end: usize) -> Option<&'static str> {
    let before = |n: usize| start.checked_sub(n).map(|i| bytes[i]);
    let after = |n: usize| bytes.get(end + n - 1).copied();
    let joins = |byte: u8| matches!(byte, b'.' | b'-' | b'/' | b':') || (byte == b' ' && shape.spaced_digits());
    let digit = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_digit());
    if let Some(left) = before(1) {
        if is_word(left) || left == b'@' {
            return Some("a longer word or number");
        }
        if joins(left) && digit(before(2)) {
            return Some("a longer number, date or decimal");
        }
        if left == bytes[start] && !bytes[start].is_ascii_alphanumeric() {
            return Some("a longer run of the same mark");
        }
        if shape.digits_only() {
            match left {
                b'$' | b'+' => return Some("an amount"),
                b'.' if !before(2).is_some_and(|b| b.is_ascii_alphabetic()) => return Some("a decimal"),
                b'-' if !before(2).is_some_and(|b| b.is_ascii_alphanumeric()) => return Some("a negative number"),
                b'#' if before(2) == Some(b'&') => return Some("a character reference"),
                _ => {}
            }
        }
    }
    if let Some(right) = after(1) {
        if is_word(right) || right == b'@' {
            return Some("a longer word or number");
        }
        let own_colon = right == b':' && shape.has_literal(b':');
        if joins(right) && digit(after(2)) && !own_colon {
            return Some("a longer number, date or decimal");
        }
        if right == b'-' && after(2).is_some_and(|b| b.is_ascii_alphabetic()) {
            return Some("a longer code");
        }
    }
    None
}

/// Whether the span stands alone.
pub fn stands_alone(shape: &Shape, bytes: &[u8], start: usize, end: usize) -> bool {
    part_of(shape, bytes, start, end).is_none()
}

/// Letters, digits and `_`.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
