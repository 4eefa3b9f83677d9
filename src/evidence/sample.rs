//! A sample to check by hand. In: findings and documents, one at a time. Out: some of them, drawn by strata (identifier, band of
//! confidence, format; of documents reported clean, format), each with how many it stands for. Refuses nothing. The same
//! findings and seed give the same sample, in whatever order they come; memory grows with the strata and not with the findings.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use crate::finding::{Confidence, Document, Finding, Status};
use crate::identifier::Identifier;

/// What is drawn together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stratum {
    /// `None` for documents reported clean.
    of: Option<(Identifier, Confidence)>,
    format: &'static str,
}

/// One that was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The finding; `None` for a document reported clean.
    pub finding: Option<Finding>,
    /// The path in reports.
    pub path: String,
    /// Format of the document.
    pub format: &'static str,
    /// Its size.
    pub bytes: u64,
    /// How many findings, or documents, it stands for.
    pub weight: f64,
}

/// A candidate; those with the smallest keys of a stratum are its sample.
struct Held {
    key: [u8; 16],
    drawn: Drawn,
}

impl PartialEq for Held {
    fn eq(&self, other: &Held) -> bool {
        self.key == other.key
    }
}
impl Eq for Held {}
impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Held) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Held {
    fn cmp(&self, other: &Held) -> Ordering {
        self.key.cmp(&other.key)
    }
}

#[derive(Default)]
struct Drawing {
    size: u64,
    held: BinaryHeap<Held>,
}

/// A sample being drawn.
pub struct Sample {
    seed: u64,
    findings: usize,
    clean: usize,
    strata: BTreeMap<Stratum, Drawing>,
}

impl Sample {
    /// A sample of so many findings and so many documents reported clean.
    pub fn new(seed: u64, findings: usize, clean: usize) -> Sample {
        Sample { seed, findings, clean, strata: BTreeMap::new() }
    }

    /// Adds a document of the run.
    pub fn document(&mut self, path: &str, document: &Document) {
        let mut listed = false;
        for finding in document.findings.iter().filter(|finding| finding.listed) {
            listed = true;
            // Test values are what they are: there is nothing to check.
            if finding.test_values < finding.matches {
                let of = Some((finding.identifier, finding.confidence));
                self.offer(of, document, path, &finding.id, Some(finding));
            }
        }
        if !listed && document.status == Status::Complete && document.bytes > 0 {
            self.offer(None, document, path, path, None);
        }
    }

    fn offer(
        &mut self,
        of: Option<(Identifier, Confidence)>,
        document: &Document,
        path: &str,
        id: &str,
        finding: Option<&Finding>,
    ) {
        let most = if of.is_some() { self.findings } else { self.clean };
        let drawing = self.strata.entry(Stratum { of, format: document.format }).or_default();
        drawing.size += 1;
        let key = key(self.seed, id);
        if drawing.held.len() >= most && drawing.held.peek().is_none_or(|last| last.key <= key) {
            return;
        }
        let drawn = Drawn {
            finding: finding.cloned(),
            path: path.to_string(),
            format: document.format,
            bytes: document.bytes,
            weight: 0.0,
        };
        drawing.held.push(Held { key, drawn });
        if drawing.held.len() > most {
            drawing.held.pop();
        }
    }

    /// The sample: findings by identifier, then documents reported clean.
    pub fn finish(self) -> Vec<Drawn> {
        let (findings, clean) = self.strata.into_iter().partition(|(stratum, _)| stratum.of.is_some());
        let mut sample = drawn(findings, self.findings);
        sample.extend(drawn(clean, self.clean));
        sample
    }
}

/// Draws `n` from these strata.
fn drawn(strata: BTreeMap<Stratum, Drawing>, n: usize) -> Vec<Drawn> {
    let sizes: Vec<u64> = strata.values().map(|drawing| drawing.size).collect();
    let shares = shares(&sizes, n);
    let names: Vec<&Stratum> = strata.keys().collect();
    // What was not drawn from is spoken for by what is nearest to it.
    let mut stands_for: Vec<f64> = sizes.iter().map(|size| *size as f64).collect();
    for (at, stratum) in names.iter().enumerate().filter(|(at, _)| shares[*at] == 0) {
        let size = std::mem::take(&mut stands_for[at]);
        let near = |level: u32| -> Vec<usize> {
            let like = |other: &Stratum| match level {
                0 => other.of == stratum.of,
                1 => other.of.map(|(identifier, _)| identifier) == stratum.of.map(|(identifier, _)| identifier),
                2 => other.of.map(|(_, band)| band) == stratum.of.map(|(_, band)| band),
                _ => true,
            };
            (0..names.len()).filter(|other| shares[*other] > 0 && like(names[*other])).collect()
        };
        let Some(near) = (0..4).map(near).find(|near| !near.is_empty()) else { continue };
        let all: f64 = near.iter().map(|other| sizes[*other] as f64).sum();
        near.iter().for_each(|other| stands_for[*other] += size * sizes[*other] as f64 / all);
    }
    let mut sample = Vec::new();
    for (at, drawing) in strata.into_values().enumerate() {
        let weight = stands_for[at] / shares[at].max(1) as f64;
        let held = drawing.held.into_sorted_vec().into_iter().take(shares[at]);
        sample.extend(held.map(|held| Drawn { weight, ..held.drawn }));
    }
    sample
}

