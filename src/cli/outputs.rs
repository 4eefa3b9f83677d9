//! The reports that are asked for with `-o` and `-f`, opened. In: names, and what goes to standard output. Out: reports
//! that are ready to be written, and the names that are ours while they are. Refuses names whose format it cannot tell,
//! one name asked for twice, and what cannot be written.

use std::collections::HashSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use crate::cli::args::Stdout;
use crate::error::{Error, Result};
use crate::finding::Summary;
use crate::release::{Asked, Shared};
use crate::report::csv::Tables;
use crate::report::dir::{self, Dir};
use crate::report::html::Html;
use crate::report::jsonl::Jsonl;
use crate::report::ocsf::Ocsf;
use crate::report::output::{Output, temporary};
use crate::report::sarif::Sarif;
use crate::report::set::Reports;
use crate::report::text::Text;
use crate::report::words::plain;
use crate::report::{self, Format, Report};
use crate::scan::{Event, Run};

/// Name of the table of matches beside a CSV.
const MATCHES: &str = "matches.csv";

/// Further files of one CSV report that are known beforehand as ours; each holds a million findings.
const PARTS: u32 = 9;

/// What goes to standard output, and whether matches are told.
#[derive(Clone, Copy)]
pub(super) struct Stdio {
    pub(super) format: Stdout,
    pub(super) matches: bool,
    /// No summary for people.
    pub(super) quiet: bool,
}

/// What stands in for the summary where none is wanted: as long as it is open, the scan goes on.
struct Nothing;

impl Report for Nothing {
    fn begin(&mut self, _: &Run) -> Result<()> {
        Ok(())
    }

    fn event(&mut self, _: &Event) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> Result<()> {
        Ok(())
    }
}

/// A report that is asked for.
pub(super) struct Wanted {
    format: Format,
    /// In a folder that is there, with its links resolved: two ways to write one name are one name.
    pub(super) path: PathBuf,
    /// As the user wrote it.
    shown: String,
}

/// The reports of `-o`.
pub(super) fn wanted(outputs: &[PathBuf]) -> Result<Vec<Wanted>> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for output in outputs {
        let format = report::format_of(output)?;
        let path = resolved(output);
        if !seen.insert(path.clone()) {
            return Err(Error::Usage(format!("-o {} is given twice", output.display())));
        }
        all.push(Wanted { format, path, shown: plain(&output.to_string_lossy()) });
    }
    Ok(all)
}

/// The path with its folder made absolute and its links resolved, as far as it is there.
pub(super) fn resolved(path: &Path) -> PathBuf {
    if let Ok(there) = path.canonicalize()
        && there.is_dir()
    {
        return there;
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match (parent.canonicalize(), path.file_name()) {
        (Ok(parent), Some(name)) => parent.join(name),
        _ => path.to_path_buf(),
    }
}

/// Opens every report, the one on standard output last, and tells which files are ours.
pub(super) fn open(
    args: Stdio,
    wanted: &[Wanted],
    reports: &mut Reports,
    release: Option<&Shared>,
) -> Result<Vec<PathBuf>> {
    let mut names: Vec<PathBuf> = Vec::new();
    for one in wanted {
        match one.format {
            Format::Csv if args.matches => names.extend([one.path.clone(), one.path.with_file_name(MATCHES)]),
            Format::Csv | Format::Jsonl | Format::Html | Format::Sarif | Format::Ocsf => names.push(one.path.clone()),
            Format::Dir => {
                let written = dir::NAMES.iter().filter(|name| args.matches || **name != MATCHES);
                names.extend(written.map(|name| one.path.join(name)));
            }
        }
    }
    let mut seen = HashSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
        return Err(Error::Usage(format!("two reports would be written to {}", twice.display())));
    }
    for one in wanted {
        match one.format {
            Format::Csv => {
                let mut tables = Tables::default().findings(Output::create(&one.path)?)?;
                if args.matches {
                    tables = tables.matches(Output::create(&one.path.with_file_name(MATCHES))?)?;
                }
                reports.push(&one.shown, Box::new(tables));
            }
            Format::Jsonl => reports.push(&one.shown, Box::new(Jsonl::new(Output::create(&one.path)?))),
            Format::Html => reports.push(&one.shown, Box::new(Html::new(Output::create(&one.path)?))),
            Format::Sarif => reports.push(&one.shown, Box::new(Sarif::new(Output::create(&one.path)?))),
            Format::Ocsf => reports.push(&one.shown, Box::new(Ocsf::new(Output::create(&one.path)?))),
            Format::Dir => reports.push(&one.shown, Box::new(Dir::create(&one.path, args.matches)?)),
        }
    }
    let stdout = Output::stream("standard output", Box::new(io::stdout()));
    let text = args.format == Stdout::Text && !args.quiet;
    if let Some(release) = release.filter(|_| !text) {
        reports.push("", Box::new(Asked::new(release.clone(), None)));
    }
    match args.format {
        Stdout::Text if args.quiet => reports.push("", Box::new(Nothing)),
        Stdout::Text if release.is_some() => {
            let asked = release.map(|release| Asked::new(release.clone(), Some(stdout)));
            asked.into_iter().for_each(|asked| reports.push("", Box::new(asked)));
        }
        Stdout::Text => {
            let colour = io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb();
            reports.push("", Box::new(Text::new(stdout, colour, !wanted.is_empty())));
        }
        Stdout::Csv => reports.push("", Box::new(Tables::default().findings(stdout)?)),
        Stdout::Jsonl => reports.push("", Box::new(Jsonl::new(stdout))),
        Stdout::Sarif => reports.push("", Box::new(Sarif::new(stdout))),
    }
    Ok(names.iter().flat_map(|name| ours(name)).collect())
}

/// The names a report file has while it grows and after, and those of the files in which a long table goes on. These
/// get their final names only after the scan, so that what lies there now is scanned like anything else.
fn ours(name: &Path) -> Vec<PathBuf> {
    let mut ours = vec![name.to_path_buf(), temporary(name)];
    if name.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        ours.extend((2..=PARTS).map(|part| temporary(&report::csv::part(name, part))));
    }
    ours
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}
