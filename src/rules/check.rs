//! Runs the examples of pattern files through the stages a scan runs. In: an engine. Out: the examples that do not do
//! what they say. Refuses nothing.
//!
//! A hit must reach its confidence as plain text and be found, at `possible` or better, as a CSV cell, as a JSON value
//! and at 64 offsets. A miss must be stopped by the stage it names: one that is stopped elsewhere is right for the wrong
//! reason, and fails.

use crate::detect::{Candidate, Plan};
use crate::engine::Engine;
use crate::finding::Confidence;
use crate::identifier::Identifier;
use crate::options::{Options, TestValues};
use crate::scan;
use crate::validate::{Setting, Verdict};

use super::{Hit, Miss, Rule, RuleSet, Stage};

/// An example that does not do what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The pattern file.
    pub file: String,
    /// The line of the example; 0 where the file as a whole is at fault.
    pub line: usize,
    /// What it did instead.
    pub message: String,
}

/// Offsets at which a hit must be found: a vector kernel looks at up to 64 bytes at once.
const SHIFTS: usize = 64;

/// Runs every example of every rule.
pub fn check(engine: &Engine) -> Vec<Failure> {
    let mut failures = check_stages(engine.rules());
    engine.rules().rules.iter().for_each(|rule| check_found(engine, rule, &mut failures));
    failures.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    failures
}

/// Runs every example of the rule of this id.
pub fn check_rule(engine: &Engine, id: &str) -> Vec<Failure> {
    let mut failures = Vec::new();
    for rule in engine.rules().rules.iter().filter(|rule| rule.id == id) {
        failures.extend(check_stages(engine.rules()).into_iter().filter(|failure| failure.file == rule.file));
        check_found(engine, rule, &mut failures);
    }
    failures
}

/// Runs the examples of a rule through a scan.
fn check_found(engine: &Engine, rule: &Rule, failures: &mut Vec<Failure>) {
    // Examples that cannot be read are among the failures already.
    let Ok(examples) = rule.examples() else { return };
    for hit in &examples.hits {
        if let Some(message) = hit_fails(engine, rule, hit) {
            failures.push(Failure { file: rule.file.clone(), line: hit.line, message });
        }
    }
    for miss in &examples.misses {
        if let Some(found) = best(engine, rule, "example.txt", &miss.text)
            && found >= Confidence::Likely
        {
            let message = format!("found at `{found}`, and should not be");
            failures.push(Failure { file: rule.file.clone(), line: miss.line, message });
        }
    }
}

/// Runs every hit so that it lies across the byte `edge`, where a reader that works in windows of this size cuts.
pub fn check_across(engine: &Engine, edge: usize) -> Vec<Failure> {
    let mut failures = Vec::new();
    for rule in &engine.rules().rules {
        let Ok(examples) = rule.examples() else { continue };
        for hit in &examples.hits {
            // Somebody is named: what stands alone in so much text is not believed.
            let named = if rule.identifier == Identifier::MRN { "SSN 536-90-4398\n" } else { "MRN 4829137\n" };
            let before = edge.saturating_sub(hit.text.len() / 2 + named.len());
            let mut text = format!("{named}{}", "-\n".repeat(before / 2));
            text.push_str(if before % 2 == 1 { "\n" } else { "" });
            text.push_str(&hit.text);
            text.push('\n');
            if best(engine, rule, "example.txt", &text).is_none() {
                let message = format!("not found across byte {edge}");
                failures.push(Failure { file: rule.file.clone(), line: hit.line, message });
            }
        }
    }
    failures
}

/// Runs every example of every rule through `detect` and `validate` only.
pub fn check_stages(rules: &RuleSet) -> Vec<Failure> {
    let mut failures = Vec::new();
    for rule in &rules.rules {
        let mut fail = |line, message: String| failures.push(Failure { file: rule.file.clone(), line, message });
        let examples = match rule.examples() {
            Ok(examples) => examples,
            Err(error) => {
                fail(0, error.to_string());
                continue;
            }
        };
        if !rule.shapes.is_empty() && (examples.hits.is_empty() || examples.misses.is_empty()) {
            fail(0, format!("{} needs a hit and a miss", rule.id));
        }
        for hit in &examples.hits {
            match reached(rule, &hit.text) {
                Stage::Judge => {}
                Stage::Detect => fail(hit.line, "no shape of the rule stands alone in it".to_string()),
                Stage::Validate => fail(hit.line, format!("refused: {}", reason(rule, &hit.text))),
            }
        }
        for miss in &examples.misses {
            let reached = reached(rule, &miss.text);
            if reached != miss.stopped_by {
                fail(miss.line, wrong_stage(rule, miss, reached));
            }
        }
    }
    failures
}

