//! Scans what is inside a document. In: a wrapper, its bytes, what is left of the budget. Out: its members as documents of their
//! own, told one after the other; or, where text is only written in another encoding, the same document, decoded. Refuses
//! wrappers too deep inside each other.

use std::io::{Cursor, Read};

use super::document::{Reading, Scanner};
use super::rich::is_refusal;
use super::stream::Crew;
use crate::decode::budget::{Budget, Counted, Halt};
use crate::decode::text::{Encoding, Transcoder};
use crate::decode::{self, Packed, Wrapper, in_order};
use crate::finding::{Access, Document};
use crate::gap::Reason;
use crate::locator::Locator;
use crate::open::Source;

/// Where a document stands in the wrappers it came out of.
pub(super) struct Nest<'a> {
    /// Wrappers around it.
    pub(super) depth: u32,
    /// What is left for those inside it.
    pub(super) budget: &'a Budget,
    /// How its text is encoded and how long the mark before it is, where it was decoded already.
    pub(super) encoding: Option<(Encoding, u64)>,
    /// What is known of it before it is looked at.
    pub(super) given: Given<'a>,
    /// Who hears of its members.
    pub(super) tell: &'a mut dyn FnMut(Box<Document>),
    /// Who helps with it where it is large.
    pub(super) crew: Crew<'a>,
}

/// What is known of a document before it is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Given<'a> {
    #[default]
    Nothing,
    /// It is text that a library took out of a document; the place that is, where it has a name.
    Text(Option<&'a str>),
    /// It is rows as [`crate::rich::table`] writes them; the sheet they are of, if they are.
    Rows(Option<&'a str>),
}

impl Scanner<'_> {
    /// Scans the members of a wrapper, each a document of its own.
    pub(super) fn unwrap(
        &self,
        (root, locator): (usize, &Locator),
        wrapper: Wrapper,
        (source, head): (&mut Source<'_>, Vec<u8>),
        access: &Access,
        nest: Nest<'_>,
        reading: &mut Reading,
    ) {
        let Nest { depth, budget, tell, crew, .. } = nest;
        if u64::from(depth) >= budget.limits().depth {
            let detail = format!("more than {} wrappers inside each other", budget.limits().depth);
            reading.not_read = Some((Reason::Limit, detail.into()));
            return;
        }
        let name = locator.parts().last().map_or("", String::as_str);
        let mut told = false;
        let asked = decode::Asked { name, passwords: self.options.passwords.list() };
        let ended = decode::unpack(wrapper, asked, packed(source, head), budget, &mut |member| {
            told = true;
            if self.progress.stopped() {
                return Err(Halt::new(Reason::Interrupted, "the scan was stopped"));
            }
            if let Some(over) = budget.over() {
                return Err(over);
            }
            let inner = locator.member(&member.name);
            let document = match member.content {
                Ok(reader) => {
                    let (depth, given) = (depth + 1, Given::Nothing);
                    let nest = Nest { depth, budget, encoding: None, given, tell: &mut *tell, crew };
                    self.scan(root, inner, Source::stream(reader, access.clone()), nest)
                }
                Err((reason, detail)) => {
                    let mut document = self.refused(root, inner, reason, &detail);
                    document.bytes = member.size.unwrap_or(0);
                    document.gaps.iter_mut().for_each(|gap| gap.bytes = member.size);
                    document
                }
            };
            tell(document);
            Ok(())
        });
        match ended {
            Ok(()) => {}
            Err(Halt { reason, detail }) if !told && is_refusal(reason) => {
                reading.not_read = Some((reason, detail.into()));
            }
            Err(Halt { reason, detail }) => reading.stopped = Some((reason, detail)),
        }
        self.progress.read(reading.bytes);
    }

    /// Scans text that is in another encoding.
    pub(super) fn decoded(
        &self,
        (root, locator): (usize, &Locator),
        (source, head): (&mut Source<'_>, Vec<u8>),
        encoding: Encoding,
        access: &Access,
        nest: Nest<'_>,
        outer: Reading,
    ) -> Reading {
        let mark = if head.starts_with(encoding.mark()) { encoding.mark().len() as u64 } else { 0 };
        let counted = Counted::new(in_order(packed(source, head)));
        let count = counted.count();
        let mut text = Source::stream(Transcoder::new(encoding, counted), access.clone());
        let nest = Nest { encoding: Some((encoding, mark)), ..nest };
        let mut reading = self.read(root, locator, &mut text, access, nest);
        // All these count what stands in the document.
        reading.bytes = outer.bytes.max(count.get());
        // A character that the end of the document cuts counts as a whole one.
        let within = |at: u64| at.min(reading.bytes);
        reading.judgement.matches.iter_mut().for_each(|m| m.bytes = within(m.bytes.start)..within(m.bytes.end));
        reading.unread = reading.unread.map(|_| reading.bytes - count.get()).filter(|unread| *unread > 0);
        reading.stopped = outer.stopped.or(reading.stopped);
        reading
    }
}

/// The bytes of a source of which `head` was read.
pub(super) fn packed<'a>(source: &'a mut Source<'_>, head: Vec<u8>) -> Packed<'a> {
    match source {
        Source::Stream(stream) => Packed::InOrder(Box::new(Cursor::new(head).chain(stream))),
        Source::File(file) => Packed::ByOffset(file),
        Source::Memory(bytes) => Packed::ByOffset(bytes),
    }
}
