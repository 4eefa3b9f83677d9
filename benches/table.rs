//! The table of `benches/README.md`. In: nothing, or the size of the data in MiB. Out: gigabytes a second and ratios to the
//! `regex` crate on the same shapes, the least of many runs each. It refuses to print where the counts differ.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use phisweep::detect::{Backend, Plan};
use regex::bytes::Regex;

#[path = "data.rs"]
mod data;
#[path = "expressions.rs"]
mod expressions;
#[path = "sets.rs"]
mod sets;
#[path = "shapes.rs"]
mod shapes;

use data::Data;

fn main() {
    let argument = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let smoke = std::env::args().any(|a| a == "--test");
    let size = if smoke { 1 << 16 } else { argument.and_then(|a| a.parse().ok()).unwrap_or(2usize) << 20 };
    let rounds = if smoke { 1 } else { 40 };
    let regex = Regex::new(expressions::FIVE_REGEX).expect("an expression");
    let all_regex = Regex::new(expressions::ALL_REGEX).expect("an expression");
    let plans: Vec<(String, Plan)> = Backend::available()
        .into_iter()
        .flat_map(|b| ["five", "all", "many"].map(|set| (b, set)))
        .map(|(b, set)| (format!("{}, {set} shapes", b.name()), Plan::with_backend(sets::set(set), b)))
        .collect();
    for data in Data::ALL {
        let bytes = data.make(size);
        let expected = regex.find_iter(&bytes).count();
        let mut rows = vec![
            Row::new("regex, five shapes", || regex.find_iter(black_box(&bytes)).count()),
            Row::new("regex, all pictures", || all_regex.find_iter(black_box(&bytes)).count()),
            Row::new("memchr_iter(b'\\n').count()", || memchr::memchr_iter(b'\n', black_box(&bytes)).count()),
        ];
        for (name, plan) in &plans {
            let mut found = Vec::new();
            let mut count = move |bytes: &[u8]| {
                found.clear();
                plan.find(bytes, &mut found);
                found.len()
            };
            assert!(!name.ends_with("five shapes") || count(&bytes) == expected, "{name}: counts differ");
            // Windows, as a scan reads them: what is found stays in the cache.
            let bytes = &bytes;
            let windows = move || black_box(bytes).chunks(1 << 18).map(&mut count).sum();
            rows.push(Row::new(name, windows));
        }
        // In turns: what else the machine does then falls on all alike.
        for _ in 0..rounds {
            rows.iter_mut().for_each(Row::turn);
        }
        println!("\n{}: {} KiB, {expected} hits of the five shapes\n", data.name(), bytes.len() >> 10);
        println!("| | GB/s | to regex, five shapes | hits |\n| --- | --- | --- | --- |");
        let base = rows[0].best;
        for row in &rows {
            println!(
                "| {} | {:.2} | {:.1}x | {} |",
                row.name,
                bytes.len() as f64 / row.best.as_secs_f64() / 1e9,
                base.as_secs_f64() / row.best.as_secs_f64(),
                row.hits
            );
        }
    }
}

/// One line of the table.
struct Row<'a> {
    name: &'a str,
    run: Box<dyn FnMut() -> usize + 'a>,
    best: Duration,
    hits: usize,
}

impl<'a> Row<'a> {
    fn new(name: &'a str, run: impl FnMut() -> usize + 'a) -> Row<'a> {
        Row { name, run: Box::new(run), best: Duration::MAX, hits: 0 }
    }

    fn turn(&mut self) {
        let start = Instant::now();
        self.hits = black_box((self.run)());
        self.best = self.best.min(start.elapsed());
    }
}
