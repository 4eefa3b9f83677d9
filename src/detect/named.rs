//! The shapes that pictures cannot say, each with code of its own. In: bytes. Out: spans. They know forms only: that
//! `John Smith` may be a person is for `judge` to say.

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// An e-mail address (RFC 5321 lengths, the characters people use).
    Email,
    /// A token of letters, digits and inner `-`, 4 to 24 long with three digits or more, behind a label: what an MRN
    /// or member id looks like in text.
    Code,
    /// House number, capitalised words and a street suffix of USPS Publication 28.
    Street,
    /// `P.O. Box 123` in its spellings.
    PoBox,
    /// Two to four capitalised words in a row, or `Last, First`; words all in capitals only behind a colon or with
    /// the comma.
    NameWords,
}

impl Named {
    /// The shape written `<name>`.
    pub fn by_name(name: &str) -> Option<Named> {
        Some(match name {
            "email" => Named::Email,
            "code" => Named::Code,
            "street" => Named::Street,
            "po-box" => Named::PoBox,
            "name-words" => Named::NameWords,
            _ => return None,
        })
    }
}

/// Calls `push(start, end)` for every span of the shape, in order.
pub fn find(named: Named, bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    match named {
        Named::Email => memchr::memchr_iter(b'@', bytes).for_each(|at| {
            if let Some((start, end)) = email(bytes, at) {
                push(start, end);
            }
        }),
        Named::Code => code(bytes, push),
        Named::Street => street(bytes, push),
        Named::PoBox => memchr::memchr2_iter(b'b', b'B', bytes).for_each(|at| {
            if let Some((start, end)) = po_box(bytes, at) {
                push(start, end);
            }
        }),
        Named::NameWords => name_words(bytes, push),
    }
}

/// The address around the `@` at `at`. Local part 1–64, labels 1–63, top-level domain of two letters or more.
fn email(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
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

/// A byte of a code: letters, digits and `-`.
fn is_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn code(bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while at < bytes.len() {
        if !is_code(bytes[at]) {
            at += 1;
            continue;
        }
        let run_end = at + bytes[at..].iter().take_while(|b| is_code(**b)).count();
        let (mut start, mut end) = (at, run_end);
        while start < end && bytes[start] == b'-' {
            start += 1;
        }
        while start < end && bytes[end - 1] == b'-' {
            end -= 1;
        }
        let token = &bytes[start..end];
        let digits = token.iter().filter(|b| b.is_ascii_digit()).count();
        let joined = bytes.get(run_end).is_some_and(|b| matches!(b, b'_' | b'@'))
            || (bytes.get(run_end).is_some_and(|b| matches!(b, b'.' | b'/' | b':'))
                && bytes.get(run_end + 1).is_some_and(u8::is_ascii_alphanumeric));
        if (4..=24).contains(&token.len()) && digits >= 3 && !joined && behind_label(bytes, start) {
            push(start, end);
        }
        at = run_end;
    }
}

/// Whether one to four of `space : # = " ' (` and behind them a letter, `.`, `)` or `#` stand before `at`.
fn behind_label(bytes: &[u8], at: usize) -> bool {
    let marks = bytes[..at]
        .iter()
        .rev()
        .take(5)
        .take_while(|b| matches!(b, b' ' | b'\t' | b':' | b'#' | b'=' | b'"' | b'\'' | b'('))
        .count();
    if !(1..=4).contains(&marks) {
        return false;
    }
    let has_hash = bytes[at - marks..at].contains(&b'#');
    let before = at.checked_sub(marks + 1).map(|i| bytes[i]);
    has_hash || before.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b')'))
}

