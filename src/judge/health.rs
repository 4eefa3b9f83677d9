//! What makes data of a person health data: codes of diagnoses, names of drugs and tests, words of care. In: the bytes of a
//! chunk in which somebody was found. Out: [`Signals`], which decide the class of a document with its identifiers, and how
//! many codes belong to categories that other rules treat apart. Finds no identifiers and reports no values.
//!
//! Tables are made at build time: the categories of ICD-10-CM with the characters that may stand fourth (CMS and NCHS), and
//! the generic and brand names that MedlinePlus knows.

use std::sync::LazyLock;

use crate::judge::pairs::pairs;
use crate::rules::FieldName;

/// What was seen of health care.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// Codes of diagnoses.
    pub codes: u64,
    /// Which words of care were seen, a bit each in the order of [`WORDS`].
    words: u64,
    /// Names of drugs, up to the first few.
    drugs: u32,
    /// Codes and drugs of categories treated apart, in the order of [`SENSITIVE`].
    pub sensitive: [u64; 5],
}

/// Categories that other rules treat apart, as reports call them: 42 CFR Part 2; state mental health law; state HIV law; 45 CFR
/// 164.509 as it stood in 2024; GINA.
pub const SENSITIVE: [&str; 5] = ["substance-use", "mental-health", "hiv", "reproductive", "genetic"];

/// Beginnings of ICD-10-CM codes and their category, by position in [`SENSITIVE`].
#[rustfmt::skip]
const PREFIXES: &[(&str, usize)] = &[
    // Disorders due to alcohol and drugs, but tobacco (F17); in pregnancy; poisoning by narcotics; counselling.
    ("F10", 0), ("F11", 0), ("F12", 0), ("F13", 0), ("F14", 0), ("F15", 0), ("F16", 0), ("F18", 0), ("F19", 0),
    ("O9931", 0), ("O9932", 0), ("T40", 0), ("Z714", 0), ("Z715", 0), ("K700", 0), ("K703", 0),
    // Psychoses, moods, anxiety, eating, personality; suicide.
    ("F2", 1), ("F3", 1), ("F4", 1), ("F5", 1), ("F6", 1), ("F90", 1), ("F91", 1), ("F92", 1), ("F93", 1), ("F94", 1),
    ("R4585", 1), ("T1491", 1), ("X7", 1), ("X80", 1), ("X81", 1), ("X82", 1), ("X83", 1),
    // HIV: disease, carrier, in pregnancy, contact, a test of it.
    ("B20", 2), ("Z21", 2), ("B9735", 2), ("O987", 2), ("R75", 2), ("Z206", 2), ("Z114", 2),
    // Abortion and its outcomes, contraception, infertility, procreation.
    ("O00", 3), ("O01", 3), ("O02", 3), ("O03", 3), ("O04", 3), ("O07", 3), ("O08", 3), ("Z30", 3), ("Z31", 3),
    ("Z332", 3), ("Z640", 3), ("N97", 3), ("N46", 3),
    // Carriers, susceptibility, chromosomes, and tests for these.
    ("Z14", 4), ("Z15", 4), ("Z1371", 4), ("Z1379", 4), ("Z8481", 4), ("Q9", 4), ("G10", 4), ("E84", 4), ("D57", 4),
];

/// Drugs that are given for a category treated apart.
#[rustfmt::skip]
const TELLING: &[(&str, usize)] = &[
    ("acamprosate", 0), ("antabuse", 0), ("atripla", 2), ("biktarvy", 2), ("buprenorphine", 0), ("clozapine", 1),
    ("disulfiram", 0), ("dolutegravir", 2), ("emtricitabine", 2), ("genvoya", 2), ("lithium", 1), ("methadone", 0),
    ("mifepristone", 3), ("misoprostol", 3), ("naltrexone", 0), ("risperidone", 1), ("suboxone", 0), ("triumeq", 2),
    ("truvada", 2), ("vivitrol", 0),
];

