//! How a text is laid out around a value: what stands before it in its line, the lines above and below, the cells of a line.
//! In: bytes. Out: parts of them. Knows no rules.

use std::ops::Range;

/// Lines without a letter or figure that may stand between a label and its value.
const EMPTY: usize = 2;
/// How far a line is looked through.
const LINE: usize = 600;

/// The line that begins at `start`.
pub(super) fn line_of(bytes: &[u8], scope: &Range<usize>, start: usize) -> Range<usize> {
    let to = (start + LINE).min(scope.end);
    let end = memchr::memchr(b'\n', &bytes[start..to]).map_or(to, |at| start + at);
    start..end
}

fn is_empty(line: &[u8]) -> bool {
    !line.iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
}

/// The line with words above the one that begins at `start`; ruled and empty ones between are stepped over.
pub(super) fn line_above(bytes: &[u8], scope: &Range<usize>, start: usize) -> Option<Range<usize>> {
    let mut start = start;
    for _ in 0..=EMPTY {
        let end = start.checked_sub(1).filter(|end| *end > scope.start)?;
        let from = end.saturating_sub(LINE).max(scope.start);
        let line = match memchr::memrchr(b'\n', &bytes[from..end]) {
            Some(at) => from + at + 1,
            None if from == scope.start => from,
            None => return None,
        };
        if !is_empty(&bytes[line..end]) {
            return Some(line..end);
        }
        start = line;
    }
    None
}

/// The line with words below the one that ends at `end`; a ruled one between is stepped over.
pub(super) fn line_below(bytes: &[u8], scope: &Range<usize>, end: usize) -> Option<Range<usize>> {
    let mut end = end;
    for _ in 0..2 {
        let start = end + 1;
        if start >= scope.end {
            return None;
        }
        let line = line_of(bytes, scope, start);
        if !is_empty(&bytes[line.clone()]) {
            return Some(line);
        }
        // A blank line ends what belongs together.
        if bytes[line.clone()].trim_ascii().is_empty() {
            return None;
        }
        end = line.end;
    }
    None
}

/// What stands before a value without the marks that open it (quotes, brackets, emphasis, a tag), and whether two blanks or
/// more, or a tab, set it off.
pub(super) fn opened(before: &[u8]) -> (&[u8], bool) {
    let mut rest = before;
    let mut gap = false;
    loop {
        let length = rest.len();
        let blanks = rest.iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
        gap |= blanks >= 2 || rest.ends_with(b"\t");
        rest = &rest[..length - blanks];
        while let [start @ .., b'"' | b'\'' | b'(' | b'[' | b'{' | b'*' | b'`' | b'_'] = rest {
            rest = start;
        }
        // `<b>MRN:</b> `.
        if let [.., b'>'] = rest
            && let Some(open) = rest[rest.len().saturating_sub(12)..].iter().rposition(|b| *b == b'<')
        {
            rest = &rest[..rest.len().saturating_sub(12) + open];
        }
        if rest.len() == length {
            return (rest, gap);
        }
    }
}

/// A line of a conversation without the time it opens with: `[10:54] Visitor: `, `10:54:07 AM  Caller - `.
pub(super) fn without_time(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    let of_time = |b: &u8| {
        b.is_ascii_digit()
            || matches!(b, b'[' | b']' | b'(' | b')' | b':' | b'/' | b'-' | b'.' | b',' | b'T' | b'Z' | b' ')
    };
    let length = line.iter().take_while(|b| of_time(b)).count();
    let (time, rest) = line.split_at(length);
    let is_time =
        time.windows(3).any(|three| matches!(three, [a, b':', c] if a.is_ascii_digit() && c.is_ascii_digit()));
    if !is_time || length > 32 {
        return line;
    }
    let rest = [&b"AM"[..], b"PM", b"am", b"pm"].iter().find_map(|half| rest.strip_prefix(*half)).unwrap_or(rest);
    &rest[rest.iter().take_while(|b| matches!(b, b']' | b')' | b' ' | b'-' | b'|')).count()..]
}

/// The label that a mark closes: `:`, `=`, `?`, `->`, leaders, a dash between blanks.
pub(super) fn marked(before: &[u8]) -> Option<&[u8]> {
    let label = match before {
        [label @ .., b'-' | b'=', b'>'] => label,
        [label @ .., b':' | b'=' | b'?'] => label,
        [label @ .., 0xEF, 0xBC, 0x9A] => label,
        // An em dash or an en dash.
        [label @ .., b' ', 0xE2, 0x80, 0x93 | 0x94] => label,
        [label @ .., b' ', b'-'] => label,
        [label @ .., b'.', b'.', b'.'] => label,
        _ => return None,
    };
    let trimmed =
        label.iter().rposition(|b| !matches!(b, b' ' | b'\t' | b'.' | b'*' | b'_' | b'"' | b'\'' | b'`' | b':'));
    let label = &label[..trimmed? + 1];
    let label = match label {
        // `<td>MRN</td>:`.
        [.., b'>'] => &label[..label.iter().rposition(|b| *b == b'<')?],
        _ => label,
    };
    let single = before.ends_with(b"=");
    let label = &label[opens(label, single)..];
    (!label.is_empty()).then_some(label)
}

