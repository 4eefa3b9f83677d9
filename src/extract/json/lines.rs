//! Texts that JSON holds as a list of their lines, as notebooks do (nbformat 4, `multiline_string`). In: what begins with `[`.
//! Out: how far the lines go, and the text they are. Refuses a list of which any line but the last has no line end, and
//! one that is longer than a piece: its lines are values.

use super::strings::{append_unescaped, blank, string_end};
use crate::extract::named::PIECE;

/// What a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// Other values.
    None,
    /// More must be seen.
    Unseen,
    /// A text, in so many bytes behind the bracket and before the one that ends it.
    Of(usize),
}

/// What the list is that `bytes` begin with.
pub(super) fn lines(bytes: &[u8], ended: bool) -> Lines {
    let seen = &bytes[..bytes.len().min(PIECE)];
    let unseen = if ended || seen.len() == PIECE { Lines::None } else { Lines::Unseen };
    let (mut at, mut count, mut closed) = (1, 0, true);
    loop {
        at += seen.get(at..).map_or(0, |rest| rest.iter().take_while(|b| blank(**b)).count());
        match seen.get(at) {
            Some(b'"') if closed => {
                let Some((length, _)) = string_end(&seen[at + 1..]) else { return unseen };
                closed = seen[at + 1..at + 1 + length].ends_with(b"\\n");
                count += 1;
                at += length + 2;
                at += seen.get(at..).map_or(0, |rest| rest.iter().take_while(|b| blank(**b)).count());
                match seen.get(at) {
                    Some(b',') => at += 1,
                    Some(b']') if count > 1 => return Lines::Of(at - 1),
                    None => return unseen,
                    _ => return Lines::None,
                }
            }
            None => return unseen,
            _ => return Lines::None,
        }
    }
}

/// Appends the text that these lines are.
pub(super) fn append(raw: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(quote) = raw.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) {
        at += quote + 1;
        let Some((length, _)) = string_end(&raw[at..]) else { return };
        append_unescaped(&raw[at..at + length], out);
        at += length + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_lines_is_told_from_other_lists() {
        let cases: [(&str, Lines, Lines); 12] = [
            (r#"["a\n", "b"]"#, Lines::Of(10), Lines::Of(10)),
            (r#"[ "a\n" , "b\n" ] , 1"#, Lines::Of(15), Lines::Of(15)),
            (r#"["a\n"]"#, Lines::None, Lines::None),
            (r#"["a", "b\n"]"#, Lines::None, Lines::None),
            (r#"["a\n", 1]"#, Lines::None, Lines::None),
            (r#"["a\n", "b"#, Lines::Unseen, Lines::None),
            (r#"["a\n""#, Lines::Unseen, Lines::None),
            (r#"["a\n", "#, Lines::Unseen, Lines::None),
            ("[", Lines::Unseen, Lines::None),
            ("[]", Lines::None, Lines::None),
            ("[[", Lines::None, Lines::None),
            (r#"["a\n",]"#, Lines::None, Lines::None),
        ];
        for (text, seen, ended) in cases {
            assert_eq!((lines(text.as_bytes(), false), lines(text.as_bytes(), true)), (seen, ended), "{text}");
        }
        let long = format!("[\"{}\\n\", \"b\"]", "x".repeat(PIECE));
        assert_eq!(lines(long.as_bytes(), false), Lines::None);
        let mut text = Vec::new();
        append(br#" "say \"x\"\n", "y\u0021" "#, &mut text);
        assert_eq!(text, b"say \"x\"\ny!");
    }
}