/// Words of care, lower case. Two of them may stand anywhere; three different ones beside a person are a record of care.
#[rustfmt::skip]
const WORDS: [&str; 56] = [
    "a1c", "admitted", "allergies", "biopsy", "chemotherapy", "cholesterol", "clinic", "creatinine", "dementia",
    "depression", "diabetes", "diagnosed", "diagnosis", "discharge", "dosage", "dose", "dx", "ekg", "glucose", "hba1c",
    "hcpcs", "hemoglobin", "hiv", "hospital", "hx", "hypertension", "icd", "immunization", "insulin", "loinc", "mammogram", "mcg",
    "medication", "medications", "mri", "ndc", "oncology", "pathology", "patient", "pharmacy", "physician", "platelet",
    "pneumonia", "potassium", "pregnancy", "prescribed", "prescription", "radiology", "snomed", "surgery",
    "symptoms", "tablet", "therapy", "tumor", "vaccine", "vitals",
];

/// Of one chunk no more bytes are looked through for words: three of them come early in a record of care.
const LOOKED: usize = 64 << 10;

/// ICD-10-CM: for each category (letter, digit, digit or letter) a bit for each character that may stand fourth, the last
/// bits for "there is such a category" and "it is a code by itself".
static ICD10: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/icd10.bin"));
/// Names of drugs, lower case, sorted.
static DRUGS: &[&str] = &include!(concat!(env!("OUT_DIR"), "/drugs.rs"));

