//! The digits of a value, gathered without allocating. In: bytes. Out: up to sixteen digits. Refuses more digits and
//! bytes that are neither digits nor among the separators allowed.

/// Up to sixteen ASCII digits.
#[derive(Clone, Copy)]
pub struct Digits {
    bytes: [u8; 16],
    length: usize,
}

impl Digits {
    /// The digits of `bytes`, of which all others are in `separators`.
    pub fn gather(bytes: &[u8], separators: &[u8]) -> Option<Digits> {
        let mut digits = Digits { bytes: [0; 16], length: 0 };
        for byte in bytes {
            if byte.is_ascii_digit() {
                *digits.bytes.get_mut(digits.length)? = *byte;
                digits.length += 1;
            } else if !separators.contains(byte) {
                return None;
            }
        }
        Some(digits)
    }

    /// Filled with zeros in front to `width`, as before a spreadsheet dropped them.
    pub fn padded(self, width: usize) -> Digits {
        let missing = width.min(16).saturating_sub(self.length);
        let mut digits = Digits { bytes: [b'0'; 16], length: self.length + missing };
        digits.bytes[missing..digits.length].copy_from_slice(self.as_bytes());
        digits
    }

    /// The digits as ASCII.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The number they write.
    pub fn number(&self) -> i64 {
        number(self.as_bytes())
    }
}

/// The number that ASCII digits write; at most eighteen of them count.
pub fn number(digits: &[u8]) -> i64 {
    digits.iter().take(18).fold(0, |n, b| n * 10 + i64::from(b - b'0'))
}

/// A whole number as spreadsheets write it back: `123456789.0` without its `.0`.
pub fn without_point_zero(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|b| *b == b'.') {
        Some(at)
            if at > 0
                && at + 1 < bytes.len()
                && bytes[..at].iter().all(u8::is_ascii_digit)
                && bytes[at + 1..].iter().all(|b| *b == b'0') =>
        {
            &bytes[..at]
        }
        _ => bytes,
    }
}

/// Whether the Luhn sum (ISO/IEC 7812-1, annex B) of the digits, check digit last, plus `before` is a multiple of ten.
pub fn luhn(digits: &[u8], before: u32) -> bool {
    // What a digit counts whose place is odd from the right.
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let (mut sum, mut rest) = (before, digits);
    while let [front @ .., doubled, single] = rest {
        sum += u32::from(DOUBLED[usize::from((doubled - b'0') % 10)]) + u32::from(single - b'0');
        rest = front;
    }
    sum += rest.first().map_or(0, |single| u32::from(single - b'0'));
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_gathered_padded_and_counted() {
        assert_eq!(Digits::gather(b"12-34", b"-").unwrap().as_bytes(), b"1234");
        assert!(Digits::gather(b"12a34", b"-").is_none());
        assert!(Digits::gather(b"12345678901234567", b"").is_none());
        assert_eq!(Digits::gather(b"1234", b"").unwrap().padded(9).as_bytes(), b"000001234");
        assert_eq!(Digits::gather(b"0012", b"").unwrap().number(), 12);
        assert_eq!(without_point_zero(b"123456789.0"), b"123456789");
        assert_eq!(without_point_zero(b"12345.50"), b"12345.50");
        assert!(luhn(b"4111111111111111", 0) && !luhn(b"4111111111111112", 0));
    }
}
