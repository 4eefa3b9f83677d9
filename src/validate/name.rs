//! Names of persons. In: bytes of one candidate. Out: whether they can be a name, and in `measure` how many pieces of
//! evidence the words themselves give: 1 for a known given name, 1 for a known surname beside it, 1 for a title before.
//! Refuses placeholders, words of forms and headings, and what holds figures (but for Synthea's `Abbott123`).

use super::blank::{is_blank, loose};
use super::{Normal, Setting, Verdict, names};

/// Words that stand before a name and are none.
const TITLES: &[&str] = &[
    "caller",
    "claimant",
    "dear",
    "dependent",
    "dr",
    "employee",
    "enrollee",
    "guarantor",
    "insured",
    "md",
    "member",
    "miss",
    "mr",
    "mrs",
    "ms",
    "mx",
    "name",
    "patient",
    "prof",
    "pt",
    "resident",
    "rev",
    "sir",
    "sr",
    "subscriber",
];

/// Words behind a name that are none.
const SUFFIXES: &[&str] = &["do", "ii", "iii", "iv", "jr", "md", "np", "pa", "phd", "rn", "sr"];

/// Capitalised words that are on the lists of names or stand where names stand, but say in text that no person is meant:
/// headings of notes and forms, places, days and months, institutions. Sorted.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    "access", "account", "acct", "active", "acute", "address", "adm", "administration", "admission", "advantage",
    "age", "agreement", "allergies", "america", "american", "amount", "analysis", "appendix", "application", "april",
    "are", "arizona", "article", "as", "assessment", "association", "at", "att", "august", "authority", "avenue",
    "bal", "bank", "basic", "beneficiary", "billing", "birth", "blood", "blue", "board", "building", "bureau",
    "business", "by", "calculate", "california", "cancer", "cardiac", "care", "carolina", "case", "center", "centers",
    "central", "certificate", "change", "chapter", "chief", "children", "chronic", "city", "claim", "claims", "class",
    "clinic", "clinical", "code", "college", "colorado", "commission", "committee", "community", "company",
    "complaint", "contact", "control", "copyright", "corporation", "council", "county", "court", "create", "credit",
    "cross", "current", "customer", "daily", "data", "database", "date", "december", "default", "delaware", "delete",
    "department", "dept", "description", "design", "detail", "development", "diagnosis", "disch", "discharge",
    "disease", "district", "division", "dob", "document", "dos", "drive", "drug", "dt", "east", "eastern", "education",
    "effective", "electronic", "emergency", "end", "english", "error", "event", "exam", "examination", "example",
    "family", "february", "federal", "female", "field", "file", "final", "financial", "first", "florida", "follow",
    "for", "form", "foundation", "free", "friday", "from", "function", "gaps", "general", "get", "global", "group",
    "has", "have", "head", "health", "healthcare", "heart", "high", "history", "home", "hospice", "hospital", "house",
    "human", "identifier", "if", "illinois", "in", "inc", "income", "index", "indiana", "information", "initial",
    "ins", "insert", "institute", "insurance", "internal", "international", "invoice", "item", "january", "july",
    "june", "key", "laboratory", "labs", "last", "left", "letter", "level", "library", "license", "life", "limited",
    "line", "list", "llc", "los", "low", "ltd", "main", "male", "management", "manager", "march", "medicaid",
    "medical", "medicare", "medication", "medications", "medicine", "member", "memorial", "mental", "message",
    "michigan", "minnesota", "model", "monday", "month", "mrn", "name", "national", "nbr", "network", "new", "next",
    "no", "none", "normal", "north", "northern", "not", "note", "notes", "notice", "november", "num", "number",
    "nursing", "object", "october", "of", "office", "ohio", "on", "open", "option", "order", "oregon", "our", "page",
    "part", "past", "patient", "payment", "pennsylvania", "permission", "personal", "pharmacy", "phone", "physical",
    "physician", "plan", "please", "point", "policy", "power", "present", "pressure", "primary", "problem",
    "procedure", "product", "program", "project", "property", "provider", "public", "qty", "quality", "rate", "reason",
    "record", "records", "reference", "regional", "register", "relations", "report", "request", "research", "response",
    "result", "results", "return", "review", "right", "room", "saturday", "school", "science", "search", "sec",
    "section", "security", "see", "select", "self", "sent", "september", "server", "service", "services", "set", "sex",
    "shield", "signed", "soc", "social", "society", "software", "south", "southern", "special", "ssn", "standard",
    "state", "states", "status", "street", "string", "subscriber", "summary", "sunday", "support", "surgery", "svc",
    "svcs", "system", "systems", "table", "test", "texas", "the", "this", "thursday", "time", "to", "total",
    "treatment", "trust", "tuesday", "type", "unified", "union", "unit", "united", "university", "update", "usage",
    "use", "user", "valley", "value", "version", "virginia", "visit", "vital", "warning", "was", "washington", "web",
    "wednesday", "week", "were", "west", "western", "when", "windows", "with", "world", "wrote", "year", "york",
    "your",
];

