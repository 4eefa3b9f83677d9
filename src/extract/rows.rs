//! Reads delimited rows. In: a dialect and bytes. Out: fields with their column, row by row. Ragged rows are what they
//! are; a quote opens a field only where the field starts (in `5'10"|` it opens nothing) and RFC 4180 closes it.

use super::dialect::Dialect;
use super::{Quote, RowFold};

/// What may stand before the first field without being part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One field. Offsets are in the bytes that were read; quotes around it are left out, doubled ones inside kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it starts, quote included.
    pub open: usize,
    /// Where its text starts.
    pub start: usize,
    /// Where its text ends.
    pub end: usize,
    /// Its column, from 0.
    pub column: usize,
    /// Whether it ends its row.
    pub last: bool,
    /// Whether the bytes ended before the field did.
    pub cut: bool,
}

/// Reads fields one after the other.
#[derive(Debug)]
pub struct Fields<'a> {
    dialect: &'a Dialect,
    bytes: &'a [u8],
    at: usize,
    column: usize,
    quote: Quote,
    /// Whether `at` is where a field starts.
    fresh: bool,
    done: bool,
    /// No quote stands in the bytes: marks are looked for eight bytes at a time.
    plain: Option<Marks>,
}

/// The delimiters and line ends of eight bytes: the top bit of each byte that is one.
#[derive(Clone, Copy, Debug)]
struct Marks {
    delimiter: u64,
    line_end: u64,
    /// Offset of the eight bytes.
    base: usize,
    found: u64,
}

impl Marks {
    fn new(dialect: &Dialect, bytes: &[u8], at: usize) -> Marks {
        let splat = |byte: u8| u64::from_ne_bytes([byte; 8]);
        let mut marks =
            Marks { delimiter: splat(dialect.delimiter), line_end: splat(dialect.line_end), base: at, found: 0 };
        marks.load(bytes);
        marks
    }

    /// Looks at the eight bytes at `base`; behind the end there is nothing.
    #[inline]
    fn load(&mut self, bytes: &[u8]) {
        let word = match bytes.get(self.base..self.base + 8) {
            Some(eight) => u64::from_le_bytes(eight.try_into().unwrap_or_default()),
            None => {
                let mut eight = [0; 8];
                let rest = bytes.get(self.base..).unwrap_or_default();
                eight[..rest.len()].copy_from_slice(rest);
                u64::from_le_bytes(eight)
            }
        };
        self.found = equal(word, self.delimiter) | equal(word, self.line_end);
    }

    /// The offset of the next mark; `None` at the end.
    #[inline]
    fn next(&mut self, bytes: &[u8]) -> Option<usize> {
        while self.found == 0 {
            self.base += 8;
            if self.base >= bytes.len() {
                return None;
            }
            self.load(bytes);
        }
        let at = self.base + self.found.trailing_zeros() as usize / 8;
        self.found &= self.found - 1;
        // Behind the end stand zeros, which may look like a mark.
        (at < bytes.len()).then_some(at)
    }
}

/// The top bit of each byte in which the two words are equal. No carry crosses bytes, so none is reported wrongly.
#[inline]
fn equal(word: u64, pattern: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let differs = word ^ pattern;
    !(((differs & LOW) + LOW) | differs | LOW)
}

impl<'a> Fields<'a> {
    /// Fields of `bytes` from `at` on, entered in the given state; the field that `at` stands in comes first, from
    /// `at` on.
    pub fn new(dialect: &'a Dialect, bytes: &'a [u8], at: usize, column: usize, quote: Quote) -> Fields<'a> {
        let before = if bytes.get(..at) == Some(BYTE_ORDER_MARK) { None } else { at.checked_sub(1).map(|i| bytes[i]) };
        let fresh = quote == Quote::Outside && starts_field(dialect, before);
        let bare = quote == Quote::Outside
            && (!dialect.quotes || memchr::memchr(b'"', bytes.get(at..).unwrap_or_default()).is_none());
        let plain = bare.then(|| Marks::new(dialect, bytes, at));
        Fields { dialect, bytes, at, column, quote, fresh, done: at >= bytes.len(), plain }
    }

    #[inline]
    fn give(&mut self, start: usize, end: usize, next: usize, last: bool, cut: bool) -> Field {
        let mut end = end;
        if last && self.dialect.line_end == b'\n' && end > start && self.bytes[end - 1] == b'\r' {
            end -= 1;
        }
        let field = Field { open: self.at, start, end, column: self.column, last, cut };
        self.column = if last { 0 } else { self.column + 1 };
        self.at = next;
        self.fresh = true;
        self.quote = Quote::Outside;
        // A delimiter as the very last byte is followed by one more, empty, field; nobody needs it.
        self.done = next >= self.bytes.len();
        field
    }
}

