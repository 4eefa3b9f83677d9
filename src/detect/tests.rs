//! Every kernel finds what the plain oracle finds: on bytes dense in what shapes are made of, at every length, at every
//! alignment, across the edges of windows, for the built-in kinds of shapes and for shapes put together at random.

use proptest::prelude::*;

use super::{Backend, Candidate, Plan, Shape, oracle};

#[path = "../../benches/shapes.rs"]
mod shapes;

/// One of each kind of shape the built-in patterns use: the set that is measured.
const SHAPES: &[&str] = shapes::ALL;

/// Pieces that shapes are made of, and what stands beside them.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "1", "2", "12", "123", "1234", "12345678", "123456789", "1234567890", "536-90-4399", "536 90 4399", "3/4/1952",
    "1961-03-04", "04-MAR-1961", "4 March 1961", "March 4, 1961", "1EG4TE5MK73", "1EG4-TE5-MK73", "(303) 555-0134",
    "CO 80202", "80202-1234", "***-**-1234", "XXX-XX-1234", "#####", "ROE^JANE", "jane.roe@mail.example.com", "MRN: ",
    "id=", "12 Oak St", "125th", "Ave", "P.O. Box ", "pob ", "box 9", "John", "Smith", "SMITH", "O'Neil", "J.", "Roe, ",
    "Dr", "A", "X", "x", "T", "b", "z", "-", "--", ".", "/", ":", " ", "  ", ",", ", ", "@", "^", "*", "#", "&#", "+",
    "$", "_", "(", ")", "\"", "'", "=", "\n", "\t", "é", "\0", "Z9", "A1", "10:30:00", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
];

fn shapes(sources: &[&str]) -> Vec<Shape> {
    sources.iter().map(|s| Shape::parse(s).unwrap()).collect()
}

/// What differs between the oracle and a plan, in words.
fn difference(plan: &Plan, bytes: &[u8], name: &str) -> Result<(), String> {
    // What a caller has found before stays untouched, even where it sorts behind.
    let before = Candidate { start: u32::MAX, end: u32::MAX, shape: u16::MAX };
    let (mut expected, mut got) = (vec![before], vec![before]);
    oracle::find(plan.shapes(), bytes, &mut expected);
    plan.find(bytes, &mut got);
    if expected == got {
        return Ok(());
    }
    let show = |of: &[Candidate], other: &[Candidate]| -> Vec<String> {
        of.iter()
            .filter(|c| !other.contains(c))
            .map(|c| {
                let span = &bytes[c.start as usize..c.end as usize];
                format!("{} {:?} at {}", plan.shapes()[c.shape as usize].source, String::from_utf8_lossy(span), c.start)
            })
            .collect()
    };
    let (missed, invented) = (show(&expected, &got), show(&got, &expected));
    let order = if missed.is_empty() && invented.is_empty() { " (order or copies)" } else { "" };
    let text = String::from_utf8_lossy(bytes);
    Err(format!("{name}: missed {missed:?}, invented {invented:?}{order} in {text:?}"))
}

fn plans(sources: &[&str]) -> Vec<(Plan, &'static str)> {
    Backend::available().into_iter().map(|b| (Plan::with_backend(shapes(sources), b), b.name())).collect()
}

