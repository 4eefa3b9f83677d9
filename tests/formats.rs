//! One list of patients in every format: what is found, in how many records, of how many people and how bad it is does not
//! depend on how it was written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use phisweep::engine::Engine;
use phisweep::finding::{Confidence, Document, DocumentClass, Severity, Subject};
use phisweep::identifier::Identifier;
use phisweep::options::Options;
use phisweep::scan;

/// Nobody.
struct Patient {
    last: &'static str,
    first: &'static str,
    /// Year, month, day.
    born: (u32, u32, u32),
    ssn: String,
    mrn: String,
    street: String,
    zip: String,
}

const PEOPLE: u32 = 40;

fn patients() -> Vec<Patient> {
    let lasts =
        ["Delgado", "Okoye", "Nowak", "Kildare", "Whitfield", "Barrow", "Sandoval", "Pruitt", "Hensley", "Osgood"];
    let firsts = ["Maria", "Ada", "Peter", "Ruth", "Thomas", "Helen", "Carl"];
    let one = |n: u32| Patient {
        last: lasts[n as usize % lasts.len()],
        first: firsts[n as usize % firsts.len()],
        born: (1931 + n * 2, 1 + n % 12, 1 + n * 7 % 28),
        ssn: format!("{:03}{:02}{:04}", 212 + n * 5, 11 + n * 2 % 80, 3127 + n * 113),
        mrn: format!("{:08}", 40_011_937 + n * 77_131),
        street: format!("{} Oak Street", 117 + n * 3),
        zip: format!("{}", 36_602 + n % 17),
    };
    (0..PEOPLE).map(one).collect()
}

impl Patient {
    fn date(&self, between: &str) -> String {
        let (year, month, day) = self.born;
        format!("{year}{between}{month:02}{between}{day:02}")
    }
}

fn delimited(by: char, patients: &[Patient]) -> Vec<u8> {
    let header = ["mrn", "last_name", "first_name", "birth_date", "ssn", "address", "zip"];
    let mut out = header.join(&by.to_string()) + "\n";
    for p in patients {
        let row = [&p.mrn, p.last, p.first, &p.date("-"), &p.ssn, &p.street, &p.zip];
        out += &(row.join(&by.to_string()) + "\n");
    }
    out.into_bytes()
}

fn fixed(patients: &[Patient]) -> Vec<u8> {
    let line = |row: [&str; 7]| {
        let [mrn, last, first, born, ssn, street, zip] = row;
        format!("{mrn:<10}{last:<14}{first:<12}{born:<12}{ssn:<12}{street:<24}{zip:<8}").trim_end().to_string() + "\n"
    };
    let mut out = line(["mrn", "last_name", "first_name", "birth_date", "ssn", "address", "zip"]);
    for p in patients {
        out += &line([&p.mrn, p.last, p.first, &p.date("-"), &p.ssn, &p.street, &p.zip]);
    }
    out.into_bytes()
}

fn object(p: &Patient) -> String {
    format!(
        r#"{{"mrn":"{}","last_name":"{}","first_name":"{}","birth_date":"{}","ssn":"{}","address":"{}","zip":"{}"}}"#,
        p.mrn,
        p.last,
        p.first,
        p.date("-"),
        p.ssn,
        p.street,
        p.zip
    )
}

fn json(patients: &[Patient]) -> Vec<u8> {
    format!("[{}]", patients.iter().map(object).collect::<Vec<_>>().join(",\n")).into_bytes()
}

fn ndjson(patients: &[Patient]) -> Vec<u8> {
    patients.iter().map(|p| object(p) + "\n").collect::<String>().into_bytes()
}

