//! What a sweep has told, told again. In: a ledger. Out: the run, documents and gaps as the last run that came to its end had them,
//! with decisions as they are now, and its summary. Refuses a ledger no run of which came to its end. What was resolved is in the
//! dated reports, and not told again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::decisions::agreement::Agreement;
use crate::error::{Error, Result};
use crate::finding::{Root, Summary};
use crate::ledger::Ledger;
use crate::report::read::Reader;
use crate::report::utc;
use crate::scan::Run;
use crate::sweep::config::Config;
use crate::sweep::reports::{self, Teller};
use crate::sweep::stands::Sums;

/// What a run was asked, as far as its reports tell by it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) host: String,
    pub(super) options: Map<String, Value>,
    pub(super) suppress: Option<PathBuf>,
    pub(super) roots: Vec<Terms>,
}

/// What was asked of a root.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Terms {
    pub(super) name: String,
    pub(super) vendor: String,
    pub(super) responsible: String,
    pub(super) agreement: Option<Agreement>,
    pub(super) retention_days: Option<u64>,
    pub(super) mrn_space: String,
}

impl Asked {
    pub(super) fn of(config: &Config, options: &Map<String, Value>) -> Asked {
        let roots = config.roots.iter().map(|root| Terms {
            name: root.name.clone(),
            vendor: root.vendor.clone(),
            responsible: root.responsible.clone(),
            agreement: root.agreement.clone(),
            retention_days: root.retention_days,
            mrn_space: root.mrn_space.clone(),
        });
        Asked {
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            options: options.clone(),
            suppress: config.suppress.clone(),
            roots: roots.collect(),
        }
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Tells the last run that came to its end.
pub fn tell(path: &Path, reader: &mut impl Reader) -> Result<Summary> {
    let ledger = Ledger::read(path)?;
    let refused = |message: &str| Error::Ledger { path: path.to_path_buf(), message: message.to_string() };
    let mut runs = ledger.runs(1_000)?.into_iter().filter(|run| run.finished.is_some());
    let last = runs.next().ok_or_else(|| refused("no run of it has come to its end: there is nothing to tell"))?;
    let since = runs.next().map_or(0, |run| run.number);
    let asked: Asked = serde_json::from_str(&last.asked)
        .map_err(|_| refused("its last run did not say what it was asked: the next sweep does"))?;
    let known: HashMap<String, _> = ledger.roots()?.into_iter().map(|root| (root.name.clone(), root)).collect();
    let (mut numbers, mut roots, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for terms in &asked.roots {
        let root = known.get(&terms.name).ok_or_else(|| refused("a root is lost"))?;
        numbers.push(root.number);
        whole.push(root.completed == Some(last.number));
        roots.push(Root {
            name: terms.name.clone(),
            path: PathBuf::from(&root.path),
            filesystem: root.filesystem.clone(),
            vendor: terms.vendor.clone(),
            responsible: terms.responsible.clone(),
        });
    }
    let started = utc(last.started).unwrap_or_default();
    let ruleset = ledger.stands()?.into_iter().find(|stand| stand.number == last.stand);
    let run = Run {
        run_id: last.run_id.clone(),
        version: env!("CARGO_PKG_VERSION"),
        ruleset: ruleset.map(|stand| stand.rules).unwrap_or_default(),
        started: started.clone(),
        host: asked.host.clone(),
        roots,
        options: asked.options.clone(),
    };
    reader.run(run.clone())?;
    let accepted = reports::decided(asked.suppress.as_deref(), &ledger, started.get(..10).unwrap_or_default())?;
    let sums: Vec<Sums> = numbers.iter().map(|number| Sums::read(&ledger, *number)).collect::<Result<_>>()?;
    let mut teller = Teller {
        ledger: &ledger,
        terms: &asked.roots,
        numbers: &numbers,
        sums: &sums,
        run: &run,
        since,
        now: last.started,
        whole: &whole,
        accepted,
    };
    let (mut summary, _) = teller.tell(&mut |event| reader.event(event))?;
    summary.complete = last.status == "complete";
    summary.seconds = (last.finished.unwrap_or(last.started) - last.started) as f64;
    summary.exit = last.exit.and_then(|exit| i32::try_from(exit).ok()).unwrap_or(2);
    Ok(summary)
}
