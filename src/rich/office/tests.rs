//! Whole documents, made here: what is in hidden places comes out and says where it stood; what is broken is a result or a halt.

use std::io::{Cursor, Write};

use super::*;
use crate::rich::tests::Collected;
use crate::rich::{Form, reader};

/// A package of these members.
pub(super) fn zipped(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

/// What comes out of a document, and how it ended.
pub(super) fn collect(bytes: &[u8]) -> (Collected, Result<(), Halt>) {
    let mut parts = Collected::default();
    let done = read(Asked::default(), &mut Cursor::new(bytes), &mut parts);
    (parts, done)
}

/// Form, name, place and text of each part.
fn shown(bytes: &[u8]) -> Vec<(Form, String, String, String)> {
    let (parts, done) = collect(bytes);
    done.expect("read");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text").replace('\x1f', "|");
    let one = |(part, bytes): (crate::rich::Part, Vec<u8>)| {
        (part.form, part.name, part.place.unwrap_or_default(), text(bytes))
    };
    parts.parts.into_iter().map(one).collect()
}

/// The text of the part with this name.
fn of<'a>(parts: &'a [(Form, String, String, String)], name: &str) -> &'a (Form, String, String, String) {
    parts.iter().find(|part| part.1 == name).unwrap_or_else(|| panic!("{name} in {parts:?}"))
}

const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");
const ROOT: (&str, &str) = (
    "_rels/.rels",
    r#"<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
);
const RELATIONS: (&str, &str) = (
    "xl/_rels/workbook.xml.rels",
    r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
    <Relationship Id="r2" Type="x/worksheet" Target="/xl/worksheets/sheet2.xml"/>
    <Relationship Id="r3" Type="x/styles" Target="styles.xml"/>
    <Relationship Id="r4" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
);
const WORKBOOK: (&str, &str) = (
    "xl/workbook.xml",
    r#"<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Summary" sheetId="1" r:id="r1"/>
    <sheet name="Raw" sheetId="2" state="veryHidden" r:id="r2"/></sheets>
    <definedNames><definedName name="who">"Ruth Barrow"</definedName></definedNames></workbook>"#,
);
const STYLES: (&str, &str) = (
    "xl/styles.xml",
    r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="000\-00\-0000"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
);
const STRINGS: (&str, &str) = (
    "xl/sharedStrings.xml",
    "<sst><si><t>Name</t></si><si><r><t>Ruth </t></r><r><t>Barrow</t></r><rPh><t>x</t></rPh></si><si><t>left behind</t></si></sst>",
);

#[test]
fn sheets_come_with_their_formats_and_say_what_hides_them() {
    let first = r#"<worksheet><cols><col min="2" max="2" hidden="1"/></cols><sheetData>
        <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><t>SSN</t></is></c><c r="C2" t="str"><v>DOB</v></c></row>
        <row r="3" hidden="1"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>12345678</v></c><c r="C3"><v>22083</v></c></row>
        <row r="5"><c r="C5" s="2"><f>A1</f><v>22083</v></c><c t="b"><v>1</v></c></row></sheetData>
        <headerFooter><oddHeader>&amp;LWard 7</oddHeader></headerFooter></worksheet>"#;
    let second = r#"<worksheet><sheetData><row><c t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>"#;
    let sheets = [("xl/worksheets/sheet1.xml", first), ("xl/worksheets/sheet2.xml", second)];
    let parts = shown(&zipped(&[&[TYPES, ROOT, RELATIONS, WORKBOOK, STYLES, STRINGS][..], &sheets].concat()));
    let (form, _, place, text) = of(&parts, "Summary");
    assert_eq!(*form, Form::Table);
    assert_eq!(place, "Summary (hidden rows and columns)");
    assert_eq!(text, "\nName|SSN|DOB\nRuth Barrow|012-34-5678|1960-06-16\n\n||1960-06-16|TRUE\n");
    assert_eq!(of(&parts, "Raw").2, "Raw (very hidden)");
    assert_eq!(of(&parts, "unused strings").3, "left behind\n");
    assert_eq!(of(&parts, "defined names").3, "who \"Ruth Barrow\"\n");
    assert_eq!(of(&parts, "Summary: beside the cells").3, "&LWard 7\n");
}

#[test]
fn a_pivot_cache_is_a_table() {
    let definition = r#"<pivotCacheDefinition><cacheFields><cacheField name="Name"><sharedItems><s v="Ruth Barrow"/><s v="gone"/></sharedItems></cacheField>
        <cacheField name="SSN" numFmtId="164"><sharedItems containsNumber="1"/></cacheField>
        <cacheField name="DOB" numFmtId="14"><sharedItems><d v="1960-06-16T00:00:00"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>"#;
    let records = r#"<pivotCacheRecords><r><x v="0"/><n v="12345678"/><x v="0"/></r><r><x v="99"/><m/><x v="0"/></r></pivotCacheRecords>"#;
    let relations = r#"<Relationships><Relationship Id="a" Type="x/pivotCacheRecords" Target="pivotCacheRecords1.xml"/></Relationships>"#;
    let more = [
        ("xl/pivotCache/pivotCacheDefinition1.xml", definition),
        ("xl/pivotCache/pivotCacheRecords1.xml", records),
        ("xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels", relations),
    ];
    let (parts, done) = collect(&zipped(&[&[TYPES, ROOT, RELATIONS, WORKBOOK, STYLES][..], &more].concat()));
    done.expect("read");
    assert_eq!(parts.gaps.len(), 3, "two sheets and the strings are not there: {:?}", parts.gaps);
    let parts = shown(&zipped(&[&[TYPES, ROOT, RELATIONS, WORKBOOK, STYLES][..], &more].concat()));
    let (form, _, place, text) = of(&parts, "pivot cache 1");
    assert_eq!((*form, place.as_str()), (Form::Table, "pivot cache"));
    assert_eq!(text, "Name|SSN|DOB\nRuth Barrow|012-34-5678|1960-06-16\n||1960-06-16\n");
    assert_eq!(of(&parts, "pivot cache 1, items without records").3, "Name|SSN|DOB\ngone\n");
}

