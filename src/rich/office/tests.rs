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
    for format in ["xlsx", "xlsb", "docx", "pptx", "odt", "ods", "odp", "xls", "doc", "ppt", "ole"] {
        assert!(reader(format).is_some(), "{format}");
    }
}

#[test]
fn open_sheets_keep_zeros_dates_and_what_hides_them() {
    let content = r#"<office:document-content><office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
        <office:body><office:spreadsheet><table:table table:name="List" table:style-name="ta2"><table:table-column/>
        <table:table-row><table:table-cell office:value-type="string"><text:p>SSN</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>DOB</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="2" table:visibility="collapse"><table:table-cell office:value-type="float" office:value="12345678"><text:p>012-34-5678</text:p></table:table-cell>
        <table:table-cell office:value-type="date" office:date-value="1960-06-16T00:00:00"><office:annotation><text:p>asked twice</text:p></office:annotation><text:p>06/16/60</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        </table:table><table:table table:name="Money"><table:table-row><table:table-cell office:value-type="float" office:value="1234.5"><text:p>1,234.50</text:p></table:table-cell></table:table-row></table:table>
        </office:spreadsheet></office:body></office:document-content>"#;
    let mime = ("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    let parts = shown(&zipped(&[mime, ("content.xml", content)]));
    let (form, _, place, text) = of(&parts, "List");
    assert_eq!((*form, place.as_str()), (Form::Table, "List (hidden) (hidden rows)"));
    assert_eq!(text, "SSN|DOB\n012-34-5678|1960-06-16\n012-34-5678|1960-06-16\n");
    assert_eq!(of(&parts, "List: comments").3, "asked twice\n");
    assert_eq!(of(&parts, "Money").3, "1234.5\n");
}

#[test]
fn open_texts_keep_what_was_deleted() {
    let content = r#"<office:document-content><office:body><office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>SSN 1</text:p></text:deletion></text:changed-region></text:tracked-changes>
        <text:p>Dear<text:s text:c="2"/>all<text:note><text:note-body><text:p>below</text:p></text:note-body></text:note>.</text:p>
        <text:section text:display="none"><text:p>unseen</text:p></text:section></office:text></office:body></office:document-content>"#;
    let mime = ("mimetype", "application/vnd.oasis.opendocument.text");
    let parts = shown(&zipped(&[mime, ("content.xml", content), ("meta.xml", "<m><dc:creator>Ruth</dc:creator></m>")]));
    assert_eq!(parts[0], (Form::Body, String::new(), String::new(), "Dear  all.\n".to_string()));
    for (name, text) in [("deleted text", "SSN 1\n"), ("notes", "below\n"), ("hidden text", "unseen\n")] {
        assert_eq!((of(&parts, name).2.as_str(), of(&parts, name).3.as_str()), (name, text));
    }
    assert_eq!(of(&parts, "meta.xml").3, "creator: Ruth\n");
    let locked = r#"<m:manifest><m:encryption-data><m:algorithm m:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></m:encryption-data></m:manifest>"#;
    let (_, done) = collect(&zipped(&[mime, ("META-INF/manifest.xml", locked), ("content.xml", "x")]));
    assert_eq!(done, Err(Halt::new(Reason::Encrypted, "OpenDocument, AES-256")));
}

/// A compound file with these streams.
pub(super) fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
    for (name, bytes) in streams {
        let path = std::path::Path::new(name);
        file.create_storage_all(path.parent().expect("a folder")).expect("folders");
        file.create_stream(path).expect("a stream").write_all(bytes).expect("written");
    }
    file.flush().expect("written");
    file.into_inner().into_inner()
}

/// A record of [MS-XLS].
pub(super) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// A workbook of Excel 97: one hidden sheet with a name, a number with a format, a date and a text of a formula.
fn old_workbook() -> Vec<u8> {
    compound(&[("/Workbook", &old_workbook_stream(&[]))])
}

/// Its stream, with this behind its beginning.
pub(super) fn old_workbook_stream(first: &[u8]) -> Vec<u8> {
    let cell = |row: u16, column: u16, style: u16| [row, column, style].map(u16::to_le_bytes).concat();
    let globals = |at: u32| {
        [
            record(0x809, &[0, 6, 5, 0, 0, 0, 0, 0]),
            first.to_vec(),
            record(0x41e, b"\xa4\0\x0b\0\x00000-00-0000"),
            record(0xe0, &[0; 20]),
            record(0xe0, &[&[0, 0, 0xa4, 0][..], &[0; 16]].concat()),
            record(0xe0, &[&[0, 0, 14, 0][..], &[0; 16]].concat()),
            record(0x85, &[&at.to_le_bytes()[..], b"\x01\0\x04\0List"].concat()),
            record(0xfc, b"\x02\0\0\0\x02\0\0\0\x03\0\0SSN\x04\0\0go"),
            record(0x3c, b"\x00ne"),
            record(0x0a, b""),
        ]
        .concat()
    };
    let sheet = [
        record(0x809, &[0, 6, 0x10, 0, 0, 0, 0, 0]),
        record(0x208, &[&[0; 12][..], &[0x20, 1, 0, 0]].concat()),
        record(0xfd, &[&cell(0, 0, 0)[..], &0u32.to_le_bytes()].concat()),
        record(0x203, &[&cell(1, 0, 1)[..], &12_345_678f64.to_le_bytes()].concat()),
        record(0xbd, &[&[1, 0, 1, 0, 2, 0][..], &(22_083u32 << 2 | 2).to_le_bytes(), &[1, 0]].concat()),
        record(0x06, &[&cell(2, 0, 0)[..], &[0, 0, 0, 0, 0, 0, 0xff, 0xff], &[0; 6]].concat()),
        record(0x207, b"\x03\0\x01a\0b\0c\0"),
        record(0x0a, b""),
    ]
    .concat();
    let at = globals(0).len() as u32;
    [globals(at), sheet].concat()
}

