//! The reports of a sweep. In: a ledger after its run. Out: a dated folder with the whole set, made from what the ledger keeps,
//! so that what was carried forward stands in it like what was read; and the link `latest`. Refuses nothing; a folder gets
//! its name only when the set is whole.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::decisions::Disposition;
use crate::decisions::accepted::{Accepted, Limits};
use crate::error::{Error, Result};
use crate::finding::{Document, Root, Size, Summary};
use crate::judge::people::Of;
use crate::ledger::Ledger;
use crate::ledger::rows::RunRow;
use crate::ledger::stored;
use crate::locator::Locator;
use crate::report::csv::rows::Closed;
use crate::report::dir::Dir;
#[cfg(feature = "cli")]
use crate::report::html::trend::{Closed as Closings, Point};
use crate::report::output::Output;
use crate::report::{Report, root_name};
use crate::scan::{Counts, Event, Progress, Run};
use crate::sweep::again::Terms;
use crate::sweep::config::Config;
use crate::sweep::delta::{Delta, days};
use crate::sweep::people::{self, Everybody};
use crate::sweep::sizes::Sizes;
use crate::sweep::stands::Sums;

/// What decisions and agreements say, and what the ledger knows, put into documents as they are told.
pub(super) struct Teller<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) terms: &'a [Terms],
    /// Numbers of the roots of the run.
    pub(super) numbers: &'a [i64],
    /// What each holds.
    pub(super) sums: &'a [Sums],
    pub(super) run: &'a Run,
    pub(super) since: i64,
    pub(super) now: i64,
    /// Which were walked to their end.
    pub(super) whole: &'a [bool],
    pub(super) accepted: Accepted,
}

/// What the reports came to, for the delta.
#[derive(Default)]
pub(super) struct Told {
    /// Findings that are accepted.
    pub(super) accepted: HashSet<String>,
    pub(super) states: BTreeMap<String, u64>,
    pub(super) not_agreed: u64,
    pub(super) past_retention: u64,
    pub(super) claims_refuted: u64,
    accepted_by_severity: [u64; 5],
    /// Everybody who is known by marks.
    everybody: Everybody,
    /// Where there are none, most people of one document, by series.
    series: HashMap<String, u64>,
    /// Contents that were counted already.
    contents: HashSet<[u8; 16]>,
    /// Of roots and feeds.
    sizes: Vec<Size>,
    people_most: u64,
    people_low: u64,
    people_high: u64,
}

/// The file of which records are told.
#[derive(Default)]
struct OfFile {
    file: Vec<u8>,
    /// Marks of its people, until they are added.
    body: Option<Vec<u8>>,
    /// Its people are known by marks.
    marked: bool,
    /// See [`people::space`].
    space: u64,
}