/// How names of firms end.
const FIRMS: &[&str] = &["co", "corp", "inc", "llc", "llp", "ltd", "pllc"];

/// Names that mean "nobody" or "a test".
const TESTS: &[&str] = &[
    "anonymous",
    "demo",
    "deidentified",
    "doe",
    "dummy",
    "everyman",
    "everywoman",
    "fake",
    "mouse",
    "sample",
    "test",
    "tester",
    "testing",
    "testpatient",
    "testy",
    "zztest",
    "zzztest",
    "xtest",
    "ztest",
    "ztester",
];

/// Names that mean "not known yet".
const UNKNOWN: &[&str] =
    &["anon", "baby", "boy", "first", "firstname", "girl", "last", "lastname", "newborn", "unknown", "unk"];

/// The length of the titles a candidate starts with: `Patient John Smith`. 0 where nothing would be left.
pub fn title(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let word = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let gap = rest[word..].iter().take_while(|b| matches!(b, b' ' | b'.')).count();
        let known = TITLES.iter().any(|title| title.as_bytes().eq_ignore_ascii_case(&rest[..word]));
        if !known || gap == 0 || word + gap == rest.len() {
            return at;
        }
        at += word + gap;
    }
}

/// Words that stand right behind a name and label what comes next. Sorted.
const NEXT_LABELS: &[&str] = &[
    "account",
    "acct",
    "addr",
    "address",
    "admit",
    "admitted",
    "age",
    "birth",
    "birthdate",
    "born",
    "case",
    "cell",
    "chart",
    "claim",
    "date",
    "diagnosis",
    "doctor",
    "dx",
    "email",
    "encounter",
    "ethnicity",
    "fax",
    "gender",
    "group",
    "health",
    "home",
    "id",
    "insurance",
    "insured",
    "language",
    "loc",
    "location",
    "medicaid",
    "medical",
    "medicare",
    "member",
    "mobile",
    "mr",
    "patient",
    "phone",
    "physician",
    "plan",
    "policy",
    "provider",
    "pt",
    "race",
    "record",
    "referred",
    "relationship",
    "room",
    "sex",
    "social",
    "ss",
    "subscriber",
    "tel",
    "telephone",
    "unit",
    "visit",
    "work",
    "zip",
];

/// Those that need no mark behind them: nobody is called so. Sorted.
const NEXT_ALONE: &[&str] = &["csn", "dob", "dod", "dos", "fin", "mbi", "mrn", "npi", "pcp", "ssn"];

/// How far the mark of a label may be, bytes.
const NEXT_REACH: usize = 28;

/// The length of a candidate without the words at its end that label what comes next: `John Smith DOB`, `John Smith Member` before
/// ` ID:`. At least two words are left.
pub fn without_label(name: &[u8], behind: &[u8]) -> usize {
    let gaps = memchr::memchr_iter(b' ', name).skip(1);
    for gap in gaps {
        let rest = &name[gap + 1..];
        let length = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let word = &rest[..length];
        if is_in(NEXT_ALONE, word) {
            return gap;
        }
        if is_in(NEXT_LABELS, word) {
            let behind = &behind[..behind.len().min(NEXT_REACH)];
            let label = |b: &&u8| b.is_ascii_alphabetic() || matches!(b, b' ' | b'.' | b'/' | b'\'');
            let mark = rest[length..].iter().chain(behind).find(|b| !label(b));
            if mark.is_some_and(|b| matches!(b, b':' | b'#' | b'=')) {
                return gap;
            }
        }
    }
    name.len()
}

/// For each length the first letters of words that are more than an ordinary part of a name, a bit each.
const TELLING: [u32; 16] = {
    let mut letters = [0; 16];
    let lists = [TITLES, SUFFIXES, TESTS, UNKNOWN];
    let mut list = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            let word = lists[list][at].as_bytes();
            letters[word.len()] |= 1 << (word[0] & 0x1F);
            at += 1;
        }
        list += 1;
    }
    letters
};

/// Whether a value is one word of letters that no list can say anything about.
fn is_plain_word(value: &[u8]) -> bool {
    let told = TELLING.get(value.len()).is_some_and(|letters| letters & 1 << (value[0] & 0x1F) != 0);
    !told && (2..=30).contains(&value.len()) && value.iter().all(u8::is_ascii_alphabetic)
}

