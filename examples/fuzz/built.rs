//! Documents of binary formats, made here and all invented. In: a format. Out: seeds of it, small, each with what its reader looks
//! for; streams packed into one document.

use std::io::{Cursor, Write};
use std::path::Path;

use lopdf::{Dictionary, Object, Stream, dictionary};

use crate::seeds::{Pack, Seed};

/// A list as a member of a wrapper.
const LIST: &[u8] = b"mrn,last_name,ssn\n40011937,Delgado,536-22-8145\n40089068,Smith,221-34-5678\n";

/// Packs streams. What cannot be packed is an empty document.
pub(crate) fn pack(pack: Pack, streams: &[(String, Vec<u8>)]) -> Vec<u8> {
    match pack {
        Pack::Plain => streams.first().map(|(_, bytes)| bytes.clone()).unwrap_or_default(),
        Pack::Zip => zipped(streams).unwrap_or_default(),
        Pack::Compound => compound(streams).unwrap_or_default(),
        Pack::Tar => {
            let mut bytes = streams.first().map(|(_, bytes)| bytes.clone()).unwrap_or_default();
            // POSIX.1-2017 pax, ustar: the checksum is six octal digits at 148, and counts as blanks itself.
            for block in bytes.chunks_exact_mut(512).filter(|block| &block[257..262] == b"ustar") {
                block[148..156].fill(b' ');
                let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
                block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
            }
            bytes
        }
    }
}

