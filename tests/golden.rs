//! Every report, to the byte. In: `tests/golden/findings.jsonl`, a report of a few documents, hostile names and gaps. Out: what the
//! program makes of it, compared with the files beside it; `BLESS=1` writes them anew. What changes by itself is blanked: when a
//! manifest was finished, hashes, and style and script of the page, which stand in files of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Compares with the blessed file of this name.
fn same(name: &str, fresh: &str) {
    let path = golden().join(name);
    let blessed = std::fs::read_to_string(&path).unwrap_or_default();
    if blessed == fresh {
        return;
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, fresh).expect("written");
        return;
    }
    let line = blessed.lines().zip(fresh.lines()).position(|(a, b)| a != b).unwrap_or(blessed.lines().count());
    let shown = fresh.lines().nth(line).unwrap_or_default();
    panic!("tests/golden/{name} differs from line {} on; BLESS=1 writes it anew. Now:\n{shown}", line + 1);
}

/// The text with all between two marks left out, each time they come.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(open) {
        kept += before;
        kept += open;
        rest = &behind[behind.find(close).expect("what is opened is closed")..];
    }
    kept + rest
}

#[test]
fn every_format_is_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let source = golden().join("findings.jsonl");
    let output = Command::new(env!("CARGO_BIN_EXE_phisweep"))
        .args(["report", "-o", "set/", "-o", "findings.sarif", "-o", "findings.ocsf.jsonl"])
        .arg(&source)
        .current_dir(folder.path())
        .output()
        .expect("phisweep runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    same("summary.txt", &String::from_utf8(output.stdout).unwrap());
    let read = |name: &str| std::fs::read_to_string(at(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(read("set/findings.jsonl") == std::fs::read_to_string(&source).unwrap(), "the lines themselves");
    for name in ["findings.csv", "documents.csv", "gaps.csv", "worklist.csv", "summary.json"] {
        same(name, &read(&format!("set/{name}")));
    }
    same("findings.sarif", &read("findings.sarif"));
    same("findings.ocsf.jsonl", &read("findings.ocsf.jsonl"));
    let page = without(&without(&read("set/report.html"), "<style>", "</style>"), "<script>", "</script>");
    same("report.html", &without(&page, "sha256-", "'"));
    let manifest = without(&read("set/manifest.json"), "\"finished\": \"", "\"");
    same("manifest.json", &without(&without(&manifest, "\"sha256\": \"", "\""), "\"bytes\": ", ","));
}