fn xml(patients: &[Patient]) -> Vec<u8> {
    let mut out = "<?xml version=\"1.0\"?>\n<members>\n".to_string();
    for p in patients {
        let (mrn, last, first, born, ssn, street, zip) =
            (&p.mrn, p.last, p.first, p.date("-"), &p.ssn, &p.street, &p.zip);
        let _ = writeln!(
            out,
            "<member><mrn>{mrn}</mrn><last_name>{last}</last_name><first_name>{first}</first_name><birth_date>{born}</birth_date><ssn>{ssn}</ssn><address>{street}</address><zip>{zip}</zip></member>"
        );
    }
    (out + "</members>\n").into_bytes()
}

fn bundle(patients: &[Patient]) -> Vec<u8> {
    let entry = |p: &Patient| {
        format!(
            r#"{{"resource":{{"resourceType":"Patient","identifier":[{{"type":{{"coding":[{{"code":"MR"}}]}},"value":"{}"}},{{"system":"http://hl7.org/fhir/sid/us-ssn","value":"{}"}}],"name":[{{"family":"{}","given":["{}"]}}],"birthDate":"{}","address":[{{"line":["{}"],"postalCode":"{}"}}]}}}}"#,
            p.mrn,
            p.ssn,
            p.last,
            p.first,
            p.date("-"),
            p.street,
            p.zip
        )
    };
    let entries: Vec<String> = patients.iter().map(entry).collect();
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(",")).into_bytes()
}

fn bundle_xml(patients: &[Patient]) -> Vec<u8> {
    let mut out = "<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"collection\"/>".to_string();
    for p in patients {
        let (mrn, last, first, born, ssn, street, zip) =
            (&p.mrn, p.last, p.first, p.date("-"), &p.ssn, &p.street, &p.zip);
        let _ = writeln!(
            out,
            "<entry><resource><Patient><identifier><type><coding><code value=\"MR\"/></coding></type><value value=\"{mrn}\"/></identifier><identifier><system value=\"http://hl7.org/fhir/sid/us-ssn\"/><value value=\"{ssn}\"/></identifier><name><family value=\"{last}\"/><given value=\"{first}\"/></name><birthDate value=\"{born}\"/><address><line value=\"{street}\"/><postalCode value=\"{zip}\"/></address></Patient></resource></entry>"
        );
    }
    (out + "</Bundle>\n").into_bytes()
}

fn hl7(patients: &[Patient]) -> Vec<u8> {
    let mut out = String::new();
    for (n, p) in patients.iter().enumerate() {
        let _ = write!(
            out,
            "MSH|^~\\&|A|B|C|D|20260102||ADT^A08|{n}|P|2.5.1\rPID|1||{}^^^H^MR||{}^{}||{}|F|||{}^^Mobile^AL^{}||||||||{}\r",
            p.mrn,
            p.last,
            p.first,
            p.date(""),
            p.street,
            p.zip,
            p.ssn
        );
    }
    out.into_bytes()
}

fn interchange(
    code: &str,
    guide: &str,
    head: &str,
    member: impl Fn(usize, &Patient) -> String,
    all: &[Patient],
) -> Vec<u8> {
    let mut out = format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260102*0304*^*00501*000000001*0*P*:~GS*HC*A*B*20260102*0304*1*X*{guide}~ST*{code}*0001*{guide}~{head}"
    );
    out.extend(all.iter().enumerate().map(|(n, p)| member(n, p)));
    (out + "SE*9*0001~GE*1*1~IEA*1*000000001~").into_bytes()
}

fn claims(patients: &[Patient]) -> Vec<u8> {
    let claim = |n: usize, p: &Patient| {
        format!(
            "HL*{}*1*22*0~SBR*P*18*******CI~NM1*IL*1*{}*{}~N3*{}~N4*MOBILE*AL*{}~DMG*D8*{}*F~REF*SY*{}~CLM*A{n}*100***11:B:1*Y*A*Y*I~REF*EA*{}~",
            n + 2,
            p.last,
            p.first,
            p.street,
            p.zip,
            p.date(""),
            p.ssn,
            p.mrn
        )
    };
    interchange("837", "005010X222A1", "HL*1**20*1~NM1*85*1*WELBY*MARK****XX*1234567893~", claim, patients)
}

