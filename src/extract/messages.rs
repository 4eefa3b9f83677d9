//! HL7 in other text: logs of interfaces, documentation, programs that send it. In: text, through a window. Out: the fields of the
//! segments that stand in it, at their places, all else as text. Refuses texts without a message header.
//!
//! A segment is told by its name and the mark behind it, wherever it stands in a line. It ends where its line does, or at a
//! carriage return however it is written: as such, `\r`, `<CR>`.

use super::hl7::Hl7;
use super::named::{Batch, Broken, Named, Nothing, Places, Progress, Reader, Window};
use super::stride::{Run, Steps, next_line, stride};
use super::values::Values;

/// Segments that carry persons and what is known of them (HL7 v2.5.1, appendix A.5), and the header.
const SEGMENTS: [&[u8; 3]; 20] = [
    b"MSH", b"PID", b"PD1", b"NK1", b"GT1", b"IN1", b"IN2", b"IN3", b"MRG", b"PV1", b"PV2", b"ORC", b"OBR", b"OBX",
    b"NTE", b"ACC", b"DG1", b"AL1", b"STF", b"FT1",
];
/// A header with the delimiters that all use (HL7 v2.5.1, 2.5.4), as a segment alone is read behind it.
const HEADER: &[u8] = b"MSH|^~\\&|\r";
/// How a carriage return is written where there is none.
const RETURNS: [&[u8]; 6] = [b"\\r", b"\\n", b"<CR>", b"<cr>", b"\\x0d", b"\\u000d"];

/// Reads text with messages in it.
#[derive(Default)]
struct Messages {
    record: u64,
    /// The last header has no patient yet.
    headed: bool,
    text: Run,
    /// In a line that is longer than a piece.
    long: bool,
}

/// A reader, if a header and a patient stand in the head.
pub(super) fn reader(head: &[u8]) -> Option<Box<dyn Reader>> {
    let has = |needle: &[u8]| memchr::memmem::find(head, needle).is_some();
    (has(b"PID|") && has(b"MSH|^~")).then(|| Box::new(Messages::default()) as Box<dyn Reader>)
}

impl Messages {
    fn text(&mut self, bytes: &[u8], base: u32, out: &mut Values<'_>) {
        let place = out.places.number(b"text", Named::text);
        self.text.add(bytes, base, place, out);
    }

    fn line(&mut self, content: &[u8], base: u32, out: &mut Values<'_>) {
        let (mut from, mut at) = (0, 0);
        // What closes a message that stands in quotes or brackets, to the end of its line.
        let mut closer = None;
        while let Some(mark) = memchr::memchr(b'|', &content[at..]).map(|found| at + found) {
            at = mark + 1;
            let Some(start) = mark.checked_sub(3).filter(|start| *start >= from) else { continue };
            let name = &content[start..mark];
            if !SEGMENTS.iter().any(|known| &known[..] == name) || !stands_alone(&content[..start]) {
                continue;
            }
            closer = content[..start].last().and_then(|before| closed(*before)).or(closer);
            let end = start + length(&content[start..], closer);
            self.text(&content[from..start], base + from as u32, out);
            self.pause(out);
            self.segment(name, &content[start..end], base + start as u32, out);
            (from, at) = (end, end);
        }
        self.text(&content[from..], base + from as u32, out);
    }

    fn segment(&mut self, name: &[u8], segment: &[u8], base: u32, out: &mut Values<'_>) {
        // A header begins a message; so does a patient where no header did.
        let begins = match name {
            b"MSH" => !std::mem::replace(&mut self.headed, true),
            b"PID" => !std::mem::replace(&mut self.headed, false),
            _ => false,
        };
        self.record += u64::from(begins || self.record == 0);
        if name == b"MSH" {
            return;
        }
        let message = [HEADER, segment, b"\r"].concat();
        let mut found = Batch::default();
        let mut nothing = Nothing;
        let mut window = Window::new(message, &mut nothing);
        // What breaks here has no structure to lose: the segment is read as text.
        if Hl7::default().read(&mut window, out.places, &mut found).is_err() {
            let place = out.places.number(b"text", Named::text);
            return out.span(place, base, base + segment.len() as u32);
        }
        let header = HEADER.len() as u32;
        for value in &found.values {
            let Some(start) = value.start.checked_sub(header) else { continue };
            let mut value = *value;
            (value.record, value.start, value.end) = (self.record, base + start, base + value.end - header);
            if value.decoded.0 < value.decoded.1 {
                let from = out.batch.decoded.len() as u32;
                out.batch.decoded.extend_from_slice(&found.decoded[value.decoded.0 as usize..value.decoded.1 as usize]);
                value.decoded = (from, out.batch.decoded.len() as u32);
            }
            value.end = value.end.min(base + segment.len() as u32);
            out.batch.values.push(value);
        }
    }
}

