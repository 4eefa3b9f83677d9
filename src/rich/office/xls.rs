//! Workbooks of Excel 5 to 2003 ([MS-XLS]). In: the stream of a workbook. Out: a table for each sheet, whatever hides it; notes, headers and
//! pivot caches as text. Refuses what is encrypted and no password opens; a record is never longer than 8,224 bytes, and strings that go over several are put together.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::biff::{error, f64_at, narrow, rk, u16_at, u32_at, wide};
use super::grid::Grid;
use super::legacy::Lock;
use super::number::{self, Epoch, Format};
use super::ole::Compound;
use super::out::{Out, part};
use super::strings::Strings;
use super::xlsx::Styles;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Form, Parts};

/// Sheets of one workbook.
const SHEETS: usize = 10_000;
/// Bytes of notes and of items of pivot caches.
const ASIDE: usize = 16 << 20;

/// Records of a stream, one after the other.
struct Records<R> {
    reader: BufReader<R>,
    data: Vec<u8>,
    /// Where the next one starts.
    at: u64,
    lock: Option<Lock>,
}

/// Records that are never locked ([MS-XLS] 2.2.10): BOF, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead.
const OPEN: [u16; 7] = [0x0809, 0x002f, 0x0194, 0x0195, 0x00e1, 0x0196, 0x0138];

impl<R: Read + Seek> Records<R> {
    fn new(reader: R) -> Records<R> {
        Records { reader: BufReader::with_capacity(64 << 10, reader), data: Vec::new(), at: 0, lock: None }
    }

    fn seek(&mut self, to: u64) -> Result<(), Halt> {
        self.at = self.reader.seek(SeekFrom::Start(to)).map_err(|error| Halt::of(&error))?;
        Ok(())
    }

    /// The type of the next record, whose bytes are in `data`; none at the end.
    fn next(&mut self) -> Result<Option<u16>, Halt> {
        let mut head = [0; 4];
        match self.reader.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(Halt::of(&error)),
        }
        let length = u16::from_le_bytes([head[2], head[3]]);
        self.data.clear();
        let got = self.reader.by_ref().take(length.into()).read_to_end(&mut self.data);
        if got.map_err(|error| Halt::of(&error))? < usize::from(length) {
            return Err(Halt::new(Reason::Malformed, "records that end too early"));
        }
        let kind = u16::from_le_bytes([head[0], head[1]]);
        if let Some(lock) = self.lock.as_mut().filter(|_| !OPEN.contains(&kind)) {
            // Of a BoundSheet8 where the sheet begins stays open.
            lock.open_record(self.at + 4, if kind == 0x0085 { 4 } else { 0 }, &mut self.data);
        }
        self.at += 4 + u64::from(length);
        Ok(Some(kind))
    }
}

