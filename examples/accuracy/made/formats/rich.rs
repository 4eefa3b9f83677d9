//! Documents that libraries read: workbooks, letters, PDF, mail, SQLite, Parquet. In: a list. Out: a [`Page`] whose `file` is the
//! document, and whose text is what stands in it.
//!
//! The train half: plain cells, a paragraph a line, labels beside values, mail as text. The held-out half: numbers with formats below titles,
//! words split among runs, labels in cells of tables, running text with kerning, mail in HTML as base64 and with a list attached.

use std::io::{Cursor, Write as _};
use std::sync::Arc;

use lopdf::{Dictionary, Object, Stream, dictionary};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use super::super::Page;
use super::super::rng::Rng;
use super::{List, plain, xml};

/// What people write about patients, a line each.
fn prose(list: &List, page: &mut Page, people: usize, rng: &mut Rng) {
    let each = list.split.pick(
        [
            "Patient: «Name:x»\nDate of birth: «BirthDate:free»\nSSN: «Ssn:dash»\nMRN: «Mrn»\nThe patient was seen on «Visit:free» for hypertension. Order «#9».\n",
            "Member «Name:x», born «BirthDate:free», member ID «MemberId», lives at «Street».\nPhone «Phone:dash». Case «#8» is closed.\n",
            "⟦Mbi⟧Medicare number «Mbi»\n⟦/⟧Name: «Name:x»\nDOB: «BirthDate:free»\nChart number: «Mrn»\n",
        ],
        [
            "Re: «Name:x» (DOB «BirthDate:free», SSN «Ssn:dash»). Please send the chart, MRN «Mrn», to our office. Lot «#8».\n",
            "Subscriber ID: «MemberId»   Name: «Name:x»   Birthdate: «BirthDate:free»\nAddress on file «Street». Ticket «#7».\n",
            "«Name:x» was admitted on «Visit:free». Date of Birth «BirthDate:free». Medical Record Number «Mrn». ⟦Mbi⟧Medicare # «Mbi».⟦/⟧\n",
        ],
    );
    for record in list.feed.records.iter().take(people) {
        let template = *rng.pick(&each);
        list.write(page, template, record, plain, rng);
    }
    page.truths.iter_mut().for_each(|truth| truth.column = None);
}

fn lines(page: &Page) -> Vec<String> {
    String::from_utf8_lossy(&page.bytes).lines().map(str::to_string).collect()
}

/// A package of these members.
fn package(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

fn first_part(name: &str) -> String {
    format!(r#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="{name}"/></Relationships>"#)
}

/// A document of Word.
pub(super) fn letter(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("letter", "docx");
    prose(list, &mut page, 6, rng);
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let split = list.pick(&[false], &[true, false]);
    let cells = list.pick(&[false], &[false, true]);
    let paragraph = |line: &String| {
        let line = xml(line);
        // A checker of spelling leaves its marks in words.
        let at = (line.len() / 2..line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        let entity = line[..at].rfind('&').is_some_and(|from| !line[from..at].contains(';'));
        let runs = if split && !entity {
            format!("{}<w:proofErr w:type=\"spellStart\"/>{}", run(&line[..at]), run(&line[at..]))
        } else {
            run(&line)
        };
        match line.split_once(": ").filter(|(label, _)| cells && label.len() < 24) {
            Some((label, value)) => format!(
                "<w:tbl><w:tr><w:tc><w:p>{}</w:p></w:tc><w:tc><w:p>{}</w:p></w:tc></w:tr></w:tbl>",
                run(label),
                run(value)
            ),
            None => format!("<w:p>{runs}</w:p>"),
        }
    };
    let body: String = lines(&page).iter().map(paragraph).collect();
    page.file = Some(package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &first_part("word/document.xml")),
        ("word/document.xml", &format!("<w:document><w:body>{body}</w:body></w:document>")),
    ]));
    page
}

