//! SARIF 2.1.0 for tools that show findings beside files. In: a run's events. Out: one rule for each identifier, one result
//! for each listed finding with fingerprints that stay the same from run to run, accepted ones as suppressed, and what was not
//! read as notifications. Refuses nothing; notifications are bounded, and what is left out is counted.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::Result;
use crate::finding::{Document, Finding, Root, Severity, Summary};
use crate::gap::{Class, Gap};
use crate::identifier::Identifier;
use crate::locator::path_text;
use crate::report::output::{Output, Written};
use crate::report::words::{count, plain};
use crate::report::{Report, probability, root_name};
use crate::scan::{Event, Run};

/// Notifications that are kept.
const NOTIFICATIONS: usize = 1_000;

/// What the report begins with; the scan knows its own by it.
pub(crate) const HEAD: &str = r#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"phisweep""#;

/// A SARIF report being written.
pub struct Sarif {
    output: Option<Output>,
    roots: Vec<Root>,
    started: String,
    run_id: String,
    results: u64,
    notifications: Vec<Value>,
    /// Gaps that could hold data or are encrypted.
    gaps: u64,
}

impl Sarif {
    /// A report to this output.
    pub fn new(output: Output) -> Sarif {
        Sarif {
            output: Some(output),
            roots: Vec::new(),
            started: String::new(),
            run_id: String::new(),
            results: 0,
            notifications: Vec::new(),
            gaps: 0,
        }
    }

    fn put(&mut self, text: &str) -> Result<()> {
        let Some(output) = &mut self.output else { return Ok(()) };
        output.write_all(text.as_bytes()).map_err(|e| output.failed(e))
    }

    fn document(&mut self, document: &Document) -> Result<()> {
        for finding in document.findings.iter().filter(|finding| finding.listed) {
            let result = self.result(document, finding);
            let separator = if self.results > 0 { ",\n" } else { "\n" };
            self.put(&format!("{separator}{result}"))?;
            self.results += 1;
        }
        document.gaps.iter().for_each(|gap| self.gap(gap));
        Ok(())
    }

    fn result(&self, document: &Document, finding: &Finding) -> Value {
        let path = plain(&document.locator.path(root_name(&self.roots, document.root)));
        let words = finding.identifier.info().words;
        let mut text = format!(
            "{} of {} ({words}) in {}, {}, readable by {}",
            count(finding.matches, "value", "values"),
            finding.identifier,
            plain(&finding.place.to_string()),
            finding.protection,
            document.access.readable_by
        );
        if finding.people > 0 {
            text += &format!(", {}", count(finding.people, "individual", "individuals"));
        }
        let (kind, level) = match finding.severity {
            Severity::Critical | Severity::High => ("fail", "error"),
            Severity::Medium => ("fail", "warning"),
            Severity::Low => ("fail", "note"),
            Severity::Info => ("informational", "none"),
        };
        let mut physical = json!({ "artifactLocation": { "uri": self.uri(document.root, document.locator.parts()) } });
        // A line of a member is no line of the file around it.
        if document.locator.parts().len() == 1 && finding.first.line > 0 {
            let mut region = json!({ "startLine": finding.first.line });
            if finding.first.column > 0 {
                region["startColumn"] = finding.first.column.into();
            }
            physical["region"] = region;
        }
        let mut result = json!({
            "ruleId": finding.identifier.name(),
            "ruleIndex": finding.identifier.index(),
            "kind": kind,
            "level": level,
            "message": { "text": text },
            "locations": [{
                "physicalLocation": physical,
                "logicalLocations": [{ "name": plain(&finding.place.short()), "fullyQualifiedName": path }],
            }],
            "partialFingerprints": { "phisweepFinding/v1": finding.id, "phisweepSeries/v1": finding.series_id },
            "properties": {
                "severity": finding.severity.name(),
                "severityReason": finding.severity_reason,
                "confidence": finding.confidence.name(),
                "probability": probability(finding.probability),
                "people": finding.people,
                "matches": finding.matches,
                "records": finding.records,
                "protection": finding.protection.name(),
                "readableBy": document.access.readable_by.name(),
                "hipaa": finding.hipaa(),
                "subject": finding.subject.name(),
                "class": document.class.name(),
                "linkedWith": finding.linked_with,
            },
        });
        if finding.decision.accepted {
            let justification = [finding.decision.disposition.as_str(), finding.decision.ticket.as_str()].join(" ");
            result["suppressions"] =
                json!([{ "kind": "external", "status": "accepted", "justification": justification.trim() }]);
        }
        result
    }

