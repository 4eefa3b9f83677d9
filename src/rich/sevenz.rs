//! 7z archives. In: a file that can be read from any place, and passwords. Out: its members as files, block by block. Refuses what asks
//! for a dictionary above 256 MiB, and what no password opens; links and folders hold nothing. What is damaged ends its block, whose
//! members share one stream; the other blocks are read.

use std::io::{self, Read};

use sevenz_rust2::{Archive, ArchiveEntry, Block, BlockDecoder, Error, Password};

use super::{Asked, Document, Form, Part, Parts};
use crate::decode::budget::Halt;
use crate::gap::Reason;

/// A dictionary, or the memory of PPMd: four times what `7z -mx=9` takes.
const DICTIONARY: u64 = 256 << 20;
/// A password is tried on the first member of a block as far as this.
const TRIED: u64 = 16 << 20;
/// Gaps that are told one by one.
const TOLD: usize = 1000;
/// Bytes that go on at once.
const PIECE: usize = 64 << 10;

/// Methods, from `Methods.txt` of 7-Zip.
const AES: &[u8] = &[0x06, 0xf1, 0x07, 0x01];
const LZMA: &[u8] = &[0x03, 0x01, 0x01];
const LZMA2: &[u8] = &[0x21];
const PPMD: &[u8] = &[0x03, 0x04, 0x01];

/// Reads an archive.
///
/// # Errors
/// Why it could not be read to its end.
pub(super) fn read(asked: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let mut document = document;
    let none = [Password::empty()];
    let given: Vec<Password> = asked.passwords.iter().map(|password| Password::new(password)).collect();
    let archive = directory(&mut document, none.iter().chain(&given))?;
    let mut told = Told { parts, gaps: 0 };
    // The password that opened the last block opens the next.
    let mut known: Option<&Password> = None;
    for (number, block) in archive.blocks.iter().enumerate() {
        if needs(block) > DICTIONARY {
            told.refuse(members(&archive, number, &mut document), Reason::Limit, "a dictionary of more than 256 MiB")?;
            continue;
        }
        let mut password = &none[0];
        if block.coders.iter().any(|coder| coder.encoder_method_id() == AES) {
            let mut candidates = known.into_iter().chain(given.iter().filter(|given| Some(*given) != known));
            let Some(found) = candidates.find(|password| opens(&archive, number, password, &mut document)) else {
                told.refuse(members(&archive, number, &mut document), Reason::Encrypted, "AES-256, 7z")?;
                continue;
            };
            password = found;
            known = Some(found);
        }
        let mut done = 0;
        let mut ended = None;
        let read =
            BlockDecoder::new(1, number, &archive, password, &mut document).for_each_entries(&mut |entry, bytes| {
                done += 1;
                ended = told.member(entry, bytes).err();
                Ok(ended.is_none())
            });
        match (ended, read) {
            (Some(End::Stop(halt)), _) => return Err(halt),
            (Some(End::Damaged), _) => {
                let rest = &members(&archive, number, &mut document)[done..];
                told.refuse(rest, Reason::Malformed, "damaged before it")?;
            }
            (None, Err(error)) => {
                let Halt { reason, detail } = halt(error);
                told.refuse(&members(&archive, number, &mut document)[done..], reason, &detail)?;
            }
            (None, Ok(_)) => {}
        }
    }
    let empty = archive.files.iter().zip(&archive.stream_map.file_block_index).filter(|(_, block)| block.is_none());
    for (entry, _) in empty {
        if let Err(End::Stop(halt)) = told.member(entry, &mut io::empty()) {
            return Err(halt);
        }
    }
    Ok(())
}

/// The directory, which may be encrypted too.
fn directory<'a>(
    document: &mut &mut dyn Document,
    passwords: impl Iterator<Item = &'a Password>,
) -> Result<Archive, Halt> {
    let mut locked = false;
    let mut last = None;
    for password in passwords {
        match Archive::read(document, password) {
            Ok(archive) => return Ok(archive),
            Err(Error::PasswordRequired | Error::MaybeBadPassword(_)) => locked = true,
            Err(error) => last = Some(error),
        }
        if !locked {
            break;
        }
    }
    match last {
        _ if locked => Err(Halt::new(Reason::Encrypted, "AES-256, 7z, names too")),
        Some(error) => Err(halt(error)),
        None => Err(Halt::new(Reason::Malformed, "a damaged 7z archive")),
    }
}

/// The members of a block.
fn members<'a>(archive: &'a Archive, block: usize, document: &mut &mut dyn Document) -> &'a [ArchiveEntry] {
    let count = BlockDecoder::new(1, block, archive, &Password::empty(), document).entry_count();
    let first = archive.stream_map.block_first_file_index[block];
    &archive.files[first..first + count]
}

