//! The values of one line of a log. In: the line. Out: [`Part`]s in order: pairs, strings and numbers of JSON objects, fields of
//! query strings; empty ones too, so that their keys label nothing else. Refuses what only looks so: comparisons, objects that do
//! not end on the line.

use std::ops::Range;

use crate::validate::date::opens_month;

/// A key is no longer than this.
const KEY: usize = 64;
/// Words of a value without quotes at most.
const WORDS: usize = 4;
/// And of a street.
const STREET: usize = 8;
/// Objects and lists of JSON stand in each other so deep at most.
const DEPTH: usize = 32;
/// Objects and queries of a line that turn out to be none; no more are looked for behind them.
const FAILURES: usize = 32;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Its key; of an object in an object all of them, with dots between.
    pub(super) key: String,
    /// Where it stands in the line.
    pub(super) value: Range<usize>,
    pub(super) form: Form,
    /// Where what belongs to it begins: its key, or all of the object it is in.
    pub(super) before: usize,
    /// Where it ends, with its quotes.
    pub(super) after: usize,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    /// With the escapes of JSON.
    Escaped,
    /// With `%20` and `+`.
    Percent,
}

impl Part {
    /// Whether the line writes a request of HTTP before it: a URL alone may stand in a column of a table.
    pub(super) fn is_request(&self, line: &[u8]) -> bool {
        const METHODS: [&[u8]; 5] = [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE "];
        METHODS.iter().any(|method| memchr::memmem::find(&line[..self.before], method).is_some())
    }
}

/// Finds the values of a line.
pub(super) fn parts(line: &[u8], out: &mut Vec<Part>) {
    out.clear();
    // What stands before belongs to something else already.
    let (mut free, mut at, mut failures) = (0, 0, 0);
    while let Some(mark) = memchr::memchr3(b'=', b'{', b'?', &line[at..]).map(|found| at + found) {
        at = mark + 1;
        let end = match line[mark] {
            b'=' => pair(line, free, mark, out),
            _ if failures >= FAILURES => None,
            b'{' => object(line, mark, out),
            _ => query(line, at, out),
        };
        failures += usize::from(end.is_none());
        if let Some(end) = end {
            (free, at) = (end, end.max(at));
        }
    }
}

/// Codes in the text of a line right behind a word that says whose they are, `subscriber U49285359`, and in the path of a request,
/// `/patient/8242755/results`: the name of the field that the word is, and where the code stands.
pub(super) fn codes(text: &[u8]) -> impl Iterator<Item = (&'static str, Range<usize>)> {
    let opens = |at: &usize| *at > 0 && text[at - 1].is_ascii_alphabetic();
    memchr::memchr2_iter(b' ', b'/', text).filter(opens).filter_map(move |gap| {
        let in_path = text[gap] == b'/';
        let length = text[..gap].iter().rev().take(LONGEST_WORD + 1).take_while(|b| b.is_ascii_alphabetic()).count();
        let before = (gap - length).checked_sub(1).map_or(b' ', |at| text[at]);
        if length > LONGEST_WORD || before != if in_path { b'/' } else { b' ' } && (in_path || gap > length) {
            return None;
        }
        let word = &text[gap - length..gap];
        let (_, name) = WORDS_OF_CODES.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(word))?;
        let code = &text[gap + 1..];
        let length = code.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
        let figures = code[..length].iter().filter(|b| b.is_ascii_digit()).count();
        let ends = code.get(length).is_none_or(|b| !matches!(b, b':' | b'.' | b'_' | b'=' | b'@' | b'%' | 0x80..));
        (figures >= 4 && length <= 20 && ends).then_some((*name, gap + 1..gap + 1 + length))
    })
}

