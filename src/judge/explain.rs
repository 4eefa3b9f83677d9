//! Why each candidate was accepted or rejected. In: a file, and a line if only that one is asked about. Out: a line a
//! candidate: where, what, which stage stopped it or what carried it, without the value.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::Path;

use crate::decode::text::Transcoder;
use crate::detect::{Candidate, boundary, oracle};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::extract::rows::Fields;
use crate::extract::{self, CORE, Chunk, Entry, Layout, Quote, chars};
use crate::gap::Reason;
use crate::judge::column::Case;
use crate::judge::count::{Counter, Job};
use crate::judge::decide::{self, sigmoid};
use crate::judge::drafts;
use crate::judge::labels::Labels;
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::{BY_FIELD, Tally, band};
use crate::judge::text::{self, Label};
use crate::open::{Kind, Opener, Source, sniff};
use crate::options::Options;
use crate::validate::{Setting, Verdict, date};

mod values;

/// Explains the candidates of a file, or of one line of it. Only the first MiB of a file is looked at.
pub fn explain(engine: &Engine, options: &Options, path: &Path, line: Option<u64>, out: &mut dyn Write) -> Result<()> {
    let source = Opener::new(true).open(path).map_err(|(reason, detail)| {
        // Of what was never there, `vanished` would be said: what the system says is clearer.
        match reason {
            Reason::Vanished => Error::Usage(format!("cannot read {}: {detail}", path.display())),
            _ => Error::Usage(format!("cannot read {}: {}: {detail}", path.display(), reason.name())),
        }
    })?;
    let bytes = head(&source).map_err(|error| Error::read(path, error))?;
    let whole = source.size().is_none_or(|size| size == bytes.len() as u64);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    explain_bytes(engine, options, &name, bytes, whole, line, out)
        .map_err(|error| Error::write(Path::new("standard output"), error))
}

fn head(source: &Source) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; CORE];
    let got = source.read_at(0, &mut bytes)?;
    bytes.truncate(got);
    Ok(bytes)
}

fn explain_bytes(
    engine: &Engine,
    options: &Options,
    name: &str,
    bytes: Vec<u8>,
    whole: bool,
    line: Option<u64>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut kind = sniff(name, &bytes);
    let mut bytes = bytes;
    if let Some(encoding) = kind.encoding(&bytes, whole) {
        // Places are those of the text, as people see it.
        let mut text = Vec::new();
        Transcoder::new(encoding, bytes.as_slice()).take(CORE as u64).read_to_end(&mut text)?;
        writeln!(out, "text in {}", encoding.name())?;
        kind = sniff(name, &text);
        bytes = text;
    }
    let known = |field: &str| engine.knows_field(field);
    let (reader, layout) = extract::arrange((name, kind.format()), (&bytes, whole), &known);
    if let Some(reader) = reader {
        return values::explain(engine, options, reader, kind.format(), bytes, whole, line, out);
    }
    if !matches!(kind, Kind::Text(_) | Kind::Unknown) {
        let (reason, detail) = kind.gap().map_or(("empty", ""), |(reason, detail)| (reason.name(), detail));
        writeln!(
            out,
            "format {}: not read ({reason}{}{detail})",
            kind.format(),
            if detail.is_empty() { "" } else { ": " }
        )?;
        // What libraries read, and wrappers, are read behind a fence and by their members.
        return match reason == Reason::Unsupported.name() {
            true => writeln!(out, "what carried each finding in it is its evidence: phisweep scan -f jsonl FILE"),
            false => Ok(()),
        };
    }
    let mut plan = DocumentPlan::new(engine, layout);
    match &plan.layout {
        Layout::Text | Layout::Values { .. } => writeln!(out, "format {}, read as text", kind.format())?,
        Layout::Rows(dialect) => writeln!(
            out,
            "format delimited by {:?}, {} columns, {}",
            dialect.delimiter as char,
            dialect.width,
            if dialect.header.is_some() { "with a header" } else { "without a header" }
        )?,
    }
    if !whole {
        writeln!(out, "only the first {} bytes are explained", bytes.len())?;
    }
    let core = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 }..bytes.len();
    let chunk = Chunk { base: 0, core, bytes, entry: Entry::START, ends: whole };
    let key = [0; 32];
    let job = |plan| Job { engine, options, plan, key: &key, today: date::today(), matches: false, known: None };
    let tally = Counter::default().count(job(&plan), &chunk);
    decide::key_columns(engine, &mut plan, &tally, Some(&chunk));
    let cases = decide::column_cases(engine, &plan, &tally);
    if matches!(plan.layout, Layout::Rows(_)) {
        columns(engine, options, &plan, &cases, out)?;
    }
    let mut explainer =
        Explainer { engine, options, plan: &plan, chunk: &chunk, cases: &cases, labels: Labels::default(), line, out };
    let any = explainer.candidates()?;
    if let Some(line) = line.filter(|_| !any) {
        let bytes = &chunk.bytes[chunk.core.clone()];
        writeln!(out, "line {line}: {}", without_candidates(bytes, plan.layout.line_end(), line, whole))?;
    }
    lowered(engine, options, &plan, &tally, &cases, out)
}

