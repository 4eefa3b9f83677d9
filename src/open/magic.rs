//! In: the first bytes of a document. Out: its kind, if one of the table's marks stands in them.
//! Refuses to take marks at their word: a text may start with `MZ` or `ID3`, so they count only where the rest is not
//! plain text, save for the few that no text starts with by chance (`firm`). And since calling a patient list a font
//! would hide it, text with blemishes is only called inert on a mark that is itself no text.

use super::sniff::Kind::{self, Image, Inert, Unsupported};
use super::text::Look;

/// Bytes that tell a kind, with where they stand; `and` must hold too.
struct Mark {
    at: usize,
    bytes: &'static [u8],
    and: (usize, &'static [u8]),
    /// Counts even where everything is printable.
    firm: bool,
    kind: Kind,
}

const fn mark(at: usize, bytes: &'static [u8], kind: Kind) -> Mark {
    Mark { at, bytes, and: (0, b""), firm: false, kind }
}

const fn both(bytes: &'static [u8], at: usize, and: &'static [u8], kind: Kind) -> Mark {
    Mark { at: 0, bytes, and: (at, and), firm: false, kind }
}

const fn firm(bytes: &'static [u8], kind: Kind) -> Mark {
    Mark { at: 0, bytes, and: (0, b""), firm: true, kind }
}

/// The first that fits counts: what is more exact stands first.
#[rustfmt::skip]
static MARKS: &[Mark] = &[
    // Archives and compressed streams.
    mark(0, b"PK\x03\x04", Unsupported("zip")),
    mark(0, b"PK\x05\x06", Unsupported("zip")),              // an empty one
    mark(0, b"PK\x07\x08", Unsupported("zip")),              // a spanned one
    mark(0, b"PK00PK\x03\x04", Unsupported("zip")),          // a spanned one that fitted after all
    mark(0, b"\x1f\x8b\x08", Unsupported("gzip")),
    mark(0, b"\x1f\x9d", Unsupported("compress")),           // .Z
    mark(0, b"BZh", Unsupported("bzip2")),
    mark(0, b"\xfd7zXZ\0", Unsupported("xz")),
    mark(0, b"\x5d\0\0\x80\0\xff", Unsupported("lzma")),     // lc=3, an 8 MiB dictionary, size not known
    mark(0, b"LZIP\x01", Unsupported("lzip")),
    mark(0, b"\x89LZO\0\r\n\x1a\n", Unsupported("lzop")),
    mark(0, b"\x28\xb5\x2f\xfd", Unsupported("zstd")),
    mark(0, b"\x37\xa4\x30\xec", Unsupported("zstd")),       // a dictionary
    mark(0, b"\x04\x22\x4d\x18", Unsupported("lz4")),
    mark(0, b"\x02\x21\x4c\x18", Unsupported("lz4")),        // the legacy frame
    mark(0, b"\xff\x06\0\0sNaPpY", Unsupported("snappy")),
    mark(0, b"7z\xbc\xaf\x27\x1c", Unsupported("7z")),
    mark(0, b"Rar!\x1a\x07", Unsupported("rar")),
    mark(257, b"ustar", Unsupported("tar")),
    mark(0, b"MSCF\0\0\0\0", Unsupported("cab")),
    mark(0, b"ISc(", Unsupported("cab")),                    // InstallShield's
    both(b"070701", 6, b"0", Unsupported("cpio")),           // newc
    both(b"070702", 6, b"0", Unsupported("cpio")),           // newc with sums
    mark(0, b"070707", Unsupported("cpio")),                 // odc
    mark(0, b"\xc7\x71", Unsupported("cpio")),               // old binary, little endian
    mark(0, b"\x71\xc7", Unsupported("cpio")),               // old binary, big endian
    mark(0, b"\xed\xab\xee\xdb", Unsupported("rpm")),
    both(b"!<arch>\n", 8, b"debian-binary", Unsupported("deb")),
    both(b"!<arch>\n", 8, b"/ ", Inert("object archive")),   // a table of symbols comes first
    both(b"!<arch>\n", 8, b"/SYM64/", Inert("object archive")),
    both(b"!<arch>\n", 8, b"/0 ", Inert("object archive")),
    both(b"!<arch>\n", 8, b"//", Inert("object archive")),
    both(b"!<arch>\n", 8, b"__.SYMDEF", Inert("object archive")),
    both(b"!<arch>\n", 8, b"#1/20           ", Inert("object archive")),
    both(b"!<arch>\n", 8, b"lib.rmeta", Inert("object archive")),
    firm(b"!<arch>\n", Unsupported("ar")),
    mark(0, b"!<thin>\n", Inert("object archive")),
    mark(0, b"\x60\xea", Unsupported("arj")),
    mark(2, b"-lh", Unsupported("lha")),
    mark(7, b"**ACE**", Unsupported("ace")),
    mark(0, b"xar!\0", Unsupported("xar")),
    mark(0, b"ITSF", Unsupported("chm")),
    // Documents.
    firm(b"%PDF-", Unsupported("pdf")),
    firm(b"\xef\xbb\xbf%PDF-", Unsupported("pdf")),
    mark(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Unsupported("ole")),
    firm(b"%!PS", Unsupported("postscript")),                // shows glyphs: its text need not be in it as text
    mark(0, b"\xc5\xd0\xd3\xc6", Unsupported("postscript")), // EPS with a preview
    firm(b"\x1b%-12345X", Unsupported("print job")),         // PJL
    firm(b"\x1bE\x1b", Unsupported("print job")),            // PCL
    mark(0, b"\x78\x9f\x3e\x22", Unsupported("tnef")),       // winmail.dat
    mark(0, b"!BDN", Unsupported("pst")),
    mark(0, b"\xcf\xad\x12\xfe", Unsupported("dbx")),        // Outlook Express
    mark(0, b"\x1a\0\0\x04\0\0", Unsupported("nsf")),        // Lotus Notes
    mark(60, b"BOOKMOBI", Unsupported("mobi")),
    mark(0, b"\xffWPC", Unsupported("wordperfect")),
    mark(0, b"bplist", Unsupported("property list")),
    // Databases and tables.
    firm(b"SQLite format 3\0", Unsupported("sqlite")),
    mark(0, b"\x37\x7f\x06\x82", Unsupported("sqlite")),     // its write-ahead log, little endian
    mark(0, b"\x37\x7f\x06\x83", Unsupported("sqlite")),     // its write-ahead log, big endian
    mark(0, b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", Unsupported("sqlite")), // its journal
    mark(4, b"Standard Jet DB", Unsupported("access")),
    mark(4, b"Standard ACE DB", Unsupported("access")),
    mark(0, b"PAR1", Unsupported("parquet")),
    mark(0, b"PARE", Unsupported("parquet")),                // with an encrypted footer
    mark(0, b"Obj\x01", Unsupported("avro")),
    mark(0, b"ORC", Unsupported("orc")),
    mark(0, b"ARROW1\0\0", Unsupported("arrow")),
    mark(0, b"FEA1", Unsupported("feather")),                // its first version
    both(b"\xff\xff\xff\xff", 8, b"\x0c\0\0\0", Unsupported("arrow")), // a stream: continuation, length, where
    both(b"\xff\xff\xff\xff", 8, b"\x10\0\0\0", Unsupported("arrow")), // the root of its schema stands
    both(b"\xff\xff\xff\xff", 8, b"\x14\0\0\0", Unsupported("arrow")),
    mark(0, b"\x89HDF\r\n\x1a\n", Unsupported("hdf5")),
    mark(512, b"\x89HDF\r\n\x1a\n", Unsupported("hdf5")),    // behind a user block, as in MATLAB 7.3
    mark(0, b"CDF\x01", Unsupported("netcdf")),
    mark(0, b"CDF\x02", Unsupported("netcdf")),
    mark(0, b"CDF\x05", Unsupported("netcdf")),
    mark(0, b"MATLAB 5.0 MAT-file", Unsupported("matlab")),
    mark(0, b"\x93NUMPY", Unsupported("npy")),
    both(b"\0\0\0\0\0\0\0\0\0\0\0\0", 12, b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", Unsupported("sas7bdat")),
    firm(b"HEADER RECORD*******LIB", Unsupported("xpt")),    // SAS transport: LIBRARY (5) and LIBV8 (8)
    firm(b"<stata_dta><header>", Unsupported("stata")),
    mark(0, b"$FL2", Unsupported("spss")),
    mark(0, b"$FL3", Unsupported("spss")),
    mark(0, b"RDX2\n", Unsupported("rdata")),
    mark(0, b"RDX3\n", Unsupported("rdata")),
    mark(0, b"X\n\0\0\0\x02\0", Unsupported("rdata")),       // a single object, version 2
    mark(0, b"X\n\0\0\0\x03\0", Unsupported("rdata")),       // a single object, version 3
    mark(0, b"PGDMP", Unsupported("pg_dump")),
    mark(0, b"TAPE\0\0\x03\0", Unsupported("mssql backup")), // Microsoft Tape Format
    mark(0, b"\x03\0\x17EXPORT:V", Unsupported("oracle export")),
    mark(0, b"\xfe\xfe\x07\x01", Unsupported("myisam")),
    mark(0, b"\xfebin", Unsupported("mysql log")),
    mark(0, b"REDIS0", Unsupported("redis")),
    mark(0, b"\x80\x04\x95", Unsupported("pickle")),         // protocol 4, a frame
    mark(0, b"\x80\x05\x95", Unsupported("pickle")),         // protocol 5, a frame
    mark(0, b"\x80\x02", Unsupported("pickle")),
    mark(0, b"\x80\x03", Unsupported("pickle")),
    mark(128, b"DICM", Unsupported("dicom")),
    // Memory, networks, events, disks: whatever went through.
    both(b"\x7fELF", 16, b"\x04\0", Unsupported("core dump")),
    both(b"\x7fELF", 16, b"\0\x04", Unsupported("core dump")),
    mark(0, b"MDMP", Unsupported("core dump")),              // Windows minidump
    mark(0, b"PAGEDU", Unsupported("core dump")),            // Windows kernel dump
    mark(0, b"JAVA PROFILE 1.0", Unsupported("core dump")),  // Java heap dump
    mark(0, b"\xd4\xc3\xb2\xa1", Unsupported("pcap")),
    mark(0, b"\xa1\xb2\xc3\xd4", Unsupported("pcap")),
    mark(0, b"\x4d\x3c\xb2\xa1", Unsupported("pcap")),       // nanoseconds, little endian
    mark(0, b"\xa1\xb2\x3c\x4d", Unsupported("pcap")),       // nanoseconds, big endian
    mark(0, b"\x0a\x0d\x0d\x0a", Unsupported("pcapng")),
    mark(0, b"ElfFile\0", Unsupported("evtx")),
    mark(0, b"regf", Unsupported("registry hive")),
    mark(0, b"KDMV", Unsupported("disk image")),             // VMDK
    mark(0, b"QFI\xfb", Unsupported("disk image")),          // QCOW
    mark(0, b"conectix", Unsupported("disk image")),         // VHD
    mark(0, b"vhdxfile", Unsupported("disk image")),
    mark(3, b"NTFS    ", Unsupported("disk image")),
    mark(0x8001, b"CD001", Unsupported("disk image")),       // ISO 9660
    mark(0, b"hsqs", Unsupported("disk image")),             // squashfs
    // Encrypted. How, says `protected`.
    firm(b"-----BEGIN PGP MESSAGE", Unsupported("pgp")),
    firm(b"age-encryption.org/v1", Unsupported("age")),
    firm(b"-----BEGIN AGE ENCRYPTED FILE", Unsupported("age")),
    mark(0, b"LUKS\xba\xbe", Unsupported("luks")),
    mark(3, b"-FVE-FS-", Unsupported("bitlocker")),
    mark(0, b"Salted__", Unsupported("openssl")),
    firm(b"U2FsdGVkX1", Unsupported("openssl")),             // the same in base64
    mark(0, b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", Unsupported("keepass")),
    mark(0, b"\x03\xd9\xa2\x9a\x66\xfb\x4b\xb5", Unsupported("keepass")),
    mark(0, b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", Unsupported("keepass")),
    mark(0, b"AES\x02", Unsupported("aes crypt")),
    // Text in another encoding. UTF-32 first: its mark starts with UTF-16's.
    mark(0, b"\xff\xfe\0\0", Unsupported("utf-32")),
    mark(0, b"\0\0\xfe\xff", Unsupported("utf-32")),
    mark(0, b"\xff\xfe", Unsupported("utf-16")),
    mark(0, b"\xfe\xff", Unsupported("utf-16")),
    // Git: objects hold what was ever committed; the rest lists names.
    mark(0, b"PACK\0\0\0", Unsupported("git pack")),
    mark(0, b"DIRC\0\0\0", Inert("git index")),
    mark(0, b"\xfftOc\0\0\0", Inert("git index")),
    mark(0, b"RIDX\0\0\0", Inert("git index")),
    mark(0, b"MIDX\x01", Inert("git index")),
    mark(0, b"CGPH\x01", Inert("git index")),
    mark(0, b"BITM\0", Inert("git index")),
    // Pictures that are pages.
    mark(0, b"II*\0", Image("tiff")),
    mark(0, b"MM\0*", Image("tiff")),
    mark(0, b"II+\0", Image("tiff")),                        // BigTIFF
    mark(0, b"MM\0+", Image("tiff")),                        // BigTIFF
    mark(0, b"\x97JB2\r\n\x1a\n", Image("jbig2")),
    mark(0, b"AT&TFORM", Image("djvu")),
    mark(0, b"\xb1\x68\xde\x3a", Image("fax")),              // DCX, pages of PCX
    mark(0, b"PC Research, Inc", Image("fax")),              // DigiFAX
    mark(0, b"\0\0\0\x0cjP  \r\n\x87\n", Image("jpeg2000")),
    mark(0, b"\xff\x4f\xff\x51", Image("jpeg2000")),         // a bare code stream
    // Other pictures. PNG, JPEG, GIF and BMP are measured before they come here.
    mark(0, b"\x89PNG\r\n\x1a\n", Inert("picture")),
    mark(0, b"\xff\xd8\xff", Inert("picture")),              // JPEG
    mark(0, b"GIF87a", Inert("picture")),
    mark(0, b"GIF89a", Inert("picture")),
    both(b"BM", 6, b"\0\0\0\0", Inert("picture")),           // BMP: two reserved words
    both(b"\0\0\x01\0", 9, b"\0", Inert("picture")),         // ICO: a reserved byte in the first image's entry
    both(b"\0\0\x02\0", 9, b"\0", Inert("picture")),         // CUR
    both(b"RIFF", 8, b"WEBP", Inert("picture")),
    both(b"RIFF", 8, b"ACON", Inert("picture")),             // animated cursor
    mark(0, b"8BPS\0", Inert("picture")),                    // Photoshop
    mark(0, b"icns", Inert("picture")),
    mark(4, b"ftypheic", Inert("picture")),
    mark(4, b"ftypheix", Inert("picture")),
    mark(4, b"ftypmif1", Inert("picture")),
    mark(4, b"ftypavif", Inert("picture")),
    mark(0, b"gimp xcf ", Inert("picture")),
    mark(0, b"DDS \x7c\0\0\0", Inert("picture")),
    mark(0, b"\xabKTX ", Inert("picture")),
    mark(0, b"\x76\x2f\x31\x01", Inert("picture")),          // OpenEXR
    mark(0, b"qoif", Inert("picture")),
    mark(0, b"Xcur", Inert("picture")),                      // X11 cursor
    mark(36, b"acsp", Inert("colour profile")),
    // Sound.
    both(b"RIFF", 8, b"WAVE", Inert("sound")),
    mark(0, b"RF64", Inert("sound")),
    mark(0, b"ID3\x02", Inert("sound")),
    mark(0, b"ID3\x03", Inert("sound")),
    mark(0, b"ID3\x04", Inert("sound")),
    mark(0, b"\xff\xfb", Inert("sound")),                    // MP3 without a tag: MPEG 1
    mark(0, b"\xff\xfa", Inert("sound")),
    mark(0, b"\xff\xf3", Inert("sound")),                    // MPEG 2
    mark(0, b"\xff\xf2", Inert("sound")),
    mark(0, b"\xff\xf1", Inert("sound")),                    // AAC
    mark(0, b"\xff\xf9", Inert("sound")),
    mark(0, b"fLaC\0", Inert("sound")),
    mark(0, b"OggS\0", Inert("sound")),                      // or film
    both(b"FORM", 8, b"AIFF", Inert("sound")),
    both(b"FORM", 8, b"AIFC", Inert("sound")),
    mark(0, b"MThd\0\0\0\x06", Inert("sound")),
    mark(0, b".snd\0", Inert("sound")),
    firm(b"#!AMR", Inert("sound")),
    mark(4, b"ftypM4A", Inert("sound")),
    mark(0, b"caff\0", Inert("sound")),
    // Film.
    both(b"RIFF", 8, b"AVI ", Inert("film")),
    mark(4, b"ftyp", Inert("film")),                         // MP4, MOV, 3GP
    mark(4, b"moov", Inert("film")),                         // QuickTime from before there were brands
    mark(4, b"mdat", Inert("film")),
    mark(4, b"wide", Inert("film")),
    mark(0, b"\x1a\x45\xdf\xa3", Inert("film")),             // Matroska, WebM
    mark(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Inert("film")), // ASF: WMV, WMA
    mark(0, b"FLV\x01", Inert("film")),
    mark(0, b"\0\0\x01\xba", Inert("film")),                 // MPEG program stream
    mark(0, b"\0\0\x01\xb3", Inert("film")),                 // MPEG video
    both(b"G@\0", 188, b"G", Inert("film")),                 // MPEG transport stream: its table first, packets of 188 bytes
    // Fonts.
    mark(0, b"\0\x01\0\0\0", Inert("font")),                 // TrueType
    mark(0, b"OTTO\0", Inert("font")),
    mark(0, b"ttcf\0", Inert("font")),
    mark(0, b"true\0", Inert("font")),
    mark(0, b"wOFF", Inert("font")),
    mark(0, b"wOF2", Inert("font")),
    both(b"", 34, b"LP\0\0", Inert("font")),                 // Embedded OpenType: then reserved words
    mark(0, b"\x01fcp", Inert("font")),                      // X11
    both(b"\x80\x01", 6, b"%!", Inert("font")),              // Type 1, binary
    // Programs and what belongs to them.
    mark(0, b"\x7fELF", Inert("program")),
    mark(0, b"MZ", Inert("program")),                        // DOS, Windows
    mark(0, b"\xfe\xed\xfa\xce", Inert("program")),          // Mach-O
    mark(0, b"\xfe\xed\xfa\xcf", Inert("program")),
    mark(0, b"\xce\xfa\xed\xfe", Inert("program")),
    mark(0, b"\xcf\xfa\xed\xfe", Inert("program")),
    mark(0, b"\xca\xfe\xba\xbe", Inert("program")),          // a Java class, or Mach-O for several machines
    mark(0, b"\xca\xfe\xd0\x0d", Inert("program")),          // Java, packed
    mark(0, b"\0asm", Inert("program")),
    mark(0, b"dex\n0", Inert("program")),                    // Android
    mark(0, b"BC\xc0\xde", Inert("program")),                // LLVM
    mark(0, b"FWS", Inert("program")),                       // Flash
    mark(0, b"CWS", Inert("program")),
    mark(0, b"\x1bLua", Inert("program")),
    mark(0, b"rust\0\0\0", Inert("program")),                // metadata of a crate
    mark(0, b"Microsoft C/C++ MSF 7.00\r\n\x1aDS", Inert("debug symbols")),
    mark(0, b"\xde\x12\x04\x95", Inert("message catalogue")), // gettext, little endian
    mark(0, b"\x95\x04\x12\xde", Inert("message catalogue")), // gettext, big endian
    mark(0, b"TZif", Inert("time zone")),
    mark(0, b"\xfe\xed\xfe\xed", Inert("key store")),        // Java
    mark(0, b"\0\0\0\x01Bud1", Inert("folder view")),        // .DS_Store
    both(b"L\0\0\0", 4, b"\x01\x14\x02\0", Inert("shortcut")), // .lnk
];

/// The kind whose mark stands in `head`, which looks like `look` as text.
pub(super) fn by_mark(head: &[u8], look: Look) -> Option<Kind> {
    let holds = |at: usize, bytes: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(bytes));
    MARKS
        .iter()
        .find(|mark| mark.counts(look) && holds(mark.at, mark.bytes) && holds(mark.and.0, mark.and.1))
        .map(|mark| mark.kind)
}

impl Mark {
    fn counts(&self, look: Look) -> bool {
        match look {
            Look::Plain => self.firm,
            Look::Blemished => self.firm || !matches!(self.kind, Inert(_)) || self.is_no_text(),
            Look::Utf16 | Look::Ebcdic | Look::Other => true,
        }
    }

    /// No text starts so: eight bytes, or four of which not all are printable.
    fn is_no_text(&self) -> bool {
        let bytes = || self.bytes.iter().chain(self.and.1);
        let length = bytes().count();
        length >= 8 || length >= 4 && bytes().any(|b| !b.is_ascii_graphic() && !b.is_ascii_whitespace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_hides_another() {
        for (n, later) in MARKS.iter().enumerate() {
            for earlier in &MARKS[..n] {
                let same_place = earlier.at == later.at && later.bytes.starts_with(earlier.bytes);
                let same_and =
                    earlier.and.1.is_empty() || earlier.and.0 == later.and.0 && later.and.1.starts_with(earlier.and.1);
                assert!(
                    !(same_place && same_and),
                    "{:?} ({}) never gets its turn",
                    later.kind,
                    later.bytes.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn firm_marks_count_in_plain_text() {
        assert_eq!(by_mark(b"%PDF-1.7\n", Look::Plain), Some(Unsupported("pdf")));
        assert_eq!(by_mark(b"MZ,ID3,ORC\n", Look::Plain), None);
        assert_eq!(by_mark(b"", Look::Other), None);
    }
}
