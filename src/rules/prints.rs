//! What of a set of rules a ledger remembers, so that the next set can be held against it. In: two sets, and what was met in a
//! document. Out: whether anything that has changed between them can change what is found in it. Refuses to spare a document
//! of which that is not certain.
//!
//! A rule acts on a document through four things: candidates of its forms, names of fields, keys of places, and words around
//! candidates of any rule. What a changed rule could do is asked for each; what was met says whether it was there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Rule, RuleSet};
use crate::identifier::Identifier;
use crate::judge::met::{Met, format_bit, rule_bit, word_bit};

/// A set of rules, in so far as it can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prints {
    /// In order of id, as the set has them.
    rules: Vec<Print>,
    /// Header synonyms: what they mean, by the words of the header.
    synonyms: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Print {
    id: String,
    identifier: String,
    /// Of all that has a meaning in its file.
    all: u64,
    /// Of its forms, without their weights.
    forms: Vec<u64>,
    /// Of its keywords and those against it.
    words: u64,
    /// Of each of its field names, and those against it, the bits of its words.
    fields: Vec<Vec<u16>>,
    /// Formats of its places, a bit each.
    formats: u16,
    /// It finds values by lists of words, without a form.
    anywhere: bool,
}

fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// The bits of the words of a header.
fn bits(words: &str) -> Vec<u16> {
    words.split(' ').filter_map(word_bit).collect()
}

impl Print {
    fn of(rule: &Rule) -> Print {
        let mut meaning: toml::Table = toml::from_str(&rule.source).unwrap_or_default();
        // What is for people, and examples, which are run and not used.
        ["summary", "hit", "miss"].iter().for_each(|key| drop(meaning.remove(*key)));
        let bits = |words: &[String]| words.iter().filter_map(|word| word_bit(word)).collect();
        let keys = rule.places.iter().map(|place| place.key());
        Print {
            id: rule.id.clone(),
            identifier: rule.identifier.name().to_string(),
            all: hash(&format!("{meaning:?}")),
            forms: rule.shapes.iter().map(|shape| hash(&format!("{:?}", shape.shape))).collect(),
            words: hash(&format!("{:?} {:?}", rule.keywords, rule.not_keywords)),
            fields: rule.fields.iter().chain(&rule.not_fields).map(|entry| bits(entry.words())).collect(),
            formats: keys.fold(0, |formats, key| formats | format_bit(key)),
            anywhere: rule.identifier == Identifier::NAME,
        }
    }
}

impl Prints {
    /// Of a set.
    pub fn of(rules: &RuleSet) -> Prints {
        Prints { rules: rules.rules.iter().map(Print::of).collect(), synonyms: rules.synonyms.meanings() }
    }

