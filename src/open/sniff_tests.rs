//! In: heads of documents as they are met. Out: that each is told for what it is.

use super::Kind::*;
use super::*;

fn padded(at: usize, mark: &[u8]) -> Vec<u8> {
    let mut head = vec![1; at];
    head.extend(mark);
    head.extend([0; 8]);
    head
}

#[test]
fn texts_are_told_by_content() {
    let isa =
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260102*0304*^*00501*000000001*0*P*:~";
    let short = "from the mailbox\nISA|00||00||ZZ|A|ZZ|B|260102|0304|U|00401|1|0|P|:\nGS|HC|A";
    for (name, head, format) in [
        ("a", "ssn,name\n", "text"),
        ("a.csv", "MZ,BM,ID3,PAR1\n", "text"),
        ("a.rs", "fn main() {}\n", "source"),
        ("a.md", "# Title\n", "markdown"),
        ("a.txt", "\u{feff}{\"a\": 1}", "json"),
        ("a", "[\n {\"a\":1}]", "json"),
        ("a.json", "[1, 2]", "json"),
        ("a", "{\"a\":1}\n{\"a\":2}\n", "ndjson"),
        ("a.ini", "[section]\nx=1\n", "ini"),
        ("a", "[2026-01-31] started\n", "text"),
        ("a", "{curly} text", "text"),
        ("a", "{\n}\nself.offset.push(1);\n", "text"),
        ("a", "{} token\", match x {", "text"),
        ("a", "[\"a\"] is a list\n", "text"),
        ("a", "{\"a\": undefined, x", "text"),
        ("a.json", "{\"a\": undefined, x", "json"),
        ("a", "{\"a\": [true, -1.5e+3, {}, [], \"\\\"\"], \"b\": nu", "json"),
        ("a", "{}", "json"),
        ("a", "[]\n[1]\n", "json"),
        ("a", "{\"a\":1}],", "text"),
        ("a", "<?xml version=\"1.0\"?><x/>", "xml"),
        ("a", "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">", "xml"),
        ("a", "<?xml version=\"1.0\"?>\n<html>", "html"),
        ("a", "<!doctype html>", "html"),
        ("a", "<5 ml given\n", "text"),
        ("a", "MSH|^~\\&|A|B\rPID|1", "hl7"),
        ("a", "\u{b}MSH|^~\\&|A|B\rPID|1", "hl7"),
        ("a", "MSH and others\n", "text"),
        ("a", "FHS$%~\\&$A\r\nBHS$%~\\&$A", "hl7"),
        ("a", "# from the feed\nMSH|^~\\&|A\nPID|1\nPV1|1\nfree text\nOBX|1\nOBX|2\n", "hl7"),
        ("a.md", "# HL7\n\nA message:\n\nMSH|^~\\&|A\nPID|1\n\nand so on\nand on\n", "markdown"),
        ("a", "EVN|A01\rPID|1|\rPV1|1", "hl7"),
        ("a", "MSHAB and others\n", "text"),
        ("a", isa, "x12"),
        ("a", short, "x12"),
        ("a", "isa*1 is no interchange\n", "text"),
        ("a", "610066D0B11234      1\u{1e}\u{1c}AM04\u{1c}C2X", "ncpdp"),
        ("a", "ISA is a name\n", "text"),
        ("a", "{\\rtf1\\ansi x}", "rtf"),
        ("a", "From: a\nTo: b\nMIME-Version: 1.0\n\nx", "mail"),
        ("a", "From: a\nTo: b\n\na note to self\n", "text"),
        ("a", "From x@example.org Thu Jan 1\nReceived: by\n", "mail"),
        ("a", "na\u{ef}ve \u{1f600}\n", "text"),
    ] {
        assert_eq!(sniff(name, head.as_bytes()), Text(format), "{head:?}");
    }
}

#[test]
fn blemished_text_stays_text() {
    assert_eq!(sniff("a.csv", b"a\0b"), Text("text"));
    assert_eq!(sniff("a", b"SMITH\0\0\0\0\0JOHN\0\0\0\0\x00123456789\n"), Text("text"), "padding");
    assert_eq!(sniff("a", b"caf\xe9 au lait, se\xf1or\n"), Text("text"), "Latin-1");
    assert_eq!(sniff("a", b"smart \x93quotes\x94 of Windows"), Text("text"));
    assert_eq!(sniff("a", b"a broken \xe2\x82 character and \xff a stray byte"), Text("text"));
    assert_eq!(sniff("a", "x€".as_bytes().split_last().expect("bytes").1), Text("text"), "cut inside a character");
    assert_eq!(sniff("a", b"bell \x07 and more text than bells, by far"), Text("text"));
}

#[test]
fn a_text_with_blemishes_is_not_hidden_by_a_short_mark() {
    for mark in ["MZ", "FWS", "BM", "wOFF", "icns", "ID3", "\u{1}\u{2}\u{3}\u{4}wide", "\u{1}\u{2}\u{3}\u{4}moov"] {
        let mut head = mark.as_bytes().to_vec();
        head.extend(
            b",ssn,name\n123-45-6780,Mu\xf1oz and others of the same kind, on more lines than this\n".repeat(3),
        );
        assert_eq!(sniff("a", &head), Text("text"), "{mark:?}");
    }
    let mut head = b"member_id,birth_date,last_name,xx,LP".to_vec();
    head.extend(b"\n1,1970-01-01,Mu\xf1oz\n");
    assert_eq!(sniff("a", &head), Text("text"));
}

#[test]
fn what_is_no_text_is_not_read_as_text() {
    assert_eq!(sniff("a", b""), Empty);
    assert_eq!(sniff("a.csv", &[0; 4096]), Unknown, "all NUL");
    assert_eq!(sniff("a.csv", b"\xff"), Unknown);
    let noise: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(sniff("a.txt", &noise[1..]), Unknown);
}

#[test]
fn other_encodings_are_blind() {
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    assert_eq!(sniff("a.csv", &utf16("\u{feff}ssn,name\r\n")), Unsupported("utf-16"));
    assert_eq!(sniff("a.csv", &utf16("ssn,name\r\n")), Unsupported("utf-16"));
    let big: Vec<u8> = "ssn,name\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(sniff("a.csv", &big), Unsupported("utf-16"));
    assert_eq!(sniff("a.csv", b"\xff\xfe\0\0s\0\0\0"), Unsupported("utf-32"));
    // "SMITH     JOHN      123456789"
    let ebcdic = b"\xe2\xd4\xc9\xe3\xc8\x40\x40\x40\x40\x40\xd1\xd6\xc8\xd5\x40\x40\x40\x40\xf1\xf2\xf3\xf4\xf5\xf6";
    assert_eq!(sniff("a.dat", ebcdic), Unsupported("ebcdic"));
    let blank = [&ebcdic[..], &[0x40; 200]].concat();
    assert_eq!(sniff("a.dat", &blank), Unsupported("ebcdic"), "few high bytes");
}

#[test]
fn known_kinds_are_told_by_their_marks() {
    let cases: &[(&str, &[u8], Kind)] = &[
        ("a.txt", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0", Inert("program")),
        ("core", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0", Unsupported("core dump")),
        ("a.exe", b"MZ\x90\0\x03\0", Inert("program")),
        ("a.wasm", b"\0asm\x01\0\0\0", Inert("program")),
        ("a.pyc", b"\xa7\x0d\x0d\x0a\0\0\0\0", Inert("program")),
        ("a.ttf", b"\0\x01\0\0\0\x0f\0\x80\0\x03\0\x70GDEF", Inert("font")),
        ("a.dat", b"\0\x01\0\0\0\x0f\0\x80\0\x03\0\x70\0\0\0\0", Unknown),
        ("a.mp3", b"\xff\xfb\x90\x64\0\0\0\x01\x02", Inert("sound")),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", Inert("sound")),
        ("a.avi", b"RIFF\x24\0\0\0AVI LIST", Inert("film")),
        ("a.mp4", b"\0\0\0\x18ftypisom", Inert("film")),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", Inert("picture")),
        (
            "libx.a",
            b"!<arch>\n/               0           0     0     0       14        `\n\0\0\0\x01",
            Inert("object archive"),
        ),
        ("x.a", b"!<arch>\nmembers.csv/    0           0     0     644     14        `\nssn,name\n", Unsupported("ar")),
        ("index", b"DIRC\0\0\0\x02", Inert("git index")),
        ("p.pack", b"PACK\0\0\0\x02", Unsupported("git pack")),
        ("0123456789abcdef0123456789abcdef012345", b"x\x01\x4b\xca\xc9\x4f\x80\x90\xff", Unsupported("git object")),
        ("a.txt", b"%PDF-1.4\n", Unsupported("pdf")),
        ("a.gz", b"\x1f\x8b\x08\0", Unsupported("gzip")),
        ("a", b"PK\x03\x04\x14\0\0\0", Unsupported("zip")),
        ("a.xlsm", b"PK\x03\x04\x14\0\0\0", Unsupported("xlsx")),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Unsupported("xls")),
        ("a.db", b"SQLite format 3\0\x10\0", Unsupported("sqlite")),
        ("a.mdb", b"\0\x01\0\0Standard Jet DB\0", Unsupported("access")),
        ("a", b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!0000", Unsupported("xpt")),
        ("a.FPT", b"\0\0\0\x09\0\0\0\x40\0\0\0\0", Unsupported("memo")),
        ("a.fpt", b"\0\0\0\x09\0\0\xff\x40\0\0\0\0", Unknown),
        ("a.dbf", b"\x03\x7e\x01\x1f\x05\0\0\0\x61\0\x20\0\0\0\x80\x90\xff", Unsupported("dbf")),
        ("a.asc", b"-----BEGIN PGP MESSAGE-----\n", Unsupported("pgp")),
        ("a", b"age-encryption.org/v1\n-> X25519", Unsupported("age")),
        ("a", b"LUKS\xba\xbe\0\x01", Unsupported("luks")),
        ("a.tif", b"II*\0\x08\0\0\0", Image("tiff")),
        ("a.djvu", b"AT&TFORM\0\0\x01\0DJVM", Image("djvu")),
        ("a.csv", b"\xef\xbb\xbffinding_id,series_id,state", OwnReport),
        ("a", b"{\"type\":\"run\",\"schema\":1,\"run_id\":\"x\"}\n", OwnReport),
    ];
    for (name, head, kind) in cases {
        assert_eq!(sniff(name, head), *kind, "{name} {}", head.escape_ascii());
    }
    assert_eq!(sniff("a", &padded(128, b"DICM")), Unsupported("dicom"));
    assert_eq!(sniff("a", &padded(257, b"ustar\x0000")), Unsupported("tar"));
}

#[test]
fn pages_are_told_from_pictures() {
    let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    head.extend(1700u32.to_be_bytes());
    head.extend(2200u32.to_be_bytes());
    head.extend([8, 0, 0, 0, 0]);
    assert_eq!(sniff("fax.png", &head), Image("page image"));
}

#[test]
fn a_tar_from_before_ustar_is_told_by_its_sum() {
    let mut head = vec![0u8; 512];
    head[..11].copy_from_slice(b"members.csv");
    head[100..107].copy_from_slice(b"0000644");
    let sum: u32 = head.iter().map(|b| u32::from(*b)).sum::<u32>() + 8 * 32;
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head.extend(b"ssn,name\n".repeat(500));
    assert_eq!(sniff("drop", &head), Unsupported("tar"));
    head[0] = b'n';
    assert_eq!(sniff("drop", &head), Text("text"));
}

#[test]
fn only_what_can_be_read_is_no_gap() {
    assert_eq!(Text("json").gap(), None);
    assert_eq!(Empty.gap(), None);
    assert_eq!(Unknown.gap(), Some((Reason::Unsupported, "unknown format")));
    assert_eq!(Inert("font").gap(), Some((Reason::NoRecords, "font")));
    assert_eq!(Image("tiff").gap(), Some((Reason::Image, "tiff")));
}

/// Local headers of members with these names and this content, stored.
fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in members {
        out.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        out.extend([(content.len() as u32).to_le_bytes(); 2].concat());
        out.extend((name.len() as u16).to_le_bytes());
        out.extend([0, 0]);
        out.extend(name.bytes());
        out.extend(*content);
    }
    out
}

#[test]
fn packages_are_told_by_their_members() {
    let document = stored(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
    assert_eq!(sniff("a.zip", &document), Unsupported("docx"));
    assert_eq!(sniff("a.docx", &stored(&[("docProps/app.xml", b""), ("xl/workbook.bin", b"")])), Unsupported("xlsb"));
    assert_eq!(sniff("a.zip", &stored(&[("inner.docx", &document)])), Unsupported("zip"), "one inside is a member");
    assert_eq!(sniff("a.xls", &compound("WordDocument")), Unsupported("doc"));
    assert_eq!(sniff("a", &compound("__properties_version1.0")), Unsupported("msg"));
    assert_eq!(sniff("a.bin", &compound("else")), Unsupported("ole"));
}

/// A head whose directory has one stream.
fn compound(stream: &str) -> Vec<u8> {
    let mut head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    head.resize(1_024, 0);
    head[30] = 9;
    for name in ["Root Entry", stream] {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(128, 0);
        head.extend(entry);
    }
    head[48] = 1;
    head
}
