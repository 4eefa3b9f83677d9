//! Tables as reports print them: names in a line, values under them, blanks between. In: the first lines. Out: a layout,
//! if a ruled line or the blanks of all lines show the columns and the names above them are names. Refuses lists and
//! paragraphs whose blanks stand above each other by chance.

use super::layout::{Column, Fit, Layout};

/// Lines among which the names are looked for.
const REACH: usize = 15;
/// Lines under the names that must show the columns.
const FEWEST: usize = 3;
/// Lines that are looked at first.
const SHOWN: usize = 24;
/// One line in so many may stand where the others have a blank.
const SPARING: usize = 50;
/// So many columns are no chance, however wide their values are.
const MANY_COLUMNS: usize = 6;
/// From this many lines on a single blank in all of them is no chance.
const MANY: usize = 8;

/// The layout of a table with names above its columns.
pub(super) fn layout(lines: &[&[u8]], known: &dyn Fn(&str) -> bool) -> Option<Layout> {
    ruled(lines).or_else(|| {
        // Most texts have no such line at all, and are no table then: see `headed`.
        if !lines.iter().any(|line| has_figures(line)) {
            return None;
        }
        let records: Vec<Seen<'_>> = lines.iter().enumerate().filter_map(|(at, line)| Seen::new(at, line)).collect();
        let heads = 0..lines.len().min(REACH);
        heads.filter(|at| may_name(lines[*at])).find_map(|at| headed(lines[at], at, &records, known))
    })
}

/// Whether a line has four figures or more.
fn has_figures(line: &[u8]) -> bool {
    // Counted in bytes, sixty-four of which fit into a register.
    let figures = |piece: &[u8]| piece.iter().fold(0_u8, |count, byte| count + u8::from(byte.is_ascii_digit()));
    line.chunks(128).map(|piece| usize::from(figures(piece))).sum::<usize>() >= 4
}

/// A line that may be a record, and what every line above it that may name its columns would ask of it.
struct Seen<'a> {
    at: usize,
    line: &'a [u8],
    /// Without the blanks around it.
    words: &'a [u8],
    /// The first of them.
    opening: &'a [u8],
    ascii: bool,
    /// It has four figures or more.
    figures: bool,
    /// Which of the first columns are no blanks, a bit each.
    filled: Filled,
}

/// A bit for each of the first columns of a line.
type Filled = [u64; 4];

