//! How fast JSON, HL7 and X12 are read. In: nothing, or the size of the data in MiB. Out: MB/s of our reader, of a whole scan, and of `serde_json`
//! reading the same bytes from memory and doing nothing with them: the least of many runs, in turns. HL7 and X12 have no such peer. Time on the processor, where the system tells it: other
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

/// One patient a message.
fn messages(size: usize) -> (Vec<u8>, usize) {
    let (mut out, mut records) = (String::new(), 0);
    for n in numbers() {
        if out.len() >= size {
            break;
        }
        records += 1;
        let (a, b, c) = (n >> 24, (n >> 16) & 0xff, (n >> 8) & 0xff);
        out.push_str(&format!(
            "MSH|^~\\&|ADT|A|B|C|20260102||ADT^A08|{n}|P|2.5.1\rPID|1||{n:010}^^^H^MR||Nowak{b}^Maria{a}^Q||19{:02}{:02}{:02}|F|||{c} Oak Street^^Mobile^AL^36609||(251)432-{:04}|||||A{n:08}|{:03}-{:02}-{:04}\rPV1|1|I|W^389^1|||||1234567893^Welby^Mark\r",
            a % 100, 1 + b % 12, 1 + c % 28, b * 37, 100 + a * 2, 1 + b % 99, 1 + c * 30
        ));
    }
    (out.into_bytes(), records)
}

/// One subscriber and claim each, on one line.
fn claims(size: usize) -> (Vec<u8>, usize) {
    let mut out = String::from(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260102*0304*^*00501*000000001*0*P*:~GS*HC*A*B*20260102*0304*1*X*005010X222A1~ST*837*0001*005010X222A1~HL*1**20*1~NM1*85*1*WELBY*MARK****XX*1234567893~",
    );
    let mut records = 0;
    for n in numbers() {
        if out.len() >= size {
            break;
        }
        records += 1;
        let (a, b, c) = (n >> 24, (n >> 16) & 0xff, (n >> 8) & 0xff);
        out.push_str(&format!(
            "HL*{}*1*22*0~SBR*P*18*******CI~NM1*IL*1*NOWAK{b}*MARIA{a}****MI*W{n:010}~N3*{c} OAK STREET~N4*MOBILE*AL*36609~DMG*D8*19{:02}{:02}{:02}*F~REF*SY*{:03}{:02}{:04}~CLM*A{n}*100***11:B:1*Y*A*Y*I~HI*BK:0340~LX*1~SV1*HC:99213*40*UN*1***1~DTP*472*D8*20260101~",
            records + 1, a % 100, 1 + b % 12, 1 + c % 28, 100 + a * 2, 1 + b % 99, 1 + c * 30
        ));
    }
    out.push_str("SE*9*0001~GE*1*1~IEA*1*000000001~");
    (out.into_bytes(), records)
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
    read("json", bytes)
}

fn read(format: &str, bytes: &[u8]) -> usize {
    let head = &bytes[..bytes.len().min(64 << 10)];
    let mut reader = phisweep::extract::reader(format, "a", head).expect("there is a reader");
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

/// Segments have no peer: the reader alone, then the whole scan; what is counted must be right first.
fn segments(format: &str, (bytes, records): (Vec<u8>, usize), rounds: usize, since: Instant) {
    let engine = phisweep::engine::Engine::built_in().expect("the built-in rules load");
    let options = phisweep::options::Options::default();
    let scan = || phisweep::scan::scan_bytes(&engine, &options, "a", &bytes);
    let found = scan();
    assert_eq!((found.format, found.records), (format, records as u64));
    let mut best = [Duration::MAX; 2];
    for _ in 0..rounds {
        let start = spent(since);
        black_box(read(format, black_box(&bytes)));
        let between = spent(since);
        black_box(scan());
        best = [best[0].min(between - start), best[1].min(spent(since) - between)];
    }
    for (who, best) in ["reader", "scan"].into_iter().zip(best) {
        println!("{format:<10} {who:<10} {:>7.0} MB/s", bytes.len() as f64 / best.as_secs_f64() / 1e6);
    }
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
    segments("hl7", messages(size), rounds, since);
    segments("x12", claims(size), rounds, since);
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
