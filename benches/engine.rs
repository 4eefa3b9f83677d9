//! The engine beside its kernels, a `memchr` roof, the `regex` crate and `aho-corasick`, by divan. In: generated data.
//! Out: gigabytes a second. Each bench asserts how many it finds before it is timed; `cargo bench -- --test` runs each
//! once. For ratios, taken in turns, see `table.rs`.

use std::hint::black_box;

use aho_corasick::AhoCorasick;
use divan::counter::BytesCount;
use divan::{Bencher, Divan};
use phisweep::detect::{Backend, Plan, Shape};
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

const SIZE: usize = 1 << 20;
const KERNELS: [&str; 4] = ["scalar", "avx2", "avx512", "neon"];

fn main() {
    let mut divan = Divan::from_args().sample_count(30).sample_size(1);
    if std::env::args().any(|a| a == "--test") {
        divan = divan.sample_count(1);
    }
    divan.main();
}

/// The plan of a kernel, where this machine has it.
fn plan(kernel: &str, set: Vec<Shape>) -> Option<Plan> {
    let backend = Backend::available().into_iter().find(|b| b.name() == kernel)?;
    Some(Plan::with_backend(set, backend))
}

/// Times `count` on the data, which must find so many.
fn time(bencher: Bencher<'_, '_>, data: Data, expected: impl FnOnce(&[u8]) -> usize, count: impl Fn(&[u8]) -> usize) {
    let bytes = data.make(SIZE);
    assert_eq!(count(&bytes), expected(&bytes), "counts differ on {data:?}");
    bencher.counter(BytesCount::of_slice(&bytes)).bench_local(|| count(black_box(&bytes)));
}

/// What the plain expression finds.
fn by_regex(bytes: &[u8]) -> usize {
    Regex::new(expressions::FIVE_REGEX).expect("an expression").find_iter(bytes).count()
}

/// What the portable kernel finds.
fn by_scalar(set: &str) -> impl Fn(&[u8]) -> usize {
    let plan = plan("scalar", sets::set(set)).expect("the portable kernel");
    move |bytes| found(&plan, bytes)
}

fn found(plan: &Plan, bytes: &[u8]) -> usize {
    let mut out = Vec::new();
    plan.find(bytes, &mut out);
    out.len()
}

/// No shape at all: what it costs to look at every byte once.
#[divan::bench(args = KERNELS)]
fn kernel_alone(bencher: Bencher<'_, '_>, kernel: &str) {
    let Some(plan) = plan(kernel, Vec::new()) else { return };
    time(bencher, Data::Program, |_| 0, |bytes| found(&plan, bytes));
}

/// The roof: one byte counted.
#[divan::bench(args = Data::ALL)]
fn memchr_roof(bencher: Bencher<'_, '_>, data: Data) {
    let lines = |bytes: &[u8]| bytes.iter().filter(|b| **b == b'\n').count();
    time(bencher, data, lines, |bytes| memchr::memchr_iter(b'\n', bytes).count());
}

#[divan::bench(args = Data::ALL, consts = [0, 1, 2, 3])]
fn five_shapes<const KERNEL: usize>(bencher: Bencher<'_, '_>, data: Data) {
    let Some(plan) = plan(KERNELS[KERNEL], sets::set("five")) else { return };
    time(bencher, data, by_regex, |bytes| found(&plan, bytes));
}

#[divan::bench(args = Data::ALL, consts = [0, 1, 2, 3])]
fn all_shapes<const KERNEL: usize>(bencher: Bencher<'_, '_>, data: Data) {
    let Some(plan) = plan(KERNELS[KERNEL], sets::set("all")) else { return };
    time(bencher, data, by_scalar("all"), |bytes| found(&plan, bytes));
}

#[divan::bench(args = Data::ALL)]
fn five_shapes_by_regex(bencher: Bencher<'_, '_>, data: Data) {
    let regex = Regex::new(expressions::FIVE_REGEX).expect("an expression");
    time(bencher, data, by_scalar("five"), |bytes| regex.find_iter(bytes).count());
}

#[divan::bench(args = Data::ALL)]
fn all_pictures_by_regex(bencher: Bencher<'_, '_>, data: Data) {
    let regex = Regex::new(expressions::ALL_REGEX).expect("an expression");
    time(bencher, data, |bytes| regex.find_iter(bytes).count(), |bytes| regex.find_iter(bytes).count());
}

/// Aho-Corasick has no classes: thirty keywords, folded, are what scanners use it for beside their expressions.
#[divan::bench(args = Data::ALL)]
fn keywords_by_aho_corasick(bencher: Bencher<'_, '_>, data: Data) {
    let words = KEYWORDS;
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(words).expect("an automaton");
    let plain = |bytes: &[u8]| {
        let folded = bytes.to_ascii_lowercase();
        let mut at = 0;
        let mut count = 0;
        while at < folded.len() {
            match words.iter().find(|w| folded[at..].starts_with(w.as_bytes())) {
                Some(word) => {
                    count += 1;
                    at += word.len();
                }
                None => at += 1,
            }
        }
        count
    };
    time(bencher, data, plain, |bytes| automaton.find_iter(bytes).count());
}

/// Words that scanners look for around numbers; none is the start or the inside of another.
const KEYWORDS: &[&str] = &[
    "ssn",
    "social security",
    "mbi",
    "medicare",
    "medicaid",
    "beneficiary",
    "mrn",
    "medical record",
    "patient",
    "member id",
    "subscriber",
    "npi",
    "provider",
    "dob",
    "birth",
    "admit",
    "discharge",
    "diagnosis",
    "phone",
    "email",
    "address",
    "zip",
    "policy",
    "group no",
    "claim",
    "account no",
    "license",
    "hicn",
    "encounter",
    "guarantor",
];
