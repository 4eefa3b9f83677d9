//! Names of one word that fill a field of a form in a text: `First Name: Laura`, `Last: Lopez   First: Laura`, a word alone in the
//! line under `Surname`. In: a text and what was judged in it. Out: more that is judged. Nothing has the form of such a name, so
//! it is looked for only near what identifies a person; a text without persons costs nothing here.

use std::ops::Range;

use crate::engine::{Engine, Use};
use crate::identifier::Identifier;
use crate::judge::labels::Labels;
use crate::judge::spoken;
use crate::judge::taken::Taken;
use crate::judge::tally::LIKELY;
use crate::judge::text::{Clues, Judged, labelled};
use crate::rules::Rule;
use crate::validate::{self, Setting, Verdict};

/// How far from what identifies a person a field of the same form may stand, bytes.
const REACH: usize = 1200;
/// Blanks between a label's mark and its value at most.
const GAP: usize = 40;
/// How long a name of one word may be.
const LONGEST: usize = 25;
/// What it weighs that such a person's number stands in the same form.
const IN_FORM: f32 = 3.0;

/// Adds such names.
pub(super) fn names(
    engine: &Engine,
    bytes: &[u8],
    scope: &Range<usize>,
    labels: &mut Labels,
    first: usize,
    out: &mut Vec<Judged>,
) {
    let identifier = |j: &Judged| engine.rules().rules[j.rule as usize].identifier;
    let tells = |j: &&Judged| {
        let is_persons = matches!(
            identifier(j),
            Identifier::SSN
                | Identifier::BIRTH_DATE
                | Identifier::MRN
                | Identifier::MBI
                | Identifier::HICN
                | Identifier::MEMBER_ID
                | Identifier::MEDICAID_ID
        );
        is_persons && !j.valid.test && j.clues.logit() >= LIKELY
    };
    let mut near: Vec<usize> = out[first..].iter().filter(tells).map(|j| j.start).collect();
    let dated = |j: &Judged| matches!(identifier(j), Identifier::SERVICE_DATE | Identifier::RX_NUMBER);
    if near.is_empty() && !out[first..].iter().any(dated) {
        return;
    }
    near.sort_unstable();
    let Some(by) = names_use(engine) else { return };
    spoken::first_names(engine, bytes, scope, by, first, out);
    let mut taken = Taken::by(&out[first..]);
    let mut from = scope.start;
    for anchor in near {
        let start = anchor.saturating_sub(REACH).max(from);
        let end = (anchor + REACH).min(scope.end);
        if start >= end {
            continue;
        }
        let marks = memchr::memchr3_iter(b':', b'\n', b'=', &bytes[start..end]).map(|mark| (start + mark + 1, false));
        let gaps = memchr::memmem::find_iter(&bytes[start..end], b"  ").map(|gap| (start + gap + 1, true));
        for (at, gap) in marks.chain(gaps) {
            // Behind a gap the word ends its line: `NAME--LAST           LOPEZ`.
            let alone = gap || bytes[at - 1] == b'\n';
            let Some(word) = fills(&bytes[at..scope.end], alone) else { continue };
            let span = at + word.start..at + word.end;
            if taken.meets(&span) {
                continue;
            }
            let rule = &engine.rules().rules[by.rule as usize];
            if let Some(judged) = named(engine, bytes, scope, labels, by, rule, span) {
                taken.add(&judged);
                out.push(judged);
            }
        }
        from = end;
    }
}

/// The use of the rule for names under labels, as words.
fn names_use(engine: &Engine) -> Option<Use> {
    let rules = &engine.rules().rules;
    let shapes = 0..engine.plan().shapes().len() as u16;
    let is_it = |by: &Use| {
        let rule = &rules[by.rule as usize];
        rule.identifier == Identifier::NAME && !rule.fields.is_empty() && by.shape == 0
    };
    shapes.flat_map(|shape| engine.uses(shape)).find(|by| is_it(by)).copied()
}

/// The word that fills the field at the start of `rest`: one word, and then the line's end, a gap, a delimiter or the next label.
/// In a line of its own it is all that the line holds.
fn fills(rest: &[u8], alone: bool) -> Option<Range<usize>> {
    let gap = rest.iter().take(GAP + 1).take_while(|b| matches!(b, b' ' | b'\t' | b'_')).count();
    let word = &rest[gap.min(rest.len())..];
    if gap > GAP || !word.first()?.is_ascii_uppercase() {
        return None;
    }
    let inner = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-') || *b >= 0x80;
    let length = word.iter().take(LONGEST + 1).take_while(|b| inner(b)).count();
    if !(2..=LONGEST).contains(&length) {
        return None;
    }
    let behind = &word[length..];
    let ends = match behind {
        [] | [b'\n' | b'\r', ..] | [b' ', b'\n' | b'\r', ..] => true,
        _ if alone => false,
        [b'\t' | b',' | b';' | b'|' | b'<', ..] | [b' ', b' ' | b'|', ..] => true,
        // `First: Laura DOB: …`.
        [b' ', next @ ..] => {
            let label = |b: &&u8| b.is_ascii_alphabetic() || matches!(b, b' ' | b'.' | b'/' | b'#');
            next.iter().take(GAP).find(|b| !label(b)) == Some(&b':')
        }
        _ => false,
    };
    ends.then_some(gap..gap + length)
}

/// Judges the word by its label alone.
fn named(
    engine: &Engine,
    bytes: &[u8],
    scope: &Range<usize>,
    labels: &mut Labels,
    by: Use,
    rule: &Rule,
    span: Range<usize>,
) -> Option<Judged> {
    let said = labels.of(engine, bytes, scope, &span)?;
    let share = said.share(engine, by.rule)?;
    let Verdict::Valid(valid) = (rule.check)(&bytes[span.clone()], Setting::Field) else { return None };
    // `Name: Production`: a word of many meanings over one that the lists do not know.
    let word = &bytes[span.clone()];
    if validate::name::is_of_headings(word) || share < 1.0 && !validate::names::is_name(word) {
        return None;
    }
    let mut clues = Clues { alone: by.alone, neighbour: IN_FORM, ..Clues::default() };
    let mut subject = None;
    labelled(engine, by, said, &mut clues, &mut subject);
    Some(Judged { rule: by.rule, shape: by.shape, start: span.start, end: span.end, valid, clues, subject })
}

#[cfg(test)]
mod tests {
    use super::fills;

    #[test]
    fn a_word_fills_a_field_where_it_ends_there() {
        for (rest, word) in [
            (" Laura\nLast: x", "Laura"),
            (" Laura   DOB: 1", "Laura"),
            (" Laura DOB: 1", "Laura"),
            ("\tO'Neil, ", "O'Neil"),
            (" Laura", "Laura"),
        ] {
            let span = fills(rest.as_bytes(), false).expect(rest);
            assert_eq!(&rest[span], word);
        }
        for rest in [" laura", " Laura went home", " L", " Laura5", "", " Laura.doc"] {
            assert_eq!(fills(rest.as_bytes(), false), None, "{rest}");
        }
        assert_eq!(fills(b"  Laura\n", true), Some(2..7));
        assert_eq!(fills(b"Laura, x\n", true), None);
    }
}
