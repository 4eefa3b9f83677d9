//! What a document may cost. In: names and numbers of a user. Out: the limits of a run, all of them in one place. Refuses
//! names that are none and numbers out of range.
//!
//! All but `silence` count work and not time, so that the result depends on neither load nor threads.

/// What a document may cost, and so what a hostile one can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Wrappers inside each other.
    pub depth: u64,
    /// Bytes that may come out for each that went in, at each wrapper, and at all wrappers of one file for each of its own. Text
    /// seldom packs better than 30 to 1.
    pub ratio: u64,
    /// Members of all wrappers of one file: members of archives, sheets, tables, attachments.
    pub members: u64,
    /// Bytes that may come out of all wrappers of one file.
    pub expanded: u64,
    /// Bytes of the encrypted spool that documents inside one file may have at a time, beyond the 64 MiB that are held in
    /// memory; 0 for no spool.
    pub spool: u64,
    /// Bytes a zstd stream may ask to keep: what `zstd --long` makes by itself.
    pub window: u64,
    /// Bytes of the dictionary of xz, lzma and 7z: four times what `xz -9` makes.
    pub dictionary: u64,
    /// Cells stepped over and nodes visited in a document that a library reads, beyond what comes out of it.
    pub cells: u64,
    /// Bytes a library may have for one document beyond what its process needs by itself.
    pub memory: u64,
    /// Seconds of computing a library may take for one document.
    pub cpu: u64,
    /// Seconds without a sign of life after which a library is ended: the last resort against what none of the others counts.
    pub silence: u64,
}

/// See [`Limits::depth`]; for readers that count their own.
pub const DEPTH: u32 = 16;
/// See [`Limits::members`].
pub const MEMBERS: u64 = 100_000;
/// So much may come out however little went in: a long file of one repeated row packs a thousand to one, and is real.
pub const FLOOR: u64 = 256 << 20;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            depth: u64::from(DEPTH),
            ratio: 200,
            members: MEMBERS,
            expanded: 64 << 30,
            spool: 4 << 30,
            window: 128 << 20,
            dictionary: 256 << 20,
            cells: 1 << 30,
            // A workbook of 64 MiB of XML with shared strings and styles needs some 300 MiB.
            memory: 512 << 20,
            cpu: 600,
            silence: 60,
        }
    }
}

/// A limit as users know it: name, unit, least and greatest value.
struct Known {
    name: &'static str,
    bytes: bool,
    least: u64,
    most: u64,
    field: fn(&mut Limits) -> &mut u64,
}

const KNOWN: [Known; 11] = [
    Known { name: "depth", bytes: false, least: 1, most: 64, field: |limits| &mut limits.depth },
    Known { name: "ratio", bytes: false, least: 1, most: u64::MAX, field: |limits| &mut limits.ratio },
    Known { name: "members", bytes: false, least: 1, most: u64::MAX, field: |limits| &mut limits.members },
    Known { name: "expanded", bytes: true, least: 1 << 20, most: u64::MAX, field: |limits| &mut limits.expanded },
    Known { name: "spool", bytes: true, least: 0, most: 64 << 30, field: |limits| &mut limits.spool },
    Known { name: "window", bytes: true, least: 1 << 10, most: 2 << 30, field: |limits| &mut limits.window },
    Known { name: "dictionary", bytes: true, least: 1 << 12, most: 4 << 30, field: |limits| &mut limits.dictionary },
    Known { name: "cells", bytes: false, least: 1, most: u64::MAX, field: |limits| &mut limits.cells },
    Known { name: "memory", bytes: true, least: 16 << 20, most: 1 << 40, field: |limits| &mut limits.memory },
    Known { name: "cpu", bytes: false, least: 1, most: 1 << 30, field: |limits| &mut limits.cpu },
    Known { name: "silence", bytes: false, least: 1, most: 1 << 30, field: |limits| &mut limits.silence },
];

impl Limits {
    /// Sets the limit called `name`. Bytes may be given with `K`, `M` or `G` behind them, powers of 1,024.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let Some(known) = KNOWN.iter().find(|known| known.name == name) else {
            let names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
            return Err(format!("no limit has this name; there are {}", names.join(", ")));
        };
        let (digits, shift) = match value.as_bytes().last() {
            Some(b'K' | b'k') if known.bytes => (&value[..value.len() - 1], 10),
            Some(b'M' | b'm') if known.bytes => (&value[..value.len() - 1], 20),
            Some(b'G' | b'g') if known.bytes => (&value[..value.len() - 1], 30),
            _ => (value, 0),
        };
        let number = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
        match number.filter(|number| (known.least..=known.most).contains(number)) {
            Some(number) => {
                *(known.field)(self) = number;
                Ok(())
            }
            None if known.most == u64::MAX => Err(format!("{name} takes a whole number from {}", known.least)),
            None => Err(format!("{name} takes a whole number from {} to {}", known.least, known.most)),
        }
    }

    /// Names and values, as `--help` shows them.
    pub fn shown(mut self) -> String {
        let one = |known: &Known| {
            let value = *(known.field)(&mut self);
            match known.bytes {
                true if value.is_multiple_of(1 << 30) => format!("{}={}G", known.name, value >> 30),
                true if value.is_multiple_of(1 << 20) => format!("{}={}M", known.name, value >> 20),
                _ => format!("{}={value}", known.name),
            }
        };
        KNOWN.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

/// Bytes for people: `64 GiB`.
pub(crate) fn bytes_text(bytes: u64) -> String {
    match bytes {
        _ if bytes.is_multiple_of(1 << 30) => format!("{} GiB", bytes >> 30),
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let mut limits = Limits::default();
        for (name, value) in [("depth", "3"), ("memory", "1G"), ("window", "8m"), ("cells", "1000")] {
            limits.set(name, value).expect("a limit");
        }
        assert_eq!((limits.depth, limits.memory, limits.window, limits.cells), (3, 1 << 30, 8 << 20, 1000));
        for (name, value) in
            [("depht", "3"), ("depth", "0"), ("depth", "x"), ("depth", "1K"), ("memory", "99999999999G")]
        {
            assert!(limits.set(name, value).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn what_is_shown_can_be_given() {
        let (mut limits, defaults) =
            (Limits { depth: 1, memory: 1, silence: 1, ..Limits::default() }, Limits::default());
        for shown in defaults.shown().split(' ') {
            let (name, value) = shown.split_once('=').expect("a name and a value");
            limits.set(name, value).expect("a limit");
        }
        assert_eq!(limits, defaults);
    }
}
