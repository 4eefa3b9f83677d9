//! What the readers of this room hand their parts to. In: parts. Out: the same, with what all of them need: a part that is damaged
//! is ended and becomes a gap, and reading goes on with the next; text is counted, so that a document of pictures can be told.

use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Part, Parts};

/// Letters and digits below which a document with a picture of some size may be a scanned one.
const HARDLY_ANY: u64 = 200;

/// Parts, with what happened so far.
pub(super) struct Out<'a> {
    parts: &'a mut dyn Parts,
    open: bool,
    /// Why nothing more is wanted.
    stopped: Option<Halt>,
    /// Whether what is written into the open part is the document's own text.
    counted: bool,
    /// Letters and digits of the document's text.
    letters: u64,
    /// A picture of some size, by its name.
    picture: Option<String>,
}

impl std::fmt::Debug for Out<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Out").field("open", &self.open).finish_non_exhaustive()
    }
}

impl<'a> Out<'a> {
    pub(super) fn new(parts: &'a mut dyn Parts) -> Out<'a> {
        Out { parts, open: false, stopped: None, counted: false, letters: 0, picture: None }
    }

    fn told<T>(&mut self, done: Result<T, Halt>) -> Result<T, Halt> {
        if let Err(halt) = &done {
            self.stopped = Some(halt.clone());
        }
        done
    }

    /// What became of something that is one of many: a part that was begun is ended, damage is a gap.
    ///
    /// # Errors
    /// Where no more parts are wanted.
    pub(super) fn settle(&mut self, what: Option<&str>, done: Result<(), Halt>) -> Result<(), Halt> {
        if let Some(halt) = &self.stopped {
            return Err(halt.clone());
        }
        if self.open {
            self.end()?;
        }
        match done {
            Ok(()) => Ok(()),
            Err(halt) => self.gap(what, halt.reason, &halt.detail),
        }
    }

    /// A whole part of text; nothing where there is none.
    ///
    /// # Errors
    /// Where no more parts are wanted.
    pub(super) fn text(&mut self, name: &str, place: &str, text: &str) -> Result<(), Halt> {
        if text.trim().is_empty() {
            return Ok(());
        }
        self.begin(&part(name, Form::Text, Some(place)))?;
        self.write(text.as_bytes())?;
        self.end()
    }

    /// A picture of some size was met.
    pub(super) fn picture(&mut self, name: &str) {
        self.picture.get_or_insert_with(|| name.to_string());
    }

    /// To be called behind the last part: a document of pictures with hardly any text is a scanned one.
    ///
    /// # Errors
    /// Where no more is wanted.
    pub(super) fn finish(&mut self) -> Result<(), Halt> {
        match self.picture.take() {
            Some(name) if self.letters < HARDLY_ANY => {
                self.gap(Some(&name), Reason::Image, "a picture, and hardly any text beside it")
            }
            _ => Ok(()),
        }
    }
}

/// A part.
pub(super) fn part(name: &str, form: Form, place: Option<&str>) -> Part {
    Part { name: name.to_string(), form, place: place.map(str::to_string) }
}

impl Parts for Out<'_> {
    fn begin(&mut self, part: &Part) -> Result<(), Halt> {
        let done = self.parts.begin(part);
        self.open = done.is_ok();
        self.counted = matches!(part.form, Form::Body | Form::Table);
        self.told(done)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        if self.counted && self.letters < HARDLY_ANY {
            self.letters += bytes.iter().filter(|b| b.is_ascii_alphanumeric() || **b >= 0x80).count() as u64;
        }
        let done = self.parts.write(bytes);
        self.told(done)
    }

    fn end(&mut self) -> Result<(), Halt> {
        self.open = false;
        let done = self.parts.end();
        self.told(done)
    }

    fn gap(&mut self, part: Option<&str>, reason: Reason, detail: &str) -> Result<(), Halt> {
        let done = self.parts.gap(part, reason, detail);
        self.told(done)
    }

    fn work(&mut self, units: u64) -> Result<(), Halt> {
        let done = self.parts.work(units);
        self.told(done)
    }
}
