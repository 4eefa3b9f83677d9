//! Tables that are not plain delimited text: fixed width, SQL, HTML, RTF. In: a list. Out: a document.
//!
//! The train half: names above a ruled line, one statement for all rows, plain cells. The held-out half: names alone, records glued to each
//! other in other orders and date forms, a statement for each row in other dialects, cells with marks in them.

use super::super::people::Person;
use super::super::rng::Rng;
use super::super::{Page, Whose};
use super::values::column;
use super::{List, plain, xml};

/// A page of this feed.
fn begun(list: &List, ending: &str) -> Page {
    let mut page = list.page(list.feed.kind.name, ending);
    page.class = Some(list.feed.kind.class);
    page
}

/// Columns filled up with blanks, below their names.
pub(super) fn padded(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, list.pick(&["txt"], &["prn", "dat"]));
    let names = list.names(rng);
    let rows: Vec<Vec<_>> =
        list.feed.records.iter().map(|r| list.feed.fields.iter().map(|f| list.cell(*f, r, rng)).collect()).collect();
    let gap = list.pick(&[2, 1], &[3, 1]);
    let widths: Vec<usize> = (0..names.len())
        .map(|n| rows.iter().map(|row: &Vec<(String, _)>| row[n].0.len()).max().unwrap_or(0).max(names[n].len()) + gap)
        .collect();
    let ruled = list.pick(&[true, true, false], &[false, true]);
    let title = list.pick(&[""], &["REPORT 17 - MONTHLY LIST\n\n", ""]);
    page.text(title);
    let line = |parts: Vec<String>| parts.concat().trim_end().to_string() + "\n";
    page.text(&line(names.iter().zip(&widths).map(|(name, width)| format!("{name:<width$}")).collect()));
    if ruled {
        page.text(&line(widths.iter().map(|w| format!("{}{}", "-".repeat(w - gap), " ".repeat(gap))).collect()));
    }
    for row in rows {
        for (n, (text, what)) in row.iter().enumerate() {
            page.value(text, *what, Some(n));
            page.text(&" ".repeat(widths[n] - text.len()));
        }
        page.text("\n");
    }
    page
}

/// Records without names and without blanks between numbers, as CMS writes them.
pub(super) fn glued(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("extract", list.pick(&["txt", "dat"], &["asc", "T26"]));
    page.class = Some("phi");
    // What nothing can tell without a name is not asked for: truth that may be found.
    let each = list.pick(
        &[
            // As CCLF8 begins.
            "«Mbi»«Hicn»0«#4»«Zip»«BirthDate:iso»«Sex»1065«#2»«#2»          «Visit:iso»«First:upper»«Middle»«Last:upper»",
            "H«#6»«Mbi»«BirthDate:8»«Sex»«Last:upper»«First:upper»«Street»«City»«State»«Zip»",
        ],
        &[
            "«Last:upper»«First:upper»«Middle»«BirthDate:8»«Mbi»«#5»«Sex»«Visit:8»",
            "A1«#8»«Ssn:dash»«BirthDate:us»«Last:upper»«First:upper»«Street»«State»«Zip»«#3»",
        ],
    );
    let is_mbi = each.contains("«Mbi»");
    for record in &list.feed.records {
        let person: &Person = &list.population.people[record.person];
        if is_mbi && person.mbi.is_none() {
            continue;
        }
        for part in each.split_inclusive('»') {
            let (before, name) = part.split_once('«').unwrap_or((part, ""));
            page.text(before);
            let name = name.trim_end_matches('»');
            if name.is_empty() {
                continue;
            }
            if let Some(count) = name.strip_prefix('#') {
                page.text(&rng.digits(count.parse().unwrap_or(1)));
                continue;
            }
            let (mut text, what) = super::values::value(list, name, record, rng);
            let width = match name.split(':').next().unwrap_or_default() {
                "First" => 20,
                "Last" => 24,
                "Street" => 30,
                "City" => 16,
                "Mbi" | "Hicn" => 11,
                "Zip" => 5,
                _ => text.len(),
            };
            text.truncate(width);
            let tells = ["Mbi", "BirthDate", "Ssn"].iter().any(|tells| name.starts_with(tells));
            let what = what.map(|(identifier, whose)| (identifier, if tells { whose } else { Whose::Anybody }));
            page.value(&text, what, Some(column(name)));
            page.text(&" ".repeat(width - text.len()));
        }
        page.text(list.pick(&["\n"], &["\r\n", "\n"]));
    }
    page
}

