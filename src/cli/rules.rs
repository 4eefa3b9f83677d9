//! `phisweep rules list|show ID|learn|check [FILE]`. In: the built-in rules and those given. Out: a table, one rule's file, or
//! what is wrong with the examples. Refuses ids nobody knows; an example that fails is exit 2, file and line named.

use std::collections::HashSet;
use std::fmt::Write;
use std::path::PathBuf;

use crate::cli::args::{LearnArgs, RulesCommand};
use crate::cli::{exit, out, say};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::finding::Document;
use crate::options::Options;
use crate::report::words::plain;
use crate::rules::RuleSet;
use crate::scan;

/// Runs the command.
pub(super) fn run(command: RulesCommand) -> Result<i32> {
    match command {
        RulesCommand::List(args) => out(&list(Engine::with_rules(&args.rules)?.rules())).map(|()| 0),
        RulesCommand::Show { id, rules } => {
            let engine = Engine::with_rules(&rules.rules)?;
            let rule = engine.rules().rules.iter().find(|rule| rule.id == id);
            let rule = rule.ok_or_else(|| unknown(&id, engine.rules()))?;
            out(&rule.source).map(|()| 0)
        }
        RulesCommand::Learn(args) => learn(&args),
        RulesCommand::Check { file, rules } => {
            let mut paths = rules.rules;
            paths.extend(file);
            check(&Engine::with_rules(&paths)?)
        }
    }
}

/// Learns from a roster. The values live as long as this call.
fn learn(args: &LearnArgs) -> Result<i32> {
    let roster = &args.roster;
    let damaged = |_| Error::Usage(format!("{}: no CSV file", roster.display()));
    let file = std::fs::File::open(roster).map_err(|source| Error::read(roster, source))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file);
    let header = reader.byte_headers().map_err(damaged)?;
    let named = |cell: &[u8]| cell.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(cell) == args.column.as_bytes();
    let at = header.iter().position(named).ok_or_else(|| {
        Error::Usage(format!("{} has no column {}; it has {} others", roster.display(), args.column, header.len()))
    })?;
    let mut values = HashSet::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(damaged)? {
        let value = record.get(at).and_then(|cell| std::str::from_utf8(cell).ok()).unwrap_or_default();
        if !value.is_empty() {
            values.insert(value.to_string());
        }
    }
    let text = crate::rules::learn::learn(args.identifier, &args.column, &values)?;
    drop(values);
    match &args.output {
        Some(path) => std::fs::write(path, &text).map_err(|source| Error::write(path, source))?,
        None => out(&text)?,
    }
    if !args.against.is_empty() {
        let table = against(&text, &args.against)?;
        // Standard output is the pattern file's, unless that goes elsewhere.
        match args.output {
            Some(_) => out(&table)?,
            None => table.lines().for_each(say),
        }
    }
    Ok(0)
}

/// What the rule of this text finds in these folders that is not found without it.
fn against(text: &str, folders: &[PathBuf]) -> Result<String> {
    let roots = scan::roots(folders)?;
    let mut found: Vec<Vec<Document>> = Vec::new();
    for engine in [Engine::built_in()?, Engine::new(crate::rules::load_with("learnt.toml", text)?)] {
        let mut documents: Vec<Document> = Vec::new();
        scan::scan(&engine, &Options::default(), &roots, &scan::Progress::default(), &mut documents)?;
        found.push(documents);
    }
    let listed = |document: &Document| {
        let learnt =
            document.findings.iter().filter(|f| f.listed && f.rules.iter().any(|rule| rule.starts_with("site.")));
        let matches: u64 = learnt.map(|finding| finding.matches).sum();
        let all: u64 = document.findings.iter().filter(|f| f.listed).map(|f| f.matches).sum();
        (matches, all)
    };
    let mut table = String::new();
    let mut documents = 0;
    let (before, after) = (found.first().map_or(&[][..], |d| d), found.get(1).map_or(&[][..], |d| d));
    for (old, new) in before.iter().zip(after) {
        let ((_, was), (learnt, is)) = (listed(old), listed(new));
        let more = is.saturating_sub(was).min(learnt);
        if more > 0 {
            documents += 1;
            let root = roots.get(new.root).map_or("", |root| root.name.as_str());
            let _ = writeln!(table, "{more:>9}  {}", plain(&new.locator.path(root)));
        }
    }
    let _ = writeln!(table, "newly found in {documents} of {} documents", after.len());
    Ok(table)
}

fn list(rules: &RuleSet) -> String {
    let widest = |width: fn(&crate::rules::Rule) -> usize| rules.rules.iter().map(width).max().unwrap_or(0);
    let (id_width, identifier_width) = (widest(|rule| rule.id.len()), widest(|rule| rule.identifier.name().len()));
    let mut table = String::new();
    for rule in &rules.rules {
        let (id, identifier, letter) = (&rule.id, rule.identifier, rule.identifier.info().letter);
        let _ = writeln!(table, "{id:id_width$}  {identifier:identifier_width$}  {letter}  {}", rule.summary);
    }
    table
}

fn unknown(id: &str, rules: &RuleSet) -> Error {
    // The part after the country is what people know: `ssn` for `us.ssn`.
    let near = rules.rules.iter().find(|rule| rule.id.ends_with(&format!(".{id}")) || rule.identifier.name() == id);
    match near {
        Some(rule) => Error::Usage(format!("no rule is called {id}; did you mean {}?", rule.id)),
        None => Error::Usage(format!("no rule is called {id}; `phisweep rules list` shows them")),
    }
}

fn check(engine: &Engine) -> Result<i32> {
    let failures = crate::rules::check::check(engine);
    for failure in &failures {
        say(&format!("{}:{}: {}", failure.file, failure.line, failure.message));
    }
    let rules = &engine.rules().rules;
    let mut examples = 0;
    for rule in rules {
        let of_rule = rule.examples()?;
        examples += of_rule.hits.len() + of_rule.misses.len();
    }
    out(&format!("{} rules, {examples} examples, {} failures\n", rules.len(), failures.len()))?;
    Ok(if failures.is_empty() { 0 } else { exit::FAILED })
}
