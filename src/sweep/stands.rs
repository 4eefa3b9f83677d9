//! By which rules and program documents were read. In: the engine, the configuration, a ledger. Out: whether what has changed
//! since can change what is found in a document; and how much of the bytes stands at which rules. Refuses to spare what was
//! read by another program, or of which nobody knows what was met in it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::engine::Engine;
use crate::error::Result;
use crate::judge::met::Met;
use crate::ledger::Ledger;
use crate::ledger::rows::{DocumentRow, Kind, KnownRow};
use crate::ledger::standing::Clean;
use crate::rules::prints::Prints;
use crate::sweep::config::Config;

/// The stand of now, against all that a ledger knows.
pub(super) struct Stands {
    /// Number of the one by which documents are read now.
    pub(super) now: i64,
    prints: Prints,
    /// Of the others, the rules; `None` where the program was another one. With the name of the set.
    others: HashMap<i64, (Option<Prints>, String)>,
    /// Name of the set of now.
    ruleset: String,
    /// What was found out already, by stand and by what was met.
    known: Mutex<HashMap<(i64, i64), bool>>,
}

/// What a root holds, counted while it is walked: nothing of it must be asked of the ledger again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// Documents that tell nothing.
    pub(super) clean: Clean,
    /// By the stand they were read at and what was met in them: documents, bytes.
    at: HashMap<(i64, Option<i64>), (u64, u64)>,
}

impl Sums {
    /// A document as the ledger has it.
    pub(super) fn known(&mut self, row: &KnownRow) {
        if row.gone_run.is_none() {
            self.count((row.kind, row.stand, row.met), row.size, (row.clean, row.clean_bytes));
        }
    }

    /// A document as it is put there.
    pub(super) fn document(&mut self, row: &DocumentRow) {
        if row.gone_run.is_none() {
            self.count((row.kind, row.stand, row.met), row.size, (row.clean, row.clean_bytes));
        }
    }

    fn count(&mut self, (kind, stand, met): (Kind, i64, Option<i64>), size: i64, (clean, bytes): (i64, i64)) {
        self.clean.documents += clean.max(0) as u64;
        self.clean.bytes += bytes.max(0) as u64;
        if kind == Kind::Read {
            let at = self.at.entry((stand, met)).or_default();
            at.0 += 1;
            at.1 += size.max(0) as u64;
        }
    }

    /// And what was counted elsewhere.
    pub(super) fn join(&mut self, other: &Sums) {
        self.clean.documents += other.clean.documents;
        self.clean.bytes += other.clean.bytes;
        for (key, (documents, bytes)) in &other.at {
            let at = self.at.entry(*key).or_default();
            at.0 += documents;
            at.1 += bytes;
        }
    }

    /// As the ledger has it: for a root that was not walked to its end.
    pub(super) fn read(ledger: &Ledger, root: i64) -> Result<Sums> {
        let rows = ledger.bytes_by_stand(root)?.into_iter();
        let at = rows.map(|(stand, met, n, bytes)| ((stand, met), (n.max(0) as u64, bytes.max(0) as u64)));
        Ok(Sums { clean: ledger.clean(root)?, at: at.collect() })
    }
}

/// How much stands at one set of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AtRules {
    /// Names the set: the `ruleset` of a run.
    pub ruleset: String,
    /// Whether it is the one of now.
    pub now: bool,
    /// Documents that were read by it last.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of these documents, those that what has changed since can touch: they are still to be read again.
    pub to_read_again: u64,
    /// Their bytes.
    pub bytes_to_read_again: u64,
}

impl Stands {
    /// The stand of these rules and this program, which the ledger gets where it does not have it.
    pub(super) fn of(engine: &Engine, config: &Config, ledger: &Ledger) -> Result<Stands> {
        let asked = format!("{:?} {:?} {:?}", config.only, config.skip, config.min_confidence);
        let program = format!("{} {asked}", env!("PHISWEEP_READING"));
        let prints = Prints::of(engine.rules());
        let (ruleset, text) = (engine.rules().hash.clone(), prints.to_text());
        let hash = blake3::hash(format!("{program} {ruleset} {text}").as_bytes()).to_hex().to_string();
        let now = ledger.stand(&hash, &program, &ruleset, &text)?;
        let others = ledger.stands()?.into_iter().filter(|stand| stand.number != now).map(|stand| {
            let prints = (stand.program == program).then(|| Prints::from_text(&stand.prints)).flatten();
            (stand.number, (prints, stand.rules))
        });
        Ok(Stands { now, others: others.collect(), prints, ruleset, known: Mutex::default() })
    }

    /// Whether a document that was read at `stand`, and in which `met` was met, must be read again. `ledger`: to look up what
    /// that is.
    pub(super) fn touch(&self, ledger: &Ledger, kind: Kind, stand: i64, met: Option<i64>) -> Result<bool> {
        if stand == self.now {
            return Ok(false);
        }
        let Some((Some(prints), _)) = self.others.get(&stand) else { return Ok(true) };
        if kind != Kind::Read {
            // No rule looks into a kind that is not read.
            return Ok(false);
        }
        let Some(number) = met else { return Ok(true) };
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&(stand, number)) {
            return Ok(*known);
        }
        let met = ledger.met(number)?.and_then(|bytes| Met::from_bytes(&bytes));
        let touched = met.is_none_or(|met| prints.touch(&met, &self.prints));
        lock().insert((stand, number), touched);
        Ok(touched)
    }

    /// How much of these roots stands at which rules: those of now first, then the largest.
    pub(super) fn shares(&self, ledger: &Ledger, roots: &[Sums]) -> Result<Vec<AtRules>> {
        let mut shares: BTreeMap<(bool, String), AtRules> = BTreeMap::new();
        for root in roots {
            for (&(stand, met), &(documents, bytes)) in &root.at {
                let now = stand == self.now;
                let other = self.others.get(&stand).map_or("", |(_, ruleset)| ruleset.as_str());
                let ruleset = if now { self.ruleset.clone() } else { other.to_string() };
                let share =
                    shares.entry((!now, ruleset.clone())).or_insert(AtRules { ruleset, now, ..AtRules::default() });
                share.documents += documents;
                share.bytes += bytes;
                if self.touch(ledger, Kind::Read, stand, met)? {
                    share.to_read_again += documents;
                    share.bytes_to_read_again += bytes;
                }
            }
        }
        let mut shares: Vec<AtRules> = shares.into_values().collect();
        shares.sort_by_key(|share| (!share.now, std::cmp::Reverse(share.bytes)));
        Ok(shares)
    }
}