fn zipped(streams: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in streams {
        zip.start_file(name.as_str(), stored).ok()?;
        zip.write_all(bytes).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

fn compound(streams: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).ok()?;
    for (name, bytes) in streams {
        file.create_storage_all(Path::new(name).parent()?).ok()?;
        file.create_stream(name).ok()?.write_all(bytes).ok()?;
    }
    file.flush().ok()?;
    Some(file.into_inner().into_inner())
}

/// The seeds of a format.
pub(crate) fn of(format: &str) -> Vec<Seed> {
    let package = |pack: Pack, streams: &[(&str, &[u8])]| Seed {
        streams: streams.iter().map(|(name, bytes)| (name.to_string(), bytes.to_vec())).collect(),
        pack,
    };
    match format {
        "tar" => vec![Seed { pack: Pack::Tar, ..Seed::plain(tar()) }],
        "zip" => vec![package(Pack::Zip, &[("list.csv", LIST), ("a/b.zip", b"PK\x05\x06")]), Seed::plain(deflated())],
        "cpio" => vec![Seed::plain(cpio()), Seed::plain(old_cpio())],
        "ar" => vec![Seed::plain(ar())],
        "cab" => vec![Seed::plain(cab(cab::CompressionType::None)), Seed::plain(cab(cab::CompressionType::MsZip))],
        "rar" => vec![Seed::plain(rar5()), Seed::plain(rar4())],
        "compress" => vec![Seed::plain(compress())],
        "gzip" => vec![Seed::plain(gzip())],
        "sqlite" => databases(),
        "pdf" => vec![Seed::plain(pdf(false)), Seed::plain(pdf(true))],
        "xls" => vec![package(Pack::Compound, &[("/Workbook", &old_workbook())])],
        "doc" => vec![old_document()],
        "ppt" => vec![package(Pack::Compound, PRESENTATION)],
        "xlsx" => vec![package(Pack::Zip, WORKBOOK)],
        "xlsb" => vec![binary_workbook()],
        "docx" => vec![package(Pack::Zip, DOCUMENT)],
        "pptx" => vec![package(Pack::Zip, SLIDES)],
        "ods" => vec![package(Pack::Zip, SHEETS)],
        "odt" => vec![package(Pack::Zip, TEXT)],
        "dbf" => vec![Seed::plain(dbase())],
        "memo" => memos().into_iter().map(Seed::plain).collect(),
        "arrow" => arrows().into_iter().map(Seed::plain).collect(),
        "mail" => vec![
            Seed::plain(MAIL),
            Seed::plain(
                [b"From a@b Mon Nov  2 10:00:00 2026\n", MAIL, b"\nFrom x Mon Nov  2 10:00:00 2026\nSubject: y\n\nz\n"]
                    .concat(),
            ),
        ],
        "msg" => vec![message()],
        "tnef" => vec![Seed::plain(tnef())],
        _ => Vec::new(),
    }
}

/// Memo files: of dBASE III, whose texts end with two marks, and of FoxPro, whose texts have their length before them.
fn memos() -> [Vec<u8>; 2] {
    let mut third = vec![3, 0, 0, 0];
    for text in [&b""[..], b"SSN 536-22-8145\x1a\x1aold text\x1a", b"caf\xe9 DOB 1957-03-14\x1a\x1a"] {
        third.extend(text);
        third.resize(third.len().next_multiple_of(512), 0);
    }
    let mut fox = vec![0, 0, 0, 20, 0, 0, 0, 64];
    fox.resize(512, 0);
    for (kind, text) in [(1u8, &b"Mother SSN 536-22-8145"[..]), (0, b"picture"), (1, b"last")] {
        fox.extend([0, 0, 0, kind, 0, 0, 0, text.len() as u8]);
        fox.extend(text);
        fox.resize(fox.len().next_multiple_of(64), 0);
    }
    [third, fox]
}

/// A file and a stream of Arrow: texts by dictionary, lists, records.
fn arrows() -> Vec<Vec<u8>> {
    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::types::Int8Type;
    use arrow_array::{ArrayRef, Date32Array, DictionaryArray, RecordBatch, StringArray, StructArray};
    use arrow_ipc::writer::{FileWriter, StreamWriter};
    use std::sync::Arc;

    let plan: DictionaryArray<Int8Type> = ["HMO", "PPO"].into_iter().collect();
    let mut phones = ListBuilder::new(StringBuilder::new());
    phones.append_value([Some("205-555-0171"), None]);
    phones.append_null();
    let ssn: ArrayRef = Arc::new(StringArray::from(vec![Some("536-90-4399"), None]));
    let born: ArrayRef = Arc::new(Date32Array::from(vec![-7215, 0]));
    let built = || -> Result<Vec<Vec<u8>>, arrow_schema::ArrowError> {
        let person = StructArray::try_from(vec![("ssn", ssn), ("born", born)])?;
        let columns: [(&str, ArrayRef); 3] =
            [("person", Arc::new(person)), ("plan", Arc::new(plan)), ("phones", Arc::new(phones.finish()))];
        let batch = RecordBatch::try_from_iter(columns)?;
        let mut file = FileWriter::try_new(Vec::new(), &batch.schema())?;
        let mut stream = StreamWriter::try_new(Vec::new(), &batch.schema())?;
        file.write(&batch)?;
        stream.write(&batch)?;
        Ok(vec![file.into_inner()?, stream.into_inner()?])
    };
    built().unwrap_or_default()
}

/// Wrappers inside each other, some of which give much for little.
pub(crate) fn nested() -> Vec<Seed> {
    let squeezed = |bytes: &[u8]| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        if out.write_all(bytes).is_ok() { out.finish().unwrap_or_default() } else { Vec::new() }
    };
    let named = |names: &[&str], bytes: &[u8]| {
        let members: Vec<_> = names.iter().map(|name| (name.to_string(), bytes.to_vec())).collect();
        zipped(&members).unwrap_or_default()
    };
    let zeros = squeezed(&vec![0; 256 << 10]);
    let tree = named(&["a.zip", "b.zip", "c.zip"], &named(&["a.gz", "b.gz", "c.gz"], &zeros));
    vec![
        Seed::plain(named(&["a.gz", "b.gz", "c.gz", "d.gz"], &zeros)),
        Seed::plain(squeezed(&tree)),
        Seed::plain(squeezed(&squeezed(&squeezed(&squeezed(&squeezed(LIST)))))),
        Seed::plain(squeezed(&tar())),
        Seed::plain(named(&["a.tar", "b.cpio"], &tar())),
        Seed::plain(squeezed(&deflated())),
    ]
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A text in every encoding that is not the library's, with a mark and without.
pub(crate) fn encoded(text: &str) -> Vec<Seed> {
    let little = wide(text);
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let long: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
    let long_big: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
    let latin: Vec<u8> = text.chars().map(|c| if c == 'e' { 0xe9 } else { c as u32 as u8 }).collect();
    // IBM CDRA 00037, as far as seeds need it.
    let ebcdic = |c: u8| match c {
        b'0'..=b'9' => c - b'0' + 0xf0,
        b'A'..=b'I' => c - b'A' + 0xc1,
        b'J'..=b'R' => c - b'J' + 0xd1,
        b'S'..=b'Z' => c - b'S' + 0xe2,
        b'a'..=b'i' => c - b'a' + 0x81,
        b'j'..=b'r' => c - b'j' + 0x91,
        b's'..=b'z' => c - b's' + 0xa2,
        b'\n' => 0x25,
        b',' => 0x6b,
        b'.' => 0x4b,
        b'-' => 0x60,
        b':' => 0x7a,
        b'/' => 0x61,
        b'|' => 0x4f,
        b'"' => 0x7f,
        b'_' => 0x6d,
        _ => 0x40,
    };
    let marked = [b"\xff\xfe".to_vec(), little.clone()].concat();
    let marked_long = [b"\xff\xfe\0\0".to_vec(), long.clone()].concat();
    let ebcdic = text.bytes().map(ebcdic).collect();
    [little, marked, big, long, marked_long, long_big, latin, ebcdic].into_iter().map(Seed::plain).collect()
}

fn tar() -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    let long = "a/".repeat(70) + "list.csv";
    for name in ["list.csv", long.as_str()] {
        let mut header = tar::Header::new_gnu();
        header.set_size(LIST.len() as u64);
        header.set_mode(0o644);
        if out.append_data(&mut header, name, LIST).is_err() {
            return Vec::new();
        }
    }
    out.into_inner().unwrap_or_default()
}