impl Iterator for Fields<'_> {
    type Item = Field;

    // Small enough to stand where it is called: a field then goes from registers to where it is kept.
    #[inline(always)]
    fn next(&mut self) -> Option<Field> {
        if self.done {
            return None;
        }
        let bytes = self.bytes;
        let Some(marks) = &mut self.plain else { return self.next_quoted() };
        let start = self.at;
        Some(match marks.next(bytes) {
            Some(stop) => self.give(start, stop, stop + 1, bytes[stop] == self.dialect.line_end, false),
            None => self.give(start, bytes.len(), bytes.len(), false, true),
        })
    }
}

impl Fields<'_> {
    /// The next field where quotes may quote.
    #[inline(never)]
    fn next_quoted(&mut self) -> Option<Field> {
        let bytes = self.bytes;
        let mut start = self.at;
        let mut at = self.at;
        let mut text_end = None;
        let mut quoted = self.quote != Quote::Outside;
        if self.quote == Quote::Pending && bytes[at] != b'"' {
            quoted = false;
            text_end = Some(at);
        } else if self.quote == Quote::Pending {
            at += 1;
        } else if self.fresh && self.dialect.quotes && bytes[at] == b'"' {
            quoted = true;
            start += 1;
            at += 1;
        }
        while quoted {
            match memchr::memchr(b'"', bytes.get(at..).unwrap_or(b"")) {
                None => {
                    self.done = true;
                    return Some(self.give(start.min(bytes.len()), bytes.len(), bytes.len(), false, true));
                }
                Some(found) if bytes.get(at + found + 1) == Some(&b'"') => at += found + 2,
                Some(found) => {
                    text_end = Some(at + found);
                    at += found + 1;
                    quoted = false;
                }
            }
        }
        match memchr::memchr2(self.dialect.delimiter, self.dialect.line_end, &bytes[at..]) {
            None => Some(self.give(start, text_end.unwrap_or(bytes.len()), bytes.len(), false, true)),
            Some(found) => {
                let stop = at + found;
                let last = bytes[stop] == self.dialect.line_end;
                // Text behind the closing quote belongs to nobody's value, unless there is some: `"a"b`.
                let end = match text_end {
                    Some(end) if bytes[at..stop].iter().all(|b| matches!(b, b' ' | b'\r')) => end,
                    _ => stop,
                };
                Some(self.give(start, end, stop + 1, last, false))
            }
        }
    }
}

/// Whether a field starts behind `before`, outside quotes.
fn starts_field(dialect: &Dialect, before: Option<u8>) -> bool {
    before.is_none_or(|b| b == dialect.delimiter || b == dialect.line_end)
}