/// What the document as a whole takes from what stands in its text.
fn lowered(
    engine: &Engine,
    options: &Options,
    plan: &DocumentPlan,
    tally: &Tally,
    cases: &[Vec<Case>],
    out: &mut dyn Write,
) -> io::Result<()> {
    for (identifier, logit, why, weight) in drafts::lowered(engine, plan, tally, cases) {
        if options.wants(identifier) {
            writeln!(out, "{identifier} in its text: at most {}", verdict(logit, false))?;
            writeln!(out, "    {weight:+6.2}  {why}")?;
        }
    }
    Ok(())
}

/// Why nothing is said of a line: silence would look like an answer.
fn without_candidates(bytes: &[u8], line_end: u8, line: u64, whole: bool) -> String {
    let ends = memchr::memchr_iter(line_end, bytes).count() as u64;
    let lines = ends + u64::from(bytes.last().is_some_and(|last| *last != line_end));
    match (line > lines, whole) {
        (true, true) => format!("there is no such line; the last is {lines}"),
        (true, false) => "behind what is explained".to_string(),
        (false, _) => "nothing in it has the form of an identifier".to_string(),
    }
}

/// The sum for each column.
fn columns(
    engine: &Engine,
    options: &Options,
    plan: &DocumentPlan,
    cases: &[Vec<Case>],
    out: &mut dyn Write,
) -> io::Result<()> {
    for (column, cases) in cases.iter().enumerate() {
        for case in cases {
            let place = plan.place(Some(column as u32)).short();
            let rule = &engine.rules().rules[case.rule as usize];
            if !options.wants(rule.identifier) {
                continue;
            }
            writeln!(out, "{place}: {} by {}: {}", rule.identifier, rule.id, verdict(case.logit(), case.outdone))?;
            for (what, weight) in &case.evidence {
                writeln!(out, "    {weight:+6.2}  {what}")?;
            }
        }
    }
    Ok(())
}

fn verdict(logit: f32, outdone: bool) -> String {
    let band = band(logit).map_or("rejected", |band| band.name());
    let outdone = if outdone { ", but its values are better explained otherwise" } else { "" };
    format!("{band} (log-odds {logit:+.2}, probability {:.4}){outdone}", sigmoid(logit))
}

struct Explainer<'a> {
    engine: &'a Engine,
    options: &'a Options,
    plan: &'a DocumentPlan,
    chunk: &'a Chunk,
    cases: &'a [Vec<Case>],
    labels: Labels,
    line: Option<u64>,
    out: &'a mut dyn Write,
}

