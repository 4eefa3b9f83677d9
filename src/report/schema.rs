//! `phisweep generate schema`: the JSON Schema of our JSON Lines. In: nothing. Out: one schema document, which says what
//! each kind of record must hold. Refuses nothing; it allows further fields and values, since all lists are open.

/// JSON Schema, draft 2020-12.
pub const JSONL: &str = include_str!("schema.json");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::gap::Reason;
    use crate::report::Report;
    use crate::report::jsonl::Jsonl;
    use crate::report::output::Output;
    use crate::report::samples::{self, Shared};
    use crate::scan::Event;

    /// What of JSON Schema the document uses; anything else fails.
    const USED: [&str; 15] = [
        "$schema",
        "$id",
        "$defs",
        "$ref",
        "title",
        "description",
        "type",
        "const",
        "enum",
        "required",
        "properties",
        "items",
        "oneOf",
        "additionalProperties",
        "minimum",
    ];

    /// Why `value` is not what `schema` says; `None` if it is. With `closed`, a field that is not described is wrong too.
    fn wrong(root: &Value, schema: &Value, value: &Value, at: &str, closed: bool) -> Option<String> {
        let schema = match schema.get("$ref").and_then(Value::as_str) {
            Some(to) => root.pointer(to.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("{to} is not there")),
            None => schema,
        };
        for (key, _) in schema.as_object().unwrap() {
            assert!(USED.contains(&key.as_str()), "{key} is not checked here");
        }
        let is = |name: &str| match name {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            other => panic!("type {other}"),
        };
        if schema.get("type").and_then(Value::as_str).is_some_and(|name| !is(name)) {
            return Some(format!("{at} is no {}", schema["type"]));
        }
        if schema.get("const").is_some_and(|expected| expected != value) {
            return Some(format!("{at} is not {}", schema["const"]));
        }
        if schema.get("enum").and_then(Value::as_array).is_some_and(|all| !all.contains(value)) {
            return Some(format!("{at} is none of {}", schema["enum"]));
        }
        if schema.get("minimum").and_then(Value::as_f64).is_some_and(|least| value.as_f64().is_some_and(|n| n < least))
        {
            return Some(format!("{at} is below {}", schema["minimum"]));
        }
        if let Some(all) = schema.get("oneOf").and_then(Value::as_array) {
            let reasons: Vec<Option<String>> = all.iter().map(|one| wrong(root, one, value, at, closed)).collect();
            let fits = reasons.iter().filter(|reason| reason.is_none()).count();
            let reasons: Vec<String> = reasons.into_iter().flatten().collect();
            if fits != 1 {
                return Some(format!("{at} fits {fits} of {}: {}", all.len(), reasons.join(" | ")));
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if value.get(name.as_str().unwrap()).is_none() {
                return Some(format!("{at} has no {name}"));
            }
        }
        let described = schema.get("properties").and_then(Value::as_object);
        for (key, inner) in value.as_object().into_iter().flatten() {
            let at = format!("{at}.{key}");
            match (described.and_then(|all| all.get(key)), schema.get("additionalProperties")) {
                (Some(schema), _) | (None, Some(schema)) => {
                    if let Some(reason) = wrong(root, schema, inner, &at, closed) {
                        return Some(reason);
                    }
                }
                (None, None) if closed && described.is_some() => return Some(format!("{at} is not described")),
                (None, None) => {}
            }
        }
        let items = schema.get("items");
        value
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .find_map(|(n, inner)| items.and_then(|schema| wrong(root, schema, inner, &format!("{at}[{n}]"), closed)))
    }

    fn schema() -> Value {
        serde_json::from_str(JSONL).unwrap()
    }

    fn check(line: &str, closed: bool) -> Option<String> {
        let schema = schema();
        wrong(&schema, &schema, &serde_json::from_str(line).unwrap(), "record", closed)
    }

    /// What a scan writes of the made drop and of what reports may hold else.
    fn lines() -> String {
        let shared = Shared::default();
        let mut report = Jsonl::new(Output::stream("memory", Box::new(shared.clone())));
        report.begin(&samples::run()).unwrap();
        let mut second = samples::document();
        second.findings[0].place = crate::finding::Place::Cell { sheet: "Sheet1".to_string(), column: "B".to_string() };
        second.findings[0].decision.accepted = true;
        second.findings[0].decision.disposition = "accepted".to_string();
        second.path_holds_values = true;
        second.gaps = vec![samples::gap("a", Reason::Malformed)];
        report.event(&Event::Document(Box::new(samples::document()))).unwrap();
        report.event(&Event::Document(Box::new(second))).unwrap();
        report.event(&Event::Gap(samples::gap("b", Reason::Denied))).unwrap();
        report.finish(&samples::summary()).unwrap();
        let made = crate::engine::Engine::with_rules(&[]).unwrap();
        let mut documents: Vec<crate::finding::Document> = Vec::new();
        let drop = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/drop");
        let roots = crate::scan::roots(&[drop]).unwrap();
        let options = crate::options::Options { matches: true, threads: 1, ..Default::default() };
        crate::scan::scan(&made, &options, &roots, &Default::default(), &mut documents).unwrap();
        let again = Shared::default();
        let mut report = Jsonl::new(Output::stream("memory", Box::new(again.clone())));
        report.begin(&crate::scan::Run { roots, ..samples::run() }).unwrap();
        for document in documents {
            report.event(&Event::Document(Box::new(document))).unwrap();
        }
        report.close(&samples::summary()).unwrap();
        shared.text() + &again.text()
    }

    #[test]
    fn what_is_written_is_what_the_schema_says() {
        let text = lines();
        assert!(text.lines().count() > 100);
        for line in text.lines() {
            assert_eq!(check(line, true), None, "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_refused_and_what_is_new_is_not() {
        let text = lines();
        let finding = text.lines().find(|line| line.starts_with("{\"type\":\"finding\"")).unwrap();
        assert_eq!(check(&finding.replace("\"id\":", "\"new\":1,\"id\":"), false), None);
        for (from, to) in [
            ("\"type\":\"finding\"", "\"type\":\"match\""),
            ("\"severity\":", "\"other\":"),
            ("\"matches\":", "\"matches\":-1,\"was\":"),
            ("\"rules\":[", "\"rules\":[1,"),
            ("\"distinct_exact\":true", "\"distinct_exact\":\"yes\""),
        ] {
            assert!(finding.contains(from), "{from}");
            assert!(check(&finding.replacen(from, to, 1), false).is_some(), "{from} → {to}");
        }
    }
}
