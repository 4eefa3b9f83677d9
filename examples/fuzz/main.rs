//! Tries to break the readers: `cargo run --example fuzz -- TARGET --seconds N --seed S`. In: seeds of a format, changed at
//! random but the same for a seed. Out: what broke, and the document that broke it in a file `fuzz-TARGET-S-N` of the folder for
//! temporary files. A target is a format as `--format-hint` names it, `any` for what a document looks like, or `all`.
//!
//! A document breaks a reader if reading panics, takes more time than its bytes explain, gives a match that does not stand in
//! it, or says something else when it is read in other pieces or as UTF-16.

// A program for people at a terminal.
#![allow(clippy::print_stdout)]

mod mutate;
mod seeds;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use phisweep::engine::Engine;
use phisweep::extract::Cut;
use phisweep::finding::Document;
use phisweep::gap::Reason;
use phisweep::options::{FormatHint, HINTED, HintedFormat, Options};
use phisweep::scan;

use mutate::Random;

/// Time for any document, and for each of its bytes: a hundred times what a slow machine needs.
const ALLOWED: Duration = Duration::from_secs(10);
const ALLOWED_PER_BYTE: Duration = Duration::from_micros(10);

struct Asked {
    target: String,
    seconds: u64,
    seed: u64,
}

fn asked() -> Option<Asked> {
    let mut asked = Asked { target: String::new(), seconds: 60, seed: 1 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => asked.seconds = arguments.next()?.parse().ok()?,
            "--seed" => asked.seed = arguments.next()?.parse().ok()?,
            target if asked.target.is_empty() => asked.target = target.to_string(),
            _ => return None,
        }
    }
    (!asked.target.is_empty()).then_some(asked)
}

fn main() -> ExitCode {
    let Some(asked) = asked() else {
        println!("fuzz TARGET [--seconds N] [--seed S]; targets: all, any, {}", HINTED.join(", "));
        return ExitCode::from(2);
    };
    let targets: Vec<&'static str> = match asked.target.as_str() {
        "all" => HINTED.iter().copied().chain(["any"]).collect(),
        "any" => vec!["any"],
        name => HINTED.iter().copied().filter(|known| *known == name).collect(),
    };
    let Ok(engine) = Engine::built_in() else {
        println!("the built-in rules do not load");
        return ExitCode::from(2);
    };
    let mut broken = 0;
    for target in &targets {
        let time = Duration::from_secs(asked.seconds / targets.len() as u64);
        broken += fuzz(&engine, target, time, asked.seed);
    }
    if targets.is_empty() {
        println!("there is no target {:?}", asked.target);
        return ExitCode::from(2);
    }
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tries a target for so long; how many documents broke it.
fn fuzz(engine: &Engine, target: &'static str, time: Duration, seed: u64) -> usize {
    let mut random = Random::new(seed);
    let seeds = seeds::of(target);
    let begun = Instant::now();
    let (mut tried, mut bytes, mut broken) = (0u64, 0u64, 0);
    while begun.elapsed() < time && broken < 10 {
        let document = mutate::document(&seeds, &mut random);
        tried += 1;
        bytes += document.len() as u64;
        if let Err(why) = holds(engine, target, &document) {
            broken += 1;
            let file = std::env::temp_dir().join(format!("fuzz-{target}-{seed}-{tried}"));
            let kept = std::fs::write(&file, &document).is_ok();
            println!("{target}: {why}: {}", if kept { file.display().to_string() } else { "not kept".to_string() });
        }
    }
    println!("{target}: {tried} documents, {} KiB, {} s, {broken} broke it", bytes >> 10, begun.elapsed().as_secs());
    broken
}

/// Whether all holds for a document that must hold.
fn holds(engine: &Engine, target: &'static str, document: &[u8]) -> Result<(), String> {
    let whole = read(engine, target, document, Cut::default())?;
    for found in &whole.matches {
        if found.bytes.start > found.bytes.end || found.bytes.end > document.len() as u64 {
            return Err("a match stands outside of the document".to_string());
        }
    }
    // What names its values is read in order; tables and text are cut, wherever.
    let pieces = read(engine, target, document, Cut { core: 4096, after: 64 << 10 })?;
    // A reader's marks of one byte only are what UTF-16 writes alike.
    if said(&whole) != said(&pieces) && target != "text" && target != "any" {
        return Err("it says something else when cut".to_string());
    }
    let Ok(text) = std::str::from_utf8(document) else { return Ok(()) };
    if target == "dicom" || text.contains('\0') || text.starts_with('\u{feff}') {
        return Ok(());
    }
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let wide = read(engine, target, &wide, Cut::default())?;
    if target != "any" && said(&whole) != said(&wide) {
        return Err("it says something else in UTF-16".to_string());
    }
    Ok(())
}

/// What a document is found to hold.
fn said(document: &Document) -> Vec<String> {
    let finding = |f: &phisweep::finding::Finding| {
        format!("{} {} {} {} {:?}", f.identifier.name(), f.place, f.matches, f.records, f.confidence)
    };
    let mut said: Vec<String> = document.findings.iter().map(finding).collect();
    said.push(format!("{} {} {:?}", document.format, document.people, document.status));
    said
}

fn read(engine: &Engine, target: &'static str, document: &[u8], cut: Cut) -> Result<Document, String> {
    let format_hints = match target {
        "any" => Vec::new(),
        name => vec![FormatHint { glob: "*".to_string(), format: HintedFormat::Named(name) }],
    };
    let options = Options { format_hints, matches: true, cut, ..Options::default() };
    let begun = Instant::now();
    let read = scan::scan_bytes(engine, &options, "document", document);
    if read.gaps.iter().any(|gap| gap.reason == Reason::Panicked) {
        return Err("it panics".to_string());
    }
    let allowed = ALLOWED + ALLOWED_PER_BYTE * u32::try_from(document.len()).unwrap_or(u32::MAX);
    if begun.elapsed() > allowed {
        return Err(format!("{} bytes take {} ms", document.len(), begun.elapsed().as_millis()));
    }
    Ok(read)
}
