//! In: the globs of `--include` and `--exclude`. Out: whether a path below a root matches.
//! Refuses a glob that is none, with the option and the glob in the error.
//!
//! A glob is held against the path below the root and against the last part alone, so `*.csv` is any CSV and
//! `in/*.csv` those directly in `in`. `*` does not cross `/`, `**` does. One that starts with `/` is held against the
//! path below the root and the whole path, never against the name alone. One that ends with `/` means folders only.

use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};

/// A compiled list of globs.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    any: Set,
    folders: Set,
}

/// Globs by what they are held against.
#[derive(Debug, Default)]
struct Set {
    anywhere: GlobSet,
    below_root: GlobSet,
    whole: GlobSet,
}

#[derive(Default)]
struct Builder {
    anywhere: Vec<Glob>,
    below_root: Vec<Glob>,
    whole: Vec<Glob>,
}

impl Globs {
    /// Compiles `globs`, given with `option`.
    pub(crate) fn new(option: &str, globs: &[String]) -> Result<Globs> {
        let mut any = Builder::default();
        let mut folders = Builder::default();
        for text in globs {
            let bad = |why: String| Error::Usage(format!("{option} {text}: {why}"));
            let (set, glob) = match text.strip_suffix('/') {
                Some(glob) => (&mut folders, glob),
                None => (&mut any, text.as_str()),
            };
            let glob = glob.strip_prefix("./").unwrap_or(glob);
            if glob.is_empty() {
                return Err(bad("an empty glob matches nothing".to_string()));
            }
            let compile = |glob: &str| -> Result<Glob> {
                let built = GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build();
                built.map_err(|error| bad(error.kind().to_string()))
            };
            match glob.strip_prefix('/') {
                Some(below) => {
                    set.below_root.push(compile(below)?);
                    set.whole.push(compile(glob)?);
                }
                None => {
                    set.anywhere.push(compile(glob)?);
                }
            }
        }
        let too_big = |error: globset::Error| Error::Usage(format!("{option}: {error}"));
        Ok(Globs { any: any.build().map_err(too_big)?, folders: folders.build().map_err(too_big)? })
    }

    /// Whether there is no glob at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.any.is_empty() && self.folders.is_empty()
    }

    /// Whether a file or folder matches: `below` is its path below the root, `whole` its whole path.
    pub(crate) fn matches(&self, below: &Path, whole: &Path, is_folder: bool) -> bool {
        if self.is_empty() {
            return false;
        }
        self.any.matches(below, whole) || is_folder && self.folders.matches(below, whole)
    }
}

impl Builder {
    fn build(self) -> std::result::Result<Set, globset::Error> {
        let set = |globs: Vec<Glob>| {
            let mut builder = GlobSetBuilder::new();
            for glob in globs {
                builder.add(glob);
            }
            builder.build()
        };
        Ok(Set { anywhere: set(self.anywhere)?, below_root: set(self.below_root)?, whole: set(self.whole)? })
    }
}

impl Set {
    fn is_empty(&self) -> bool {
        self.anywhere.is_empty() && self.below_root.is_empty() && self.whole.is_empty()
    }

    fn matches(&self, below: &Path, whole: &Path) -> bool {
        self.anywhere.is_match(below)
            || below.file_name().is_some_and(|name| self.anywhere.is_match(name))
            || self.below_root.is_match(below)
            || self.whole.is_match(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, below: &str, is_folder: bool) -> bool {
        let globs = Globs::new("--exclude", &[glob.to_string()]).expect("a glob");
        globs.matches(Path::new(below), &Path::new("/data/drop").join(below), is_folder)
    }

    #[test]
    fn globs_match_names_and_paths_below_the_root() {
        assert!(matches("*.csv", "a/b/c.csv", false));
        assert!(matches("a/*.csv", "a/c.csv", false));
        assert!(!matches("a/*.csv", "a/b/c.csv", false), "a star does not cross folders");
        assert!(matches("a/**/*.csv", "a/b/c.csv", false));
        assert!(matches("./a/c.csv", "a/c.csv", false));
        assert!(matches("{in,out}", "x/out", true));
    }

    #[test]
    fn a_leading_slash_anchors_and_a_trailing_one_means_folders() {
        assert!(matches("/c.csv", "c.csv", false));
        assert!(!matches("/c.csv", "a/c.csv", false));
        assert!(matches("/data/drop/a/**", "a/c.csv", false), "whole paths work too");
        assert!(matches("tmp/", "x/tmp", true));
        assert!(!matches("tmp/", "x/tmp", false));
    }

    #[test]
    fn a_bad_glob_names_option_and_glob() {
        for glob in ["a[", ""] {
            let error = Globs::new("--include", &[glob.to_string()]).expect_err("refused").to_string();
            assert!(error.starts_with(&format!("--include {glob}")), "{error}");
        }
    }
}
