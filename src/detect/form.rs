//! The forms of clusters: which of their bytes are digits, letters and marks, and which marks. In: shapes. Out: the part
//! of each that is a cluster, spelt out into its forms. It refuses shapes without such a part, and leaves to other ways of
//! searching those whose cluster is short, is long, or begins with many letters.

use super::shape::{Class, Form, Shape, Token};

/// The shortest cluster that is a whole shape.
pub(super) const SHORTEST: usize = 4;
/// The shortest that is a part of one; behind a space four digits will do.
const SHORTEST_PART: usize = 6;
/// The longest cluster that has a form.
pub(super) const LONGEST: usize = 31;
/// Letters a cluster may begin with where it has a digit.
pub(super) const LETTERS: usize = 4;
/// The length from which on a cluster may begin with any number of letters.
pub(super) const LONG: usize = 16;
/// The forms one shape may have before letters and digits are no longer told apart in them.
const MOST_FORMS: usize = 512;

/// The bytes of a cluster in three bitmaps. Bit `i` is byte `i`:
///
/// | byte | `ones` | `twos` | `fours` |
/// | --- | --- | --- | --- |
/// | digit | 1 | | |
/// | letter | | 1 | |
/// | letter or digit, in a form that takes both | 1 | 1 | |
/// | `-` | | | 1 |
/// | `/` | 1 | | 1 |
/// | `.` `:` | | 1 | 1 |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Code {
    pub(super) ones: u32,
    pub(super) twos: u32,
    pub(super) fours: u32,
}

impl Code {
    pub(super) fn length(self) -> usize {
        (!(self.ones | self.twos | self.fours)).trailing_zeros() as usize
    }

    /// Whether a `.` or `:` is in it.
    #[inline(always)]
    pub(super) fn has_dots(self) -> bool {
        self.twos & self.fours != 0
    }

    /// The first bytes of it.
    #[inline(always)]
    pub(super) fn first(self, bytes: u32) -> Code {
        let whole = (1u64 << bytes.min(32)) as u32;
        let whole = whole.wrapping_sub(1);
        Code { ones: self.ones & whole, twos: self.twos & whole, fours: self.fours & whole }
    }

    /// With letters and digits no longer told apart.
    pub(super) fn blurred(self) -> Code {
        let alnum = (self.ones | self.twos) & !self.fours;
        Code { ones: self.ones | alnum, twos: self.twos | alnum, fours: self.fours }
    }

    /// With one more byte; `None` where it would be too long or a mark would not join.
    fn with(mut self, class: Class, blurred: bool) -> Option<Code> {
        let at = self.length();
        let last = |bits: u32| at > 0 && bits >> (at - 1) & 1 != 0;
        let after_mark = last(self.fours);
        let after_dash = after_mark && !last(self.ones) && !last(self.twos);
        let (one, two, four) = match class {
            Class::Literal(b'-') => (0, 0, 1),
            Class::Literal(b'/') => (1, 0, 1),
            Class::Literal(b'.' | b':') => (0, 1, 1),
            Class::Literal(b) if !b.is_ascii_alphanumeric() => return None,
            _ if blurred => (1, 1, 0),
            Class::Digit | Class::Literal(b'0'..=b'9') => (1, 0, 0),
            Class::Letter | Class::Literal(_) => (0, 1, 0),
            Class::Alnum => return None,
        };
        let digit = matches!(class, Class::Digit | Class::Literal(b'0'..=b'9'));
        if at == LONGEST || (four == 1 && (at == 0 || after_mark)) || (after_mark && !after_dash && !digit) {
            return None;
        }
        self.ones |= one << at;
        self.twos |= two << at;
        self.fours |= four << at;
        Some(self)
    }
}

/// The part of a shape that is a cluster.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) forms: Vec<Code>,
    /// Letters and digits are not told apart in the forms.
    pub(super) blurred: bool,
    /// The tokens before it are so long.
    pub(super) least: usize,
    pub(super) most: usize,
    /// The tokens beside it.
    pub(super) left: Option<Class>,
    pub(super) right: Option<Class>,
    /// The token before the one on the left.
    pub(super) before: Option<Class>,
    /// The form says all: no look at the bytes can change anything but what stands beside.
    pub(super) exact: bool,
    /// The cluster may be longer than the shape: a shape with a colon may stand before one more.
    pub(super) open: bool,
    pub(super) opening: Opening,
}

/// Where the clusters of a part can begin, and the shortest of each kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opening {
    /// With a digit.
    pub(super) digit: Option<usize>,
    /// With up to [`LETTERS`] letters before a digit.
    pub(super) letter: Option<usize>,
    /// With letters, and [`LONG`].
    pub(super) long: bool,
    /// With four digits behind a space; before that a digit, a letter, any other byte.
    pub(super) spaced: [bool; 3],
}

impl Opening {
    /// With those of one more part.
    pub(super) fn add(&mut self, other: Opening) {
        let least = |a: Option<usize>, b: Option<usize>| [a, b].into_iter().flatten().min();
        self.digit = least(self.digit, other.digit);
        self.letter = least(self.letter, other.letter);
        self.long |= other.long;
        (0..3).for_each(|i| self.spaced[i] |= other.spaced[i]);
    }
}

