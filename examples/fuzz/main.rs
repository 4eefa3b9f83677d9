//! Tries to break the readers: `cargo run --example fuzz -- TARGET[,TARGET] --seconds N --seed S`. In: seeds of a format, changed
//! at random but the same for a seed. Out: what broke, and the document that broke it in a file `fuzz-TARGET-S-N` of the folder for
//! temporary files, which `--document FILE` reads again. `all` are all targets.
//!
//! A document breaks a reader if reading panics, takes more time or memory than its bytes explain, gives a match that does not stand
//! in it, or says something else when it is read in other pieces or as UTF-16. Panics of libraries are counted and break nothing:
//! libraries run in a process of their own, or their panic is a gap.

// A program for people at a terminal.
#![allow(clippy::print_stdout)]

mod built;
mod check;
mod mutate;
mod seeds;
mod watch;
mod wrappers;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use phisweep::engine::Engine;

use check::{TARGETS, Target, holds};
use mutate::Random;

struct Asked {
    targets: Vec<&'static Target>,
    seconds: u64,
    seed: u64,
    document: Option<String>,
}

fn asked() -> Option<Asked> {
    let mut asked = Asked { targets: Vec::new(), seconds: 60, seed: 1, document: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => asked.seconds = arguments.next()?.parse().ok()?,
            "--seed" => asked.seed = arguments.next()?.parse().ok()?,
            "--document" => asked.document = Some(arguments.next()?),
            "all" => asked.targets.extend(TARGETS),
            names => {
                for name in names.split(',') {
                    asked.targets.push(TARGETS.iter().find(|target| target.name == name)?);
                }
            }
        }
    }
    (!asked.targets.is_empty()).then_some(asked)
}

fn main() -> ExitCode {
    let Some(asked) = asked() else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        println!("fuzz TARGET[,TARGET] [--seconds N] [--seed S] [--document FILE]; targets: all, {}", names.join(", "));
        return ExitCode::from(2);
    };
    let Ok(engine) = Engine::built_in() else {
        println!("the built-in rules do not load");
        return ExitCode::from(2);
    };
    watch::begin();
    if let Some(path) = &asked.document {
        let Ok(document) = std::fs::read(path) else {
            println!("{path} cannot be read");
            return ExitCode::from(2);
        };
        let held = holds(&engine, asked.targets[0], &document);
        println!("{path}: {}", held.as_ref().err().map_or("holds", String::as_str));
        return if held.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let time = Duration::from_secs(asked.seconds / asked.targets.len() as u64);
    let broken: usize = asked.targets.iter().map(|target| fuzz(&engine, target, time, asked.seed)).sum();
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tries a target for so long; how many documents broke it.
fn fuzz(engine: &Engine, target: &Target, time: Duration, seed: u64) -> usize {
    let mut random = Random::new(seed);
    let seeds = seeds::of(target.name);
    for seed in &seeds {
        if let Err(why) = holds(engine, target, &seed.packed()) {
            println!("{}: a seed: {why}", target.name);
        }
    }
    let begun = Instant::now();
    let (mut tried, mut bytes, mut broken) = (0u64, 0u64, 0);
    let mut slowest = Duration::ZERO;
    while begun.elapsed() < time && broken < 10 {
        let document = mutate::document(&seeds, &mut random);
        tried += 1;
        bytes += document.len() as u64;
        let file = std::env::temp_dir().join(format!("fuzz-{}-{seed}-{tried}", target.name));
        // Where memory or the stack ends, or nothing does, nobody is left to write it.
        if std::fs::write(&file, &document).is_err() {
            println!("{} cannot be written", file.display());
            return 1;
        }
        watch::document(&file);
        let at = Instant::now();
        let held = holds(engine, target, &document);
        slowest = slowest.max(at.elapsed());
        match held {
            Ok(()) => drop(std::fs::remove_file(&file)),
            Err(why) => {
                broken += 1;
                println!("{}: {why}: {}", target.name, file.display());
            }
        }
    }
    watch::rest();
    println!(
        "{}: {tried} documents, {} KiB, {} s, slowest {} ms, {broken} broke it, {} panics of libraries",
        target.name,
        bytes >> 10,
        begun.elapsed().as_secs(),
        slowest.as_millis(),
        watch::foreign_panics(),
    );
    broken
}
