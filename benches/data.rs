//! Data to measure on. In: a size. Out: program text, a claims export or patient rows, the same on every machine; no two
//! rows are equal, and no value is a person's. Every number is drawn, so most check digits are wrong: this measures
//! the search for shapes, which knows no check digits.

/// What to make.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Data {
    /// Source code of a few kinds, with comments in prose.
    Program,
    /// A claims export without names: dates, ten-digit numbers, codes, amounts.
    Claims,
    /// Patient rows with nine identifiers each, of which six have one of the five shapes.
    Patients,
    /// Patient rows with a birth date, an SSN and an MBI among words.
    Registry,
}

impl std::fmt::Display for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Data {
    /// All of them.
    pub(crate) const ALL: [Data; 4] = [Data::Program, Data::Claims, Data::Patients, Data::Registry];

    /// What tables call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Data::Program => "program text",
            Data::Claims => "claims",
            Data::Patients => "patients",
            Data::Registry => "registry",
        }
    }

    /// `size` bytes of it, to the next end of a line.
    pub(crate) fn make(self, size: usize) -> Vec<u8> {
        let mut draw = Draw(0x5eed_0000 + self as u64);
        let mut text = String::with_capacity(size + 512);
        let mut row = 0;
        while text.len() < size {
            match self {
                Data::Program => program(&mut draw, &mut text),
                Data::Claims => claim(&mut draw, row, &mut text),
                Data::Patients => patient(&mut draw, row, &mut text),
                Data::Registry => registry(&mut draw, row, &mut text),
            }
            row += 1;
        }
        text.into_bytes()
    }
}

/// Numbers drawn by a linear congruential generator.
struct Draw(u64);

impl Draw {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % below
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }

    fn letter(&mut self) -> char {
        char::from(b"ACDEFGHJKMNPQRTUVWXY"[self.below(20) as usize])
    }
}

const NAMES: &[&str] = &[
    "buffer",
    "index",
    "value",
    "result",
    "count",
    "node",
    "parent",
    "next",
    "token",
    "stream",
    "offset",
    "length",
    "config",
    "handle",
    "state",
    "request",
    "response",
    "error",
    "line",
    "entry",
    "map",
    "key",
    "list",
    "path",
    "size",
    "max_depth",
    "is_valid",
    "read_all",
    "to_string",
    "HashMap",
    "String",
    "Vec",
    "Option",
    "Self",
    "Context",
    "utf8",
    "u64",
    "u8",
    "i32",
    "sha256",
];

const PROSE: &[&str] = &[
    "the",
    "a",
    "of",
    "to",
    "and",
    "in",
    "is",
    "that",
    "this",
    "for",
    "when",
    "each",
    "value",
    "buffer",
    "returns",
    "only",
    "caller",
    "before",
    "after",
    "which",
    "must",
    "not",
    "be",
    "read",
    "first",
    "last",
    "line",
    "because",
    "we",
    "Unicode",
    "HTTP",
    "Windows",
    "it",
    "are",
    "used",
    "by",
    "with",
    "one",
    "byte",
    "file",
    "so",
    "see",
    "section 4",
    "RFC 5321",
    "default",
    "may",
    "if",
    "no",
];

/// One line of source code, or a comment of a few.
fn program(draw: &mut Draw, out: &mut String) {
    let indent = "    ".repeat(draw.below(4) as usize);
    let (a, b, c) = (draw.of(NAMES), draw.of(NAMES), draw.of(NAMES));
    match draw.below(16) {
        0..=2 => {
            for _ in 0..1 + draw.below(3) {
                out.push_str(&indent);
                out.push_str("// ");
                let mut capital = true;
                for _ in 0..8 + draw.below(8) {
                    let word = draw.of(PROSE);
                    let (head, tail) = word.split_at(1);
                    out.push_str(&if capital { head.to_uppercase() } else { head.to_string() });
                    out.push_str(tail);
                    capital = draw.below(12) == 0;
                    out.push_str(if capital { ". " } else { " " });
                }
                out.push('\n');
            }
        }
        3 => *out += &format!("{indent}let {a} = {b}.{c}({});\n", draw.below(100)),
        4 => *out += &format!("{indent}if {a}.{b} == {c} && {} < {} {{\n", a, draw.below(4096)),
        5 => *out += &format!("{indent}}}\n"),
        6 => *out += &format!("{indent}fn {a}_{b}(&self, {c}: &str) -> Result<{b}, Error> {{\n"),
        7 => *out += &format!("{indent}return {a}({b}, {c}) + 0x{:x};\n", draw.below(65536)),
        8 => *out += &format!("{indent}self.{a}.{b}.push({c}.clone());\n"),
        9 => *out += "\n",
        10 => *out += &format!("{indent}\"{a} {b}: {{}} {c}\",\n"),
        11 => *out += &format!("{indent}match {a} {{ Some({b}) => {c}, None => continue }}\n"),
        12 => *out += &format!("{indent}for ({a}, {b}) in {c}.iter().enumerate() {{\n"),
        13 => *out += &format!("{indent}const {}: usize = {};\n", a.to_uppercase(), 1 << draw.below(20)),
        14 => *out += &format!("{indent}assert_eq!({a}.{b}(), {}.{}, \"{c}\");\n", draw.below(10), draw.below(100)),
        _ => *out += &format!("{indent}use crate::{a}::{{{b}, {c}}};\n"),
    }
    if draw.below(400) == 0 {
        *out += &format!("# Copyright (c) {} The Authors. Version {}.{}\n", 2000 + draw.below(25), a.len(), b.len());
    }
    if draw.below(900) == 0 {
        *out += &format!("released = \"2024-{:02}-{:02}\"\n", 1 + draw.below(12), 1 + draw.below(28));
    }
}

