//! `phisweep scan`, the supervisor: opens rules, keys and reports, lets the scan run, closes the reports. In: its
//! options. Out: reports and an exit code. Refuses, before anything is read, what cannot work: missing starting points,
//! reports that cannot be written, one report asked for twice, values revealed into a file without consent.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use serde_json::{Map, Value};

use crate::cli::args::{LookForArgs, RevealArgs, ScanArgs, ShowProgress, Stdout};
use crate::cli::exit::{Policy, Tally};
use crate::cli::{key, memory, out, outputs, passwords, progress, report_error, say, signals, stdout_error};
use crate::confine::{self, Rights};
use crate::decisions::accepted::Accepted;
use crate::decisions::severities;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::finding::{Document, Root, Summary};
use crate::identifier::Identifier;
use crate::limits::Limits;
use crate::options::{Options, Reveal, WalkOptions};
use crate::release::{Answer, Purpose, Shared};
use crate::report;
use crate::report::dir::OwnManifest;
use crate::report::set::Reports;
use crate::rich::trial;
use crate::scan::{self, Event, Listener, Progress, Run};
use crate::spool::Spool;

/// Runs the command.
pub(super) fn run(args: Box<ScanArgs>, given: Map<String, Value>) -> Result<i32> {
    let begun = Instant::now();
    memory::suffices(args.threads.map_or(0, usize::from))?;
    check(&args)?;
    let wanted = outputs::wanted(&args.output)?;
    let engine = Engine::with_rules(&args.look_for.rules)?;
    check_rules(&engine, &args.look_for.rules)?;
    check_look_for(&engine, &args.look_for)?;
    let (accepted, release) = decided(&args)?;
    let policy = Policy { fail_on: args.fail_on.0, allow_gaps: args.allow_gaps.clone(), strict: args.strict };
    let roots = scan::roots(&args.paths)?;
    let show = if args.quiet { ShowProgress::Never } else { args.progress };
    let summary_for_people = args.format == Stdout::Text && !args.quiet;
    let mut reports = Reports::default();
    let stdout = outputs::Stdio { format: args.format, matches: args.matches, quiet: args.quiet };
    let mut ours = outputs::open(stdout, &wanted, &mut reports, release.as_ref())?;
    let manifest = args.manifest.as_ref().map(|path| outputs::resolved(path));
    if let Some(path) = &manifest {
        if ours.contains(path) {
            return Err(Error::Usage(format!("two reports would be written to {}", path.display())));
        }
        ours.extend([path.clone(), report::output::temporary(path)]);
    }
    let mut manifest = manifest.map(|path| OwnManifest::create(&path)).transpose()?;
    let (sandbox, verbose, quiet) = (!args.no_sandbox, args.verbose, args.quiet);
    let mut options = options(*args)?;
    options.known_values = Arc::new(accepted.known.clone());
    options.profile = release.is_some();
    options.walk.own_files.clone_from(&ours);

    // From here on all is open that is written, and threads start.
    let fence = sandbox.then(|| confine::scan(&rights(&roots, &ours, options.walk.follow)));
    if verbose {
        say(&match fence {
            Some(confined) => format!("fence: {confined}"),
            None => "fence: none, by --no-sandbox; documents are still read by workers".to_string(),
        });
    }

    for (what, how) in trial::attempts() {
        say(&format!("trial: {what}: {how}"));
    }

    let progress = Arc::new(Progress::default());
    let temporaries = ours.into_iter().filter(|path| report::output::is_temporary(path)).collect();
    let received = signals::listen(progress.clone(), temporaries)
        .map_err(|e| Error::Usage(format!("cannot listen for signals: {e}")))?;
    let started = now();
    let run = Run {
        run_id: run_id(&started),
        version: env!("CARGO_PKG_VERSION"),
        ruleset: engine.rules().hash.clone(),
        started,
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        roots,
        options: given,
    };
    if let Some(manifest) = &mut manifest {
        manifest.begin(&run);
    }
    let roots = run.roots.clone();
    let tally = Tally::default();
    let mut supervisor = Supervisor {
        reports,
        policy,
        tally,
        summary_for_people,
        quiet,
        roots,
        accepted,
        counted: [0; 5],
        release,
        manifest,
    };
    supervisor.reports.begin(&run);
    supervisor.hear_failures();

    let display = progress::Display::start(show, progress.clone());
    let scanned = scan::scan(&engine, &options, &run.roots, &progress, &mut supervisor);
    drop(display);
    match scanned {
        Ok(summary) => Ok(supervisor.close(summary, &received, begun)),
        // Nobody reads any more: each report that failed has said why, or its reader has gone.
        Err(_) if supervisor.reports.open() == 0 => Ok(supervisor.tally.code(&supervisor.policy)),
        Err(error) => Err(error),
    }
}

