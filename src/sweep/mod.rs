//! Scheduled sweeps. In: a configuration, and a ledger of what earlier runs found. Out: the ledger brought up to date, dated
//! reports, what has changed. Refuses to run beside itself, and to take a share that is not mounted for an empty one.
//!
//! ```text
//!  config ─► health ─► merge (walk + ledger) ─► scan ─► books (ledger) ─► finish ─► delta ─► reports, notify
//!                      unchanged: passed over            rows, committed in groups
//! ```
//!
//! Reports are made from the ledger when the run is over. So a run that is killed loses nothing but its reports: the
//! next one goes on where it was, and tells what both have found.

pub mod again;
mod books;
pub mod config;
mod delta;
mod feeds;
mod finish;
mod health;
mod judged;
mod lock;
mod merge;
mod notify;
mod people;
mod reports;
mod sizes;
mod stands;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value};

use self::again::Asked;
use self::books::{BookedRoot, Books, Keeper};
use self::config::{Config, Rescan};
pub use self::delta::Delta;
use self::delta::RootDelta;
pub use self::lock::Lock;
use self::merge::{Merge, Plan, Walked};
use self::reports::{Dated, Teller};
pub use self::stands::AtRules;
use self::stands::{Stands, Sums};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ledger::rows::{RootRow, RunRow};
use crate::ledger::{Ledger, key_file};
use crate::limits::Limits;
use crate::open::content::ContentKey;
use crate::open::mounts::Mounts;
use crate::open::offline::Recall;
use crate::options::{Options, WalkOptions};
use crate::report::utc;
use crate::scan::{Progress, Run, scan_found};
use crate::spool::Spool;
use crate::walk::filesystem::{self, ModeBits};

/// What one run is asked, beside its configuration.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// Read everything again.
    pub full: bool,
    /// Roots that lie on another file system than before, and that is right.
    pub new_filesystem: Vec<String>,
    /// Bytes of files that are not on disk that may be fetched; as the configuration says where `None`.
    pub recall: Option<u64>,
    /// Now, seconds since 1970; the clock where `None`.
    pub now: Option<i64>,
    /// Names the run.
    pub run_id: String,
    /// See [`Options::worker`].
    pub worker: Option<PathBuf>,
    /// The options that were given, for the record.
    pub given: Map<String, Value>,
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// What has changed, with the exit code.
    pub delta: Delta,
    /// Where its reports are.
    pub folder: PathBuf,
    /// What went wrong and did not end it.
    pub failures: Vec<Error>,
}

/// Runs a sweep. `progress.stop` ends it early: what was read is kept, and the next run goes on. `signal` tells whether
/// that came from outside, and which. A run that cannot go on is marked as incomplete, and the next one tells what it found.
pub fn run(
    engine: &Engine,
    config: &Config,
    orders: &Orders,
    progress: &Progress,
    signal: &dyn Fn() -> Option<i32>,
) -> Result<Outcome> {
    let begun = Cell::new(None);
    let swept = sweep(engine, config, orders, progress, (signal, &begun));
    if let (Err(_), Some(number)) = (&swept, begun.get()) {
        // Where the disk is full there is room again once the unfinished set is gone.
        let _ = std::fs::remove_dir_all(config.reports.join(reports::UNFINISHED));
        Ledger::break_off(&config.ledger, number);
    }
    swept
}

