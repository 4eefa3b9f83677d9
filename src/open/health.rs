//! In: the first bytes of a document. Out: whether they are messages of a health-care format that is text: HL7 version 2,
//! X12, NCPDP. Refuses documents that only show such a message: most of what follows must be one.

/// Lines of something else that may stand before the first message.
const LINES: usize = 32;
/// Bytes within which an interchange header must be over; 106 by the standard.
const HEADER: usize = 256;

/// HL7 version 2: a header stands at the start or behind a few lines of something else, or it is missing and the patient's
/// segment is there.
pub(super) fn is_hl7(head: &[u8]) -> bool {
    let lines = || {
        let framed = |b: &u8| matches!(b, b'\r' | b'\n' | 0x1c);
        let bare = |line: &'_ [u8]| line.iter().take_while(|b| matches!(b, b' ' | b'\t' | 0x0b)).count();
        head.split(framed).map(move |line| &line[bare(line)..]).filter(|line| !line.is_empty())
    };
    let Some(first) = lines().next() else { return false };
    if is_header(first) {
        return true;
    }
    let known = |line: &&[u8]| [&b"EVN|"[..], b"PID|", b"PV1|", b"NK1|"].iter().any(|name| line.starts_with(name));
    // Nearly all texts have none of these letters, and their lines need not be taken apart.
    let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    if !known(&first) && !holds(b"MSH") && !holds(b"FHS") && !holds(b"BHS") {
        return false;
    }
    let Some(header) = lines().take(LINES).find(|line| is_header(line)) else {
        return known(&first)
            && lines().take(6).filter(known).count() >= 2
            && lines().take(6).any(|l| l.starts_with(b"PID|"));
    };
    let segment = |line: &[u8]| {
        line.get(3) == header.get(3)
            && line[0].is_ascii_uppercase()
            && line[1..3].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let behind = || lines().skip_while(|line| !is_header(line)).take(24);
    let segments = behind().filter(|line| segment(line)).count();
    segments >= 2 && segments * 4 >= behind().count() * 3
}

/// A message, file or batch header: its name, the field separator, up to five other encoding characters (v2.5.1 2.5.4).
fn is_header(line: &[u8]) -> bool {
    if !matches!(line, [b'M', b'S', b'H', ..] | [b'F' | b'B', b'H', b'S', ..]) {
        return false;
    }
    let sign = |b: &u8| b.is_ascii() && !b.is_ascii_alphanumeric() && !matches!(b, b' ' | b'\t' | 0);
    let Some(separator) = line.get(3).filter(|b| sign(b)) else { return false };
    let encoding = line[4..].split(|b| b == separator).next().unwrap_or_default();
    let encoding = &encoding[..encoding.len().min(4)];
    encoding.iter().all(sign) && (!encoding.is_empty() || *separator == b'|')
}

/// X12: an interchange header at the start or of a line soon after it, with its sixteen elements, and a group behind it.
pub(super) fn is_x12(head: &[u8]) -> bool {
    let mut rest = head.trim_ascii_start();
    for _ in 0..LINES {
        if is_interchange(rest) {
            return true;
        }
        let Some(end) = memchr::memchr2(b'\n', b'\r', rest) else { return false };
        rest = rest[end..].trim_ascii_start();
    }
    false
}

fn is_interchange(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(HEADER)];
    let Some(separator) = bytes.get(3).copied() else { return false };
    if !bytes.starts_with(b"I") && !bytes.starts_with(b"i")
        || !bytes[..3].eq_ignore_ascii_case(b"ISA")
        || !separator.is_ascii()
        || separator.is_ascii_alphanumeric()
        || matches!(separator, b' ' | b'\t' | b'\r' | b'\n' | 0)
    {
        return false;
    }
    // The separator after `ISA` stands again before the last element: the header is of fixed width. Where it is not, a
    // group follows.
    let elements = memchr::memchr_iter(separator, bytes).count();
    let group = [&b"GS"[..], b"gs", b"TA1"]
        .iter()
        .any(|name| memchr::memmem::find_iter(bytes, name).any(|at| bytes.get(at + name.len()) == Some(&separator)));
    bytes.get(103) == Some(&separator) && elements >= 14 || elements >= 12 && group
}

/// NCPDP telecommunication: a segment separator, a field separator and the identifier of a segment (field 111-AM).
pub(super) fn is_ncpdp(head: &[u8]) -> bool {
    let head = &head[..head.len().min(1024)];
    memchr::memmem::find_iter(head, b"\x1e\x1cAM")
        .any(|at| head.get(at + 4..at + 6).is_some_and(|id| id.iter().all(u8::is_ascii_digit)))
}
