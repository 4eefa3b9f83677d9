//! OCSF for a SIEM: one Data Security Finding (class 2006 of the Findings category, schema 1.3) a line. In: a run's events.
//! Out: a line for each listed finding. Refuses nothing; what was not read is in the other reports: OCSF has no event for it.

use std::io::Write;

use serde_json::{Value, json};

use crate::error::Result;
use crate::finding::{Document, Finding, Root, Severity, Summary};
use crate::identifier::Identifier;
use crate::report::output::{Output, Written};
use crate::report::words::plain;
use crate::report::{Report, probability, root_name};
use crate::scan::{Event, Run};

/// The version of the schema.
const SCHEMA: &str = "1.3.0";

/// What every line begins with; the scan knows its own by it.
pub(crate) const HEAD: &str = r#"{"class_uid":2006,"metadata":{"product":{"name":"phisweep""#;

/// An OCSF report being written.
pub struct Ocsf {
    output: Option<Output>,
    roots: Vec<Root>,
    version: &'static str,
    run_id: String,
    host: String,
    /// Milliseconds since 1970.
    time: i64,
}

impl Ocsf {
    /// A report to this output.
    pub fn new(output: Output) -> Ocsf {
        Ocsf {
            output: Some(output),
            roots: Vec::new(),
            version: "",
            run_id: String::new(),
            host: String::new(),
            time: 0,
        }
    }

    fn document(&mut self, document: &Document) -> Result<()> {
        for finding in document.findings.iter().filter(|finding| finding.listed) {
            let line = self.line(document, finding);
            let Some(output) = &mut self.output else { return Ok(()) };
            output.write_all(line.as_bytes()).map_err(|e| output.failed(e))?;
        }
        Ok(())
    }

    fn line(&self, document: &Document, finding: &Finding) -> String {
        let path = plain(&document.locator.path(root_name(&self.roots, document.root)));
        let name = document.locator.parts().last().map(|part| part.rsplit('/').next().unwrap_or(part)).unwrap_or("");
        let access = &document.access;
        let words = finding.identifier.info().words;
        let (severity_id, severity) = match finding.severity {
            Severity::Info => (1, "Informational"),
            Severity::Low => (2, "Low"),
            Severity::Medium => (3, "Medium"),
            Severity::High => (4, "High"),
            Severity::Critical => (5, "Critical"),
        };
        let (status_id, status) = if finding.decision.accepted { (3, "Suppressed") } else { (1, "New") };
        let (category_id, category) = category(finding.identifier);
        let mut file = json!({
            "name": plain(name), "path": path, "type_id": 1, "type": "Regular File", "size": document.bytes,
        });
        if !access.file_owner.is_empty() {
            file["owner"] = json!({ "name": plain(&access.file_owner) });
        }
        if let Some(modified) = access.modified {
            file["modified_time"] = modified.saturating_mul(1000).into();
        }
        let confidence_id = finding.confidence as u8 + 1;
        let rest = json!({
            "activity_id": 1,
            "activity_name": "Create",
            "category_uid": 2,
            "category_name": "Findings",
            "class_name": "Data Security Finding",
            "type_uid": 200_601,
            "type_name": "Data Security Finding: Create",
            "time": self.time,
            "severity_id": severity_id,
            "severity": severity,
            "status_id": status_id,
            "status": status,
            "is_alert": finding.severity >= Severity::Medium && !finding.decision.accepted,
            "confidence_id": confidence_id,
            "confidence": (["Low", "Medium", "High"][finding.confidence as usize]),
            "confidence_score": (probability(finding.probability) * 100.0).floor() as u64,
            "message": format!("{words} in {path}"),
            "finding_info": {
                "uid": finding.id,
                "title": format!("{words} in {}", plain(&finding.place.to_string())),
                "desc": finding.severity_reason,
                "types": [finding.identifier.name()],
                "related_events_count": finding.matches,
                "analytic": { "type_id": 1, "type": "Rule", "uid": finding.rules.first(), "name": finding.rules.join(", ") },
            },
            "data_security": {
                "category_id": category_id,
                "category": category,
                "data_lifecycle_state_id": 1,
                "data_lifecycle_state": "Data at-rest",
                "detection_system_id": 4,
                "detection_system": "Data Discovery & Classification",
                "detection_pattern": finding.rules.join(", "),
            },
            "file": file,
            "resources": [{ "uid": finding.series_id, "name": path, "type": "file" }],
            "device": { "hostname": self.host, "type_id": 0 },
            "unmapped": {
                "identifier": finding.identifier.name(),
                "hipaa": finding.hipaa(),
                "place": plain(&finding.place.to_string()),
                "people": finding.people,
                "records": finding.records,
                "protection": finding.protection.name(),
                "readable_by": access.readable_by.name(),
                "subject": finding.subject.name(),
                "class": document.class.name(),
                "linked_with": finding.linked_with,
                "test_values": finding.test_values,
            },
        });
        let rest = rest.to_string();
        format!(
            "{HEAD},\"vendor_name\":\"phisweep\",\"version\":{}}},\"version\":\"{SCHEMA}\",\"correlation_uid\":{}}},{}\n",
            Value::from(self.version),
            Value::from(self.run_id.as_str()),
            rest.strip_prefix('{').unwrap_or(&rest)
        )
    }