/// As [`run`]; `begun` gets the number of the run once the ledger has it.
fn sweep(
    engine: &Engine,
    config: &Config,
    orders: &Orders,
    progress: &Progress,
    (signal, begun): (&dyn Fn() -> Option<i32>, &Cell<Option<i64>>),
) -> Result<Outcome> {
    reports::folder(&config.reports)?;
    let lock = lock::take(&config.lock_path())?;
    let key = key_file(&config.key_path())?;
    let ledger = Ledger::open(&config.ledger)?;
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now = orders.now.unwrap_or_else(|| i64::try_from(clock.as_secs()).unwrap_or(0));
    let stands = Stands::of(engine, config, &ledger)?;
    let runs = ledger.runs(1_000)?;
    let since = runs.iter().find(|run| run.finished.is_some()).map_or(0, |run| run.number);
    let previous = runs.iter().find(|run| !run.manifest.is_empty()).map(|run| run.manifest.clone());
    let started = utc(now).unwrap_or_default();
    let accepted = reports::decided(config.suppress.as_deref(), &ledger, started.get(..10).unwrap_or_default())?;
    let asked = Asked::of(config, &orders.given);
    let mut row = RunRow {
        run_id: orders.run_id.clone(),
        started: now,
        version: env!("CARGO_PKG_VERSION").to_string(),
        stand: stands.now,
        asked: asked.to_text(),
        ..RunRow::default()
    };
    row.number = ledger.begin_run(&row)?;
    begun.set(Some(row.number));
    let run = Run {
        run_id: orders.run_id.clone(),
        version: env!("CARGO_PKG_VERSION"),
        ruleset: engine.rules().hash.clone(),
        started: started.clone(),
        host: asked.host.clone(),
        roots: reports::roots(config),
        options: orders.given.clone(),
    };

    let content_key = ContentKey::new(&key);
    let mut roots = prepare(config, orders, &ledger, &run, row.number, now)?;
    let plans: Vec<Plan> = roots.iter_mut().filter_map(|root| root.plan.take()).collect();
    let booked: Vec<BookedRoot> = roots.iter().map(|root| root.booked.clone()).collect();
    let wanted = merge::Asked {
        budget: match config.rescan {
            Rescan::Now => None,
            Rescan::Gradual(bytes) => Some(AtomicU64::new(bytes)),
        },
        full: orders.full,
        verify: (config.verify * u64::MAX as f64) as u64,
        run: row.number as u64,
        now: clock.as_nanos() as i64,
        settle: i64::try_from(config.settle_seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000_000),
        follow: config.follow,
        key: content_key.clone(),
    };
    let mounts = limited(config);
    let options = Options {
        walk: WalkOptions { follow: config.follow, ..WalkOptions::default() },
        threads: config.threads,
        only: config.only.clone(),
        skip: config.skip.clone(),
        min_confidence: config.min_confidence,
        fingerprint_key: Some(key),
        content_key: Some(content_key.clone()),
        worker: orders.worker.clone(),
        spool: Spool::open(Limits::default().spool).ok(),
        mounts: mounts.clone(),
        recall: Some(Arc::new(Recall::new(orders.recall.unwrap_or(config.recall)))),
        ..Options::default()
    };
    let reader = ledger.reader()?;
    let books = Books::new(ledger, booked, (row.number, since, stands.now), now, config.fail_on, content_key);
    let window_ended = AtomicBool::new(false);
    let done = AtomicBool::new(false);
    let failed = Arc::default();
    let scanned = std::thread::scope(|threads| {
        if config.window.is_some() || mounts.is_some() {
            threads.spawn(|| watch(config.window, progress, mounts.as_deref(), &done, &window_ended));
        }
        let mut merge = Merge::new((&wanted, &stands), progress, &books, reader, plans);
        merge.failed = Arc::clone(&failed);
        let scanned = scan_found(engine, &options, &run.roots, merge, progress, &mut Keeper(&books));
        done.store(true, Ordering::Release);
        scanned
    });
    let ledger = books.close();
    if let Some(error) = failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() {
        return Err(error);
    }
    scanned?;
    let ledger = ledger?;

    let mut failures = Vec::new();
    finish::roots(&ledger, config, &mut roots, row.number, since, now)?;
    let stopped = progress.stop.load(Ordering::Acquire);
    let failed = roots.iter().any(|root| root.problem.is_some());
    let status = match (stopped, window_ended.load(Ordering::Acquire)) {
        (false, _) if failed => "incomplete",
        (false, _) => "complete",
        (true, true) => "window",
        (true, false) => "stopped",
    };
    let mut delta = Delta { run_id: run.run_id.clone(), started, status: status.to_string(), ..Delta::default() };
    for (root, swept) in roots.iter().zip(&config.roots) {
        delta.roots.push(RootDelta {
            root: swept.name.clone(),
            vendor: swept.vendor.clone(),
            responsible: swept.responsible.clone(),
            covered_entity: swept.covered_entity.clone(),
            status: root.status().to_string(),
            message: root.problem.clone().unwrap_or_default(),
            files: root.walked.files.load(Ordering::Relaxed),
            unchanged: root.walked.carried.load(Ordering::Relaxed),
            waiting: root.walked.waiting.load(Ordering::Relaxed),
        });
    }
    let numbers: Vec<i64> = roots.iter().map(|root| root.booked.number).collect();
    let mut dated = Dated::begin(&config.reports, &run, previous.as_deref().unwrap_or(""))?;
    let sums: Vec<Sums> = roots.iter().map(|root| root.sums(&ledger)).collect::<Result<_>>()?;
    let terms = asked.roots;
    let whole: Vec<bool> = roots.iter().map(|root| root.status() == "complete").collect();
    let mut teller = Teller {
        ledger: &ledger,
        terms: &terms,
        numbers: &numbers,
        sums: &sums,
        run: &run,
        since,
        now,
        whole: &whole,
        accepted,
    };
    let (mut summary, told) = teller.tell(&mut |event| dated.event(&event))?;
    delta.states = told.states.clone();
    delta.accepted = told.accepted.len() as u64;
    (delta.not_agreed, delta.past_retention, delta.claims_refuted) =
        (told.not_agreed, told.past_retention, told.claims_refuted);
    delta.rulesets = stands.shares(&ledger, &sums)?;
    let names: HashMap<i64, String> = ledger.all_roots()?.into_iter().collect();
    delta::gather(&mut delta, &ledger, (since, now), &names, &told.accepted)?;
    summary.complete = status == "complete";
    summary.seconds = clock_seconds(clock);
    delta.exit = finish::exit(&ledger, config, &roots, &delta, signal(), since, &run.started)?;
    summary.exit = delta.exit;
    dated.beside(&delta, &runs, summary.people)?;
    let (folder, manifest) = dated.finish(&summary, &delta)?;
    for (root, swept) in roots.iter().zip(&config.roots) {
        if root.status() == "complete" {
            failures.extend(notify::heartbeat(&config.reports, &swept.name, &run.started).err());
        }
    }
    failures.extend(notify::tell(&config.notify, &delta));
    if !failures.is_empty() && delta.exit < 128 {
        delta.exit = 2;
    }
    let finished = i64::try_from(summary.seconds as u64).map_or(now, |seconds| now + seconds);
    ledger.end_run(&RunRow {
        finished: Some(finished),
        status: status.to_string(),
        exit: Some(i64::from(delta.exit)),
        folder: folder.display().to_string(),
        manifest,
        counts: reports::counts(&delta, summary.people),
        ..row
    })?;
    drop(lock);
    Ok(Outcome { delta, folder, failures })
}