impl Teller<'_> {
    /// Tells everything the ledger holds to `hear`, and what it comes to.
    pub(super) fn tell(&mut self, hear: &mut dyn FnMut(Event) -> Result<()>) -> Result<(Summary, Told)> {
        let mut told = Told::default();
        let (mut counts, mut known_of) = (Counts::default(), Of::default());
        let ledger = self.ledger;
        let numbers = self.numbers;
        for (index, number) in numbers.iter().enumerate() {
            let space = people::space(&self.terms[index].mrn_space);
            let mut of = OfFile { space, ..OfFile::default() };
            let mut sizes = Sizes::default();
            ledger.each_record(*number, |key, body, content, first_seen| {
                if of.file != key {
                    of.file = key.to_vec();
                    of.body = ledger.people(*number, key)?;
                    of.marked = of.body.as_ref().is_some_and(|body| told.everybody.add(body, space));
                }
                let Some(mut event) = stored::from_text(body, index) else {
                    let message = "what it keeps of a document cannot be read".to_string();
                    return Err(Error::Ledger { path: ledger.path().to_path_buf(), message });
                };
                if let Event::Document(document) = &mut event {
                    self.complete(document, (content, first_seen), &mut of, &mut sizes, &mut told)?;
                }
                counts.add(&mut event);
                hear(event)
            })?;
            let (sizes, known) = sizes.told(index);
            told.sizes.extend(sizes);
            known_of.add(&known);
            for body in ledger.waiting(*number)? {
                if let Some(mut event) = stored::from_text(&body, index) {
                    counts.add(&mut event);
                    hear(event)?;
                }
            }
        }
        let mut summary = counts.summary(&Progress::default());
        for clean in self.sums.iter().map(|sums| sums.clean) {
            summary.documents.complete += clean.documents;
            summary.bytes += clean.bytes;
            summary.sizes_by_status.complete += clean.bytes;
        }
        summary.people = (told.everybody.count() + told.series.values().sum::<u64>()).max(told.people_most);
        summary.people_low = told.people_low.min(summary.people);
        summary.people_high = told.people_high.max(summary.people);
        summary.people_of = known_of;
        summary.sizes = std::mem::take(&mut told.sizes);
        summary.sizes.sort_by(Size::order);
        summary.accepted = told.accepted_by_severity;
        Ok((summary, told))
    }

    fn complete(
        &mut self,
        document: &mut Document,
        (content, first_seen): (Option<[u8; 16]>, i64),
        of: &mut OfFile,
        sizes: &mut Sizes,
        told: &mut Told,
    ) -> Result<()> {
        let root = &self.terms[document.root];
        let name = root_name(&self.run.roots, document.root).to_string();
        let path = document.locator.path(&name);
        if let Some(agreement) = &root.agreement {
            for finding in &mut document.findings {
                finding.decision.expected = agreement.expected(finding.identifier);
            }
        }
        self.accepted.decide(document, &path);
        let late = root.retention_days.is_some_and(|keep| days(first_seen, self.now) > keep);
        for finding in document.findings.iter_mut().filter(|finding| finding.listed) {
            if let Some(row) = self.ledger.finding(&finding.id)? {
                let state = if row.state_run > self.since { row.state.as_str() } else { "open" };
                finding.history.state = STATES.iter().find(|known| **known == state).copied().unwrap_or("open");
                finding.history.first_seen = Some(row.first_seen);
                finding.history.days_open = Some(days(row.first_seen, self.now));
                *told.states.entry(state.to_string()).or_default() += 1;
            }
            // It was said to be mended before this run, which has it; what could not be looked at says nothing.
            let claimed = finding.decision.disposition.contains(Disposition::FixClaimed.name());
            if claimed && self.whole[document.root] && finding.history.state != "unknown" {
                finding.decision.disposition = "claim-refuted".to_string();
                told.claims_refuted += 1;
            }
            if finding.decision.accepted {
                told.accepted.insert(finding.id.clone());
                told.accepted_by_severity[finding.severity as usize] += 1;
            }
            told.not_agreed += u64::from(finding.decision.expected == "not-agreed");
            if late {
                told.past_retention += 1;
                finding.action_hint = "delete-past-retention";
            }
        }
        if people::counts(document) {
            let series = document.locator.series(&name);
            // Members of one archive have one content between them: that of the archive. They are told apart by their path.
            let mut content = content.unwrap_or_default();
            let member = xxhash_rust::xxh3::xxh3_128(document.locator.parts()[1..].join("!").as_bytes());
            content.iter_mut().zip(member.to_le_bytes()).for_each(|(byte, more)| *byte ^= more);
            told.people_low = told.people_low.max(document.people_low);
            if told.contents.insert(content) {
                told.people_high += document.people_high;
            }
            told.people_most = told.people_most.max(document.people);
            // Marks are a file's, of all its members together: so is the feed.
            let feed = Locator::of_parts(document.locator.parts()[..1].to_vec()).series(&name);
            let body = of.body.take();
            sizes.add(document, &feed, content, body.as_deref().map(|body| (body, of.space)));
            if !of.marked {
                let most = told.series.entry(series).or_default();
                *most = (*most).max(document.people);
            }
        }
        Ok(())
    }
}

/// What decides on findings in a run that began on this day: the file of the configuration, and what the ledger was told.
pub(super) fn decided(file: Option<&Path>, ledger: &Ledger, day: &str) -> Result<Accepted> {
    let mut accepted = file.map(Accepted::read).transpose()?.unwrap_or_default();
    accepted.on(day);
    for row in ledger.decisions()? {
        let Some(disposition) = Disposition::by_name(&row.verdict) else { continue };
        let limits: Limits = serde_json::from_str(&row.limits).unwrap_or_default();
        accepted.add(&row.target, disposition, &row.until, &row.ticket, &limits);
    }
    Ok(accepted)
}

/// States of findings, as reports write them.
const STATES: [&str; 9] =
    ["new", "re-appeared", "widened", "newly-readable", "newly-plaintext", "same-feed", "copied", "moved", "unknown"];

/// The folder of a set that is being written.
pub(super) const UNFINISHED: &str = ".unfinished";

/// A set being written.
pub(super) struct Dated {
    temporary: PathBuf,
    folder: PathBuf,
    dir: Dir,
}

impl Dated {
    /// Begins the set of the run that started at `started`, below `reports`. `previous`: SHA-256 of the manifest before.
    pub(super) fn begin(reports: &Path, run: &Run, previous: &str) -> Result<Dated> {
        let name: String = run.started.chars().filter(|c| *c != ':').collect();
        let mut folder = reports.join(&name);
        let mut n = 1;
        while folder.exists() {
            n += 1;
            folder = reports.join(format!("{name}-{n}"));
        }
        let temporary = reports.join(UNFINISHED);
        // Left by a run that was killed: it is made again, from the ledger.
        if temporary.exists() {
            fs::remove_dir_all(&temporary).map_err(|error| Error::write(&temporary, error))?;
        }
        let mut dir = Dir::create(&temporary, false)?;
        dir.follows(previous);
        dir.begin(run)?;
        Ok(Dated { temporary, folder, dir })
    }

