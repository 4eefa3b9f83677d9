//! A run under a limit on memory (`ulimit -v`, `ulimit -d`). In: a command, as it was given. Out: its exit code, from a process of its
//! own. Refuses nothing: without a limit, or where no process can be started, the command runs in this one.
//!
//! Memory that is not there ends a process on the spot: Rust aborts where an allocation fails. Nobody is left then to say so, nor
//! to remove what of a report was written. So the run is a child, and this process, which needs nothing, waits for it. The child is
//! also told to have one arena: glibc sets 64 MiB of address space aside for each thread that allocates (`malloc(3)`,
//! `M_ARENA_MAX`), which was what most runs under a limit died of.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Resource, Signal, getppid, getrlimit, kill_process, set_parent_process_death_signal};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::cli::{exit, say, scan};
use crate::report::output;
use crate::worker::ARENAS;

/// The hidden command in front of the arguments of a run that is a child; the number of its parent follows.
const COMMAND: &str = "__apart";

/// The limit on the memory of this process, in bytes, where there is one.
pub(super) fn limit() -> Option<u64> {
    [Resource::As, Resource::Data].into_iter().filter_map(|what| getrlimit(what).current).min()
}

/// The arguments without what a parent put in front of them, and whether one did.
pub(super) fn stripped(mut args: Vec<OsString>) -> (Vec<OsString>, bool) {
    let [_, command, parent, ..] = &args[..] else { return (args, false) };
    if command != COMMAND {
        return (args, false);
    }
    let parent: Option<i32> = parent.to_str().and_then(|parent| parent.parse().ok());
    args.drain(1..3);
    // Whoever would hear of the end must be there at the beginning. Nothing is lost where that cannot be had.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    if getppid().map(Pid::as_raw_pid) != parent {
        let _ = kill_process(rustix::process::getpid(), Signal::KILL);
    }
    (args, true)
}

/// Runs a command in a process of its own where memory is limited. `None` where it is not, or where none can be started.
/// `reports` are what it writes.
pub(super) fn run(args: &[OsString], reports: &[PathBuf]) -> Option<i32> {
    let limit = limit()?;
    // From a terminal an interrupt comes to all of a group, and whoever is in none of its groups may not read from it.
    let together = io::stdin().is_terminal();
    // Before the child, so that no signal finds nobody.
    let mut signals = Signals::new([SIGINT, SIGTERM]).ok()?;
    let mut command = Command::new(scan::this_program());
    command.arg0(args.first()?).arg(COMMAND).arg(std::process::id().to_string()).args(&args[1..]);
    if std::env::var_os(ARENAS).is_none() {
        command.env(ARENAS, "1");
    }
    if !together {
        command.process_group(0);
    }
    let mut child = command.spawn().ok()?;
    let (handle, pid) = (signals.handle(), Pid::from_child(&child));
    let passed_on = std::thread::Builder::new().name("signals".to_string()).stack_size(64 << 10).spawn(move || {
        for signal in signals.forever() {
            let signal = if signal == SIGINT { Signal::INT } else { Signal::TERM };
            if !(together && signal == Signal::INT) {
                let _ = kill_process(pid, signal);
            }
        }
    });
    let ended = wait(&mut child);
    handle.close();
    drop(passed_on.map(std::thread::JoinHandle::join));
    Some(ended.map_or(exit::FAILED, |status| {
        let code = code(status, limit);
        if status.code().is_none() {
            remove(reports, child.id());
        }
        code
    }))
}

fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    loop {
        match child.wait() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// What the end of a run comes to; says so where it did not end by itself.
fn code(status: ExitStatus, limit: u64) -> i32 {
    let by = |signal: Signal| status.signal() == Some(signal.as_raw());
    match status.code() {
        Some(code) => code,
        None if by(Signal::INT) || by(Signal::TERM) => 128 + status.signal().unwrap_or(0),
        None if by(Signal::ABORT) || by(Signal::SEGV) || by(Signal::BUS) => {
            say(&format!(
                "the scan ended in the middle: it may have {} MiB of memory (ulimit -v, ulimit -d) and needs more. No report \
                 was written; raise the limit, or set fewer --threads",
                limit >> 20
            ));
            exit::FAILED
        }
        None => {
            say(&format!("the scan was ended by signal {}; no report was written", status.signal().unwrap_or(0)));
            exit::FAILED
        }
    }
}

/// Removes what a run that was ended left of its reports: files that only it can have named so.
fn remove(reports: &[PathBuf], pid: u32) {
    for report in reports {
        let folder = report.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for folder in [folder, report] {
            let Ok(names) = std::fs::read_dir(folder) else { continue };
            for path in names.flatten().map(|entry| entry.path()).filter(|path| output::is_temporary_of(path, pid)) {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_child_keeps_its_arguments() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        for given in [&["phisweep"][..], &["phisweep", "scan", "x"], &["phisweep", "__apart"]] {
            assert_eq!(stripped(words(given)), (words(given), false));
        }
    }

    #[test]
    fn however_a_run_ends_there_is_a_code() {
        let ended = |how: &str| {
            let status = Command::new("sh").args(["-c", how]).status().expect("a shell");
            code(status, 1 << 30)
        };
        assert_eq!(["exit 0", "exit 3", "exit 143"].map(ended), [0, 3, 143]);
        assert_eq!(["kill -ABRT $$", "kill -SEGV $$", "kill -KILL $$"].map(ended), [2, 2, 2]);
        assert_eq!(ended("kill -TERM $$"), 143);
        // Who started the tests may have had it ignored, and then no shell ends by it.
        assert_eq!(code(ExitStatus::from_raw(SIGINT), 1 << 30), 130);
    }

    #[test]
    fn what_is_left_of_a_report_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let set = folder.path().join("set");
        std::fs::create_dir(&set).expect("made");
        for name in [".a.csv.phisweep-77", "a.csv", ".a.csv.phisweep-771", "set/.gaps.csv.phisweep-77", "set/x"] {
            std::fs::write(folder.path().join(name), "x").expect("written");
        }
        remove(&[folder.path().join("a.csv"), set.clone()], 77);
        let mut left: Vec<_> = [folder.path(), &set]
            .iter()
            .flat_map(|folder| std::fs::read_dir(folder).expect("there"))
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        left.sort();
        assert_eq!(left, [".a.csv.phisweep-771", "a.csv", "set", "x"]);
    }
}
