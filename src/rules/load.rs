//! Reads pattern files. In: TOML text and the file's name. Out: a [`Rule`], or what is wrong and in which line. Refuses
//! unknown keys, identifiers, checks and shapes, and a second rule of the same id in one folder.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::detect::Shape;
use crate::error::{Error, Result};
use crate::finding::Confidence;
use crate::identifier::Identifier;
use crate::validate;

use super::fields::Entries;
use super::synonyms::Synonyms;
use super::{Evidence, Examples, Hit, Miss, Rule, RuleSet, RuleShape, Stage, fields, places};

/// The built-in pattern files: path below `patterns/` and text, in order of path.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/patterns.rs"));

/// The built-in pattern files: path below `patterns/` and text, in order of path.
pub fn built_in_files() -> &'static [(&'static str, &'static str)] {
    BUILT_IN
}

/// The built-in rules.
pub fn load_built_in() -> Result<RuleSet> {
    load(&[])
}

/// The built-in rules and those in these pattern files, or in the `*.toml` of these folders; a rule of a known id takes
/// its place. With them the header synonyms in files that end in `.csv`.
pub fn load(paths: &[PathBuf]) -> Result<RuleSet> {
    let mut rules: Vec<Rule> = Vec::new();
    for (name, text) in BUILT_IN {
        // Their examples are read when they are run: the suite does that, a scan has no use for them.
        insert(&mut rules, rule(&format!("patterns/{name}"), Cow::Borrowed(text))?);
    }
    let mut synonyms = Synonyms::default();
    for path in paths {
        let mut own: Vec<Rule> = Vec::new();
        for file in files(path)? {
            let text = std::fs::read_to_string(&file).map_err(|source| Error::read(&file, source))?;
            let name = file.display().to_string();
            if is_table(&file) {
                synonyms.read(&name, &text)?;
                continue;
            }
            let rule = rule(&name, Cow::Owned(text))?;
            rule.examples()?;
            if let Some(twice) = own.iter().find(|other| other.id == rule.id) {
                let message = format!("the rule {} is in {} too", rule.id, twice.file);
                return Err(Error::Pattern { file: name, line: 1, message });
            }
            own.push(rule);
        }
        own.into_iter().for_each(|rule| insert(&mut rules, rule));
    }
    Ok(set(rules, synonyms))
}

fn set(rules: Vec<Rule>, synonyms: Synonyms) -> RuleSet {
    RuleSet { hash: hash(&rules, &synonyms), entries: Entries::of(&rules), rules, synonyms }
}

/// The built-in rules and one more, of this text.
pub fn load_with(name: &str, text: &str) -> Result<RuleSet> {
    let RuleSet { mut rules, synonyms, .. } = load_built_in()?;
    insert(&mut rules, rule(name, Cow::Owned(text.to_string()))?);
    Ok(set(rules, synonyms))
}

/// Whether a file given with the rules is one of header synonyms.
fn is_table(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Puts a rule where its id belongs; one of the same id goes.
fn insert(rules: &mut Vec<Rule>, rule: Rule) {
    match rules.binary_search_by(|other| other.id.cmp(&rule.id)) {
        Ok(at) => rules[at] = rule,
        Err(at) => rules.insert(at, rule),
    }
}

/// The files of rules at `path`: itself, or the `*.toml` and `*.csv` below it, sorted.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let meta = std::fs::metadata(path).map_err(|source| Error::read(path, source))?;
    if !meta.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = entry
            .map_err(|error| Error::Read { path: error.path().unwrap_or(path).to_path_buf(), source: error.into() })?;
        let ours = entry.path().extension().is_some_and(|e| e == "toml") || is_table(entry.path());
        if entry.file_type().is_file() && ours {
            files.push(entry.into_path());
        }
    }
    if files.is_empty() {
        let message = "no *.toml and no *.csv is in this folder".to_string();
        return Err(Error::Pattern { file: path.display().to_string(), line: 0, message });
    }
    Ok(files)
}

/// The first 16 hexadecimal digits of a BLAKE3 hash over all sources in order of id, each behind its length.
fn hash(rules: &[Rule], synonyms: &Synonyms) -> String {
    let mut hasher = blake3::Hasher::new();
    for rule in rules {
        hasher.update(&(rule.source.len() as u64).to_le_bytes());
        hasher.update(rule.source.as_bytes());
    }
    synonyms.hash(&mut hasher);
    hasher.finalize().to_hex()[..16].to_string()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Spanned<String>,
    identifier: Spanned<String>,
    summary: String,
    #[serde(default)]
    shapes: Vec<Spanned<ShapeEntry>>,
    validate: Spanned<Vec<String>>,
    #[serde(default)]
    test_values: Vec<String>,
    #[serde(default)]
    context: Context,
    evidence: Spanned<EvidenceTable>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a shape is a text, or a table { form = \"…\", alone = 0.0 }")]