/// A value as SQL writes it.
fn quoted(page: &mut Page, list: &List, text: &str, what: Option<(phisweep::identifier::Identifier, Whose)>, n: usize) {
    let is_number = text.len() < 10 && text.parse::<u32>().is_ok() && !text.starts_with('0');
    if text.is_empty() {
        return page.text("NULL");
    }
    let (open, close) = match is_number {
        true => ("", ""),
        false => list.pick(&[("'", "'")], &[("'", "'"), ("N'", "'")]),
    };
    page.text(open);
    let doubled = if list.layout.is_multiple_of(2) { text.replace('\'', "''") } else { text.replace('\'', "\\'") };
    page.value(&doubled, what, Some(n));
    page.text(close);
}

/// Statements with a list of columns.
pub(super) fn inserts(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "sql");
    let names = list.names(rng);
    let (open, close, table) = list.pick(
        &[("`", "`", "`members`"), ("", "", "members")],
        &[("[", "]", "[dbo].[Extract]"), ("\"", "\"", "\"stage\".\"feed\"")],
    );
    // Names that need quotes have them.
    let names: Vec<String> = match open {
        "" => names.iter().map(|name| name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")).collect(),
        _ => names.iter().map(|name| format!("{open}{name}{close}")).collect(),
    };
    let many = list.pick(&[true, false], &[false, true]);
    let head = format!("INSERT INTO {table} ({}) VALUES ", names.join(", "));
    page.text(list.pick(&["-- export\n", ""], &["SET IDENTITY_INSERT x ON;\nGO\n", "BEGIN;\n"]));
    let last = list.feed.records.len() - 1;
    for (at, record) in list.feed.records.iter().enumerate() {
        page.text(if !many || at == 0 { &head } else { "" });
        page.text("(");
        for (n, field) in list.feed.fields.iter().enumerate() {
            page.text(if n == 0 { "" } else { ", " });
            let (text, what) = list.cell(*field, record, rng);
            quoted(&mut page, list, &text, what, n);
        }
        page.text(if many && at < last { "),\n" } else { ");\n" });
    }
    page
}

/// The names of the columns stand in a statement before.
fn created(list: &List, page: &mut Page, rng: &mut Rng) {
    let (open, close, table, kind) = list.pick(
        &[("`", "`", "`members`", "varchar(64) DEFAULT NULL")],
        &[("\"", "\"", "public.feed", "character varying(80)"), ("[", "]", "[dbo].[Feed]", "[nvarchar](80) NULL")],
    );
    let names = list.names(rng);
    let columns: Vec<String> = names.iter().map(|name| format!("  {open}{name}{close} {kind}")).collect();
    page.text(&format!("CREATE TABLE {table} (\n{}\n);\n", columns.join(",\n")));
}

/// Statements without a list of columns.
pub(super) fn dump(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, list.pick(&["sql"], &["sql", "dump"]));
    page.text(list.pick(&["-- MySQL dump 10.13\n"], &["--\n-- PostgreSQL database dump\n--\n", "USE [x]\nGO\n"]));
    created(list, &mut page, rng);
    let table = list.pick(&["`members`"], &["public.feed", "[dbo].[Feed]"]);
    let last = list.feed.records.len() - 1;
    let many = list.pick(&[true], &[false]);
    for (at, record) in list.feed.records.iter().enumerate() {
        page.text(&if !many || at == 0 { format!("INSERT INTO {table} VALUES (") } else { "(".to_string() });
        for (n, field) in list.feed.fields.iter().enumerate() {
            page.text(if n == 0 { "" } else { "," });
            let (text, what) = list.cell(*field, record, rng);
            quoted(&mut page, list, &text, what, n);
        }
        page.text(if many && at < last { ")," } else { ");\n" });
    }
    page
}