fn word(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let root = (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>"#,
    );
    let body = format!("<w:document><w:body>{body}</w:body></w:document>");
    zipped(&[&[TYPES, root, ("word/document.xml", body.as_str())][..], more].concat())
}

#[test]
fn deleted_and_hidden_text_says_that_it_is() {
    let parts = shown(&word(
        "<w:p><w:r><w:t>Dear</w:t><w:tab/><w:t>all</w:t></w:r><w:del><w:r><w:delText>SSN 1</w:delText></w:r></w:del></w:p>
         <w:p><w:pPr><w:tabs><w:tab/></w:tabs><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>seen</w:t></w:r></w:p>
         <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom></w:p>
         <w:tbl><w:tr><w:tc><w:p><w:del><w:r><w:delText>Name</w:delText></w:r></w:del></w:p></w:tc>
         <w:tc><w:p><w:del><w:r><w:delText>SSN</w:delText></w:r></w:del></w:p></w:tc></w:tr>
         <w:tr><w:tc><w:p><w:del><w:r><w:delText>Ruth 1</w:delText></w:r></w:del></w:p></w:tc>
         <w:tc><w:p><w:del><w:r><w:delText>212-11-3127</w:delText></w:r></w:del></w:p></w:tc></w:tr></w:tbl>",
        &[("word/footer1.xml", "<w:ftr><w:p><w:r><w:t>page</w:t></w:r></w:p></w:ftr>"), ("customXml/item1.xml", "<a/>")],
    ));
    assert_eq!(parts[0], (Form::Body, String::new(), String::new(), "Dear\tall\nseen\n".to_string()));
    assert_eq!(of(&parts, "deleted text").3, "SSN 1\nmoved\n");
    assert_eq!(of(&parts, "deleted text").2, "deleted text");
    assert_eq!(of(&parts, "deleted text, table 1").3, "Name|SSN\nRuth 1|212-11-3127\n");
    assert_eq!(of(&parts, "hidden text").3, "unseen\n");
    assert_eq!(of(&parts, "word/footer1.xml").2, "footer");
    assert_eq!(of(&parts, "customxml/item1.xml").0, Form::File);
}

#[test]
fn a_picture_and_hardly_any_text_is_a_gap() {
    let noise: String = (0..60_000u32).map(|n| char::from((n.wrapping_mul(2_654_435_761) >> 25) as u8)).collect();
    let picture = format!("\u{1}\u{2}{noise}");
    let pictured = |text: &str| {
        let body = format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
        let (parts, done) = collect(&word(&body, &[("word/media/image1.emf", &picture)]));
        done.expect("read");
        parts.gaps.into_iter().map(|gap| gap.1).collect::<Vec<_>>()
    };
    assert_eq!(pictured("see below"), [Reason::Image]);
    assert_eq!(pictured(&"many words ".repeat(40)), []);
    let mut page = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    page.extend([0, 0, 6, 0xa4, 0, 0, 8, 0x98, 1, 0, 0, 0, 0]);
    let mut zip =
        zip::ZipWriter::new_append(Cursor::new(word("<w:p><w:r><w:t>x</w:t></w:r></w:p>", &[]))).expect("a zip");
    zip.start_file("word/media/image1.png", zip::write::SimpleFileOptions::default()).expect("a member");
    zip.write_all(&page).expect("written");
    let (parts, done) = collect(&zip.finish().expect("a zip").into_inner());
    done.expect("read");
    assert_eq!(parts.gaps[0].1, Reason::Image);
}

#[test]
fn slides_that_are_hidden_say_so() {
    let slide = |show: &str, text: &str| {
        format!("<p:sld {show}><p:cSld><p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:cSld></p:sld>")
    };
    let root = (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="ppt/presentation.xml"/></Relationships>"#,
    );
    let (one, two, ten) = (slide("", "first"), slide("show=\"0\"", "second"), slide("show=\"1\"", "tenth"));
    let parts = shown(&zipped(&[
        TYPES,
        root,
        ("ppt/presentation.xml", "<p:presentation/>"),
        ("ppt/slides/slide10.xml", &ten),
        ("ppt/slides/slide2.xml", &two),
        ("ppt/slides/slide1.xml", &one),
        ("ppt/notesSlides/notesSlide1.xml", &slide("", "note")),
    ]));
    assert_eq!(parts[0].3, "first\ntenth\n");
    assert_eq!(of(&parts, "slide 2"), &(Form::Text, "slide 2".into(), "slide 2 (hidden)".into(), "second\n".into()));
    assert_eq!(of(&parts, "ppt/notesslides/notesslide1.xml").2, "notes");
}

#[test]
fn every_format_of_this_room_has_its_reader() {
    for format in ["xlsx", "xlsb", "docx", "pptx"] {
        assert!(reader(format).is_some(), "{format}");
    }
}