#[test]
fn old_workbooks_are_read() {
    let parts = shown(&old_workbook());
    let (form, _, place, text) = of(&parts, "List");
    assert_eq!((*form, place.as_str()), (Form::Table, "List (hidden) (hidden rows)"));
    assert_eq!(text, "SSN\n012-34-5678|1960-06-16\nabc\n");
    assert_eq!(of(&parts, "unused strings").3, "gone\n");
}

#[test]
fn binary_workbooks_are_read() {
    let wide = |text: &str| -> Vec<u8> {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&(text.len() as u32).to_le_bytes()[..], &units].concat()
    };
    let record = |kind: u16, data: &[u8]| -> Vec<u8> {
        let mut out = if kind < 128 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
        out.push(data.len() as u8);
        [out, data.to_vec()].concat()
    };
    let cell = |column: u32, style: u32| [column.to_le_bytes(), style.to_le_bytes()].concat();
    let workbook = record(156, &[&[2, 0, 0, 0, 1, 0, 0, 0][..], &wide("r1"), &wide("List")].concat());
    let styles = [
        record(44, &[&164u16.to_le_bytes()[..], &wide("000-00-0000")].concat()),
        record(617, &[0; 4]),
        record(47, &[0; 16]),
        record(47, &[&[0, 0, 164, 0][..], &[0; 12]].concat()),
        record(618, &[]),
    ]
    .concat();
    let strings = record(19, &[&[0][..], &wide("SSN")].concat());
    let sheet = [
        record(0, &[0; 17]),
        record(7, &[cell(0, 0), 0u32.to_le_bytes().to_vec()].concat()),
        record(0, &[&1u32.to_le_bytes()[..], &[0; 7], &[0x10], &[0; 5]].concat()),
        record(5, &[cell(0, 1), 12_345_678f64.to_le_bytes().to_vec()].concat()),
        record(6, &[cell(2, 0), wide("x")].concat()),
    ]
    .concat();
    let relations = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.bin"/>
        <Relationship Id="r2" Type="x/styles" Target="styles.bin"/><Relationship Id="r3" Type="x/sharedStrings" Target="sharedStrings.bin"/></Relationships>"#;
    let root =
        r#"<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>"#;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        ("_rels/.rels", root.into()),
        ("xl/_rels/workbook.bin.rels", relations.into()),
        ("xl/workbook.bin", workbook),
        ("xl/styles.bin", styles),
        ("xl/sharedStrings.bin", strings),
        ("xl/worksheets/sheet1.bin", sheet),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(&bytes).expect("written");
    }
    let parts = shown(&zip.finish().expect("a zip").into_inner());
    let (form, _, place, text) = of(&parts, "List");
    assert_eq!((*form, place.as_str()), (Form::Table, "List (very hidden) (hidden rows)"));
    assert_eq!(text, "SSN\n012-34-5678||x\n");
}

/// A document of Word 97 in two pieces, with a remark behind the first that no piece shows.
fn old_document(flags: u16) -> Vec<u8> {
    let (stream, table) = old_document_streams(flags, &[]);
    compound(&[("/WordDocument", &stream), ("/1Table", &table)])
}

/// Its streams; the second begins with this.
pub(super) fn old_document_streams(flags: u16, first: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut stream = vec![0; 0x800];
    stream[..4].copy_from_slice(b"\xec\xa5\xc1\0");
    stream[10..12].copy_from_slice(&flags.to_le_bytes());
    stream[0x18..0x1c].copy_from_slice(&0x800u32.to_le_bytes());
    stream[0x4c..0x50].copy_from_slice(&10u32.to_le_bytes());
    stream[0x5c..0x60].copy_from_slice(&2u32.to_le_bytes());
    stream.extend(b"a\x07b\x07\x07\rSSN 212-11-3127 is gone");
    let second = stream.len() as u32;
    stream.extend("Ende\rhi".encode_utf16().take(6).flat_map(u16::to_le_bytes));
    let mut clx = vec![2];
    clx.extend(28u32.to_le_bytes());
    for cp in [0u32, 6, 12] {
        clx.extend(cp.to_le_bytes());
    }
    for place in [(0x800 * 2) | 0x4000_0000, second] {
        clx.extend([0, 0]);
        clx.extend(place.to_le_bytes());
        clx.extend([0, 0]);
    }
    stream[0x1a2..0x1a6].copy_from_slice(&(first.len() as u32).to_le_bytes());
    stream[0x1a6..0x1aa].copy_from_slice(&(clx.len() as u32).to_le_bytes());
    (stream, [first, &clx].concat())
}

