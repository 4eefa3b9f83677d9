//! What is made of YAML: paths, records, scalars of each kind, and what is none.

use proptest::prelude::*;

use super::*;
use crate::extract::named::tests::{Listed, read_all};

fn read(document: &[u8], step: usize) -> Listed {
    let (values, broken, _) = read_all(Box::new(Yaml::default()), document, step);
    (values, broken.map(|(_, broken)| broken.detail))
}

fn values(document: &str) -> Vec<String> {
    let shown = |(place, record, _, text): (String, u64, u64, String)| match place.split_once(": ") {
        Some((_, place)) => format!("{record} {place}={text}"),
        None => format!("{record} {text}"),
    };
    let (values, broken) = read(document.as_bytes(), usize::MAX);
    assert_eq!(broken, None, "{document}");
    values.into_iter().map(shown).collect()
}

#[test]
fn scalars_stand_at_their_paths() {
    let cases: [(&str, &[&str]); 13] = [
        (
            "members:\n  - ssn: 1\n    name:\n      first: A # c\n  - ssn: '2'\n",
            &["1 members[].ssn=1", "1 members[].name.first=A", "2 members[].ssn=2"],
        ),
        ("members:\n- ssn: 1\n- ssn: 2\nend: x\n", &["1 members[].ssn=1", "2 members[].ssn=2", "2 end=x"]),
        (
            "- ssn: 1\n  phones:\n    - 5\n    - 6\n-\n  ssn: 2\n",
            &["1 [].ssn=1", "1 [].phones[]=5", "1 [].phones[]=6", "2 [].ssn=2"],
        ),
        ("ssn: 1\nphones:\n  - n: 5\n  - n: 6\n", &["1 ssn=1", "1 phones[].n=5", "1 phones[].n=6"]),
        ("a: |\n  line 1\n\n  line: 2\nb: >-\n   x\nc: 3\n", &["1 a=line 1\n\n  line: 2", "1 b=x", "1 c=3"]),
        (
            "a: \"x\\n\\u0041\"\nb: 'it''s' # c\n\"c d\": &k !!str e\nf: *k\ng: http://x:80/\n",
            &["1 a=x\nA", "1 b=it's", "1 c d=e", "1 g=http://x:80/"],
        ),
        (
            "a: {ssn: 1, \"n\": [x, 'y, z'], o: {p: q}}\nb: 2\n",
            &["1 a.ssn=1", "1 a.n[]=x", "1 a.n[]=y, z", "1 a.o.p=q", "1 b=2"],
        ),
        ("a: [1,\n  2]\nb: \"x\n  y\"\nc: 3\n", &["1 a[]=1", "1 a[]=2", "1 b=x\n  y", "1 c=3"]),
        ("---\nssn: 1\n---\nssn: 2\n...\n", &["1 ssn=1", "2 ssn=2"]),
        ("a: x\n  y\nb: null\nc: ~\n", &["1 a=x", "1 a=y"]),
        (
            "# note 5\n%YAML 1.2\na:\n    b:\n        c: 1\n    d: 2\ne: 3\n",
            &["1 # note 5\n%YAML 1.2", "1 a.b.c=1", "1 a.d=2", "1 e=3"],
        ),
        ("536228145:\n  x: y\n", &["1 name", "1 536228145.x=y"]),
        ("- - 1\n  - 2\n- - 3\n", &["1 [][]=1", "1 [][]=2", "2 [][]=3"]),
    ];
    for (document, expected) in cases {
        if document.starts_with("5362") {
            assert_eq!(values(document).len(), 2);
        } else {
            assert_eq!(values(document), expected, "{document}");
        }
        check(document.as_bytes());
    }
    assert!(reader(b"a: b\n- c\n").is_some() && reader(b"Some prose of\nno structure\n").is_none());
}

#[test]
fn hostile_documents_end() {
    for part in
        ["- ", "a: ", "{", "[", "{a: ", "x", "\"", "'", "\0", "\r", " ", "-\n", "a:\n ", "|\n", "&a ", "a: |\n", "? "]
    {
        check(part.repeat(90_000).as_bytes());
        check(format!("a: {}", part.repeat(90_000)).as_bytes());
    }
    let deep: String = (0..2000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    check(deep.as_bytes());
}

fn check(document: &[u8]) {
    let whole = read(document, usize::MAX);
    for (_, record, start, _) in &whole.0 {
        assert!(*record > 0 && *start < document.len() as u64);
    }
    assert!(read(document, 4099) == whole, "{:?}", String::from_utf8_lossy(&document[..document.len().min(60)]));
}

const MIXED: &str =
    "---\nmembers:\n  - ssn: \"1\\n2\"\n    n: {a: 'b', c: [d, e]}\n    t: |\n      text\n  - &x ssn: 2 # c\nz: *x\n";

proptest! {
    #[test]
    fn nothing_makes_it_fail(
        changes in prop::collection::vec((0..MIXED.len(), any::<u8>()), 0..12),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        end in 0..MIXED.len(),
    ) {
        let mut document = MIXED.as_bytes().to_vec();
        changes.into_iter().for_each(|(at, byte)| document[at] = byte);
        document.truncate(end);
        document.extend(bytes);
        check(&document);
    }
}