/// Keeps sweeps away from the ledger at `path` until what this gives is dropped.
pub fn lock_of(path: &std::path::Path) -> Result<Lock> {
    let mut name = path.as_os_str().to_os_string();
    name.push(".lock");
    lock::take(&PathBuf::from(name))
}

fn clock_seconds(begun: Duration) -> f64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(begun).as_secs_f64()
}

/// A root on its way through a run.
struct RootState {
    booked: BookedRoot,
    plan: Option<Plan>,
    walked: Arc<Walked>,
    /// The ledger has documents of it, and they are expected to be there.
    held: bool,
    /// Why it was not swept, or not to its end.
    problem: Option<String>,
}

impl RootState {
    /// What it holds.
    fn sums(&self, ledger: &Ledger) -> Result<Sums> {
        if self.status() != "complete" {
            return Sums::read(ledger, self.booked.number);
        }
        let sums = self.walked.sums();
        debug_assert_eq!(sums, Sums::read(ledger, self.booked.number)?, "counted on the way, and in the ledger");
        Ok(sums)
    }

    fn status(&self) -> &'static str {
        match (&self.problem, self.walked.whole()) {
            (Some(_), _) => "failed",
            (None, true) => "complete",
            (None, false) => "unfinished",
        }
    }
}

/// Looks at the roots, and closes those that are not swept any more.
fn prepare(
    config: &Config,
    orders: &Orders,
    ledger: &Ledger,
    run: &Run,
    number: i64,
    now: i64,
) -> Result<Vec<RootState>> {
    let known = ledger.roots()?;
    let names: HashSet<&str> = config.roots.iter().map(|root| root.name.as_str()).collect();
    for root in known.iter().filter(|root| !names.contains(root.name.as_str())) {
        ledger.begin()?;
        ledger.remove_root(root.number, number, now)?;
        ledger.commit()?;
    }
    let mut states = Vec::new();
    for (index, (swept, root)) in config.roots.iter().zip(&run.roots).enumerate() {
        let old = known.iter().find(|known| known.name == swept.name);
        let trusts = orders.new_filesystem.contains(&swept.name);
        let held = !trusts && old.map_or(Ok(false), |old| ledger.holds_any(old.number))?;
        let ground = health::ground(&swept.path, old, held);
        let row = RootRow {
            name: swept.name.clone(),
            path: swept.path.display().to_string(),
            filesystem: ground
                .as_ref()
                .map_or_else(|_| old.map_or_else(String::new, |o| o.filesystem.clone()), |g| g.filesystem.clone()),
            mounted: ground.as_ref().map_or_else(|_| old.is_some_and(|old| old.mounted), |ground| ground.mounted),
            first_seen: now,
            ..RootRow::default()
        };
        let number = ledger.put_root(&row)?;
        let trusted = filesystem::mode_bits(&row.filesystem) != ModeBits::Invented;
        let walked = Arc::new(Walked::default());
        let booked = BookedRoot {
            number,
            root: root.clone(),
            fresh: old.is_none_or(|old| old.completed.is_none()),
            empty: !ledger.knows_any(number)?,
            trusted,
            space: people::space(&swept.mrn_space),
            declared: swept.declared_readers.clone(),
            walked: Arc::clone(&walked),
        };
        let plan = ground.is_ok().then(|| Plan {
            index,
            number,
            root: root.clone(),
            walk: WalkOptions {
                include: swept.include.clone(),
                exclude: swept.exclude.clone(),
                follow: config.follow,
                one_file_system: config.one_file_system,
                snapshots: config.snapshots,
                own_files: own_files(config),
                ..WalkOptions::default()
            },
            trusted,
            walked: Arc::clone(&walked),
        });
        if plan.is_some() {
            ledger.clear_waiting(number)?;
        }
        states.push(RootState { booked, plan, walked, held, problem: ground.err() });
    }
    Ok(states)
}