/// A PDF of a page for every twenty lines.
pub(super) fn sheets(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("letter", "pdf");
    prose(list, &mut page, 8, rng);
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
    let kerned = list.pick(&[false], &[true, false]);
    let apart = list.pick(&[true, false], &[false]);
    let line = |line: &String| match line.split_once(": ").filter(|_| apart && line.len() < 50) {
        Some((label, value)) => {
            format!("({}:) Tj 150 0 Td ({}) Tj -150 -20 Td ", escaped(label), escaped(value))
        }
        None if kerned => {
            let pieces: Vec<String> = line.as_bytes().chunks(3).map(|c| escaped(&String::from_utf8_lossy(c))).collect();
            format!("[({})] TJ 0 -20 Td ", pieces.join(") -15 ("))
        }
        None => format!("({}) Tj 0 -20 Td ", escaped(line)),
    };
    let mut pdf = lopdf::Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let mut kids = Vec::new();
    for sheet in lines(&page).chunks(20) {
        let content = format!("BT /F1 9 Tf 40 720 Td {}ET", sheet.iter().map(line).collect::<String>());
        let content = pdf.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        kids.push(Object::Reference(
            pdf.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content }),
        ));
    }
    let count = kids.len() as i64;
    let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
    let node = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources };
    pdf.objects.insert(tree, Object::Dictionary(node));
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    pdf.compress();
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("saved");
    page.file = Some(bytes);
    page
}

/// Base64, in lines.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (n, part) in bytes.chunks(3).enumerate() {
        let bits = part.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - part.len()));
        for at in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= part.len() { char::from(sign) } else { '=' });
        }
        if n % 19 == 18 {
            out += "\r\n";
        }
    }
    out
}

/// A message.
pub(super) fn mail(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("message", "eml");
    prose(list, &mut page, 4, rng);
    let text = lines(&page).join("\r\n");
    let head = "From: desk@example.org\r\nTo: desk@example.org\r\nSubject: records\r\nDate: Wed, 11 Mar 2026 08:15:22 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n";
    let html = format!("<html><body><p>{}</p></body></html>", xml(&text).replace("\r\n", "<br>\r\n"));
    let quoted: String = text
        .split("\r\n")
        .map(|line| {
            line.as_bytes()
                .chunks(60)
                .map(|c| String::from_utf8_lossy(c).replace('=', "=3D"))
                .collect::<Vec<_>>()
                .join("=\r\n")
                + "\r\n"
        })
        .collect();
    let (text_plain, text_html) = ("Content-Type: text/plain; charset=utf-8", "Content-Type: text/html; charset=utf-8");
    let coded = "Content-Transfer-Encoding: base64";
    let body = match list.pick(&[0, 1], &[2, 3]) {
        0 => format!("{text_plain}\r\n\r\nHello,\r\n\r\n{text}\r\n"),
        1 => format!("{text_plain}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}"),
        2 => format!("{text_html}\r\n{coded}\r\n\r\n{}\r\n", base64(html.as_bytes())),
        _ => format!(
            "Content-Type: multipart/mixed; boundary=\"b=_1\"\r\n\r\n--b=_1\r\n{text_plain}\r\n\r\nSee below.\r\n--b=_1\r\nContent-Type: application/octet-stream; name=note.txt\r\nContent-Disposition: attachment; filename=note.txt\r\n{coded}\r\n\r\n{}\r\n--b=_1--\r\n",
            base64(text.as_bytes())
        ),
    };
    // What stands in the headers may be found too.
    list.write(&mut page, "«DeskEmail»\n", &list.feed.records[0], plain, rng);
    page.file = Some((head.to_string() + &body).into_bytes());
    page
}

/// The rows of a table, whose text is written to the page.
fn rows(list: &List, page: &mut Page, rng: &mut Rng) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for record in &list.feed.records {
        let mut row = Vec::new();
        for (n, field) in list.feed.fields.iter().enumerate() {
            let (text, what) = list.cell(*field, record, rng);
            page.value(&text, what, Some(n));
            page.text("\t");
            row.push(text);
        }
        page.text("\n");
        rows.push(row);
    }
    rows
}

fn begun(list: &List, ending: &str) -> Page {
    let mut page = list.page(list.feed.kind.name, ending);
    page.class = Some(list.feed.kind.class);
    page
}