fn deflated() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let written =
        zip.start_file("list.csv", zip::write::SimpleFileOptions::default()).is_ok() && zip.write_all(LIST).is_ok();
    if written { zip.finish().map(Cursor::into_inner).unwrap_or_default() } else { Vec::new() }
}

fn gzip() -> Vec<u8> {
    let mut out = flate2::GzBuilder::new().filename("list.csv").write(Vec::new(), flate2::Compression::fast());
    if out.write_all(LIST).is_err() {
        return Vec::new();
    }
    out.finish().unwrap_or_default()
}

fn cpio() -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in [("list.csv", LIST), ("b", b"x"), ("TRAILER!!!", b"")] {
        let fields = [1, 0o100_644, 0, 0, 1, 0, bytes.len(), 0, 0, 0, 0, name.len() + 1, 0];
        out.extend(b"070701");
        fields.iter().for_each(|field| out.extend(format!("{field:08x}").bytes()));
        out.extend(name.bytes());
        out.push(0);
        out.resize(out.len().div_ceil(4) * 4, 0);
        out.extend(bytes);
        out.resize(out.len().div_ceil(4) * 4, 0);
    }
    out
}

/// POSIX.1-1990 odc: octal digits.
fn old_cpio() -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in [("list.csv", LIST), ("TRAILER!!!", b"")] {
        let fixed = format!("070707{:06o}{:06o}{:06o}{:06o}{:06o}{:06o}{:06o}{:011o}", 0, 1, 0o100_644, 0, 0, 1, 0, 0);
        out.extend(format!("{fixed}{:06o}{:011o}{name}\0", name.len() + 1, bytes.len()).bytes());
        out.extend(bytes);
    }
    out
}

fn ar() -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    let names: &[u8] = b"a_name_longer_than_sixteen.csv/\n";
    for (name, bytes) in [("//", names), ("list.csv/", LIST), ("/0", LIST), ("#1/8", b"long.csvx,y\n")] {
        let header = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, bytes.len());
        out.extend(header.bytes());
        out.extend(bytes);
        out.resize(out.len().div_ceil(2) * 2, b'\n');
    }
    out
}

fn cab(packing: cab::CompressionType) -> Vec<u8> {
    let mut builder = cab::CabinetBuilder::new();
    builder.add_folder(packing).add_file("list.csv");
    let made = || -> std::io::Result<Vec<u8>> {
        let mut cabinet = builder.build(Cursor::new(Vec::new()))?;
        while let Some(mut file) = cabinet.next_file()? {
            file.write_all(LIST)?;
        }
        Ok(cabinet.finish()?.into_inner())
    };
    made().unwrap_or_default()
}

fn rar5() -> Vec<u8> {
    let mut out = b"Rar!\x1a\x07\x01\0".to_vec();
    let mut header = |header: &[u8], data: &[u8]| {
        out.extend([0; 4]);
        out.push(header.len() as u8);
        out.extend(header);
        out.extend(data);
    };
    header(&[1, 0, 0], b"");
    let length = LIST.len() as u8;
    header(&[&[2, 2, length, 0, length, 0, 0, 1, 8][..], b"list.csv"].concat(), LIST);
    header(&[&[2, 3, 3, 3, 0, 3, 0, 0x80, 3, 1, 5][..], b"b.csv\x02\x03\x01"].concat(), b"xyz");
    header(&[5, 0, 0], b"");
    out
}