#[test]
fn old_documents_are_read_with_what_fast_saving_left() {
    let parts = shown(&old_document(0x0200));
    assert_eq!(parts[0], (Form::Body, String::new(), String::new(), "a\tb\t\n\nEnde".to_string()));
    assert_eq!(of(&parts, "comments").3, "\nh");
    assert_eq!(of(&parts, "deleted text").3, "SSN 212-11-3127 is gone\n");
    let (_, done) = collect(&old_document(0x0300));
    assert_eq!(done.expect_err("locked").reason, Reason::WeakEncryption);
}

#[test]
fn old_presentations_and_macros_are_read() {
    let slide =
        [&b"\x0f\0\xe8\x03\xff\0\0\0"[..], b"\0\0\xa8\x0f\x04\0\0\0Note", b"\0\0\xa0\x0f\x02\0\0\0\xe9\0"].concat();
    let source = b"\x01\x0c\xb0\0Attribut\0e \n";
    let file = compound(&[
        ("/PowerPoint Document", &slide),
        ("/VBA/Module1", source),
        ("/_1/\u{1}Ole10Native", b"\x09\0\0\0\x02\0a.txt\0c\0\0\0\x03\0\x02\0\0\0c\0\x02\0\0\0hi"),
    ]);
    let parts = shown(&file);
    assert_eq!((parts[0].0, parts[0].3.as_str()), (Form::Body, "Note\n\u{e9}\n"));
    assert_eq!(of(&parts, "VBA/Module1").3, "Attribute \n");
    assert_eq!(of(&parts, "a.txt"), &(Form::File, "a.txt".into(), String::new(), "hi".into()));
    let (_, done) = collect(&compound(&[("/EncryptionInfo", b"\x04\0\x04\0"), ("/EncryptedPackage", b"x")]));
    assert_eq!(done, Err(Halt::new(Reason::Encrypted, "OOXML agile")));
    let (_, done) = collect(&compound(&[("/Contents", b"x")]));
    assert_eq!(done.expect_err("not known").reason, Reason::Unsupported);
}

/// Every document that is made here, cut short anywhere and with bytes that are wrong, is a result or a halt.
#[test]
fn damage_is_a_result_or_a_halt() {
    let whole = [
        old_workbook(),
        old_document(0x0200),
        word("<w:tbl><w:tr><w:tc><w:p><w:t>x</w:t></w:p></w:tc></w:tr></w:tbl>", &[]),
    ];
    for bytes in whole {
        let step = bytes.len() / 64 + 1;
        for at in (0..bytes.len()).step_by(step) {
            let _ = collect(&bytes[..at]);
            for wrong in [0, 0x7f, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = wrong;
                let _ = collect(&bytes);
            }
        }
    }
    assert_eq!(collect(b"PK\x03\x04").1.expect_err("no zip").reason, Reason::Malformed);
    assert_eq!(collect(b"").1.expect_err("nothing").reason, Reason::Malformed);
}

/// Documents that ask for more than they hold.
#[test]
fn bombs_are_bounded() {
    let limit = |bytes: &[u8]| -> Option<Reason> {
        let (parts, done) = collect(bytes);
        let held: usize = parts.parts.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(held < 256 << 20, "{held} bytes came out");
        done.err().map(|halt| halt.reason).or(parts.gaps.first().map(|gap| gap.1))
    };
    let sheet = |cells: &str| {
        let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
        zipped(&[
            TYPES,
            ROOT,
            RELATIONS,
            WORKBOOK,
            ("xl/worksheets/sheet1.xml", &sheet),
            ("xl/worksheets/sheet2.xml", "<a/>"),
            ("xl/styles.xml", "<a/>"),
            ("xl/sharedStrings.xml", r#"<sst count="4000000000" uniqueCount="4000000000"><si><t>x</t></si></sst>"#),
        ])
    };
    // Two corners of a sheet: a dense table of it would be 549 GB.
    assert_eq!(
        limit(&sheet(
            r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#
        )),
        None
    );
    let far: String = (1..=20_000).map(|row| format!(r#"<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>"#)).collect();
    assert_eq!(limit(&sheet(&far)), Some(Reason::Limit));
    assert_eq!(limit(&word(&"<w:p>".repeat(10_000), &[])), Some(Reason::Limit));
    assert_eq!(limit(&word(&format!("<w:t>{}</w:t>", " ".repeat(80 << 20)), &[])), Some(Reason::Limit));
    let content = r#"<a><table:table table:name="x"><table:table-row table:number-rows-repeated="4000000000"><table:table-cell office:value-type="string" table:number-columns-repeated="4000000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table></a>"#;
    let mime = ("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    assert_eq!(limit(&zipped(&[mime, ("content.xml", content)])), None);
}
