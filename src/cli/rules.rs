//! `phisweep rules list|show ID|check [FILE]`. In: the built-in rules and those given. Out: a table, one rule's file, or
//! what is wrong with the examples. Refuses ids nobody knows; an example that fails is exit 2, file and line named.

use std::fmt::Write;

use crate::cli::args::RulesCommand;
use crate::cli::{exit, out, say};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::rules::RuleSet;

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
        RulesCommand::Check { file, rules } => {
            let mut paths = rules.rules;
            paths.extend(file);
            check(&Engine::with_rules(&paths)?)
        }
    }
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