fn rar4() -> Vec<u8> {
    let mut out = b"Rar!\x1a\x07\0".to_vec();
    let mut header = |kind: u8, flags: u16, rest: &[u8], data: &[u8]| {
        out.extend([0, 0, kind]);
        out.extend(flags.to_le_bytes());
        out.extend((rest.len() as u16 + 7).to_le_bytes());
        out.extend(rest);
        out.extend(data);
    };
    header(0x73, 0, &[0; 6], b"");
    for (name, flags) in [(&b"list.csv"[..], 0u16), (b"list\0\x01\x55abcd", 0x200)] {
        let length = (LIST.len() as u32).to_le_bytes();
        let rest =
            [&length[..], &length, &[3], &[0; 8], &[29, 0x30], &(name.len() as u16).to_le_bytes(), &[0; 4], name];
        header(0x74, flags | 0x8000, &rest.concat(), LIST);
    }
    header(0x7b, 0, &[], b"");
    out
}

/// LZW of `compress`, with codes of nine bits only: a text of less than 256 codes.
fn compress() -> Vec<u8> {
    let mut table: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).chain([Vec::new()]).collect();
    let (mut codes, mut at) = (Vec::new(), 0);
    while at < LIST.len() {
        let found = table.iter().enumerate().filter(|(_, entry)| !entry.is_empty() && LIST[at..].starts_with(entry));
        let Some((code, length)) = found.map(|(code, entry)| (code, entry.len())).max_by_key(|(_, length)| *length)
        else {
            break;
        };
        codes.push(code as u32);
        table.push(LIST[at..LIST.len().min(at + length + 1)].to_vec());
        at += length;
    }
    let mut out = vec![0x1f, 0x9d, 0x90];
    let (mut held, mut bits) = (0u32, 0);
    for code in codes {
        held |= code << bits;
        bits += 9;
        while bits >= 8 {
            out.push(held as u8);
            held >>= 8;
            bits -= 8;
        }
    }
    out.push(held as u8);
    out
}

/// Databases with what its pages may hold: rows that overflow, tables without row ids, deleted rows, other encodings.
fn databases() -> Vec<Seed> {
    let of = |encoding: &str, page: u32| -> rusqlite::Result<Vec<u8>> {
        let mut database = rusqlite::Connection::open_in_memory()?;
        database.execute_batch(&format!(
            "PRAGMA encoding = '{encoding}'; PRAGMA page_size = {page};
             CREATE TABLE \"pat ients\"(id INTEGER PRIMARY KEY, name TEXT, ssn TEXT, w REAL, note, state TEXT DEFAULT 'OH');
             INSERT INTO \"pat ients\" VALUES (7, 'Ann \"A\"', '536-90-4399', 1.5, NULL, 'x'), (9, 'Bo', '', -3, x'0001', '');
             CREATE TABLE keyed(a, b, c, PRIMARY KEY (c, a)) WITHOUT ROWID;
             INSERT INTO keyed VALUES ('1', '2', '3');
             CREATE TABLE made(x INT, y AS (x * 2), z AS (x * 3) STORED);
             INSERT INTO made VALUES (5);
             CREATE TABLE t(n INT, text TEXT); CREATE INDEX i ON t(text);
             WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 40)
             INSERT INTO t SELECT n, 'José 221-34-5678 ' || printf('%.*c', n % 7 * 140, 'x') FROM c;
             DELETE FROM t WHERE n % 3 = 0; CREATE VIEW v AS SELECT '219-09-9998';"
        ))?;
        Ok(database.serialize(rusqlite::MAIN_DB)?.to_vec())
    };
    [("UTF-8", 512), ("UTF-8", 1024), ("UTF-16le", 512), ("UTF-16be", 1024)]
        .into_iter()
        .map(|(encoding, page)| Seed::plain(of(encoding, page).unwrap_or_default()))
        .collect()
}