fn claim(draw: &mut Draw, row: u64, out: &mut String) {
    let (month, day) = (1 + draw.below(12), 1 + draw.below(27));
    *out += &format!(
        "CLM{:010},2024-{month:02}-{day:02},2024-{month:02}-{:02},{:010},{:010},{},{}{}.{},{}{},{},{},{},{}.{:02},{}.{:02},{},2024-{:02}-{:02},{}\n",
        4_000_000 + row,
        day + 1,
        1_000_000_000 + draw.below(999_999_999),
        1_000_000_000 + draw.below(999_999_999),
        draw.of(&["11", "21", "22", "23"]),
        draw.letter(),
        10 + draw.below(80),
        draw.below(10),
        draw.letter(),
        10 + draw.below(80),
        99_201 + draw.below(300),
        draw.of(&["25", "59", "", "GT"]),
        1 + draw.below(4),
        draw.below(5000),
        draw.below(100),
        draw.below(900),
        draw.below(100),
        draw.of(&["PAID", "DENIED", "PENDED"]),
        1 + draw.below(12),
        1 + draw.below(28),
        draw.of(&["CO", "NY", "TX", "CA"]),
    );
}

fn patient(draw: &mut Draw, row: u64, out: &mut String) {
    const FIRST: &[&str] = &["Jane", "John", "Mary", "Luis", "Ana", "Wei", "Omar", "Ruth", "Ivan", "Noor", "Paul"];
    const LAST: &[&str] = &["Roe", "Smith", "Garcia", "O'Neil", "Nguyen", "Khan", "Lopez", "Miller", "Chen", "Brown"];
    const STREET: &[&str] = &["Oak St", "Main Street", "University Blvd", "5th Ave", "Maple Dr", "Hill Rd"];
    let (first, last) = (draw.of(FIRST), draw.of(LAST));
    let digits = |draw: &mut Draw| draw.below(10);
    *out += &format!(
        "{row},{last},{first},{}/{}/{},{:03}-{:02}-{:04},{}{}{}{}{}{}{}{}{}{}{},{:08},({:03}) 555-{:04},{}.{}{row}@example.com,{} {},Denver,CO,80{:03},{:010},2024-{:02}-{:02}\n",
        1 + draw.below(12),
        1 + draw.below(28),
        1930 + draw.below(90),
        1 + draw.below(898),
        1 + draw.below(99),
        1 + draw.below(9998),
        1 + draw.below(9),
        draw.letter(),
        digits(draw),
        digits(draw),
        draw.letter(),
        draw.letter(),
        digits(draw),
        draw.letter(),
        draw.letter(),
        digits(draw),
        digits(draw),
        10_000_000 + row,
        201 + draw.below(700),
        draw.below(10_000),
        first.to_lowercase(),
        last.to_lowercase().replace('\'', ""),
        1 + draw.below(9998),
        draw.of(STREET),
        draw.below(1000),
        1_000_000_000 + draw.below(999_999_999),
        1 + draw.below(12),
        1 + draw.below(28),
    );
}

fn registry(draw: &mut Draw, row: u64, out: &mut String) {
    let (first, last) = (draw.of(&["Jane", "John", "Mary", "Luis"]), draw.of(&["Roe", "Smith", "Garcia", "Nguyen"]));
    let mbi: String = "9A99A99AA99"
        .chars()
        .map(|c| if c == 'A' { draw.letter() } else { char::from(b"0123456789"[draw.below(10) as usize]) })
        .collect();
    *out += &format!(
        "{row},{last},{first},{}/{}/{},{:03}-{:02}-{:04},{mbi},{},{},referred for {} of the {}, stable at discharge,clinic {}\n",
        1 + draw.below(12),
        1 + draw.below(28),
        1930 + draw.below(90),
        1 + draw.below(898),
        1 + draw.below(99),
        1 + draw.below(9998),
        draw.of(&["female", "male", "unknown"]),
        draw.of(&["Denver", "Aurora", "Boulder"]),
        draw.of(&["review", "treatment", "imaging"]),
        draw.of(&["knee", "shoulder", "left eye", "lower back"]),
        draw.below(40),
    );
}
