//! In: paths as the user gave them. Out: roots with a name, a real path and the kind of their file system.
//! Refuses a path that does not exist or may not be read: then the run must not pretend to have covered it.

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::filesystem;
use crate::error::{Error, Result};
use crate::finding::Root;
use crate::locator::os_text;

/// The path that stands for standard input.
pub const STREAM: &str = "-";

/// The roots as reports name them. `-` is standard input; two roots with the same last part get `#2`, `#3`.
pub fn resolve_roots(paths: &[PathBuf]) -> Result<Vec<Root>> {
    let mut taken = HashSet::new();
    let mut roots = Vec::with_capacity(paths.len());
    for path in paths {
        let mut root = resolve(path).map_err(|source| Error::Root { path: path.clone(), source })?;
        let plain = root.name.clone();
        let mut n = 1;
        while !taken.insert(root.name.clone()) {
            n += 1;
            root.name = format!("{plain}#{n}");
        }
        roots.push(root);
    }
    Ok(roots)
}

fn resolve(path: &Path) -> std::io::Result<Root> {
    if path == Path::new(STREAM) {
        return Ok(Root { name: STREAM.to_string(), path: path.to_path_buf(), ..Root::default() });
    }
    let facts = fs::metadata(path)?;
    if facts.is_dir() {
        fs::read_dir(path)?;
    } else if facts.is_file() {
        fs::File::open(path)?;
    }
    // What is neither becomes a gap when walked: one FIFO in `scan drop/*` must not end the run. A pipe of the shell
    // (`<(…)`) has no canonical path.
    let real = fs::canonicalize(path).or_else(|_| std::path::absolute(path))?;
    Ok(Root { name: name(path, &real), filesystem: filesystem::of_path(&real), path: real, ..Root::default() })
}

/// The last part of the path as given, so that a link keeps its name (`latest`, whose target changes); of the real
/// path where the given one ends in `.` or `..`.
fn name(given: &Path, real: &Path) -> String {
    let last = |path: &Path| match path.components().next_back() {
        Some(Component::Normal(name)) => Some(os_text(name)),
        _ => None,
    };
    last(given).or_else(|| last(real)).unwrap_or_else(|| "/".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve_one(path: impl Into<PathBuf>) -> Root {
        resolve_roots(&[path.into()]).expect("a root").remove(0)
    }

    #[test]
    fn names_are_last_parts_and_duplicates_are_numbered() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a/drop", "b/drop"] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder");
        }
        std::os::unix::fs::symlink("a/drop", folder.path().join("latest")).expect("a link");
        let paths = ["a/drop", "b/drop/", "latest", "a/drop/.", "a/drop/../../b"].map(|path| folder.path().join(path));
        let roots = resolve_roots(&paths).expect("roots");
        let names: Vec<&str> = roots.iter().map(|root| root.name.as_str()).collect();
        assert_eq!(names, ["drop", "drop#2", "latest", "drop#3", "b"]);
        assert_eq!(roots[2].path, roots[0].path, "a root is where it really is");
    }

    #[test]
    fn dot_slash_and_stream() {
        let here = std::env::current_dir().expect("a folder");
        assert_eq!(Some(resolve_one(".").name), here.file_name().map(os_text));
        assert_eq!(resolve_one("/").name, "/");
        assert_eq!(resolve_one("-").name, "-");
    }

    #[test]
    fn a_missing_root_is_named_in_the_error() {
        let error = resolve_roots(&[PathBuf::from("/nowhere/drop")]).expect_err("refused");
        assert!(matches!(&error, Error::Root { path, .. } if path == Path::new("/nowhere/drop")), "{error}");
        assert!(error.to_string().contains("/nowhere/drop"), "{error}");
    }
}
