//! Tells how rows are delimited. In: a document's name and head. Out: a [`Dialect`], or nothing where the text is no
//! table. Looks at the bytes; a name that says `.csv` only lowers how much evidence is asked.

use super::Quote;
use super::rows::Fields;

/// How a table is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between fields.
    pub delimiter: u8,
    /// Whether quotes quote.
    pub quotes: bool,
    /// `\n`, or `\r` where only that occurs.
    pub line_end: u8,
    /// Fields in most rows.
    pub width: usize,
    /// The header's names, where there is a header; without quotes and outer spaces.
    pub header: Option<Vec<String>>,
    /// Rows before the first record: title lines and the header.
    pub body_rows: u64,
}

/// What may stand between fields; the first wins where two do equally well. `~` and `^` are those of payers' and of VistA's
/// extracts, 0x01 that of Hive, 0x1f ASCII's own.
const DELIMITERS: [u8; 8] = [b',', b'\t', b'|', b';', b'~', b'^', 0x01, 0x1f];
/// Those of them that stand in no sentence.
const STRONG: [u8; 4] = [b'\t', b'|', 0x01, 0x1f];
/// The first of them are tried first, and without a look at the lines where a name says that it is a table.
const USUAL: usize = 4;
/// Rows of the head that are looked at.
const SAMPLE_ROWS: usize = 200;
/// Share of the rows that are as wide as most, of a table that no name announces.
const EVEN: f64 = 0.8;
/// Rows among which the header is looked for.
const HEADER_REACH: usize = 12;

/// The dialect of a document, if it is a table. `complete` says that `head` is the whole document.
/// `known` says whether a field name is in the vocabulary.
pub fn detect(name: &str, head: &[u8], complete: bool, known: &dyn Fn(&str) -> bool) -> Option<Dialect> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let line_end =
        if memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some() { b'\r' } else { b'\n' };
    let sample = if complete { head } else { &head[..memchr::memrchr(line_end, head).map_or(0, |at| at + 1)] };
    let ending = ending(name);
    if is_program(ending) {
        return None;
    }
    let named = matches!(ending, "csv" | "tsv" | "tab" | "psv");
    let mut best: Option<(f64, Table)> = None;
    let may = may_delimit(sample, line_end);
    for (number, (delimiter, may)) in DELIMITERS.into_iter().zip(may).enumerate() {
        if !(may || named && number < USUAL) {
            continue;
        }
        // Less even rows are refused by `score`.
        let least = if named { 0.5 } else { EVEN };
        let table = Table::read(sample, delimiter, line_end, least);
        let Some(score) = table.score(named) else { continue };
        // Names have `^` in them, and lists `~`: they delimit where nothing else does, or parts rows more than twice as often.
        if number >= USUAL && best.as_ref().is_some_and(|(_, best)| table.width <= 2 * best.width + 1) {
            continue;
        }
        if best.as_ref().is_none_or(|(s, _)| score > *s) {
            best = Some((score, table));
        }
    }
    let table = match best {
        Some((_, table)) => table,
        // One column: only a name can say that it is a table.
        None if named && !sample.is_empty() && ending == "csv" => {
            Some(Table::read(sample, b',', line_end, 0.0)).filter(|table| !table.is_form())?
        }
        None => return None,
    };
    Some(table.dialect(known))
}

/// The dialect of rows of which it is known how they are delimited: only the header is looked for.
pub fn of_rows(delimiter: u8, head: &[u8], complete: bool, known: &dyn Fn(&str) -> bool) -> Dialect {
    let sample = if complete { head } else { &head[..memchr::memrchr(b'\n', head).map_or(0, |at| at + 1)] };
    let dialect = bare(delimiter, true, b'\n');
    let (usual, even) = usual_width(widths(sample, &dialect));
    let mut rows = rows(sample, &dialect);
    // Who wrote them may have left out the empty fields at the end of a row: the header is as wide as any.
    let width = rows.iter().map(Vec::len).max().unwrap_or(1);
    for row in rows.iter_mut().filter(|row| row.len() > 1 || !row.concat().trim().is_empty()) {
        row.resize(width, String::new());
    }
    let table = Table { delimiter, line_end: b'\n', quotes: true, rows, width, even };
    Dialect { width: usual, ..table.dialect(known) }
}