/// Street suffixes of USPS Publication 28, abbreviations and full words in use, lower case, sorted.
const SUFFIXES: &[&str] = &[
    "aly",
    "alley",
    "ave",
    "avenue",
    "bend",
    "blvd",
    "bnd",
    "boulevard",
    "br",
    "branch",
    "bypass",
    "byp",
    "cir",
    "circle",
    "cmn",
    "commons",
    "court",
    "cove",
    "crescent",
    "crk",
    "creek",
    "cres",
    "ct",
    "ctr",
    "center",
    "cv",
    "dr",
    "drive",
    "est",
    "estates",
    "expressway",
    "expy",
    "ext",
    "freeway",
    "fwy",
    "garden",
    "gardens",
    "gdns",
    "glen",
    "gln",
    "grove",
    "grv",
    "hbr",
    "heights",
    "highway",
    "hill",
    "hills",
    "hl",
    "hls",
    "hollow",
    "holw",
    "hts",
    "hwy",
    "jct",
    "junction",
    "knl",
    "knoll",
    "landing",
    "lane",
    "ln",
    "lndg",
    "loop",
    "manor",
    "mdws",
    "meadows",
    "mnr",
    "oval",
    "park",
    "parkway",
    "pass",
    "path",
    "pike",
    "pkwy",
    "pl",
    "place",
    "plaza",
    "plz",
    "point",
    "pt",
    "rd",
    "rdg",
    "ridge",
    "road",
    "row",
    "rte",
    "route",
    "run",
    "sq",
    "square",
    "st",
    "sta",
    "station",
    "street",
    "ter",
    "terrace",
    "tpke",
    "trace",
    "trail",
    "trce",
    "trl",
    "turnpike",
    "valley",
    "view",
    "vis",
    "vista",
    "vlg",
    "vly",
    "vw",
    "walk",
    "way",
    "xing",
];

/// Whether `word` is a street suffix, in any case, with or without a point behind it.
pub fn is_street_suffix(word: &[u8]) -> bool {
    let word = word.strip_suffix(b".").unwrap_or(word);
    word.len() <= 10
        && word.len() >= 2
        && SUFFIXES.iter().any(|suffix| suffix.len() == word.len() && suffix.as_bytes().eq_ignore_ascii_case(word))
}

fn street(bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit()
            || (at > 0
                && (super::boundary::is_word(bytes[at - 1])
                    || matches!(bytes[at - 1], b'.' | b'-' | b'/' | b':' | b'$' | b'#')))
        {
            at += 1;
            continue;
        }
        let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits <= 6
            && let Some(end) = street_end(bytes, at + digits)
        {
            push(at, end);
            at = end;
        } else {
            at += digits;
        }
    }
}

/// The end of a street behind a house number that ends at `at`: a letter may follow the number, then one space, then
/// one to five words of which the last is a suffix, a direction may follow it.
fn street_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) && bytes.get(at + 1) == Some(&b' ') {
        at += 1;
    }
    let mut words = 0;
    let mut end = None;
    while words < 6 && bytes.get(at) == Some(&b' ') {
        let word = word_at(bytes, at + 1);
        if word.is_empty() {
            break;
        }
        let opens = word[0].is_ascii_uppercase()
            || (word[0].is_ascii_digit() && word.len() >= 3 && word[word.len() - 1].is_ascii_alphabetic());
        if words == 0 && !opens {
            return None;
        }
        at += 1 + word.len();
        words += 1;
        if words >= 2 && is_street_suffix(word) {
            end = Some(at);
        } else if !opens {
            break;
        } else if let Some(reached) = end {
            // One word behind the suffix may be a direction; anything else is not part of the street.
            return Some(if is_direction(word) { at } else { reached });
        }
        if word.ends_with(b",") {
            break;
        }
    }
    end
}

/// The word at `at`: letters, digits, `.` `'` `-`, at most 20 bytes.
fn word_at(bytes: &[u8], at: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or(b"");
    let length =
        rest.iter().take(21).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'\'' | b'-')).count();
    if length > 20 { b"" } else { &rest[..length] }
}

fn is_direction(word: &[u8]) -> bool {
    const DIRECTIONS: [&str; 12] = ["n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west"];
    let word = word.strip_suffix(b".").unwrap_or(word);
    DIRECTIONS.iter().any(|d| d.as_bytes().eq_ignore_ascii_case(word))
}