/// Where the label that ends here opens: behind what ends a cell, an item or a sentence.
fn opens(text: &[u8], single: bool) -> usize {
    let mut depth = 0;
    for at in (0..text.len()).rev() {
        let behind = text.get(at + 1);
        match text[at] {
            b')' => depth += 1,
            b'(' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            b'\t' | b'|' | b';' | b',' | b'{' | b'(' | b'[' | b'}' | b']' | b'"' | b'<' | b'>' | b'=' | b'&' | b'?'
            | b'!' => {
                return at + 1;
            }
            b':' if behind == Some(&b' ') => return at + 1,
            b' ' if single || behind == Some(&b' ') => return at + 1,
            b'-' if behind == Some(&b' ') && text[..at].ends_with(b" ") => return at + 1,
            // The end of a sentence, and no abbreviation.
            b'.' if behind == Some(&b' ') => {
                let word = text[..at].iter().rev().take_while(|b| b.is_ascii_lowercase()).count();
                if word >= 5 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    0
}

/// The cell that ends here, in a line of cells with gaps or `|` between.
pub(super) fn cell_before(before: &[u8]) -> Option<&[u8]> {
    let text = match before {
        [text @ .., b'|'] => text.trim_ascii_end(),
        text => text,
    };
    let mut at = text.len();
    while at > 0 {
        let gap =
            text[at - 1] == b'\t' || text[at - 1] == b'|' || (at > 1 && text[at - 1] == b' ' && text[at - 2] == b' ');
        if gap {
            break;
        }
        at -= 1;
    }
    let cell = text[at..].trim_ascii();
    let figures = cell.windows(4).any(|four| four.iter().all(u8::is_ascii_digit));
    (!cell.is_empty() && !figures).then_some(cell)
}

/// Whether nothing but the mark of a list, of a quotation or of an answer stands here.
pub(super) fn is_margin(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let plain = |b: &u8| matches!(b, b'-' | b'*' | b'>' | b'+' | b'.' | b')' | b'o' | b'|' | b' ');
    let typography = |text: &[u8]| text.len() == 3 && text[0] == 0xE2;
    let answer = matches!(text, b"A." | b"A)" | b"a." | b"R.");
    text.len() <= 4 && (text.iter().all(plain) || typography(text) || answer)
}

/// Whether nothing but marks stands behind a value up to the end of its line.
pub(super) fn is_tail(text: &[u8]) -> bool {
    !text.iter().any(|b| b.is_ascii_alphanumeric())
}

/// A line that is a label and nothing else, without its marks.
pub(super) fn label_line(line: &[u8]) -> Option<&[u8]> {
    let alnum = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80;
    let start = line.iter().position(alnum)?;
    let end = line.iter().rposition(|b| alnum(b) || matches!(b, b'#' | b')'))? + 1;
    let mut label = &line[start..end.max(start)];
    // `3. Date of birth`, `Q: …`.
    let number = label.iter().take_while(|b| b.is_ascii_digit()).count();
    if (1..=2).contains(&number) && matches!(label.get(number), Some(b'.' | b')' | b' ')) {
        label = label[number + 1..].trim_ascii_start();
    } else if let [b'Q' | b'q', b':' | b'.', rest @ ..] = label {
        label = rest.trim_ascii_start();
    }
    let figures = label.windows(3).any(|three| three.iter().all(u8::is_ascii_digit));
    if figures {
        return None;
    }
    // Two cells are no label.
    if label.windows(2).any(|two| two == b"  ") || memchr::memchr2(b'\t', b'|', label).is_some() {
        return None;
    }
    // `AGENT: your date of birth`; but a label may say its kind: `Patient: name`.
    let said = memchr::memmem::rfind(label, b": ").map_or(label, |at| label[at + 2..].trim_ascii_start());
    (!said.is_empty()).then_some(said)
}

/// The question with which a line ends, without its mark.
pub(super) fn question(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii_end();
    let line = line.strip_suffix(b"\"").unwrap_or(line);
    // `Please give me the number.` asks too.
    let asked = match line {
        [asked @ .., b'?'] => asked,
        [asked @ .., b'.' | b':'] => asked,
        _ => return None,
    };
    let from = asked.len().saturating_sub(100);
    let asked = &asked[from..];
    let start =
        asked.windows(2).rposition(|two| matches!(two, b". " | b"? " | b"! " | b": " | b", ")).map_or(0, |at| at + 2);
    let asked = asked[start..].trim_ascii();
    // `the member number on your card`: where it stands says nothing.
    let asked = [&b" on "[..], b" for ", b" from ", b" at ", b" in ", b" with "]
        .iter()
        .filter_map(|word| memchr::memmem::find(asked, word))
        .filter(|at| *at >= 4)
        .min()
        .map_or(asked, |at| &asked[..at]);
    let figures = asked.windows(3).any(|three| three.iter().all(u8::is_ascii_digit));
    if figures || asked.is_empty() {
        return None;
    }
    if !line.ends_with(b"?") {
        const REQUESTS: [&[u8]; 8] =
            [b"please", b"give", b"provide", b"verify", b"confirm", b"need", b"spell", b"tell"];
        let words = |text: &[u8]| {
            text.split(|b| !b.is_ascii_alphabetic()).any(|word| REQUESTS.iter().any(|r| word.eq_ignore_ascii_case(r)))
        };
        if !words(&line[line.len().saturating_sub(120)..]) {
            return None;
        }
    }
    Some(asked)
}

/// How the cells of a line are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// By a byte between them: how many of them stand in the line.
    By(u8, usize),
    /// By two blanks or more.
    Gaps,
}

impl Cells {
    /// Of the line in which a value begins at `at`; `None` where it has no cells.
    pub(super) fn of(line: &[u8], at: usize) -> Option<Cells> {
        const MARKS: [u8; 5] = [b'|', b'\t', b'~', b';', b','];
        // All in one pass; in bytes, of which a register holds many.
        let mut counts = [0_usize; MARKS.len()];
        for piece in line.chunks(128) {
            let of = |mark: u8| piece.iter().fold(0_u8, |count, byte| count + u8::from(*byte == mark));
            counts.iter_mut().zip(MARKS).for_each(|(count, mark)| *count += usize::from(of(mark)));
        }
        for (mark, count) in MARKS.into_iter().zip(counts) {
            if matches!(mark, b'|' | b'\t') {
                if count >= 1 {
                    return Some(Cells::By(mark, count));
                }
                continue;
            }
            // Prose has commas: a value between two of them fills its field.
            let fills = |at: usize| at == 0 || matches!(line[at - 1], b'"' | b' ') || line[at - 1] == mark;
            if count >= 2 && fills(at) {
                return Some(Cells::By(mark, count));
            }
        }
        has_gap(line).then_some(Cells::Gaps)
    }

    /// Whether a line above belongs to the same table: as many cells, a line, or cells set by blanks.
    pub(super) fn goes_on(self, line: &[u8]) -> bool {
        match self {
            Cells::By(mark, count) => memchr::memchr_iter(mark, line).count() == count || is_empty(line),
            Cells::Gaps => has_gap(line),
        }
    }

    /// The cells of a line, without blanks around.
    pub(super) fn all(self, line: &[u8]) -> Vec<&[u8]> {
        match self {
            Cells::By(mark, _) => line.split(|b| *b == mark).map(cell).filter(|cell| !cell.is_empty()).collect(),
            Cells::Gaps => spans(line).into_iter().map(|span| cell(&line[span])).collect(),
        }
    }

    /// The cell of `header` over what stands at `span` of `line`.
    pub(super) fn cell<'a>(self, line: &[u8], span: Range<usize>, header: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            Cells::By(mark, _) => {
                let index = memchr::memchr_iter(mark, &line[..span.start]).count();
                header.split(|b| *b == mark).nth(index).map(cell).filter(|cell| !cell.is_empty())
            }
            Cells::Gaps => {
                // Columns are counted in characters.
                let chars = |text: &[u8]| text.iter().filter(|b| (**b as i8) >= -0x40).count();
                // What is over a name is over its cell.
                let cells = spans(line);
                let own = cells.iter().position(|cell| cell.start <= span.start && span.start < cell.end)?;
                let names = spans(header);
                let over = |cell: &Range<usize>| {
                    let (start, end) = (chars(&line[..cell.start]), chars(&line[..cell.end]));
                    let shared = |name: &Range<usize>| {
                        let (from, to) = (chars(&header[..name.start]), chars(&header[..name.end]));
                        to.min(end).saturating_sub(from.max(start))
                    };
                    let best = (0..names.len()).rev().max_by_key(|at| shared(&names[*at]))?;
                    (shared(&names[best]) > 0).then_some(best)
                };
                let mut best = over(&cells[own]);
                // Long values push those behind them out from under their names, and the last ones stand under none.
                if cells.len() == names.len() && best != Some(own) && cells.iter().any(|cell| over(cell).is_none()) {
                    best = Some(own);
                }
                best.map(|at| cell(&header[names[at].clone()]))
            }
        }
    }
}

fn cell(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    let open = |b: &u8| matches!(b, b'"' | b'*' | b'`' | b'_');
    let start = text.iter().position(|b| !open(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|b| !open(b) && *b != b':').map_or(start, |at| at + 1);
    &text[start..end.max(start)]
}

fn has_gap(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    memchr::memmem::find(line, b"  ").is_some()
}

/// The stretches of a line between gaps of two blanks or more.
fn spans(line: &[u8]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < line.len() {
        if line[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let mut end = at;
        while end < line.len() {
            let blank = line[end].is_ascii_whitespace();
            if blank && line.get(end + 1).is_none_or(u8::is_ascii_whitespace) {
                break;
            }
            end += 1;
        }
        spans.push(at..end);
        at = end + 1;
    }
    spans
}