/// A person's name, or a part of one.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if setting == Setting::Field && is_plain_word(value) {
        return Verdict::plain(Normal::upper(value), 0, false);
    }
    if value.len() > 80 {
        return Verdict::Invalid("longer than a name");
    }
    let separator = |b: &u8| matches!(b, b' ' | b',' | b'^' | b'.' | b'~' | b';');
    let mut words = [&b""[..]; 8];
    let mut count = 0;
    for word in value.split(separator).filter(|w| !w.is_empty()) {
        let Some(slot) = words.get_mut(count) else {
            return Verdict::Invalid("more words than a name has");
        };
        *slot = word;
        count += 1;
    }
    let mut words = &words[..count];
    let is = |word: &[u8], list: &[&str]| list.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(word));
    let mut measure = 0;
    while let [first, rest @ ..] = words
        && is(first, TITLES)
    {
        measure = 1;
        words = rest;
    }
    while let [rest @ .., last] = words
        && rest.len() > 1
        && is(last, SUFFIXES)
    {
        words = rest;
    }
    if words.is_empty() {
        return Verdict::Invalid("a title and no name");
    }
    if words.iter().all(|w| is(w, UNKNOWN) || w.len() == 1) {
        return Verdict::Blank;
    }
    let mut test = false;
    let mut normal = Normal::EMPTY;
    for word in words {
        let letters = word.len() - word.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        // Synthea numbers the names of its people.
        if letters < word.len() {
            if setting == Setting::Free || letters < 2 {
                return Verdict::Invalid("figures in it");
            }
            test = true;
        }
        let letter = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-' | b'`' | b'(' | b')') || *b >= 0x80;
        if !word[..letters].iter().all(letter) {
            return Verdict::Invalid("marks in it that no name has");
        }
        test |= is(word, TESTS);
        if !normal.as_bytes().is_empty() {
            normal.push(b' ');
        }
        word.iter()
            .filter(|b| b.is_ascii_alphanumeric() || **b >= 0x80)
            .for_each(|b| normal.push(b.to_ascii_uppercase()));
    }
    if normal.as_bytes().is_empty() {
        return Verdict::Invalid("no letters in it");
    }
    if setting == Setting::Field {
        let support = support(value, words);
        if words.len() > 1 && words.last().is_some_and(|word| is(word, FIRMS)) {
            return Verdict::Invalid("a firm");
        }
        // `PROVIDER SERVICES` under a contact's name.
        return match !test && words.len() > 1 && support == 0 && words.iter().all(|word| is_no_name(word)) {
            true => Verdict::Invalid("words of headings"),
            false => Verdict::plain(normal, measure + support, test),
        };
    }
    if words.len() < 2 {
        return Verdict::Invalid("one word");
    }
    if is(words[words.len() - 1], FIRMS) && !value.contains(&b',') {
        return Verdict::Invalid("a firm");
    }
    if words.len() == 2 && words[0] == words[1] {
        return Verdict::Invalid("a word twice");
    }
    if words.iter().any(|word| is_joined(word)) {
        return Verdict::Invalid("words joined as programs do");
    }
    // `May I` is no name, whatever May is; an initial has its point or stands between.
    if matches!(words, [.., [b'I']] | [[b'I'], ..]) && !value.ends_with(b".") && words.len() == 2 {
        return Verdict::Invalid("a sentence");
    }
    if words.iter().any(|word| word.len() <= 14 && is_no_name(word)) && !is_name_all_the_same(value, words) {
        return Verdict::Invalid("a word of headings, places or dates");
    }
    let support = support(value, words);
    // `Reply C`: an initial stands behind a name.
    if support == 0 && words.len() == 2 && words[1].len() == 1 && !value.ends_with(b".") {
        return Verdict::Invalid("a word and a letter");
    }
    // `A^B` is a name only where the lists know it: codes and their systems are written so too.
    if value.contains(&b'^') && support < 2 {
        return Verdict::Invalid("no known name beside the caret");
    }
    Verdict::plain(normal, measure + support, test)
}

/// `IntoStreamer`, `FnT`: a capital behind a small letter, and not behind what names begin with: `McDonald`, `DeVito`.
fn is_joined(word: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 17] = [
        b"Mc", b"Mac", b"De", b"Di", b"Da", b"Du", b"La", b"Le", b"Van", b"Von", b"Fitz", b"St", b"Del", b"Della",
        b"Des", b"Mc'", b"Lo",
    ];
    let at = word.windows(2).position(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    at.is_some_and(|at| !BEGINNINGS.contains(&&word[..=at]) && !word[..=at].iter().any(|b| matches!(b, b'-' | b'\'')))
}

/// 1 for a given name at its place, 1 for a surname beside it.
fn support(value: &[u8], words: &[&[u8]]) -> i64 {
    let family_first = value.iter().any(|b| matches!(b, b',' | b'^'));
    let (given, family) = match words {
        [only] => return i64::from(names::is_name(only)),
        [first, .., last] if !family_first => (*first, *last),
        [first, second, ..] => (*second, *first),
        [] => return 0,
    };
    let known = |given, family| {
        i64::from(names::given_rank(given).is_some()) + i64::from(names::surname_rank(family).is_some())
    };
    // `Castellanos Brenda`: lists are sorted by surname, with and without a comma.
    let turned = if words.len() == 2 && !family_first { known(family, given) } else { 0 };
    known(given, family).max(if turned == 2 { 2 } else { 0 })
}

/// Given names and surnames that are places, months and headings as well.
const GIVEN: [&str; 7] = ["april", "august", "carolina", "florida", "june", "trinity", "virginia"];
const FAMILY: [&str; 15] = [
    "bank",
    "case",
    "court",
    "english",
    "head",
    "house",
    "key",
    "league",
    "north",
    "page",
    "power",
    "price",
    "washington",
    "west",
    "york",
];

/// Whether of two words, or three with an initial, the only one that is no name in headings is one beside a name that the lists
/// know: `Virginia Simmons`, `Maria West`; not `West Virginia`, `Washington Court`.
fn is_name_all_the_same(value: &[u8], words: &[&[u8]]) -> bool {
    let family_first = value.iter().any(|b| matches!(b, b',' | b'^'));
    let (given, family) = match words {
        [first, last] | [first, [_], last] if !family_first => (*first, *last),
        [first, second] | [first, second, [_]] if family_first => (*second, *first),
        _ => return false,
    };
    let is = |word: &[u8], list: &[&str]| list.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(word));
    match (is_no_name(given), is_no_name(family)) {
        (true, false) => is(given, &GIVEN) && names::surname_rank(family).is_some(),
        (false, true) => is(family, &FAMILY) && names::given_rank(given).is_some(),
        _ => false,
    }
}

/// Whether a word is one of headings, forms, places or dates.
pub fn is_of_headings(word: &[u8]) -> bool {
    is_no_name(word)
}

/// Whether a word, in any case, is among [`NO_NAMES`].
fn is_no_name(word: &[u8]) -> bool {
    is_in(NO_NAMES, word)
}

/// Whether a word is in a sorted list of lower case.
fn is_in(list: &[&str], word: &[u8]) -> bool {
    let lower = || word.iter().map(u8::to_ascii_lowercase);
    list.binary_search_by(|other| other.bytes().cmp(lower())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn names_are_told_from_headings() {
        assert!(NO_NAMES.is_sorted());
        run(
            check,
            &[
                ("Maria Q. Delgado", Yes, Yes, "a name"),
                ("Delgado, Maria", Yes, Yes, "the surname first"),
                ("DELGADO^MARIA", Yes, Yes, "HL7"),
                ("GLUCOSE^SERUM", No, Yes, "a code and its text"),
                ("Xiomara Quintzalli", Yes, Yes, "not on the lists, which says nothing"),
                ("Delgado", No, Yes, "one word: a field must say so"),
                ("O'Neil", No, Yes, "an apostrophe"),
                ("José Ñáñez", Yes, Yes, "other letters"),
                ("Kris249", No, Test, "Synthea"),
                ("John Doe", Test, Test, "nobody"),
                ("Test Patient", No, Test, "a test"),
                ("Blood Pressure", No, No, "a heading"),
                ("Social Security", No, No, "a heading"),
                ("New York", No, Yes, "a place"),
                ("UNKNOWN", Empty, Empty, "not filled in"),
                ("Baby Boy", Empty, Empty, "not named yet"),
                ("S", Empty, Empty, "an initial"),
                ("ab_cd", No, No, "an underscore"),
                ("report.final.csv v2", No, No, "figures"),
                ("https://x", No, No, "marks"),
            ],
        );
        for (name, behind, left) in [
            ("John Smith DOB", " 3/4/52", "John Smith"),
            ("John Smith Member", " ID: 5", "John Smith"),
            ("Smith, John Q Date", " of Birth: 3", "Smith, John Q"),
            ("Mary Home", ": 5", "Mary Home"),
            ("John Smith Medical", " Center, Main St", "John Smith Medical"),
            ("John Smith Date", "\nof: x", "John Smith Date"),
        ] {
            assert_eq!(&name[..without_label(name.as_bytes(), behind.as_bytes())], left, "{name}");
        }
        assert!(NEXT_LABELS.is_sorted() && NEXT_ALONE.is_sorted());
        for (value, support) in
            [("Patient Maria Delgado", 3), ("Maria Delgado", 2), ("Maria Quintzalli", 1), ("Xq Zq", 0)]
        {
            let Verdict::Valid(valid) = check(value.as_bytes(), Setting::Free) else { panic!("{value} is not valid") };
            assert_eq!(valid.measure, support, "{value}");
        }
    }
}
