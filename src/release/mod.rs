//! May this go? In: a purpose (Safe Harbor, a limited data set, an agreement), the documents of a scan and what was not read. Out: one
//! line that says whether anything found stands against it, what would make each place pass, and a table of the letters. Refuses
//! purposes nobody knows. It never says that something is absent, and never that data are de-identified.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;

use crate::decisions::agreement::Agreement;
use crate::decisions::day_from_now;
use crate::error::{Error, Result};
use crate::finding::{Document, Place, Root, Status, Summary};
use crate::gap::{Class, Gap, Reason};
use crate::report::output::Output;
use crate::report::words::plain;
use crate::report::{Report, root_name};
use crate::scan::{Event, Run};

mod place;
pub mod profile;

use place::{Row, Standing};

/// Places shown; the reports have them all.
const SHOWN: usize = 200;

/// The letters of 45 CFR 164.514(b)(2)(i).
const LETTERS: [(&str, &str); 18] = [
    ("A", "names"),
    ("B", "places smaller than a state"),
    ("C", "dates but for the year, ages over 89"),
    ("D", "telephone numbers"),
    ("E", "fax numbers"),
    ("F", "e-mail addresses"),
    ("G", "Social Security numbers"),
    ("H", "medical record numbers"),
    ("I", "health plan beneficiary numbers"),
    ("J", "account numbers"),
    ("K", "certificate and licence numbers"),
    ("L", "vehicle identifiers"),
    ("M", "device identifiers"),
    ("N", "web addresses"),
    ("O", "IP addresses"),
    ("P", "biometric identifiers"),
    ("Q", "full-face photographs"),
    ("R", "any other unique number or code"),
];

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// De-identified by 45 CFR 164.514(b)(2).
    SafeHarbor,
    /// A limited data set, 45 CFR 164.514(e)(2).
    LimitedDataSet,
    /// What an agreement allows.
    Agreement(Agreement),
}

impl Purpose {
    /// `safe-harbor`, `limited-data-set`, or a file that ends in `.toml`.
    pub fn read(given: &Path) -> Result<Purpose> {
        match given.to_str() {
            Some("safe-harbor") => Ok(Purpose::SafeHarbor),
            Some("limited-data-set") => Ok(Purpose::LimitedDataSet),
            _ if given.extension().is_some_and(|ending| ending == "toml") => {
                Agreement::read(given, &day_from_now(0)).map(Purpose::Agreement)
            }
            _ => {
                let message = "--for takes safe-harbor, limited-data-set, or a file that ends in .toml";
                Err(Error::Usage(message.to_string()))
            }
        }
    }
}

/// An answer that the supervisor and a report share.
pub type Shared = Rc<RefCell<Answer>>;

/// The answer, being collected.
#[derive(Debug)]
pub struct Answer {
    purpose: Purpose,
    allow_gaps: Vec<Reason>,
    strict: bool,
    roots: Vec<Root>,
    rows: Vec<(String, Row)>,
    more: u64,
    blocked: u64,
    /// Whether all that blocks are columns.
    columns: bool,
    names: Vec<&'static str>,
    /// By letter: whether found, and whether something found blocks.
    letters: BTreeMap<&'static str, bool>,
    free_text: u64,
    texts: u64,
    gaps: BTreeMap<Reason, u64>,
    interrupted: bool,
}

impl Answer {
    /// Nothing seen yet. Gaps of these reasons do not count; with `true` those of every class do.
    pub fn new(purpose: Purpose, (allow_gaps, strict): (Vec<Reason>, bool)) -> Answer {
        Answer {
            purpose,
            allow_gaps,
            strict,
            roots: Vec::new(),
            rows: Vec::new(),
            more: 0,
            blocked: 0,
            columns: true,
            names: Vec::new(),
            letters: BTreeMap::new(),
            free_text: 0,
            texts: 0,
            gaps: BTreeMap::new(),
            interrupted: false,
        }
    }

    /// Puts into the findings of a document what the agreement says of them.
    pub fn expect(&self, document: &mut Document) {
        if let Purpose::Agreement(agreement) = &self.purpose {
            for finding in &mut document.findings {
                finding.decision.expected = agreement.expected(finding.identifier);
            }
        }
    }

    fn document(&mut self, document: &Document) {
        document.gaps.iter().for_each(|gap| self.gap(gap));
        let path = plain(&document.locator.path(root_name(&self.roots, document.root)));
        let rows = place::rows(&self.purpose, document);
        let read = matches!(document.status, Status::Complete | Status::Partial);
        let allows_text = matches!(&self.purpose, Purpose::Agreement(agreement) if agreement.allows("free-text"));
        if read && document.bytes > 0 && document.format == "text" && !allows_text {
            self.texts += 1;
        }
        for row in rows {
            self.row(&path, row);
        }
    }

    fn row(&mut self, path: &str, row: Row) {
        match row.standing {
            Standing::Blocks => {
                self.blocked += 1;
                self.columns &= matches!(row.place, Place::Column { .. } | Place::Cell { .. });
                if !self.names.contains(&row.what) {
                    self.names.push(row.what);
                }
            }
            Standing::CannotSay => self.free_text += 1,
            Standing::Allowed => {}
        }
        if !row.letter.is_empty() {
            *self.letters.entry(row.letter).or_default() |= row.standing == Standing::Blocks;
        }
        // What stands against it comes first where not all can be shown.
        if self.rows.len() < SHOWN {
            self.rows.push((path.to_string(), row));
        } else {
            self.more += 1;
        }
    }

