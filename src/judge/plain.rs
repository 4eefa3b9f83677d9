//! Text in plain characters: typographic dashes and spaces, full-width letters and digits, bullets and curly apostrophes as
//! the ASCII characters they stand for, percent signs with two figures resolved, what has no width left out, and the printed
//! lines of forms as blanks. In: UTF-8. Out: a copy with the way back to the offsets in the original, only where there is
//! something to replace: nearly all text is searched as it is.

use std::borrow::Cow;
use std::ops::Range;

use crate::judge::pairs::pairs;

/// A text in plain characters.
#[derive(Debug)]
pub struct Plain {
    /// The text.
    pub bytes: Vec<u8>,
    /// Behind each replacement: offset here, offset in the original. Ascending.
    back: Vec<(usize, usize)>,
}

/// What a character is replaced by.
enum Instead {
    By(u8),
    Nothing,
}

impl Plain {
    /// The plain text of `bytes`; `None` where that is `bytes`.
    pub fn of(bytes: &[u8]) -> Option<Plain> {
        let mut plain: Option<Plain> = None;
        for (span, instead) in replaced(bytes) {
            plain.get_or_insert_with(|| Plain::empty(bytes)).put(bytes, span, instead);
        }
        plain.map(|plain| plain.end(bytes))
    }

    /// The same of a text of lines, in which values that go over a line end, `219-44-` and `8831`, stand in one, and those on the
    /// line of a printed form by themselves.
    pub fn of_lines(bytes: &[u8]) -> Option<Plain> {
        let broken = breaks(bytes).into_iter().map(|span| (span, Instead::Nothing));
        let mut breaks: Vec<(Range<usize>, Instead)> = broken.collect();
        let lines = fillers(bytes);
        if !lines.is_empty() {
            breaks.extend(lines);
            breaks.sort_by_key(|(span, _)| span.start);
        }
        let mut breaks = breaks.into_iter().peekable();
        breaks.peek()?;
        let mut plain = Plain::empty(bytes);
        let mut typography = replaced(bytes).peekable();
        loop {
            match (typography.peek(), breaks.peek()) {
                (Some((span, _)), Some((broken, _))) if span.start >= broken.start => {}
                (Some(_), _) => {
                    let Some((span, instead)) = typography.next() else { break };
                    plain.put(bytes, span, instead);
                    continue;
                }
                (None, None) => break,
                (None, Some(_)) => {}
            }
            let Some((span, instead)) = breaks.next() else { break };
            plain.put(bytes, span, instead);
        }
        Some(plain.end(bytes))
    }

    fn empty(bytes: &[u8]) -> Plain {
        Plain { bytes: Vec::with_capacity(bytes.len()), back: Vec::new() }
    }

    /// Copies what stands before `span`, then what stands for it. Spans come in order.
    fn put(&mut self, bytes: &[u8], span: Range<usize>, instead: Instead) {
        let copied = self.back.last().map_or(0, |(_, original)| *original);
        self.bytes.extend_from_slice(&bytes[copied..span.start]);
        if let Instead::By(byte) = instead {
            self.bytes.push(byte);
        }
        self.back.push((self.bytes.len(), span.end));
    }

    fn end(mut self, bytes: &[u8]) -> Plain {
        let copied = self.back.last().map_or(0, |(_, original)| *original);
        self.bytes.extend_from_slice(&bytes[copied..]);
        self
    }

    /// Where in the original the byte at `at` stands; of a replacement, its first byte.
    pub fn original(&self, at: usize) -> usize {
        match self.back.partition_point(|(here, _)| *here <= at).checked_sub(1) {
            Some(last) => self.back[last].1 + (at - self.back[last].0),
            None => at,
        }
    }

    /// Where in the original stands what stands in `span` here.
    pub fn original_span(&self, span: Range<usize>) -> Range<usize> {
        self.original(span.start)..self.original(span.end)
    }

    /// Where here stands what stands at `at` in the original, or what follows it.
    pub fn here(&self, at: usize) -> usize {
        match self.back.partition_point(|(_, original)| *original <= at).checked_sub(1) {
            Some(last) => {
                let next = self.back.get(last + 1).map_or(self.bytes.len(), |(here, _)| *here);
                (self.back[last].0 + (at - self.back[last].1)).min(next)
            }
            None => at.min(self.back.first().map_or(self.bytes.len(), |(here, _)| *here)),
        }
    }
}

