//! RTF as text, with its tables. In: bytes, through a window. Out: paragraphs; the cells of tables in their columns; deleted and
//! hidden text, each at a place that says so; what the document says of itself. Pictures, fonts and styles are passed over, and
//! so are embedded objects, of which a gap tells. Refuses groups in groups without end.
//!
//! Of the control words (RTF Specification 1.9.1) only those are known that make text, or say that what follows is none.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::grid::Grid;
use super::named::{Batch, Broken, Holds, Named, Places, Progress, Reader, Window};
use super::stride::{Steps, piece, stride};
use super::values::Values;
use crate::finding::Place;
use crate::gap::Reason;

/// Groups may stand in each other so deep.
const DEPTH: usize = 4096;
/// Text is given out at the end of a paragraph behind so many bytes, and anywhere behind [`MOST`].
const RUN: usize = 160;
const MOST: usize = 32 << 10;
/// Bytes of a document that are held back for one row.
const HELD: u32 = 256 << 10;
/// An object of more hexadecimal digits than this may hold a document.
const OBJECT: u64 = 4096;
/// Fonts whose character set is remembered.
const FONTS: usize = 4096;

/// Reads RTF.
#[derive(Debug)]
pub(super) struct Rtf {
    groups: Vec<Group>,
    group: Group,
    page: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// The font that the table of fonts speaks of.
    font: i32,
    text: Vec<u8>,
    /// Bytes of a code page that are not yet characters.
    coded: Vec<u8>,
    high: Option<u32>,
    span: Option<(u32, u32)>,
    /// What `text` is.
    kind: Kind,
    /// Characters behind `\u` that are for readers that do not know it.
    skip: i32,
    /// Bytes of `\bin` that are left.
    binary: u64,
    records: u64,
    /// The next text is of another record.
    next: bool,
    grid: Option<Grid>,
    tables: u32,
    row: Option<u32>,
    at: u32,
    object: u64,
    objects: bool,
    closed: bool,
}

/// What is said inside a group until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    kind: Kind,
    /// Characters that stand behind a `\u`.
    fallback: i32,
    deleted: bool,
    hidden: bool,
    page: Option<&'static Encoding>,
    in_table: bool,
    starred: bool,
}

