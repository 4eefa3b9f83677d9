//! Keeps the ledger while a scan goes on. In: documents and gaps as they are told, and what the merged walk missed. Out: rows,
//! committed in groups: after a `kill -9` at most [`GROUP`] documents or what came within [`LATEST`] is read again, none is
//! lost and none stands twice. Refuses to keep what was interrupted: that stays as it was.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::finding::{Access, Document, Finding, ReadableBy, Root, Severity, Status};
use crate::gap::{Class, Gap, Reason};
use crate::judge::met::Met;
use crate::judge::people::People;
use crate::ledger::Ledger;
use crate::ledger::rows::{DocumentRow, FindingRow, Kind};
use crate::ledger::stored;
use crate::open::content::ContentKey;
use crate::scan::{Event, Listener};
use crate::sweep::judged::{self, Before, Seen};
use crate::sweep::merge::{self, Missing, Walked, ends, key_of, path_of};
use crate::sweep::people;

/// Documents that are committed together, at most.
const GROUP: u32 = 1000;

/// When they are committed at the latest.
const LATEST: Duration = Duration::from_millis(250);

/// Numbers of what was met that are remembered: some 8 MiB.
const METS: usize = 65_536;

fn joined(mut met: Met, more: &Met) -> Met {
    met.add(more);
    met
}

/// A root, as the books need it.
#[derive(Clone, Debug)]
pub(super) struct BookedRoot {
    /// Its number in the ledger.
    pub(super) number: i64,
    pub(super) root: Root,
    /// No run has walked all of it yet: all that is found is new.
    pub(super) fresh: bool,
    /// The ledger had no document of it when the run began.
    pub(super) empty: bool,
    /// Whether inode and time of change tell something there.
    pub(super) trusted: bool,
    /// See [`super::people::space`].
    pub(super) space: u64,
    /// Who can read there where the system does not tell.
    pub(super) declared: Vec<String>,
    /// How far it was walked and told.
    pub(super) walked: Arc<Walked>,
}

/// The ledger of a run, written by whoever tells something.
pub(super) struct Books {
    inner: Mutex<Inner>,
    pub(super) roots: Vec<BookedRoot>,
    /// Number of the run.
    pub(super) run: i64,
    /// Number of the last run that told what it found.
    pub(super) since: i64,
    pub(super) stand: i64,
    /// Now, seconds since 1970.
    pub(super) now: i64,
    pub(super) fail_on: Option<Severity>,
    pub(super) key: ContentKey,
}

struct Inner {
    ledger: Ledger,
    open: Option<Instant>,
    written: u32,
    /// What was told of the members of the document whose turn is next.
    members: Vec<Event>,
    /// Their people.
    people: People,
    clean: i64,
    clean_bytes: i64,
    /// What was met in these members; `None` once that is not known.
    met: Option<Met>,
    /// Numbers of what was met in documents before.
    mets: HashMap<Met, i64>,
}

