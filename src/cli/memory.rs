//! Whether there is memory enough to begin. In: the threads of a run, the limits of this process. Out: nothing, or why not. Refuses
//! nothing that can be told later: what a document needs is bounded where it is read.
//!
//! Memory that is not there when it is needed ends a process in the middle of a word, and nobody is told. So a limit that is
//! too low is said before anything is read.

use crate::cli::apart;
use crate::error::{Error, Result};

/// What the program itself, its rules and the tables of names take of the address space, and some for what is found. With two threads it
/// was seen to end in the middle below 60 MiB, and not from 80 MiB on.
const PROGRAM: u64 = 96 << 20;
/// The stack of a thread, its windows and its tallies.
const THREAD: u64 = 16 << 20;

/// Whether this process may have as much memory as a run needs (`ulimit -v`).
///
/// # Errors
/// It may not.
pub(super) fn suffices(threads: usize) -> Result<()> {
    let threads = if threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { threads };
    check(apart::limit(), threads as u64)
}

fn check(limit: Option<u64>, threads: u64) -> Result<()> {
    let needed = PROGRAM + THREAD.saturating_mul(threads);
    match limit {
        Some(limit) if limit < needed => Err(Error::Usage(format!(
            "this process may have {} MiB of memory (ulimit -v, ulimit -d), and {threads} threads need {} MiB; \
             raise it, or set fewer --threads",
            limit >> 20,
            needed >> 20,
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_is_said_at_once() {
        assert!(check(None, 64).is_ok());
        assert!(check(Some(1 << 30), 8).is_ok());
        let said = check(Some(100 << 20), 2).expect_err("too little").to_string();
        assert!(said.contains("100 MiB") && said.contains("128 MiB"), "{said}");
    }
}