    /// As text for a ledger.
    pub fn to_text(&self) -> String {
        // Strings and numbers: nothing that JSON could not write.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// And back; `None` for what is none of ours.
    pub fn from_text(text: &str) -> Option<Prints> {
        serde_json::from_str(text).ok()
    }

    /// Whether what has changed from these rules, by which a document was read and `met` was met, to those of `now` can
    /// change what is found in it.
    pub(crate) fn touch(&self, met: &Met, now: &Prints) -> bool {
        let by_id = |prints: &Prints, id: &str| prints.rules.iter().position(|rule| rule.id == id);
        let gone = self.rules.iter().filter(|old| by_id(now, &old.id).is_none()).map(|old| (Some(old), None));
        let others = now.rules.iter().map(|new| (by_id(self, &new.id).map(|at| &self.rules[at]), Some(new)));
        let rules = gone.chain(others).any(|(old, new)| old != new && self.one(met, now, old, new));
        let synonyms = self.synonyms.iter().filter(|(words, meaning)| now.synonyms.get(*words) != Some(*meaning));
        let more = now.synonyms.iter().filter(|(words, meaning)| self.synonyms.get(*words) != Some(*meaning));
        rules || synonyms.chain(more).any(|(words, _)| met.in_text || met.may_have(&bits(words)))
    }

    /// Whether one rule, which is not as it was, can.
    fn one(&self, met: &Met, now: &Prints, old: Option<&Print>, new: Option<&Print>) -> bool {
        let both = || old.into_iter().chain(new);
        let bit = |is: &dyn Fn(&Print) -> bool| {
            let bits = self.rules.iter().enumerate().filter(|(_, rule)| is(rule));
            bits.fold(0, |bits, (at, _)| bits | rule_bit(at))
        };
        // Its forms: those it had, and those it has now, as far as another rule had them.
        let had = |form: &u64| self.rules.iter().any(|rule| rule.forms.contains(form));
        let forms: Vec<u64> = both().flat_map(|print| print.forms.iter().copied()).collect();
        if forms.iter().any(|form| !had(form)) || both().any(|print| print.anywhere) {
            return true;
        }
        if met.rules & bit(&|rule| rule.forms.iter().any(|form| forms.contains(form))) != 0 {
            return true;
        }
        let formats = both().fold(0, |formats, print| formats | print.formats);
        let words = |print: &Print| print.words;
        // A header that is said to mean what it finds is a field name of its own.
        let meant = |meaning: &String| both().any(|print| print.identifier == *meaning);
        let mut headers = self.synonyms.iter().chain(&now.synonyms).filter(|(_, meaning)| meant(meaning));
        both().flat_map(|print| &print.fields).any(|entry| met.may_have(entry))
            || headers.any(|(words, _)| met.may_have(&bits(words)))
            || met.formats & formats != 0
            // Words are labels to the values of every rule.
            || (met.in_text && old.map(words) != new.map(words))
            // And so are names of fields.
            || (met.in_text && old.map(|print| &print.fields) != new.map(|print| &print.fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{load_built_in, load_with};

    fn rule(more: &str, fields: &str, forms: &str) -> String {
        format!(
            "id = \"site.badge\"\nidentifier = \"mrn\"\nsummary = \"badge\"\nshapes = [{forms}]\nvalidate = [\"mrn\"]\n\
             {more}\n[context]\nfields = [{fields}]\n[evidence]\nalone = 0.5\nfield = 6.0\nkeyword = 4.0\nchance = 1.0\n"
        )
    }

    fn with(text: &str) -> Prints {
        Prints::of(&load_with("site.toml", text).unwrap())
    }

    fn met(rules: &Prints, ids: &[&str], names: &[&str]) -> Met {
        let mut met = Met::default();
        names.iter().for_each(|name| met.name(&crate::rules::FieldName::parse(name)));
        for (at, _) in rules.rules.iter().enumerate().filter(|(_, rule)| ids.contains(&rule.id.as_str())) {
            met.rules |= rule_bit(at);
        }
        met
    }

    #[test]
    fn the_same_rules_touch_nothing_and_come_back() {
        let prints = Prints::of(&load_built_in().unwrap());
        let all = Met { rules: u128::MAX, in_text: true, formats: u16::MAX, words: [u64::MAX; 8] };
        assert!(!prints.touch(&all, &prints));
        assert_eq!(Prints::from_text(&prints.to_text()), Some(prints));
        assert_eq!(Prints::from_text("{}"), None);
    }

    #[test]
    fn a_rule_of_field_names_touches_what_has_such_a_field() {
        let before = Prints::of(&load_built_in().unwrap());
        let now = with(&rule("", "\"badge code\"", ""));
        assert!(before.touch(&met(&before, &[], &["BADGE_CODE", "ssn"]), &now));
        assert!(!before.touch(&met(&before, &["us.ssn"], &["ssn", "badge"]), &now));
        assert!(!before.touch(&Met { in_text: true, ..met(&before, &["us.ssn"], &[]) }, &before.clone()));
        // And when it goes again, the same.
        assert!(now.touch(&met(&now, &[], &["badge code"]), &before));
        assert!(!now.touch(&met(&now, &[], &["ssn"]), &before));
        let told = with(&rule("", "\"badge code\"", "").replace("\"badge\"\n", "\"another line for people\"\n"));
        assert!(!now.touch(&met(&now, &[], &["badge code"]), &told), "its summary says nothing");
    }

    #[test]
    fn a_rule_with_forms_touches_what_had_them() {
        let one = with(&rule("", "\"badge code\"", "\"AA-9999999\""));
        let none = met(&one, &["us.ssn"], &[]);
        assert!(Prints::of(&load_built_in().unwrap()).touch(&none, &one), "a form that nobody looked for");
        let other = with(&rule("", "\"badge code\"", "\"AA-9999999\"").replace("alone = 0.5", "alone = 0.7"));
        assert!(!one.touch(&none, &other));
        assert!(one.touch(&met(&one, &["site.badge"], &[]), &other));
        assert!(!one.touch(&none, &Prints::of(&load_built_in().unwrap())), "gone, and it was not there");
    }

    #[test]
    fn words_touch_what_was_judged_by_words() {
        let one = with(&rule("", "\"badge code\"", "\"AA-9999999\""));
        let other = with(
            &rule("", "\"badge code\"], keywords = [\"badge\"", "\"AA-9999999\"").replace("], keywords", "]\nkeywords"),
        );
        let far = met(&one, &["us.ssn"], &["ssn"]);
        assert!(!one.touch(&far, &other));
        assert!(one.touch(&Met { in_text: true, ..far }, &other));
    }
}