impl Books {
    pub(super) fn new(
        ledger: Ledger,
        roots: Vec<BookedRoot>,
        (run, since, stand): (i64, i64, i64),
        now: i64,
        fail_on: Option<Severity>,
        key: ContentKey,
    ) -> Books {
        let inner = Inner {
            ledger,
            open: None,
            written: 0,
            members: Vec::new(),
            people: People::default(),
            clean: 0,
            clean_bytes: 0,
            met: Some(Met::default()),
            mets: HashMap::new(),
        };
        Books { inner: Mutex::new(inner), roots, run, since, stand, now, fail_on, key }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits what is open and gives the ledger back.
    pub(super) fn close(self) -> Result<Ledger> {
        let mut inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        inner.commit()?;
        Ok(inner.ledger)
    }

    /// These documents were not met.
    pub(super) fn missing(&self, root: i64, missing: &mut Vec<Missing>) -> Result<()> {
        if missing.is_empty() {
            return Ok(());
        }
        let mut inner = self.lock();
        inner.begin()?;
        for one in missing.drain(..) {
            let run = if one.again { -self.run } else { self.run };
            inner.ledger.put_missing(root, &one.key, run, one.why)?;
        }
        inner.commit()
    }

    /// A document that was missed is there again, as it was.
    pub(super) fn came_back(&self, root: i64, key: &[u8]) -> Result<()> {
        let mut inner = self.lock();
        inner.begin()?;
        if let Some(row) = inner.ledger.document(root, key)? {
            inner.ledger.put_document(&DocumentRow { gone_run: None, gone_why: String::new(), ..row })?;
        }
        for finding in inner.ledger.findings_of(root, key)? {
            if !finding.open && finding.provisional {
                inner.ledger.put_finding(&judged::opened_again(finding, self.run))?;
            }
        }
        inner.wrote()
    }

    fn hear(&self, event: Event) -> Result<()> {
        let mut inner = self.lock();
        inner.begin()?;
        match event {
            Event::Document(mut document) => {
                let Some(root) = self.roots.get(document.root) else { return Ok(()) };
                declare(&mut document.access, &root.declared);
                if document.locator.parts().len() > 1 {
                    inner.member(document);
                    return Ok(());
                }
                let whole = self.document(&mut inner, root, document)?;
                root.walked.heard.fetch_add(u64::from(whole), Ordering::AcqRel);
            }
            Event::Gap(gap) => {
                let Some(root) = self.roots.get(gap.root) else { return Ok(()) };
                let whole = gap.reason != Reason::Interrupted;
                self.gap(&mut inner, root, gap)?;
                root.walked.heard.fetch_add(u64::from(whole), Ordering::AcqRel);
            }
        }
        inner.wrote()
    }

    fn gap(&self, inner: &mut Inner, root: &BookedRoot, gap: Gap) -> Result<()> {
        let key = key_of(&gap.locator.file_bytes());
        let is_root = gap.locator.parts() == [root.root.name.clone()] && gap.class != Class::Excluded;
        let (reason, said) = (gap.reason, merge::said(&gap));
        let blind = gap.class == Class::Blind;
        let excluded = gap.class == Class::Excluded;
        let body = stored::to_text(&Event::Gap(gap));
        if reason == Reason::Interrupted {
            return Ok(());
        }
        if reason == Reason::Settling || is_root {
            return inner.ledger.put_waiting(root.number, &key, &body);
        }
        let old = if root.empty { None } else { inner.ledger.document(root.number, &key)? };
        let row = DocumentRow {
            root: root.number,
            key: key.clone(),
            kind: Kind::Gap,
            ends: Some(said),
            stand: self.stand,
            tells: true,
            first_seen: old.as_ref().map_or(self.now, |old| old.first_seen),
            first_run: old.as_ref().map_or(self.run, |old| old.first_run),
            read_run: self.run,
            blind_run: blind.then(|| old.as_ref().and_then(|old| old.blind_run).unwrap_or(self.run)),
            ..DocumentRow::default()
        };
        let seen = Seen { blind, excluded, ..Seen::default() };
        self.put(inner, root, old.as_ref(), row, (&[body], None), seen)
    }

    /// Puts a document; false where reading it was interrupted.
    fn document(&self, inner: &mut Inner, root: &BookedRoot, mut document: Box<Document>) -> Result<bool> {
        let key = key_of(&document.locator.file_bytes());
        let members = std::mem::take(&mut inner.members);
        let (mut people, own) = (std::mem::take(&mut inner.people), std::mem::take(&mut document.individuals));
        if people::counts(&document) {
            people.merge(&own);
        }
        let (mut clean, mut clean_bytes) = (std::mem::take(&mut inner.clean), std::mem::take(&mut inner.clean_bytes));
        let met = inner.met.replace(Met::default()).zip(document.met).map(|(members, own)| joined(members, &own));
        let gaps = members.iter().flat_map(|event| match event {
            Event::Document(document) => document.gaps.as_slice(),
            Event::Gap(gap) => std::slice::from_ref(gap),
        });
        let gaps: Vec<&Gap> = gaps.chain(&document.gaps).collect();
        let any = |is: &dyn Fn(&Gap) -> bool| gaps.iter().any(|gap| is(gap));
        if any(&|gap| gap.reason == Reason::Interrupted) {
            // It is read again, from its start: what is known of it stands.
            return Ok(false);
        }
        let old = if root.empty { None } else { inner.ledger.document(root.number, &key)? };
        let vanished = document.version.is_none() && any(&|gap| gap.reason == Reason::Vanished);
        if vanished {
            if old.is_some() {
                inner.ledger.put_missing(root.number, &key, self.run, "")?;
            }
            return Ok(true);
        }
        let again = any(&|gap| {
            use Reason::{Changed, Denied, Offline, Unreadable, Vanished};
            matches!(gap.reason, Changed | Denied | Offline | Unreadable | Vanished)
        });
        let blind = any(&|gap| gap.class == Class::Blind);
        let encrypted = any(&|gap| matches!(gap.reason, Reason::Encrypted | Reason::WeakEncryption));
        let kind = match document.status {
            Status::Inert | Status::Excluded => Kind::Unread,
            _ => Kind::Read,
        };
        let tells_itself = tells(&document);
        if !tells_itself {
            clean += 1;
            clean_bytes += document.bytes as i64;
        }
        let version = document.version.unwrap_or_default();
        let content = version.content.map(u128::to_le_bytes);
        let path = root.root.path.join(os_path(&key));
        let met = met.map(|met| inner.number_of(met)).transpose()?;
        let findings: Vec<FindingRow> = members
            .iter()
            .filter_map(|event| match event {
                Event::Document(member) => Some(member.as_ref()),
                Event::Gap(_) => None,
            })
            .chain([document.as_ref()])
            .flat_map(|one| {
                let listed = one.findings.iter().filter(|finding| finding.listed);
                listed.map(|finding| self.finding(root, &key, one, finding, content)).collect::<Vec<_>>()
            })
            .collect();
        let tells = tells_itself || !members.is_empty();
        let row = DocumentRow {
            root: root.number,
            key: key.clone(),
            kind,
            size: version.size as i64,
            modified: version.modified,
            changed: version.changed,
            inode: version.inode as i64,
            ends: if root.trusted { None } else { ends(&path, version.size, &self.key) },
            content,
            stand: self.stand,
            again,
            tells,
            clean,
            clean_bytes,
            first_seen: old.as_ref().map_or(self.now, |old| old.first_seen),
            first_run: old.as_ref().map_or(self.run, |old| old.first_run),
            read_run: self.run,
            blind_run: blind.then(|| old.as_ref().and_then(|old| old.blind_run).unwrap_or(self.run)),
            gone_run: None,
            gone_why: String::new(),
            met,
        };
        let series = document.locator.series(&root.root.name);
        let own = tells_itself.then_some(Event::Document(document));
        let bodies: Vec<String> = members.iter().chain(&own).map(stored::to_text).collect();
        let seen = Seen { findings, blind, encrypted, excluded: false, series, content };
        let people = people::sealed(&people, root.space, &self.key);
        self.put(inner, root, old.as_ref(), row, (&bodies, people.as_deref()), seen).map(|()| true)
    }

    /// Puts a row with its records, and judges what has become of its findings.
    fn put(
        &self,
        inner: &mut Inner,
        root: &BookedRoot,
        old: Option<&DocumentRow>,
        row: DocumentRow,
        (bodies, people): (&[String], Option<&[u8]>),
        seen: Seen,
    ) -> Result<()> {
        let had = old.is_some_and(|old| old.tells);
        if had || row.tells {
            let before = Before {
                old,
                known: !root.empty,
                same_content: old.is_some_and(|old| old.content.is_some() && old.content == seen.content),
                same_stand: old.is_some_and(|old| old.stand == self.stand),
                fresh: root.fresh,
                run: self.run,
                since: self.since,
                now: self.now,
                fail_on: self.fail_on,
            };
            // What a document had that could not be read now is still there, as far as anybody knows.
            let unseen = seen.blind && seen.findings.is_empty() && had && !seen.excluded;
            let open = |finding: &FindingRow| finding.open;
            let keeps = unseen && inner.ledger.findings_of(row.root, &row.key)?.iter().any(open);
            judged::judge(&inner.ledger, &before, (row.root, &row.key), seen)?;
            if !keeps {
                inner.ledger.put_records(row.root, &row.key, had, bodies)?;
                inner.ledger.put_people(row.root, &row.key, had, people)?;
            } else {
                inner.ledger.put_records_beside(row.root, &row.key, bodies)?;
            }
        }
        root.walked.counts(|sums| sums.document(&row));
        inner.ledger.put_document(&row)
    }

    fn finding(
        &self,
        root: &BookedRoot,
        key: &[u8],
        document: &Document,
        finding: &Finding,
        content: Option<[u8; 16]>,
    ) -> FindingRow {
        FindingRow {
            id: finding.id.clone(),
            root: root.number,
            key: key.to_vec(),
            series_id: finding.series_id.clone(),
            path: document.locator.path(&root.root.name),
            series: document.locator.series(&root.root.name),
            identifier: finding.identifier.name().to_string(),
            place: finding.place.to_string(),
            protection: finding.protection.name().to_string(),
            severity: finding.severity.name().to_string(),
            people: finding.people as i64,
            linked: finding.linked_with.join("+"),
            readable_by: document.access.readable_by.name().to_string(),
            content,
            first_seen: self.now,
            first_run: self.run,
            open: true,
            ..FindingRow::default()
        }
    }
}

/// Whether a document has something to tell: a finding or a gap.
fn tells(document: &Document) -> bool {
    !document.findings.is_empty() || !document.gaps.is_empty() || document.status != Status::Complete
}

/// Where the system does not tell who can read, somebody has said it.
fn declare(access: &mut Access, declared: &[String]) {
    if access.readable_by == ReadableBy::Unknown && !declared.is_empty() {
        access.readable_by = ReadableBy::Declared;
        access.basis = format!("declared: {}", declared.join(", "));
    }
}

fn os_path(key: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(path_of(key)))
}

