//! The passwords of `--password-file`. In: a file with one on each line. Out: the passwords, in that order. Refuses what is no text and
//! what is too large to be such a list; never says what is in it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};
use crate::options::Passwords;

/// A list of passwords is not longer.
const LONGEST: u64 = 1 << 20;
/// Each of them is tried on each locked document, some at a tenth of a second each.
const MOST: usize = 1000;

/// Reads the file at `path`.
pub(super) fn read(path: &Path) -> Result<Passwords> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| Error::read(path, e))?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|e| Error::read(path, e))?;
    parse(&bytes).map_err(|why| Error::Usage(format!("{}: {why}", path.display())))
}

/// Blanks may belong to a password; line ends and a byte order mark do not. Empty lines are none.
fn parse(bytes: &[u8]) -> std::result::Result<Passwords, String> {
    let text = match str::from_utf8(bytes) {
        Ok(text) if bytes.len() as u64 <= LONGEST => text,
        Ok(_) => return Err("a list of passwords is shorter than 1 MiB".to_string()),
        Err(_) => return Err("a list of passwords is text in UTF-8, one on each line".to_string()),
    };
    let lines = text.trim_start_matches('\u{feff}').lines();
    let passwords: Vec<String> = lines.filter(|line| !line.is_empty()).map(str::to_string).collect();
    match passwords.len() {
        0 => Err("no passwords in it".to_string()),
        1..=MOST => Ok(Passwords::new(passwords)),
        many => Err(format!("{many} passwords, of which at most {MOST} are tried")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_password() {
        let list = |text: &str| parse(text.as_bytes()).map(|passwords| passwords.list().to_vec());
        assert_eq!(list("\u{feff}one\r\n\ntwo words \n"), Ok(vec!["one".to_string(), "two words ".to_string()]));
        assert!(list("\n\n").is_err());
        assert!(list(&"x\n".repeat(1001)).is_err());
        assert!(parse(b"\xff\xfeo\0").is_err());
        assert!(parse(&vec![b'x'; (1 << 20) + 1]).is_err());
    }

    #[test]
    fn passwords_do_not_show() {
        let passwords = parse(b"Summer-2026").expect("a list");
        assert!(!format!("{passwords:?}").contains("Summer"));
    }
}