enum ShapeEntry {
    Form(String),
    Weighed(Weighed),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weighed {
    form: String,
    alone: f32,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Context {
    fields: Vec<String>,
    not_fields: Vec<String>,
    keywords: Vec<String>,
    not_keywords: Vec<String>,
    places: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceTable {
    alone: f32,
    field: f32,
    keyword: f32,
    chance: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleTables {
    #[serde(default)]
    hit: Vec<Spanned<HitTable>>,
    #[serde(default)]
    miss: Vec<Spanned<MissTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HitTable {
    text: String,
    confidence: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MissTable {
    text: String,
    stopped_by: Spanned<String>,
    because: String,
}

/// Where the examples start: they are the last part of a file.
fn examples_at(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("[[hit]]") || line.starts_with("[[miss]]") {
            return at;
        }
        at += line.len();
    }
    at
}

/// The line, from 1, of an offset.
fn line(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count()
}

/// A pattern error in the line of `at`.
fn wrong(file: &str, text: &str, at: usize, message: impl Into<String>) -> Error {
    Error::Pattern { file: file.to_string(), line: line(text, at), message: message.into() }
}

/// What the TOML reader says, in our words: its message without the quoted source.
fn refused(file: &str, text: &str, shift: usize, error: &toml::de::Error) -> Error {
    let at = error.span().map_or(0, |span| span.start) + shift;
    wrong(file, text, at, error.message().replace('\n', " "))
}

/// Reads one file without its examples.
fn rule(file: &str, source: Cow<'static, str>) -> Result<Rule> {
    let text: &str = &source;
    let read: File = toml::from_str(&text[..examples_at(text)]).map_err(|e| refused(file, text, 0, &e))?;
    let identifier = Identifier::by_name(read.identifier.get_ref()).ok_or_else(|| {
        let name = read.identifier.get_ref();
        let message = match Identifier::suggestion(name) {
            Some(near) => format!("no identifier is called `{name}`; `{near}` is"),
            None => format!("no identifier is called `{name}`"),
        };
        wrong(file, text, read.identifier.span().start, message)
    })?;
    let checks = read.validate.get_ref();
    let check = match checks.as_slice() {
        [name] => validate::by_name(name).ok_or_else(|| {
            let message = format!("no check is called `{name}`; there are {}", validate::NAMES.join(", "));
            wrong(file, text, read.validate.span().start, message)
        })?,
        _ => return Err(wrong(file, text, read.validate.span().start, "`validate` lists one check")),
    };
    let id = read.id.get_ref();
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b)) {
        let message = "an id is made of lower-case letters, digits, `.`, `_` and `-`";
        return Err(wrong(file, text, read.id.span().start, message));
    }
    let table = read.evidence.get_ref();
    let evidence = Evidence { alone: table.alone, field: table.field, keyword: table.keyword, chance: table.chance };
    if !(evidence.chance > 0.0 && evidence.chance <= 1.0) {
        return Err(wrong(file, text, read.evidence.span().start, "`chance` is above 0 and at most 1"));
    }
    let mut shapes = Vec::with_capacity(read.shapes.len());
    for entry in &read.shapes {
        let (form, alone) = match entry.get_ref() {
            ShapeEntry::Form(form) => (form, evidence.alone),
            ShapeEntry::Weighed(weighed) => (&weighed.form, weighed.alone),
        };
        let shape = Shape::parse(form)
            .map_err(|message| wrong(file, text, entry.span().start, format!("shape `{form}`: {message}")))?;
        shapes.push(RuleShape { shape, alone });
    }
    let entries = |names: &[String]| names.iter().map(|name| fields::Entry::parse(name)).collect();
    let lower = |words: Vec<String>| words.into_iter().map(|w| w.to_lowercase()).collect();
    let test_values: Vec<Vec<u8>> =
        read.test_values.iter().map(|value| validate::Normal::alnum(value.as_bytes()).as_bytes().to_vec()).collect();
    Ok(Rule {
        id: read.id.into_inner(),
        identifier,
        summary: read.summary,
        file: file.to_string(),
        shapes,
        check,
        test_traces: test_values.iter().fold(0, |traces, value| traces | super::test_trace(value)),
        test_values,
        fields: entries(&read.context.fields),
        not_fields: entries(&read.context.not_fields),
        keywords: lower(read.context.keywords),
        not_keywords: lower(read.context.not_keywords),
        places: read.context.places.iter().map(|key| places::Entry::parse(key)).collect(),
        evidence,
        source,
    })
}

/// Reads the examples of one file.
pub(super) fn examples(file: &str, text: &str) -> Result<Examples> {
    let shift = examples_at(text);
    let read: ExampleTables = toml::from_str(&text[shift..]).map_err(|e| refused(file, text, shift, &e))?;
    let mut examples = Examples::default();
    for hit in read.hit {
        let at = shift + hit.span().start;
        let hit = hit.into_inner();
        let confidence = [Confidence::Possible, Confidence::Likely, Confidence::Certain]
            .into_iter()
            .find(|c| c.name() == hit.confidence.get_ref())
            .ok_or_else(|| {
                let message = "a confidence is `possible`, `likely` or `certain`";
                wrong(file, text, shift + hit.confidence.span().start, message)
            })?;
        examples.hits.push(Hit { text: hit.text, confidence, line: line(text, at) });
    }
    for miss in read.miss {
        let at = shift + miss.span().start;
        let miss = miss.into_inner();
        let stopped_by = match miss.stopped_by.get_ref().as_str() {
            "detect" => Stage::Detect,
            "validate" => Stage::Validate,
            "judge" => Stage::Judge,
            _ => {
                let message = "a miss is stopped by `detect`, `validate` or `judge`";
                return Err(wrong(file, text, shift + miss.stopped_by.span().start, message));
            }
        };
        examples.misses.push(Miss { text: miss.text, stopped_by, because: miss.because, line: line(text, at) });
    }
    Ok(examples)
}

#[cfg(test)]
mod tests;