impl Inner {
    fn begin(&mut self) -> Result<()> {
        if self.open.is_none() {
            self.ledger.begin()?;
            self.open = Some(Instant::now());
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if self.open.take().is_some() {
            self.written = 0;
            self.ledger.commit()?;
        }
        Ok(())
    }

    /// Something whole was written.
    fn wrote(&mut self) -> Result<()> {
        self.written += 1;
        if self.written >= GROUP || self.open.is_some_and(|open| open.elapsed() >= LATEST) {
            self.commit()?;
        }
        Ok(())
    }

    /// The number of what was met.
    fn number_of(&mut self, met: Met) -> Result<i64> {
        if let Some(number) = self.mets.get(&met) {
            return Ok(*number);
        }
        if self.mets.len() >= METS {
            self.mets.clear();
        }
        let number = self.ledger.number_of_met(&met.to_bytes())?;
        self.mets.insert(met, number);
        Ok(number)
    }

    fn member(&mut self, mut document: Box<Document>) {
        // A wrapper may have very many members.
        let individuals = std::mem::take(&mut document.individuals);
        if people::counts(&document) {
            self.people.merge(&individuals);
        }
        self.met = self.met.zip(document.met).map(|(known, more)| joined(known, &more));
        if tells(&document) {
            self.members.push(Event::Document(document));
        } else {
            self.clean += 1;
            self.clean_bytes += document.bytes as i64;
        }
    }
}

/// The listener of a scan: the books, shared with the walk.
pub(super) struct Keeper<'a>(pub(super) &'a Books);

impl Listener for Keeper<'_> {
    fn event(&mut self, event: Event) -> Result<()> {
        self.0.hear(event)
    }

    fn counts_people(&self) -> bool {
        true
    }
}