/// Whether a segment may begin behind these bytes: at a line's start, behind a mark, or behind a written return.
fn stands_alone(before: &[u8]) -> bool {
    before.last().is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_')
        || RETURNS.iter().any(|written| before.ends_with(written))
}

/// What closes what this byte opens.
fn closed(opener: u8) -> Option<u8> {
    Some(match opener {
        b'"' | b'\'' | b'`' => opener,
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        _ => return None,
    })
}

/// How long a segment is that begins here: to a return, to what closes it, or to the end of the line.
fn length(bytes: &[u8], closer: Option<u8>) -> usize {
    let returns = |at: &usize| bytes[*at] == b'\r' || RETURNS.iter().any(|written| bytes[*at..].starts_with(written));
    let end = memchr::memchr3_iter(b'\\', b'<', b'\r', bytes).find(returns).unwrap_or(bytes.len());
    let end = closer.and_then(|closer| memchr::memchr(closer, &bytes[..end])).unwrap_or(end);
    bytes[..end].trim_ascii_end().len()
}

impl Steps for Messages {
    fn step(&mut self, look: &[u8], base: u32, out: &mut Values<'_>) -> Result<usize, Broken> {
        out.record = self.record.max(1);
        let (length, whole) = next_line(look, &mut self.long);
        match whole {
            true => self.line(&look[..length], base, out),
            false => self.text(&look[..length], base, out),
        }
        Ok(length)
    }

    fn pause(&mut self, out: &mut Values<'_>) {
        let place = out.places.number(b"text", Named::text);
        self.text.give(place, out);
    }
}

impl Reader for Messages {
    fn read(&mut self, window: &mut Window<'_>, places: &mut Places, batch: &mut Batch) -> Result<Progress, Broken> {
        stride(self, window, places, batch)
    }
}

#[cfg(test)]
mod tests {
    use super::super::named::tests::read_all;
    use super::*;

    fn read(text: &str) -> Vec<(String, u64, String)> {
        let (values, broken, _) = read_all(reader(text.as_bytes()).expect("a message"), text.as_bytes(), 97);
        assert_eq!(broken, None);
        values
            .into_iter()
            .map(|(place, record, offset, value)| {
                assert!(offset as usize <= text.len());
                (place, record, value)
            })
            .collect()
    }

    fn has(values: &[(String, u64, String)], place: &str, record: u64, value: &str) {
        let wanted = (place.to_string(), record, value.to_string());
        assert!(values.contains(&wanted), "{wanted:?} in {values:?}");
    }

    const PID: &str = "PID|1||448718^^^N^MR||DELGADO^MARIA||19520304|F";

    #[test]
    fn messages_in_a_log_are_read_by_their_fields() {
        let text = format!(
            "2026-03-01 INFO received for Maria\nMSH|^~\\&|LAB|N|EHR|N|20260301||ADT^A01|1|P|2.5\n{PID}\nPV1|1|I\n\
             2026-03-01 DEBUG raw=[MSH|^~\\&|LAB|N\\r{}\\rNK1|1|DELGADO^JOSE] sent\n",
            PID.replace("448718", "551902")
        );
        let values = read(&text);
        has(&values, "segment: PID-7", 1, "19520304");
        has(&values, "segment: PID-3.1 MR", 1, "448718");
        has(&values, "segment: PID-3.1 MR", 2, "551902");
        has(&values, "segment: NK1-2.2", 2, "JOSE");
        assert!(values.iter().any(|(place, _, text)| place == "text" && text.contains("received for Maria")));
    }

    #[test]
    fn messages_in_a_program_are_read_by_their_fields() {
        let text = format!("message = 'MSH|^~\\\\&|GHH LAB|ELAB-3\\r'\nmessage += '{PID}\\r'\nprint(message)\n");
        let values = read(&text);
        has(&values, "segment: PID-7", 1, "19520304");
        assert!(values.iter().all(|(_, _, text)| !text.contains("\\r'") || text.contains("message")), "{values:?}");
    }

    #[test]
    fn other_bars_are_text() {
        assert!(reader(b"| PID | name |\n|---|---|\n").is_none());
        let values = read(&format!("RAPID|x and STUPID|y\nMSH|^~\\&|A\n{PID}\n"));
        assert!(values.iter().any(|(place, _, text)| place == "text" && text.contains("RAPID|x")));
    }
}
