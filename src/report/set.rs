//! All reports of a run together. In: the run, events, summary. Out: each goes to every report. One that fails is given
//! up and remembered, and the others go on: a full disk for one must not lose the rest.

use crate::error::Error;
use crate::finding::Summary;
use crate::report::Report;
use crate::scan::{Event, Run};

/// The reports of a run.
#[derive(Default)]
pub struct Reports {
    open: Vec<(String, Box<dyn Report>)>,
    failed: Vec<Error>,
}

impl Reports {
    /// One more; `name` is for people, and empty where nobody needs to be told that it is there.
    pub fn push(&mut self, name: &str, report: Box<dyn Report>) {
        self.open.push((name.to_string(), report));
    }

    /// Names of those that have not failed.
    pub fn names(&self) -> Vec<&str> {
        self.open.iter().map(|(name, _)| name.as_str()).filter(|name| !name.is_empty()).collect()
    }

    /// How many are still written.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// What went wrong since this was last asked.
    pub fn take_failures(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.failed)
    }

    /// See [`Report::begin`].
    pub fn begin(&mut self, run: &Run) {
        self.each(|report| report.begin(run));
    }

    /// See [`Report::event`].
    pub fn event(&mut self, event: &Event) {
        self.each(|report| report.event(event));
    }

    /// See [`Report::finish`].
    pub fn finish(&mut self, summary: &Summary) {
        self.each(|report| report.finish(summary));
    }

    fn each(&mut self, mut tell: impl FnMut(&mut dyn Report) -> Result<(), Error>) {
        let failed = &mut self.failed;
        self.open.retain_mut(|(_, report)| match tell(report.as_mut()) {
            Ok(()) => true,
            Err(error) => {
                failed.push(error);
                false
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io;
    use std::path::Path;
    use std::rc::Rc;

    use super::*;

    struct Counting {
        told: Rc<Cell<u32>>,
        fails: bool,
    }

    impl Report for Counting {
        fn begin(&mut self, _: &Run) -> Result<(), Error> {
            Ok(())
        }
        fn event(&mut self, _: &Event) -> Result<(), Error> {
            self.told.set(self.told.get() + 1);
            if self.fails {
                return Err(Error::write(Path::new("x.csv"), io::Error::other("full")));
            }
            Ok(())
        }
        fn finish(&mut self, _: &Summary) -> Result<(), Error> {
            Ok(())
        }
    }

    #[test]
    fn one_that_fails_does_not_stop_the_others() {
        let (good, bad) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let mut reports = Reports::default();
        reports.push("bad.csv", Box::new(Counting { told: bad.clone(), fails: true }));
        reports.push("good.csv", Box::new(Counting { told: good.clone(), fails: false }));
        for _ in 0..2 {
            reports.event(&Event::Document(Box::new(crate::report::samples::document())));
        }
        assert_eq!((bad.get(), good.get()), (1, 2));
        assert_eq!(reports.take_failures().len(), 1);
        assert_eq!(reports.names(), ["good.csv"]);
        assert_eq!((reports.open(), reports.take_failures().len()), (1, 0));
    }
}
