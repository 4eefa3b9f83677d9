//! How right the judging is, on documents made up for it: `cargo run --release --example accuracy`. Prints precision, recall
//! and F1 by identifier and format, the reliability table and the error in counting people, for the half that weights may be
//! fitted to and for the half that is held out, and writes `docs/accuracy.md` with `--write`.
//!
//! `--misses` prints every disagreement of the train half; `--held-out-misses` those of the other, after which that half is not
//! unseen any more. `--fit` prints how the weights should be scaled. `--documents N`, `--formats N` (documents of each format) and
//! `--seed N` as named. `--keep FOLDER` leaves the documents there, a folder for each half.

// A program for people at a terminal.
#![allow(clippy::print_stdout)]

mod fit;
mod made;
mod score;
mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use made::{Page, Split};
use phisweep::engine::Engine;

struct Asked {
    documents: usize,
    seed: u64,
    sets: usize,
    misses: Option<Split>,
    fit: bool,
    write: bool,
    formats: usize,
    keep: Option<PathBuf>,
}

fn asked() -> Option<Asked> {
    let mut asked =
        Asked { documents: 400, seed: 1, sets: 100, misses: None, fit: false, write: false, formats: 24, keep: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--documents" => asked.documents = arguments.next()?.parse().ok()?,
            "--seed" => asked.seed = arguments.next()?.parse().ok()?,
            "--sets" => asked.sets = arguments.next()?.parse().ok()?,
            "--formats" => asked.formats = arguments.next()?.parse().ok()?,
            "--keep" => asked.keep = Some(arguments.next()?.into()),
            "--misses" => asked.misses = Some(Split::Train),
            "--held-out-misses" => asked.misses = Some(Split::HeldOut),
            "--fit" => asked.fit = true,
            "--write" => asked.write = true,
            _ => return None,
        }
    }
    Some(asked)
}

/// Leaves the documents in a folder, where one is asked for.
fn kept(folder: Option<&Path>, split: Split, pages: &[Page]) {
    let Some(folder) = folder else { return };
    let folder = folder.join(if split == Split::Train { "train" } else { "held-out" });
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        pages
            .iter()
            .try_for_each(|page| std::fs::write(folder.join(&page.name), page.file.as_deref().unwrap_or(&page.bytes)))
    });
    if let Err(error) = written {
        println!("{}: {error}", folder.display());
    }
}

/// What a worker is started with.
const WORKER: &str = "__worker";

fn main() -> ExitCode {
    // Libraries read in a process of their own, and that is this program too.
    if std::env::args().nth(1).as_deref() == Some(WORKER) {
        return phisweep::cli::run(std::env::args_os());
    }
    let Some(asked) = asked() else {
        println!(
            "accuracy [--documents N] [--seed N] [--sets N] [--formats N] [--misses|--held-out-misses] [--fit] [--write] [--keep FOLDER]"
        );
        return ExitCode::from(2);
    };
    let engine = match Engine::built_in() {
        Ok(engine) => engine,
        Err(error) => {
            println!("{error}");
            return ExitCode::from(2);
        }
    };
    let worker = std::env::current_exe().ok();
    let (mut report, mut by_format) = (String::new(), String::new());
    for split in [Split::Train, Split::HeldOut] {
        if asked.misses.is_some_and(|only| only != split) {
            continue;
        }
        let pages = made::pages(split, asked.seed, asked.documents);
        kept(asked.keep.as_deref(), split, &pages);
        let score = score::score(&engine, &pages, None);
        if asked.misses == Some(split) {
            score.disagreements.iter().for_each(|line| println!("{line}"));
        }
        if asked.fit && split == Split::Train {
            print!("{}", fit::suggest(&score));
        }
        if asked.documents > 0 {
            tables::half(&mut report, split, &pages, &score);
        }
        let pages = made::formats::pages(split, asked.seed, asked.formats);
        kept(asked.keep.as_deref(), split, &pages);
        let score = score::score(&engine, &pages, worker.as_deref());
        if asked.misses == Some(split) {
            score.disagreements.iter().for_each(|line| println!("{line}"));
        }
        tables::formats(&mut by_format, split, &pages, &score);
        match tables::people(&mut report, &engine, split, asked.seed, asked.sets) {
            Ok(()) => {}
            Err(error) => {
                println!("{error}");
                return ExitCode::from(2);
            }
        }
    }
    report = format!("\n## F1 by format\n{by_format}{report}");
    print!("{report}");
    if asked.write
        && let Err(error) = tables::write(&report)
    {
        println!("docs/accuracy.md: {error}");
        return ExitCode::from(2);
    }
    ExitCode::SUCCESS
}