impl Part {
    /// The longest part of `shape` that is a whole cluster wherever the shape stands.
    pub(super) fn of(shape: &Shape) -> Option<Part> {
        let Form::Picture(tokens) = &shape.form else { return None };
        let inside = |t: &Token| match t.class {
            Class::Literal(b) => b.is_ascii_alphanumeric() || (matches!(b, b'-' | b'.' | b'/' | b':') && t.max == 1),
            _ => true,
        };
        let mut best: Option<Part> = None;
        let mut from = 0;
        while from < tokens.len() {
            let length = tokens[from..].iter().take_while(|t| inside(t)).count();
            let to = from + length;
            let open = to == tokens.len() && shape.has_literal(b':');
            if length > 0
                && !(open && from > 0)
                && let Some(part) =
                    Part::between(tokens, from, to, false).or_else(|| Part::between(tokens, from, to, true))
                && best.as_ref().is_none_or(|b| part.shortest() > b.shortest())
            {
                best = Some(Part { open, exact: part.exact && !open, ..part });
            }
            from = to + 1;
        }
        best
    }

    pub(super) fn shortest(&self) -> usize {
        self.forms.iter().map(|f| f.length()).min().unwrap_or(0)
    }

    fn between(tokens: &[Token], from: usize, to: usize, blurred: bool) -> Option<Part> {
        let joins = |t: Option<&Token>| t.is_some_and(|t| matches!(t.class, Class::Literal(b'-' | b'.' | b'/' | b':')));
        if joins(tokens.get(to)) || (from > 0 && joins(tokens.get(from - 1))) {
            return None;
        }
        let part = &tokens[from..to];
        let forms = spelt_out(part, blurred)?;
        if forms.iter().any(|f| f.fours >> (f.length() - 1) & 1 != 0) {
            return None;
        }
        let sum = |of: fn(&Token) -> u8| tokens[..from].iter().map(|t| of(t) as usize).sum::<usize>();
        let class = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|t| t.class);
        let plain = part.iter().all(|t| !matches!(t.class, Class::Literal(b) if !matches!(b, b'-' | b'/')));
        let whole = from == 0 && to == tokens.len();
        let shortest = forms.iter().map(|f| f.length()).min()?;
        let left = class(from.checked_sub(1));
        // A left token of variable length says nothing about what is before it.
        let before = class(from.checked_sub(2)).filter(|_| tokens[from - 1].max == 1);
        let opening = opening(&forms, blurred, part.first()?.class, left, before)?;
        let long_enough = shortest >= if whole { SHORTEST } else { SHORTEST_PART };
        let spaced =
            opening.spaced != [false; 3] && opening.digit.is_none() && opening.letter.is_none() && !opening.long;
        (long_enough || spaced).then_some(Part {
            forms,
            blurred,
            least: sum(|t| t.min),
            most: sum(|t| t.max),
            left,
            right: class(Some(to)),
            before,
            exact: whole && plain && !blurred,
            open: false,
            opening,
        })
    }
}

/// All forms of these tokens. Where one of them is no cluster, the shape is not found by its clusters.
fn spelt_out(tokens: &[Token], blurred: bool) -> Option<Vec<Code>> {
    let mut forms = vec![Code::default()];
    for token in tokens {
        let classes: &[Class] = match token.class {
            Class::Alnum if !blurred => &[Class::Digit, Class::Letter],
            ref one => std::slice::from_ref(one),
        };
        let mut grown: Vec<Code> = Vec::new();
        for length in 1..=token.max {
            let mut next = Vec::new();
            for form in &forms {
                for class in classes {
                    next.push(form.with(*class, blurred)?);
                }
            }
            next.sort_unstable();
            next.dedup();
            forms = next;
            if length >= token.min {
                grown.extend(&forms);
            }
            if forms.len() + grown.len() > 2 * MOST_FORMS {
                return None;
            }
        }
        grown.sort_unstable();
        grown.dedup();
        forms = grown;
    }
    (forms.len() <= MOST_FORMS).then_some(forms)
}

/// Where clusters of these forms can begin; `None` where one could begin where no anchor is.
fn opening(forms: &[Code], blurred: bool, first: Class, left: Option<Class>, before: Option<Class>) -> Option<Opening> {
    let mut opening = Opening::default();
    let least = |of: &mut Option<usize>, length: usize| *of = Some(of.map_or(length, |l| l.min(length)));
    for form in forms {
        let length = form.length();
        if blurred {
            let digit = matches!(first, Class::Digit | Class::Literal(b'0'..=b'9'));
            if !digit && length < LONG {
                return None;
            }
            opening.long |= !digit;
            least(&mut opening.digit, length);
            continue;
        }
        let digits = form.ones & !form.fours;
        match digits.trailing_zeros() as usize {
            0 if digits & 15 == 15 && left == Some(Class::Literal(b' ')) => match before {
                Some(Class::Digit) => opening.spaced[0] = true,
                Some(Class::Letter) => opening.spaced[1] = true,
                Some(Class::Literal(b)) if !b.is_ascii_alphanumeric() => opening.spaced[2] = true,
                _ => opening.spaced = [true; 3],
            },
            0 => least(&mut opening.digit, length),
            1..=LETTERS => least(&mut opening.letter, length),
            _ if length >= LONG => opening.long = true,
            _ => return None,
        }
    }
    Some(opening)
}