/// Which of the delimiters may be one: half of the first lines or more hold it, or quotes stand beside one, so that lines
/// may be parts of fields. Nearly every text that is no table is told by this, for the price of a look at its lines.
fn may_delimit(sample: &[u8], line_end: u8) -> [bool; DELIMITERS.len()] {
    // A bit for each delimiter.
    const BITS: [u8; 256] = {
        let mut bits = [0; 256];
        let mut n = 0;
        while n < DELIMITERS.len() {
            bits[DELIMITERS[n] as usize] = 1 << n;
            n += 1;
        }
        bits
    };
    let bit = |byte: Option<&u8>| byte.map_or(0, |byte| BITS[*byte as usize]);
    let mut with = [0usize; DELIMITERS.len()];
    let mut lines = 0;
    let mut head = 0;
    for end in memchr::memchr_iter(line_end, sample).chain([sample.len()]).take(SAMPLE_ROWS) {
        let line = &sample[head..end.max(head)];
        head = (end + 1).min(sample.len());
        if !line.trim_ascii().is_empty() {
            lines += 1;
            let held = line.iter().fold(0, |held, byte| held | BITS[*byte as usize]);
            with.iter_mut().enumerate().for_each(|(n, count)| *count += usize::from(held >> n & 1));
        }
    }
    let head = &sample[..head];
    let beside = |at: usize| bit(head.get(at.wrapping_sub(1))) | bit(head.get(at + 1));
    let quoted = memchr::memchr_iter(b'"', head).fold(0, |held, at| held | beside(at));
    std::array::from_fn(|n| with[n] * 2 >= lines || quoted >> n & 1 == 1)
}

/// The part of a name behind its last point, lower case letters only.
pub(super) fn ending(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((_, "CSV")) => "csv",
        Some((_, "TSV")) => "tsv",
        Some((_, "PSV")) => "psv",
        Some((_, ending)) => ending,
        None => "",
    }
}

/// Endings of programs, markup and configuration, whose lines may look like rows and are none.
pub(super) fn is_program(ending: &str) -> bool {
    const PROGRAMS: &[&str] = &[
        "rs", "py", "c", "h", "cc", "cpp", "hpp", "java", "js", "ts", "tsx", "jsx", "go", "rb", "php", "cs", "swift",
        "kt", "scala", "sh", "bash", "ps1", "pl", "r", "m", "css", "scss", "html", "htm", "xml", "json", "md", "rst",
        "tex", "toml", "yaml", "yml", "ini", "cfg", "conf", "sql", "lua", "s", "asm", "v", "vhdl", "el", "clj", "hs",
        "ml", "erl", "ex", "f90", "proto", "cmake", "mk",
    ];
    PROGRAMS.contains(&ending)
}

/// The rows of a sample, read with one delimiter.
struct Table {
    delimiter: u8,
    line_end: u8,
    quotes: bool,
    rows: Vec<Vec<String>>,
    width: usize,
    /// Share of the rows that have this width.
    even: f64,
}

impl Table {
    /// Rows are kept where they are needed: where a share of at least `least` is of one width and that may be a table's; all
    /// with 0.
    fn read(sample: &[u8], delimiter: u8, line_end: u8, least: f64) -> Table {
        let mut best: Option<Table> = None;
        for quotes in [true, false] {
            if !quotes && memchr::memchr(b'"', sample).is_none() {
                break;
            }
            let mut widths = widths(sample, &bare(delimiter, quotes, line_end));
            // Lines of a title above a table say nothing about its rows.
            let title = widths.iter().take(HEADER_REACH).take_while(|width| **width == 1).count();
            if title > 0 && STRONG.contains(&delimiter) && widths.len() >= title + 3 {
                widths.drain(..title);
            }
            let (width, even) = usual_width(widths);
            // Quotes that quote make a table more even; where they make no difference RFC 4180 holds.
            if best.as_ref().is_none_or(|b| even > b.even + 0.02) {
                best = Some(Table { delimiter, line_end, quotes, rows: Vec::new(), width, even });
            }
        }
        let none = Table { delimiter, line_end, quotes: true, rows: Vec::new(), width: 1, even: 0.0 };
        let mut table = best.unwrap_or(none);
        if least == 0.0 || table.width >= 2 && table.even >= least {
            table.rows = rows(sample, &bare(delimiter, table.quotes, line_end));
        }
        table
    }

    /// How much this reading looks like a table; `None` where it does not.
    fn score(&self, named: bool) -> Option<f64> {
        let rows = self.rows.len();
        if self.is_form() || !named && self.is_laid_out() {
            return None;
        }
        let enough = if named {
            self.width >= 2 && rows >= 1 && self.even >= 0.5
        } else {
            let narrow = if STRONG.contains(&self.delimiter) { 2 } else { 3 };
            rows >= 3 && self.width >= narrow && self.even >= EVEN && !self.looks_like_prose()
        };
        enough.then(|| {
            self.even
                * (self.width as f64).ln_1p()
                * if self.delimiter == b',' || self.delimiter == b'\t' { 1.01 } else { 1.0 }
        })
    }