/// Rows that PostgreSQL copies.
pub(super) fn copied(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, list.pick(&["sql"], &["dump", "out"]));
    page.text("--\n-- PostgreSQL database dump\n--\nSET client_encoding = 'UTF8';\n");
    let names: Vec<String> = list.names(rng).iter().map(|name| format!("\"{name}\"")).collect();
    let (columns, with) =
        list.pick(&[(true, "FROM stdin")], &[(false, "FROM stdin"), (true, "FROM stdin WITH (FORMAT text)")]);
    if !columns {
        let each: Vec<String> = names.iter().map(|name| format!("    {name} text")).collect();
        page.text(&format!("CREATE TABLE public.feed (\n{}\n);\n", each.join(",\n")));
    }
    let list_of = if columns { format!(" ({})", names.join(", ")) } else { String::new() };
    page.text(&format!("COPY public.feed{list_of} {with};\n"));
    for record in &list.feed.records {
        for (n, field) in list.feed.fields.iter().enumerate() {
            page.text(if n == 0 { "" } else { "\t" });
            let (text, what) = list.cell(*field, record, rng);
            match text.is_empty() {
                true => page.text("\\N"),
                false => page.value(&text, what, Some(n)),
            }
        }
        page.text("\n");
    }
    page.text("\\.\n");
    page
}

/// A table of a page.
pub(super) fn page(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, list.pick(&["html"], &["htm", "xls"]));
    let names = list.names(rng);
    let (head, open, close) = list.pick(
        &[("<!DOCTYPE html><html><body><h1>List</h1>", "<td>", "</td>"), ("<html><body>", "<td class=\"c\">", "</td>")],
        &[
            ("<table id=layout><tr><td>", "<TD><font size=2>", "</font></TD>"),
            ("<html><body>", "<td><span>", "</span></td>"),
        ],
    );
    let th = list.pick(&["th"], &["td", "th"]);
    page.text(head);
    page.text("<table>\n<tr>");
    names.iter().for_each(|name| page.text(&format!("<{th}>{}</{th}>", xml(name))));
    page.text("</tr>\n");
    for record in &list.feed.records {
        page.text("<tr>");
        for (n, field) in list.feed.fields.iter().enumerate() {
            let (text, what) = list.cell(*field, record, rng);
            page.text(open);
            page.value(&xml(&text).replace("&apos;", "&#39;"), what, Some(n));
            page.text(if text.is_empty() { "&nbsp;" } else { "" });
            page.text(close);
        }
        page.text("</tr>\n");
    }
    page.text("</table></body></html>\n");
    page
}

/// A table of a text with marks.
pub(super) fn rich_text(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, list.pick(&["rtf"], &["rtf", "doc"]));
    let names = list.names(rng);
    page.text(
        list.pick(&["{\\rtf1\\ansi "], &["{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0\\fs20 List\\par\n"]),
    );
    let (row, open, end) = list.pick(
        &[("\\trowd\\intbl ", "", "\\cell ")],
        &[("\\trowd\\cellx2000\\cellx4000\n\\pard\\intbl ", "{\\b0 ", "}\\cell\n")],
    );
    page.text(row);
    names.iter().for_each(|name| page.text(&format!("{open}{}{end}", plain(name))));
    page.text("\\row\n");
    for record in &list.feed.records {
        page.text(row);
        for (n, field) in list.feed.fields.iter().enumerate() {
            let (text, what) = list.cell(*field, record, rng);
            page.text(open);
            page.value(&text.replace('\'', "\\'27"), what, Some(n));
            page.text(end);
        }
        page.text("\\row\n");
    }
    page.text("\\pard\\par}");
    page
}
