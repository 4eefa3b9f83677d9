//! E-mail addresses. In: bytes and where an `@` is. Out: the span around it. Refuses what RFC 5321 would not carry.

use super::kinds::{DASH, DIGIT, LETTER, LOCAL, POINT, is, run, run_back};

/// The address around the `@` at `at`. Local part 1–64, labels 1–63, top-level domain of two letters or more.
pub(super) fn email(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let (start, end) = (local_part(bytes, at)?, domain(bytes, at + 1)?);
    let free = !bytes.get(end).is_some_and(|b| matches!(b, b'@' | b'_'));
    free.then_some((start, end))
}

/// Where the local part before `at` begins.
fn local_part(bytes: &[u8], at: usize) -> Option<usize> {
    // `|`, `=`, `/`, quotes and braces are delimiters far more often than parts of an address.
    let mut start = at - run_back(bytes, at, LETTER | DIGIT | POINT | DASH | LOCAL, 64);
    // Marks that often stand right before an address are no part of it.
    while start < at && !(is(bytes[start], LETTER | DIGIT) || bytes[start] == b'_') {
        start += 1;
    }
    if start >= at || bytes[at - 1] == b'.' || bytes[start..at].windows(2).any(|w| w == b"..") {
        return None;
    }
    Some(start)
}

/// Where the domain from `start` on ends.
fn domain(bytes: &[u8], start: usize) -> Option<usize> {
    let mut end = start + run(bytes, start, LETTER | DIGIT | DASH | POINT, 190);
    while end > start && matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let (mut label, mut labels) = (start, 0);
    loop {
        let length = run(&bytes[..end], label, LETTER | DIGIT | DASH, 64);
        if length == 0 || length > 63 || bytes[label] == b'-' || bytes[label + length - 1] == b'-' {
            return None;
        }
        labels += 1;
        if label + length == end {
            let letters = run(&bytes[..end], label, LETTER, 64);
            return (labels >= 2 && length >= 2 && letters == length).then_some(end);
        }
        label += length + 1;
    }
}
