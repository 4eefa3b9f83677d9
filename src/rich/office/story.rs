//! Text of Word documents and of slides (ECMA-376 part 1, 17 and 21). In: a part in WordprocessingML or DrawingML, whose paragraphs,
//! runs and tables have the same names. Out: what is seen, what was deleted but is still there, what is hidden, and what is said of pictures
//! and fields, each by itself.

use super::flow::Flow;
use super::out::Out;
use super::package::Package;
use super::xml::{Node, Tag};
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::Parts;

/// Bytes of what is said of pictures and fields.
const NOTES: usize = 4 << 20;

/// The texts of a document.
#[derive(Debug, Default)]
pub(super) struct Story {
    /// What is seen.
    pub(super) seen: Flow,
    deleted: Flow,
    hidden: Flow,
    /// Descriptions of pictures, choices of fields.
    notes: String,
    /// Instructions of fields: what is asked for, set, compared or left out (ECMA-376 part 1, 17.16).
    codes: String,
}

impl Story {
    /// Reads a part. With `drained`, what is seen is handed on as it comes, into the part that was begun.
    ///
    /// # Errors
    /// Where the XML is damaged, or no more is wanted.
    pub(super) fn read(
        &mut self,
        package: &mut Package<'_>,
        name: &str,
        drained: bool,
        out: &mut Out<'_>,
    ) -> Result<(), Halt> {
        let mut xml = package.xml(name)?;
        let mut at = At::default();
        loop {
            if let Some(units) = xml.due() {
                out.work(units)?;
                if drained {
                    self.seen.drain(out, false)?;
                }
            }
            let Some(node) = xml.next()? else { return Ok(()) };
            match node {
                Node::Open(tag) => self.open(&tag, &mut at),
                Node::Close(end) => self.close(end.name(), &mut at),
                Node::Text(text) => match at.holder {
                    _ if at.skipped > 0 => {}
                    Holder::None => {}
                    // The address of a link may be somebody's, and stands where the link does.
                    Holder::Code if !text.contains("HYPERLINK") => self.code(&text),
                    Holder::Deleted => self.deleted.push(&text),
                    _ if at.deleted > 0 => self.deleted.push(&text),
                    _ if at.is_hidden => self.hidden.push(&text),
                    _ => self.seen.push(&text),
                },
            }
        }
    }

    fn open(&mut self, tag: &Tag<'_>, at: &mut At) {
        match tag.name() {
            "AlternateContent" => at.chosen = false,
            "Choice" => at.chosen = true,
            // The same once more, for older programs.
            "Fallback" if at.chosen || at.skipped > 0 => at.skipped += 1,
            _ if at.skipped > 0 => {}
            "r" => {
                at.runs += 1;
                at.is_hidden = false;
            }
            "vanish" if at.runs > 0 => at.is_hidden = tag.attr("val").is_none() || tag.is("val"),
            "t" => at.holder = Holder::Text,
            "delText" => at.holder = Holder::Deleted,
            "instrText" | "delInstrText" => at.holder = Holder::Code,
            "fldSimple" => {
                self.code(&tag.attr("instr").unwrap_or_default());
                self.code("\n");
            }
            // The marks of a field: its instruction ends where what it shows begins.
            "fldChar" => self.code("\n"),
            "del" | "moveFrom" => at.deleted += 1,
            "tab" if at.runs > 0 => self.each(at, "\t"),
            "noBreakHyphen" => self.each(at, "-"),
            "br" | "cr" => self.all(Flow::paragraph),
            "tbl" => self.all(Flow::table),
            "tblHeader" => self.all(Flow::headed),
            "tblPr" if tag.is("firstRow") => self.all(Flow::headed),
            "docPr" | "cNvPr" => {
                self.note(tag.attr("descr").as_deref());
                self.note(tag.attr("title").as_deref());
            }
            "listItem" => self.note(tag.attr("displayText").as_deref()),
            "listEntry" | "default" | "statusText" | "helpText" | "alias" => self.note(tag.attr("val").as_deref()),
            _ => {}
        }
    }

    fn close(&mut self, name: &str, at: &mut At) {
        match name {
            "Fallback" if at.skipped > 0 => at.skipped -= 1,
            "AlternateContent" => at.chosen = false,
            _ if at.skipped > 0 => {}
            "r" => {
                at.runs = at.runs.saturating_sub(1);
                at.is_hidden = false;
            }
            "t" | "delText" | "instrText" | "delInstrText" => at.holder = Holder::None,
            "del" | "moveFrom" => at.deleted = at.deleted.saturating_sub(1),
            "p" => self.all(Flow::paragraph),
            "tc" => self.all(Flow::cell),
            "tr" => self.all(Flow::row),
            "tbl" => self.all(Flow::end_table),
            _ => {}
        }
    }

    /// All texts have the same paragraphs and tables.
    fn all(&mut self, what: fn(&mut Flow)) {
        [&mut self.seen, &mut self.deleted, &mut self.hidden].into_iter().for_each(what);
    }

    fn each(&mut self, at: &At, text: &str) {
        match at {
            At { deleted: 1.., .. } => self.deleted.push(text),
            At { is_hidden: true, .. } => self.hidden.push(text),
            _ => self.seen.push(text),
        }
    }

    fn code(&mut self, text: &str) {
        let ends = text == "\n" && (self.codes.is_empty() || self.codes.ends_with('\n'));
        if !ends && self.codes.len() < NOTES {
            self.codes.push_str(text);
        }
    }

    /// The instructions that name something: in most is nothing but a number of a page or the name of a style.
    fn telling(&self) -> String {
        let telling = self.codes.lines().filter(|code| code.contains('"') || code.bytes().any(|b| b.is_ascii_digit()));
        telling.flat_map(|code| [code.trim(), "\n"]).collect()
    }

    fn note(&mut self, text: Option<&str>) {
        let Some(text) = text.filter(|text| text.bytes().any(|b| b.is_ascii_alphanumeric())) else { return };
        // A default that is a switch says nothing.
        if text.len() > 1 && self.notes.len() < NOTES {
            self.notes.push_str(text);
            self.notes.push('\n');
        }
    }

    /// Hands on what was not drained, as parts of their own whose names start with `name`; the place of what is seen is `place`.
    ///
    /// # Errors
    /// Where no more is wanted.
    pub(super) fn finish(self, name: &str, place: Option<&str>, out: &mut Out<'_>) -> Result<(), Halt> {
        if self.deleted.is_full || self.hidden.is_full {
            out.gap(Some(name), Reason::Limit, "more than 48 MiB of deleted or hidden text")?;
        }
        let inner = |what: &str| if name.is_empty() { what.to_string() } else { format!("{name}: {what}") };
        let codes = self.telling();
        self.seen.finish(name, place, out)?;
        self.deleted.finish(&inner("deleted text"), Some("deleted text"), out)?;
        self.hidden.finish(&inner("hidden text"), Some("hidden text"), out)?;
        out.text(&inner("field codes"), "field codes", &codes)?;
        out.text(&inner("descriptions"), "descriptions", &self.notes)
    }
}

/// Where in a part one is.
#[derive(Default)]
struct At {
    holder: Holder,
    runs: u32,
    is_hidden: bool,
    /// Deletions around.
    deleted: u32,
    chosen: bool,
    skipped: u32,
}

/// What text is in.
#[derive(Default, PartialEq)]
enum Holder {
    #[default]
    None,
    Text,
    Deleted,
    Code,
}
