//! The page for people who decide: `report.html`. In: a run's events. Out: one file that needs nothing else: what matters
//! first, sums and charts, what was not read, one page to print, and a table of findings to filter and sort. Refuses nothing;
//! memory is bounded: sums, and the worst rows.
//!
//! Names of files are hostile: texts go through a template engine that escapes, or as JSON in which nothing can end a
//! script; the page's own policy lets it load nothing and run no script but ours.

mod charts;
mod page;
mod rows;
mod sums;
pub(crate) mod trend;

use std::io::Write;

use crate::error::Result;
use crate::finding::Summary;
use crate::report::html::rows::{ROWS, Worst};
use crate::report::html::sums::Sums;
use crate::report::output::{Output, Written};
use crate::report::{Report, root_name};
use crate::scan::{Event, Run};

/// A page being collected.
pub struct Html {
    output: Option<Output>,
    run: Option<Run>,
    sums: Sums,
    rows: Worst,
    trend: Vec<trend::Point>,
    closed: trend::Closed,
}

impl Html {
    /// A page to this output.
    pub fn new(output: Output) -> Html {
        Html {
            output: Some(output),
            run: None,
            sums: Sums::default(),
            rows: Worst::new(ROWS),
            trend: Vec::new(),
            closed: trend::Closed::default(),
        }
    }

    /// How it went from run to run, this one the last.
    #[cfg(all(feature = "ledger", feature = "cli"))]
    pub(crate) fn trend(&mut self, points: Vec<trend::Point>, closed: trend::Closed) {
        self.trend = points;
        self.closed = closed;
    }

    /// Like [`Report::finish`], and tells what was written.
    pub fn close(&mut self, summary: &Summary) -> Result<Option<Written>> {
        let (Some(mut output), Some(run)) = (self.output.take(), self.run.take()) else { return Ok(None) };
        let kept = self.rows.take();
        let page = page::Page {
            run: &run,
            summary,
            sums: &self.sums,
            rows: &kept,
            all: self.rows.all,
            trend: &self.trend,
            closed: self.closed,
        };
        let mut write = || {
            output.write_all(page.head().as_bytes())?;
            rows::write_json(&mut output, &kept)?;
            output.write_all(page.tail().as_bytes())
        };
        let written = write();
        written.map_err(|e| output.failed(e))?;
        output.finish().map(Some)
    }
}

impl Report for Html {
    fn begin(&mut self, run: &Run) -> Result<()> {
        self.sums = Sums::new(&run.roots, &run.started);
        self.run = Some(run.clone());
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Document(document) => {
                self.sums.document(document);
                let roots = self.run.as_ref().map_or(&[][..], |run| &run.roots);
                self.rows.document(document, root_name(roots, document.root));
            }
            Event::Gap(gap) => self.sums.gap(gap),
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<()> {
        self.close(summary).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gap::Reason;
    use crate::report::samples::{self, Shared};

    fn page(events: &[Event], summary: &Summary) -> String {
        let shared = Shared::default();
        let mut report = Html::new(Output::stream("memory", Box::new(shared.clone())));
        report.begin(&samples::run()).unwrap();
        for event in events {
            report.event(event).unwrap();
        }
        report.finish(summary).unwrap();
        shared.text()
    }

    #[test]
    fn the_page_says_what_was_found_and_what_not_read() {
        let document = Event::Document(Box::new(samples::document()));
        let gap = Event::Gap(samples::gap("b.pdf", Reason::Unsupported));
        let text = page(&[document, gap], &samples::summary());
        for part in [
            "1,171 individuals",
            "between 1,120 and 1,240",
            "1 critical",
            "Social Security numbers",
            "unsupported",
            "drop/b.pdf",
            "whether there was a breach is for the privacy officer",
            "500 or more",
            "prefers-color-scheme:dark",
            "R-20261122T010203Z-00000000",
        ] {
            assert!(text.contains(part), "{part}");
        }
        // Nothing that a browser would fetch.
        for never in ["http:", "https:", "src=", "url(", "@import", " style=", "onclick"] {
            assert!(!text.contains(never), "{never}");
        }
        // What is printed for the officer holds no path.
        let officer = text.split("id=\"officer\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(!officer.contains("drop"), "{officer}");
    }

    #[test]
    fn hostile_names_stay_text() {
        let hostile = "<img src=x onerror=alert(1)>\"'&\u{202e}</script><script>1";
        let mut document = samples::document();
        document.locator = crate::locator::Locator::named(hostile);
        document.findings[0].place = crate::finding::Place::Column { name: Some(hostile.to_string()), index: 1 };
        document.gaps = vec![samples::gap(hostile, Reason::Malformed)];
        document.access.file_owner = hostile.to_string();
        let text = page(&[Event::Document(Box::new(document))], &samples::summary());
        assert!(!text.contains("<img") && !text.contains("</script><script>1") && !text.contains('\u{202e}'));
        assert_eq!(text.matches("<script").count(), 2, "the data and ours");
        assert_eq!(text.matches("</script>").count(), 2);
    }

    /// The policy names the script and the style by their hashes: one byte changed, and a browser runs neither.
    #[test]
    fn the_policy_fits_what_stands_in_the_page() {
        use sha2::{Digest, Sha256};
        let text = page(&[], &Summary { complete: true, ..Summary::default() });
        for (open, close) in [("<script>", "</script>"), ("<style>", "</style>")] {
            let inner = text.split(open).nth(1).unwrap().split(close).next().unwrap();
            let hash = page::base64(&Sha256::digest(inner.as_bytes()));
            assert!(text.contains(&format!("sha256-{hash}")), "{open}");
        }
        assert!(text.contains("Nothing was found"), "{text}");
        assert_eq!(page::base64(b"Man"), "TWFu");
        assert_eq!((page::base64(b"Ma"), page::base64(b"M")), ("TWE=".to_string(), "TQ==".to_string()));
    }
}
