//! The table of `benches/README.md`. In: nothing, or the size of the data in MiB. Out: gigabytes a second and ratios to the
//! `regex` crate on the same shapes, the least of many runs each. It refuses to print where the counts differ.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a table to be read, in a program of its own")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use phisweep::detect::{Backend, Candidate, Plan, Shape};

#[path = "data.rs"]
mod data;
#[path = "shapes.rs"]
mod shapes;

use data::Data;

fn main() {
    let argument = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let smoke = std::env::args().any(|a| a == "--test");
    let size = if smoke { 1 << 16 } else { argument.and_then(|a| a.parse().ok()).unwrap_or(8usize) << 20 };
    let parse = |of: &[&str]| of.iter().map(|s| Shape::parse(s).expect("a shape")).collect::<Vec<_>>();
    let regex = regex::bytes::Regex::new(shapes::FIVE_REGEX).expect("an expression");
    for data in Data::ALL {
        let bytes = std::env::var("DATA").map_or_else(|_| data.make(size), |p| std::fs::read(p).expect("a file"));
        let rounds = if smoke { 1 } else { 15 };
        let expected = regex.find_iter(&bytes).count();
        let base = best(rounds.min(5), || regex.find_iter(black_box(&bytes)).count());
        println!("{}: {} MiB, {} hits of five shapes", data.name(), bytes.len() >> 20, expected);
        row("regex, five shapes", base, base, bytes.len(), expected);
        let roof = best(rounds, || memchr::memchr_iter(b'\n', black_box(&bytes)).count());
        row("memchr_iter(b'\\n').count()", roof, base, bytes.len(), 0);
        for backend in Backend::available() {
            for (label, shapes) in [("five", parse(shapes::FIVE)), ("all", parse(shapes::ALL))] {
                let plan = Plan::with_backend(shapes, backend);
                let mut found: Vec<Candidate> = Vec::new();
                let mut count = || {
                    found.clear();
                    // Windows, as a scan reads them: what is found stays in the cache.
                    let mut sum = 0;
                    for window in black_box(&bytes).chunks(1 << 18) {
                        found.clear();
                        plan.find(window, &mut found);
                        sum += found.len();
                    }
                    sum
                };
                let hits = count();
                let edges = bytes.len() >> 18;
                assert!(label == "all" || expected.abs_diff(hits) <= edges, "{hits} is not {expected}");
                let time = best(rounds, count);
                row(&format!("{}, {label} shapes", backend.name()), time, base, bytes.len(), hits);
            }
        }
        println!();
        if std::env::var_os("DATA").is_some() {
            break;
        }
    }
}

/// The least time of several runs.
fn best<T>(rounds: usize, mut run: impl FnMut() -> T) -> Duration {
    (0..rounds.max(1))
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn row(label: &str, time: Duration, base: Duration, bytes: usize, hits: usize) {
    println!(
        "| {label:<28} | {:6.2} GB/s | {:5.1}x | {hits:8} |",
        bytes as f64 / time.as_secs_f64() / 1e9,
        base.as_secs_f64() / time.as_secs_f64()
    );
}
