//! E-mail addresses. In: bytes and where an `@` is. Out: the span around it. Refuses what RFC 5321 would not carry.

/// The address around the `@` at `at`. Local part 1–64, labels 1–63, top-level domain of two letters or more.
pub(super) fn email(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let local = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(b);
    let mut start = at - bytes[..at].iter().rev().take(64).take_while(|b| local(b)).count();
    // Marks that often stand right before an address are no part of it.
    while start < at && !(bytes[start].is_ascii_alphanumeric() || bytes[start] == b'_') {
        start += 1;
    }
    // `|` and `=` are delimiters far more often than parts of an address.
    if let Some(cut) =
        bytes[start..at].iter().rposition(|b| matches!(b, b'|' | b'=' | b'/' | b'\'' | b'`' | b'{' | b'}'))
    {
        start += cut + 1;
    }
    if start >= at || bytes[at - 1] == b'.' || bytes[start..at].windows(2).any(|w| w == b"..") {
        return None;
    }
    let mut end = at
        + 1
        + bytes[at + 1..]
            .iter()
            .take(190)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
            .count();
    while end > at + 1 && matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let domain = &bytes[at + 1..end];
    let mut labels = 0;
    for label in domain.split(|b| *b == b'.') {
        if label.is_empty() || label.len() > 63 || label[0] == b'-' || label[label.len() - 1] == b'-' {
            return None;
        }
        labels += 1;
    }
    let top = domain.rsplit(|b| *b == b'.').next().unwrap_or(b"");
    let good_top = top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic);
    let free = !bytes.get(end).is_some_and(|b| matches!(b, b'@' | b'_'));
    (labels >= 2 && good_top && free).then_some((start, end))
}
