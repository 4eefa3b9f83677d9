//! Strings of JSON. In: the bytes between quotes. Out: where they end, and what they say. Refuses nothing: an escape that
//! is none stands for itself.

/// Whether it is white space between values.
pub(super) fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// How long a string is whose first byte `bytes` starts with, and whether something in it is escaped. `None` where it
/// goes on behind them.
#[inline]
pub(super) fn string_end(bytes: &[u8]) -> Option<(usize, bool)> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zeros = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let mut escaped = false;
    let mut i = 0;
    loop {
        // Most strings are shorter than what a vector search costs to start.
        let stop = loop {
            let Some(eight) = bytes.get(i..i + 8) else {
                break i + bytes.get(i..)?.iter().position(|b| matches!(b, b'"' | b'\\'))?;
            };
            let word = u64::from_le_bytes(eight.try_into().unwrap_or_default());
            let found = zeros(word ^ (LOW * b'"' as u64)) | zeros(word ^ (LOW * b'\\' as u64));
            if found != 0 {
                break i + (found.trailing_zeros() / 8) as usize;
            }
            i += 8;
        };
        if bytes[stop] == b'"' {
            return Some((stop, escaped));
        }
        escaped = true;
        i = stop + 2;
    }
}

/// Where a string without an end in sight is cut: behind a blank, else between characters and escapes.
pub(super) fn cut(bytes: &[u8]) -> usize {
    let back = bytes.len().saturating_sub(1024);
    if let Some(blank) = bytes[back..].iter().rposition(|b| *b == b' ') {
        return back + blank + 1;
    }
    // Neither inside `\u1234` with its other half, nor inside a character.
    let mut end = bytes.len() - 12;
    while end > back && (bytes[end] as i8) < -0x40 {
        end -= 1;
    }
    if let Some(slash) = bytes[end.saturating_sub(12)..end].iter().position(|b| *b == b'\\') {
        // A run of backslashes reads from its start.
        let mut at = end.saturating_sub(12) + slash;
        while at > 0 && bytes[at - 1] == b'\\' {
            at -= 1;
        }
        return if at == 0 { bytes.len() & !1 } else { at };
    }
    end
}

/// Appends what an escaped string says. Half a surrogate pair is U+FFFD.
pub(in crate::extract) fn append_unescaped(raw: &[u8], out: &mut Vec<u8>) {
    let mut i = 0;
    while let Some(slash) = memchr::memchr(b'\\', &raw[i..]) {
        out.extend_from_slice(&raw[i..i + slash]);
        i += slash + 1;
        let Some(escape) = raw.get(i) else {
            out.push(b'\\');
            return;
        };
        i += 1;
        match escape {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' | b'f' => out.push(b' '),
            b'u' => {
                let Some(mut code) = hex(raw, i) else {
                    out.extend_from_slice(b"\\u");
                    continue;
                };
                i += 4;
                if (0xD800..0xDC00).contains(&code)
                    && raw.get(i..i + 2) == Some(b"\\u")
                    && let Some(low @ 0xDC00..0xE000) = hex(raw, i + 2)
                {
                    code = 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                    i += 6;
                }
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            b'"' | b'\\' | b'/' => out.push(*escape),
            other => out.extend_from_slice(&[b'\\', *other]),
        }
    }
    out.extend_from_slice(raw.get(i..).unwrap_or_default());
}

fn hex(raw: &[u8], at: usize) -> Option<u32> {
    let digits = raw.get(at..at + 4)?;
    digits.iter().try_fold(0, |code, digit| Some(code * 16 + (*digit as char).to_digit(16)?))
}

/// Whether a key may be somebody's value and no name of a field: it has a long number or an `@`.
pub(in crate::extract) fn may_hold_value(key: &[u8]) -> bool {
    key.iter().filter(|b| b.is_ascii_digit()).count() >= 5 || key.contains(&b'@')
}

/// Appends what a Base64 text says if that is text: whether it is.
pub(in crate::extract) fn append_base64_text(raw: &[u8], out: &mut Vec<u8>) -> bool {
    let from = out.len();
    let (mut bits, mut count) = (0u32, 0);
    for byte in raw {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    let text = std::str::from_utf8(&out[from..])
        .is_ok_and(|text| !text.starts_with("%PDF") && !text.bytes().any(|b| b < 0x20 && !b.is_ascii_whitespace()));
    if !text {
        out.truncate(from);
    }
    text
}

/// Takes the tags out of the markup behind `from`, a blank or line end in their place, and resolves its entities.
pub(super) fn strip_tags(text: &mut Vec<u8>, from: usize) {
    let markup = text.split_off(from);
    let mut i = 0;
    while let Some(byte) = markup.get(i) {
        let rest = &markup[i..];
        if *byte == b'<'
            && let Some(end) = memchr::memchr(b'>', rest)
        {
            let name = rest[1..end].strip_prefix(b"/").unwrap_or(&rest[1..end]);
            let inline = [&b"b"[..], b"i", b"span", b"em", b"strong", b"a", b"u"];
            let word = name.split(|b| !b.is_ascii_alphanumeric()).next().unwrap_or_default();
            let cell = [&b"td"[..], b"th"].contains(&word);
            match () {
                () if inline.contains(&word) => {}
                () if cell => text.push(b' '),
                () => text.push(b'\n'),
            }
            i += end + 1;
        } else if *byte == b'&'
            && let Some(end) = memchr::memchr(b';', &rest[..rest.len().min(12)])
        {
            match character(&rest[1..end]) {
                Some(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
                None => text.extend_from_slice(&rest[..=end]),
            }
            i += end + 1;
        } else {
            text.push(*byte);
            i += 1;
        }
    }
}

/// The character of an entity: `amp`, `#39`, `#x2019`.
fn character(entity: &[u8]) -> Option<char> {
    match entity {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        b"nbsp" => Some(' '),
        _ => {
            let number = std::str::from_utf8(entity.strip_prefix(b"#")?).ok()?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