/// The beginning of a code, and the sensitive category it is of.
type Prefix = (&'static [u8], usize);

/// The prefixes of sensitive categories by their letter, `A` first.
static BY_LETTER: LazyLock<[Vec<Prefix>; 26]> = LazyLock::new(|| {
    std::array::from_fn(|letter| {
        let own = PREFIXES.iter().filter(|(prefix, _)| usize::from(prefix.as_bytes()[0] - b'A') == letter);
        own.map(|(prefix, category)| (prefix.as_bytes(), *category)).collect()
    })
});

/// For each word of the lists the bit of its [`trace`]: nearly every word of any text is told by it to be on none.
static TRACES: LazyLock<[u64; 512]> = LazyLock::new(|| {
    let mut traces = [0; 512];
    for word in WORDS.iter().chain(DRUGS).chain(TELLING.iter().map(|(word, _)| word)) {
        let [place, bit] = trace(word.as_bytes());
        traces[place] |= 1 << bit;
    }
    traces
});

/// A place and a bit for a word of two letters or more, by its length and four of them, whatever their case.
fn trace(word: &[u8]) -> [usize; 2] {
    let letter = |at: usize| u32::from(word[at] | 0x20);
    let last = word.len() - 1;
    let four = letter(0) | letter(1) << 8 | letter(last / 2) << 16 | letter(last) << 24;
    let mixed = (four ^ (word.len() as u32) << 5).wrapping_mul(0x9E37_79B1) >> 17;
    [mixed as usize >> 6, mixed as usize & 63]
}

impl Signals {
    /// Whether what was seen is health care: a code of a diagnosis with its point, two drugs, a drug and a word, three words.
    pub fn is_health(&self) -> bool {
        let words = self.words.count_ones();
        self.codes > 0 || self.drugs >= 2 || (self.drugs >= 1 && words >= 1) || words >= 3
    }

    /// Adds what was seen elsewhere in the document.
    pub fn merge(&mut self, other: &Signals) {
        self.codes += other.codes;
        self.words |= other.words;
        self.drugs = (self.drugs + other.drugs).min(8);
        self.sensitive.iter_mut().zip(&other.sensitive).for_each(|(ours, theirs)| *ours += theirs);
    }

    /// Looks through the text of a chunk: codes with their point everywhere, words in its beginning. A code that ends behind
    /// `bytes` is not seen.
    pub fn look(&mut self, bytes: &[u8]) {
        // Prose and program text have many points: a capital three bytes before one is rare.
        let may_be = |a: u8, b: u8| (b == b'.') & a.is_ascii_uppercase();
        pairs(bytes, 3, may_be, |at| {
            if let Some(code) = dotted(bytes, at) {
                self.count(code);
            }
        });
        let head = &bytes[..bytes.len().min(LOOKED)];
        for word in head.split(|b| !b.is_ascii_alphanumeric()).filter(|word| (2..=20).contains(&word.len())) {
            self.word(word);
        }
    }

    /// A value of a field of diagnoses, with or without its point; several may stand in one.
    pub fn field(&mut self, value: &[u8]) {
        for part in value.split(|b| matches!(b, b',' | b';' | b'|' | b' ' | b'^' | b'~')).take(32) {
            let mut code = [0; 7];
            let mut length = 0;
            for byte in part.iter().filter(|b| **b != b'.') {
                let Some(slot) = code.get_mut(length) else {
                    length = 0;
                    break;
                };
                *slot = byte.to_ascii_uppercase();
                length += 1;
            }
            if is_icd10(&code[..length]) {
                self.count((code, length));
            }
        }
    }

    fn count(&mut self, (code, length): ([u8; 7], usize)) {
        self.codes += 1;
        // Only prefixes of its letter: a column of diagnoses comes here with every value.
        let of_letter = BY_LETTER.get(usize::from(code[0].wrapping_sub(b'A'))).map_or(&[][..], Vec::as_slice);
        let category = of_letter.iter().find(|(prefix, _)| code[..length].starts_with(prefix));
        if let Some((_, category)) = category {
            self.sensitive[*category] += 1;
        }
    }

    fn word(&mut self, word: &[u8]) {
        let [place, bit] = trace(word);
        if TRACES[place] & 1 << bit == 0 {
            return;
        }
        let mut lower = [0_u8; 20];
        let lower = &mut lower[..word.len()];
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        let lower: &[u8] = lower;
        if let Ok(at) = WORDS.binary_search_by(|known| known.as_bytes().cmp(lower)) {
            self.words |= 1 << at;
        } else if lower.len() >= 6 && DRUGS.binary_search_by(|known| known.as_bytes().cmp(lower)).is_ok() {
            self.drugs = (self.drugs + 1).min(8);
        }
        if let Ok(at) = TELLING.binary_search_by(|(known, _)| known.as_bytes().cmp(lower)) {
            self.sensitive[TELLING[at].1] += 1;
        }
    }
}

/// The code around a point: `E11.9`, `S72.001A`, standing alone.
fn dotted(bytes: &[u8], at: usize) -> Option<([u8; 7], usize)> {
    let start = at.checked_sub(3)?;
    // Amounts have points too, and many: a look at two bytes before all else.
    if !bytes[start].is_ascii_uppercase() || !bytes[start + 1].is_ascii_digit() {
        return None;
    }
    let own = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let tail = bytes[at + 1..].iter().take(5).take_while(|b| own(b)).count();
    let touches =
        |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'/'));
    let behind = bytes.get(at + 1 + tail);
    let goes_on = behind.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/' | b'('))
        || (behind == Some(&b'.') && bytes.get(at + 2 + tail).is_some_and(u8::is_ascii_alphanumeric));
    if !(1..=4).contains(&tail) || goes_on || touches(start.checked_sub(1).map(|i| &bytes[i])) {
        return None;
    }
    let mut code = [0; 7];
    code[..3].copy_from_slice(&bytes[start..at]);
    code[3..3 + tail].copy_from_slice(&bytes[at + 1..at + 1 + tail]);
    is_icd10(&code[..3 + tail]).then_some((code, 3 + tail))
}