/// `PO Box 12`, `P.O. Box 12`, `P O BOX 12`, `POB 12` around the `b` at `at`.
fn po_box(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = &bytes[at..];
    let word = if rest.len() >= 3 && rest[..3].eq_ignore_ascii_case(b"box") { 3 } else { 1 };
    let number = at + word + usize::from(bytes.get(at + word) == Some(&b' '));
    let digits = bytes.get(number..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    if number == at + word
        || !(1..=6).contains(&digits)
        || bytes.get(number + digits).copied().is_some_and(super::boundary::is_word)
    {
        return None;
    }
    let before = &bytes[at.saturating_sub(6)..at];
    ["p.o. ", "p. o. ", "po ", "p o ", "p.o.", "po"].iter().find_map(|form| {
        let start = at.checked_sub(form.len())?;
        let fits =
            before.len() >= form.len() && before[before.len() - form.len()..].eq_ignore_ascii_case(form.as_bytes());
        let alone = start == 0 || !super::boundary::is_word(bytes[start - 1]);
        (fits && alone && (word == 3 || !form.ends_with(' '))).then_some((start, number + digits))
    })
}

fn name_words(bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_uppercase()
            || (at > 0 && (super::boundary::is_word(bytes[at - 1]) || bytes[at - 1] >= 0x80))
        {
            at += 1;
            continue;
        }
        let start = at;
        let mut end = start + name_word(&bytes[start..]);
        if end == start {
            at += 1;
            continue;
        }
        let mut words = 1;
        let mut capitals = all_capitals(&bytes[start..end]);
        let mut comma = false;
        while words < 4 {
            let gap = match (bytes.get(end), bytes.get(end + 1)) {
                (Some(b' '), _) => 1,
                (Some(b','), Some(b' ')) if words == 1 => 2,
                (Some(b','), Some(b'A'..=b'Z')) if words == 1 => 1,
                _ => break,
            };
            let length = name_word(bytes.get(end + gap..).unwrap_or(b""));
            if length == 0 {
                break;
            }
            comma |= bytes[end] == b',';
            capitals &= all_capitals(&bytes[end + gap..end + gap + length]);
            end += gap + length;
            words += 1;
        }
        let colon = bytes[..start].iter().rev().find(|b| **b != b' ').is_some_and(|b| *b == b':');
        if words >= 2 && (!capitals || comma || colon) {
            push(start, end);
        }
        at = end;
    }
}

/// The length of a capitalised word or an initial at the start of `bytes`: `Smith`, `O'Neil`, `SMITH`, `J.`, `J`; 0 where
/// there is none or it runs on into something else.
fn name_word(bytes: &[u8]) -> usize {
    if !bytes.first().is_some_and(u8::is_ascii_uppercase) {
        return 0;
    }
    let length = bytes
        .iter()
        .take(26)
        .take_while(|b| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-') || **b >= 0x80)
        .count();
    let length = length - bytes[..length].iter().rev().take_while(|b| matches!(b, b'\'' | b'-')).count();
    if length > 25 || bytes.get(length).is_some_and(|b| b.is_ascii_digit() || *b == b'_' || *b == b'(') {
        return 0;
    }
    if length == 1 && bytes.get(1) == Some(&b'.') { 2 } else { length }
}

fn all_capitals(word: &[u8]) -> bool {
    word.iter().all(|b| !b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(named: Named, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(named, text.as_bytes(), &mut |s, e| out.push(text[s..e].to_string()));
        out
    }

    #[test]
    fn named_shapes_find_their_forms() {
        for (named, text, expected) in [
            (Named::Email, "mail jane.roe@gmail.com, now", vec!["jane.roe@gmail.com"]),
            (Named::Email, "<j+x@mail.co.uk>", vec!["j+x@mail.co.uk"]),
            (Named::Email, "a|b@c.org|d", vec!["b@c.org"]),
            (Named::Email, "a@b x..y@z.com @media foo@bar.1x", vec![]),
            (Named::Code, "MRN: 00123456 and (MRN 12-34-56)", vec!["00123456", "12-34-56"]),
            (Named::Code, "Member ID# XYZ123456789", vec!["XYZ123456789"]),
            (Named::Code, "123456 7890", vec![]),
            (Named::Street, "at 1970 S University Blvd, Mobile", vec!["1970 S University Blvd"]),
            (Named::Street, "12 Oak St NW and 5 Dr Smith; 3 Main", vec!["12 Oak St NW"]),
            (Named::PoBox, "P.O. Box 1234; PO BOX 7, POB 12; toolbox 3", vec!["P.O. Box 1234", "PO BOX 7", "POB 12"]),
            (Named::NameWords, "Patient: John Q. Smith was", vec!["John Q. Smith"]),
            (Named::NameWords, "name: SMITH JOHN; O'Neil, Mary", vec!["SMITH JOHN", "O'Neil, Mary"]),
            (Named::NameWords, "CREATE TABLE IF NOT; foo(Bar)", vec![]),
        ] {
            assert_eq!(found(named, text), expected, "{named:?} in {text}");
        }
    }
}
