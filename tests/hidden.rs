//! A list of patients that stands in one hidden place of a document and nowhere else: it is found, with its count, and the place says what
//! hid it. Workbooks, documents, slides, PDF, each made here.

use std::fmt::Write as _;
use std::io::Write as _;

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, Place};
use phisweep::identifier::Identifier;

use crate::formats::{first_part, letter, package, scanned};

/// People in each list.
const PEOPLE: u32 = 20;

fn ssn(n: u32) -> u32 {
    212_113_127 + n * 5_020_113
}

fn dashed(n: u32) -> String {
    let text = ssn(n).to_string();
    format!("{}-{}-{}", &text[..3], &text[3..5], &text[5..])
}

/// A line about each, between what the format wants around it.
fn lines(before: &str, behind: &str) -> String {
    (0..PEOPLE).map(|n| format!("{before}Patient SSN: {}{behind}", dashed(n))).collect()
}

/// Where social security numbers are told, with how many there are: the place, or the member where it is none of ours.
pub(crate) fn places(documents: &[Document]) -> Vec<(String, u64)> {
    let mut told = Vec::new();
    for document in documents {
        let found = document.findings.iter();
        for finding in found.filter(|f| f.identifier == Identifier::SSN && f.confidence >= Confidence::Likely) {
            let member = document.locator.parts().last().map(String::as_str).unwrap_or_default();
            let place = match &finding.place {
                Place::Cell { sheet, column } => format!("{sheet}/{column}"),
                Place::Metadata(name) => name.clone(),
                Place::Column { name, .. } => format!("{member}/{}", name.as_deref().unwrap_or("?")),
                Place::Path(path) => format!("{member}/{path}"),
                _ => member.to_string(),
            };
            told.push((place, finding.matches));
        }
    }
    told
}