/// Whether no byte stands there that something to be replaced begins with.
pub fn is_plain(bytes: &[u8]) -> bool {
    memchr::memchr(b'%', bytes).is_none() && memchr::memchr3(0xE2, 0xC2, 0xEF, bytes).is_none()
}

/// The plain text of a short value.
pub fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    match Plain::of(bytes) {
        Some(plain) => Cow::Owned(plain.bytes),
        None => Cow::Borrowed(bytes),
    }
}

/// The line ends, with the blanks around them, over which a value goes: behind figures and `-` or `/`, before figures, with
/// one to four figures on either side; and before the last part of an SSN, `418-62` and `-7715`. In a text that says that it is
/// quoted-printable, as a message that was pasted or logged, soft line ends between figures too (RFC 2045, 6.7).
fn breaks(bytes: &[u8]) -> Vec<Range<usize>> {
    // Nearly every line ends in something else.
    let ends = |a: u8, b: u8| {
        let figure = (a.wrapping_sub(b'-') <= b'9' - b'-') & (a != b'.');
        (b == b'\n') & (figure | (a == b'\r') | (a == b'=') | (a.wrapping_sub(0x90) <= 5))
    };
    let (mut found, mut declared) = (Vec::new(), None);
    pairs(bytes, 1, ends, |end| {
        let soft = || soft(bytes, end).filter(|_| *declared.get_or_insert_with(|| is_quoted_printable(bytes)));
        found.extend(broken(bytes, end).or_else(soft));
    });
    found
}

/// The soft line end at `end`, between figures or what stands between them: another `=` at the end of a line ends something.
fn soft(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'-' | b'/' | b'0'..=b'9'));
    let before = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]).strip_suffix(b"=")?;
    (part(before.last()) && part(bytes.get(end + 1))).then_some(before.len()..end + 1)
}

/// Whether a header says so, wherever it stands.
fn is_quoted_printable(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"quoted-printable";
    memchr::memchr_iter(b':', bytes).any(|at| {
        let behind = bytes[at + 1..].trim_ascii_start();
        let behind = behind.strip_prefix(b"\"").unwrap_or(behind);
        behind.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME))
    })
}

/// The line end at `end` with what stands around it, if a value goes over it.
fn broken(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    const MARGIN: usize = 12;
    let figures = |run: usize| (1..=4).contains(&run);
    let before = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
    let (mark, width) = match before {
        // U+2010 to U+2015: dashes.
        [.., 0xE2, 0x80, 0x90..=0x95] => (b'-', 3),
        [.., mark @ (b'-' | b'/' | b'0'..=b'9')] => (*mark, 1),
        _ => return None,
    };
    let blanks = bytes[end + 1..].iter().take(MARGIN).take_while(|b| matches!(b, b' ' | b'\t' | b'>')).count();
    let behind = &bytes[end + 1 + blanks..];
    let run = |text: &[u8]| text.iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    let back = |text: &[u8]| text.iter().rev().take(5).take_while(|b| b.is_ascii_digit()).count();
    let fits = match mark {
        b'-' | b'/' => figures(back(&before[..before.len() - width])) && figures(run(behind)),
        _ => {
            let group = back(before);
            let area = before[..before.len() - group].strip_suffix(b"-").map_or(0, back);
            group == 2 && area == 3 && behind.first() == Some(&b'-') && run(&behind[1..]) == 4
        }
    };
    fits.then_some(before.len()..end + 1 + blanks)
}

/// The printed lines of a form that touch what was written on them: `Last Name Call____ First Ann____ MI _J_`. A long one must
/// touch something somewhere: elsewhere `_` is a letter of names in programs, which it is here too with letters on both sides.
fn fillers(bytes: &[u8]) -> Vec<(Range<usize>, Instead)> {
    if !has_forms(bytes) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for Range { start, end } in
        runs(bytes, memchr::memchr_iter(b'_', bytes)).into_iter().filter(|run| touches(bytes, run))
    {
        // What stands before the line is its label: `Zip _36609_`.
        let opens = start > 0 && bytes[start - 1] == b' ';
        found.push((start..start + 1, Instead::By(if opens { b':' } else { b' ' })));
        // Two blanks part columns.
        if start + 1 < end {
            found.push((start + 1..end, Instead::By(b' ')));
        }
    }
    found
}

/// Whether a long printed line touches something.
pub fn has_forms(bytes: &[u8]) -> bool {
    const LONG: &[u8] = b"___";
    runs(bytes, memchr::memmem::find_iter(bytes, LONG)).iter().any(|run| touches(bytes, run))
}