/// Whether a password opens a block: wrong ones give noise, which no method unpacks and no checksum fits.
fn opens(archive: &Archive, block: usize, password: &Password, document: &mut &mut dyn Document) -> bool {
    let mut right = false;
    let tried = BlockDecoder::new(1, block, archive, password, document).for_each_entries(&mut |entry, bytes| {
        if entry.has_stream() && entry.size() > 0 {
            right = io::copy(&mut bytes.take(TRIED), &mut io::sink()).is_ok_and(|read| read == entry.size().min(TRIED));
            // At the end of a member its checksum is looked at.
            right &= entry.size() > TRIED || bytes.read(&mut [0]).is_ok_and(|read| read == 0);
            return Ok(false);
        }
        Ok(true)
    });
    right && tried.is_ok()
}

/// The memory that a block asks for, as its methods say.
fn needs(block: &Block) -> u64 {
    let of = |coder: &sevenz_rust2::Coder| {
        let properties = coder.properties();
        let word = || properties.get(1..5).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
        match coder.encoder_method_id() {
            LZMA | PPMD => u64::from(word()),
            LZMA2 => match properties.first() {
                Some(bits @ 0..40) => u64::from(2 | bits & 1) << (bits / 2 + 11),
                _ => 4 << 30,
            },
            _ => 0,
        }
    };
    block.coders.iter().map(of).max().unwrap_or(0)
}

/// Why a member was not read to its end.
enum End {
    /// No more are wanted.
    Stop(Halt),
    /// It is damaged, which was said.
    Damaged,
}

struct Told<'a> {
    parts: &'a mut dyn Parts,
    gaps: usize,
}

impl Told<'_> {
    fn member(&mut self, entry: &ArchiveEntry, bytes: &mut dyn Read) -> Result<(), End> {
        // Attributes of Unix stand in the upper half: links hold a path.
        let link = entry.windows_attributes() >> 28 == 0xa;
        if entry.is_directory() || entry.is_anti_item() || link {
            return self.parts.work(1).map_err(End::Stop);
        }
        let part = Part { name: entry.name().to_string(), form: Form::File, place: None };
        self.parts.begin(&part).map_err(End::Stop)?;
        let mut buffer = vec![0; PIECE];
        let failed = loop {
            match bytes.read(&mut buffer) {
                Ok(0) => break None,
                Ok(got) => self.parts.write(&buffer[..got]).map_err(End::Stop)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(Halt::of(&error)),
            }
        };
        self.parts.end().map_err(End::Stop)?;
        match failed {
            None => Ok(()),
            Some(Halt { reason, detail }) => {
                self.gap(entry, reason, &detail).map_err(End::Stop)?;
                Err(End::Damaged)
            }
        }
    }

    fn gap(&mut self, entry: &ArchiveEntry, reason: Reason, detail: &str) -> Result<(), Halt> {
        self.gaps += 1;
        match self.gaps {
            ..=TOLD => self.parts.gap(Some(entry.name()), reason, detail),
            n if n == TOLD + 1 => self.parts.gap(None, reason, "and more members that are not named"),
            _ => self.parts.work(1),
        }
    }

    /// None of these members is read.
    fn refuse(&mut self, members: &[ArchiveEntry], reason: Reason, detail: &str) -> Result<(), Halt> {
        members.iter().filter(|entry| !entry.is_directory()).try_for_each(|entry| self.gap(entry, reason, detail))
    }
}