/// What a workbook says of itself.
#[derive(Default)]
struct Workbook {
    /// Text has one byte a character and no flags: Excel 5 and 95.
    is_old: bool,
    epoch: Epoch,
    styles: Styles,
    strings: Strings,
    sheets: Vec<(u64, String, &'static str)>,
}

/// Reads a workbook.
///
/// # Errors
/// Where it is encrypted or damaged, or no more is wanted.
pub(super) fn read(file: &mut Compound<'_>, path: &Path, passwords: &[String], out: &mut Out<'_>) -> Result<(), Halt> {
    let mut workbook = Workbook::default();
    let mut records = Records::new(file.open_stream(path).map_err(|error| Halt::of(&error))?);
    globals(&mut records, &mut workbook, passwords, out)?;
    let formats = workbook.styles.formats();
    for (at, name, state) in std::mem::take(&mut workbook.sheets) {
        records.seek(at)?;
        let place = format!("{name}{state}{}", hidden(&mut records));
        records.seek(at)?;
        out.begin(&part(&name, Form::Table, Some(&place)))?;
        let mut notes = String::new();
        let mut grid = Grid::new(out);
        let done = sheet(&mut records, &mut workbook, &formats, &mut grid, &mut notes);
        let done = grid.finish().and(done);
        out.settle(Some(&name), done)?;
        out.text(&format!("{name}: beside the cells"), &format!("{place}: beside the cells"), &notes)?;
    }
    let unused: String =
        workbook.strings.unused(0..workbook.strings.len()).take(1 << 20).flat_map(|text| [text, "\n"]).collect();
    out.text("unused strings", "unused strings", &unused)?;
    let is_locked = records.lock.is_some();
    drop(records);
    let caches: Vec<_> = file
        .walk()
        .filter(|entry| entry.is_stream() && entry.path().parent().is_some_and(|folder| folder.ends_with("_SX_DB_CUR")))
        .map(|entry| entry.path().to_path_buf())
        .collect();
    if is_locked && !caches.is_empty() {
        return out.gap(Some("pivot caches"), Reason::WeakEncryption, "pivot caches of a locked workbook are not read");
    }
    for (at, cache) in caches.iter().enumerate() {
        let mut records = Records::new(file.open_stream(cache).map_err(|error| Halt::of(&error))?);
        let mut text = String::new();
        let done = items(&mut records, &mut text);
        let name = format!("pivot cache {}", at + 1);
        out.settle(Some(&name), done)?;
        out.text(&name, "pivot cache", &text)?;
    }
    Ok(())
}

fn globals<R: Read + Seek>(
    records: &mut Records<R>,
    workbook: &mut Workbook,
    passwords: &[String],
    out: &mut Out<'_>,
) -> Result<(), Halt> {
    let mut pool: Option<Pool> = None;
    let mut count = 0u64;
    while let Some(kind) = records.next()? {
        count += 1;
        if count.is_multiple_of(4_096) {
            out.work(4_096)?;
        }
        let data = &records.data;
        if kind != 0x3c
            && let Some(mut pool) = pool.take()
        {
            pool.finish(&mut workbook.strings);
        }
        match kind {
            // BOF: 0x0600 is Excel 97 and later.
            0x0809 => workbook.is_old = u16_at(data, 0) != Some(0x0600),
            0x002f => {
                let lock = Lock::of_workbook(data, workbook.is_old, passwords);
                records.lock = Some(lock.ok_or_else(|| encrypted(data))?);
            }
            0x0022 if u16_at(data, 0) == Some(1) => workbook.epoch = Epoch::Of1904,
            // Format
            0x041e => {
                let code = match workbook.is_old {
                    true => data.get(3..).map(narrow),
                    false => string(data, 2, 2),
                };
                if let (Some(id), Some(code)) = (u16_at(data, 0), code) {
                    workbook.styles.code(id.into(), &code);
                }
            }
            // XF
            0x00e0 => workbook.styles.cell(u16_at(data, 2).unwrap_or(0).into()),
            // BoundSheet8
            0x0085 if workbook.sheets.len() < SHEETS => {
                let state = match data.get(4).map(|state| state & 3) {
                    Some(1) => " (hidden)",
                    Some(2) => " (very hidden)",
                    _ => "",
                };
                let name = match workbook.is_old {
                    true => data.get(7..).map(narrow),
                    false => string(data, 6, 1),
                };
                if let Some(at) = u32_at(data, 0) {
                    workbook.sheets.push((at.into(), name.unwrap_or_default(), state));
                }
            }
            // SST
            0x00fc => {
                let mut started = Pool::default();
                started.feed(data.get(8..).unwrap_or(&[]), false, &mut workbook.strings);
                pool = Some(started);
            }
            0x003c => {
                if let Some(pool) = &mut pool {
                    pool.feed(data, true, &mut workbook.strings);
                }
            }
            0x000a => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}

/// What FilePass says (2.4.117): all of them fall to known attacks.
fn encrypted(data: &[u8]) -> Halt {
    let scheme = match (u16_at(data, 0), u16_at(data, 2)) {
        (Some(1), Some(1)) => "RC4-40, legacy Excel",
        (Some(1), _) => "RC4 CryptoAPI, legacy Excel",
        _ => "XOR, legacy Excel",
    };
    Halt::new(Reason::WeakEncryption, scheme)
}

/// A string with its length in `width` bytes and its flags behind (2.5.293-294): without formats, from one record.
fn string(data: &[u8], at: usize, width: usize) -> Option<String> {
    let count = if width == 1 { usize::from(*data.get(at)?) } else { usize::from(u16_at(data, at)?) };
    let flags = *data.get(at + width)?;
    let start = at + width + 1;
    let bytes = data.get(start..)?;
    let length = (if flags & 1 == 1 { count * 2 } else { count }).min(bytes.len());
    Some(text(&bytes[..length], flags & 1 == 1))
}

/// Characters of two bytes, or of one that is the lower of two.
fn text(bytes: &[u8], is_wide: bool) -> String {
    if is_wide { wide(bytes) } else { bytes.iter().map(|b| char::from(*b)).collect() }
}

/// The strings of a workbook as they come in several records (2.4.265): a string that goes on in the next starts there with its flags.
#[derive(Default)]
struct Pool {
    state: State,
    string: String,
    /// Characters, bytes of formats, bytes of readings that are to come.
    left: (usize, usize, usize),
    is_wide: bool,
    /// Bytes of a head that goes over the end of a record.
    head: Vec<u8>,
}

#[derive(Default, PartialEq)]
enum State {
    #[default]
    Head,
    Characters,
    Formats,
}

impl Pool {
    fn feed(&mut self, mut data: &[u8], goes_on: bool, strings: &mut Strings) {
        if goes_on
            && self.state == State::Characters
            && let [flags, rest @ ..] = data
        {
            self.is_wide = flags & 1 == 1;
            data = rest;
        }
        loop {
            match self.state {
                State::Head => {
                    let Some((first, rest)) = data.split_first() else { return };
                    self.head.push(*first);
                    data = rest;
                    let Some(flags) = self.head.get(2).copied() else { continue };
                    let needed = 3 + if flags & 8 != 0 { 2 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
                    if self.head.len() < needed {
                        continue;
                    }
                    let formats = if flags & 8 != 0 { usize::from(u16_at(&self.head, 3).unwrap_or(0)) * 4 } else { 0 };
                    let readings =
                        if flags & 4 != 0 { u32_at(&self.head, needed - 4).unwrap_or(0) as usize } else { 0 };
                    self.left = (usize::from(u16_at(&self.head, 0).unwrap_or(0)), formats, readings);
                    self.is_wide = flags & 1 == 1;
                    self.head.clear();
                    self.state = State::Characters;
                }
                State::Characters => {
                    let width = if self.is_wide { 2 } else { 1 };
                    let count = self.left.0.min(data.len() / width);
                    self.string.push_str(&text(&data[..count * width], self.is_wide));
                    data = &data[count * width..];
                    self.left.0 -= count;
                    if self.left.0 > 0 {
                        return;
                    }
                    self.state = State::Formats;
                }
                State::Formats => {
                    let both = self.left.1.saturating_add(self.left.2);
                    let count = both.min(data.len());
                    data = &data[count..];
                    self.left = (0, both - count, 0);
                    if self.left.1 > 0 {
                        return;
                    }
                    strings.push(&self.string);
                    self.string.clear();
                    self.state = State::Head;
                }
            }
        }
    }

    /// What was read of a last string that is cut is a string.
    fn finish(&mut self, strings: &mut Strings) {
        if !self.string.is_empty() {
            strings.push(&self.string);
        }
    }
}

/// What hides some of a sheet, by the flags of its rows and columns.
fn hidden<R: Read + Seek>(records: &mut Records<R>) -> &'static str {
    let (mut rows, mut columns, mut depth) = (false, false, 0u32);
    // What is damaged is found when the sheet is read.
    while let Ok(Some(kind)) = records.next() {
        match kind {
            0x0809 => depth += 1,
            0x000a if depth <= 1 => break,
            0x000a => depth -= 1,
            0x0208 => rows |= records.data.get(12).is_some_and(|flags| flags & 0x20 != 0),
            0x007d => columns |= records.data.get(8).is_some_and(|flags| flags & 1 != 0),
            _ => {}
        }
    }
    match (rows, columns) {
        (true, true) => " (hidden rows and columns)",
        (true, false) => " (hidden rows)",
        (false, true) => " (hidden columns)",
        (false, false) => "",
    }
}

fn sheet<R: Read + Seek>(
    records: &mut Records<R>,
    workbook: &mut Workbook,
    formats: &[Format],
    grid: &mut Grid<'_>,
    notes: &mut String,
) -> Result<(), Halt> {
    let (epoch, is_old) = (workbook.epoch, workbook.is_old);
    // A formula whose text is in the next record; a note whose text is.
    let (mut formula, mut in_note, mut depth) = (None, 0u16, 0u32);
    while let Some(kind) = records.next()? {
        let data = records.data.as_slice();
        let note = std::mem::take(&mut in_note);
        let at = |n: usize| u16_at(data, n).unwrap_or(u16::MAX);
        let (row, column) = (u32::from(at(0)), u32::from(at(2)));
        let format = formats.get(usize::from(at(4))).unwrap_or(&Format::General);
        match kind {
            0x0809 => depth += 1,
            0x000a if depth <= 1 => return Ok(()),
            0x000a => depth -= 1,
            // Charts in a sheet have cells of their own, which are those of other sheets.
            _ if depth > 1 => {}
            // LabelSst
            0x00fd => {
                let string = u32_at(data, 6).and_then(|at| workbook.strings.take(at as usize));
                grid.cell(row, column, string.unwrap_or_default())?;
            }
            // Label, RString
            0x0204 | 0x00d6 => {
                let text = match is_old {
                    true => data.get(8..).map(|bytes| narrow(&bytes[..usize::from(at(6)).min(bytes.len())])),
                    false => string(data, 6, 2),
                };
                grid.cell(row, column, &text.unwrap_or_default())?;
            }
            // Number, RK
            0x0203 => grid.number((row, column), f64_at(data, 6).unwrap_or(0.0), format, epoch)?,
            0x027e => grid.number((row, column), rk(u32_at(data, 6).unwrap_or(0)), format, epoch)?,
            // MulRk: pairs of format and number, then the last column.
            0x00bd => {
                for (column, pair) in (column..).zip(data.get(4..).unwrap_or(&[]).chunks_exact(6)) {
                    let format = u16_at(pair, 0).and_then(|at| formats.get(usize::from(at)));
                    let number = rk(u32_at(pair, 2).unwrap_or(0));
                    grid.number((row, column), number, format.unwrap_or(&Format::General), epoch)?;
                }
            }
            // Formula: its last value (2.5.133).
            0x0006 => match data.get(6..14) {
                Some([0, .., 0xff, 0xff]) => formula = Some((row, column)),
                Some([1, _, value, .., 0xff, 0xff]) => {
                    grid.cell(row, column, if *value == 1 { "TRUE" } else { "FALSE" })?
                }
                Some([2, _, code, .., 0xff, 0xff]) => grid.cell(row, column, error(*code))?,
                Some([.., 0xff, 0xff]) | None => {}
                Some(_) => grid.number((row, column), f64_at(data, 6).unwrap_or(0.0), format, epoch)?,
            },
            // String
            0x0207 => {
                if let Some((row, column)) = formula.take() {
                    let text = if is_old { data.get(2..).map(narrow) } else { string(data, 0, 2) };
                    grid.cell(row, column, &text.unwrap_or_default())?;
                }
            }
            // BoolErr
            0x0205 => match data.get(6..8) {
                Some([value, 0]) => grid.cell(row, column, if *value == 1 { "TRUE" } else { "FALSE" })?,
                Some([code, _]) => grid.cell(row, column, error(*code))?,
                _ => {}
            },
            // TxO, whose text goes on in the next record; Header and Footer.
            0x01b6 => in_note = u16_at(data, 10).unwrap_or(0),
            0x003c if note > 0 && notes.len() < ASIDE => {
                if let [flags, bytes @ ..] = data {
                    let length = usize::from(note) * if flags & 1 == 1 { 2 } else { 1 };
                    notes.push_str(&text(&bytes[..length.min(bytes.len())], flags & 1 == 1));
                    notes.push('\n');
                }
            }
            0x0014 | 0x0015 if !data.is_empty() => {
                let text = if is_old { data.get(1..).map(narrow) } else { string(data, 0, 2) };
                notes.push_str(&text.unwrap_or_default());
                notes.push('\n');
            }
            _ => {}
        }
    }
    Err(Halt::new(Reason::Malformed, "a sheet without an end"))
}

/// Names of fields and items of a pivot cache, a line each.
fn items<R: Read + Seek>(records: &mut Records<R>, text: &mut String) -> Result<(), Halt> {
    while let Some(kind) = records.next()? {
        let data = records.data.as_slice();
        let item = match kind {
            // SXFDB: flags, six numbers, then the name of the field.
            0x00c7 => string(data, 14, 2).map(|name| format!("\n{name}:")),
            // SXString, SXNum, SXInt
            0x00cd => string(data, 0, 2),
            0x00c9 => f64_at(data, 0).map(number::plain),
            0x00cc => u16_at(data, 0).map(|number| number.cast_signed().to_string()),
            // SXDtr: year, month, day.
            0x00ce => u16_at(data, 0)
                .zip(u16_at(data, 2))
                .zip(data.get(4))
                .map(|((year, month), day)| format!("{year:04}-{month:02}-{day:02}")),
            _ => None,
        };
        if let Some(item) = item.filter(|item| !item.is_empty() && text.len() < ASIDE) {
            text.push_str(&item);
            text.push('\n');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_over_several_records_are_put_together() {
        let (mut pool, mut strings) = (Pool::default(), Strings::default());
        // "abcd" of one byte each, cut in the middle and going on with two bytes each; then one with formats.
        pool.feed(b"\x04\0\0ab", false, &mut strings);
        pool.feed(b"\x01c\0d\0\x02\0\x08\x01\0xy", true, &mut strings);
        pool.feed(b"....\x01\0\0z", true, &mut strings);
        pool.finish(&mut strings);
        assert_eq!((0..3).filter_map(|at| strings.get(at)).collect::<Vec<_>>(), ["abcd", "xy", "z"]);
    }
}
