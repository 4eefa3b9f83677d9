//! Looks ahead into an object without reading it. In: bytes that start at its `{`. Out: its strings, with the keys above them.
//! Refuses nothing: what is no JSON is found out when it is read.

use super::strings::string_end;

/// Keys above a string, lists left out.
const KEYS: usize = 4;

/// Tells each string of the object that stands at most `depth` objects deep, with its keys. Whether the object ended
/// within the bytes.
pub(in crate::extract) fn skim<'a>(
    bytes: &'a [u8],
    depth: usize,
    mut each: impl FnMut(&[&'a [u8]], &'a [u8]) -> bool,
) -> bool {
    let mut keys: [&[u8]; KEYS] = [b""; KEYS];
    // Objects that are open, and lists and objects that are.
    let (mut objects, mut open) = (0usize, 0usize);
    // For each of the outer levels whether it is an object.
    let mut kinds = 0u64;
    let mut key = false;
    let mut i = 0;
    while let Some(byte) = bytes.get(i) {
        match byte {
            b'"' => {
                let Some((length, _)) = string_end(&bytes[i + 1..]) else { return false };
                let text = &bytes[i + 1..i + 1 + length];
                i += length + 2;
                if key && objects >= 1 && objects <= depth.min(KEYS) {
                    keys[objects - 1] = text;
                } else if !key && objects >= 1 && objects <= depth.min(KEYS) && !each(&keys[..objects], text) {
                    return true;
                }
                key = false;
                continue;
            }
            b'{' => {
                kinds = kinds << 1 | 1;
                (objects, open, key) = (objects + 1, open + 1, true);
            }
            b'[' => {
                kinds <<= 1;
                (open, key) = (open + 1, false);
            }
            b'}' | b']' => {
                if open <= 1 {
                    return true;
                }
                objects -= usize::from(*byte == b'}' && objects > 0);
                kinds >>= 1;
                open -= 1;
            }
            b',' => key = kinds & 1 == 1,
            _ => {}
        }
        i += 1;
    }
    false
}
