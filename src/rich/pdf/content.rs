//! Content streams of PDF (ISO 32000-1, 7.8). In: the bytes of a stream. Out: operators with their operands. Refuses nothing: what is
//! no token is stepped over, and an inline image is one operator whose bytes are passed by.

/// An operand, as far as text is concerned.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Number(f64),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Operand>),
    /// A dictionary, a truth, nothing.
    Other,
}

/// Operands that are kept for one operator, and elements of one array.
const OPERANDS: usize = 64;
const ELEMENTS: usize = 100_000;
/// Arrays inside each other.
const DEPTH: usize = 8;

/// Goes through a stream.
pub(super) struct Content<'a> {
    bytes: &'a [u8],
    at: usize,
}

enum Token {
    Operand(Operand),
    Word(Vec<u8>),
    Open,
    Close,
}

impl<'a> Content<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Content<'a> {
        Content { bytes, at: 0 }
    }

    /// The next operator with its operands; `None` behind the last.
    pub(super) fn next(&mut self) -> Option<(Vec<u8>, Vec<Operand>)> {
        let mut operands = Vec::new();
        loop {
            match self.token()? {
                Token::Operand(operand) => {
                    if operands.len() < OPERANDS {
                        operands.push(operand);
                    }
                }
                Token::Open => operands.push(self.array(0)),
                Token::Close => {}
                Token::Word(word) if word == b"BI" => {
                    self.pass_image();
                    return Some((word, Vec::new()));
                }
                Token::Word(word) if matches!(&word[..], b"true" | b"false" | b"null") => {
                    operands.push(Operand::Other);
                }
                Token::Word(word) => return Some((word, operands)),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Operand {
        let mut elements = Vec::new();
        while let Some(token) = self.token() {
            let element = match token {
                Token::Operand(operand) => operand,
                Token::Open if depth < DEPTH => self.array(depth + 1),
                Token::Open => continue,
                Token::Close => break,
                Token::Word(_) => Operand::Other,
            };
            if elements.len() < ELEMENTS {
                elements.push(element);
            }
        }
        Operand::Array(elements)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn token(&mut self) -> Option<Token> {
        loop {
            let byte = self.peek(0)?;
            match byte {
                b'%' => self.at += self.bytes[self.at..].iter().take_while(|b| !matches!(b, b'\r' | b'\n')).count(),
                b if is_blank(b) => self.at += 1,
                b'(' => return Some(Token::Operand(Operand::Text(self.literal()))),
                b'<' if self.peek(1) == Some(b'<') => {
                    self.pass_dictionary();
                    return Some(Token::Operand(Operand::Other));
                }
                b'<' => return Some(Token::Operand(Operand::Text(self.hexadecimal()))),
                b'/' => {
                    self.at += 1;
                    return Some(Token::Operand(Operand::Name(name(self.regular()))));
                }
                b'[' => {
                    self.at += 1;
                    return Some(Token::Open);
                }
                b']' => {
                    self.at += 1;
                    return Some(Token::Close);
                }
                b'>' | b')' | b'{' | b'}' => self.at += 1,
                _ => {
                    let word = self.regular();
                    return Some(match number(word) {
                        Some(number) => Token::Operand(Operand::Number(number)),
                        None => Token::Word(word.to_vec()),
                    });
                }
            }
        }
    }

    /// The characters up to a blank or a delimiter.
    fn regular(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|b| !is_blank(**b) && !is_delimiter(**b)).count();
        self.at += length;
        &rest[..length]
    }

    /// A text in parentheses (7.3.4.2).
    fn literal(&mut self) -> Vec<u8> {
        let (mut text, mut depth) = (Vec::new(), 0);
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'(' => {
                    depth += 1;
                    if depth > 1 {
                        text.push(byte);
                    }
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    text.push(byte);
                }
                b'\\' => {
                    let Some(escaped) = self.peek(0) else { break };
                    self.at += 1;
                    match escaped {
                        b'n' => text.push(b'\n'),
                        b'r' => text.push(b'\r'),
                        b't' => text.push(b'\t'),
                        b'b' => text.push(8),
                        b'f' => text.push(12),
                        b'\r' => {
                            if self.peek(0) == Some(b'\n') {
                                self.at += 1;
                            }
                        }
                        b'\n' => {}
                        b'0'..=b'7' => {
                            let mut code = u32::from(escaped - b'0');
                            for _ in 0..2 {
                                match self.peek(0) {
                                    Some(digit @ b'0'..=b'7') => {
                                        code = code * 8 + u32::from(digit - b'0');
                                        self.at += 1;
                                    }
                                    _ => break,
                                }
                            }
                            text.push(code as u8);
                        }
                        other => text.push(other),
                    }
                }
                _ => text.push(byte),
            }
        }
        text
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|b| **b != b'>').count();
        self.at = (self.at + length + 1).min(self.bytes.len());
        from_hexadecimal(&rest[..length])
    }

    fn pass_dictionary(&mut self) {
        let mut depth = 0;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'<', Some(b'<')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'>', Some(b'>')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                (b'(', _) => drop(self.literal()),
                _ => self.at += 1,
            }
        }
    }

    /// Behind `BI`: the entries, `ID`, bytes, `EI` between blanks (8.9.7).
    fn pass_image(&mut self) {
        while let Some(token) = self.token() {
            if matches!(&token, Token::Word(word) if word == b"ID") {
                break;
            }
        }
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let end = memchr::memmem::find_iter(rest, b"EI").find(|at| {
            let before = at.checked_sub(1).is_none_or(|n| is_blank(rest[n]));
            let behind = rest.get(at + 2).is_none_or(|b| is_blank(*b));
            // What comes next must read as content and not as pixels.
            let next = &rest[(at + 2).min(rest.len())..(at + 12).min(rest.len())];
            before && behind && next.iter().all(|b| b.is_ascii_graphic() || is_blank(*b))
        });
        self.at += end.map_or(rest.len(), |at| at + 2);
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// A name whose `#20` are characters.
fn name(raw: &[u8]) -> Vec<u8> {
    let (mut name, mut at) = (Vec::new(), 0);
    while at < raw.len() {
        let pair = raw.get(at + 1..at + 3).filter(|pair| raw[at] == b'#' && pair.iter().all(u8::is_ascii_hexdigit));
        match pair {
            Some(pair) => {
                name.extend(from_hexadecimal(pair));
                at += 3;
            }
            None => {
                name.push(raw[at]);
                at += 1;
            }
        }
    }
    name
}

/// Bytes of hexadecimal digits; an odd one stands before a 0.
pub(super) fn from_hexadecimal(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text.iter().filter_map(|b| char::from(*b).to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

fn number(word: &[u8]) -> Option<f64> {
    if !matches!(word.first()?, b'0'..=b'9' | b'+' | b'-' | b'.') {
        return None;
    }
    let text = str::from_utf8(word).ok()?;
    // Producers write `--5` and `5-3`: the first is meant.
    let text = text.trim_start_matches("-").split('-').next().unwrap_or_default();
    let number: f64 = text.parse().ok()?;
    let number = if word[0] == b'-' { -number } else { number };
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_have_their_operands() {
        let mut content =
            Content::new(b"/F#201 12 Tf [(a\\)\\101) -250.5 <4142>] TJ BI /W 1 ID \x00\xffEI\x80 EI Q (b");
        assert_eq!(content.next(), Some((b"Tf".to_vec(), vec![Operand::Name(b"F 1".to_vec()), Operand::Number(12.0)])));
        let array = vec![Operand::Text(b"a)A".to_vec()), Operand::Number(-250.5), Operand::Text(b"AB".to_vec())];
        assert_eq!(content.next(), Some((b"TJ".to_vec(), vec![Operand::Array(array)])));
        assert_eq!(content.next(), Some((b"BI".to_vec(), vec![])));
        assert_eq!(content.next(), Some((b"Q".to_vec(), vec![])));
        assert_eq!(content.next(), None);
    }
}