/// Whether something that was written stands right before a run of `_` or right behind it, and not both.
fn touches(bytes: &[u8], run: &Range<usize>) -> bool {
    let word =
        |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'(' | b')' | b'.' | b'#'));
    let before = run.start.checked_sub(1).and_then(|at| bytes.get(at));
    word(before) != word(bytes.get(run.end))
}

/// The runs of `_` that stand at `marks`, each once.
fn runs(bytes: &[u8], marks: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in marks {
        if runs.last().is_none_or(|last| last.end <= at) {
            let length = bytes[at..].iter().take_while(|b| **b == b'_').count();
            runs.push(at..at + length);
        }
    }
    runs
}

/// What is replaced, in order.
fn replaced(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, Instead)> + '_ {
    let mut typography = memchr::memchr3_iter(0xE2, 0xC2, 0xEF, bytes).peekable();
    // Of most texts the end is reached at once.
    let mut percents = memchr::memchr_iter(b'%', bytes).peekable();
    let starts = std::iter::from_fn(move || match (typography.peek(), percents.peek()) {
        (Some(sign), Some(percent)) if percent < sign => percents.next(),
        (Some(_), _) => typography.next(),
        (None, _) => percents.next(),
    });
    starts.filter_map(|at| instead(&bytes[at..]).map(|(length, instead)| (at..at + length, instead)))
}