/// How many to draw from strata of these sizes: one of each as long as there are, the largest first; the rest by size.
fn shares(sizes: &[u64], n: usize) -> Vec<usize> {
    let all: u64 = sizes.iter().sum();
    let n = n.min(usize::try_from(all).unwrap_or(usize::MAX));
    let mut shares = vec![0; sizes.len()];
    let mut by_size: Vec<usize> = (0..sizes.len()).collect();
    by_size.sort_by_key(|at| std::cmp::Reverse(sizes[*at]));
    by_size.iter().take(n).for_each(|at| shares[*at] = 1);
    for _ in sizes.len().min(n)..n {
        // The one that is furthest below its share by size; the first of those alike.
        let lacks = |at: &usize| sizes[*at] as f64 / all as f64 * n as f64 - shares[*at] as f64;
        let next = by_size.iter().copied().filter(|at| (shares[*at] as u64) < sizes[*at]);
        let Some(next) = next.reduce(|best, at| if lacks(&at) > lacks(&best) { at } else { best }) else { break };
        shares[next] += 1;
    }
    shares
}

fn key(seed: u64, id: &str) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes()).update(id.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    key
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::locator::Locator;
    use crate::report::samples;

    fn documents() -> Vec<Document> {
        let mut all = Vec::new();
        for n in 0..200u32 {
            let mut document = samples::document();
            document.locator = Locator::file(Path::new(&format!("{n}.csv")));
            document.format = if n % 10 == 0 { "json" } else { "csv" };
            document.findings.truncate(1);
            let finding = &mut document.findings[0];
            finding.id = format!("F-{n}");
            finding.identifier = if n % 4 == 0 { Identifier::MBI } else { Identifier::SSN };
            match n % 5 {
                0 => document.findings.clear(),
                1 => finding.test_values = finding.matches,
                _ => {}
            }
            all.push(document);
        }
        all
    }

    fn drawn(seed: u64, documents: &[Document]) -> Vec<Drawn> {
        let mut sample = Sample::new(seed, 30, 10);
        documents.iter().for_each(|document| sample.document(&document.locator.path("drop"), document));
        sample.finish()
    }

    #[test]
    fn a_sample_depends_on_the_seed_and_not_on_the_order() {
        let ids = |sample: &[Drawn]| -> Vec<String> { sample.iter().map(|drawn| drawn.path.clone()).collect() };
        let mut all = documents();
        let first = drawn(7, &all);
        all.reverse();
        assert_eq!(ids(&first), ids(&drawn(7, &all)));
        assert_ne!(ids(&first), ids(&drawn(8, &all)));
    }

    #[test]
    fn every_stratum_is_drawn_from_and_weights_add_up_to_all() {
        let sample = drawn(7, &documents());
        let (findings, clean): (Vec<&Drawn>, Vec<&Drawn>) = sample.iter().partition(|drawn| drawn.finding.is_some());
        assert_eq!((findings.len(), clean.len()), (30, 10));
        // Of 200 documents 40 are clean and 40 hold test values only.
        let sum = |drawn: &[&Drawn]| drawn.iter().map(|drawn| drawn.weight).sum::<f64>();
        assert!((sum(&findings) - 120.0).abs() < 1e-6, "{}", sum(&findings));
        assert!((sum(&clean) - 40.0).abs() < 1e-6);
        assert!(findings.iter().any(|drawn| drawn.finding.as_ref().unwrap().identifier == Identifier::MBI));
        assert!(clean.iter().any(|drawn| drawn.format == "json"));
    }

    #[test]
    fn what_is_not_drawn_from_is_stood_for() {
        let mut sample = Sample::new(1, 1, 0);
        documents().iter().for_each(|document| sample.document("p", document));
        let one = sample.finish();
        assert_eq!(one.len(), 1);
        assert!((one[0].weight - 120.0).abs() < 1e-6, "{}", one[0].weight);
    }

    #[test]
    fn shares_follow_sizes() {
        assert_eq!(shares(&[100, 10, 1], 12), [10, 1, 1]);
        assert_eq!(shares(&[1, 100, 10], 2), [0, 1, 1]);
        assert_eq!(shares(&[3, 2], 60), [3, 2]);
        assert_eq!(shares(&[], 60), [0; 0]);
    }
}