    fn gap(&mut self, gap: &Gap) {
        let counts = self.strict || matches!(gap.class, Class::Blind | Class::Protected);
        if counts && !self.allow_gaps.contains(&gap.reason) {
            *self.gaps.entry(gap.reason).or_default() += 1;
        }
    }

    /// Why nothing can be said, in words with counts.
    fn unknown(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let mut say = |n: u64, one: &str, many: &str| {
            if n > 0 {
                parts.push(format!("{n} {}", if n == 1 { one } else { many }));
            }
        };
        say(self.free_text, "free-text column", "free-text columns");
        say(self.texts, "text document", "text documents");
        for (reason, count) in &self.gaps {
            match reason {
                Reason::Image => say(*count, "image page", "image pages"),
                reason => {
                    let name = reason.name();
                    say(*count, &format!("place not read: {name}"), &format!("places not read: {name}"));
                }
            }
        }
        if self.interrupted {
            parts.push("the scan was interrupted".to_string());
        }
        parts
    }

    /// The answer in one line.
    pub fn first_line(&self) -> String {
        let unknown = self.unknown();
        if self.blocked > 0 {
            let noun = match (self.columns, self.blocked) {
                (true, 1) => "column",
                (true, _) => "columns",
                (false, 1) => "place",
                (false, _) => "places",
            };
            format!("BLOCKED: {} {noun} ({})", self.blocked, self.names.join(", "))
        } else if unknown.is_empty() {
            "NOTHING FOUND THAT BLOCKS (not a determination)".to_string()
        } else {
            format!("CANNOT SAY: {}", unknown.join(", "))
        }
    }

    /// The exit code that goes with it.
    pub fn code(&self) -> i32 {
        match (self.blocked, self.unknown().is_empty()) {
            (1.., _) => 1,
            (0, true) => 0,
            (0, false) => 3,
        }
    }

    fn text(&self) -> String {
        let mut out = format!("{}\n\n", self.first_line());
        match &self.purpose {
            Purpose::SafeHarbor => {
                out.push_str("Asked: Safe Harbor, 45 CFR 164.514(b)(2). All that is at least possible counts.\n")
            }
            Purpose::LimitedDataSet => {
                out.push_str("Asked: limited data set, 45 CFR 164.514(e)(2). All that is at least possible counts.\n");
                out.push_str("A limited data set also needs a data use agreement with whoever receives it.\n");
            }
            Purpose::Agreement(agreement) => {
                let Agreement { name, reference, ends, .. } = agreement;
                let _ = writeln!(
                    out,
                    "Asked: {} ({}), until {ends}. All that is at least possible counts.",
                    plain(name),
                    plain(reference)
                );
                if agreement.ended {
                    out.push_str("The agreement has ended: it allows nothing.\n");
                }
            }
        }
        let mut path = "";
        for (of, row) in &self.rows {
            if of != path {
                let _ = writeln!(out, "\n{of}");
                path = of;
            }
            let place: String = plain(&row.place.short()).chars().take(24).collect();
            let _ =
                writeln!(out, "  {:7} {place:24} {:14} {:1} {}", row.standing.word(), row.what, row.letter, row.pass);
        }
        if self.more > 0 {
            let _ = writeln!(out, "\n… and {} more places; a report file has the findings", self.more);
        }
        out.push_str("\nLetters of 45 CFR 164.514(b)(2)(i)\n");
        for (letter, words) in LETTERS {
            let state = match (letter, self.letters.get(letter)) {
                ("P" | "Q", _) => "not testable",
                (_, Some(true)) => "found",
                (_, Some(false)) => "found, allowed here",
                (_, None) => "not found",
            };
            let _ = writeln!(out, "  {letter} {words:38} {state}");
        }
        let unknown = self.unknown();
        if !unknown.is_empty() {
            let _ = writeln!(out, "\nNothing can be said of: {}.", unknown.join(", "));
        }
        out.push_str(
            "\nNot tested: actual knowledge (45 CFR 164.514(b)(2)(ii)) and expert determination (164.514(b)(1)).\n",
        );
        out
    }
}

/// Feeds an answer from a scan, and writes it where asked.
pub struct Asked {
    answer: Shared,
    output: Option<Output>,
}

impl Asked {
    /// With `None` it is collected only.
    pub fn new(answer: Shared, output: Option<Output>) -> Asked {
        Asked { answer, output }
    }
}

impl Report for Asked {
    fn begin(&mut self, run: &Run) -> Result<()> {
        self.answer.borrow_mut().roots.clone_from(&run.roots);
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        let mut answer = self.answer.borrow_mut();
        match event {
            Event::Document(document) => answer.document(document),
            Event::Gap(gap) => answer.gap(gap),
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<()> {
        self.answer.borrow_mut().interrupted = !summary.complete;
        let Some(mut output) = self.output.take() else { return Ok(()) };
        let text = self.answer.borrow().text();
        output.write_all(text.as_bytes()).map_err(|error| output.failed(error))?;
        output.finish().map(drop)
    }
}