    /// Whether each row is labels with colons, each before its value: that is a form, and its labels say more than columns could.
    fn is_form(&self) -> bool {
        let whole = self.rows.iter().filter(|row| row.len() == self.width);
        let labels: Vec<&str> = whole.flat_map(|row| row.iter().step_by(2)).map(|field| field.trim()).collect();
        let filled = labels.iter().filter(|label| !label.is_empty()).count();
        let with_colon = labels.iter().filter(|label| label.ends_with(':') && !is_data(label)).count();
        self.width.is_multiple_of(2) && with_colon > 0 && with_colon * 5 >= filled * 4
    }

    /// Whether blanks part the lines into more columns than the delimiter does: a printed report, in whose lines every name has a
    /// comma, `WEEKS,KATHY T          V7682508528  DESAI,ANITA MD`.
    fn is_laid_out(&self) -> bool {
        let mut whole = 0;
        let mut laid_out = 0;
        for row in self.rows.iter().filter(|row| row.len() == self.width) {
            // Fields filled up with blanks have them at their ends.
            let pieces = |field: &String| field.trim().split("  ").filter(|piece| !piece.is_empty()).count();
            let gaps: usize = row.iter().map(|field| pieces(field).saturating_sub(1)).sum();
            whole += 1;
            laid_out += usize::from(gaps >= self.width);
        }
        matches!(self.delimiter, b',' | b';') && laid_out * 2 > whole
    }

    /// Fields of prose are long and open with a space behind the comma.
    fn looks_like_prose(&self) -> bool {
        let fields = self.rows.iter().flatten();
        let (mut count, mut spaced, mut long) = (0usize, 0usize, 0usize);
        for field in fields {
            count += 1;
            spaced += usize::from(field.starts_with(' '));
            long += usize::from(field.len() > 200);
        }
        matches!(self.delimiter, b',' | b';') && (spaced * 5 > count * 2 || long * 5 > count)
    }

    /// Whether most fields of a row are empty, or one of two; half of them where the others are no names.
    fn is_sparse(&self, row: usize) -> bool {
        let Some(row) = self.rows.get(row).filter(|row| row.len() >= 2) else { return false };
        let empty = row.iter().filter(|field| field.trim().is_empty()).count();
        // `Check:,69495832` is no row of names.
        let says =
            row.iter().any(|field| is_data(field.trim()) && !field.trim().is_empty() || field.trim().ends_with(':'));
        empty * 2 > row.len() || empty * 2 == row.len() && (row.len() == 2 || says)
    }

    fn dialect(&self, known: &dyn Fn(&str) -> bool) -> Dialect {
        let wide = |at: &usize| self.rows[*at].len() == self.width;
        let names = |at: &usize| reads_as_header_row(&self.rows[*at], &self.rows[*at + 1..], known);
        let head = || 0..self.rows.len().min(HEADER_REACH);
        let mut first = head().find(wide).unwrap_or(0);
        // Spreadsheets fill title lines up with empty fields: the first row that is filled may be the header.
        if self.is_sparse(first)
            && let Some(filled) = head()
                .filter(wide)
                .find(|at| !self.is_sparse(*at))
                .filter(|at| names(at) || self.header_of_two(*at, known).is_some())
        {
            first = filled;
        }
        if let Some(header) = self.header_of_two(first, known) {
            let body_rows = first as u64 + 2;
            let header = Some(header);
            return Dialect {
                header,
                body_rows,
                width: self.width,
                ..bare(self.delimiter, self.quotes, self.line_end)
            };
        }
        let header = self
            .rows
            .get(first)
            .filter(|_| names(&first))
            .map(|row| row.iter().map(|field| field.trim().to_string()).collect::<Vec<String>>());
        let body_rows = (first + usize::from(header.is_some())) as u64;
        Dialect { header, body_rows, width: self.width, ..bare(self.delimiter, self.quotes, self.line_end) }
    }

