//! How fast JSON is read. In: nothing, or the size of the data in MiB. Out: MB/s of our reader and of `serde_json` reading the same bytes
//! from memory and doing nothing with them: the least of many runs, in turns. Time on the processor, where the system tells it: other
//! work does not count.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use phisweep::extract::named::{Batch, Bytes, Places, Progress, Window};
use phisweep::gap::Reason;

/// One member, as an application's export writes it.
fn member(n: u32) -> String {
    let (a, b, c) = (n >> 24, (n >> 16) & 0xff, (n >> 8) & 0xff);
    format!(
        r#"{{"id":"M{n:010}","status":"active","name":{{"first":"Maria{a}","last":"Nowak{b}"}},"ssn":"{:03}-{:02}-{:04}","birthDate":"19{:02}-{:02}-{:02}","address":{{"line1":"{c} Oak Street","city":"Mobile","state":"AL","zip":"36609"}},"phone":"251-432-{:04}","active":true,"plans":[{{"id":{a},"from":"2026-01-01"}}]}}"#,
        100 + a * 2,
        1 + b % 99,
        1 + c * 30,
        a % 100,
        1 + b % 12,
        1 + c % 28,
        b * 37
    )
}

fn numbers() -> impl Iterator<Item = u32> {
    std::iter::successors(Some(1u32), |n| Some(n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)))
}

/// One list, indented.
fn members(size: usize) -> Vec<u8> {
    let mut out = String::from("{\n  \"members\": [\n");
    for n in numbers() {
        if out.len() >= size {
            break;
        }
        out.push_str("    ");
        out.push_str(&member(n).replace("\":", "\": ").replace(",\"", ",\n      \""));
        out.push_str(",\n");
    }
    out.push_str("    {}\n  ]\n}\n");
    out.into_bytes()
}

/// One on each line.
fn lines(size: usize) -> Vec<u8> {
    let mut out = String::new();
    for n in numbers() {
        if out.len() >= size {
            break;
        }
        out.push_str(&member(n));
        out.push('\n');
    }
    out.into_bytes()
}

/// Patients and what was observed of them, as an export in bulk writes them.
fn bundles(size: usize) -> Vec<u8> {
    let mut out = String::new();
    for n in numbers() {
        if out.len() >= size {
            break;
        }
        out.push_str(&format!(
            r#"{{"resourceType":"Patient","id":"{n}","identifier":[{{"system":"http://hl7.org/fhir/sid/us-ssn","value":"{:03}-45-6789"}}],"name":[{{"family":"Nowak","given":["Maria"]}}],"birthDate":"19{:02}-03-04"}}"#,
            100 + (n >> 24) * 2, n % 100
        ));
        out.push('\n');
        out.push_str(&format!(
            r#"{{"resourceType":"Observation","id":"o{n}","status":"final","subject":{{"reference":"Patient/{n}"}},"code":{{"coding":[{{"system":"http://loinc.org","code":"30313-1","display":"Hemoglobin"}}]}},"effectiveDateTime":"2026-03-04","valueQuantity":{{"value":{}.5,"unit":"g/dL"}}}}"#,
            n % 20
        ));
        out.push('\n');
    }
    out.into_bytes()
}

struct Memory<'a>(&'a [u8]);

impl Bytes for Memory<'_> {
    fn append(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<usize, (Reason, String)> {
        let (now, later) = self.0.split_at(wanted.min(self.0.len()));
        out.extend_from_slice(now);
        self.0 = later;
        Ok(now.len())
    }
}

fn ours(bytes: &[u8]) -> usize {
    let head = &bytes[..bytes.len().min(64 << 10)];
    let mut reader = phisweep::extract::reader("json", "a.json", head).expect("it is JSON");
    let mut source = Memory(bytes);
    let mut window = Window::new(Vec::new(), &mut source);
    let (mut places, mut batch, mut values) = (Places::default(), Batch::default(), 0);
    loop {
        let progress = reader.read(&mut window, &mut places, &mut batch).expect("it is well-formed");
        values += batch.values.len();
        if progress == Progress::End {
            return values;
        }
        window.next_batch();
        batch.values.clear();
        batch.decoded.clear();
    }
}

fn theirs(bytes: &[u8]) -> usize {
    let values = serde_json::Deserializer::from_slice(bytes).into_iter::<serde::de::IgnoredAny>();
    values.fold(0, |count, value| count + value.map(|_| 1).expect("it is JSON"))
}

/// Time on the processor so far; on the clock where the system does not tell.
fn spent(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

fn main() {
    let since = Instant::now();
    let argument = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let smoke = std::env::args().any(|a| a == "--test");
    let size = if smoke { 1 << 16 } else { argument.and_then(|a| a.parse().ok()).unwrap_or(16usize) << 20 };
    let rounds = if smoke { 1 } else { 15 };
    for (name, bytes) in [("members", members(size)), ("lines", lines(size)), ("bundles", bundles(size))] {
        let mut best = [Duration::MAX; 2];
        let mut values = [0; 2];
        for _ in 0..rounds {
            for (n, read) in [ours as fn(&[u8]) -> usize, theirs].into_iter().enumerate() {
                let start = spent(since);
                values[n] = read(black_box(&bytes));
                best[n] = best[n].min(spent(since) - start);
            }
        }
        for (n, who) in ["phisweep", "serde_json"].into_iter().enumerate() {
            let speed = bytes.len() as f64 / best[n].as_secs_f64() / 1e6;
            println!("{name:<10} {who:<10} {speed:>7.0} MB/s  {} values", values[n]);
        }
    }
}