/// Whether ICD-10-CM has codes of this beginning: upper case, without its point.
pub fn is_icd10(code: &[u8]) -> bool {
    let &[letter, digit, third, ref tail @ ..] = code else { return false };
    let Some(slot) = slot(letter, digit, third) else { return false };
    let known = &ICD10[slot * 8..slot * 8 + 8];
    let known = u64::from_le_bytes(known.try_into().unwrap_or_default());
    match tail {
        [] => known & 1 << 40 != 0,
        [fourth, rest @ ..] => {
            rest.len() <= 3
                && rest.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
                && place(*fourth).is_some_and(|bit| known & 1 << bit != 0)
        }
    }
}

/// The place of a category in the table.
fn slot(letter: u8, digit: u8, third: u8) -> Option<usize> {
    let (letter, digit) = (letter.checked_sub(b'A')?, digit.checked_sub(b'0')?);
    let third = place(third)?;
    (letter < 26 && digit < 10).then_some((usize::from(letter) * 10 + usize::from(digit)) * 36 + usize::from(third))
}

/// 0 to 9 for digits, 10 to 35 for capitals.
fn place(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'Z' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// A field that holds codes of diagnoses.
pub fn is_diagnosis_field(name: &FieldName) -> bool {
    const CODES: [&str; 7] = ["dx", "diagnosis", "diag", "icd", "icd10", "dgns", "problem"];
    const OTHERS: [&str; 9] = ["date", "description", "desc", "name", "version", "text", "count", "flag", "type"];
    let has = |words: &[&str]| name.tokens.iter().any(|token| words.contains(&token.as_str()));
    has(&CODES) && !has(&OTHERS)
}

/// A field that only records of care have.
pub fn is_health_field(name: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 34] = [
        "admission", "admit", "allergy", "claim", "clm", "cpt", "dgns", "diag", "diagnosis", "discharge", "dose", "drg",
        "drug", "dx", "encounter", "hcpcs", "icd", "icd10", "icd9", "immunization", "lab", "loinc", "medication", "ndc",
        "pharmacy", "prescription", "procedure", "rx", "rxnorm", "snomed", "specimen", "symptom", "vaccine", "vital",
    ];
    FieldName::parse(name).tokens.iter().any(|token| WORDS.contains(&token.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_short() {
        assert!(WORDS.is_sorted() && DRUGS.is_sorted() && TELLING.is_sorted());
        assert!(WORDS.len() <= 64 && DRUGS.len() > 800);
    }

    #[test]
    fn codes_of_diagnoses_are_told_from_others() {
        for (code, expected) in [
            ("E119", true),
            ("I10", true),
            ("S72001A", true),
            ("U071", true),
            ("F1120", true),
            ("E9", false),
            ("E1", false),
            ("ZZZ", false),
            ("E11X9", false),
            ("S72001AB", false),
            ("A", false),
        ] {
            assert_eq!(is_icd10(code.as_bytes()), expected, "{code}");
        }
        for (text, expected) in [
            ("dx E11.9, I25.10", 2),
            ("S72.001A", 1),
            ("version A10.1.2", 0),
            ("V10.b", 0),
            ("foo_E11.9", 0),
            ("E11.9.", 1),
            ("B20.(x)", 0),
        ] {
            let mut signals = Signals::default();
            signals.look(text.as_bytes());
            assert_eq!(signals.codes, expected, "{text}");
        }
    }

    #[test]
    fn what_is_health_care_and_what_is_treated_apart() {
        for (text, expected) in [
            ("pt takes metformin, hx of asthma", true),
            ("diagnosis: E11.9", true),
            ("admitted to hospital, symptoms since May", true),
            ("please pay the invoice of our clinic", false),
            ("a dose of patience", false),
        ] {
            let mut signals = Signals::default();
            signals.look(text.as_bytes());
            assert_eq!(signals.is_health(), expected, "{text}");
        }
        let mut signals = Signals::default();
        signals.look(b"F11.20, F32.9, B20 and Z21; methadone daily");
        signals.field(b"B20");
        signals.field(b"z21;F17210");
        signals.field(b"O0380|Z1501");
        assert_eq!(signals.sensitive, [2, 1, 2, 1, 1]);
    }
}