    pub(super) fn event(&mut self, event: &Event) -> Result<()> {
        self.dir.event(event)
    }

    /// What was resolved or closed, as rows of its table; and the last runs, for its page.
    pub(super) fn beside(&mut self, delta: &Delta, runs: &[RunRow], people: u64) -> Result<()> {
        for finding in delta.findings.iter().filter(|finding| finding.state == "resolved") {
            self.dir.closed(&Closed {
                root: &finding.root,
                id: &finding.id,
                series_id: &finding.series_id,
                severity: &finding.severity,
                identifier: &finding.identifier,
                path: &finding.path,
                place: &finding.place,
                people: finding.people.max(0) as u64,
                protection: &finding.protection,
                readable_by: &finding.readable_by,
                first_seen: finding.first_seen.as_deref().unwrap_or(""),
                days_open: finding.days_open,
                why: &finding.why,
            })?;
        }
        #[cfg(feature = "cli")]
        {
            let of = |state: &str| delta.states.get(state).copied().unwrap_or(0);
            let no_fix = of("closed, no fix");
            self.dir.trend(trend(delta, runs, people), Closings { resolved: of("resolved") - no_fix, no_fix });
        }
        Ok(())
    }

    /// Ends the set, with the delta in it, and points `latest` to it: its folder, and SHA-256 of its manifest.
    pub(super) fn finish(mut self, summary: &Summary, delta: &Delta) -> Result<(PathBuf, String)> {
        for (name, text) in [("delta.jsonl", delta.lines()), ("delta.txt", delta.text())] {
            let mut output = Output::create(&self.temporary.join(name))?;
            output.write_all(text.as_bytes()).map_err(|error| output.failed(error))?;
            self.dir.also(output.finish()?);
        }
        self.dir.finish(summary)?;
        let manifest = self.dir.manifest_sha256().unwrap_or_default();
        fs::rename(&self.temporary, &self.folder).map_err(|error| Error::write(&self.folder, error))?;
        let (Some(reports), Some(name)) = (self.folder.parent(), self.folder.file_name()) else {
            return Ok((self.folder, manifest));
        };
        let (link, new) = (reports.join("latest"), reports.join(".latest.new"));
        let _ = fs::remove_file(&new);
        let linked = std::os::unix::fs::symlink(name, &new).and_then(|()| fs::rename(&new, &link));
        linked.map_err(|error| Error::write(&link, error))?;
        Ok((self.folder, manifest))
    }
}

/// What runs came to, in the ledger's column `counts`: findings by state, and people.
pub(super) fn counts(delta: &Delta, people: u64) -> String {
    let mut counts = delta.states.clone();
    counts.insert("people".to_string(), people);
    serde_json::to_string(&counts).unwrap_or_default()
}

/// Runs that the page shows.
#[cfg(feature = "cli")]
const SHOWN: usize = 30;

#[cfg(feature = "cli")]
fn trend(delta: &Delta, runs: &[RunRow], people: u64) -> Vec<Point> {
    let open = |counts: &BTreeMap<String, u64>| {
        let closed = |state: &str| matches!(state, "resolved" | "closed, no fix" | "people");
        counts.iter().filter(|(state, _)| !closed(state)).map(|(_, n)| n).sum()
    };
    let told = runs.iter().filter(|run| run.finished.is_some()).take(SHOWN - 1);
    let before = told.filter_map(|run| {
        let counts: BTreeMap<String, u64> = serde_json::from_str(&run.counts).ok()?;
        let people = counts.get("people").copied().unwrap_or(0);
        Some(Point { started: crate::report::utc(run.started)?, open: open(&counts), people })
    });
    let mut points: Vec<Point> = before.collect();
    points.reverse();
    points.push(Point { started: delta.started.clone(), open: open(&delta.states), people });
    points
}

/// The folder of reports, made where it is not there, for its owner only.
pub(super) fn folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| Error::write(path, error))
}

/// The roots as reports name them.
pub(super) fn roots(config: &Config) -> Vec<Root> {
    let roots = config.roots.iter().map(|root| Root {
        name: root.name.clone(),
        path: root.path.clone(),
        filesystem: crate::walk::filesystem::of_path(&root.path),
        vendor: root.vendor.clone(),
        responsible: root.responsible.clone(),
    });
    roots.collect()
}