    /// The names of columns that stand in two rows, the first of which groups them: `Patient` over `Last name` and `Birth date`. A
    /// name that both rows together make is taken where it is known, else the lower, else the upper. `None` where
    /// the row below is no such row: it must hold known names only where figures stand below, and no figure itself.
    fn header_of_two(&self, first: usize, known: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
        let trimmed = |at: usize| -> Option<Vec<&str>> {
            let row = self.rows.get(at).filter(|row| row.len() == self.width)?;
            Some(row.iter().map(|field| field.trim()).collect())
        };
        let (upper, lower) = (trimmed(first)?, trimmed(first + 1)?);
        let below = &self.rows[first + 2..];
        let is_named = |row: &[&str]| row.iter().all(|field| !is_data(field));
        let filled = lower.iter().filter(|field| !field.is_empty()).count();
        // A cell that goes over several columns is filled in the first of them.
        let mut group = "";
        let both: Vec<(&str, String)> = (upper.iter().zip(&lower))
            .map(|(upper, lower)| {
                group = if upper.is_empty() { group } else { upper };
                (group, format!("{group} {lower}"))
            })
            .collect();
        let told = lower.iter().zip(&both).filter(|(field, (_, both))| known(field) || known(both)).count();
        let over_figures = lower.iter().enumerate().any(|(column, field)| known(field) && holds_data(column, below));
        if !is_named(&upper) || !is_named(&lower) || told < 2 || told * 3 < filled || !over_figures {
            return None;
        }
        let names = upper.into_iter().zip(lower).zip(both).map(|((upper, lower), (group, both))| match () {
            () if lower.is_empty() => upper.to_string(),
            () if group.is_empty() || group == lower => lower.to_string(),
            () if known(&both) => both,
            () if known(lower) || !known(upper) => lower.to_string(),
            () => upper.to_string(),
        });
        Some(names.collect())
    }
}

fn bare(delimiter: u8, quotes: bool, line_end: u8) -> Dialect {
    Dialect { delimiter, quotes, line_end, width: 1, header: None, body_rows: 0 }
}

/// The first rows of a sample as text, empty lines left out only at the end.
pub(crate) fn rows(sample: &[u8], dialect: &Dialect) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = Vec::new();
    for field in Fields::new(dialect, sample, 0, 0, Quote::Outside) {
        let text = &sample[field.start..field.end.min(field.start + 400)];
        row.push(String::from_utf8_lossy(text).into_owned());
        if field.last || field.cut {
            rows.push(std::mem::take(&mut row));
            if rows.len() == SAMPLE_ROWS {
                break;
            }
        }
    }
    if !row.is_empty() {
        rows.push(row);
    }
    rows
}

/// How many fields each of the first rows of a sample has, empty lines left out: the rows that [`rows`] gives.
fn widths(sample: &[u8], dialect: &Dialect) -> Vec<usize> {
    let mut widths = Vec::new();
    let (mut seen, mut width, mut blank) = (0, 0, true);
    for field in Fields::new(dialect, sample, 0, 0, Quote::Outside) {
        if width == 0 {
            let text = &sample[field.start..field.end.min(field.start + 400)];
            blank = !text.iter().any(u8::is_ascii_graphic) && String::from_utf8_lossy(text).trim().is_empty();
        }
        width += 1;
        if field.last || field.cut {
            widths.extend((width > 1 || !blank).then_some(width));
            (seen, width) = (seen + 1, 0);
            if seen == SAMPLE_ROWS {
                break;
            }
        }
    }
    widths.extend((width > 1 || width == 1 && !blank).then_some(width));
    widths
}

/// The number of fields most rows have, of their widths, and the share of rows that have it.
fn usual_width(mut widths: Vec<usize>) -> (usize, f64) {
    widths.sort_unstable();
    let mut best = (1, 0);
    let mut i = 0;
    while i < widths.len() {
        let run = widths[i..].iter().take_while(|w| **w == widths[i]).count();
        if run >= best.1 {
            best = (widths[i], run);
        }
        i += run;
    }
    (best.0, best.1 as f64 / widths.len().max(1) as f64)
}

/// Whether a row names the columns of the rows below it: its fields read as names, and either the vocabulary knows one
/// or a column below holds data where the row holds a word.
fn reads_as_header_row(row: &[String], below: &[Vec<String>], known: &dyn Fn(&str) -> bool) -> bool {
    let filled: Vec<(usize, &str)> = row.iter().map(|f| f.trim()).enumerate().filter(|(_, f)| !f.is_empty()).collect();
    if filled.is_empty() {
        return false;
    }
    let data = filled.iter().filter(|(_, field)| is_data(field)).count();
    let known = filled.iter().filter(|(_, field)| known(field)).count();
    if data * 5 > filled.len() || (data > 0 && known == 0) {
        return false;
    }
    let differs = filled.iter().any(|(column, field)| !is_data(field) && holds_data(*column, below));
    let distinct = {
        let mut names: Vec<&str> = filled.iter().map(|(_, f)| *f).collect();
        names.sort_unstable();
        names.windows(2).all(|w| w[0] != w[1])
    };
    let share_known = known as f64 / filled.len() as f64;
    (known > 0 && (differs || share_known >= 0.3)) || (differs && distinct && data == 0)
}

