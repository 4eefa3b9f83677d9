//! Base64. In: text of its alphabet (RFC 4648, both forms), with line ends where its writers put them. Out: the bytes it
//! stands for. Refuses any other character, what follows the padding, and more than it is told to give.

/// The value of a character: 0 to 63, [`BLANK`] for line ends and blanks, [`PAD`], or [`NONE`].
static VALUES: [u8; 256] = values();
const BLANK: u8 = 0x40;
const PAD: u8 = 0x41;
const NONE: u8 = 0xff;

const fn values() -> [u8; 256] {
    let mut table = [NONE; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut n = 0;
    while n < 64 {
        table[alphabet[n] as usize] = n as u8;
        n += 1;
    }
    // RFC 4648 5: the form for URLs and file names.
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table[b'\r' as usize] = BLANK;
    table[b'\n' as usize] = BLANK;
    table[b' ' as usize] = BLANK;
    table[b'\t' as usize] = BLANK;
    table[b'=' as usize] = PAD;
    table
}

/// Whether a character is one of the alphabet, in either form; padding is not.
pub fn is_letter(byte: u8) -> bool {
    VALUES[byte as usize] < 64
}

/// Decodes `text`, of which at most `limit` bytes are given: the rest is left where it is. A text may break off.
/// `None` where it is not base64.
pub fn decode(text: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(limit.min(text.len() / 4 * 3 + 3));
    let (mut bits, mut held) = (0u32, 0);
    let mut padded = false;
    for byte in text {
        match VALUES[*byte as usize] {
            BLANK => {}
            PAD => padded = true,
            NONE => return None,
            _ if padded => return None,
            value => {
                bits = bits << 6 | u32::from(value);
                held += 6;
                if held >= 8 {
                    if out.len() == limit {
                        break;
                    }
                    held -= 8;
                    out.push((bits >> held) as u8);
                }
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_as_the_rfc_says() {
        for (text, bytes) in [
            (&b""[..], &b""[..]),
            (b"Zg==", b"f"),
            (b"Zm8=", b"fo"),
            (b"Zm9v", b"foo"),
            (b"Zm9vYg", b"foob"),
            (b"Zm9v\r\nYmFy\n", b"foobar"),
            (b"_-8", b"\xff\xef"),
        ] {
            assert_eq!(decode(text, 100).as_deref(), Some(bytes));
        }
        assert_eq!(decode(b"Zm9vYmFy", 4).as_deref(), Some(&b"foob"[..]));
        for wrong in [&b"Zm9v!"[..], b"Zg==Zg==", b"Zm\0v"] {
            assert_eq!(decode(wrong, 100), None);
        }
    }
}