/// What text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Body,
    Deleted,
    Hidden,
    /// Notes, headers and the like, by name.
    Beside(&'static str),
    /// What a document says of itself.
    Info(&'static str),
    Fonts,
    Object,
    Nothing,
}

impl Default for Rtf {
    fn default() -> Rtf {
        let group = Group {
            kind: Kind::Body,
            fallback: 1,
            deleted: false,
            hidden: false,
            page: None,
            in_table: false,
            starred: false,
        };
        Rtf {
            groups: Vec::new(),
            group,
            page: WINDOWS_1252,
            fonts: HashMap::new(),
            font: 0,
            text: Vec::new(),
            coded: Vec::new(),
            high: None,
            span: None,
            kind: Kind::Body,
            skip: 0,
            binary: 0,
            records: 0,
            next: false,
            grid: None,
            tables: 0,
            row: None,
            at: 0,
            object: 0,
            objects: false,
            closed: false,
        }
    }
}

/// Destinations whose text is given, and how it is called.
const BESIDE: [(&[u8], &str); 18] = [
    (b"header", "header"),
    (b"headerl", "header"),
    (b"headerr", "header"),
    (b"headerf", "header"),
    (b"footer", "footer"),
    (b"footerl", "footer"),
    (b"footerr", "footer"),
    (b"footerf", "footer"),
    (b"footnote", "footnote"),
    (b"annotation", "comment"),
    (b"atnauthor", "comment author"),
    (b"fldinst", "field"),
    (b"ffdeftext", "form field"),
    (b"ffname", "form field"),
    (b"ffhelptext", "form field"),
    (b"docvar", "variable"),
    (b"bkmkstart", "bookmark"),
    (b"shptxt", "text box"),
];

/// What a document says of itself.
const INFO: [(&[u8], &str); 13] = [
    (b"title", "title"),
    (b"subject", "subject"),
    (b"author", "author"),
    (b"manager", "manager"),
    (b"company", "company"),
    (b"operator", "operator"),
    (b"category", "category"),
    (b"keywords", "keywords"),
    (b"comment", "comment"),
    (b"doccomm", "comment"),
    (b"hlinkbase", "address"),
    (b"propname", "property name"),
    (b"staticval", "property"),
];

/// Destinations without text.
const SILENT: [&[u8]; 20] = [
    b"colortbl",
    b"stylesheet",
    b"pict",
    b"listtable",
    b"listoverridetable",
    b"revtbl",
    b"rsidtbl",
    b"generator",
    b"themedata",
    b"colorschememapping",
    b"datastore",
    b"latentstyles",
    b"filetbl",
    b"xmlnstbl",
    b"objclass",
    b"objname",
    b"fontemb",
    b"fontfile",
    b"creatim",
    b"revtim",
];

impl Rtf {
    /// What the text of the group is.
    fn kind(&self) -> Kind {
        match self.group.kind {
            Kind::Body if self.group.deleted => Kind::Deleted,
            Kind::Body if self.group.hidden => Kind::Hidden,
            kind => kind,
        }
    }

    /// Bytes of text in the code page of the font.
    fn bytes(&mut self, bytes: &[u8], start: u32, end: u32, out: &mut Values<'_>) {
        match self.group.kind {
            Kind::Object => self.object += bytes.len() as u64,
            Kind::Nothing | Kind::Fonts => {}
            _ => {
                let kind = self.kind();
                if kind != self.kind {
                    self.flush(out);
                    self.kind = kind;
                }
                self.span = Some((self.span.map_or(start, |(from, _)| from), end));
                if bytes.is_ascii() {
                    self.settle();
                    self.text.extend_from_slice(bytes);
                } else {
                    self.coded.extend_from_slice(bytes);
                }
            }
        }
    }

    /// Turns what is coded into characters.
    fn settle(&mut self) {
        if !self.coded.is_empty() {
            let page = self.group.page.unwrap_or(self.page);
            let (text, _) = page.decode_without_bom_handling(&self.coded);
            self.text.extend_from_slice(text.as_bytes());
            self.coded.clear();
        }
    }

    fn character(&mut self, code: u32, start: u32, end: u32, out: &mut Values<'_>) {
        let code = match (self.high.take(), code) {
            (_, 0xD800..=0xDBFF) => {
                self.high = Some(code);
                return;
            }
            (Some(high), 0xDC00..=0xDFFF) => 0x1_0000 + ((high - 0xD800) << 10) + (code - 0xDC00),
            _ => code,
        };
        self.bytes(b"", start, end, out);
        if !matches!(self.group.kind, Kind::Object | Kind::Nothing | Kind::Fonts) {
            let character = char::from_u32(code).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER);
            let character = if character == '\u{a0}' { ' ' } else { character };
            self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Gives out the text.
    fn flush(&mut self, out: &mut Values<'_>) {
        self.settle();
        let text = std::mem::take(&mut self.text);
        let Some((start, end)) = self.span.take() else { return };
        if text.trim_ascii().is_empty() {
            return;
        }
        self.records = (self.records + u64::from(std::mem::take(&mut self.next))).max(1);
        out.record = self.records;
        let place = match self.kind {
            Kind::Body => out.places.number(b"text", Named::text),
            Kind::Deleted => beside("deleted text", out.places),
            Kind::Hidden => beside("hidden text", out.places),
            Kind::Beside(name) => beside(name, out.places),
            Kind::Info(name) => out.places.number(format!("i{name}").as_bytes(), || Named {
                names: vec![name.to_string()],
                ..Named::of(Place::Metadata(name.to_string()), Holds::Text)
            }),
            Kind::Fonts | Kind::Object | Kind::Nothing => return,
        };
        out.meaning(place, &text, start, end);
    }

    fn paragraph(&mut self, out: &mut Values<'_>) {
        self.settle();
        if self.row.is_some() && self.group.in_table {
            self.text.push(b'\n');
            return;
        }
        self.row = None;
        if !self.group.in_table {
            self.grid = None;
        }
        let blank = self.text.is_empty() || self.text.ends_with(b"\n");
        if !self.text.is_empty() {
            self.text.push(b'\n');
        }
        // A blank line parts what lines say of one person, and so does length.
        if self.text.len() >= RUN || blank && self.text.iter().any(u8::is_ascii_digit) {
            self.flush(out);
            self.next = self.records > 0;
        }
    }

    fn cell(&mut self, out: &mut Values<'_>) {
        self.settle();
        let (start, end) = self.span.take().unwrap_or((self.at, self.at));
        let text = std::mem::take(&mut self.text);
        if self.kind != Kind::Body {
            // What is deleted in a cell is told as such.
            (self.text, self.span) = (text, Some((start, end)));
            self.flush(out);
            self.kind = Kind::Body;
            self.grid().cell(Vec::new(), (end, end), false, 1);
        } else {
            self.grid().cell(text.trim_ascii().to_vec(), (start, end), false, 1);
        }
        self.row.get_or_insert(start);
    }

    fn grid(&mut self) -> &mut Grid {
        let tables = &mut self.tables;
        self.grid.get_or_insert_with(|| {
            *tables += 1;
            Grid::new(*tables)
        })
    }

    fn end_row(&mut self, out: &mut Values<'_>) {
        if let Some(grid) = &mut self.grid {
            let before = self.records;
            grid.end_row(&mut self.records, out);
            self.next |= self.records > before;
        }
        self.row = None;
    }

    /// Does what a control word says.
    fn word(&mut self, word: &[u8], number: Option<i32>, start: u32, end: u32, out: &mut Values<'_>) {
        let on = number != Some(0);
        match word {
            b"par" | b"line" | b"sect" | b"page" | b"nestrow" => self.paragraph(out),
            b"tab" => self.bytes(b" ", start, end, out),
            b"cell" | b"nestcell" => self.cell(out),
            b"row" => self.end_row(out),
            b"trowd" => {
                if self.row.is_none() {
                    self.flush(out);
                }
                self.row.get_or_insert(start);
            }
            b"intbl" => self.group.in_table = true,
            b"pard" => self.group.in_table = false,
            b"deleted" => self.group.deleted = on,
            b"v" => self.group.hidden = on,
            b"plain" => (self.group.deleted, self.group.hidden) = (false, false),
            b"uc" => self.group.fallback = number.unwrap_or(1).clamp(0, 64),
            b"u" => {
                let code = number.unwrap_or(0);
                let code = if code < 0 { code + 0x1_0000 } else { code };
                self.character(u32::try_from(code).unwrap_or(0xFFFD), start, end, out);
                self.skip = self.group.fallback;
            }
            b"bin" => self.binary = u64::try_from(number.unwrap_or(0)).unwrap_or(0),
            b"ansicpg" => self.page = code_page(number.unwrap_or(1252)).unwrap_or(self.page),
            b"mac" => self.page = encoding_rs::MACINTOSH,
            b"f" if self.group.kind == Kind::Fonts => self.font = number.unwrap_or(0),
            b"f" => {
                self.settle();
                self.group.page = self.fonts.get(&number.unwrap_or(0)).copied();
            }
            b"fcharset" => {
                if let (Some(page), true) = (character_set(number.unwrap_or(0)), self.fonts.len() < FONTS) {
                    self.fonts.insert(self.font, page);
                }
            }
            b"emdash" => self.character(0x2014, start, end, out),
            b"endash" => self.character(0x2013, start, end, out),
            b"lquote" | b"rquote" => self.bytes(b"'", start, end, out),
            b"ldblquote" | b"rdblquote" => self.bytes(b"\"", start, end, out),
            b"bullet" => self.bytes(b"*", start, end, out),
            b"enspace" | b"emspace" | b"qmspace" => self.bytes(b" ", start, end, out),
            b"fonttbl" => self.group.kind = Kind::Fonts,
            b"objdata" => {
                self.group.kind = Kind::Object;
                self.object = 0;
            }
            _ if SILENT.contains(&word) => self.group.kind = Kind::Nothing,
            _ => {
                let beside = BESIDE.iter().find(|(known, _)| *known == word).map(|(_, name)| Kind::Beside(name));
                let info = INFO.iter().find(|(known, _)| *known == word).map(|(_, name)| Kind::Info(name));
                match beside.or(info) {
                    Some(kind) if self.group.kind != Kind::Nothing => {
                        self.flush(out);
                        self.group.kind = kind;
                    }
                    // A destination that nobody knows: it may be a long one without text.
                    None if self.group.starred
                        && !matches!(word, b"userprops" | b"formfield" | b"shpinst" | b"nesttableprops") =>
                    {
                        self.group.kind = Kind::Nothing;
                    }
                    _ => {}
                }
            }
        }
        self.group.starred = false;
    }

    fn close(&mut self, out: &mut Values<'_>) {
        self.settle();
        if self.group.kind == Kind::Object && self.object >= OBJECT {
            self.objects = true;
        }
        let kind = self.group.kind;
        match self.groups.pop() {
            Some(group) => self.group = group,
            None => self.closed = true,
        }
        if self.groups.is_empty() {
            self.closed = true;
            self.end_row(out);
            self.flush(out);
        }
        if self.group.kind != kind && !matches!(kind, Kind::Body | Kind::Nothing) {
            self.flush(out);
        }
    }
}

fn beside(name: &'static str, places: &mut Places) -> u32 {
    places.number(format!("b{name}").as_bytes(), || Named::of(Place::Path(name.to_string()), Holds::Text))
}

/// The code page of a number of Windows.
fn code_page(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        10000 => encoding_rs::MACINTOSH,
        65001 => encoding_rs::UTF_8,
        866 => encoding_rs::IBM866,
        _ => Encoding::for_label(format!("windows-{number}").as_bytes())?,
    })
}