/// What a miss did that should have been stopped elsewhere.
fn wrong_stage(rule: &Rule, miss: &Miss, reached: Stage) -> String {
    match reached {
        Stage::Detect => "no shape of the rule stands alone in it: it is stopped by `detect`".to_string(),
        Stage::Validate => format!("stopped by `validate`: {}", reason(rule, &miss.text)),
        Stage::Judge => "`detect` and `validate` let it pass".to_string(),
    }
}

/// The candidates of a rule in a text.
fn candidates(rule: &Rule, text: &str) -> Vec<Candidate> {
    let mut out = Vec::new();
    Plan::new(rule.shapes.iter().map(|s| s.shape.clone()).collect()).find(text.as_bytes(), &mut out);
    out
}

/// What the check says to one candidate; a test value counts as refused.
fn verdict(rule: &Rule, text: &str, candidate: &Candidate) -> Result<(), &'static str> {
    match (rule.check)(&text.as_bytes()[candidate.start as usize..candidate.end as usize], Setting::Free) {
        Verdict::Valid(valid) if valid.test || rule.is_test_value(valid.normal.as_bytes()) => Err("a test value"),
        Verdict::Valid(_) => Ok(()),
        Verdict::Invalid(reason) => Err(reason),
        Verdict::Blank => Err("nothing filled in"),
    }
}

/// The stage at which the best candidate of a rule in a text arrives.
fn reached(rule: &Rule, text: &str) -> Stage {
    let candidates = candidates(rule, text);
    match candidates.iter().any(|c| verdict(rule, text, c).is_ok()) {
        true => Stage::Judge,
        false if candidates.is_empty() => Stage::Detect,
        false => Stage::Validate,
    }
}

/// Why the check refused the first candidate it refused.
fn reason(rule: &Rule, text: &str) -> &'static str {
    candidates(rule, text).iter().find_map(|c| verdict(rule, text, c).err()).unwrap_or("nothing was refused")
}

/// Runs a hit in all its dressings.
fn hit_fails(engine: &Engine, rule: &Rule, hit: &Hit) -> Option<String> {
    match best(engine, rule, "example.txt", &hit.text) {
        None => return Some(format!("not found; `{}` was wanted", hit.confidence)),
        Some(found) if found < hit.confidence => {
            return Some(format!("found at `{found}`; `{}` was wanted", hit.confidence));
        }
        Some(_) => {}
    }
    let cell = hit.text.replace('"', "\"\"");
    let value = serde_json::Value::String(hit.text.clone());
    let dressings = [
        ("as a CSV cell", "example.csv", format!("entry,remark\n1,\"{cell}\"\n")),
        ("as a JSON value", "example.json", format!("{{\"entry\": 1, \"remark\": {value}}}\n")),
    ];
    for (how, name, text) in &dressings {
        if best(engine, rule, name, text).is_none() {
            return Some(format!("not found {how}"));
        }
    }
    (1..SHIFTS).find_map(|shift| {
        let text = format!("{}{}", " ".repeat(shift), hit.text);
        best(engine, rule, "example.txt", &text).is_none().then(|| format!("not found {shift} bytes further on"))
    })
}

/// The best confidence at which a scan finds the rule's identifier in a text, test values left out.
fn best(engine: &Engine, rule: &Rule, name: &str, text: &str) -> Option<Confidence> {
    let options = Options { min_confidence: Confidence::Possible, test_values: TestValues::Drop, ..Options::default() };
    let document = scan::scan_bytes(engine, &options, name, text.as_bytes());
    document.findings.iter().filter(|f| f.identifier == rule.identifier).map(|f| f.confidence).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_built_in_rules_reach_the_stage_they_name() {
        let rules = super::super::load_built_in().unwrap();
        let failures: Vec<String> =
            check_stages(&rules).iter().map(|f| format!("{}:{}: {}", f.file, f.line, f.message)).collect();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn examples_are_found_in_text_and_across_the_edge_of_a_chunk() {
        let engine = Engine::built_in().unwrap();
        let failures = [check(&engine), check_across(&engine, crate::extract::CORE)].concat();
        let failures: Vec<String> = failures.iter().map(|f| format!("{}:{}: {}", f.file, f.line, f.message)).collect();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
