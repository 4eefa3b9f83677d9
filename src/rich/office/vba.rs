//! The text of macros ([MS-OVBA] 2.4.1). In: the stream of a module. Out: its source, unpacked. Refuses to unpack more than [`LONGEST`] bytes.

/// Bytes of the source of one module.
const LONGEST: usize = 16 << 20;

/// The source in the stream of a module, if there is any: behind what was compiled, and told by how each starts.
pub(super) fn module(stream: &[u8]) -> Option<Vec<u8>> {
    // "Attribut" as the first literals of a chunk, its flags before them: eight literals and no copy.
    let mark = b"\0Attribut";
    memchr::memmem::find_iter(stream, mark)
        .filter_map(|at| at.checked_sub(3))
        .find_map(|start| unpacked(&stream[start..]))
}

/// A container: a signature, then chunks of 4,096 bytes each at most.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let (1, mut rest) = bytes.split_first().map(|(first, rest)| (*first, rest))? else { return None };
    let mut out = Vec::new();
    while let [low, high, chunk @ ..] = rest {
        let header = u16::from_le_bytes([*low, *high]);
        let length = usize::from(header & 0x0fff) + 1;
        if header >> 12 & 7 != 3 || out.len() > LONGEST {
            break;
        }
        let chunk_end = length.min(chunk.len());
        match header >> 15 {
            0 => out.extend_from_slice(&chunk[..chunk_end]),
            _ => unpack(&chunk[..chunk_end], &mut out)?,
        }
        rest = &chunk[chunk_end..];
    }
    Some(out)
}

fn unpack(mut chunk: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    while let [flags, rest @ ..] = chunk {
        chunk = rest;
        for bit in 0..8 {
            if flags >> bit & 1 == 0 {
                let [literal, rest @ ..] = chunk else { return Some(()) };
                out.push(*literal);
                chunk = rest;
                continue;
            }
            let [low, high, rest @ ..] = chunk else { return Some(()) };
            chunk = rest;
            let token = usize::from(u16::from_le_bytes([*low, *high]));
            let done = out.len() - start;
            // As many bits for the offset as the bytes so far need, four at least (2.4.1.3.19.1).
            let bits = (4..12).find(|bits| 1usize << bits >= done).unwrap_or(12);
            let length = (token & (0xffff >> bits)) + 3;
            let offset = (token >> (16 - bits)) + 1;
            if offset > done || done > 4_096 {
                return None;
            }
            for _ in 0..length {
                let byte = out[out.len() - offset];
                out.push(byte);
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_unpacked() {
        // Two groups of literals: eight, then three.
        let literal = b"\x01\x0c\xb0\0Attribut\0e \n";
        assert_eq!(module(literal).as_deref(), Some(&b"Attribute \n"[..]));
        // "abc" three times: three literals, then a copy of six from three back.
        let copied = b"\x01\x05\xb0\x08abc\x03\x20";
        assert_eq!(unpacked(copied).as_deref(), Some(&b"abcabcabc"[..]));
        assert_eq!(unpacked(b"\x01\x03\xb0\x01\xff\xff"), None, "a copy of what is not there");
    }
}
