//! Makes tables at build time, so that a run pays nothing for them at its start. In: the pattern files under `patterns/`,
//! the name lists under `src/validate/names/`, the codes and drugs under `src/judge/health/`. Out, in `OUT_DIR`: `patterns.rs`,
//! the list of embedded pattern files in order of path, for each name list a hash table in three files (`names::Table`
//! reads them), and for `health` a table of diagnoses and a slice of drugs.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[path = "src/validate/names/hash.rs"]
mod hash;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=patterns");
    println!("cargo::rerun-if-changed=src/validate/names");
    fs::write(out.join("patterns.rs"), patterns(&root.join("patterns"))?)?;
    for list in ["surnames", "given"] {
        let text = fs::read_to_string(root.join(format!("src/validate/names/{list}.txt")))?;
        names(&text, &out, list)?;
    }
    println!("cargo::rustc-env=PHISWEEP_READING={}", reading(&root)?);
    println!("cargo::rerun-if-changed=src/judge/health");
    fs::write(out.join("icd10.bin"), icd10(&fs::read_to_string(root.join("src/judge/health/icd10.txt"))?)?)?;
    let drugs = fs::read_to_string(root.join("src/judge/health/drugs.txt"))?;
    let drugs: Vec<&str> = drugs.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    fs::write(out.join("drugs.rs"), format!("{drugs:?}"))?;
    Ok(())
}

/// What decides, beside rules, what is found in a document: all that reads and judges, and the libraries it reads with. A
/// ledger holds it against what documents were read by. A room that only tells or keeps is left out.
fn reading(root: &Path) -> Result<String, Box<dyn Error>> {
    const TELLING: [&str; 8] = ["cli", "report", "ledger", "sweep", "evidence", "decisions", "error.rs", "main.rs"];
    let mut files = vec![root.join("Cargo.lock")];
    let mut left: Vec<PathBuf> =
        fs::read_dir(root.join("src"))?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    left.retain(|path| !TELLING.iter().any(|name| path.ends_with(name)));
    while let Some(path) = left.pop() {
        match path.is_dir() {
            true => left.extend(fs::read_dir(&path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?),
            false => files.push(path),
        }
    }
    files.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.strip_prefix(root)?.to_string_lossy().into_owned();
        for byte in name.bytes().chain([0]).chain(fs::read(&file)?) {
            // FNV-1a: nobody attacks it, and a build script brings no crate.
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}"))
}

/// For each category of ICD-10-CM (letter, digit, digit or letter: 26 × 10 × 36) eight bytes, of which bit 0 to 35 say which
/// character may stand fourth and bit 40 that there is such a category.
fn icd10(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let place = |byte: u8| match byte {
        b'0'..=b'9' => Ok(u64::from(byte - b'0')),
        b'A'..=b'Z' => Ok(u64::from(byte - b'A') + 10),
        _ => Err("a category is of digits and capitals"),
    };
    let mut table = vec![0_u64; 26 * 10 * 36];
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (category, fourth) = line.split_once(' ').unwrap_or((line, ""));
        let &[letter, digit, third] = category.as_bytes() else { return Err("a category has three characters".into()) };
        let slot = ((place(letter)? - 10) * 10 + place(digit)?) * 36 + place(third)?;
        let known = table.get_mut(slot as usize).ok_or("no such category")?;
        *known |= 1 << 40;
        for byte in fourth.bytes() {
            *known |= 1 << place(byte)?;
        }
    }
    Ok(table.iter().flat_map(|known| known.to_le_bytes()).collect())
}

/// A slice of (path below `patterns/`, text).
fn patterns(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut files = Vec::new();
    for group in fs::read_dir(folder)? {
        let group = group?.path();
        if group.is_dir() {
            println!("cargo::rerun-if-changed={}", group.display());
            for file in fs::read_dir(group)? {
                let file = file?.path();
                if file.extension().is_some_and(|e| e == "toml") {
                    files.push(file);
                }
            }
        }
    }
    files.sort();
    let mut text = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(folder)?.to_str().ok_or("a pattern file's name is not UTF-8")?.replace('\\', "/");
        writeln!(text, "    ({name:?}, include_str!({:?})),", file.to_str().ok_or("the path is not UTF-8")?)?;
    }
    text.push_str("]\n");
    Ok(text)
}

/// Names in order of rank, as `.names` (the bytes), `.ends` (where each ends, u32) and `.slots` (a table of rank + 1 by
/// hash, 0 where empty, u16; linear probing).
fn names(text: &str, out: &Path, list: &str) -> Result<(), Box<dyn Error>> {
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    let mut slots = vec![0_u16; hash::SLOTS];
    for (rank, name) in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).enumerate() {
        let mut slot = hash::slot(name.bytes());
        while slots[slot] != 0 {
            slot = (slot + 1) % hash::SLOTS;
        }
        slots[slot] = u16::try_from(rank + 1)?;
        bytes.extend_from_slice(name.as_bytes());
        ends.extend_from_slice(&u32::try_from(bytes.len())?.to_le_bytes());
    }
    let slots: Vec<u8> = slots.iter().flat_map(|slot| slot.to_le_bytes()).collect();
    fs::write(out.join(format!("{list}.names")), bytes)?;
    fs::write(out.join(format!("{list}.ends")), ends)?;
    fs::write(out.join(format!("{list}.slots")), slots)?;
    Ok(())
}
