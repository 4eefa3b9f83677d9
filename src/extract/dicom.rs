//! DICOM: images, reports, plans and directories. In: a file with or without its preamble, in any transfer syntax. Out:
//! the values of the elements that say something about people, each in its place. Refuses nothing that starts as a data
//! set does; what a length says is believed only as far as the document reaches.
//!
//! Elements are read one after the other, nested ones too: a sequence is its head and then its elements, and what is
//! remembered of it (whose it is, its character set) stands on a stack of limited height. Nothing recurses and nothing is
//! allocated by a stated length. Pixel data is passed over, and said to be an image that nobody looked at unless the file
//! says that no writing is burned into it (0028,0301).
//!
//! A document is one record; a directory (DICOMDIR) holds one for each patient.

mod charset;
mod dataset;
mod element;
mod inflate;
mod tags;

use self::dataset::{DataSet, Sink, Step};
use self::element::Syntax;
pub(crate) use self::element::starts_as_data_set;
use self::inflate::Inflate;
use super::named::{BATCH, Batch, Broken, Places, Progress, Reader, Window};
use crate::gap::Reason;

/// Bytes before the mark `DICM` (DICOM PS3.10 7.1).
const PREAMBLE: usize = 128;
/// Reads a DICOM document.
#[derive(Debug)]
pub struct Dicom {
    started: bool,
    data: DataSet,
    inflate: Option<Inflate>,
    /// Bytes of a value that nobody looks at.
    skip: u64,
}

impl Default for Dicom {
    fn default() -> Dicom {
        Dicom::new()
    }
}

impl Dicom {
    /// A reader at the start of a document.
    pub fn new() -> Dicom {
        Dicom { started: false, data: DataSet::new(), inflate: None, skip: 0 }
    }

    /// Steps over preamble and mark, and looks how the first element is written.
    fn start(&mut self, window: &mut Window<'_>) -> Result<(), Broken> {
        while window.rest().len() < PREAMBLE + 16 && window.more() {}
        let marked = |at: usize| window.rest().get(at..at + 4) == Some(b"DICM");
        let before = [PREAMBLE, 0].into_iter().find(|at| marked(*at));
        window.consume(before.map_or(0, |at| at + 4));
        let rest = window.rest();
        self.started = true;
        if rest.is_empty() && before.is_some() {
            return Ok(());
        }
        let Some(syntax) = Syntax::guess(rest) else {
            return Err(malformed("no data set starts here"));
        };
        self.data.syntax = syntax;
        self.data.meta = syntax.tag(rest).is_some_and(|tag| tag >> 16 == 0x0002);
        Ok(())
    }

    /// Passes over a value; `false` where the batch is full before its end.
    fn pass(&mut self, window: &mut Window<'_>) -> Result<bool, Broken> {
        while self.skip > 0 {
            let rest = window.rest().len();
            if rest == 0 {
                if window.is_full() {
                    return Ok(false);
                }
                if !window.more() {
                    // What a truncated image lacks is more of the image.
                    self.skip = 0;
                    self.data.cut = true;
                    return Ok(true);
                }
                continue;
            }
            let now = usize::try_from(self.skip).unwrap_or(usize::MAX).min(rest);
            window.consume(now);
            self.skip -= now as u64;
        }
        Ok(true)
    }

    /// The elements of a deflated data set, read from what is inflated.
    fn inflated(
        &mut self,
        window: &mut Window<'_>,
        places: &mut Places,
        batch: &mut Batch,
    ) -> Result<Progress, Broken> {
        let Some(inflate) = &mut self.inflate else { return Ok(Progress::End) };
        loop {
            if window.is_full() || batch.decoded.len() >= BATCH && window.at() > 0 {
                inflate.anchor = 0;
                return Ok(Progress::More);
            }
            let now = usize::try_from(self.skip).unwrap_or(usize::MAX).min(inflate.rest().len());
            inflate.consume(now);
            self.skip -= now as u64;
            let step = if self.skip > 0 {
                Step::Need
            } else {
                let mut sink = Sink { places, batch, at: None, anchor: inflate.anchor };
                self.data.step(inflate.rest(), inflate.ended(), inflate.offset(), &mut sink)
            };
            match step {
                Step::Need if inflate.ended() => {
                    self.skip = 0;
                    self.data.cut = true;
                    return self.data.finish();
                }
                Step::Need => inflate.more(window)?,
                Step::Took(count) => inflate.consume(count),
                Step::Skip(count, skip) => {
                    inflate.consume(count);
                    self.skip = skip;
                }
                Step::End => return self.data.finish(),
                Step::Broken(detail) => return Err(malformed(detail)),
                Step::Inflate => return Err(malformed("compressed twice")),
            }
        }
    }
}

impl Reader for Dicom {
    fn format(&self) -> Option<&'static str> {
        Some("dicom")
    }

    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        if !self.started {
            self.start(window)?;
        }
        if self.inflate.is_some() {
            return self.inflated(window, places, batch);
        }
        let mut ended = false;
        loop {
            if !self.pass(window)? || window.is_full() || batch.decoded.len() >= BATCH {
                return Ok(Progress::More);
            }
            let at = window.at();
            let mut sink = Sink { places, batch, at: Some(at), anchor: at };
            match self.data.step(window.rest(), ended, window.offset(), &mut sink) {
                Step::Need if ended => return Err(malformed("ends inside an element")),
                Step::Need => ended = !window.more(),
                Step::Took(count) => window.consume(count),
                Step::Skip(count, skip) => {
                    window.consume(count);
                    self.skip = skip;
                }
                Step::Inflate => {
                    self.inflate = Some(Inflate::new(at));
                    return self.inflated(window, places, batch);
                }
                Step::End => return self.data.finish(),
                Step::Broken(detail) => return Err(malformed(detail)),
            }
        }
    }
}

fn malformed(detail: &'static str) -> Broken {
    Broken { reason: Reason::Malformed, detail }
}

#[cfg(test)]
#[path = "dicom/dicom_tests.rs"]
mod tests;
