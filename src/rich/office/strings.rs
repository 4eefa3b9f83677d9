//! The strings of a workbook, which cells refer to by number. In: strings in order. Out: a string by its number; those that no cell
//! referred to. Refuses more than [`TEXT`] bytes and [`COUNT`] strings: what is beyond is not there, and is said.

use std::ops::Range;

/// Bytes of all strings: 160 MiB, of the 512 a worker may have.
const TEXT: usize = 160 << 20;
/// Strings; each costs four bytes and a bit more.
const COUNT: usize = 10_000_000;

/// Strings by number.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
    used: Vec<u64>,
    /// Some were left out.
    pub(super) is_full: bool,
}

/// Says nothing of what it holds.
impl std::fmt::Debug for Strings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Strings").field("count", &self.ends.len()).finish_non_exhaustive()
    }
}

impl Strings {
    /// One string more.
    pub(super) fn push(&mut self, string: &str) {
        if self.ends.len() >= COUNT || self.text.len() + string.len() > TEXT {
            self.is_full = true;
            return;
        }
        self.text.push_str(string);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The string of a number, which is used from now on.
    pub(super) fn take(&mut self, at: usize) -> Option<&str> {
        if at >= self.ends.len() {
            return None;
        }
        if self.used.is_empty() {
            self.used.resize(self.ends.len().div_ceil(64), 0);
        }
        if let Some(bits) = self.used.get_mut(at / 64) {
            *bits |= 1 << (at % 64);
        }
        self.get(at)
    }

    /// The string of a number.
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }

    fn is_used(&self, at: usize) -> bool {
        self.used.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    /// Those of a range of numbers that were never taken and are not blank.
    pub(super) fn unused(&self, range: Range<usize>) -> impl Iterator<Item = &str> {
        range.filter(|at| !self.is_used(*at)).filter_map(|at| self.get(at)).filter(|string| !string.trim().is_empty())
    }

    /// Their numbers.
    pub(super) fn unused_numbers(&self, range: Range<usize>) -> Vec<usize> {
        range.filter(|at| !self.is_used(*at) && self.get(*at).is_some_and(|text| !text.trim().is_empty())).collect()
    }
}

/// Resolves `_x000D_` in a string: characters that XML cannot hold (ECMA-376 part 1, 22.9.2.19).
pub(super) fn unescaped(text: &mut String) {
    if !text.contains("_x") {
        return;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = code.filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push_str(&rest[..at]);
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    *text = out;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_taken_by_number() {
        let mut strings = Strings::default();
        ["a", "", "long", "c"].iter().for_each(|s| strings.push(s));
        assert_eq!(strings.take(2), Some("long"));
        assert_eq!(strings.take(9), None);
        assert_eq!(strings.unused(0..4).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn characters_by_their_code_are_resolved() {
        for (text, plain) in [("a_x000D_b", "a\rb"), ("_x_x0041_", "_xA"), ("_x00e", "_x00e"), ("_xD800_", "_xD800_")] {
            let mut text = text.to_string();
            unescaped(&mut text);
            assert_eq!(text, plain);
        }
    }
}