    fn gap(&mut self, gap: &Gap) {
        let level = match gap.class {
            Class::Blind => "warning",
            Class::Protected => "note",
            Class::Inert | Class::Excluded => return,
        };
        self.gaps += 1;
        if self.notifications.len() >= NOTIFICATIONS {
            return;
        }
        let path = plain(&gap.locator.path(root_name(&self.roots, gap.root)));
        let detail = if gap.detail.is_empty() { String::new() } else { format!(" ({})", plain(&gap.detail)) };
        self.notifications.push(json!({
            "descriptor": { "id": gap.reason.name() },
            "level": level,
            "message": { "text": format!("Not read: {path}: {}{detail}", gap.reason.name()) },
            "locations": [{
                "physicalLocation": { "artifactLocation": { "uri": self.uri(gap.root, gap.locator.parts()) } },
                "logicalLocations": [{ "fullyQualifiedName": path }],
            }],
            "properties": { "class": gap.class.name() },
        }));
    }

    /// Where the file is, as the starting point was given: absolute, or relative to the folder of the run.
    fn uri(&self, root: usize, parts: &[String]) -> String {
        let Some(root) = self.roots.get(root) else { return escaped(parts.first().map_or("", String::as_str)) };
        let base = path_text(&root.path);
        let is_file = parts.first() == Some(&root.name);
        let file = parts.first().map_or("", String::as_str);
        // A starting point that is itself a file is its own path.
        let path = if is_file { base } else { format!("{}/{file}", base.trim_end_matches('/')) };
        let path = path.strip_prefix("./").unwrap_or(&path);
        if Path::new(path).is_absolute() { format!("file://{}", escaped(path)) } else { escaped(path) }
    }

    /// Like [`Report::finish`], and tells what was written.
    pub fn close(&mut self, summary: &Summary) -> Result<Option<Written>> {
        let left_out = self.gaps - self.notifications.len() as u64;
        if left_out > 0 {
            self.notifications.push(json!({
                "level": "warning",
                "message": { "text": format!("{} more, each in the CSV and JSON Lines reports", count(left_out, "place was not read", "places were not read")) },
            }));
        }
        let ended = self.started.parse::<jiff::Timestamp>().ok().and_then(|started| {
            let seconds = jiff::SignedDuration::from_secs(summary.seconds.clamp(0.0, 1e9) as i64);
            started.checked_add(seconds).ok()
        });
        let mut invocation = json!({
            "executionSuccessful": summary.complete,
            "exitCode": summary.exit,
            "startTimeUtc": self.started,
            "toolExecutionNotifications": std::mem::take(&mut self.notifications),
        });
        if let Some(ended) = ended {
            invocation["endTimeUtc"] = ended.to_string().into();
        }
        let properties =
            json!({ "people": summary.people, "peopleLow": summary.people_low, "peopleHigh": summary.people_high });
        let details = json!({ "id": format!("phisweep/{}", self.run_id) });
        self.put(&format!(
            "],\n\"columnKind\":\"unicodeCodePoints\",\"automationDetails\":{details},\"invocations\":[{invocation}],\"properties\":{properties}}}]}}\n"
        ))?;
        self.output.take().map(Output::finish).transpose()
    }
}

