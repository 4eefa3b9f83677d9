//! Which rules know a place by its key. In: the keys a format's reader gives a place, the most special first. Out: the rules
//! whose pattern files name the first of them that any names. Refuses nothing: an unknown key gives nothing.

use super::RuleSet;

/// A place as a pattern file writes it: `hl7:PID-19` is that key, `x12:REF*SY` too (X12 keys have stars of their own),
/// `dicom:0010*` with the star last every key that begins so. `?fhir:Patient.identifier` is weak: other things stand
/// there too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    key: String,
    starts: bool,
    weak: bool,
}

/// A rule that a place speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceMatch {
    /// Index into [`RuleSet::rules`].
    pub rule: usize,
    /// Other things stand there too.
    pub weak: bool,
}

impl Entry {
    /// Reads a place as a pattern file writes it.
    pub fn parse(text: &str) -> Entry {
        let (weak, key) = text.strip_prefix('?').map_or((false, text), |key| (true, key));
        let (starts, key) = key.strip_suffix('*').map_or((false, key), |key| (true, key));
        Entry { key: key.to_string(), starts, weak }
    }

    /// The key, or how keys begin.
    #[cfg(feature = "ledger")]
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    fn matches(&self, key: &str) -> bool {
        if self.starts { key.starts_with(&self.key) } else { key == self.key }
    }
}

impl RuleSet {
    /// The rules that the first key known to any rule speaks for.
    pub fn place_rules(&self, keys: &[String]) -> Vec<PlaceMatch> {
        for key in keys {
            let known = |(rule, entries): (usize, &Vec<Entry>)| {
                let entry = entries.iter().filter(|entry| entry.matches(key)).min_by_key(|entry| entry.weak)?;
                Some(PlaceMatch { rule, weak: entry.weak })
            };
            let found: Vec<PlaceMatch> =
                self.rules.iter().map(|rule| &rule.places).enumerate().filter_map(known).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_special_key_decides() {
        let rules = crate::rules::load_built_in().unwrap();
        let bound = |keys: &[&str]| -> Vec<(&str, bool)> {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            rules.place_rules(&keys).iter().map(|m| (rules.rules[m.rule].id.as_str(), m.weak)).collect()
        };
        assert_eq!(bound(&["hl7:PID-19"]), [("us.ssn", false)]);
        assert_eq!(bound(&["x12:2010BA/REF02/SY", "x12:REF02/SY"]), [("us.ssn", false)], "the first that is known");
        assert!(bound(&["hl7:PID-1", "hl7:PID-190"]).is_empty(), "a key is no beginning");
        let matches = |entry: &str, key: &str| Entry::parse(entry).matches(key);
        assert!(matches("dicom:0010*", "dicom:00100020") && !matches("dicom:0010*", "dicom:00080020"));
        assert!(!matches("x12:REF*SY", "x12:REF*SYN"), "a star inside stands for itself");
        assert!(Entry::parse("?fhir:Patient.identifier").weak);
    }
}
