//! A report of ours, read for a command. In: a FINDINGS.jsonl, the ledger of a sweep, or a table that a spreadsheet saved. Out: its run and events one at a time, or
//! its bytes. Refuses what is no report, tables too large to be filled in by hand, and says each line that is wrong.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::cli::say;
use crate::error::{Error, Result};
use crate::finding::Summary;
use crate::report::read::{self, Reader};
use crate::report::words::count;
use crate::scan::{Event, Run};

/// The largest table that is read back; a worklist of ten thousand rows has some 5 MB.
const LARGEST: u64 = 256 << 20;

/// Reads a report, or a ledger; `-` is standard input. Tells each event with the run it is of. A `fragment` is one whose run
/// did not come to its end.
pub(super) fn read(path: &Path, fragment: bool, hear: impl FnMut(&Run, &Event)) -> Result<Run> {
    struct Heard<F> {
        run: Option<Run>,
        hear: F,
    }
    impl<F: FnMut(&Run, &Event)> Reader for Heard<F> {
        fn run(&mut self, run: Run) -> Result<()> {
            self.run = Some(run);
            Ok(())
        }
        fn event(&mut self, event: Event) -> Result<()> {
            if let Some(run) = &self.run {
                (self.hear)(run, &event);
            }
            Ok(())
        }
    }
    let mut heard = Heard { run: None, hear };
    if is_ledger(path)? {
        ledger(path, &mut heard)?;
        return heard.run.ok_or_else(|| Error::Usage(format!("{}: it is empty", path.display())));
    }
    let lines: Box<dyn BufRead> = match path.as_os_str() == "-" {
        true => Box::new(BufReader::new(std::io::stdin())),
        false => Box::new(BufReader::with_capacity(1 << 20, File::open(path).map_err(|e| Error::read(path, e))?)),
    };
    read::read(path, lines, fragment, &mut heard)?;
    heard.run.ok_or_else(|| Error::Usage(format!("{}: it is empty", path.display())))
}

/// Whether a file is a database, as a ledger is one.
pub(super) fn is_ledger(path: &Path) -> Result<bool> {
    // Database File Format 1.3: the header string.
    const HEADER: &[u8] = b"SQLite format 3\0";
    let mut head = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::read(path, error)),
        Ok(file) => file.take(HEADER.len() as u64).read_to_end(&mut head).map_err(|error| Error::read(path, error))?,
    };
    Ok(head == HEADER)
}

/// Tells what a ledger was told last, as if it were read from a report: its summary.
pub(super) fn ledger(path: &Path, reader: &mut impl Reader) -> Result<Summary> {
    #[cfg(feature = "ledger")]
    return crate::sweep::again::tell(path, reader);
    #[cfg(not(feature = "ledger"))]
    {
        let _ = reader;
        Err(Error::Usage(format!("{}: this phisweep was built without ledgers", path.display())))
    }
}

/// Reads a table.
pub(super) fn table(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(|e| Error::read(path, e))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| Error::read(path, e))?;
    match bytes.len() as u64 > LARGEST {
        true => Err(Error::Usage(format!("{}: larger than a table that is filled in by hand", path.display()))),
        false => Ok(bytes),
    }
}

/// Says all that is wrong with a table, and gives what is to be said at the end.
pub(super) fn wrong(path: &Path, lines: &[String]) -> Error {
    /// More lines help nobody.
    const SHOWN: usize = 50;
    let shown = path.display();
    lines.iter().take(SHOWN).for_each(|line| say(&format!("{shown}: {line}")));
    let more = if lines.len() > SHOWN { format!(", {} of them shown", SHOWN) } else { String::new() };
    let mistakes = count(lines.len() as u64, "mistake", "mistakes");
    Error::Usage(format!("{shown}: {mistakes}{more}; nothing was taken over"))
}
