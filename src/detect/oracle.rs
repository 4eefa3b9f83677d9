//! The plain matcher: every shape at every offset, one after the other. Slow and obviously correct; whatever is
//! faster must give exactly this.

use super::Candidate;
use super::boundary::stands_alone;
use super::named;
use super::shape::{Form, Shape, Token};

/// Appends every candidate of `shapes` in `bytes` to `out`, sorted.
///
/// At each offset a picture gives the longest match that stands alone there, if any.
pub fn find(shapes: &[Shape], bytes: &[u8], out: &mut Vec<Candidate>) {
    let bytes = &bytes[..bytes.len().min(u32::MAX as usize)];
    let first = out.len();
    for (number, shape) in shapes.iter().enumerate() {
        let mut push = |start: usize, end: usize| {
            out.push(Candidate { start: start as u32, end: end as u32, shape: number as u16 });
        };
        match &shape.form {
            Form::Picture(tokens) => {
                for start in 0..bytes.len() {
                    if let Some(end) = longest(tokens, shape, bytes, start, start) {
                        push(start, end);
                    }
                }
            }
            Form::Named(named) => named::find(*named, bytes, &mut push),
        }
    }
    out[first..].sort_unstable();
}

/// As [`find`], but matches that do not stand alone too, where nothing else does at their start: for `explain`.
pub fn find_loosely(shapes: &[Shape], bytes: &[u8], out: &mut Vec<Candidate>) {
    let first = out.len();
    find(shapes, bytes, out);
    for (number, shape) in shapes.iter().enumerate() {
        let Form::Picture(tokens) = &shape.form else { continue };
        for start in 0..bytes.len() {
            let inside = start > 0 && bytes[start - 1].is_ascii_alphanumeric() && bytes[start].is_ascii_alphanumeric();
            if !inside
                && longest(tokens, shape, bytes, start, start).is_none()
                && let Some(end) = longest_anywhere(tokens, bytes, start)
            {
                out.push(Candidate { start: start as u32, end: end as u32, shape: number as u16 });
            }
        }
    }
    out[first..].sort_unstable();
}

fn longest_anywhere(tokens: &[Token], bytes: &[u8], at: usize) -> Option<usize> {
    let Some((token, rest)) = tokens.split_first() else { return Some(at) };
    let run = bytes[at..].iter().take(token.max as usize).take_while(|b| token.class.has(**b)).count();
    (token.min as usize..=run).rev().find_map(|length| longest_anywhere(rest, bytes, at + length))
}

/// The end of the longest match of a picture at `start` that stands alone; `None` for a named shape.
pub(super) fn picture_at(shape: &Shape, bytes: &[u8], start: usize) -> Option<usize> {
    match &shape.form {
        Form::Picture(tokens) => longest(tokens, shape, bytes, start, start),
        Form::Named(_) => None,
    }
}

/// The end of the longest match of `tokens` at `at` that stands alone from `start`.
fn longest(tokens: &[Token], shape: &Shape, bytes: &[u8], start: usize, at: usize) -> Option<usize> {
    let Some((token, rest)) = tokens.split_first() else {
        return stands_alone(shape, bytes, start, at).then_some(at);
    };
    let run = bytes[at..].iter().take(token.max as usize).take_while(|b| token.class.has(**b)).count();
    (token.min as usize..=run).rev().find_map(|length| longest(rest, shape, bytes, start, at + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(&[Shape::parse(source).unwrap()], text.as_bytes(), &mut out);
        out.iter().map(|c| text[c.start as usize..c.end as usize].to_string()).collect()
    }

    #[test]
    fn shapes_stand_alone() {
        for (shape, text, expected, because) in [
            ("999-99-9999", "ssn 536-90-4399.", vec!["536-90-4399"], "a full stop ends a sentence"),
            ("999-99-9999", "1536-90-4399", vec![], "a digit before"),
            ("999-99-9999", "536-90-4399-2", vec![], "joined to a digit"),
            ("9{9}", "0.304262935", vec![], "a decimal"),
            ("9{9}", ",.304262935", vec![], "a decimal without its zero"),
            ("9{9}", "304262935.50", vec![], "an amount"),
            ("9{9}", "$304262935", vec![], "an amount"),
            ("9{9}", "-304262935", vec![], "a negative number"),
            ("9{9}", "a|304262935|b", vec!["304262935"], "a cell"),
            ("9{9}", "304262935,304262936", vec!["304262935", "304262936"], "commas separate"),
            ("9{8}", "12345678-e89b-12d3", vec![], "a UUID"),
            ("9{9}", "x_304262935", vec![], "a word"),
            ("999 99 9999", "1 536 90 4399", vec![], "a row of numbers"),
            ("9999-99-99", "1961-03-04 10:00", vec!["1961-03-04"], "a time follows"),
            ("9{1,2}/9{1,2}/9999", "3/4/1952", vec!["3/4/1952"], "runs"),
            ("'***-**-'9999", "****-**-1234", vec![], "one star more"),
        ] {
            assert_eq!(found(shape, text), expected, "{shape} in {text}: {because}");
        }
    }
}