impl Explainer<'_> {
    /// Whether there was any.
    fn candidates(&mut self) -> io::Result<bool> {
        let bytes = &self.chunk.bytes;
        let mut found: Vec<Candidate> = Vec::new();
        let mut any = false;
        oracle::find_loosely(self.engine.plan().shapes(), bytes, &mut found);
        // Candidates come in order, so lines and fields are read once beside them.
        let line_end = self.plan.layout.line_end();
        let (mut line, mut line_start, mut at) = (1, self.chunk.core.start, self.chunk.core.start);
        let mut fields = match &self.plan.layout {
            Layout::Rows(dialect) => Some(Fields::new(dialect, bytes, at, 0, Quote::Outside).peekable()),
            Layout::Text | Layout::Values { .. } => None,
        };
        for candidate in found {
            let (start, end) = (candidate.start as usize, candidate.end as usize);
            if start < self.chunk.core.start {
                continue;
            }
            for ended in memchr::memchr_iter(line_end, &bytes[at..start]) {
                line += 1;
                line_start = at + ended + 1;
            }
            at = start;
            let mut place = (0..bytes.len(), None);
            if let Some(fields) = &mut fields {
                while fields.next_if(|field| field.end <= start).is_some() {}
                if let Some(field) = fields.peek().filter(|field| field.start <= start && end <= field.end) {
                    place = (field.start..field.end, Some(field.column));
                }
            }
            match self.line {
                Some(wanted) if wanted > line => continue,
                Some(wanted) if wanted < line => break,
                _ => self.one(candidate, line, chars(&bytes[line_start..start]) + 1, place)?,
            }
            any = true;
        }
        Ok(any)
    }

    /// One candidate; `scope` is the field it stands in, with its column, or all of a text.
    fn one(
        &mut self,
        candidate: Candidate,
        line: u64,
        column: u64,
        (scope, field): (Range<usize>, Option<usize>),
    ) -> io::Result<()> {
        let bytes = &self.chunk.bytes;
        let shape = &self.engine.plan().shapes()[candidate.shape as usize];
        let (start, end) = (candidate.start as usize, candidate.end as usize);
        let nothing = Default::default();
        let of_column = field.and_then(|f| self.plan.columns.get(f)).unwrap_or(&nothing);
        for by in self.engine.uses(candidate.shape) {
            let rule = &self.engine.rules().rules[by.rule as usize];
            write!(self.out, "{line}:{column}  {} by {} ({}): ", rule.identifier, rule.id, shape.source)?;
            if let Some(longer) = boundary::part_of(shape, bytes, start, end) {
                writeln!(self.out, "stopped by detect: part of {longer}")?;
                continue;
            }
            if !self.options.wants(rule.identifier) {
                writeln!(self.out, "not asked for")?;
                continue;
            }
            let fills = field.is_some() && bytes[scope.clone()].trim_ascii() == &bytes[start..end];
            if fills {
                let bound = of_column.bound.iter().any(|(rule, _)| *rule == by.rule);
                let setting = if bound { Setting::Field } else { Setting::Free };
                match (rule.check)(&bytes[start..end], setting) {
                    Verdict::Valid(_) => {
                        let shape = if bound { BY_FIELD } else { by.shape };
                        let case = field
                            .and_then(|f| self.cases.get(f))
                            .into_iter()
                            .flatten()
                            .find(|c| (c.rule, c.shape) == (by.rule, shape));
                        let sum = case.map_or("no case".to_string(), |c| verdict(c.logit(), c.outdone));
                        writeln!(self.out, "valid; judged with its column: {sum}")?;
                    }
                    Verdict::Invalid(because) => writeln!(self.out, "stopped by validate: {because}")?,
                    Verdict::Blank => writeln!(self.out, "stopped by validate: a placeholder")?,
                }
                continue;
            }
            let label = field.map(|_| Label { bound: &of_column.bound });
            match text::judge(self.engine, bytes, scope.clone(), candidate, *by, label, &mut self.labels) {
                Err(because) => writeln!(self.out, "stopped by validate: {because}")?,
                Ok(judged) => {
                    let sum = judged.clues.logit();
                    let stage = if band(sum).is_none() { "stopped by judge: " } else { "" };
                    let test = if judged.valid.test { ", a test value" } else { "" };
                    writeln!(self.out, "{stage}{}{test}", verdict(sum, false))?;
                    for (what, weight) in drafts::clues(self.engine, by.rule, &judged.clues) {
                        writeln!(self.out, "    {weight:+6.2}  {what}")?;
                    }
                }
            }
        }
        Ok(())
    }
}