fn halt(error: Error) -> Halt {
    match error {
        Error::Io(error, _) => Halt::of(&error),
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Halt::new(Reason::Encrypted, "AES-256, 7z"),
        Error::UnsupportedVersion { .. }
        | Error::UnsupportedCompressionMethod(_)
        | Error::Unsupported(_)
        | Error::ExternalUnsupported => Halt::new(Reason::Unsupported, "a 7z method that is not read"),
        Error::MaxMemLimited { .. } => Halt::new(Reason::Limit, "a dictionary of more than 256 MiB"),
        _ => Halt::new(Reason::Malformed, "a damaged 7z archive"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::tests::Collected;
    use super::*;

    const LIST: &[u8] = b"mrn,last_name,first_name,dob,ssn\n4471902,Nowak,Maria,1952-03-04,536-90-4398\n";
    const COPY: &[u8] = &[0x01, 0x00];
    /// AES-256 after a single round, without salt, with 0 to 15 as its start: what `7z` makes, but for the rounds.
    const LOCKED: &[u8] = &[0x24, 6, 0xf1, 7, 1, 18, 0x40, 0x0f, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    /// "In the clear: 536-90-4398, and more." and NULs to 48 bytes, under "open sesame".
    const CIPHER: &str =
        "8b2955deb6a1697c4689e462a4939b38b79a193a335bf6c5849e7b173916d1df0e31ef1f8cc437a00820661def67ecd6";
    const CLEAR: &[u8] = b"In the clear: 536-90-4398, and more.";

    struct Made<'a> {
        name: &'a str,
        coder: &'a [u8],
        packed: Vec<u8>,
        size: usize,
        crc: u32,
    }

    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }

    fn made<'a>(name: &'a str, coder: &'a [u8], bytes: &[u8]) -> Made<'a> {
        Made { name, coder, packed: bytes.to_vec(), size: bytes.len(), crc: crc(bytes) }
    }

    fn locked(name: &str) -> Made<'_> {
        let packed = (0..CIPHER.len() / 2).map(|n| u8::from_str_radix(&CIPHER[2 * n..2 * n + 2], 16).expect("hex"));
        Made { name, coder: LOCKED, packed: packed.collect(), size: CLEAR.len(), crc: crc(CLEAR) }
    }

    /// A number of up to 14 bits, as 7zFormat.txt writes it.
    fn number(n: usize) -> Vec<u8> {
        if n < 0x80 { vec![n as u8] } else { vec![0x80 | (n >> 8) as u8, n as u8] }
    }

    /// An archive of these members, each a block of its own.
    fn archive(members: &[Made<'_>]) -> Vec<u8> {
        let mut header = vec![1, 4, 6, 0];
        header.extend(number(members.len()));
        header.push(9);
        members.iter().for_each(|member| header.extend(number(member.packed.len())));
        header.extend([0, 7, 0x0b]);
        header.extend(number(members.len()));
        header.push(0);
        members.iter().for_each(|member| header.extend([&[1], member.coder].concat()));
        header.push(0x0c);
        members.iter().for_each(|member| header.extend(number(member.size)));
        header.extend([0, 8, 0x0a, 1]);
        members.iter().for_each(|member| header.extend(member.crc.to_le_bytes()));
        header.extend([0, 0, 5]);
        header.extend(number(members.len()));
        let names: Vec<u8> = members
            .iter()
            .flat_map(|member| member.name.encode_utf16().chain([0]))
            .flat_map(u16::to_le_bytes)
            .collect();
        header.push(0x11);
        header.extend(number(names.len() + 1));
        header.push(0);
        header.extend(names);
        header.extend([0, 0]);
        let packed: Vec<u8> = members.iter().flat_map(|member| member.packed.clone()).collect();
        let mut start = (packed.len() as u64).to_le_bytes().to_vec();
        start.extend((header.len() as u64).to_le_bytes());
        start.extend(crc(&header).to_le_bytes());
        [b"7z\xbc\xaf\x27\x1c\0\x04", &crc(&start).to_le_bytes()[..], &start, &packed, &header].concat()
    }

    fn collected(bytes: Vec<u8>, passwords: &[&str]) -> (Collected, Result<(), Halt>) {
        let passwords: Vec<String> = passwords.iter().map(|password| password.to_string()).collect();
        let mut parts = Collected::default();
        let asked = Asked { format: "7z", name: "a.7z", passwords: &passwords, ..Asked::default() };
        let read = read(asked, &mut Cursor::new(bytes), &mut parts);
        (parts, read)
    }

    #[test]
    fn members_come_with_their_names() {
        let (parts, read) = collected(
            archive(&[made("in/a.csv", COPY, LIST), made("ü.txt", COPY, b"x"), made("none", COPY, b"y")]),
            &[],
        );
        assert_eq!(read, Ok(()));
        let parts: Vec<(&str, &[u8])> =
            parts.parts.iter().map(|(part, bytes)| (part.name.as_str(), &bytes[..])).collect();
        assert_eq!(parts, [("in/a.csv", LIST), ("ü.txt", b"x"), ("none", b"y")]);
    }

    #[test]
    fn a_password_opens_what_it_is_for() {
        let bytes = archive(&[locked("a.txt"), made("open.csv", COPY, LIST)]);
        for wrong in [&[][..], &["one", "two"]] {
            let (parts, read) = collected(bytes.clone(), wrong);
            assert_eq!(read, Ok(()));
            assert_eq!(parts.gaps, [(Some("a.txt".to_string()), Reason::Encrypted, "AES-256, 7z".to_string())]);
            assert_eq!(parts.parts[0].0.name, "open.csv");
        }
        let (parts, read) = collected(bytes, &["one", "open sesame"]);
        assert_eq!(read, Ok(()));
        assert_eq!((parts.parts[0].1.as_slice(), parts.gaps.len()), (CLEAR, 0));
    }

    #[test]
    fn what_asks_for_much_is_refused() {
        // LZMA2 with a dictionary of 3 GiB, PPMd with 1 GiB.
        for coder in [&[0x21, 0x21, 1, 39][..], &[0x23, 3, 4, 1, 5, 6, 0, 0, 0, 0x40]] {
            let (parts, read) = collected(archive(&[made("a", coder, b"xxxx"), made("b", COPY, b"y")]), &[]);
            assert_eq!(read, Ok(()));
            assert_eq!((parts.gaps[0].1, parts.parts.len()), (Reason::Limit, 1));
        }
    }

    #[test]
    fn damage_ends_a_block_and_no_more() {
        let mut wrong = made("a", COPY, LIST);
        wrong.crc ^= 1;
        let (parts, read) = collected(archive(&[wrong, made("b", COPY, b"y")]), &[]);
        assert_eq!(read, Ok(()));
        assert_eq!((parts.gaps[0].1, parts.parts.last().expect("a part").1.as_slice()), (Reason::Malformed, &b"y"[..]));
        let whole = archive(&[made("a", COPY, LIST)]);
        for end in [6, 20, 32, whole.len() - 9] {
            let (_, read) = collected(whole[..end].to_vec(), &[]);
            assert_eq!(read.expect_err("cut").reason, Reason::Malformed, "{end} bytes");
        }
    }
}
