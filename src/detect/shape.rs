//! Shapes as pattern files write them: COBOL picture letters, or one of a few named shapes that pictures cannot say.
//! In: text such as `999-99-9999`. Out: tokens. Refuses unknown letters, empty shapes and runs without an end.
//!
//! | written | means |
//! | --- | --- |
//! | `9` `A` `X` | a digit; a letter; either |
//! | `9{6,8}` | a run of six to eight of the letter before it; `{6}` exactly six |
//! | `\9` `\A` `\X` or `'text'` | literal |
//! | any other printable byte | itself |
//! | `<email>` `<code>` `<token>` `<url>` `<street>` `<po-box>` `<name-words>` | see [`super::named`] |

use super::named::Named;

/// One compiled shape.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// As it was written.
    pub source: String,
    /// What it is made of.
    pub form: Form,
}

/// The two kinds of shapes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A sequence of tokens.
    Picture(Vec<Token>),
    /// A shape with code of its own.
    Named(Named),
}

/// A run of bytes of one class, `min` to `max` long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// Which bytes.
    pub class: Class,
    /// At least so many.
    pub min: u8,
    /// At most so many.
    pub max: u8,
}

/// Which bytes a token takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// `0-9`
    Digit,
    /// `A-Z a-z`
    Letter,
    /// `0-9 A-Z a-z`
    Alnum,
    /// This byte.
    Literal(u8),
}

impl Class {
    /// Whether `byte` is of the class.
    pub fn has(self, byte: u8) -> bool {
        match self {
            Class::Digit => byte.is_ascii_digit(),
            Class::Letter => byte.is_ascii_alphabetic(),
            Class::Alnum => byte.is_ascii_alphanumeric(),
            Class::Literal(literal) => byte == literal,
        }
    }
}

impl Shape {
    /// Reads a shape as a pattern file writes it. The error says what is wrong with it.
    pub fn parse(source: &str) -> Result<Shape, String> {
        if let Some(name) = source.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            let named = Named::by_name(name).ok_or_else(|| format!("no shape is called <{name}>"))?;
            return Ok(Shape { source: source.to_string(), form: Form::Named(named) });
        }
        let mut tokens: Vec<Token> = Vec::new();
        let mut bytes = source.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let class = match byte {
                b'9' => Class::Digit,
                b'A' => Class::Letter,
                b'X' => Class::Alnum,
                b'\\' => Class::Literal(bytes.next().ok_or("a backslash ends the shape")?),
                b'\'' => {
                    loop {
                        match bytes.next().ok_or("a quote is not closed")? {
                            b'\'' => break,
                            literal => tokens.push(Token { class: Class::Literal(literal), min: 1, max: 1 }),
                        }
                    }
                    continue;
                }
                b'{' => {
                    let text: Vec<u8> = bytes.by_ref().take_while(|b| *b != b'}').collect();
                    let text = String::from_utf8_lossy(&text).into_owned();
                    let token = tokens.last_mut().ok_or("a run follows nothing")?;
                    (token.min, token.max) =
                        run(&text).ok_or_else(|| format!("{{{text}}} is no run: {{6}} or {{6,8}}"))?;
                    continue;
                }
                b'B'..=b'Z' | b'a'..=b'z' | b'0'..=b'8' => {
                    return Err(format!(
                        "'{}' is no picture letter (9, A, X); write \\{0} for the literal",
                        byte as char
                    ));
                }
                b' '..=b'~' => Class::Literal(byte),
                _ => return Err("only printable ASCII stands in a shape".to_string()),
            };
            match tokens.last_mut() {
                Some(last) if last.class == class && last.min == last.max && last.max < u8::MAX => {
                    last.min += 1;
                    last.max += 1;
                }
                _ => tokens.push(Token { class, min: 1, max: 1 }),
            }
        }
        if tokens.is_empty() {
            return Err("an empty shape".to_string());
        }
        Ok(Shape { source: source.to_string(), form: Form::Picture(tokens) })
    }

    /// Whether it is digits only, so that a sign, a currency mark or a decimal point before it speaks against it.
    pub fn digits_only(&self) -> bool {
        matches!(&self.form, Form::Picture(tokens) if tokens.iter().all(|t| t.class == Class::Digit))
    }

    /// Whether it is groups of digits with spaces between, so that one more group beside it speaks against it.
    pub fn spaced_digits(&self) -> bool {
        matches!(&self.form, Form::Picture(tokens)
            if tokens.iter().all(|t| matches!(t.class, Class::Digit | Class::Literal(b' ')))
                && tokens.iter().any(|t| t.class == Class::Literal(b' ')))
    }

    /// Whether it holds this literal.
    pub fn has_literal(&self, byte: u8) -> bool {
        matches!(&self.form, Form::Picture(tokens) if tokens.iter().any(|t| t.class == Class::Literal(byte)))
    }
}

/// `6` or `6,8`, each 1 to 64 and in order.
fn run(text: &str) -> Option<(u8, u8)> {
    let (min, max) = text.split_once(',').unwrap_or((text, text));
    let (min, max) = (min.trim().parse().ok()?, max.trim().parse().ok()?);
    (1 <= min && min <= max && max <= 64).then_some((min, max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_read_and_nonsense_is_refused() {
        let shape = Shape::parse("9{1,2}/99").unwrap();
        let digits = |min, max| Token { class: Class::Digit, min, max };
        assert_eq!(
            shape.form,
            Form::Picture(vec![digits(1, 2), Token { class: Class::Literal(b'/'), min: 1, max: 1 }, digits(2, 2)])
        );
        for (source, because) in [
            ("", "empty"),
            ("99Q", "no picture letter"),
            ("9{8,6}", "no run"),
            ("{3}", "follows nothing"),
            ("9\\", "backslash"),
            ("'abc", "quote"),
            ("<nonsense>", "no shape"),
        ] {
            let error = Shape::parse(source).unwrap_err();
            assert!(error.contains(because), "{source}: {error}");
        }
        assert!(Shape::parse("9{9}").unwrap().digits_only());
        assert!(Shape::parse("999 99 9999").unwrap().spaced_digits());
        assert!(!Shape::parse("9{1,2} A{3} 9999").unwrap().spaced_digits());
    }
}
