//! What the weights should be. In: findings of the train half, with their log-odds and whether they were right. Out: for each
//! group of findings a scale and a shift of the log-odds (Platt 1999), fitted by Newton's method with a weak prior, as text
//! to read: a scale far from 1 or a shift far from 0 says that the constants of that group are wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::score::{Score, Sure};

/// Scale and shift for each group with enough findings.
pub(crate) fn suggest(score: &Score) -> String {
    let mut groups: BTreeMap<String, Vec<&Sure>> = BTreeMap::new();
    for sure in &score.sure {
        let place = if sure.column { "column" } else { "text" };
        groups.entry(format!("all in {place}")).or_default().push(sure);
        groups.entry(format!("{} in {place}", sure.identifier)).or_default().push(sure);
        for evidence in &sure.evidence {
            let kind = kind(evidence);
            let kind = kind.split(' ').take(3).collect::<Vec<_>>().join(" ");
            groups.entry(format!("with {kind:?} in {place}")).or_default().push(sure);
        }
    }
    let mut out = String::from("group | findings | predicted | observed | scale | shift\n");
    for (name, group) in groups.iter().filter(|(_, group)| group.len() >= 20) {
        let (scale, shift) = fit(group);
        let count = group.len() as f64;
        let predicted: f64 = group.iter().map(|s| s.probability).sum::<f64>() / count;
        let observed = group.iter().filter(|s| s.right).count() as f64 / count;
        let _ = writeln!(out, "{name} | {} | {predicted:.3} | {observed:.3} | {scale:.2} | {shift:+.2}", group.len());
    }
    out.push_str("possible, by evidence | findings | predicted | observed\n");
    let mut possible: BTreeMap<String, Vec<&Sure>> = BTreeMap::new();
    for sure in score.sure.iter().filter(|s| s.probability < 0.7) {
        let kinds: Vec<String> = sure.evidence.iter().map(|evidence| kind(evidence)).collect();
        let place = if sure.column { "column" } else { "text" };
        possible.entry(format!("{} in {place}: {}", sure.identifier, kinds.join(", "))).or_default().push(sure);
    }
    for (name, group) in &possible {
        let count = group.len() as f64;
        let predicted: f64 = group.iter().map(|s| s.probability).sum::<f64>() / count;
        let observed = group.iter().filter(|s| s.right).count() as f64 / count;
        let _ = writeln!(out, "{name} | {} | {predicted:.3} | {observed:.3}", group.len());
    }
    out
}

/// Evidence without its numbers: `column 40/40 valid` and `column 12/12 valid` are one kind.
fn kind(evidence: &str) -> String {
    evidence.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect()
}

/// Logistic regression of right or wrong on the log-odds.
fn fit(group: &[&Sure]) -> (f64, f64) {
    // A prior worth two findings that the log-odds are right as they are.
    const PRIOR: f64 = 2.0;
    let (mut scale, mut shift) = (1.0f64, 0.0f64);
    for _ in 0..50 {
        let (mut g0, mut g1) = (PRIOR * (scale - 1.0), PRIOR * shift * 0.1);
        let (mut h00, mut h01, mut h11) = (PRIOR, 0.0, PRIOR * 0.1);
        for sure in group {
            let p = sure.probability.clamp(1e-6, 1.0 - 1e-6);
            let x = (p / (1.0 - p)).ln();
            let q = 1.0 / (1.0 + (-(scale * x + shift)).exp());
            let d = q - f64::from(u8::from(sure.right));
            g0 += d * x;
            g1 += d;
            let w = q * (1.0 - q);
            h00 += w * x * x;
            h01 += w * x;
            h11 += w;
        }
        let det = h00 * h11 - h01 * h01;
        let (d0, d1) = ((h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det);
        scale -= d0.clamp(-1.0, 1.0);
        shift -= d1.clamp(-2.0, 2.0);
        if d0.abs() + d1.abs() < 1e-9 {
            break;
        }
    }
    (scale, shift)
}