fn enrolment(patients: &[Patient]) -> Vec<u8> {
    let member = |_: usize, p: &Patient| {
        format!(
            "INS*Y*18*021*20*A***FT~REF*SY*{}~REF*EA*{}~NM1*IL*1*{}*{}~N3*{}~N4*MOBILE*AL*{}~DMG*D8*{}*F~",
            p.ssn,
            p.mrn,
            p.last,
            p.first,
            p.street,
            p.zip,
            p.date("")
        )
    };
    interchange("834", "005010X220A1", "BGN*00*1*20260102~N1*IN*PAYER*FI*999999999~", member, patients)
}

fn clinical(p: &Patient) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><recordTarget><patientRole><id root=\"2.16.840.1.113883.19.5\" extension=\"{}\"/><id root=\"2.16.840.1.113883.4.1\" extension=\"{}\"/><addr><streetAddressLine>{}</streetAddressLine><postalCode>{}</postalCode></addr><patient><name><given>{}</given><family>{}</family></name><birthTime value=\"{}\"/></patient></patientRole></recordTarget></ClinicalDocument>\n",
        p.mrn, p.ssn, p.street, p.zip, p.first, p.last, p.date("")
    )
    .into_bytes()
}

/// The fields of a patient, in the order of the header.
fn fields(p: &Patient) -> [String; 7] {
    [p.mrn.clone(), p.last.into(), p.first.into(), p.date("-"), p.ssn.clone(), p.street.clone(), p.zip.clone()]
}

const HEADER: [&str; 7] = ["mrn", "last_name", "first_name", "birth_date", "ssn", "address", "zip"];

fn dump(patients: &[Patient]) -> Vec<u8> {
    let row = |p: &Patient| format!("('{}')", fields(p).map(|field| field.replace('\'', "''")).join("','"));
    let rows: Vec<String> = patients.iter().map(row).collect();
    let columns = HEADER.map(|name| format!("  `{name}` varchar(64)")).join(",\n");
    format!(
        "-- MySQL dump 10.13\nCREATE TABLE `patients` (\n{columns}\n);\nINSERT INTO `patients` VALUES {};\n",
        rows.join(",")
    )
    .into_bytes()
}

fn dump_copied(patients: &[Patient]) -> Vec<u8> {
    let rows: String = patients.iter().map(|p| fields(p).join("\t") + "\n").collect();
    format!(
        "--\n-- PostgreSQL database dump\n--\nCOPY public.patients ({}) FROM stdin;\n{rows}\\.\n",
        HEADER.join(", ")
    )
    .into_bytes()
}

fn page(patients: &[Patient]) -> Vec<u8> {
    let row = |p: &Patient| format!("<tr><td>{}</td></tr>\n", fields(p).join("</td><td>"));
    let rows: String = patients.iter().map(row).collect();
    let head = HEADER.join("</th><th>");
    format!("<!DOCTYPE html><html><body><h1>Members</h1><table><tr><th>{head}</th></tr>\n{rows}</table></body></html>")
        .into_bytes()
}

fn rich(patients: &[Patient]) -> Vec<u8> {
    let row = |cells: [String; 7]| format!("\\trowd\\intbl {}\\cell\\row\n", cells.join("\\cell "));
    let rows: String = patients.iter().map(|p| row(fields(p))).collect();
    format!("{{\\rtf1\\ansi {}{rows}\\pard\\par}}", row(HEADER.map(str::to_string))).into_bytes()
}

fn blocks(patients: &[Patient]) -> Vec<u8> {
    let member = |p: &Patient| {
        let lines: Vec<String> =
            HEADER.iter().zip(fields(p)).map(|(name, field)| format!("{name}: \"{field}\"")).collect();
        format!("  - {}\n", lines.join("\n    "))
    };
    format!("members:\n{}", patients.iter().map(member).collect::<String>()).into_bytes()
}