    /// Like [`Report::finish`], and tells what was written.
    pub fn close(&mut self) -> Result<Option<Written>> {
        self.output.take().map(Output::finish).transpose()
    }
}

/// The category of the schema's object `data_classification`.
fn category(identifier: Identifier) -> (u8, &'static str) {
    match identifier {
        Identifier::PAYMENT_CARD | Identifier::BANK_ACCOUNT => (3, "Financial"),
        Identifier::SSN | Identifier::ITIN | Identifier::DRIVER_LICENSE | Identifier::PASSPORT => (2, "Governmental"),
        _ => (1, "Personal"),
    }
}

impl Report for Ocsf {
    fn begin(&mut self, run: &Run) -> Result<()> {
        self.roots = run.roots.clone();
        self.version = run.version;
        self.run_id.clone_from(&run.run_id);
        self.host.clone_from(&run.host);
        self.time = run.started.parse::<jiff::Timestamp>().map_or(0, |time| time.as_millisecond());
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Document(document) => self.document(document),
            Event::Gap(_) => Ok(()),
        }
    }

    fn finish(&mut self, _: &Summary) -> Result<()> {
        self.close().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{self, Shared};

    #[test]
    fn a_line_is_a_data_security_finding() {
        let shared = Shared::default();
        let mut report = Ocsf::new(Output::stream("memory", Box::new(shared.clone())));
        report.begin(&samples::run()).unwrap();
        report.event(&Event::Document(Box::new(samples::document()))).unwrap();
        report.finish(&samples::summary()).unwrap();
        let text = shared.text();
        assert!(text.starts_with(HEAD) && text.ends_with("}\n"));
        assert_eq!(text.lines().count(), 1, "what is not listed is not told");
        let line: Value = serde_json::from_str(text.trim_end()).unwrap();
        for (key, expected) in [
            ("category_uid", 2.into()),
            ("class_uid", 2006.into()),
            ("type_uid", 200_601.into()),
            ("activity_id", 1.into()),
            ("severity_id", 5.into()),
            ("confidence_score", 99.into()),
            ("time", 1_795_309_323_000_i64.into()),
            ("is_alert", true.into()),
        ] as [(&str, Value); 8]
        {
            assert_eq!(line[key], expected, "{key}");
        }
        // Required by the class and by its objects.
        for required in [
            "/metadata/product/name",
            "/metadata/version",
            "/finding_info/uid",
            "/finding_info/title",
            "/file/name",
            "/file/type_id",
        ] {
            assert!(line.pointer(required).is_some_and(|value| !value.is_null()), "{required}");
        }
        assert_eq!(line["file"]["name"], "p.csv");
        assert_eq!(line["data_security"]["category_id"], 2);
    }
}
