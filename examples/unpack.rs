//! Unpacks files with the libraries that scans use, and does nothing else: what `.ci/unpack-cost` holds scans against. In: files
//! `*.gz` and `*.zst`. Out: bytes and seconds of each, on one thread. Refuses other files.

// A program for people at a terminal.
#![allow(clippy::print_stdout)]

use std::fs::File;
use std::io::{BufReader, Read, Result};
use std::time::Instant;

/// As `decode/stream.rs` reads ahead, and as much as a scan takes at a time.
const AHEAD: usize = 256 << 10;

fn main() -> Result<()> {
    for path in std::env::args().skip(1) {
        let begun = Instant::now();
        let input = BufReader::with_capacity(AHEAD, File::open(&path)?);
        let mut reader: Box<dyn Read> = match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("gz") => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
            Some("zst") => Box::new(zstd::Decoder::with_buffer(input)?),
            _ => return Err(std::io::Error::other("usage: unpack FILE.gz|FILE.zst…")),
        };
        let (mut buffer, mut bytes) = (vec![0; AHEAD], 0);
        loop {
            match reader.read(&mut buffer)? {
                0 => break,
                got => bytes += got,
            }
        }
        println!("{path} {bytes} {:.4}", begun.elapsed().as_secs_f64());
    }
    Ok(())
}