/// The address that asks, `73.146.192.179 - - [`, where what it asks for is somebody's: there only it is more than a machine's.
pub(super) fn caller(line: &[u8], parts: &[Part]) -> Option<Range<usize>> {
    const ASKED: [&str; 12] =
        ["birth", "chart", "dob", "email", "first", "last", "member", "mrn", "name", "patient", "ssn", "subscriber"];
    let length = line.iter().take(16).take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    // `- ada [11/Jun/2025:08:15:12 -0500] "GET `.
    let behind = line[length..].iter().take(64).find(|b| matches!(b, b'[' | b'"'));
    if length < 7 || !line[length..].starts_with(b" ") || behind != Some(&b'[') {
        return None;
    }
    let persons = |part: &Part| {
        let key = part.key.to_ascii_lowercase();
        part.is_request(line) && ASKED.iter().any(|word| key.contains(word))
    };
    (parts.iter().any(persons) || codes(line).next().is_some()).then_some(0..length)
}

/// Words in texts and paths, and what a field with such a code in it is called.
const WORDS_OF_CODES: [(&str, &str); 14] = [
    ("beneficiary", "member"),
    ("claim", "claim"),
    ("claims", "claim"),
    ("enrollee", "member"),
    ("member", "member"),
    ("members", "member"),
    ("mrn", "mrn"),
    ("patient", "chart"),
    ("patients", "chart"),
    ("person", "chart"),
    ("pt", "chart"),
    ("subscriber", "member"),
    ("subscribers", "member"),
    ("chart", "chart"),
];

/// The longest of them.
const LONGEST_WORD: usize = 11;

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// The key that ends before `end`: it opens with a letter, and nothing that belongs to it stands before it.
fn key(line: &[u8], from: usize, end: usize) -> Option<usize> {
    let length = line[from..end].iter().rev().take(KEY + 1).take_while(|b| is_key(**b)).count();
    let start = end - length;
    let opens = |b: u8| b.is_ascii_alphabetic() || b == b'_';
    let apart = |b: u8| b.is_ascii_whitespace() || b"[({,;|&\"'<:".contains(&b);
    let fits = (1..=KEY).contains(&length) && opens(line[start]) && (start == 0 || apart(line[start - 1]));
    fits.then_some(start)
}

/// `key=value` around its `=`; where it ends.
fn pair(line: &[u8], free: usize, mark: usize, out: &mut Vec<Part>) -> Option<usize> {
    let before = key(line, free, mark)?;
    let name = || String::from_utf8_lossy(&line[before..mark]).into_owned();
    let rest = &line[mark + 1..];
    let first = rest.first().copied().unwrap_or(b' ');
    let start = mark + 1;
    if matches!(first, b'=' | b'~' | b'>') {
        return None;
    }
    if first.is_ascii_whitespace() {
        // Nothing was filled in, if the next word is a pair too.
        let next = rest.trim_ascii_start();
        let length = next.iter().take_while(|b| is_key(**b)).count();
        if !next.is_empty() && next.get(length) != Some(&b'=') {
            return None;
        }
        out.push(Part { key: name(), value: start..start, form: Form::Plain, before, after: start });
        return Some(start);
    }
    if matches!(first, b'"' | b'\'') {
        let (length, escaped) = quoted(&rest[1..], first)?;
        let value = start + 1..start + 1 + length;
        let form = if escaped { Form::Escaped } else { Form::Plain };
        let after = value.end + 1;
        if fields(line, value.clone(), before, out) {
            return Some(after);
        }
        out.push(Part { key: name(), value, form, before, after });
        return Some(after);
    }
    if first == b'{' {
        return object(line, start, out);
    }
    let end = start + bare(rest);
    // `a=1&b=2`, as a form is sent.
    if memchr::memchr(b'&', &line[start..end]).is_some() && fields(line, before..end, before, out) {
        return Some(end);
    }
    out.push(Part { key: name(), value: start..end, form: Form::Plain, before, after: end });
    Some(end)
}