/// Hears the scan: feeds the reports and keeps the tally for the exit code.
struct Supervisor {
    reports: Reports,
    policy: Policy,
    tally: Tally,
    /// Standard output is for people, and not for a program.
    summary_for_people: bool,
    /// Nothing is said but errors.
    quiet: bool,
    roots: Vec<Root>,
    accepted: Accepted,
    /// Listed findings that are accepted, by severity.
    counted: [u64; 5],
    /// What is asked with `--for`.
    release: Option<Shared>,
    /// What is asked with `--manifest`.
    manifest: Option<OwnManifest>,
}

impl Listener for Supervisor {
    fn event(&mut self, mut event: Event) -> Result<()> {
        if let Event::Document(document) = &mut event {
            self.decide(document);
        }
        self.tally.event(&event, &self.policy);
        self.reports.event(&event);
        self.hear_failures();
        match self.reports.open() {
            0 => Err(stdout_error(io::ErrorKind::BrokenPipe.into())),
            _ => Ok(()),
        }
    }
}

impl Supervisor {
    /// Puts into a document what people have decided.
    fn decide(&mut self, document: &mut Document) {
        if let Some(release) = &self.release {
            release.borrow().expect(document);
        }
        let path = document.locator.path(report::root_name(&self.roots, document.root));
        self.accepted.decide(document, &path);
        for finding in document.findings.iter().filter(|finding| finding.listed && finding.decision.accepted) {
            self.counted[finding.severity as usize] += 1;
        }
    }

    /// The exit code: with `--for` its answer takes the place of 1, 0 and 3.
    fn code(&self) -> i32 {
        match (&self.release, self.tally.code(&self.policy)) {
            (Some(release), 0 | 1 | 3) => release.borrow().code(),
            (_, code) => code,
        }
    }

    /// Says at once which report cannot be written; the scan goes on for the others.
    fn hear_failures(&mut self) {
        for error in self.reports.take_failures() {
            self.tally.incomplete_output = true;
            report_error(&error);
        }
    }

    fn close(&mut self, mut summary: Summary, received: &signals::Received, begun: Instant) -> i32 {
        self.tally.signal = received.signal();
        summary.complete &= self.tally.signal.is_none();
        // Whatever ended it early: a scan that is not whole must never look like one that is.
        self.tally.incomplete_output |= !summary.complete;
        summary.seconds = begun.elapsed().as_secs_f64();
        summary.accepted = self.counted;
        summary.exit = self.code();
        self.reports.finish(&summary);
        self.hear_failures();
        if let Some(Err(error)) = self.manifest.as_mut().map(|manifest| manifest.finish(&summary)) {
            self.tally.incomplete_output = true;
            report_error(&error);
        }
        let written = self.reports.names();
        if self.summary_for_people && !written.is_empty() {
            // Only now is it known which reports came to their end.
            if let Err(error) = out(&format!("Written: {}\n", written.join(", "))) {
                self.tally.incomplete_output = true;
                report_error(&error);
            }
        }
        if let Some(release) = self.release.as_ref().filter(|_| !self.summary_for_people && !self.quiet) {
            // Standard output is a program's: people get the answer beside it.
            say(&release.borrow().first_line());
        }
        if self.accepted.unused() > 0 {
            say(&format!("note: --suppress: {} entries match nothing here", self.accepted.unused()));
        }
        self.code()
    }
}

