//! A format for tests of the fence: a script of what its reader does. In: lines behind [`MARK`]. Out: the parts they name; or an
//! abort, a stack that overflows, a loop without end, more memory than there is, a file, a connection. Refuses lines it
//! does not know. Only read where the environment says [`VARIABLE`]: it is no format of anybody's documents.

use std::io::{BufRead, BufReader, Write};

use super::table::Rows;
use super::{Asked, Document, Form, Part, Parts};
use crate::decode::budget::Halt;
use crate::gap::Reason;

/// Where this is set in the environment of scanner and worker, documents that start with [`MARK`] are read so.
pub const VARIABLE: &str = "PHISWEEP_TRIAL";

/// How such a document starts.
pub const MARK: &[u8] = b"%phisweep trial\n";

/// What it is called.
pub const FORMAT: &str = "trial";

/// Whether documents of this kind are read at all.
pub fn is_on() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// What the scanner is to try once it is confined, `;` between, and how that went.
#[cfg(feature = "cli")]
pub(crate) fn attempts() -> Vec<(String, &'static str)> {
    let asked = std::env::var(VARIABLE).unwrap_or_default();
    asked.split(';').filter(|what| what.contains(' ')).map(|what| (what.to_string(), attempt(what))).collect()
}

/// Reads a script.
///
/// # Errors
/// As the script says, or where no more is wanted.
pub fn read(asked: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut begun = false;
    for line in BufReader::new(document).split(b'\n').skip(1) {
        let line = line.map_err(|error| Halt::of(&error))?;
        let line = String::from_utf8(line).map_err(|_| Halt::new(Reason::Malformed, "no text"))?;
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let mut begin = |parts: &mut dyn Parts, form| {
            let (name, place) = rest.split_once(" @ ").map_or((rest, None), |(name, place)| (name, Some(place)));
            if std::mem::replace(&mut begun, true) {
                parts.end()?;
            }
            parts.begin(&Part { name: name.to_string(), form, place: place.map(str::to_string) })
        };
        match word {
            "body" => begin(parts, Form::Body)?,
            "text" => begin(parts, Form::Text)?,
            "table" => begin(parts, Form::Table)?,
            "file" => begin(parts, Form::File)?,
            "say" => parts.write(format!("{rest}\n").as_bytes())?,
            "row" => {
                let mut rows = Rows::new(parts);
                rest.split('|').for_each(|field| rows.field(field));
                rows.end()?;
                rows.flush()?;
            }
            "rows" => many(rest, parts)?,
            "gap" => parts.gap(Some(rest), Reason::Image, "a picture")?,
            "password" => parts.write(format!("{} passwords\n", asked.passwords.len()).as_bytes())?,
            "encrypted" => return Err(Halt::new(Reason::Encrypted, "AES-256")),
            "abort" => std::process::abort(),
            "panic" => panic!("{rest}"),
            "overflow" => parts.write(&[deeper(0) as u8])?,
            "loop" => loop {
                std::hint::spin_loop();
            },
            "work" => loop {
                parts.work(1 << 20)?;
            },
            "ask" => parts.write(&vec![1; 500 << 30][..1])?,
            "grow" => {
                let mut held = Vec::new();
                loop {
                    held.push(vec![7u8; 1 << 20]);
                    parts.work(held.len() as u64)?;
                }
            }
            "exit" => leave(),
            "pour" => loop {
                parts.write(&[b'x'; 64 << 10])?;
            },
            "try" => parts.gap(None, Reason::Unsupported, &format!("{rest}: {}", attempt(rest)))?,
            "" => {}
            _ => return Err(Halt::new(Reason::Malformed, "not in the script")),
        }
    }
    if begun { parts.end() } else { Ok(()) }
}

/// `N` rows of a person each.
fn many(count: &str, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut rows = Rows::new(parts);
    for n in 0..count.parse::<u64>().unwrap_or(0) {
        rows.field(&format!("{:03}-{:02}-{:04}", 101 + n % 500, 11 + n % 80, 1000 + n % 9000));
        rows.field(&format!("19{:02}-0{}-1{}", 30 + n % 60, 1 + n % 9, n % 9));
        rows.end()?;
    }
    rows.flush()
}

/// Recurses without end; the result depends on every level, so that none can be left out.
fn deeper(level: u64) -> u64 {
    let mut kept = [level; 64];
    kept[(level % 64) as usize] = if level == u64::MAX { 0 } else { deeper(std::hint::black_box(level + 1)) };
    std::hint::black_box(kept).iter().fold(0, |sum, n| sum ^ n)
}

/// Tries what a reader has no business to do, and says how that went.
fn attempt(what: &str) -> &'static str {
    let (verb, object) = what.split_once(' ').unwrap_or((what, ""));
    let done = match verb {
        "read" => std::fs::read(object).is_ok(),
        "write" => std::fs::File::create(object).and_then(|mut file| file.write_all(b"x")).is_ok(),
        "list" => std::fs::read_dir(object).is_ok(),
        "connect" => std::net::TcpStream::connect(object).is_ok(),
        "unix" => std::os::unix::net::UnixStream::connect(object).is_ok(),
        "bind" => std::net::UdpSocket::bind("127.0.0.1:0").is_ok(),
        "run" => std::process::Command::new(object).status().is_ok(),
        _ => false,
    };
    if done { "done" } else { "refused" }
}

#[allow(clippy::exit, reason = "a library that ends its process is what the fence is for")]
fn leave() -> ! {
    std::process::exit(0)
}