/// Bytes of a value without quotes: a word; more of them where they are a name, a day with a time, or groups of figures.
fn bare(rest: &[u8]) -> usize {
    let word = |from: usize| {
        let ends =
            |b: &u8| b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'|' | b')' | b']' | b'}' | b'"' | b'<');
        // `(410)446-3259`.
        let area = matches!(rest[from..], [b'(', a, b, c, b')', ..] if [a, b, c].iter().all(u8::is_ascii_digit));
        let from = if area { from + 5 } else { from };
        rest[from..].iter().position(ends).map_or(rest.len(), |at| from + at)
    };
    let is_name = |word: &[u8]| {
        let letter = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-' | b'.') || *b >= 0x80;
        word.first().is_some_and(u8::is_ascii_uppercase) && word.iter().all(letter)
    };
    // `10 Jun 1962`, `June 10, 1962`, `June 10th, 1962`, `110 85 2770`.
    let is_group = |word: &[u8]| {
        let figures = [&b"st"[..], b"nd", b"rd", b"th"].iter().find_map(|th| word.strip_suffix(*th)).unwrap_or(word);
        (1..=4).contains(&figures.len()) && figures.iter().all(u8::is_ascii_digit)
            || (3..=9).contains(&word.len()) && opens_month(word) && word.iter().all(u8::is_ascii_alphabetic)
    };
    let mut end = word(0);
    let first = &rest[..end];
    // `907 W Lincoln Ave`.
    let is_house = (1..=5).contains(&first.len()) && first.iter().all(u8::is_ascii_digit) && {
        let next = rest.get(end + 1..).unwrap_or_default();
        rest.get(end) == Some(&b' ') && next.first().is_some_and(u8::is_ascii_uppercase) && !opens_month(next)
    };
    let is_day = first.len() >= 8 && first.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'/' | b'.'));
    for _ in 1..if is_house { STREET } else { WORDS } {
        // `Lee, Ada` too: the comma of a list of pairs has a pair behind it.
        let comma = usize::from(rest.get(end) == Some(&b',') && (is_name(first) || is_group(first)));
        if rest.get(end + comma) != Some(&b' ') {
            break;
        }
        let next = word(end + comma + 1);
        let text = &rest[end + comma + 1..next];
        let is_time = is_day && text.len() >= 5 && text.iter().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
        let is_number = first.len() == 5 && first[0] == b'(' && text.iter().all(|b| b.is_ascii_digit() || *b == b'-');
        let is_street = is_house
            && !text.is_empty()
            && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'#' | b'-'));
        let goes_on = is_street || is_number || is_name(first) && is_name(text) || is_group(first) && is_group(text);
        if !(is_time || goes_on) {
            break;
        }
        end = next;
    }
    end
}

/// Bytes up to the quote that closes, and whether any of them is escaped.
fn quoted(rest: &[u8], quote: u8) -> Option<(usize, bool)> {
    let mut at = 0;
    let mut escaped = false;
    loop {
        at += memchr::memchr2(quote, b'\\', rest.get(at..)?)?;
        if rest[at] == quote {
            return Some((at, escaped));
        }
        escaped = true;
        at += 2;
    }
}

/// A query string behind its `?`; where it ends.
fn query(line: &[u8], from: usize, out: &mut Vec<Part>) -> Option<usize> {
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b'#');
    let end = line[from..].iter().position(ends).map_or(line.len(), |at| from + at);
    fields(line, from..end, from, out).then_some(end)
}

/// `a=1&b=2`: whether it is that. One field alone is one behind a `?` only.
fn fields(line: &[u8], range: Range<usize>, before: usize, out: &mut Vec<Part>) -> bool {
    let text = &line[range.clone()];
    let least = if range.start > 0 && line[range.start - 1] == b'?' { 1 } else { 2 };
    let each = |text: &[u8]| {
        let mark = memchr::memchr(b'=', text)?;
        (mark > 0 && mark <= KEY && text[..mark].iter().all(|b| is_key(*b) || matches!(b, b'[' | b']' | b'%')))
            .then_some(mark)
    };
    let split = || text.split(|b| *b == b'&');
    let blank = |field: &&[u8]| field.iter().any(u8::is_ascii_whitespace);
    if split().filter(|field| each(field).is_some()).count() < least || split().any(|field| blank(&field)) {
        return false;
    }
    let (mut at, mut first) = (range.start, before);
    for field in split() {
        let end = at + field.len();
        if let Some(mark) = each(field) {
            let key = String::from_utf8_lossy(&field[..mark]).replace("%5B", "[").replace("%5D", "]");
            let key = key.replace('[', ".").replace(']', "");
            let value = at + mark + 1..end;
            out.push(Part { key, value, form: Form::Percent, before: first, after: end });
        }
        (at, first) = (end + 1, end + 1);
    }
    true
}