fn check(plans: &[(Plan, &'static str)], bytes: &[u8]) {
    for (plan, name) in plans {
        if let Err(difference) = difference(plan, bytes, name) {
            panic!("{difference}");
        }
    }
}

/// Bytes dense in what shapes are made of.
fn dense(pieces: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    let single = proptest::sample::select(b"0123456789012345678901234567 -./:,ABXaxz@^*#()+_$\n'\xc3".to_vec());
    let piece = prop_oneof![
        3 => single.prop_map(|b| vec![b]),
        2 => proptest::sample::select(PIECES).prop_map(|p| p.as_bytes().to_vec()),
    ];
    proptest::collection::vec(piece, pieces).prop_map(|pieces| pieces.concat())
}

/// A picture put together at random.
fn picture() -> impl Strategy<Value = String> {
    let letter = proptest::sample::select(vec![
        "9", "9", "9", "9", "A", "X", "-", "-", ".", "/", " ", ":", ",", "\\T", "\\X", "^", "@", "*", "(", "+", "_",
        "\\1",
    ]);
    let token = (letter, 1u8..=10, 0u8..=3, any::<bool>()).prop_map(|(letter, min, more, run)| {
        let picture = matches!(letter, "9" | "A" | "X");
        match (picture, run) {
            (true, true) => format!("{letter}{{{min},{}}}", min + more),
            (true, false) => letter.repeat(min.min(4) as usize),
            (false, _) => letter.to_string(),
        }
    });
    proptest::collection::vec(token, 1..7).prop_map(|tokens| tokens.concat())
}

/// A text that a picture fits, nearly.
fn fitting(source: &str, seed: u64) -> Vec<u8> {
    use super::shape::{Class, Form};
    let Form::Picture(tokens) = Shape::parse(source).unwrap().form else { return Vec::new() };
    let mut random = seed | 1;
    let mut draw = |below: u64| {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (random >> 33) % below
    };
    let mut out = Vec::new();
    for token in tokens {
        for _ in 0..u64::from(token.min) + draw(u64::from(token.max - token.min) + 1) {
            out.push(match token.class {
                Class::Digit => b"0123456789"[draw(10) as usize],
                Class::Letter => b"ABTXxz"[draw(6) as usize],
                Class::Alnum => b"012ABx"[draw(6) as usize],
                Class::Literal(byte) => byte,
            });
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// A kernel that misses or invents something would make the same file look different on another machine.
    #[test]
    fn every_kernel_finds_what_the_oracle_finds(text in dense(0..400usize), start in 0usize..64) {
        let plans = plans(SHAPES);
        check(&plans, &text[start.min(text.len())..]);
    }

    /// Many more shapes change what there is in the tables, not what is found.
    #[test]
    fn a_plan_of_many_shapes_finds_the_same(text in dense(0..60usize), seed in any::<u64>()) {
        let every: Vec<&str> = SHAPES.iter().chain(shapes::MORE).copied().collect();
        let mut bytes = text;
        for (source, seed) in shapes::MORE.iter().cycle().skip(seed as usize % 97).zip(seed..).take(24) {
            let at = seed as usize % (bytes.len() + 1);
            bytes.splice(at..at, fitting(source, seed).into_iter().chain(*b" "));
        }
        check(&plans(&every), &bytes);
    }

    /// Windows are 4,096 bytes: what stands on their edge is found once.
    #[test]
    fn nothing_is_lost_at_the_edge_of_a_window(text in dense(60..80usize), back in 0usize..80) {
        let plans = plans(SHAPES);
        for edge in [512, 4096 - 64, 4096, 8192 - 64] {
            let mut bytes = vec![b' '; edge - back];
            bytes.extend_from_slice(&text);
            check(&plans, &bytes);
            bytes[..edge - back].fill(b'7');
            check(&plans, &bytes);
        }
    }

    /// The shapes of a pattern file that nobody has written yet are found all the same.
    #[test]
    fn shapes_of_any_form_are_found(
        sources in proptest::collection::vec(picture(), 1..6),
        text in dense(0..120usize),
        seed in any::<u64>(),
    ) {
        let mut sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        sources.sort_unstable();
        sources.dedup();
        let plans = plans(&sources);
        let mut bytes = text;
        for (source, seed) in sources.iter().cycle().zip(seed..).take(12) {
            let at = seed as usize % (bytes.len() + 1);
            bytes.splice(at..at, fitting(source, seed).into_iter().chain(*b" "));
        }
        check(&plans, &bytes);
    }
}

/// Every length from nothing to more than two groups, so that no tail is special.
#[test]
fn every_length_is_searched_to_its_end() {
    let plans = plans(SHAPES);
    let line = b"536-90-4399,3/4/1952 1EG4TE5MK73;(303) 555-0134|jane.roe@mail.example.com 12 Oak St Roe, Jane ";
    let text: Vec<u8> = line.iter().copied().cycle().take(1100).collect();
    for length in 0..=text.len() {
        check(&plans, &text[text.len() - length..]);
    }
}

/// The few shapes that need digits only take the short way.
#[test]
fn a_plan_of_digits_finds_the_same() {
    let plans = plans(&["999-99-9999", "999 99 9999", "9{8}", "9{9}", "9{10}", "9{1,2}/9{1,2}/9999", "9AX9AX9AA99"]);
    let mut random = 1u64;
    for _ in 0..2000 {
        let text: Vec<u8> = (0..300)
            .map(|_| {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                b"01234567890123456789 -/.A,_\n$+E"[(random >> 40) as usize % 31]
            })
            .collect();
        check(&plans, &text);
    }
}

/// Columns of the same few forms are what an export is made of; one odd neighbour changes what a cell is.
#[test]
fn columns_are_found_cell_by_cell() {
    let columns = [
        &["9999-99-99", "9{10}", "9{8}"][..],
        &["9{1,2}/9{1,2}/9999", "999-99-9999", "9AX9AX9AA99", "999-9999", "9{9}AX"],
        &["9{1,2}-AAA-9999", "9AX9-AX9-AA99", "999.99.9999", "9{6}", "9{4}/99/9{2,4}", "99AAA9999"],
        &["(999) 999-9999", "9{9}", "999-99-9999-A", "AA 99999", "9{3}A9{4}", "9{7}.99"],
    ];
    let mut random = 7u64;
    let mut draw = |below: u64| {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (random >> 33) % below
    };
    let every = plans(SHAPES);
    let digits = plans(&["999-99-9999", "9{8,10}", "9999-99-99", "9{1,2}/9{1,2}/9999", "9AX9AX9AA99", "X{11}"]);
    for columns in columns {
        let mut text = Vec::new();
        while text.len() < 12_000 {
            for column in columns {
                text.extend(fitting(column, draw(1 << 40)));
                let odd = b"_@$+#-./: \"x1".get(draw(200) as usize).copied();
                text.extend(odd);
                text.push(b',');
                text.extend(b"_@$+#-./: \"x1".get(draw(200) as usize));
            }
            text.push(b'\n');
        }
        check(&every, &text);
        check(&digits, &text);
    }
}
