//! Street suffixes. In: a word. Out: whether it is one.

/// Street suffixes of USPS Publication 28, abbreviations and full words in use, lower case, sorted.
const SUFFIXES: &[&str] = &[
    "aly",
    "alley",
    "ave",
    "avenue",
    "bend",
    "blvd",
    "bnd",
    "boulevard",
    "br",
    "branch",
    "bypass",
    "byp",
    "cir",
    "circle",
    "cmn",
    "commons",
    "court",
    "cove",
    "crescent",
    "crk",
    "creek",
    "cres",
    "ct",
    "ctr",
    "center",
    "cv",
    "dr",
    "drive",
    "est",
    "estates",
    "expressway",
    "expy",
    "ext",
    "freeway",
    "fwy",
    "garden",
    "gardens",
    "gdns",
    "glen",
    "gln",
    "grove",
    "grv",
    "hbr",
    "heights",
    "highway",
    "hill",
    "hills",
    "hl",
    "hls",
    "hollow",
    "holw",
    "hts",
    "hwy",
    "jct",
    "junction",
    "knl",
    "knoll",
    "landing",
    "lane",
    "ln",
    "lndg",
    "loop",
    "manor",
    "mdws",
    "meadows",
    "mnr",
    "oval",
    "park",
    "parkway",
    "pass",
    "path",
    "pike",
    "pkwy",
    "pl",
    "place",
    "plaza",
    "plz",
    "point",
    "pt",
    "rd",
    "rdg",
    "ridge",
    "road",
    "row",
    "rte",
    "route",
    "run",
    "sq",
    "square",
    "st",
    "sta",
    "station",
    "street",
    "ter",
    "terrace",
    "tpke",
    "trace",
    "trail",
    "trce",
    "trl",
    "turnpike",
    "valley",
    "view",
    "vis",
    "vista",
    "vlg",
    "vly",
    "vw",
    "walk",
    "way",
    "xing",
];

/// Where the suffixes begin that begin with each letter, and where the last ones end.
const FIRST: [u8; 27] = {
    let mut first = [0; 27];
    let (mut letter, mut at) = (0, 0);
    while letter < 27 {
        while at < SUFFIXES.len() && (SUFFIXES[at].as_bytes()[0] - b'a') < letter as u8 {
            at += 1;
        }
        first[letter] = at as u8;
        letter += 1;
    }
    first
};

/// Whether `word` is a street suffix, in any case, with or without a point behind it.
pub fn is_street_suffix(word: &[u8]) -> bool {
    let word = word.strip_suffix(b".").unwrap_or(word);
    let (2..=10, Some(b'A'..=b'Z' | b'a'..=b'z')) = (word.len(), word.first()) else { return false };
    let letter = usize::from((word[0] | 0x20) - b'a');
    let same = |suffix: &&str| suffix.len() == word.len() && suffix.bytes().zip(word).all(|(s, w)| s == w | 0x20);
    // No byte but a letter becomes a lower-case letter by this bit.
    SUFFIXES[usize::from(FIRST[letter])..usize::from(FIRST[letter + 1])].iter().any(same)
}
