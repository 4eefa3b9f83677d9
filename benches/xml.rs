//! How fast XML is read. In: nothing, or the size of the data in MiB. Out: MB/s of our reader and of `quick-xml` reading the same bytes
//! from memory and doing nothing with them: the least of many runs, in turns. Time on the processor, where the system tells it: other
//! work does not count.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use phisweep::extract::named::{Batch, Bytes, Places, Progress, Window};
use phisweep::gap::Reason;

/// Members as an export writes them.
fn members(size: usize) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<members>\n");
    let mut n = 0u32;
    while out.len() < size {
        n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (a, b, c) = (n >> 24, (n >> 16) & 0xff, (n >> 8) & 0xff);
        out.push_str(&format!(
            "  <member id=\"M{n:010}\" status=\"active\">\n    <name><first>Maria{a}</first><last>Nowak{b}</last></name>\n    \
             <ssn>{:03}-{:02}-{:04}</ssn>\n    <birthDate>19{:02}-{:02}-{:02}</birthDate>\n    <address><line1>{c} Oak Street</line1>\
             <city>Mobile</city><state>AL</state><zip>36609</zip></address>\n    <phone>251-432-{:04}</phone>\n  </member>\n",
            100 + a * 2,
            1 + b % 99,
            1 + c * 30,
            a % 100,
            1 + b % 12,
            1 + c % 28,
            b * 37
        ));
    }
    out.push_str("</members>\n");
    out.into_bytes()
}

/// The same entry of a clinical document over and over, with its codes.
fn clinical(size: usize) -> Vec<u8> {
    let mut out = String::from(
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><recordTarget><patientRole><id root=\"2.16.840.1.113883.4.1\" \
         extension=\"536-90-4398\"/></patientRole></recordTarget><component><structuredBody><component><section>",
    );
    let mut n = 0u32;
    while out.len() < size {
        n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        out.push_str(&format!(
            "\n  <entry typeCode=\"DRIV\">\n    <observation classCode=\"OBS\" moodCode=\"EVN\">\n      <templateId \
             root=\"2.16.840.1.113883.10.20.22.4.2\" extension=\"2015-08-01\"/>\n      <id root=\"7d5a02b0-67a4-11db-bd13-\
             {n:012}\"/>\n      <code code=\"30313-1\" displayName=\"HGB\" codeSystem=\"2.16.840.1.113883.6.1\"/>\n      <statusCode \
             code=\"completed\"/>\n      <effectiveTime value=\"201908061015-0500\"/>\n      <value xsi:type=\"PQ\" value=\"{}\" \
             unit=\"g/dL\"/>\n    </observation>\n  </entry>",
            n % 20
        ));
    }
    out.push_str("</section></component></structuredBody></component></ClinicalDocument>");
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
    let mut reader = phisweep::extract::reader("xml", "a.xml", head).expect("it is XML");
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
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut values = 0;
    loop {
        match reader.read_event().expect("it is well-formed") {
            quick_xml::events::Event::Eof => return values,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                values += tag.attributes().with_checks(false).flatten().count();
            }
            quick_xml::events::Event::Text(_) => values += 1,
            _ => {}
        }
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
    for (name, bytes) in [("members", members(size)), ("clinical", clinical(size))] {
        let mut best = [Duration::MAX; 2];
        let mut values = [0; 2];
        for _ in 0..rounds {
            for (n, read) in [ours as fn(&[u8]) -> usize, theirs].into_iter().enumerate() {
                let start = spent(since);
                values[n] = read(black_box(&bytes));
                best[n] = best[n].min(spent(since) - start);
            }
        }
        for (n, who) in ["phisweep", "quick-xml"].into_iter().enumerate() {
            let speed = bytes.len() as f64 / best[n].as_secs_f64() / 1e6;
            println!("{name:<10} {who:<10} {speed:>7.0} MB/s  {} values", values[n]);
        }
    }
}