/// What `core` does to rows entered in the state `quote`.
pub fn fold(dialect: &Dialect, before: Option<u8>, core: &[u8], mut quote: Quote) -> RowFold {
    let count = |stretch: &[u8]| memchr::memchr_iter(dialect.line_end, stretch).count() as u64;
    let mut rows = 0;
    // Where the stretch outside quotes that is being read started, and the fields ended in the row so far.
    let mut outside_from = 0;
    let mut tail_fields = 0;
    let mut at = 0;
    let leave = |from: usize, to: usize, rows: &mut u64, tail_fields: &mut u64| {
        let stretch = &core[from..to];
        let ended = count(stretch);
        let tail = if ended > 0 {
            *tail_fields = 0;
            &stretch[memchr::memrchr(dialect.line_end, stretch).map_or(0, |i| i + 1)..]
        } else {
            stretch
        };
        *rows += ended;
        *tail_fields += memchr::memchr_iter(dialect.delimiter, tail).count() as u64;
    };
    if quote == Quote::Pending && !core.is_empty() {
        quote = Quote::Outside;
        if core.first() == Some(&b'"') {
            quote = Quote::Inside;
            at = 1;
        }
    }
    if dialect.quotes {
        while let Some(found) = memchr::memchr(b'"', &core[at..]) {
            let here = at + found;
            at = here + 1;
            match quote {
                Quote::Inside => match core.get(here + 1) {
                    Some(b'"') => at = here + 2,
                    Some(_) => {
                        quote = Quote::Outside;
                        outside_from = here + 1;
                    }
                    None => quote = Quote::Pending,
                },
                _ => {
                    let left = if here > 0 { Some(core[here - 1]) } else { before };
                    if starts_field(dialect, left) {
                        leave(outside_from, here, &mut rows, &mut tail_fields);
                        quote = Quote::Inside;
                    }
                }
            }
        }
    }
    if quote == Quote::Outside {
        leave(outside_from, core.len(), &mut rows, &mut tail_fields);
    }
    RowFold { rows, tail_fields, exit: quote }
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, Layout};
    use super::*;

    fn comma() -> Dialect {
        Dialect { delimiter: b',', quotes: true, line_end: b'\n', width: 3, header: None, body_rows: 0 }
    }

    fn read(text: &str) -> Vec<(usize, String)> {
        Fields::new(&comma(), text.as_bytes(), 0, 0, Quote::Outside)
            .map(|f| (f.column, text[f.start..f.end].to_string()))
            .collect()
    }

    #[test]
    fn fields_follow_rfc_4180_and_forgive() {
        for (text, expected, because) in [
            ("a,b\nc,d\n", vec![(0, "a"), (1, "b"), (0, "c"), (1, "d")], "plain"),
            ("a,\"b,\n x\"\r\nc", vec![(0, "a"), (1, "b,\n x"), (0, "c")], "quotes hold delimiters and line ends"),
            ("\"a \"\"b\"\"\",c", vec![(0, "a \"\"b\"\""), (1, "c")], "doubled quotes"),
            ("5'10\",c\nd", vec![(0, "5'10\""), (1, "c"), (0, "d")], "a quote inside a field opens nothing"),
            (",,\n", vec![(0, ""), (1, ""), (2, "")], "empty fields"),
            ("¿\"a,b\n", vec![(0, "¿\"a"), (1, "b")], "the last byte of a byte order mark is a letter's too"),
        ] {
            let expected: Vec<(usize, String)> = expected.into_iter().map(|(c, s)| (c, s.to_string())).collect();
            assert_eq!(read(text), expected, "{because}");
        }
    }

    /// Without quotes in the bytes fields are cut eight bytes at a time: at the same marks.
    #[test]
    fn fields_without_quotes_are_cut_at_every_mark() {
        let text = "a,bb,,ccc,dddddddddddddd,e\n\nfffffff,g,h\r\n,,,,,,,,\nlast,one";
        for from in 0..text.len() {
            let naive = naive_cut(&text.as_bytes()[from..]);
            let dialect = comma();
            let fields = Fields::new(&dialect, text.as_bytes(), from, 0, Quote::Outside);
            let cut: Vec<(usize, usize, bool)> = fields.map(|f| (f.start - from, f.end - from, f.last)).collect();
            assert_eq!(cut, naive, "from {from}");
        }
    }

    fn naive_cut(bytes: &[u8]) -> Vec<(usize, usize, bool)> {
        let mut cut = Vec::new();
        let mut start = 0;
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(byte, b',' | b'\n') {
                let last = *byte == b'\n';
                let end = if last && at > start && bytes[at - 1] == b'\r' { at - 1 } else { at };
                cut.push((start, end, last));
                start = at + 1;
            }
        }
        if start < bytes.len() {
            cut.push((start, bytes.len(), false));
        }
        cut
    }

    /// The state behind every prefix of a text is the same however the text is cut.
    #[test]
    fn folds_chain_exactly_at_every_cut() {
        let text = "id,\"na\"\"me\",x\r\n1,\"a\nb\",\"\"\n2,5'10\",é\n\"\",\"q\"\"\",¿\"\n";
        let layout = Layout::Rows(comma());
        let bytes = text.as_bytes();
        let whole = |to: usize| Entry::START.after(&layout.fold(None, &bytes[..to]));
        for cut in 0..=bytes.len() {
            for end in cut..=bytes.len() {
                let before = cut.checked_sub(1).map(|i| bytes[i]);
                let chained = whole(cut).after(&layout.fold(before, &bytes[cut..end]));
                let direct = whole(end);
                assert_eq!(chained, direct, "cut at {cut}, read to {end}");
            }
        }
        let end = whole(bytes.len());
        assert_eq!((end.rows, end.lines, end.quote), (4, 5, Quote::Outside));
    }
}