/// What lies in a root and is ours.
fn own_files(config: &Config) -> Vec<PathBuf> {
    let beside = |ending: &str| {
        let mut name = config.ledger.as_os_str().to_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let ledger = ["", "-wal", "-shm", "-journal"].map(beside);
    ledger.into_iter().chain([config.key_path(), config.lock_path(), config.reports.clone()]).collect()
}

/// What the mounts of the roots may be asked, where the configuration says that.
fn limited(config: &Config) -> Option<Arc<Mounts>> {
    use std::os::unix::fs::MetadataExt;
    config.read_rate.or(config.requests.map(|_| 0))?;
    let device = |root: &config::SweptRoot| std::fs::metadata(&root.path).map_or(0, |facts| facts.dev());
    let roots: Vec<(PathBuf, u64)> = config.roots.iter().map(|root| (root.path.clone(), device(root))).collect();
    Some(Arc::new(Mounts::new(&roots, config.read_rate, config.requests)))
}

/// Stops the run when its window ends, and lets nobody wait for a mount once it is to stop.
fn watch(
    window: Option<(u32, u32)>,
    progress: &Progress,
    mounts: Option<&Mounts>,
    done: &AtomicBool,
    ended: &AtomicBool,
) {
    let inside = |(from, until): (u32, u32), minute: u32| match from <= until {
        true => (from..until).contains(&minute),
        false => minute >= from || minute < until,
    };
    while !done.load(Ordering::Acquire) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        if window.is_some_and(|window| !inside(window, (now.as_secs() / 60 % 1440) as u32)) {
            ended.store(true, Ordering::Release);
            progress.stop.store(true, Ordering::Release);
        }
        if progress.stop.load(Ordering::Acquire) {
            mounts.iter().for_each(|mounts| mounts.end());
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
