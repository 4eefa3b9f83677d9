//! Maps from codes to text (ISO 32000-1, 9.10.3). In: the stream of a `ToUnicode`. Out: text by code. Refuses what no code needs: ranges that
//! are no ranges, texts of more than 64 characters.

use super::content::from_hexadecimal;

/// Lines of a map. A font has 65,536 codes.
const LINES: usize = 200_000;

/// Texts by code.
#[derive(Default)]
pub(super) struct CMap {
    /// First code, last code, bytes of a code, text of the first.
    ranges: Vec<(u32, u32, usize, Vec<u16>)>,
    /// Bytes of a code as the code spaces say: length, first, last.
    spaces: Vec<(usize, u32, u32)>,
}

impl CMap {
    /// Reads a map.
    pub(super) fn of(bytes: &[u8]) -> CMap {
        let (mut map, mut section, mut held) = (CMap::default(), Section::None, Vec::new());
        let mut at = 0;
        while at < bytes.len() && map.ranges.len() < LINES {
            match bytes[at] {
                b'<' if bytes.get(at + 1) != Some(&b'<') => {
                    let length = bytes[at..].iter().take_while(|b| **b != b'>').count();
                    held.push(Item::Code(from_hexadecimal(&bytes[at + 1..at + length])));
                    at += length + 1;
                }
                b'[' => {
                    held.push(Item::Open);
                    at += 1;
                }
                b']' => {
                    held.push(Item::Close);
                    at += 1;
                }
                b if b.is_ascii_alphabetic() => {
                    let length = bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
                    match &bytes[at..at + length] {
                        b"begincodespacerange" => section = Section::Spaces,
                        b"beginbfchar" => section = Section::Chars,
                        b"beginbfrange" => section = Section::Ranges,
                        b"endcodespacerange" | b"endbfchar" | b"endbfrange" => section = Section::None,
                        _ => {}
                    }
                    held.clear();
                    at += length;
                }
                _ => at += 1,
            }
            if map.take(section, &held) {
                held.clear();
            }
        }
        map.ranges.sort_by_key(|range| (range.2, range.0));
        map
    }

    /// Takes a line that is whole; `false` where more belongs to it.
    fn take(&mut self, section: Section, held: &[Item]) -> bool {
        match (section, held) {
            (Section::None, _) => true,
            (Section::Spaces, [Item::Code(first), Item::Code(last)]) => {
                self.spaces.push((first.len(), code(first), code(last)));
                true
            }
            (Section::Chars, [Item::Code(first), Item::Code(text)]) => {
                self.ranges.push((code(first), code(first), first.len(), units(text)));
                true
            }
            (Section::Ranges, [Item::Code(first), Item::Code(last), Item::Code(text)]) => {
                if code(first) <= code(last) {
                    self.ranges.push((code(first), code(last), first.len(), units(text)));
                }
                true
            }
            (Section::Ranges, [Item::Code(first), Item::Code(_), Item::Open, texts @ .., Item::Close]) => {
                for (n, text) in (0u32..).zip(texts) {
                    if let Item::Code(text) = text {
                        let code = code(first).saturating_add(n);
                        self.ranges.push((code, code, first.len(), units(text)));
                    }
                }
                true
            }
            _ => held.len() > 70_000,
        }
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Bytes of the code that starts here.
    pub(super) fn length(&self, bytes: &[u8], usual: usize) -> usize {
        let fits = |length: usize, first: u32, last: u32| {
            bytes.get(..length).is_some_and(|bytes| (first..=last).contains(&code(bytes)))
        };
        self.spaces.iter().find(|space| fits(space.0, space.1, space.2)).map_or(usual, |space| space.0).clamp(1, 4)
    }

    /// Appends the text of a code; `false` where it has none.
    pub(super) fn push(&self, bytes: &[u8], to: &mut String) -> bool {
        let wanted = code(bytes);
        // Some maps of fonts with codes of one byte write them with two.
        let find = |length: usize| {
            let behind = self.ranges.partition_point(|range| (range.2, range.0) <= (length, wanted));
            self.ranges[..behind].last().filter(|range| range.2 == length && wanted <= range.1)
        };
        let Some(range) = find(bytes.len()).or_else(|| find(3 - bytes.len().clamp(1, 2))) else { return false };
        let mut units = range.3.clone();
        if let Some(last) = units.last_mut() {
            *last = last.wrapping_add((wanted - range.0) as u16);
        }
        to.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).filter(|c| *c != '\0'));
        true
    }
}

#[derive(Clone, Copy)]
enum Section {
    None,
    Spaces,
    Chars,
    Ranges,
}

enum Item {
    Code(Vec<u8>),
    Open,
    Close,
}

/// The number that up to four bytes are.
fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, b| code << 8 | u32::from(*b))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    let pairs = bytes.chunks(2).take(64);
    pairs
        .map(|pair| if pair.len() == 2 { u16::from_be_bytes([pair[0], pair[1]]) } else { u16::from(pair[0]) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_texts() {
        let map = CMap::of(
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0003> <0020> <0004> <00660069> endbfchar
              2 beginbfrange <0010> <0019> <0030> <0020> <0021> [<0041> <0042>] endbfrange",
        );
        let text = |bytes: &[u8]| {
            let mut text = String::new();
            map.push(bytes, &mut text).then_some(text)
        };
        assert_eq!(map.length(&[0, 3, 0], 1), 2);
        assert_eq!(text(&[0, 4]).as_deref(), Some("fi"));
        assert_eq!(text(&[0, 0x15]).as_deref(), Some("5"));
        assert_eq!(text(&[0, 0x21]).as_deref(), Some("B"));
        assert_eq!(text(&[0, 0x1a]), None);
    }
}
