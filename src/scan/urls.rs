//! Scans what `data:` URLs hold that stand in a document. In: its bytes in order, or where URLs start in it. Out: members, told
//! one after the other. Refuses more of them than a document may have members.

use super::document::{Reading, Scanner};
use super::values::Inside;
use crate::extract::named::Batch;
use crate::extract::urls::{Url, Urls};
use crate::extract::{BEFORE, CORE, coded};
use crate::judge::plan::DocumentPlan;
use crate::open::ReadAt;

impl Scanner<'_> {
    /// Scans what a URL holds, as a document called as its place or its media type.
    pub(super) fn url(&self, url: Url, name: Option<String>, inside: &mut Inside<'_, '_>, reading: &mut Reading) {
        self.embedded(name.unwrap_or(url.name), url.bytes, url.cut, inside, reading);
    }

    /// The URLs of a document that can be read from any place.
    pub(super) fn urls_at(
        &self,
        source: &dyn ReadAt,
        starts: &[u64],
        inside: &mut Inside<'_, '_>,
        reading: &mut Reading,
    ) {
        let mut behind = 0;
        let mut buffer = Vec::new();
        for start in starts {
            // One that stands in another is part of it.
            if *start < behind || self.progress.stopped() {
                continue;
            }
            let mut first = [0];
            let before = start.checked_sub(1).filter(|at| source.read_at(*at, &mut first).is_ok()).map(|_| first[0]);
            let (mut urls, mut found, mut at) = (Urls::at(*start, before), None, *start);
            loop {
                // Most are small.
                let wanted = if at == *start { BEFORE } else { CORE / 4 };
                buffer.resize(wanted, 0);
                let got = source.read_at(at, &mut buffer).unwrap_or(0);
                at += got as u64;
                urls.push(&buffer[..got], &mut |url| found = found.take().or(Some(url)));
                if got < wanted {
                    urls.finish(&mut |url| found = found.take().or(Some(url)));
                }
                if found.is_some() || got < wanted || urls.open() != Some(*start) {
                    break;
                }
            }
            if let Some(url) = found.filter(|url| url.start == *start) {
                behind = url.end;
                self.url(url, None, inside, reading);
            }
        }
    }

    /// The URLs in a batch of values. A value that is one is a file of its place, or, where it is short and text, that text.
    pub(super) fn urls_in(
        &self,
        (urls, named): (&mut Urls, &mut Option<String>),
        (batch, bytes, base): (&mut Batch, &[u8], u64),
        plan: &DocumentPlan,
        inside: &mut Inside<'_, '_>,
        reading: &mut Reading,
    ) {
        let begun = urls.open();
        let mut found = Vec::new();
        urls.push(bytes, &mut |url| found.push(url));
        let (mut spans, open) = (Vec::new(), urls.open());
        let name = |batch: &Batch, start: u64| {
            let is = |value: &&crate::extract::named::Value| base + u64::from(value.start) == start;
            batch.values.iter().find(is).map(|value| plan.place(Some(value.place)).short())
        };
        for url in found {
            let own = if begun == Some(url.start) { named.take() } else { name(batch, url.start) };
            if own.is_some() && url.start >= base && coded::says(&url.bytes) {
                let from = batch.decoded.len() as u32;
                batch.decoded.extend_from_slice(&url.bytes);
                let decoded = (from, batch.decoded.len() as u32);
                let values = batch.values.iter_mut().filter(|value| base + u64::from(value.start) == url.start);
                values.for_each(|value| value.decoded = decoded);
                continue;
            }
            spans.push((url.start, url.end));
            self.url(url, own, inside, reading);
        }
        if let Some(start) = open {
            spans.push((start, u64::MAX));
            if begun != open {
                *named = name(batch, start);
            }
        }
        if !spans.is_empty() {
            let within = |at: u64, end: u64| spans.iter().any(|(from, to)| (*from..*to).contains(&at) && end <= *to);
            batch.values.retain(|value| !within(base + u64::from(value.start), base + u64::from(value.end)));
        }
    }

    /// The last URL of values, at the end of the document.
    pub(super) fn last_url(
        &self,
        (urls, named): (&mut Urls, &mut Option<String>),
        inside: &mut Inside<'_, '_>,
        reading: &mut Reading,
    ) {
        let mut found = None;
        urls.finish(&mut |url| found = Some(url));
        if let Some(url) = found {
            self.url(url, named.take(), inside, reading);
        }
    }
}