/// Each document says its list at its place, once, and nothing else.
fn each(cases: &[(&str, Vec<u8>, &str)]) {
    let engine = Engine::built_in().expect("the built-in rules load");
    let mut wrong = String::new();
    for (name, bytes, place) in cases {
        let documents = scanned(&engine, name, bytes);
        let found = places(&documents);
        if found != [(place.to_string(), u64::from(PEOPLE))] {
            let gaps: Vec<_> = documents.iter().flat_map(|d| &d.gaps).map(|gap| (gap.reason, &gap.detail)).collect();
            let _ = writeln!(wrong, "{place}: {found:?} in {name}, gaps {gaps:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A workbook of one sheet, with more parts.
fn book(names: &str, sheet: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let workbook = format!(r#"<workbook><sheets><sheet name="List" r:id="r1"/></sheets>{names}</workbook>"#);
    let sheet = format!("<worksheet>{sheet}</worksheet>");
    let own = [
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &first_part("xl/workbook.xml")),
        ("xl/workbook.xml", &workbook),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    let strings = [("xl/sharedStrings.xml", "<sst/>")];
    let has_strings = more.iter().any(|(name, _)| *name == strings[0].0);
    package(&[&own[..], if has_strings { &[] } else { &strings[..] }, more].concat())
}

/// The rows of a sheet with a column, each with these attributes.
fn rows(attributes: &str) -> String {
    let rows: String = (0..PEOPLE).map(|n| format!("<row {attributes}><c><v>{}</v></c></row>", ssn(n))).collect();
    format!("<sheetData><row><c t=\"inlineStr\"><is><t>SSN</t></is></c></row>{rows}</sheetData>")
}

#[test]
fn lists_in_hidden_places_of_workbooks_are_found() {
    let empty = "<sheetData/>";
    let names: String = (0..PEOPLE)
        .map(|n| format!("<definedName name=\"n{n}\">\"Patient SSN: {}\"</definedName>", dashed(n)))
        .collect();
    let linked: String = (0..PEOPLE)
        .map(|n| format!("<row r=\"{0}\"><cell r=\"A{0}\"><v>{1}</v></cell></row>", n + 2, ssn(n)))
        .collect();
    let linked = format!(
        "<externalLink><externalBook><sheetDataSet><sheetData sheetId=\"0\"><row r=\"1\"><cell r=\"A1\" t=\"str\"><v>SSN</v></cell></row>{linked}</sheetData></sheetDataSet></externalBook></externalLink>"
    );
    let formulas: String = (0..PEOPLE)
        .map(|n| format!("<row><c><f>IF(B1=\"Patient SSN: {}\",1,0)</f><v>0</v></c></row>", dashed(n)))
        .collect();
    let command = lines("", " ");
    let one = |part: (&str, &str)| book("", empty, &[part]);
    each(&[
        ("a.xlsx", one(("xl/externalLinks/externalLink1.xml", &linked)), "external link cache/SSN"),
        (
            "b.xlsx",
            one((
                "xl/connections.xml",
                &format!("<connections><connection><dbPr command=\"{command}\"/></connection></connections>"),
            )),
            "connections",
        ),
        ("c.xlsx", book(&format!("<definedNames>{names}</definedNames>"), empty, &[]), "defined names"),
        (
            "d.xlsx",
            book("", &format!("{empty}<headerFooter><oddHeader>{}</oddHeader></headerFooter>", lines("", "\n")), &[]),
            "List: beside the cells",
        ),
        (
            "e.xlsx",
            one((
                "xl/comments1.xml",
                &format!(
                    "<comments><commentList>{}</commentList></comments>",
                    lines("<comment ref=\"A1\"><text><r><t>", "</t></r></text></comment>")
                ),
            )),
            "comments",
        ),
        (
            "f.xlsx",
            one((
                "xl/threadedComments/threadedComment1.xml",
                &format!(
                    "<ThreadedComments>{}</ThreadedComments>",
                    lines("<threadedComment ref=\"A1\"><text>", "</text></threadedComment>")
                ),
            )),
            "comments",
        ),
        (
            "g.xlsx",
            one(("xl/sharedStrings.xml", &format!("<sst>{}</sst>", lines("<si><t>", "</t></si>")))),
            "unused strings",
        ),
        (
            "h.xlsx",
            one((
                "docProps/core.xml",
                &format!("<cp:coreProperties><dc:description>{}</dc:description></cp:coreProperties>", lines("", "\n")),
            )),
            "properties",
        ),
        (
            "i.xlsx",
            one((
                "docProps/custom.xml",
                &format!(
                    "<Properties>{}</Properties>",
                    lines("<property name=\"x\"><vt:lpwstr>", "</vt:lpwstr></property>")
                ),
            )),
            "properties",
        ),
        ("j.xlsx", book("", &rows("hidden=\"1\""), &[]), "List (hidden rows)/SSN"),
        (
            "k.xlsx",
            book("", &format!("<cols><col min=\"1\" max=\"1\" hidden=\"1\"/></cols>{}", rows("")), &[]),
            "List (hidden columns)/SSN",
        ),
        ("l.xlsx", book("", &format!("<sheetData>{formulas}</sheetData>"), &[]), "List: beside the cells/?"),
        (
            "m.xlsx",
            one((
                "xl/charts/chart1.xml",
                &format!(
                    "<c:chartSpace><c:strCache>{}</c:strCache></c:chartSpace>",
                    lines("<c:pt><c:v>", "</c:v></c:pt>")
                ),
            )),
            "charts",
        ),
        (
            "n.xlsx",
            book(
                "",
                &format!(
                    "{empty}<dataValidations><dataValidation><formula1>\"{}\"</formula1></dataValidation></dataValidations>",
                    lines("", "\n")
                ),
                &[],
            ),
            "List: beside the cells",
        ),
        (
            "o.xlsx",
            one((
                "customXml/item1.xml",
                &format!(
                    "<patients>{}</patients>",
                    (0..PEOPLE).map(|n| format!("<patient><ssn>{}</ssn></patient>", ssn(n))).collect::<String>()
                ),
            )),
            "customxml/item1.xml/patients.patient[].ssn",
        ),
    ]);
}

/// A record of a part of a binary workbook.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut out = if kind < 128 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
    assert!(data.len() < 128 * 128);
    match data.len() {
        length @ ..128 => out.push(length as u8),
        length => out.extend([length as u8 | 0x80, (length >> 7) as u8]),
    }
    [out, data.to_vec()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&(text.len() as u32).to_le_bytes()[..], &units].concat()
}

/// A binary workbook of one blank sheet, with more parts.
fn binary(more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let relation = |kind: &str, target: &str| {
        format!(r#"<Relationships><Relationship Id="r1" Type="x/{kind}" Target="{target}"/></Relationships>"#)
    };
    let own = [
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.bin").into_bytes()),
        ("xl/_rels/workbook.bin.rels", relation("worksheet", "worksheets/sheet1.bin").into_bytes()),
        ("xl/workbook.bin", record(156, &[&[0, 0, 0, 0, 1, 0, 0, 0][..], &wide("r1"), &wide("List")].concat())),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in own.iter().chain(more) {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(bytes).expect("written");
    }
    if more.iter().all(|(name, _)| *name != "xl/worksheets/sheet1.bin") {
        zip.start_file("xl/worksheets/sheet1.bin", zip::write::SimpleFileOptions::default()).expect("a member");
    }
    zip.finish().expect("a zip").into_inner()
}

#[test]
fn lists_in_hidden_places_of_binary_workbooks_are_found() {
    let column = 0u32.to_le_bytes();
    let mut linked = record(363, &[0; 5]);
    linked.extend([record(366, &[0; 4]), record(371, &[&column[..], &wide("SSN")].concat())].concat());
    for n in 0..PEOPLE {
        linked.extend(record(366, &(n + 1).to_le_bytes()));
        linked.extend(record(368, &[&column[..], &f64::from(ssn(n)).to_le_bytes()].concat()));
    }
    linked.extend(record(364, &[]));
    // A field of shared items, one whose numbers stand in the records, one of dates.
    let field = |name: &str| record(183, &[&[4, 0][..], &[0; 18], &wide(name)].concat());
    let definition = [
        field("Patient"),
        record(189, &[8, 0, 1, 0, 0, 0]),
        record(24, &wide("Ada Okoye")),
        record(190, &[]),
        field("SSN"),
        record(189, &[0x40, 0, 0, 0, 0, 0]),
        record(190, &[]),
        field("Seen"),
        record(189, &[4, 0, 0, 0, 0, 0]),
        record(190, &[]),
    ]
    .concat();
    let one = |n: u32| {
        let item = 0u32.to_le_bytes();
        let number = f64::from(ssn(n)).to_le_bytes();
        let time = [2026u16.to_le_bytes(), 3u16.to_le_bytes()].concat();
        // Both ways to write a record.
        match n % 2 {
            0 => record(33, &[&item[..], &number, &time, &[n as u8 + 1, 0, 0, 0]].concat()),
            _ => [
                record(34, &[]),
                record(26, &item),
                record(21, &number),
                record(25, &[&time[..], &[3, 0, 0, 0]].concat()),
            ]
            .concat(),
        }
    };
    let records: Vec<u8> = (0..PEOPLE).flat_map(one).collect();
    let relation = r#"<Relationships><Relationship Id="a" Type="x/pivotCacheRecords" Target="pivotCacheRecords1.bin"/></Relationships>"#;
    let head = record(479, &[&[0, 0][..], &wide(&lines("", "\n"))].concat());
    let comment =
        (0..PEOPLE).flat_map(|n| record(637, &[&[0][..], &wide(&format!("Patient SSN: {}", dashed(n)))].concat()));
    let cell = |n: u32| {
        [
            record(0, &[&n.to_le_bytes()[..], &[0; 13]].concat()),
            record(5, &[&[0; 8][..], &f64::from(ssn(n)).to_le_bytes()].concat()),
        ]
        .concat()
    };
    let named = [record(0, &[0; 17]), record(6, &[&[0; 8][..], &wide("SSN")].concat())].concat();
    // Its rows are numbered from the one below the name.
    let sheet: Vec<u8> = [named, (1..=PEOPLE).flat_map(|n| cell(n - 1 + 1)).collect()].concat();
    each(&[
        ("a.xlsb", binary(&[("xl/externalLinks/externalLink1.bin", linked)]), "external link cache/SSN"),
        (
            "b.xlsb",
            binary(&[
                ("xl/pivotCache/pivotCacheDefinition1.bin", definition),
                ("xl/pivotCache/pivotCacheRecords1.bin", records),
                ("xl/pivotCache/_rels/pivotCacheDefinition1.bin.rels", relation.as_bytes().to_vec()),
            ]),
            "pivot cache/SSN",
        ),
        ("c.xlsb", binary(&[("xl/worksheets/sheet1.bin", head)]), "List: beside the cells"),
        ("d.xlsb", binary(&[("xl/comments1.bin", comment.collect())]), "comments"),
        ("e.xlsb", binary(&[("xl/worksheets/sheet2.bin", sheet)]), "xl/worksheets/sheet2.bin (not listed)/SSN"),
    ]);
}

#[test]
fn lists_in_hidden_places_of_open_sheets_are_found() {
    let text = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let row = |cell: &str| format!("<table:table-row>{}</table:table-row>", text(cell));
    let rows: String = std::iter::once(row("SSN")).chain((0..PEOPLE).map(|n| row(&ssn(n).to_string()))).collect();
    let content = |styles: &str, body: &str| {
        let content = format!(
            "<office:document-content><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
        );
        package(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
    };
    let hiding = r#"<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>"#;
    let before: String = (0..PEOPLE)
        .map(|n| {
            format!(
                "<table:cell-content-change table:id=\"ct{n}\"><office:change-info><dc:creator>A</dc:creator></office:change-info><table:previous><table:change-track-table-cell office:value-type=\"string\"><text:p>Patient SSN: {}</text:p></table:change-track-table-cell></table:previous></table:cell-content-change>",
                dashed(n)
            )
        })
        .collect();
    each(&[
        (
            "a.ods",
            content(hiding, &format!("<table:table table:name=\"Raw\" table:style-name=\"ta2\">{rows}</table:table>")),
            "Raw (hidden)/SSN",
        ),
        (
            "b.ods",
            content(
                "",
                &format!(
                    "<table:tracked-changes>{before}</table:tracked-changes><table:table table:name=\"List\">{}</table:table>",
                    row("Ward")
                ),
            ),
            "tracked changes",
        ),
    ]);
}

#[test]
fn lists_in_hidden_places_of_documents_are_found() {
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let paragraphs = |before: &str, behind: &str| lines(&format!("<w:p>{before}"), &format!("{behind}</w:p>"));
    let with = |name: &str, text: &str| {
        package(&[
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", &first_part("word/document.xml")),
            ("word/document.xml", &format!("<w:document><w:body><w:p>{}</w:p></w:body></w:document>", run("Dear all"))),
            (name, text),
        ])
    };
    let slide = |text: &str| format!("<p:sld><p:cSld><p:sp><p:txBody>{text}</p:txBody></p:sp></p:cSld></p:sld>");
    let slides = |name: &str, text: &str| {
        package(&[
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", &first_part("ppt/presentation.xml")),
            ("ppt/presentation.xml", "<p:presentation/>"),
            ("ppt/slides/slide1.xml", &slide("<a:p><a:r><a:t>Results</a:t></a:r></a:p>")),
            (name, text),
        ])
    };
    let embedded = {
        let mut zip =
            zip::ZipWriter::new_append(std::io::Cursor::new(letter(&format!("<w:p>{}</w:p>", run("see below")))))
                .expect("a zip");
        zip.start_file("word/embeddings/sheet.xlsx", zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(&book("", &rows(""), &[])).expect("written");
        zip.finish().expect("a zip").into_inner()
    };
    let moved = paragraphs("<w:moveFrom w:id=\"1\"><w:r><w:t>", "</w:t></w:r></w:moveFrom>");
    let boxed = paragraphs(
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>",
        "</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice></mc:AlternateContent></w:r>",
    );
    let codes = paragraphs(
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>SET x \"",
        "\"</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
    );
    each(&[
        ("a.docx", letter(&moved), "deleted text"),
        (
            "b.docx",
            with(
                "word/footnotes.xml",
                &format!(
                    "<w:footnotes><w:footnote>{}</w:footnote></w:footnotes>",
                    paragraphs("<w:r><w:t>", "</w:t></w:r>")
                ),
            ),
            "footnotes",
        ),
        ("c.docx", letter(&boxed), "c.docx"),
        ("d.docx", letter(&paragraphs("<w:r><w:drawing><wp:docPr descr=\"", "\"/></w:drawing></w:r>")), "descriptions"),
        ("e.docx", letter(&codes), "field codes"),
        ("f.docx", letter(&paragraphs("<w:fldSimple w:instr=\"SET x &quot;", "&quot;\"/>")), "field codes"),
        ("g.docx", embedded, "List/SSN"),
        (
            "h.docx",
            with(
                "word/comments.xml",
                &format!(
                    "<w:comments><w:comment>{}</w:comment></w:comments>",
                    paragraphs("<w:r><w:t>", "</w:t></w:r>")
                ),
            ),
            "comments",
        ),
        (
            "i.pptx",
            slides("ppt/notesSlides/notesSlide1.xml", &slide(&lines("<a:p><a:r><a:t>", "</a:t></a:r></a:p>"))),
            "notes",
        ),
        (
            "j.pptx",
            slides(
                "ppt/comments/comment1.xml",
                &format!("<p:cmLst>{}</p:cmLst>", lines("<p:cm><p:text>", "</p:text></p:cm>")),
            ),
            "comments",
        ),
        (
            "k.pptx",
            slides(
                "ppt/comments/modernComment_1.xml",
                &format!(
                    "<p188:cmLst>{}</p188:cmLst>",
                    lines("<p188:cm><p188:txBody><a:p><a:r><a:t>", "</a:t></a:r></a:p></p188:txBody></p188:cm>")
                ),
            ),
            "comments",
        ),
    ]);
}

#[cfg(feature = "pdf")]
#[test]
fn lists_in_hidden_places_of_pdfs_are_found() {
    use lopdf::{Dictionary, Document as Pdf, IncrementalDocument, Object, Stream, dictionary};

    /// One page with this content; what else it has, `more` adds.
    fn made(content: &str, more: impl FnOnce(&mut Pdf, lopdf::ObjectId)) -> Vec<u8> {
        let mut pdf = Pdf::with_version("1.5");
        let tree = pdf.new_object_id();
        let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
        let fonts = dictionary! { "Font" => dictionary! { "F1" => font } };
        let content = pdf.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
        let page = pdf.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content });
        let kids = vec![Object::Reference(page)];
        let node = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 1, "Resources" => fonts };
        pdf.objects.insert(tree, Object::Dictionary(node));
        let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        pdf.trailer.set("Root", catalog);
        more(&mut pdf, page);
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).expect("saved");
        bytes
    }
    const SEEN: &str = "BT /F1 11 Tf 72 720 Td (Report of the third quarter, in all its pages and figures) Tj ET";
    let text = || Object::string_literal(lines("", "\n"));
    let forms = made(SEEN, |pdf, _| {
        let fields: Vec<Object> = (0..PEOPLE)
            .map(|n| {
                let field = dictionary! { "FT" => "Tx", "T" => Object::string_literal("SSN"), "V" => Object::string_literal(dashed(n)) };
                Object::Reference(pdf.add_object(field))
            })
            .collect();
        pdf.catalog_mut().expect("a catalog").set("AcroForm", dictionary! { "Fields" => fields });
    });
    let notes = made(SEEN, |pdf, page| {
        let note = pdf.add_object(dictionary! { "Type" => "Annot", "Subtype" => "Text", "Contents" => text() });
        pdf.get_dictionary_mut(page).expect("a page").set("Annots", vec![Object::Reference(note)]);
    });
    let attached = made(SEEN, |pdf, _| {
        let list = (0..PEOPLE).fold("ssn\n".to_string(), |list, n| format!("{list}{}\n", dashed(n)));
        let file = pdf.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, list.into_bytes()));
        let spec = dictionary! { "Type" => "Filespec", "F" => Object::string_literal("list.csv"), "EF" => dictionary! { "F" => file } };
        let names = dictionary! { "EmbeddedFiles" => dictionary! { "Names" => vec![Object::string_literal("x"), Object::Dictionary(spec)] } };
        pdf.catalog_mut().expect("a catalog").set("Names", names);
    });
    let titled = made(SEEN, |pdf, _| {
        let info = pdf.add_object(dictionary! { "Subject" => text() });
        pdf.trailer.set("Info", info);
    });
    let described = made(SEEN, |pdf, _| {
        let xmp = format!(
            "<x:xmpmeta><rdf:RDF><rdf:Description><dc:description><rdf:Alt><rdf:li>{}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>",
            lines("", "\n")
        );
        let metadata =
            pdf.add_object(Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, xmp.into_bytes()));
        pdf.catalog_mut().expect("a catalog").set("Metadata", metadata);
    });
    let shown = (0..PEOPLE).map(|n| format!("(Patient SSN: {}) Tj 0 -20 Td ", dashed(n))).collect::<String>();
    let revised = {
        let before = made(&format!("BT /F1 11 Tf 72 720 Td {shown} ET"), |_, _| {});
        let pdf = Pdf::load_mem(&before).expect("loaded");
        let content = pdf.get_page_contents(*pdf.get_pages().values().next().expect("a page"))[0];
        let mut update = IncrementalDocument::create_from(before, pdf);
        update
            .new_document
            .objects
            .insert(content, Object::Stream(Stream::new(Dictionary::new(), SEEN.as_bytes().to_vec())));
        let mut bytes = Vec::new();
        update.save_to(&mut bytes).expect("saved");
        bytes
    };
    each(&[
        ("a.pdf", forms, "form fields"),
        ("b.pdf", notes, "annotations"),
        ("c.pdf", attached, "list.csv/ssn"),
        ("d.pdf", titled, "properties"),
        ("e.pdf", described, "properties"),
        ("f.pdf", revised, "earlier revision"),
        ("g.pdf", made(&format!("BT /F1 11 Tf 72 720 Td {shown} ET 0 g 0 0 612 792 re f"), |_, _| {}), "g.pdf"),
        ("h.pdf", made(&format!("BT 3 Tr /F1 11 Tf 72 720 Td {shown} ET"), |_, _| {}), "h.pdf"),
    ]);
}
