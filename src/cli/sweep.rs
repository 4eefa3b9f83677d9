//! `phisweep sweep`: one run of a scheduled sweep. In: a configuration. Out: what has changed, for people or as JSON Lines, and
//! an exit code. Refuses a configuration that is wrong before anything is opened.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::cli::args::{Stdout, SweepArgs};
use crate::cli::{memory, out, progress, report_error, scan, signals};
use crate::decisions::day_from_now;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::scan::Progress;
use crate::sweep::config::Config;
use crate::sweep::{self, Orders};

/// Runs the command.
pub(super) fn run(args: SweepArgs, given: Map<String, Value>) -> Result<i32> {
    let config = Config::read(&args.config, &day_from_now(0))?;
    if args.format == Stdout::Csv || args.format == Stdout::Sarif {
        return Err(Error::Usage("-f takes text or jsonl here; tables are in the folder of reports".to_string()));
    }
    if let Some(name) = args.new_filesystem.iter().find(|name| !config.roots.iter().any(|root| root.name == **name)) {
        return Err(Error::Usage(format!("--new-filesystem {name}: no root has this name")));
    }
    memory::suffices(config.threads)?;
    let engine = Engine::with_rules(&config.rules)?;
    scan::check_rules(&engine, &config.rules)?;
    let progress = Arc::new(Progress::default());
    let received = signals::listen(progress.clone(), Vec::new())
        .map_err(|e| Error::Usage(format!("cannot listen for signals: {e}")))?;
    let orders = Orders {
        full: args.full,
        recall: args.recall,
        new_filesystem: args.new_filesystem,
        now: args.now,
        worker: Some(scan::this_program()),
        run_id: scan::run_id(&scan::now()),
        given,
    };
    let display = progress::Display::start(args.progress, progress.clone());
    let outcome = sweep::run(&engine, &config, &orders, &progress, &|| received.signal());
    drop(display);
    let outcome = outcome?;
    outcome.failures.iter().for_each(report_error);
    match args.format {
        Stdout::Jsonl => out(&outcome.delta.lines())?,
        _ => out(&format!("{}Written: {}\n", outcome.delta.text(), outcome.folder.display()))?,
    }
    Ok(outcome.delta.exit)
}