/// What can be known to be wrong from the options alone.
fn check(args: &ScanArgs) -> Result<()> {
    let holds_matches = args.format == Stdout::Jsonl || !args.output.is_empty();
    if args.matches && !holds_matches {
        let message = "--matches needs a report that can hold them: -f jsonl, or -o with .csv, .jsonl or a folder";
        return Err(Error::Usage(message.to_string()));
    }
    let values_to_stdout = args.format == Stdout::Jsonl && args.matches;
    may_reveal(&args.reveal, !args.output.is_empty() || (values_to_stdout && stdout_is_file()))?;
    if args.reveal.reveal != Reveal::None && !args.matches {
        say("note: --reveal shows values in match records; without --matches there are none");
    }
    let mut seen = HashSet::new();
    if let Some(twice) = args.paths.iter().find(|path| path.as_os_str() == "-" && !seen.insert(*path)) {
        return Err(Error::Usage(format!("{} is given twice; standard input can be read once", twice.display())));
    }
    Ok(())
}

/// What `--suppress` and `--for` say.
fn decided(args: &ScanArgs) -> Result<(Accepted, Option<Shared>)> {
    let accepted = args.suppress.as_deref().map(Accepted::read).transpose()?.unwrap_or_default();
    if accepted.names_known && args.fingerprint_key.is_none() {
        let message =
            "--suppress names known values by fingerprint: that needs the --fingerprint-key they were made with";
        return Err(Error::Usage(message.to_string()));
    }
    if accepted.known_expired > 0 {
        say(&format!("note: --suppress: {} known values have run out and count again", accepted.known_expired));
    }
    let Some(purpose) = &args.purpose else { return Ok((accepted, None)) };
    if !args.look_for.only.is_empty() || !args.look_for.skip.is_empty() {
        let message = "--for asks about everything; --only and --skip would leave something out";
        return Err(Error::Usage(message.to_string()));
    }
    let purpose = Purpose::read(purpose)?;
    let gaps = (args.allow_gaps.clone(), args.strict);
    Ok((accepted, Some(Rc::new(RefCell::new(Answer::new(purpose, gaps))))))
}

/// Refuses to reveal values into a file unless the user has said that it may hold them.
pub(super) fn may_reveal(args: &RevealArgs, to_file: bool) -> Result<()> {
    if args.reveal != Reveal::None && to_file && !args.i_may_hold_phi {
        let message = "--reveal would write values of persons to a file; if it may lie there, add --i-may-hold-phi";
        return Err(Error::Usage(message.to_string()));
    }
    Ok(())
}

/// Whether standard output goes to a regular file.
pub(super) fn stdout_is_file() -> bool {
    let kind = rustix::fs::fstat(io::stdout()).map(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode));
    kind.is_ok_and(|kind| kind == rustix::fs::FileType::RegularFile)
}

/// The options that say what is looked for.
pub(super) fn look_for(args: LookForArgs) -> Options {
    Options { only: args.only, skip: args.skip, test_values: args.test_values, ..Options::default() }
}

fn options(args: ScanArgs) -> Result<Options> {
    let fingerprint_key = args.fingerprint_key.as_deref().map(key::read).transpose()?;
    let passwords = args.password_file.as_deref().map(passwords::read).transpose()?.unwrap_or_default();
    let severities = args.severity.as_deref().map(severities::read).transpose()?.unwrap_or_default();
    let mut limits = Limits::default();
    for (name, value) in &args.limit {
        limits.set(name, value).map_err(Error::Usage)?;
    }
    Ok(Options {
        walk: WalkOptions {
            include: args.include,
            exclude: args.exclude,
            max_depth: args.max_depth,
            follow: args.follow,
            one_file_system: args.one_file_system,
            snapshots: args.snapshots,
            own_files: Vec::new(),
        },
        threads: args.threads.map_or(0, usize::from),
        min_confidence: args.min_confidence,
        format_hints: args.format_hint,
        matches: args.matches,
        reveal: args.reveal.reveal,
        fingerprint_key,
        passwords,
        severities: Arc::new(severities),
        mask_paths: args.mask_paths,
        limits,
        worker: Some(this_program()),
        spool: spool(&limits, args.verbose),
        ..look_for(args.look_for)
    })
}

