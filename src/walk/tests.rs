//! In: trees made for one test each. Out: what the walk says of them, held against what is there.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::*;

/// A tree with these files, each holding its own name.
fn tree(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, file).expect("a file");
    }
    folder
}

/// One line for each thing met: a path, or `reason path (detail)`.
fn walked(root: &Path, options: &WalkOptions) -> Vec<String> {
    let roots = resolve_roots(&[root.to_path_buf()]).expect("a root");
    let line = |found| match found {
        Found::File(entry) => entry.locator.parts()[0].clone(),
        Found::Gap(gap) => format!("{} {} ({})", gap.reason.name(), gap.locator.parts()[0], gap.detail),
    };
    walk(&roots, options).expect("options").map(line).collect()
}

fn globs(globs: &[&str]) -> Vec<String> {
    globs.iter().map(|glob| (*glob).to_string()).collect()
}

#[test]
fn files_come_depth_first_by_the_bytes_of_their_names() {
    let folder = tree(&["b.csv", "a/z", "a/.hidden", "a-b", "Z", "a/m/x", "é"]);
    assert_eq!(walked(folder.path(), &WalkOptions::default()), ["Z", "a/.hidden", "a/m/x", "a/z", "a-b", "b.csv", "é"]);
}

#[test]
fn several_roots_keep_their_order_and_standard_input_is_one() {
    let folder = tree(&["b/x", "a/y"]);
    let roots = resolve_roots(&[folder.path().join("b"), PathBuf::from("-"), folder.path().join("a/y")]);
    let roots = roots.expect("roots");
    let entries: Vec<Entry> = walk(&roots, &WalkOptions::default())
        .expect("options")
        .map(|found| match found {
            Found::File(entry) => entry,
            Found::Gap(gap) => panic!("{gap:?}"),
        })
        .collect();
    assert_eq!(entries.iter().map(|entry| entry.root).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(entries[1].is_stream() && !entries[0].is_stream());
    assert_eq!(entries[2].locator.path(&roots[2].name), "y", "a root that is one file");
}

#[test]
fn what_is_no_regular_file_is_told_and_not_opened() {
    let folder = tree(&["x"]);
    mknodat(CWD, folder.path().join("fifo"), FileType::Fifo, Mode::RUSR, 0).expect("a FIFO");
    let _socket = UnixListener::bind(folder.path().join("socket")).expect("a socket");
    assert_eq!(walked(folder.path(), &WalkOptions::default()), ["special fifo (FIFO)", "special socket (socket)", "x"]);
    let roots = resolve_roots(&[folder.path().join("fifo")]).expect("a root");
    let found: Vec<Found> = walk(&roots, &WalkOptions::default()).expect("options").collect();
    assert!(matches!(&found[..], [Found::Gap(gap)] if gap.class == Class::Blind), "named and not read: {found:?}");
}

#[test]
fn links_are_told_and_followed_only_on_demand() {
    let folder = tree(&["a/x"]);
    symlink("a/x", folder.path().join("file")).expect("a link");
    symlink("nowhere", folder.path().join("dangling")).expect("a link");
    symlink("../a", folder.path().join("a/loop")).expect("a link");
    symlink("self", folder.path().join("self")).expect("a link");
    let link = |name: &str| format!("excluded {name} (symbolic link; --follow)");
    let plain = walked(folder.path(), &WalkOptions::default());
    assert_eq!(plain, [link("a/loop"), "a/x".to_string(), link("dangling"), link("file"), link("self")]);

    let followed = walked(folder.path(), &WalkOptions { follow: true, ..WalkOptions::default() });
    assert_eq!(followed[..4], ["loop a/loop (leads back to a)", "a/x", "unreadable dangling (dangling link)", "file"]);
    assert!(followed[4].starts_with("loop self ("), "{followed:?}");
    assert_eq!(followed.len(), 5);
}

#[test]
fn a_root_that_is_a_link_is_followed() {
    let folder = tree(&["a/x"]);
    symlink("a", folder.path().join("latest")).expect("a link");
    assert_eq!(walked(&folder.path().join("latest"), &WalkOptions::default()), ["x"]);
}

#[test]
#[allow(clippy::print_stderr)]
fn a_folder_that_may_not_be_read_is_a_gap() {
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: the superuser may read everything");
        return;
    }
    let folder = tree(&["locked/x", "y"]);
    let locked = folder.path().join("locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).expect("set");
    let lines = walked(folder.path(), &WalkOptions::default());
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).expect("set");
    assert!(lines[0].starts_with("denied locked ("), "{lines:?}");
    assert_eq!(lines[1..], ["y"]);
}

#[test]
fn names_that_are_not_utf8_are_walked() {
    let folder = tree(&[]);
    fs::write(folder.path().join(OsStr::from_bytes(b"a\xff.csv")), "x").expect("a file");
    assert_eq!(walked(folder.path(), &WalkOptions::default()), ["a\\xFF.csv"]);
    let options = WalkOptions { exclude: globs(&["*.csv"]), ..WalkOptions::default() };
    assert_eq!(walked(folder.path(), &options), ["excluded a\\xFF.csv (--exclude)"]);
}