/// A workbook of one sheet.
pub(super) fn workbook(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "xlsx");
    let names = list.names(rng);
    let rows = rows(list, &mut page, rng);
    let titled = list.pick(&[false], &[true, false]);
    let shared = list.pick(&[false, true], &[true, false]);
    let mut strings: Vec<String> = Vec::new();
    let mut text = |text: &str| {
        if !shared {
            return format!(r#"<c t="inlineStr"><is><t>{}</t></is></c>"#, xml(text));
        }
        strings.push(format!("<si><t>{}</t></si>", xml(text)));
        format!(r#"<c t="s"><v>{}</v></c>"#, strings.len() - 1)
    };
    let mut sheet = String::new();
    if titled {
        sheet += &format!("<row r=\"1\">{}</row><row r=\"3\">", text("Monthly list"));
    } else {
        sheet += "<row>";
    }
    names.iter().for_each(|name| sheet += &text(name));
    sheet += "</row>";
    for row in &rows {
        sheet += "<row>";
        for value in row {
            let is_number = value.len() < 10 && value.parse::<u32>().is_ok() && !value.starts_with('0');
            sheet += &match (value.is_empty(), is_number) {
                (true, _) => "<c/>".to_string(),
                (_, true) => format!("<c><v>{value}</v></c>"),
                _ => text(value),
            };
        }
        sheet += "</row>";
    }
    let sheet = format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>");
    let strings = format!("<sst>{}</sst>", strings.concat());
    page.file = Some(package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &first_part("xl/workbook.xml")),
        ("xl/workbook.xml", r#"<workbook><sheets><sheet name="List" r:id="r1"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
        ),
        ("xl/sharedStrings.xml", &strings),
        ("xl/worksheets/sheet1.xml", &sheet),
    ]));
    page
}

/// A database of one table.
pub(super) fn database(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, list.pick(&["db"], &["sqlite3", "dat"]));
    let names = list.names(rng);
    let rows = rows(list, &mut page, rng);
    let kind = list.pick(&["TEXT", ""], &["VARCHAR(60)", "NUMERIC"]);
    let columns: Vec<String> = names.iter().map(|name| format!("\"{name}\" {kind}")).collect();
    let mut database = rusqlite::Connection::open_in_memory().expect("a database");
    let rowid = list.pick(&[""], &["", ", PRIMARY KEY (n)) WITHOUT ROWID"]);
    let create = match rowid {
        "" => format!("CREATE TABLE members ({})", columns.join(", ")),
        end => format!("CREATE TABLE feed (n INTEGER, {}{end}", columns.join(", ")),
    };
    database.execute_batch(&create).expect("a table");
    let marks = vec!["?"; names.len()].join(", ");
    let insert = match rowid {
        "" => format!("INSERT INTO members VALUES ({marks})"),
        _ => format!("INSERT INTO feed VALUES ((SELECT count(*) FROM feed), {marks})"),
    };
    let transaction = database.transaction().expect("a transaction");
    for row in &rows {
        transaction.execute(&insert, rusqlite::params_from_iter(row)).expect("a row");
    }
    transaction.commit().expect("committed");
    page.file = Some(database.serialize(rusqlite::MAIN_DB).expect("bytes").to_vec());
    page
}

/// Columns of Parquet.
pub(super) fn columnar(list: &List, rng: &mut Rng) -> Page {
    let mut page = begun(list, "parquet");
    let names: Vec<String> =
        list.names(rng).iter().map(|n| n.replace(|c: char| !c.is_ascii_alphanumeric(), "_")).collect();
    let rows = rows(list, &mut page, rng);
    let (open, close) = list.pick(&[("", "")], &[("required group row { ", "} "), ("", "")]);
    let fields: String = names.iter().map(|name| format!("required binary {name} (UTF8); ")).collect();
    let schema = format!("message s {{ {open}{fields}{close}}}");
    let schema = Arc::new(parquet::schema::parser::parse_message_type(&schema).expect("a schema"));
    let properties = WriterProperties::builder().set_dictionary_enabled(list.pick(&[true], &[false, true])).build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    for n in 0..names.len() {
        let mut column = group.next_column().expect("a column").expect("one");
        let values: Vec<ByteArray> = rows.iter().map(|row| ByteArray::from(row[n].as_str())).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).expect("written");
        column.close().expect("closed");
    }
    group.close().expect("closed");
    writer.close().expect("closed");
    page.file = Some(bytes);
    page
}
