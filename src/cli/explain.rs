//! `phisweep explain PATH[:LINE]`. In: a file, and a line if only that one is asked about. Out: for each candidate what
//! carried or rejected it, on standard output. Refuses files it cannot read, and to reveal values into a file without
//! consent.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::args::ExplainArgs;
use crate::cli::{is_closed_pipe, scan, stdout_error};
use crate::engine::Engine;
use crate::error::Result;
use crate::options::Options;
use crate::report::words::plain;

/// Runs the command.
pub(super) fn run(args: ExplainArgs) -> Result<i32> {
    let (path, line) = place(&args.place);
    scan::may_reveal(&args.reveal, scan::stdout_is_file())?;
    let engine = Engine::with_rules(&args.look_for.rules)?;
    scan::check_look_for(&engine, &args.look_for)?;
    let options = Options { reveal: args.reveal.reveal, ..scan::look_for(args.look_for) };
    let mut out = Plain { to: BufWriter::new(io::stdout().lock()), line: Vec::new() };
    let explained = crate::judge::explain::explain(&engine, &options, &path, line, &mut out)
        .and_then(|()| out.flush().map_err(stdout_error));
    match explained {
        Err(error) if is_closed_pipe(&error) => Ok(0),
        explained => explained.map(|()| 0),
    }
}

/// Makes each line safe for a terminal: names of columns may hold anything.
struct Plain<W> {
    to: W,
    line: Vec<u8>,
}

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            self.line.extend_from_slice(part.strip_suffix(b"\n").unwrap_or(part));
            if part.ends_with(b"\n") {
                let line = plain(&String::from_utf8_lossy(&std::mem::take(&mut self.line)));
                self.to.write_all(line.as_bytes())?;
                self.to.write_all(b"\n")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Splits `PATH:LINE`; a file that is really called so is taken as it is.
fn place(given: &Path) -> (PathBuf, Option<u64>) {
    let whole = || (given.to_path_buf(), None);
    if given.symlink_metadata().is_ok() {
        return whole();
    }
    match given.to_str().and_then(|text| text.rsplit_once(':')) {
        Some((path, line)) if !path.is_empty() => match line.parse() {
            Ok(line) if line > 0 => (PathBuf::from(path), Some(line)),
            _ => whole(),
        },
        _ => whole(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_after_the_last_colon_unless_the_file_is_called_so() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join("a:7");
        std::fs::write(&odd, "").unwrap();
        assert_eq!(place(&odd), (odd.clone(), None));
        for (given, path, line) in
            [("x/a.csv:12", "x/a.csv", Some(12)), ("a:b", "a:b", None), ("a:0", "a:0", None), (":3", ":3", None)]
        {
            assert_eq!(place(Path::new(given)), (PathBuf::from(path), line), "{given}");
        }
    }
}