/// Appends what stands behind percent signs; `+` is a blank.
pub(super) fn append_unquoted(raw: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let code = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok();
        let coded = raw.get(at + 1..at + 3).filter(|d| *byte == b'%' && d.iter().all(u8::is_ascii_hexdigit));
        match (byte, coded.and_then(code)) {
            (_, Some(code)) => {
                out.push(code);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(*byte),
        }
        at += 1;
    }
}

/// A JSON object, or a dictionary as Python prints it, that starts at `start` and ends on the line: where.
fn object(line: &[u8], start: usize, out: &mut Vec<Part>) -> Option<usize> {
    let first = out.len();
    let end = members(line, start, out);
    match (end, out.get_mut(first..).and_then(<[Part]>::last_mut)) {
        // What stands behind the last value is the object's.
        (Some(end), Some(last)) => last.after = end,
        (None, _) => out.truncate(first),
        _ => {}
    }
    end
}

fn members(line: &[u8], start: usize, out: &mut Vec<Part>) -> Option<usize> {
    // What is open: whether it is an object, and how long the path was before it.
    let mut open: Vec<(bool, usize)> = Vec::new();
    let mut path = String::new();
    let (mut at, mut before) = (start, start);
    // Whether a key comes next, and where the path of the object ends.
    let mut awaits_key = false;
    loop {
        match *line.get(at)? {
            mark @ (b'{' | b'[') => {
                if open.len() >= DEPTH {
                    return None;
                }
                open.push((mark == b'{', path.len()));
                awaits_key = mark == b'{';
                at += 1;
            }
            b'}' | b']' => {
                let (_, length) = open.pop()?;
                path.truncate(length);
                at += 1;
                if open.is_empty() {
                    return Some(at);
                }
                leave(&open, &mut path);
                awaits_key = false;
            }
            b',' => {
                leave(&open, &mut path);
                awaits_key = open.last()?.0;
                at += 1;
            }
            b':' | b' ' | b'\t' => at += 1,
            // Python writes its dictionaries with either.
            mark @ (b'"' | b'\'') => {
                let (length, escaped) = quoted(&line[at + 1..], mark)?;
                let text = at + 1..at + 1 + length;
                at = text.end + 1;
                if awaits_key {
                    // An object of a program has quotes around its keys, and a colon behind.
                    if line.get(at..)?.trim_ascii_start().first() != Some(&b':') {
                        return None;
                    }
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&String::from_utf8_lossy(&line[text.start..text.end.min(text.start + KEY)]));
                    awaits_key = false;
                } else {
                    let form = if escaped { Form::Escaped } else { Form::Plain };
                    out.push(Part { key: path.clone(), value: text, form, before, after: at });
                    before = at;
                }
            }
            byte if !awaits_key && (byte.is_ascii_alphanumeric() || byte == b'-') => {
                let literal = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-');
                let end = at + line[at..].iter().take_while(|b| literal(b)).count();
                if byte.is_ascii_digit() || byte == b'-' {
                    out.push(Part { key: path.clone(), value: at..end, form: Form::Plain, before, after: end });
                    before = end;
                }
                // `datetime.date(1952, 1, 9)`.
                let call = (line.get(end) == Some(&b'(')).then(|| memchr::memchr(b')', &line[end..]));
                at = call.map_or(Some(end), |close| close.map(|close| end + close + 1))?;
            }
            _ => return None,
        }
    }
}

/// The path without the key of the member that ended.
fn leave(open: &[(bool, usize)], path: &mut String) {
    if let Some((true, length)) = open.last() {
        path.truncate(*length);
    }
}