/// Two pages with a table of characters, a form, an attachment, a note, a picture; streams packed or not.
fn pdf(packed: bool) -> Vec<u8> {
    const CMAP: &str = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0001> <0053> <0002> <D83DDE00> endbfchar 2 beginbfrange <0003> <0010> <0041> <0020> <0022> [<0061> <0062> <0063>] endbfrange endcmap";
    const PAGES: [&str; 3] = [
        "BT /F1 10 Tf 300 700 Td (536-90-4399) Tj -250 0 Td (SSN:) Tj 0 -20 Td (Ann) Tj 30 0 Td (Miller) Tj T* [(J) 20 (os) -600 (\\351)] TJ ET 0 g 0 600 600 200 re f",
        "q 0 1 -1 0 100 100 cm BT /F2 12 Tf 3 Tr 14 TL 1 0 0 1 50 50 Tm <00010003> Tj <0020> ' 2 Tc 1 Tw 90 Tz 5 Ts 1 2 (x) \" ET Q BI /W 2 /H 2 ID abcd EI",
        "q 500 0 0 700 0 0 cm /Im Do Q /Fm Do",
    ];
    let mut pdf = lopdf::Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let map = pdf.add_object(Stream::new(Dictionary::new(), CMAP.into()));
    let one = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "FirstChar" => 32, "Widths" => vec![278.into(), 500.into()],
        "Encoding" => dictionary! { "BaseEncoding" => "WinAnsiEncoding", "Differences" => vec![233.into(), "eacute".into()] },
    });
    let below = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "CIDFontType2", "DW" => 1000, "W" => vec![1.into(), vec![500.into()].into(), 3.into(), 9.into(), 600.into()] });
    let two = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "Encoding" => "Identity-H", "ToUnicode" => map, "DescendantFonts" => vec![below.into()],
    });
    let image =
        pdf.add_object(Stream::new(dictionary! { "Subtype" => "Image", "Width" => 8, "Height" => 8 }, vec![0; 8]));
    let form = Stream::new(
        dictionary! { "Subtype" => "Form", "Matrix" => vec![1.into(), 0.into(), 0.into(), 1.into(), 5.into(), 5.into()] },
        b"BT /F1 9 Tf (DOB: 03/14/1957) Tj ET /Fm Do".to_vec(),
    );
    let form = pdf.add_object(form);
    let resources = pdf.add_object(dictionary! {
        "Font" => dictionary! { "F1" => one, "F2" => two }, "XObject" => dictionary! { "Im" => image, "Fm" => form },
    });
    let note = pdf.add_object(
        dictionary! { "Type" => "Annot", "Subtype" => "Text", "Contents" => Object::string_literal("MRN 1234567") },
    );
    let mut kids = Vec::new();
    for content in PAGES {
        let content = pdf.add_object(Stream::new(Dictionary::new(), content.into()));
        let page =
            dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content, "Annots" => vec![note.into()] };
        kids.push(Object::Reference(pdf.add_object(page)));
    }
    let node = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 3, "Resources" => resources };
    pdf.objects.insert(tree, Object::Dictionary(node));
    let field = pdf
        .add_object(dictionary! { "T" => Object::string_literal("dob"), "V" => Object::string_literal("04/01/1950") });
    let file = pdf.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, LIST.to_vec()));
    let spec = dictionary! { "Type" => "Filespec", "F" => Object::string_literal("list.csv"), "EF" => dictionary! { "F" => file } };
    let names = dictionary! { "EmbeddedFiles" => dictionary! { "Names" => vec![Object::string_literal("x"), Object::Dictionary(spec)] } };
    let fields = dictionary! { "Fields" => vec![Object::Reference(field)] };
    let catalog =
        pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree, "AcroForm" => fields, "Names" => names });
    let info = pdf.add_object(
        dictionary! { "Title" => Object::String(b"\xfe\xff\0A\0n\0n".to_vec(), lopdf::StringFormat::Literal) },
    );
    pdf.trailer.set("Root", catalog);
    pdf.trailer.set("Info", info);
    if packed {
        pdf.compress();
    }
    let mut bytes = Vec::new();
    if pdf.save_to(&mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

/// A record of [MS-XLS].
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// A workbook of Excel 97: one hidden sheet with a name, a number with a format, dates, the text of a formula, a long text.
fn old_workbook() -> Vec<u8> {
    let cell = |row: u16, column: u16, style: u16| [row, column, style].map(u16::to_le_bytes).concat();
    let globals = |at: u32| {
        [
            record(0x809, &[0, 6, 5, 0, 0, 0, 0, 0]),
            record(0x41e, b"\xa4\0\x0b\0\x00000-00-0000"),
            record(0xe0, &[0; 20]),
            record(0xe0, &[&[0, 0, 0xa4, 0][..], &[0; 16]].concat()),
            record(0xe0, &[&[0, 0, 14, 0][..], &[0; 16]].concat()),
            record(0x85, &[&at.to_le_bytes()[..], b"\x01\0\x04\0List"].concat()),
            record(0xfc, b"\x03\0\0\0\x03\0\0\0\x03\0\0SSN\x02\0\x0d\x01\0\x04\0\0\0J\0o\0\0\0\0\0abcd\x04\0\0go"),
            record(0x3c, b"\x00ne"),
            record(0x0a, b""),
        ]
        .concat()
    };
    let sheet = [
        record(0x809, &[0, 6, 0x10, 0, 0, 0, 0, 0]),
        record(0x7d, &[1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0]),
        record(0x208, &[&[0; 12][..], &[0x20, 1, 0, 0]].concat()),
        record(0xfd, &[&cell(0, 0, 0)[..], &0u32.to_le_bytes()].concat()),
        record(0x203, &[&cell(1, 0, 1)[..], &12_345_678f64.to_le_bytes()].concat()),
        record(0xbd, &[&[1, 0, 1, 0, 2, 0][..], &(22_083u32 << 2 | 2).to_le_bytes(), &[1, 0]].concat()),
        record(0x27e, &[&cell(1, 3, 2)[..], &(22_083u32 << 2 | 2).to_le_bytes()].concat()),
        record(0x204, &[&cell(1, 4, 0)[..], b"\x02\0\0hi"].concat()),
        record(0x06, &[&cell(2, 0, 0)[..], &[0, 0, 0, 0, 0, 0, 0xff, 0xff], &[0; 6]].concat()),
        record(0x207, b"\x03\0\x01a\0b\0c\0"),
        record(0x14, b"\x05\0\0Ward7"),
        record(0x1b6, &[0; 18]),
        record(0x3c, b"\x00note"),
        record(0x0a, b""),
    ]
    .concat();
    let at = globals(0).len() as u32;
    [globals(at), sheet].concat()
}

/// A document of Word 97 in two pieces, with a remark behind the first that no piece shows.
fn old_document() -> Seed {
    let mut stream = vec![0; 0x800];
    stream[..4].copy_from_slice(b"\xec\xa5\xc1\0");
    stream[10..12].copy_from_slice(&0x0200u16.to_le_bytes());
    stream[0x18..0x1c].copy_from_slice(&0x800u32.to_le_bytes());
    stream[0x4c..0x50].copy_from_slice(&10u32.to_le_bytes());
    stream[0x5c..0x60].copy_from_slice(&2u32.to_le_bytes());
    stream.extend(b"a\x07b\x07\x07\rSSN 212-11-3127 is gone");
    let second = stream.len() as u32;
    stream.extend(wide("Ende\rh"));
    let mut clx = vec![1, 2, 0, 7, 7, 2];
    clx.extend(28u32.to_le_bytes());
    [0u32, 6, 12].iter().for_each(|cp| clx.extend(cp.to_le_bytes()));
    for place in [(0x800 * 2) | 0x4000_0000, second] {
        clx.extend([0, 0]);
        clx.extend(place.to_le_bytes());
        clx.extend([0, 0]);
    }
    stream[0x1a6..0x1aa].copy_from_slice(&(clx.len() as u32).to_le_bytes());
    Seed { streams: vec![("/WordDocument".to_string(), stream), ("/1Table".to_string(), clx)], pack: Pack::Compound }
}

const PRESENTATION: &[(&str, &[u8])] = &[
    ("/PowerPoint Document", b"\x0f\0\xe8\x03\x1c\0\0\0\0\0\xa8\x0f\x04\0\0\0Note\0\0\xa0\x0f\x02\0\0\0\xe9\0"),
    ("/VBA/Module1", b"\x01\x0c\xb0\0Attribut\0e \n"),
    ("/_1/\u{1}Ole10Native", b"\x09\0\0\0\x02\0a.txt\0c\0\0\0\x03\0\x02\0\0\0c\0\x02\0\0\0hi"),
];

const WORKBOOK: &[(&str, &[u8])] = &[
    ("[Content_Types].xml", b"<Types/>"),
    ("_rels/.rels", br#"<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
    ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r3" Type="x/styles" Target="styles.xml"/><Relationship Id="r4" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r5" Type="x/pivotCacheDefinition" Target="pivotCache/pivotCacheDefinition1.xml"/></Relationships>"#),
    ("xl/workbook.xml", br#"<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Summary" sheetId="1" state="veryHidden" r:id="r1"/></sheets><definedNames><definedName name="who">"Ruth Barrow"</definedName></definedNames></workbook>"#),
    ("xl/styles.xml", br#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="000\-00\-0000"/><numFmt numFmtId="165" formatCode="[$-409]mmmm d, yyyy;@"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs></styleSheet>"#),
    ("xl/sharedStrings.xml", b"<sst><si><t>Name</t></si><si><r><t>Ruth </t></r><r><t>Barrow</t></r><rPh><t>x</t></rPh></si><si><t>left behind</t></si></sst>"),
    ("xl/worksheets/sheet1.xml", br#"<worksheet><cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><t>SSN</t></is></c><c r="C2" t="str"><v>DOB</v></c></row><row r="3" hidden="1"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>12345678</v></c><c r="C3" s="3"><v>22083.5</v></c></row><row r="5"><c r="C5" s="2"><f>A1</f><v>22083</v></c><c t="b"><v>1</v></c></row></sheetData><headerFooter><oddHeader>&amp;LWard 7</oddHeader></headerFooter></worksheet>"#),
    ("xl/pivotCache/pivotCacheDefinition1.xml", br#"<pivotCacheDefinition xmlns:r="r" r:id="r1"><cacheFields><cacheField name="Name"><sharedItems><s v="Ruth Barrow"/><s v="gone"/></sharedItems></cacheField><cacheField name="DOB"><sharedItems><d v="1960-06-16T00:00:00"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>"#),
    ("xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels", br#"<Relationships><Relationship Id="r1" Type="x/pivotCacheRecords" Target="pivotCacheRecords1.xml"/></Relationships>"#),
    ("xl/pivotCache/pivotCacheRecords1.xml", br#"<pivotCacheRecords><r><x v="0"/><x v="0"/></r><r><m/><d v="1960-06-16T00:00:00"/></r></pivotCacheRecords>"#),
];

fn binary_workbook() -> Seed {
    let wide = |text: &str| [&(text.len() as u32).to_le_bytes()[..], &wide(text)].concat();
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
    let sheet = [
        record(0, &[0; 17]),
        record(7, &[cell(0, 0), 0u32.to_le_bytes().to_vec()].concat()),
        record(0, &[&1u32.to_le_bytes()[..], &[0; 7], &[0x10], &[0; 5]].concat()),
        record(5, &[cell(0, 1), 12_345_678f64.to_le_bytes().to_vec()].concat()),
        record(6, &[cell(2, 0), wide("x")].concat()),
    ]
    .concat();
    let streams = [
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        ("_rels/.rels", br#"<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>"#.to_vec()),
        ("xl/_rels/workbook.bin.rels", br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.bin"/><Relationship Id="r2" Type="x/styles" Target="styles.bin"/><Relationship Id="r3" Type="x/sharedStrings" Target="sharedStrings.bin"/></Relationships>"#.to_vec()),
        ("xl/workbook.bin", workbook),
        ("xl/styles.bin", styles),
        ("xl/sharedStrings.bin", record(19, &[&[0][..], &wide("SSN")].concat())),
        ("xl/worksheets/sheet1.bin", sheet),
    ];
    Seed { streams: streams.map(|(name, bytes)| (name.to_string(), bytes)).into(), pack: Pack::Zip }
}

const DOCUMENT: &[(&str, &[u8])] = &[
    ("[Content_Types].xml", b"<Types/>"),
    ("_rels/.rels", br#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>"#),
    ("word/document.xml", br#"<w:document><w:body><w:p><w:r><w:t>Dear</w:t><w:tab/><w:t>all</w:t></w:r><w:del><w:r><w:delText>SSN 1</w:delText></w:r></w:del></w:p><w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish/></w:rPr><w:t>seen</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>ssn</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>221-34-5678</w:t></w:r></w:p><w:tbl><w:tr><w:tc/></w:tr></w:tbl></w:tc></w:tr></w:tbl><w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>X</w:instrText></w:r></w:p></w:body></w:document>"#),
    ("word/comments.xml", b"<w:comments><w:comment><w:p><w:r><w:t>MRN 4829137</w:t></w:r></w:p></w:comment></w:comments>"),
    ("docProps/core.xml", b"<c><dc:creator>Ruth</dc:creator></c>"),
    ("customXml/item1.xml", b"<p><ssn>221-34-5678</ssn></p>"),
];

const SLIDES: &[(&str, &[u8])] = &[
    ("[Content_Types].xml", b"<Types/>"),
    ("_rels/.rels", br#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="ppt/presentation.xml"/></Relationships>"#),
    ("ppt/presentation.xml", b"<p:presentation/>"),
    ("ppt/slides/slide1.xml", br#"<p:sld show="0"><p:cSld><p:sp><a:p><a:r><a:t>SSN 221-34-5678</a:t></a:r></a:p></p:sp><a:tbl><a:tr><a:tc><a:p><a:r><a:t>x</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:cSld></p:sld>"#),
    ("ppt/notesSlides/notesSlide1.xml", b"<p:notes><a:p><a:r><a:t>note</a:t></a:r></a:p></p:notes>"),
];

const SHEETS: &[(&str, &[u8])] = &[
    ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
    ("content.xml", br#"<office:document-content><office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet><table:table table:name="List" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>SSN</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2" table:visibility="collapse"><table:table-cell office:value-type="float" office:value="12345678"><text:p>012-34-5678</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="1960-06-16T00:00:00"><office:annotation><text:p>asked</text:p></office:annotation><text:p>06/16/60</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#),
    ("meta.xml", b"<m><dc:creator>Ruth</dc:creator></m>"),
];

const TEXT: &[(&str, &[u8])] = &[
    ("mimetype", b"application/vnd.oasis.opendocument.text"),
    ("content.xml", br#"<office:document-content><office:body><office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>SSN 1</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>Dear<text:s text:c="2"/>all<text:note><text:note-body><text:p>below</text:p></text:note-body></text:note>.</text:p><text:section text:display="none"><text:p>unseen</text:p></text:section><table:table><table:table-row><table:table-cell table:number-columns-repeated="3"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>"#),
    ("META-INF/manifest.xml", b"<m:manifest/>"),
];

fn dbase() -> Vec<u8> {
    let mut bytes = vec![3, 126, 11, 22, 3, 0, 0, 0, 161, 0, 51, 0];
    bytes.resize(32, 0);
    for (name, kind, length) in [(&b"NAME"[..], b'C', 11u8), (b"SSN", b'C', 11), (b"BORN", b'D', 8), (b"W", b'N', 20)] {
        let mut field = name.to_vec();
        field.resize(11, 0);
        field.extend([kind, 0, 0, 0, 0, length]);
        field.resize(32, 0);
        bytes.extend(field);
    }
    bytes.push(0x0d);
    for row in
        [" Ann Miller 536-90-439919570314", "*Jos\u{e9} Young 219-48-123419610203", " Bo         401-22-987619700506"]
    {
        let row: Vec<u8> = row.chars().map(|c| c as u8).collect();
        bytes.extend(row);
        bytes.extend(format!("{:>20}", "1.5").bytes());
    }
    bytes
}

const MAIL: &[u8] = b"Received: from x by y; Mon, 2 Nov 2026 10:00:00 +0000\r\nFrom: =?utf-8?q?Jos=C3=A9?= <jose@example.org>\r\nTo: \"Ann Miller\" <ann@example.org>\r\nSubject: Patient\r\n 536-90-4399\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nS=E9e DOB: 04/01/1950\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>HTML</p>\r\n--c--\r\n--b\r\nContent-Type: text/csv; name=\"list.csv\"\r\nContent-Disposition: attachment; filename=\"list.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: bo@example.org\r\nMIME-Version: 1.0\r\n\r\ninner\r\n--b--\r\n";

fn message() -> Seed {
    let inner = "/__attach_version1.0_#00000001/__substg1.0_3701000D";
    let streams = [
        ("/__properties_version1.0".to_string(), vec![0; 32]),
        ("/__substg1.0_0037001F".to_string(), wide("Patient list")),
        ("/__substg1.0_1000001F".to_string(), wide("SSN: 536-90-4399")),
        ("/__substg1.0_10090102".to_string(), b"\x1e\0\0\0\x10\0\0\0MELA\0\0\0\0{\\rtf1 hi}\r\n\0\0".to_vec()),
        ("/__recip_version1.0_#00000000/__substg1.0_3001001E".to_string(), b"Ann Miller".to_vec()),
        ("/__attach_version1.0_#00000000/__substg1.0_3707001F".to_string(), wide("list.csv")),
        ("/__attach_version1.0_#00000000/__substg1.0_37010102".to_string(), b"a,b\n1,2\n".to_vec()),
        (format!("{inner}/__properties_version1.0"), vec![0; 24]),
        (format!("{inner}/__substg1.0_1000001F"), wide("inner")),
    ];
    Seed { streams: streams.into(), pack: Pack::Compound }
}

fn tnef() -> Vec<u8> {
    let mut bytes = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    let mut put = |level: u8, id: u32, data: &[u8]| {
        bytes.push(level);
        bytes.extend(id.to_le_bytes());
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes.extend([0, 0]);
    };
    put(1, 0x0001_8004, b"Subject here\0");
    let mut list = vec![2, 0, 0, 0, 0x1e, 0, 0, 0x10, 1, 0, 0, 0, 17, 0, 0, 0];
    list.extend(b"SSN: 536-90-4399\0\0\0\0");
    list.extend([0x1f, 0, 0x37, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    list.extend(wide("abc"));
    list.extend([0, 0]);
    put(1, 0x0006_9003, &list);
    put(2, 0x0006_9002, &[0; 14]);
    put(2, 0x0001_8010, b"list.csv\0");
    put(2, 0x0006_800f, b"a,b\n");
    bytes
}
