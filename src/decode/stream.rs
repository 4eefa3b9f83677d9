//! Compressed streams. In: packed bytes in order. Out: what was packed. Refuses dictionaries that would take too much
//! memory. Streams one behind the other are read as one, as their own tools do.

use std::io::{BufReader, Read};

use super::budget::{Budget, Counted, Halt, Metered};
use super::unix_compress;
use crate::gap::Reason;

/// What an xz or lzma decoder has beside its dictionary, KiB.
const LZMA_BESIDE_KIB: u64 = 16 << 10;
/// Bytes read ahead.
const AHEAD: usize = 256 << 10;

/// How a stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// RFC 1952, several members one behind the other too.
    Gzip,
    /// RFC 1950.
    Zlib,
    /// bzip2, several streams too.
    Bzip2,
    /// xz, several streams too.
    Xz,
    /// lzma alone.
    Lzma,
    /// lzip.
    Lzip,
    /// RFC 8878, several frames too.
    Zstd,
    /// LZ4 frames.
    Lz4,
    /// `.Z`, as compress(1) writes.
    Compress,
}

/// Formats as `open` calls them, and the endings that are taken off a name.
const PACKINGS: [(&str, Packing, &[&str]); 9] = [
    ("gzip", Packing::Gzip, &["gz", "gzip", "z"]),
    ("zlib", Packing::Zlib, &["zz", "zlib"]),
    ("bzip2", Packing::Bzip2, &["bz2", "bz", "bzip2"]),
    ("xz", Packing::Xz, &["xz"]),
    ("lzma", Packing::Lzma, &["lzma"]),
    ("lzip", Packing::Lzip, &["lz"]),
    ("zstd", Packing::Zstd, &["zst", "zstd"]),
    ("lz4", Packing::Lz4, &["lz4"]),
    ("compress", Packing::Compress, &["z"]),
];

impl Packing {
    pub(super) fn of(format: &str) -> Option<Packing> {
        PACKINGS.iter().find(|(name, _, _)| *name == format).map(|(_, packing, _)| *packing)
    }

    /// What a packed file is called without its packing: `a.csv.gz` holds `a.csv`, `a.tgz` `a.tar`, `a` `a`.
    pub(super) fn inner_name(self, name: &str) -> String {
        const SHORT: [&str; 5] = ["tgz", "tbz", "tbz2", "txz", "tzst"];
        let name = name.rsplit(['/', '!']).next().unwrap_or(name);
        let Some((stem, ending)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else {
            return name.to_string();
        };
        let ending = ending.to_ascii_lowercase();
        if SHORT.contains(&ending.as_str()) {
            return format!("{stem}.tar");
        }
        match PACKINGS.iter().find(|(_, packing, _)| *packing == self) {
            Some((_, _, endings)) if endings.contains(&ending.as_str()) => stem.to_string(),
            _ => name.to_string(),
        }
    }
}

/// The stream that was packed.
pub(super) fn open<'a>(
    packing: Packing,
    packed: Box<dyn Read + 'a>,
    budget: &'a Budget,
) -> Result<Box<dyn Read + 'a>, Halt> {
    let counted = Counted::new(packed);
    let count = counted.count();
    let input = BufReader::with_capacity(AHEAD, counted);
    let failed = |error: std::io::Error| Halt::of(&error);
    let lzma_kib = u32::try_from((budget.limits().dictionary >> 10) + LZMA_BESIDE_KIB).unwrap_or(u32::MAX);
    let inner: Box<dyn Read + 'a> = match packing {
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
        Packing::Zlib => Box::new(flate2::bufread::ZlibDecoder::new(input)),
        Packing::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Packing::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, lzma_kib)),
        Packing::Lzma => Box::new(
            lzma_rust2::LzmaReader::new_mem_limit(input, lzma_kib, None)
                .map_err(|_| Halt::new(Reason::Malformed, "damaged, or of too large a dictionary"))?,
        ),
        Packing::Lzip => Box::new(lzma_rust2::LzipReader::new(input)),
        Packing::Zstd => {
            let mut decoder = zstd::Decoder::with_buffer(input).map_err(failed)?;
            decoder.window_log_max(budget.limits().window.ilog2()).map_err(failed)?;
            Box::new(decoder)
        }
        Packing::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(input)),
        Packing::Compress => Box::new(unix_compress::Decoder::new(input)),
    };
    Ok(Box::new(Metered::new(inner, budget, count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_file_holds_what_its_name_says() {
        for (packing, name, inner) in [
            (Packing::Gzip, "drop/members.csv.gz", "members.csv"),
            (Packing::Gzip, "drop.tgz", "drop.tar"),
            (Packing::Gzip, "a.csv", "a.csv"),
            (Packing::Gzip, ".gz", ".gz"),
            (Packing::Compress, "a.csv.Z", "a.csv"),
            (Packing::Xz, "a.gz", "a.gz"),
        ] {
            assert_eq!(packing.inner_name(name), inner);
        }
    }
}