fn entries(patients: &[Patient]) -> Vec<u8> {
    let entry = |p: &Patient| {
        let [mrn, last, first, born, ssn, street, zip] = fields(p);
        format!(
            "dn: uid={mrn},ou=people\nsn: {last}\ngivenName: {first}\ndateOfBirth: {born}\nssn: {ssn}\nstreet: {street}\npostalCode: {zip}\nmrn: {mrn}\n\n"
        )
    };
    patients.iter().map(entry).collect::<String>().into_bytes()
}

fn cards(patients: &[Patient]) -> Vec<u8> {
    let card = |p: &Patient| {
        let [mrn, last, first, born, ssn, street, zip] = fields(p);
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:{last};{first};;;\r\nBDAY:{born}\r\nADR:;;{street};Mobile;AL;{zip};\r\nX-SSN:{ssn}\r\nX-MRN:{mrn}\r\nEND:VCARD\r\n"
        )
    };
    patients.iter().map(card).collect::<String>().into_bytes()
}

/// A package of these members.
pub(crate) fn package(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        std::io::Write::write_all(&mut zip, text.as_bytes()).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

/// The relationship of a package to its first part.
pub(crate) fn first_part(name: &str) -> String {
    format!(r#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="{name}"/></Relationships>"#)
}

/// As people keep it: below a title, days as numbers with a format, social security numbers as numbers whose format adds the dashes.
fn workbook(patients: &[Patient]) -> Vec<u8> {
    let mut rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Members</t></is></c></row><row r="3">"#.to_string();
    rows.extend(HEADER.map(|name| format!(r#"<c t="inlineStr"><is><t>{name}</t></is></c>"#)));
    rows += "</row>";
    for p in patients {
        let (year, month, day) = p.born;
        let born = jiff::civil::date(year as i16, month as i8, day as i8) - jiff::civil::date(1899, 12, 30);
        let text = |text: &str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
        let number =
            |style: u8, number: &str| format!(r#"<c s="{style}"><v>{}</v></c>"#, number.trim_start_matches('0'));
        let cells = [
            text(&p.mrn),
            text(p.last),
            text(p.first),
            number(1, &born.get_days().to_string()),
            number(2, &p.ssn),
            text(&p.street),
            number(3, &p.zip),
        ];
        rows += &format!("<row>{}</row>", cells.concat());
    }
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &first_part("xl/workbook.xml")),
        ("xl/workbook.xml", r#"<workbook><sheets><sheet name="List" r:id="r1"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/styles" Target="styles.xml"/></Relationships>"#,
        ),
        (
            "xl/styles.xml",
            r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="000\-00\-0000"/><numFmt numFmtId="165" formatCode="00000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>"#,
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn open_sheet(patients: &[Patient]) -> Vec<u8> {
    let text = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let row = |cells: [String; 7]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows: String = patients.iter().map(|p| row(fields(p).map(|field| text(&field)))).collect();
    let content = format!(
        r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="List">{}{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#,
        row(HEADER.map(text))
    );
    package(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
}

/// A Word document around a table.
pub(crate) fn letter(body: &str) -> Vec<u8> {
    package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &first_part("word/document.xml")),
        ("word/document.xml", &format!("<w:document><w:body>{body}</w:body></w:document>")),
    ])
}

fn document(patients: &[Patient]) -> Vec<u8> {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |cells: [String; 7]| format!("<w:tr>{}</w:tr>", cells.concat());
    let rows: String = patients.iter().map(|p| row(fields(p).map(|field| cell(&field)))).collect();
    letter(&format!("<w:p><w:r><w:t>Our members</w:t></w:r></w:p><w:tbl>{}{rows}</w:tbl>", row(HEADER.map(cell))))
}

/// The documents in a file that libraries read, but those in which there is nothing.
pub(crate) fn scanned(engine: &Engine, name: &str, bytes: &[u8]) -> Vec<Document> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    let worker = Some(env!("CARGO_BIN_EXE_phisweep").into());
    let options = Options { min_confidence: Confidence::Likely, worker, ..Options::default() };
    let roots = scan::roots(&[path]).expect("a root");
    let mut documents: Vec<Document> = Vec::new();
    scan::scan(engine, &options, &roots, &scan::Progress::default(), &mut documents).expect("the scan runs");
    documents.retain(|document| !document.findings.is_empty() || !document.gaps.is_empty());
    documents
}

/// A header without pixels, explicit little endian.
fn image(p: &Patient) -> Vec<u8> {
    let mut out = vec![0; 128];
    out.extend(b"DICM");
    let mut element = |group: u16, number: u16, kind: &[u8; 2], value: &str| {
        let value = if value.len() % 2 == 1 { format!("{value} ") } else { value.to_string() };
        out.extend(group.to_le_bytes());
        out.extend(number.to_le_bytes());
        out.extend(kind);
        out.extend((value.len() as u16).to_le_bytes());
        out.extend(value.bytes());
    };
    element(2, 0x10, b"UI", "1.2.840.10008.1.2.1\0");
    element(0x10, 0x10, b"PN", &format!("{}^{}", p.last, p.first));
    element(0x10, 0x20, b"LO", &p.mrn);
    element(0x10, 0x30, b"DA", &p.date(""));
    out
}

/// What documents say of patients: for each identifier how many records hold it in its best place and how bad that is, and how many
/// people there are. Distinct values too, but of names, which stand in parts or whole.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    identifiers: BTreeMap<&'static str, (u64, u64)>,
    people: u64,
    classes: Vec<DocumentClass>,
}

fn told(documents: &[Document]) -> (Told, BTreeMap<&'static str, Severity>) {
    let mut told = Told { identifiers: BTreeMap::new(), people: 0, classes: Vec::new() };
    let mut severities = BTreeMap::new();
    for document in documents {
        let mut best: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
        let of_patient = |subject| !matches!(subject, Subject::Provider | Subject::Workforce);
        for finding in document.findings.iter().filter(|f| f.confidence >= Confidence::Likely && of_patient(f.subject))
        {
            let name = finding.identifier.name();
            let distinct = if finding.identifier == Identifier::NAME { 0 } else { finding.distinct };
            let entry = best.entry(name).or_default();
            *entry = (*entry).max((finding.records, distinct));
            let severity = severities.entry(name).or_insert(finding.severity);
            *severity = (*severity).max(finding.severity);
        }
        for (name, (records, distinct)) in best {
            let sum = told.identifiers.entry(name).or_default();
            *sum = (sum.0 + records, sum.1 + distinct);
        }
        told.people += document.people;
        if !told.classes.contains(&document.class) {
            told.classes.push(document.class);
        }
    }
    (told, severities)
}

#[test]
fn one_list_says_the_same_in_every_format() {
    let patients = patients();
    let engine = Engine::built_in().expect("the built-in rules load");
    let options = Options { min_confidence: Confidence::Likely, ..Options::default() };
    let scan = |name: &str, bytes: Vec<u8>| vec![scan::scan_bytes(&engine, &options, name, &bytes)];
    let each = |name: &str, write: fn(&Patient) -> Vec<u8>| -> Vec<Document> {
        patients.iter().map(|p| scan::scan_bytes(&engine, &options, name, &write(p))).collect()
    };
    let all = u64::from(PEOPLE);
    let zips = u64::from(PEOPLE.min(17));
    let mut expected: BTreeMap<&'static str, (u64, u64)> =
        ["ssn", "birth-date", "mrn", "address"].map(|name| (name, (all, all))).into();
    expected.insert("name", (all, 0));
    expected.insert("zip", (all, zips));
    let mut wrong = String::new();
    let first = told(&scan("a.csv", delimited(',', &patients)));
    let written: [(&str, Vec<Document>); 22] = [
        ("csv", scan("a.csv", delimited(',', &patients))),
        ("tsv", scan("a.tsv", delimited('\t', &patients))),
        ("fixed width", scan("a.txt", fixed(&patients))),
        ("json", scan("a.json", json(&patients))),
        ("ndjson", scan("a.ndjson", ndjson(&patients))),
        ("xml", scan("a.xml", xml(&patients))),
        ("fhir", scan("b.json", bundle(&patients))),
        ("fhir xml", scan("b.xml", bundle_xml(&patients))),
        ("hl7", scan("a.hl7", hl7(&patients))),
        ("837", scan("a.837", claims(&patients))),
        ("834", scan("a.834", enrolment(&patients))),
        ("c-cda", each("a.xml", clinical)),
        ("sql", scan("a.sql", dump(&patients))),
        ("sql, copied", scan("dump", dump_copied(&patients))),
        ("html", scan("a.html", page(&patients))),
        ("rtf", scan("a.rtf", rich(&patients))),
        ("yaml", scan("a.yaml", blocks(&patients))),
        ("ldif", scan("a.ldif", entries(&patients))),
        ("vcard", scan("a.vcf", cards(&patients))),
        ("xlsx", scanned(&engine, "a.xlsx", &workbook(&patients))),
        ("ods", scanned(&engine, "a.ods", &open_sheet(&patients))),
        ("docx", scanned(&engine, "a.docx", &document(&patients))),
    ];
    // Who can read a file on disk is known, and it is worse.
    let on_disk = told(&scanned(&engine, "a.csv", &delimited(',', &patients))).1;
    for (format, documents) in written {
        let severe = if ["xlsx", "ods", "docx"].contains(&format) { &on_disk } else { &first.1 };
        let alone = documents.len() > 1;
        let (told, severities) = told(&documents);
        let mut expected = expected.clone();
        if alone {
            // Each file counts its own.
            expected.insert("zip", (all, all));
        }
        let should = Told { identifiers: expected, people: all, classes: vec![DocumentClass::Phi] };
        if told != should || !alone && severities != *severe {
            let _ = writeln!(wrong, "{format}: {told:?} {severities:?}\n  not {should:?} {severe:?}");
        }
    }
    // A header of an image has three of them.
    let (image, _) = told(&each("a.dcm", image));
    let should = ["birth-date", "mrn"].map(|name| (name, (all, all))).into_iter().chain([("name", (all, 0))]).collect();
    let should = Told { identifiers: should, people: all, classes: vec![DocumentClass::Phi] };
    if image != should {
        let _ = writeln!(wrong, "dicom: {image:?}\n  not {should:?}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Siblings whose guarantor or mother is one are as many as they are.
#[test]
fn what_somebody_else_has_joins_nobody() {
    let engine = Engine::built_in().expect("the built-in rules load");
    let people = |name: &str, text: &str| scan::scan_bytes(&engine, &Options::default(), name, text.as_bytes()).people;
    let message = |n: u32| {
        format!(
            "MSH|^~\\&|A|B|C|D|20260102||ADT^A08|{n}|P|2.5.1\rPID|1||{}^^^H^MR||Okoye^Ada||2015010{n}|F|||||||||||{}\rNK1|1|Okoye^Ruth|MTH|||||||||||||19850304|||||||||||||||||||||536228145\rGT1|1||Okoye^Ruth||||||19850304|||536-22-8145\rIN1|1\rIN2||536-22-8145\r",
            40_771_000 + n * 17,
            221_334_455 + n * 1_010_101
        )
    };
    assert_eq!(people("a.hl7", &(1..=3).map(message).collect::<String>()), 3);
    let row = |n: u32| format!("{},Ada,Okoye,2015-01-0{n},536-22-8145\n", 40_771_000 + n * 17);
    let table =
        "mrn,first_name,last_name,birth_date,guarantor_ssn\n".to_string() + &(1..=4).map(row).collect::<String>();
    assert_eq!(people("a.csv", &table), 4);
}
