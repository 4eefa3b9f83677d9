//! Changes documents at random. In: seeds. Out: a document that is one of them, with bits turned, parts cut out, doubled, swapped with
//! others, words of the format put in, numbers made too large, its end cut off. The same numbers make the same document.

use crate::built;
use crate::seeds::{Pack, Seed};

/// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `high`; 0 where there is none.
    fn below(&mut self, high: usize) -> usize {
        (self.next() % high.max(1) as u64) as usize
    }
}

/// What breaks readers of any format.
const WORDS: [&[u8]; 24] = [
    b"\0",
    b"\r",
    b"\n",
    b"\r\n",
    b"\"",
    b"'",
    b"''",
    b"\\",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"<",
    b">",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"&#",
    b"-1",
    b"4294967296",
    b"536-22-8145",
    b"\t",
];

/// The longest document: a little more than a batch, so that borders are met.
const LONGEST: usize = 1_300_000;

/// A document made of seeds.
pub(crate) fn document(seeds: &[Seed], random: &mut Random) -> Vec<u8> {
    let seed = &seeds[random.below(seeds.len())];
    // Mostly what is in a package is changed, and the package is whole.
    let inside = seed.pack != Pack::Plain && random.below(5) > 0;
    let mut streams =
        if inside { seed.streams.clone() } else { vec![(String::new(), built::pack(seed.pack, &seed.streams))] };
    let chosen = random.below(streams.len());
    // Few are large: these take their time.
    if random.below(40) == 0 {
        let stream = &mut streams[chosen].1;
        let times = 1 + random.below(LONGEST / stream.len().max(1));
        *stream = stream.repeat(times);
    }
    for _ in 0..1 + random.below(8) {
        let which = if random.below(4) == 0 { random.below(streams.len()) } else { chosen };
        change(&mut streams[which].1, seeds, random);
        streams[which].1.truncate(LONGEST);
    }
    built::pack(if inside { seed.pack } else { Pack::Plain }, &streams)
}

fn change(document: &mut Vec<u8>, seeds: &[Seed], random: &mut Random) {
    let at = random.below(document.len() + 1);
    let to = (at + random.below(64)).min(document.len());
    match random.below(14) {
        0 if at < document.len() => document[at] ^= 1 << random.below(8),
        1 if at < document.len() => document[at] = random.next() as u8,
        2 => document.truncate(at),
        3 => drop(document.drain(at..to)),
        4 => {
            let part = document[at..to].to_vec();
            let to = random.below(document.len() + 1);
            document.splice(to..to, part);
        }
        5 => {
            // A part again and again: deep, or endless.
            let part = document[at..to.min(at + 8)].to_vec();
            let most = if random.below(20) == 0 { 40_000 } else { 200 };
            let times = random.below(most);
            document.splice(at..at, part.repeat(times));
        }
        6 => {
            let other = stream(seeds, random);
            let from = random.below(other.len());
            let part = other[from..(from + random.below(200)).min(other.len())].to_vec();
            document.splice(at..to, part);
        }
        7 => {
            // A word of the format itself: from one sign to the next.
            let other = stream(seeds, random);
            let words: Vec<&[u8]> = other.split_inclusive(|b| !b.is_ascii_alphanumeric()).collect();
            let word = words.get(random.below(words.len())).map(|word| word.to_vec()).unwrap_or_default();
            document.splice(at..at, word);
        }
        8 => {
            // A number that lies.
            let number = document[at..].iter().position(u8::is_ascii_digit).map_or(at, |digit| at + digit);
            let end = number + document[number..].iter().take(20).take_while(|b| b.is_ascii_digit()).count();
            let lies: [&[u8]; 5] = [b"0", b"-1", b"65536", b"4294967295", b"99999999999999999999"];
            document.splice(number..end, lies[random.below(lies.len())].to_vec());
        }
        9 | 10 => {
            // A number of bytes that lies.
            let lies =
                [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, u64::MAX];
            let near = document
                .get(at)
                .map_or(0, |byte| u64::from(*byte).wrapping_add(random.below(9) as u64).wrapping_sub(4));
            let lie = if random.below(2) == 0 { near } else { lies[random.below(lies.len())] };
            let width = 1 << random.below(4);
            let little = random.below(3) > 0;
            for (place, byte) in document[at..].iter_mut().take(width).enumerate() {
                *byte = (lie >> (8 * if little { place } else { width - 1 - place })) as u8;
            }
        }
        11 => {
            let byte = random.next() as u8;
            document[at..to].fill(byte);
        }
        _ => {
            let word = WORDS[random.below(WORDS.len())].to_vec();
            document.splice(at..at, word);
        }
    }
}

/// A stream of any seed.
fn stream<'a>(seeds: &'a [Seed], random: &mut Random) -> &'a [u8] {
    let streams = &seeds[random.below(seeds.len())].streams;
    &streams[random.below(streams.len())].1
}