/// What a scan needs: to read its roots, or, where links are followed, anything; to write beside its reports.
fn rights(roots: &[Root], ours: &[PathBuf], follow: bool) -> Rights {
    let mut read: Vec<PathBuf> = roots.iter().map(|root| root.path.clone()).collect();
    // A database that is named alone is read with its log.
    let log = |root: &Root| {
        let mut log = root.path.clone().into_os_string();
        log.push(scan::LOG);
        Path::new(&log).is_file().then(|| log.into())
    };
    read.extend(roots.iter().filter_map(log).collect::<Vec<PathBuf>>());
    if follow {
        read.push(PathBuf::from("/"));
    }
    let mut write: Vec<PathBuf> = ours.iter().filter_map(|file| Some(file.parent()?.to_path_buf())).collect();
    write.sort_unstable();
    write.dedup();
    Rights { read, write }
}

/// Opens the spool, while this process may still make a file. Where it cannot, what would need it is a gap that says so.
fn spool(limits: &Limits, verbose: bool) -> Option<Spool> {
    if limits.spool == 0 {
        return None;
    }
    let spool = Spool::open(limits.spool);
    if verbose && let Err(error) = &spool {
        say(&format!("spool: none: {error}"));
    }
    spool.ok()
}

/// What is started as a worker: the program that runs, even if another has taken its name meanwhile.
pub(super) fn this_program() -> PathBuf {
    let itself = Path::new("/proc/self/exe");
    if itself.exists() { itself.to_path_buf() } else { std::env::current_exe().unwrap_or_default() }
}

/// Pattern files of the user must pass their own examples before anything is judged by them.
pub(super) fn check_rules(engine: &Engine, given: &[PathBuf]) -> Result<()> {
    if given.is_empty() {
        return Ok(());
    }
    match crate::rules::check::check(engine).into_iter().next() {
        Some(failure) => Err(Error::Pattern { file: failure.file, line: failure.line, message: failure.message }),
        None => Ok(()),
    }
}

/// Refuses to look for what no rule finds: a clean result would say nothing, and look as if it did.
pub(super) fn check_look_for(engine: &Engine, args: &LookForArgs) -> Result<()> {
    let found = |identifier: &Identifier| engine.rules().rules.iter().any(|rule| rule.identifier == *identifier);
    if let Some(missing) = args.only.iter().find(|identifier| !found(identifier)) {
        let message = format!("--only {missing}: no rule finds that yet; `phisweep rules list` shows what is found");
        return Err(Error::Usage(message));
    }
    let wanted = |identifier: &Identifier| {
        !args.skip.contains(identifier) && (args.only.is_empty() || args.only.contains(identifier))
    };
    if !engine.rules().rules.iter().any(|rule| wanted(&rule.identifier)) {
        return Err(Error::Usage("--only and --skip leave nothing to look for".to_string()));
    }
    Ok(())
}

/// Now, UTC, with seconds.
pub(super) fn now() -> String {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    report::utc(i64::try_from(seconds).unwrap_or(0)).unwrap_or_default()
}

/// Names a run: when it started, and a number that tells it from others of that second. It begins with a letter, so
/// that no spreadsheet takes it for a number.
pub(super) fn run_id(started: &str) -> String {
    let compact: String = started.chars().filter(char::is_ascii_alphanumeric).collect();
    let number = RandomState::new().hash_one(std::process::id()) as u32;
    format!("R-{compact}-{number:08X}")
}
