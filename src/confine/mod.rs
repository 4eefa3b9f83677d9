//! Takes rights from this process that it does not need. In: what it reads and where it writes. Out: what of that the kernel
//! enforces. Refuses nothing where a kernel cannot: that is said, and no error.
//!
//! Landlock bounds files, seccomp the network and what else no scanner calls. Both hold for this thread and all that it
//! starts: so they are set before any other is started, and workers start inside of them.

mod calls;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, SeccompRule, apply_filter};

/// What a scan may do.
#[derive(Debug, Default)]
pub(crate) struct Rights {
    /// Files and folders that are read.
    pub(crate) read: Vec<PathBuf>,
    /// Folders in which reports are written.
    pub(crate) write: Vec<PathBuf>,
}

/// What the kernel enforces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Confined {
    files: String,
    calls: &'static str,
}

impl fmt::Display for Confined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "files: {}; network and system: {}", self.files, self.calls)
    }
}

/// Configuration of the system that looking up names of owners reads, and its libraries. Names of users may come over sockets
/// of this machine; over the network they do not, and then owners are numbers.
const SYSTEM: [&str; 11] = [
    "/etc",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/proc/self",
    "/sys/fs/cgroup",
    "/var/lib/sss",
    "/var/lib/extrausers",
    "/run/systemd/userdb",
    "/run/nscd",
];

/// The newest set of rights on files that a scan gives up. The next one would take sockets of this machine, over which names of
/// users come.
const SCAN: ABI = ABI::V8;

/// Of a worker: all there are.
const WORKER: ABI = ABI::V10;

/// Confines a scan: it reads files below its roots and what belongs to the system, writes in folders of reports, starts itself
/// alone, and reaches no network. Names of files it may list anywhere: who can reach a file is told from the folders above.
pub(crate) fn scan(rights: &Rights) -> Confined {
    quiet();
    let files = files(
        |ruleset| {
            let read = AccessFs::ReadFile | AccessFs::ReadDir;
            let write =
                AccessFs::WriteFile | AccessFs::RemoveFile | AccessFs::MakeReg | AccessFs::MakeDir | AccessFs::Truncate;
            // Its libraries are mapped already; a worker maps them anew.
            let run = AccessFs::ReadFile | AccessFs::Execute;
            ruleset
                .add_rules(path_beneath_rules(&rights.read, read))?
                .add_rules(path_beneath_rules(SYSTEM, read))?
                .add_rules(path_beneath_rules(["/"], AccessFs::ReadDir))?
                .add_rules(path_beneath_rules(&rights.write, write | read))?
                .add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile))?
                .add_rules(path_beneath_rules(mapped(), run))
        },
        SCAN,
        false,
    );
    Confined { files, calls: enforced(calls::of_scan()) }
}

/// Confines a worker: no files but those it was handed, no network, no other process.
pub(crate) fn worker() -> Confined {
    quiet();
    let files = files(Ok, WORKER, true);
    Confined { files, calls: enforced(calls::of_worker()) }
}

/// What this machine can enforce, for `--version -v`: tried on a thread that then ends.
pub(crate) fn offered() -> String {
    let tried = std::thread::spawn(|| files(Ok, WORKER, true)).join();
    let files = tried.unwrap_or_else(|_| "not enforced".to_string());
    let calls = if calls::of_scan().is_empty() { "not enforced, this processor is not known" } else { "seccomp" };
    Confined { files, calls }.to_string()
}

/// No dumps of what is in memory.
fn quiet() {
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// The program and the libraries that are mapped into this process.
fn mapped() -> Vec<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let named = |line: &str| line.find('/').map(|at| PathBuf::from(&line[at..]));
    let mut mapped: Vec<PathBuf> = maps.lines().filter_map(named).collect();
    // Whatever its name leads to by now.
    mapped.push(Path::new("/proc/self/exe").to_path_buf());
    mapped.sort_unstable();
    mapped.dedup();
    mapped
}

/// Gives up all rights on files but those that `add` adds; says what holds then. With `alone`, signals and sockets of other
/// processes too.
fn files(add: impl FnOnce(RulesetCreated) -> Result<RulesetCreated, RulesetError>, abi: ABI, alone: bool) -> String {
    let restrict = || {
        let mut ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::BindTcp | AccessNet::ConnectTcp)?;
        if alone {
            ruleset = ruleset.scope(Scope::AbstractUnixSocket | Scope::Signal)?;
        }
        add(ruleset.create()?)?.restrict_self()
    };
    match restrict() {
        Ok(status) => match (status.ruleset, status.landlock) {
            (RulesetStatus::NotEnforced, _) => "not enforced, this kernel has no Landlock".to_string(),
            (whole, LandlockStatus::Available { effective_abi, .. }) => {
                let part = if whole == RulesetStatus::FullyEnforced { "" } else { ", in part" };
                format!("enforced by Landlock {effective_abi:?}{part}")
            }
            _ => "enforced by Landlock".to_string(),
        },
        Err(error) => format!("not enforced, {error}"),
    }
}

/// Refuses system calls, each list with its own answer.
fn enforced(lists: Vec<calls::Refused>) -> &'static str {
    if lists.is_empty() {
        return "not enforced, this processor is not known";
    }
    let apply = |refused: calls::Refused| -> Option<()> {
        let arch = std::env::consts::ARCH.try_into().ok()?;
        let answer = SeccompAction::Errno(refused.answer);
        let rules: BTreeMap<i64, Vec<SeccompRule>> = refused.calls.into_iter().collect();
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, answer, arch).ok()?;
        let program: BpfProgram = filter.try_into().ok()?;
        apply_filter(&program).ok()
    };
    match lists.into_iter().try_for_each(apply) {
        Some(()) => "enforced by seccomp",
        None => "not enforced, this kernel has no seccomp",
    }
}