#[test]
fn excluded_folders_are_pruned_and_what_is_not_included_is_told() {
    let folder = tree(&["a/x.csv", "a/y.txt", "b/tmp/z.csv", "b/w.csv", "tmp"]);
    let options =
        WalkOptions { include: globs(&["*.csv"]), exclude: globs(&["tmp/", "w.*"]), ..WalkOptions::default() };
    assert_eq!(
        walked(folder.path(), &options),
        [
            "a/x.csv",
            "excluded a/y.txt (not in --include)",
            "excluded b/tmp (--exclude)",
            "excluded b/w.csv (--exclude)",
            "excluded tmp (not in --include)"
        ]
    );
    let roots = resolve_roots(&[folder.path().to_path_buf()]).expect("a root");
    let bad = WalkOptions { exclude: globs(&["a["]), ..WalkOptions::default() };
    assert!(walk(&roots, &bad).is_err());
}

#[test]
fn a_glob_can_exclude_a_root_that_is_a_file_but_no_root_that_is_a_folder() {
    let folder = tree(&["tmp/x.csv"]);
    let options = WalkOptions { exclude: globs(&["tmp", "x.*"]), ..WalkOptions::default() };
    assert_eq!(walked(&folder.path().join("tmp"), &options), ["excluded x.csv (--exclude)"]);
    assert_eq!(walked(&folder.path().join("tmp/x.csv"), &options), ["excluded x.csv (--exclude)"]);
}

#[test]
fn depth_is_counted_from_the_root() {
    let folder = tree(&["x", "a/y", "a/b/z"]);
    let deep = |depth| walked(folder.path(), &WalkOptions { max_depth: Some(depth), ..WalkOptions::default() });
    assert_eq!(deep(1), ["excluded a (below --max-depth 1)", "x"]);
    assert_eq!(deep(2), ["excluded a/b (below --max-depth 2)", "a/y", "x"]);
    assert_eq!(deep(3), ["a/b/z", "a/y", "x"]);
    assert_eq!(deep(0).len(), 1);
    let file = walked(&folder.path().join("x"), &WalkOptions { max_depth: Some(0), ..WalkOptions::default() });
    assert_eq!(file, ["x"]);
}

#[test]
fn snapshots_are_left_out_unless_wanted_or_named() {
    let folder = tree(&[".snapshot/x", "a/~snapshot/y", "z"]);
    let left_out =
        ["excluded .snapshot (snapshots; --snapshots)", "excluded a/~snapshot (snapshots; --snapshots)", "z"];
    assert_eq!(walked(folder.path(), &WalkOptions::default()), left_out);
    let wanted = WalkOptions { snapshots: true, ..WalkOptions::default() };
    assert_eq!(walked(folder.path(), &wanted), [".snapshot/x", "a/~snapshot/y", "z"]);
    assert_eq!(walked(&folder.path().join(".snapshot"), &WalkOptions::default()), ["x"]);
}

#[test]
fn own_reports_are_left_out_but_never_a_whole_root() {
    let folder = tree(&["x", "out/findings.csv", "r.csv"]);
    let own = |names: &[&str]| WalkOptions {
        own_files: names.iter().map(|name| folder.path().join(name)).collect(),
        ..WalkOptions::default()
    };
    assert_eq!(
        walked(folder.path(), &own(&["out", "r.csv"])),
        ["excluded out (own report)", "excluded r.csv (own report)", "x"]
    );
    assert_eq!(walked(folder.path(), &own(&["."])), ["out/findings.csv", "r.csv", "x"]);
}

#[test]
fn a_link_of_the_same_file_system_stays_walked() {
    let folder = tree(&["a/x"]);
    symlink("a/x", folder.path().join("l")).expect("a link");
    if fs::metadata("/proc").is_ok_and(|proc| fs::metadata(folder.path()).is_ok_and(|own| own.dev() != proc.dev())) {
        symlink("/proc/version", folder.path().join("other")).expect("a link");
    }
    let options = WalkOptions { follow: true, one_file_system: true, ..WalkOptions::default() };
    let lines = walked(folder.path(), &options);
    assert_eq!(lines[..2], ["a/x", "l"]);
    assert!(lines[2..].iter().all(|line| line == "excluded other (another file system; --one-file-system)"));
}

#[cfg(target_os = "linux")]
#[test]
fn kernel_interfaces_are_not_walked() {
    let roots = resolve_roots(&[PathBuf::from("/proc")]).expect("a root");
    let found: Vec<Found> = walk(&roots, &WalkOptions::default()).expect("options").collect();
    assert!(matches!(&found[..], [Found::Gap(gap)] if gap.reason == Reason::Special), "{} found", found.len());
}