/// What may not stand in a URI, as `%HH`; `/` separates folders. `\xHH` of a locator is a byte.
fn escaped(text: &str) -> String {
    let path = crate::locator::text_path(text);
    let mut out = String::with_capacity(text.len());
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(*byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

impl Report for Sarif {
    fn begin(&mut self, run: &Run) -> Result<()> {
        self.roots = run.roots.clone();
        self.started.clone_from(&run.started);
        self.run_id.clone_from(&run.run_id);
        let rules = Identifier::all().map(|identifier| {
            let info = identifier.info();
            let letter = if info.letter.is_empty() {
                String::new()
            } else {
                format!(" (45 CFR 164.514(b)(2)(i)({}))", info.letter)
            };
            json!({
                "id": info.name,
                "shortDescription": { "text": info.words },
                "fullDescription": { "text": format!("Individually identifiable: {}{letter}", info.words) },
                "properties": { "tags": ["security", "privacy"] },
            })
        });
        let rules: Vec<Value> = rules.collect();
        let head = format!(
            "{HEAD},\"version\":{},\"properties\":{{\"ruleset\":{}}},\"rules\":{}}}}},\n\"results\":[",
            Value::from(run.version),
            Value::from(run.ruleset.as_str()),
            Value::from(rules)
        );
        self.put(&head)
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Document(document) => self.document(document),
            Event::Gap(gap) => {
                self.gap(gap);
                Ok(())
            }
        }
    }

    fn finish(&mut self, summary: &Summary) -> Result<()> {
        self.close(summary).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gap::Reason;
    use crate::report::samples::{self, Shared};

    fn report(events: &[Event]) -> Value {
        let shared = Shared::default();
        let mut report = Sarif::new(Output::stream("memory", Box::new(shared.clone())));
        report.begin(&samples::run()).unwrap();
        for event in events {
            report.event(event).unwrap();
        }
        report.finish(&samples::summary()).unwrap();
        assert!(shared.text().starts_with(HEAD));
        serde_json::from_str(&shared.text()).unwrap()
    }

    fn text<'a>(value: &'a Value, what: &str) -> &'a str {
        value.as_str().filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("{what} in {value}"))
    }

    /// What the schema of OASIS requires, and which values it allows, for the objects that are written.
    fn check(report: &Value) {
        assert_eq!(report["version"], "2.1.0");
        text(&report["$schema"], "$schema");
        let run = &report["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        text(&run["tool"]["driver"]["name"], "name");
        let ids: Vec<&str> = rules.iter().map(|rule| text(&rule["id"], "id")).collect();
        assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&text(&run["columnKind"], "columnKind")));
        let location = |location: &Value| {
            let uri = text(&location["physicalLocation"]["artifactLocation"]["uri"], "uri");
            assert!(uri.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&b)), "{uri}");
            if let Some(region) = location["physicalLocation"].get("region") {
                assert!(region["startLine"].as_u64().unwrap() >= 1);
                assert!(region.get("startColumn").is_none_or(|column| column.as_u64().unwrap() >= 1));
            }
        };
        for result in run["results"].as_array().unwrap() {
            text(&result["message"]["text"], "message");
            let (rule, index) = (text(&result["ruleId"], "ruleId"), result["ruleIndex"].as_u64().unwrap());
            assert_eq!(ids[index as usize], rule);
            let level = text(&result["level"], "level");
            assert!(["none", "note", "warning", "error"].contains(&level));
            let kind = text(&result["kind"], "kind");
            assert!(["notApplicable", "pass", "fail", "review", "open", "informational"].contains(&kind));
            // 3.27.10: where the kind is not `fail`, the level is `none`.
            assert_eq!(kind == "fail", level != "none");
            result["locations"].as_array().unwrap().iter().for_each(location);
            for (name, fingerprint) in result["partialFingerprints"].as_object().unwrap() {
                assert!(name.ends_with("/v1"));
                text(fingerprint, name);
            }
            for suppression in result.get("suppressions").and_then(Value::as_array).into_iter().flatten() {
                assert!(["inSource", "external"].contains(&text(&suppression["kind"], "kind")));
                assert!(["accepted", "underReview", "rejected"].contains(&text(&suppression["status"], "status")));
            }
        }
        for invocation in run["invocations"].as_array().unwrap() {
            assert!(invocation["executionSuccessful"].is_boolean());
            for notification in invocation["toolExecutionNotifications"].as_array().unwrap() {
                text(&notification["message"]["text"], "message");
                assert!(["none", "note", "warning", "error"].contains(&text(&notification["level"], "level")));
                notification.get("locations").and_then(Value::as_array).into_iter().flatten().for_each(location);
            }
        }
    }

    #[test]
    fn the_report_is_what_the_schema_asks() {
        let mut second = samples::document();
        second.locator = crate::locator::Locator::named("b c%<ä>\\xFF.csv");
        second.findings[0].decision.accepted = true;
        second.findings[0].decision.disposition = "accepted".to_string();
        let mut provider = samples::document();
        provider.findings[0].severity = Severity::Info;
        let report = report(&[
            Event::Document(Box::new(samples::document())),
            Event::Document(Box::new(second)),
            Event::Document(Box::new(provider)),
            Event::Gap(samples::gap("c", Reason::Denied)),
            Event::Gap(samples::gap("d", Reason::NoRecords)),
        ]);
        check(&report);
        let run = &report["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), 3);
        assert_eq!(run["results"][0]["partialFingerprints"]["phisweepFinding/v1"], "F-0000000000000001");
        let location = |n: usize| &run["results"][n]["locations"][0]["physicalLocation"];
        assert!(location(0).get("region").is_none(), "a member has no line in its archive");
        assert_eq!(location(0)["artifactLocation"]["uri"], "file:///drop/a.zip");
        assert_eq!(location(1)["artifactLocation"]["uri"], "file:///drop/b%20c%25%3C%C3%A4%3E%FF.csv");
        assert_eq!(location(1)["region"]["startLine"], 2);
        assert_eq!(run["results"][1]["suppressions"][0]["justification"], "accepted");
        assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn notifications_are_bounded_and_counted() {
        let gaps: Vec<Event> =
            (0..NOTIFICATIONS + 7).map(|n| Event::Gap(samples::gap(&format!("{n}"), Reason::Denied))).collect();
        let report = report(&gaps);
        check(&report);
        let told = report["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(told.len(), NOTIFICATIONS + 1);
        assert!(told[NOTIFICATIONS]["message"]["text"].as_str().unwrap().starts_with("7 places"));
    }
}
