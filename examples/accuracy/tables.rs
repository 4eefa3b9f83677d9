//! What was measured, as tables. In: scores. Out: text that is Markdown too.

use std::fmt::Write as _;
use std::path::Path;

use phisweep::engine::Engine;
use phisweep::options::Options;
use phisweep::scan::{self, Progress};

use super::made::{Page, Split, sets};
use super::score::{Counts, Score, is_core};

/// Bins of the reliability table, by probability.
pub(crate) const BINS: [f64; 8] = [0.2, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999];

/// Everything about one half but the people.
pub(crate) fn half(out: &mut String, split: Split, pages: &[Page], score: &Score) {
    let bytes: usize = pages.iter().map(|page| page.bytes.len()).sum();
    let _ = writeln!(out, "\n## The {} half: {} documents, {} kB\n", split.name(), pages.len(), bytes / 1000);
    let _ = writeln!(out, "| identifier | right | wrong | missed | precision | recall | F1 |");
    let _ = writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let (mut core, mut all) = (Counts::default(), Counts::default());
    for (identifier, counts) in score.by_identifier() {
        row(out, &format!("`{identifier}`"), counts);
        all.add(counts);
        if is_core(identifier) {
            core.add(counts);
        }
    }
    row(out, "core: ssn, birth-date, mbi, member-id, mrn", core);
    row(out, "all", all);
    let _ = writeln!(out, "\n| format | right | wrong | missed | precision | recall | F1 |");
    let _ = writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (format, counts) in score.by_format() {
        row(out, format, counts);
    }
    let _ = writeln!(out, "\nClass right: {} of {} documents.\n", score.classes.0, score.classes.1);
    let _ = writeln!(out, "| probability | findings | predicted | observed |\n| --- | ---: | ---: | ---: |");
    for (at, low) in BINS.iter().enumerate() {
        let high = BINS.get(at + 1).copied().unwrap_or(1.0 + f64::EPSILON);
        let bin: Vec<_> = score.sure.iter().filter(|s| s.probability >= *low && s.probability < high).collect();
        if bin.is_empty() {
            continue;
        }
        let count = bin.len() as f64;
        let predicted: f64 = bin.iter().map(|s| s.probability).sum::<f64>() / count;
        let observed = bin.iter().filter(|s| s.right).count() as f64 / count;
        let _ = writeln!(out, "| {low} to {} | {} | {predicted:.3} | {observed:.3} |", high.min(1.0), bin.len());
    }
    let listed = |likely: bool| score.sure.iter().filter(move |s| (s.probability >= 0.7) == likely);
    let expected: f64 = listed(true).map(|s| 1.0 - s.probability).sum();
    let unlisted: f64 = listed(false).map(|s| s.probability).sum();
    let _ = writeln!(
        out,
        "\n{} at `likely` or higher, {expected:.1} expected wrong, {} were; {} at `possible`, {unlisted:.1} expected right, {} were.",
        listed(true).count(),
        listed(true).filter(|s| !s.right).count(),
        listed(false).count(),
        listed(false).filter(|s| s.right).count(),
    );
}

fn row(out: &mut String, name: &str, counts: Counts) {
    let _ = writeln!(
        out,
        "| {name} | {} | {} | {} | {:.4} | {:.4} | {:.4} |",
        counts.right,
        counts.wrong,
        counts.missed,
        counts.precision(),
        counts.recall(),
        counts.f1()
    );
}

/// F1 by format: of the core identifiers, and of all.
pub(crate) fn formats(out: &mut String, split: Split, pages: &[Page], score: &Score) {
    let _ = writeln!(out, "\n| {} half | documents | decisions | core F1 | precision | recall | F1 |", split.name());
    let _ = writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let core = score.core_by_format();
    for (format, counts) in score.by_format() {
        let documents = pages.iter().filter(|page| page.format == format).count();
        let core = core.get(format).copied().unwrap_or_default();
        let _ = writeln!(
            out,
            "| {format} | {documents} | {} | {:.4} | {:.4} | {:.4} | {:.4} |",
            counts.right + counts.missed,
            core.f1(),
            counts.precision(),
            counts.recall(),
            counts.f1()
        );
    }
    let _ = writeln!(out, "\nClass right: {} of {} documents.", score.classes.0, score.classes.1);
}

/// What a scan of one set of files says of its people: best, low, high.
pub(crate) fn count_people(engine: &Engine, set: &sets::Set) -> Result<(u64, u64, u64), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (name, bytes) in &set.files {
        let path = folder.path().join(name);
        let parent = path.parent().unwrap_or(folder.path());
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, bytes))
            .map_err(|error| error.to_string())?;
    }
    let roots = scan::roots(&[folder.path().to_path_buf()]).map_err(|error| error.to_string())?;
    let options = Options { threads: 1, ..Options::default() };
    let mut documents: Vec<phisweep::finding::Document> = Vec::new();
    let summary = scan::scan(engine, &options, &roots, &Progress::default(), &mut documents)
        .map_err(|error| error.to_string())?;
    Ok((summary.people, summary.people_low, summary.people_high))
}

/// How well the people of many sets are counted.
pub(crate) fn people(out: &mut String, engine: &Engine, split: Split, seed: u64, count: usize) -> Result<(), String> {
    let mut about: Vec<(&str, [f64; 4])> = Vec::new();
    for number in 0..count {
        let set = sets::set(split, seed, number);
        let (people, low, high) = count_people(engine, &set)?;
        let error = (people as f64 - set.people as f64) / set.people as f64;
        let at = about.iter().position(|(a, _)| *a == set.about).unwrap_or_else(|| {
            about.push((set.about, [0.0; 4]));
            about.len() - 1
        });
        let row = &mut about[at].1;
        row[0] += 1.0;
        row[1] += error;
        row[2] = row[2].max(error.abs());
        row[3] += f64::from((low..=high).contains(&set.people));
    }
    let _ = writeln!(out, "\n| people | sets | mean error | worst error | truth in the range |");
    let _ = writeln!(out, "| --- | ---: | ---: | ---: | ---: |");
    let (mut sets, mut within) = (0.0, 0.0);
    for (about, [n, sum, worst, inside]) in &about {
        let _ = writeln!(out, "| {about} | {n} | {:+.2} % | {:.2} % | {inside} |", 100.0 * sum / n, 100.0 * worst);
        sets += n;
        within += inside;
    }
    let _ = writeln!(out, "\nThe range holds the truth in {within} of {sets} sets.");
    Ok(())
}

/// Writes the tables into `docs/accuracy.md`, behind its mark.
pub(crate) fn write(report: &str) -> std::io::Result<()> {
    const MARK: &str = "<!-- accuracy -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/accuracy.md");
    let text = std::fs::read_to_string(&path)?;
    let head = text.split(MARK).next().unwrap_or_default();
    std::fs::write(path, format!("{head}{MARK}\n{report}"))
}