/// Whether what stands in a column of these rows is data, for the most part.
fn holds_data(column: usize, rows: &[Vec<String>]) -> bool {
    let values: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.get(column))
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
        .collect();
    !values.is_empty() && values.iter().filter(|value| is_data(value)).count() * 10 >= values.len() * 8
}

/// Whether a field is a number, a date, an address of some kind: something no column is called.
fn is_data(field: &str) -> bool {
    let digits = field.bytes().filter(u8::is_ascii_digit).count();
    let letters = field.chars().filter(|c| c.is_alphabetic()).count();
    digits > letters || field.contains('@') || field.len() > 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> bool {
        const NAMES: [&str; 9] =
            ["Last name", "DOB", "SSN", "NPI", "Patient DOB", "MRN", "mrn", "dob", "Social Security Number"];
        NAMES.contains(&name)
    }

    fn header(rows: &str) -> (Option<Vec<String>>, u64) {
        let dialect = detect("a.csv", rows.as_bytes(), true, &known).expect("a table");
        (dialect.header, dialect.body_rows)
    }

    fn names(names: &[&str]) -> Option<Vec<String>> {
        Some(names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_of_columns_may_stand_in_two_rows() {
        let body = "Barrow,1960-06-16,1234567893,9\nHale,1948-11-30,1245319599,8\n";
        let grouped = format!("Patient,Patient,Doctor,Doctor\nLast name,DOB,NPI,Rank\n{body}");
        assert_eq!(header(&grouped), (names(&["Last name", "Patient DOB", "NPI", "Rank"]), 2));
        // As merged cells are written, and under a title.
        let merged = format!("Roster,,,\nPatient,,Doctor,\nLast name,DOB,NPI,\n{body}");
        assert_eq!(header(&merged), (names(&["Last name", "Patient DOB", "NPI", ""]), 3));
        // Names for machines over names for people.
        let twice = "mrn,dob,zq\nMRN,DOB,Remark\n4471902,1952-03-04,x\n4471955,1961-09-12,y\n";
        assert_eq!(header(twice), (names(&["MRN", "DOB", "Remark"]), 2));
    }

    #[test]
    fn a_first_record_is_no_second_header() {
        for rows in [
            // Words where figures should be; a list of columns; a row of names and figures.
            "Last name,DOB,SSN\nBarrow,unknown,none\nHale,1948-11-30,418-62-7715\nNowak,1952-03-04,536-90-4398\n",
            "SSN,MRN\nDOB,Last name\nNPI,SSN\nMRN,DOB\n",
            "Last name,DOB,SSN\nDOB,1948-11-30,SSN\nHale,1948-11-30,418-62-7715\n",
        ] {
            assert_eq!(header(rows).1, 1, "{rows}");
        }
    }

    #[test]
    fn a_printed_report_with_a_comma_in_each_name_is_no_table() {
        let row = |name: &str, n: u32| {
            format!("204-{n}   {name}      V768250{n}  M96349{n}   09/03/26  DESAI,ANITA MD   MCR\n")
        };
        let report =
            ["WEEKS,KATHY T", "ROMAN,JAY A", "OH,ANN", "POE,SAM"].iter().zip(1..).map(|(name, n)| row(name, n));
        let report = report.collect::<String>();
        assert_eq!(detect("census.prn", report.as_bytes(), true, &known), None);
        let padded = "WEEKS     ,KATHY   T   ,V7682508\nROMAN     ,JAY   A     ,M9634991\n".repeat(4);
        assert!(detect("census.dat", padded.as_bytes(), true, &known).is_some(), "filled up with blanks");
    }

    #[test]
    fn labels_with_colons_are_a_form_and_no_table() {
        let told = |name: &str, text: &str| detect(name, text.as_bytes(), true, &known).is_some();
        assert!(!told("a.txt", "Patient:\tRuth Barrow\nDate of birth:\t06/16/1960\nSSN:\t536-90-4399\n"));
        assert!(!told(
            "a.tsv",
            "Patient:\tRuth Barrow\tMRN:\t4471902\nDOB:\t06/16/1960\tSSN:\t536-90-4399\nWard:\t7\t\t\n"
        ));
        assert!(!told("a.csv", "Patient:,Ruth Barrow\nDOB:,06/16/1960\n"));
        assert!(told("a.csv", "Patient:\nRuth Barrow\n"));
        assert!(told("a.txt", "Name\tDOB:\nBarrow\t1960-06-16\nHale\t1948-11-30\n"));
        assert!(told("a.txt", "12:\tBarrow\n13:\tHale\n14:\tNowak\n"));
    }
}
