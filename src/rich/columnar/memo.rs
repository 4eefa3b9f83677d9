//! Memo files of dBASE and FoxPro: the long texts of a table, which holds their numbers only. In: the file. Out: its texts, those too to
//! which no row points any more. Refuses a file that is shorter than its head; pictures among FoxPro's memos are a gap.
//!
//! A file of FoxPro (`.fpt`) says its block size at byte 6 and of each memo type and length, all of them big-endian. Those of dBASE (`.dbt`) have blocks
//! of 512 bytes or what byte 20 says; a text ends with 0x1A, and since dBASE IV begins with `FF FF 08 00` and its length.

use std::io::{BufReader, Read, SeekFrom};

use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::{Asked, Document, Form, Part, Parts};

/// The head of every kind.
const HEAD: usize = 512;
/// Of one memo.
const LONGEST: usize = 64 << 20;
/// Text is handed on in such pieces.
const PIECE: usize = 256 << 10;

/// Reads a memo file.
pub(in crate::rich) fn read(asked: Asked<'_>, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<(), Halt> {
    let failed = |error: std::io::Error| Halt::of(&error);
    let size = document.seek(SeekFrom::End(0)).map_err(failed)?;
    document.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut head = [0; HEAD];
    document.read_exact(&mut head).map_err(|_| Halt::new(Reason::Malformed, "shorter than its head"))?;
    parts.begin(&Part { name: "memos".to_string(), form: Form::Body, place: None })?;
    let fox = asked.name.len() >= 4 && asked.name.as_bytes()[asked.name.len() - 4..].eq_ignore_ascii_case(b".fpt");
    let missed = if fox { fox_pro(&head, size, document, parts)? } else { dbase(&head, document, parts)? };
    parts.end()?;
    if missed {
        parts.gap(Some("memos"), Reason::Unsupported, "pictures and objects among the memos")?;
    }
    Ok(())
}

/// Whether there were memos that are no text.
fn fox_pro(head: &[u8; HEAD], size: u64, document: &mut dyn Document, parts: &mut dyn Parts) -> Result<bool, Halt> {
    let block = u64::from(u16::from_be_bytes([head[6], head[7]])).max(1);
    let mut at = (HEAD as u64).next_multiple_of(block);
    let mut missed = false;
    let mut text = Vec::new();
    while at + 8 <= size {
        parts.work(1)?;
        let mut begins = [0; 8];
        document.seek(SeekFrom::Start(at)).map_err(|error| Halt::of(&error))?;
        document.read_exact(&mut begins).map_err(|error| Halt::of(&error))?;
        let [a, b, c, d, e, f, g, h] = begins;
        let (kind, length) = (u32::from_be_bytes([a, b, c, d]), u64::from(u32::from_be_bytes([e, f, g, h])));
        if kind > 2 || length == 0 || at + 8 + length > size {
            // A block that nobody uses, or the rest of a memo that was longer.
            at += block.max(8);
            continue;
        }
        missed |= kind != 1;
        if kind == 1 {
            text.clear();
            let read = document.take(length.min(LONGEST as u64)).read_to_end(&mut text);
            read.map_err(|error| Halt::of(&error))?;
            give(&text, parts)?;
        }
        at = (at + 8 + length).next_multiple_of(block);
    }
    Ok(missed)
}

fn dbase(head: &[u8; HEAD], document: &mut dyn Document, parts: &mut dyn Parts) -> Result<bool, Halt> {
    let stated = usize::from(u16::from_le_bytes([head[20], head[21]]));
    let size = if stated >= HEAD && stated % HEAD == 0 { stated } else { HEAD };
    document.seek(SeekFrom::Start(size as u64)).map_err(|error| Halt::of(&error))?;
    let mut reader = BufReader::with_capacity(PIECE, document);
    let (mut block, mut text) = (Vec::new(), Vec::new());
    loop {
        block.clear();
        reader.by_ref().take(size as u64).read_to_end(&mut block).map_err(|error| Halt::of(&error))?;
        parts.work(1)?;
        let begins = block.starts_with(b"\xff\xff\x08\0");
        let content = if begins { block.get(8..).unwrap_or_default() } else { &block };
        if begins || block.is_empty() || text.len() >= PIECE {
            give(&text, parts)?;
            text.clear();
        }
        if block.is_empty() {
            return Ok(false);
        }
        // What stands behind an end is what was there before.
        for piece in content.split_inclusive(|b| *b == 0x1a) {
            text.extend_from_slice(piece);
            if piece.ends_with(b"\x1a") {
                give(&text, parts)?;
                text.clear();
            }
        }
    }
}

/// Gives one text, as UTF-8 if it is that, else as Windows writes it.
fn give(text: &[u8], parts: &mut dyn Parts) -> Result<(), Halt> {
    let filling = |b: &u8| matches!(b, 0 | 0x1a | b' ' | b'\n' | b'\r' | b'\t');
    let Some(from) = text.iter().position(|b| !filling(b)) else { return Ok(()) };
    let to = text.iter().rposition(|b| !filling(b)).map_or(from, |at| at + 1);
    let mut decoded = match str::from_utf8(&text[from..to]) {
        Ok(text) => text.to_string(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&text[from..to]).0.into_owned(),
    };
    if decoded.contains('\0') {
        decoded = decoded.replace('\0', " ");
    }
    // Each text speaks for itself.
    decoded.push_str("\n\n");
    decoded.as_bytes().chunks(PIECE).try_for_each(|piece| parts.write(piece))
}