/// The code page of a font's `\fcharset`.
fn character_set(number: i32) -> Option<&'static Encoding> {
    code_page(match number {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

impl Steps for Rtf {
    fn step(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> Result<usize, Broken> {
        self.at = base;
        if self.binary > 0 {
            let now = self.binary.min(look.len() as u64);
            self.binary -= now;
            self.object += now;
            return Ok(now as usize);
        }
        if self.row.is_some_and(|row| base.saturating_sub(row) > HELD) {
            self.end_row(out);
        }
        if self.text.len() + self.coded.len() >= MOST {
            self.flush(out);
        }
        if self.closed {
            // What stands behind the end is hidden well.
            let length = piece(look);
            let place = out.places.number(b"text", Named::text);
            out.record = self.records.max(1);
            let rest = look[..length].strip_suffix(b"\0").unwrap_or(&look[..length]);
            out.plain(place, rest, base);
            return Ok(length);
        }
        match look[0] {
            b'{' => {
                if self.groups.len() >= DEPTH {
                    return Err(Broken { reason: Reason::Limit, detail: "more than 4,096 groups in each other" });
                }
                self.settle();
                self.skip = 0;
                self.groups.push(self.group);
                Ok(1)
            }
            b'}' => {
                self.skip = 0;
                self.close(out);
                Ok(1)
            }
            b'\r' | b'\n' => Ok(1),
            b'\\' => Ok(self.control(look, base, out)),
            _ => {
                let seen = &look[..piece(look).min(4096)];
                let length =
                    seen.iter().position(|b| matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n')).unwrap_or(seen.len());
                let skipped = usize::try_from(self.skip).unwrap_or(0).min(length);
                self.skip -= skipped as i32;
                if length > skipped {
                    let (start, end) = (base + skipped as u32, base + length as u32);
                    self.bytes(&look[skipped..length], start, end, out);
                }
                Ok(length)
            }
        }
    }

    fn pause(&mut self, out: &mut Values<'_>) {
        self.end_row(out);
        self.flush(out);
    }

    fn holds_on(&self) -> bool {
        self.row.is_some_and(|row| self.at.saturating_sub(row) <= HELD)
    }

    fn end(&mut self) -> Result<(), Broken> {
        if self.closed {
            return Ok(());
        }
        Err(Broken { reason: Reason::Malformed, detail: "a group is never closed" })
    }
}

impl Rtf {
    /// Reads a control word or sign; gives its length.
    fn control(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> usize {
        let Some(next) = look.get(1) else { return 1 };
        if !next.is_ascii_alphabetic() {
            let character: &[u8] = match next {
                b'\'' => {
                    let code = look.get(2..4).and_then(|digits| str::from_utf8(digits).ok());
                    let Some(code) = code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else { return 2 };
                    if self.skip > 0 {
                        self.skip -= 1;
                    } else if !self.coded.is_empty() && code < 0x80 {
                        // The second half of a character.
                        self.coded.push(code);
                    } else {
                        self.bytes(&[code], base, base + 4, out);
                    }
                    return 4;
                }
                b'*' => {
                    self.group.starred = true;
                    return 2;
                }
                b'~' => b" ",
                b'_' => b"-",
                b'\\' | b'{' | b'}' => &look[1..2],
                b'\r' | b'\n' => {
                    self.paragraph(out);
                    return 2;
                }
                _ => return 2,
            };
            if self.skip > 0 {
                self.skip -= 1;
            } else {
                self.bytes(character, base, base + 2, out);
            }
            return 2;
        }
        let length = look[1..].iter().take(32).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = look[1..=length].to_vec();
        let mut at = 1 + length;
        let negative = look.get(at) == Some(&b'-');
        at += usize::from(negative && look.get(at + 1).is_some_and(u8::is_ascii_digit));
        let digits = look[at..].iter().take(10).take_while(|b| b.is_ascii_digit()).count();
        let number = str::from_utf8(&look[at..at + digits]).ok().and_then(|text| text.parse::<i32>().ok());
        let number = number.map(|number| if negative { -number } else { number });
        at += digits;
        at += usize::from(look.get(at) == Some(&b' '));
        self.word(&word, number, base, base + at as u32, out);
        at
    }
}

impl Reader for Rtf {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        stride(self, window, places, batch)
    }

    fn unread(&self) -> Option<(Reason, &'static str)> {
        self.objects.then_some((Reason::Unsupported, "objects are embedded in it and were not read"))
    }
}

#[cfg(test)]
mod tests;
