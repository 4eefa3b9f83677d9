//! Explains a document whose format names its values. In: its reader and its first MiB. Out: what is said of each place, then
//! of each candidate in its values.

use std::io::{self, Write};

use super::{Explainer, columns, lowered, without_candidates};
use crate::detect::oracle;
use crate::engine::Engine;
use crate::extract::named::{Batch, Holds, Nothing, Places, Progress, Reader, Window};
use crate::extract::nested::Nested;
use crate::extract::{Chunk, Entry, Layout, chars, line_end};
use crate::judge::count::{Counter, Job, Values, text_of};
use crate::judge::decide;
use crate::judge::plan::DocumentPlan;
use crate::options::Options;
use crate::validate::date;

#[allow(clippy::too_many_arguments)]
pub(super) fn explain(
    engine: &Engine,
    options: &Options,
    mut reader: Box<dyn Reader>,
    format: &str,
    bytes: Vec<u8>,
    whole: bool,
    line: Option<u64>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let ends = line_end(&bytes);
    let length = bytes.len();
    let mut nothing = Nothing;
    let mut window = Window::new(bytes, &mut nothing);
    let (mut places, mut batch) = (Places::default(), Batch::default());
    let read = loop {
        match reader.read(&mut window, &mut places, &mut batch) {
            // What is explained is hardly more than a batch: all of it is one here.
            Ok(Progress::More) if window.at() < length && !window.rest().is_empty() && !window.is_full() => {}
            other => break other,
        }
    };
    let format = reader.format().unwrap_or(format);
    writeln!(out, "format {format}, {} places", places.named.len())?;
    if !whole {
        writeln!(out, "only the first {length} bytes are explained")?;
    } else if let Err(broken) = read {
        writeln!(out, "{} at byte {}: from there on read as text", broken.detail, window.offset())?;
    }
    let bytes = window.consumed();
    Nested::default().open(&mut batch, bytes, &mut places, &|field| engine.knows_field(field));
    let mut plan = DocumentPlan::new(engine, Layout::Values { line_end: ends });
    plan.extend(engine, &places.named);
    let key = [0; 32];
    let job = Job { engine, options, plan: &plan, key: &key, today: date::today(), matches: false, known: None };
    let tally = Counter::default().values(job, &batch, bytes, 0, &mut Values::at(Entry::START, false));
    let cases = decide::column_cases(engine, &plan, &tally);
    columns(engine, options, &plan, &cases, out)?;
    let mut joined = Vec::new();
    let mut fields = Vec::new();
    let (mut at, mut lines, mut chars_before) = (0, 1, 0);
    let mut values: Vec<_> = batch.values.iter().collect();
    values.sort_by_key(|value| value.start);
    for value in values {
        let stretch = bytes.get(at..value.start as usize).unwrap_or_default();
        match memchr::memrchr(ends, stretch) {
            Some(last) => {
                lines += memchr::memchr_iter(ends, stretch).count() as u64;
                chars_before = chars(&stretch[last + 1..]);
            }
            None => chars_before += chars(stretch),
        }
        at = at.max(value.start as usize);
        let column = value.place as usize;
        if plan.column(column).holds != Some(Holds::Structure) {
            let start = joined.len();
            joined.extend_from_slice(text_of(&batch, bytes, value));
            fields.push((start..joined.len(), column, lines, chars_before + 1));
            joined.push(b'\n');
        }
    }
    let core = 0..joined.len();
    let chunk = Chunk { base: 0, bytes: joined, core, entry: Entry::START, ends: true };
    let mut explainer =
        Explainer { engine, options, plan: &plan, chunk: &chunk, cases: &cases, labels: Default::default(), line, out };
    let mut any = false;
    for (scope, column, line_of, char_of) in fields {
        if line.is_some_and(|line| line != line_of) {
            continue;
        }
        let mut found = Vec::new();
        oracle::find_loosely(engine.plan().shapes(), &chunk.bytes[scope.clone()], &mut found);
        for mut candidate in found {
            let before = candidate.start as usize;
            candidate.start += scope.start as u32;
            candidate.end += scope.start as u32;
            let position = char_of + chars(&chunk.bytes[scope.start..scope.start + before]);
            explainer.one(candidate, line_of, position, (scope.clone(), Some(column)))?;
            any = true;
        }
    }
    if let Some(line) = line.filter(|_| !any) {
        writeln!(explainer.out, "line {line}: {}", without_candidates(bytes, ends, line, whole))?;
    }
    lowered(engine, options, &plan, &tally, &cases, out)
}