impl<'a> Seen<'a> {
    fn new(at: usize, line: &'a [u8]) -> Option<Seen<'a>> {
        let words = line.trim_ascii();
        if words.is_empty() || is_rule(words) {
            return None;
        }
        let mut filled = [0; 4];
        for (word, bytes) in filled.iter_mut().zip(line.chunks(64)) {
            *word = bytes.chunks(8).rev().fold(0, |bits, eight| bits << 8 | no_blanks(eight));
        }
        let (opening, ascii, figures) = (opening(words), line.is_ascii(), has_figures(words));
        Some(Seen { at, line, words, opening, ascii, figures, filled })
    }
}

/// What a line begins with, up to a blank.
fn opening(words: &[u8]) -> &[u8] {
    &words[..memchr::memchr(b' ', words).unwrap_or(words.len())]
}

/// Which of eight bytes, or fewer, are no blanks, a bit each.
fn no_blanks(bytes: &[u8]) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let mut eight = [b' '; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    let other = u64::from_le_bytes(eight) ^ 0x2020_2020_2020_2020;
    // The highest bit of each byte that is not zero, and those eight bits beside each other.
    let marks = (((other & LOW) + LOW) | other) & !LOW;
    (marks >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Stretches of columns in which any of the lines has no blank.
fn stretches_of_any(lines: &[Seen<'_>]) -> u32 {
    let mut any: Filled = [0; 4];
    for line in lines {
        any.iter_mut().zip(line.filled).for_each(|(any, filled)| *any |= filled);
    }
    runs(any)
}

/// Stretches of columns in which more than two of the lines have no blank.
fn stretches_of(lines: &[Seen<'_>]) -> u32 {
    // Counts to three for each column, in two words of bits.
    let (mut ones, mut twos): (Filled, Filled) = ([0; 4], [0; 4]);
    for line in lines {
        for n in 0..4 {
            let (one, two, more) = (ones[n], twos[n], line.filled[n]);
            ones[n] = (one ^ more) | (one & two);
            twos[n] = two | (one & more);
        }
    }
    runs(std::array::from_fn(|n| ones[n] & twos[n]))
}

/// How many runs of ones there are.
fn runs(bits: Filled) -> u32 {
    let mut before = 0;
    let mut count = 0;
    for word in bits {
        count += (word & !(word << 1 | before)).count_ones();
        before = word >> 63;
    }
    count
}

/// A line drawn: of dashes, equal signs, underscores or stars and blanks alone.
pub(super) fn is_rule(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.len() >= 3 && line.iter().all(|b| matches!(b, b'-' | b'=' | b'_' | b'*' | b'+' | b' '))
}

/// The names stand above a line of dashes with a gap between each two columns, as databases print tables.
pub(super) fn ruled(lines: &[&[u8]]) -> Option<Layout> {
    for at in 1..lines.len().min(REACH) {
        let (rule, header) = (lines[at], lines[at - 1]);
        if !is_rule(rule) || !rule.iter().all(|b| matches!(b, b'-' | b'=' | b' ')) {
            continue;
        }
        let spans = stretches(rule.len(), |at| matches!(rule[at], b'-' | b'='));
        if spans.len() < 2 || is_rule(header) || header.trim_ascii().is_empty() {
            continue;
        }
        let names = names(header, &spans)?;
        let layout = table(&spans, names, header, at - 1);
        let (fit, other) = fitting(&layout, &lines[at + 1..]);
        // Counts and page heads stand among the records.
        if fit >= 2 && fit >= other {
            return Some(layout);
        }
    }
    None
}

/// The names stand in line `at`, and the blanks below show the columns.
fn headed(header: &[u8], at: usize, records: &[Seen<'_>], known: &dyn Fn(&str) -> bool) -> Option<Layout> {
    let below = &records[records.partition_point(|seen| seen.at <= at)..];
    // Up to where the names come again.
    let name = header.trim_ascii();
    let again = |seen: &Seen<'_>| seen.words == name;
    let below = match below.iter().position(again) {
        Some(next) => &below[..page_end(below, next)],
        None => below,
    };
    // Or others.
    let others = below.iter().take(SHOWN).position(|seen| !seen.figures && names_columns(seen.words, known));
    let below = &below[..others.unwrap_or(below.len())];
    if below.len() < FEWEST || !below.iter().all(|seen| seen.ascii) || !header.is_ascii() {
        return None;
    }
    // A line that begins as those under it do is one of them, and names nothing: `pub const A`, `pub const B`.
    let opening = opening(name);
    if below.iter().filter(|seen| seen.opening == opening).count() * 2 >= below.len() {
        return None;
    }
    // A column that bears it out has long figures in a quarter of the lines at least; most texts have none.
    if below.iter().filter(|seen| seen.figures).count() * 4 < below.len() {
        return None;
    }
    // The first lines show it for most texts: what is blank in all lines is blank in these, but for a total or two.
    let shown = &below[..below.len().min(SHOWN)];
    let in_sight = shown.iter().all(|seen| seen.line.len() <= 256);
    if shown.len() == SHOWN && in_sight && stretches_of(shown) < 3 {
        return None;
    }
    // Of few lines, each counts: see `spare`.
    let all_in_sight = below.len() < MANY && below.iter().all(|seen| seen.line.len() <= 256);
    if all_in_sight && stretches_of_any(below) < 3 {
        return None;
    }
    let body: Vec<&[u8]> = below.iter().map(|seen| seen.line).collect();
    let body = body.as_slice();
    let width = body.iter().map(|line| line.len()).max()?;
    let mut filled = vec![0_usize; width];
    for line in body {
        for (at, byte) in line.iter().enumerate() {
            filled[at] += usize::from(*byte != b' ');
        }
    }
    // One line in so many may be a total or a page's end.
    let spare = if body.len() >= MANY { (body.len() / SPARING).max(1) } else { 0 };
    let spans = stretches(width, |at| filled[at] > spare);
    // Values of one form have blanks above each other inside too, as streets do: then wider gaps show the columns.
    let gaps = if body.len() >= MANY { 1..=2 } else { 2..=2 };
    gaps.into_iter().find_map(|least| {
        let spans = wide_gaps(&spans, least, header);
        if spans.len() < 3 {
            return None;
        }
        let layout = table(&spans, names(header, &spans)?, header, at);
        // A value or two may be longer than all others: of many columns it is enough that each begins behind a blank.
        let wider = || (spans.len() >= MANY_COLUMNS).then(|| widened(layout.clone()));
        let fits = |layout: &Layout| {
            let (fit, other) = fitting(layout, body);
            other <= spare && fit >= FEWEST && bears_out(layout, body, known)
        };
        if fits(&layout) { Some(layout) } else { wider().filter(fits) }
    })
}

/// Where the page ends whose names come again in line `next`: what stands at the head of a page, behind a form feed or an empty
/// line, is none of its records.
fn page_end(lines: &[Seen<'_>], next: usize) -> usize {
    const HEAD: usize = 6;
    let opens = |at: &usize| {
        let feed = lines[*at].line.starts_with(b"\x0c");
        feed || lines[at - 1].at + 1 < lines[*at].at
    };
    (next.saturating_sub(HEAD).max(1)..next).find(opens).unwrap_or(next)
}

/// The same columns, each as wide as the blank before the next lets it be.
fn widened(mut layout: Layout) -> Layout {
    let starts: Vec<usize> = layout.columns.iter().skip(1).map(|column| column.start).collect();
    layout.columns.iter_mut().zip(starts).for_each(|(column, next)| column.end = Some(next - 1));
    layout
}

/// Stretches of positions where `filled` holds.
fn stretches(width: usize, filled: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = None;
    for at in 0..=width {
        match (start, at < width && filled(at)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                out.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    out
}

/// Stretches with at least `least` blanks between them; narrower gaps are blanks inside values. So are those over which a name
/// goes on, as over `(410) 238-3892` under `provider_phone`, and single ones behind which no name begins.
fn wide_gaps(spans: &[(usize, usize)], least: usize, header: &[u8]) -> Vec<(usize, usize)> {
    let of = |at: usize| header.get(at).copied().unwrap_or(b' ');
    let is_inside = |gap: (usize, usize), next_end: usize| {
        let goes_on = (gap.0..gap.1).all(|at| of(at) != b' ');
        let named = (gap.0..next_end).any(|at| of(at) != b' ' && of(at.wrapping_sub(1)) == b' ');
        goes_on || gap.1 - gap.0 == 1 && !named
    };
    let mut out: Vec<(usize, usize)> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if span.0 - last.1 < least || is_inside((last.1, span.0), span.1) => last.1 = span.1,
            _ => out.push(*span),
        }
    }
    out
}

/// Whether a line may name columns: words, few figures, and at least two blanks or three words.
fn may_name(line: &[u8]) -> bool {
    let digits = line.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = line.iter().filter(|b| b.is_ascii_alphabetic()).count();
    letters >= 6 && digits * 8 <= letters && line.split(|b| *b == b' ').filter(|word| !word.is_empty()).count() >= 3
}

/// Whether a line holds nothing but names, two that the vocabulary knows among them: `Home phone    Member ID    Plan`.
fn names_columns(words: &[u8], known: &dyn Fn(&str) -> bool) -> bool {
    // Nearly all lines have no gap and are one name: what names say is not asked of them.
    if !words.windows(2).any(|pair| pair == b"  ") || words.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let Ok(words) = std::str::from_utf8(words) else { return false };
    words.split("  ").map(str::trim).filter(|name| !name.is_empty() && known(name)).take(2).count() == 2
}

/// The words of the header above each column; `None` where a column has none, or two have the same.
fn names(header: &[u8], spans: &[(usize, usize)]) -> Option<Vec<String>> {
    let words = stretches(header.len(), |at| header[at] != b' ');
    let mut names = vec![String::new(); spans.len()];
    for (start, end) in words {
        // Where it overlaps most; a word above a gap belongs to the nearer column.
        let distance = |span: &(usize, usize)| {
            let overlap = end.min(span.1) as i64 - start.max(span.0) as i64;
            (-overlap, span.0)
        };
        let nearest = (0..spans.len()).min_by_key(|at| distance(&spans[*at]))?;
        // `Provider NPI Number PCP_NAME`: what opens its column where another word begins belongs to the one before.
        let span = spans[nearest];
        let opened = end <= span.0 && header.get(span.0).is_some_and(|b| *b != b' ') && header[span.0 - 1] == b' ';
        let nearest = if opened { nearest.saturating_sub(1) } else { nearest };
        let name = &mut names[nearest];
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(&String::from_utf8_lossy(&header[start..end]));
    }
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let distinct = sorted.windows(2).all(|pair| pair[0] != pair[1]);
    let is_name = |name: &String| {
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        let letters = name.chars().filter(|c| c.is_alphabetic()).count();
        letters > digits && name.len() <= 60
    };
    (distinct && names.iter().all(is_name)).then_some(names)
}

/// A layout without names, with those that the words of the first line give that stand above its columns: a line of words, of another
/// form than the records.
pub(super) fn called(mut layout: Layout, lines: &[&[u8]]) -> Layout {
    let Some((at, header)) = lines.iter().enumerate().find(|(_, line)| !line.trim_ascii().is_empty()) else {
        return layout;
    };
    if header.iter().any(u8::is_ascii_digit) || !may_name(header) || !header.is_ascii() {
        return layout;
    }
    let words = stretches(header.len(), |at| header[at] != b' ');
    for column in &mut layout.columns {
        let end = column.end.unwrap_or(usize::MAX);
        let above = words.iter().filter(|(from, to)| *from < end && *to > column.start);
        let above: Vec<&[u8]> = above.map(|(from, to)| &header[*from..*to]).collect();
        column.name = (!above.is_empty()).then(|| String::from_utf8_lossy(&above.join(&b' ')).into_owned());
    }
    layout.skip = at as u64;
    layout.header = Some(header.to_vec());
    layout
}

fn table(spans: &[(usize, usize)], names: Vec<String>, header: &[u8], skip: usize) -> Layout {
    // A value may be longer than all of the sample: a column reaches to the gap before the next, the last to the
    // end of the line.
    let last = spans.len() - 1;
    let end = |at: usize| if at == last { None } else { Some(spans[at].1) };
    let columns = spans.iter().zip(names).enumerate();
    let columns = columns.map(|(at, (span, name))| Column { name: Some(name), start: span.0, end: end(at) }).collect();
    let header = Some(header.to_vec());
    Layout { columns, skip: skip as u64, header, length: None, fit: Fit::Blank }
}

/// Lines that fit the layout, and those that do not.
fn fitting(layout: &Layout, lines: &[&[u8]]) -> (usize, usize) {
    let filled = || lines.iter().filter(|line| !line.trim_ascii().is_empty() && !is_rule(line));
    let fit = filled().filter(|line| layout.fits(line)).count();
    (fit, filled().count() - fit)
}

/// Whether the columns hold what is kept in tables of persons: the vocabulary knows a name, and in one column stand figures, of
/// one form in nearly all lines or long ones in half of them.
fn bears_out(layout: &Layout, lines: &[&[u8]], known: &dyn Fn(&str) -> bool) -> bool {
    let of_one_form = layout.columns.iter().any(|column| {
        let mut values: Vec<&[u8]> = lines
            .iter()
            .map(|line| {
                let (start, end) = layout.span(column, line);
                line[start..end].trim_ascii()
            })
            .filter(|value| !value.is_empty())
            .collect();
        let count = values.len();
        let digits = |value: &[u8]| value.iter().filter(|b| b.is_ascii_digit()).count();
        let first = values.first().map(|value| picture(value));
        let same = values.iter().filter(|value| Some(picture(value)) == first).count();
        let long = values.iter().filter(|value| value.len() >= 6 && digits(value) >= 4).count();
        values.sort_unstable();
        values.dedup();
        let differ = values.len() * 3 >= count.min(30);
        let formed = same * 10 >= count * 9 && long * 10 >= count * 9;
        count >= FEWEST && count * 2 >= lines.len() && differ && (formed || long * 2 >= count)
    });
    // The vocabulary last: it costs most.
    of_one_form && layout.columns.iter().filter_map(|column| column.name.as_deref()).any(known)
}

/// The form of a value: a 9 for each run of figures, an A for each of letters, all else as it is.
fn picture(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in value {
        let class = match byte {
            b if b.is_ascii_digit() => b'9',
            b if b.is_ascii_alphabetic() => b'A',
            other => *other,
        };
        if out.last() != Some(&class) || !matches!(class, b'9' | b'A') {
            out.push(class);
        }
    }
    out
}