/// What stands for the character that these bytes open with, and how long that is.
fn instead(bytes: &[u8]) -> Option<(usize, Instead)> {
    use Instead::{By, Nothing};
    Some(match *bytes {
        // No-break space, soft hyphen.
        [0xC2, 0xA0, ..] => (2, By(b' ')),
        [0xC2, 0xAD, ..] => (2, Nothing),
        // U+2000 to U+200A and U+202F: spaces. U+200B to U+200F, U+2060, U+FEFF: no width.
        [0xE2, 0x80, 0x80..=0x8A | 0xAF, ..] => (3, By(b' ')),
        [0xE2, 0x80, 0x8B..=0x8F, ..] | [0xE2, 0x81, 0xA0, ..] | [0xEF, 0xBB, 0xBF, ..] => (3, Nothing),
        // U+2010 to U+2015, U+2212, U+FE58, U+FE63, U+FF0D: dashes.
        [0xE2, 0x80, 0x90..=0x95, ..]
        | [0xE2, 0x88, 0x92, ..]
        | [0xEF, 0xB9, 0x98 | 0xA3, ..]
        | [0xEF, 0xBC, 0x8D, ..] => (3, By(b'-')),
        [0xE2, 0x80, 0x98 | 0x99, ..] => (3, By(b'\'')),
        [0xE2, 0x80, 0xA2, ..] => (3, By(b'*')),
        // What forms and addresses of pages escape (RFC 3986, 2.1) of what stands in values.
        [b'%', b'2', low, ..] => match low {
            b'0' => (3, By(b' ')),
            b'8' => (3, By(b'(')),
            b'9' => (3, By(b')')),
            b'B' | b'b' => (3, By(b'+')),
            b'C' | b'c' => (3, By(b',')),
            b'D' | b'd' => (3, By(b'-')),
            b'E' | b'e' => (3, By(b'.')),
            b'F' | b'f' => (3, By(b'/')),
            _ => return None,
        },
        [b'%', b'3', b'A' | b'a', ..] => (3, By(b':')),
        [b'%', b'4', b'0', ..] => (3, By(b'@')),
        // Full width: `.`, `/`, digits, `:`, letters.
        [0xEF, 0xBC, byte @ (0x8E..=0x9A | 0xA1..=0xBA), ..] => (3, By(byte - 0x60)),
        [0xEF, 0xBD, byte @ 0x81..=0x9A, ..] => (3, By(byte - 0x20)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typography_is_written_plainly() {
        for (text, expected) in [
            ("536‑90‑4398", "536-90-4398"),
            ("536–90–4398", "536-90-4398"),
            ("536\u{a0}90\u{202f}4398", "536 90 4398"),
            ("５３６－９０－４３９８", "536-90-4398"),
            ("ＤＯＢ：ａｚ", "DOB:az"),
            ("•••-••-4398", "***-**-4398"),
            ("driver’s", "driver's"),
            ("53\u{200b}6", "536"),
            ("dob=03%2F04%2f1962&ssn=536%2D90–4398", "dob=03/04/1962&ssn=536-90-4398"),
            ("a.b%40c.org+%28555%29%20201‑4477", "a.b@c.org+(555) 201-4477"),
        ] {
            let plain = Plain::of(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(&plain.bytes), expected, "{text}");
            assert_eq!(plain.original_span(0..plain.bytes.len()), 0..text.len(), "{text}");
        }
        assert!(Plain::of("José Álvarez, naïve … “quoted”".as_bytes()).is_none());
        assert!(Plain::of(b"12 % of 20%, %s, 100%2, %%, %41%").is_none());
        let text = "SSN：536‑90‑4398 ok";
        let plain = Plain::of(text.as_bytes()).unwrap();
        let span = plain.original_span(4..15);
        assert_eq!(&text[span], "536‑90‑4398");
    }

    #[test]
    fn a_value_that_goes_over_a_line_end_stands_in_one() {
        for (text, expected) in [
            ("SSN 219-44-\n8831 was", "SSN 219-44-8831 was"),
            ("SSN 219-44-\r\n   8831 was", "SSN 219-44-8831 was"),
            ("> DOB: 03/04/\n> 1952", "> DOB: 03/04/1952"),
            ("no. 418-62\n-7715 on", "no. 418-62-7715 on"),
            ("SSN 219‑44‑\n8831", "SSN 219-44-8831"),
            ("418-62-\n7715 and 219‑44‑8831", "418-62-7715 and 219-44-8831"),
        ] {
            let plain = Plain::of_lines(text.as_bytes()).or_else(|| Plain::of(text.as_bytes())).unwrap();
            assert_eq!(String::from_utf8_lossy(&plain.bytes), expected, "{text}");
            assert_eq!(plain.original_span(0..plain.bytes.len()), 0..text.len(), "{text}");
        }
        for text in [
            "let __a__ = _b + c_;",
            "____\nname\n_____ a",
            "a___b",
            "12\n-34\n-56",
            "a list -\n8831",
            "- 5\n- 6",
            "48291357-\n1",
            "12-\n48291357",
            "1-\n",
            "\n1",
        ] {
            assert!(Plain::of_lines(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_written_on_the_lines_of_a_form_stands_by_itself() {
        let text = "Last Call____ First Ann____ MI _J_\nBorn _03/04/1952__ Phone __(814) 249-2291_ _____ a_b";
        let plain = Plain::of_lines(text.as_bytes()).unwrap();
        let expected = "Last Call   First Ann   MI :J \nBorn :03/04/1952   Phone : (814) 249-2291  _____ a_b";
        assert_eq!(String::from_utf8_lossy(&plain.bytes), expected);
        let at = expected.find("03").unwrap();
        assert_eq!(&text[plain.original_span(at..at + 10)], "03/04/1952");
    }

    proptest! {
        #[test]
        fn there_and_back(text in "[a0\u{a0}‑０é\u{200b}%2F]{0,20}") {
            if let Some(plain) = Plain::of(text.as_bytes()) {
                for at in 0..=plain.bytes.len() {
                    let original = plain.original(at);
                    prop_assert!(original <= text.len());
                    prop_assert!(plain.here(original) <= plain.bytes.len());
                }
                for at in 0..=text.len() {
                    prop_assert!(plain.here(at) <= plain.bytes.len());
                }
                prop_assert_eq!(plain.here(text.len()), plain.bytes.len());
            }
        }
    }

    #[test]
    fn soft_line_ends_are_none_where_they_are_declared() {
        let declared = "Content-Transfer-Encoding: Quoted-Printable\r\n\r\n";
        let body = "SSN: 536-90-=\r\n4398, MRN 447=\n1902, 04=\r\n/01/1950, a=\r\nb, 1 =\n2, 3=\n";
        let text = format!("{declared}{body}");
        let plain = Plain::of_lines(text.as_bytes()).expect("lines go over");
        let expected = format!("{declared}SSN: 536-90-4398, MRN 4471902, 04/01/1950, a=\r\nb, 1 =\n2, 3=\n");
        assert_eq!(String::from_utf8_lossy(&plain.bytes), expected);
        let at = expected.find("4398").expect("there");
        assert_eq!(&text[plain.original_span(at - 7..at + 4)], "536-90-=\r\n4398");
        // `=` ends much else.
        assert!(Plain::of_lines(body.as_bytes()).is_none());
        assert!(Plain::of_lines(format!("no quoted-printable here\n{body}").as_bytes()).is_none());
    }
}
