//! What a worker may have. In: its own process. Out: limits of the system on it, set before it reads anything. Refuses to run
//! without its scanner.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use rustix::process::{Resource, Rlimit, Signal, getppid, getrlimit, set_parent_process_death_signal, setrlimit};

/// Descriptors: three that it starts with, its document, a few for libraries.
const HANDLES: u64 = 32;

/// The longest last words: who writes more to standard error is ended.
const WORDS: u64 = 64 << 10;

/// A worker that has kept more than this of a document behind takes no other.
const KEPT: u64 = 64 << 20;

/// Bounds of this process.
pub(super) struct Bounds {
    /// Tells how large it is; opened while it still may open files.
    size: Option<File>,
}

/// What a document left behind.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Spent {
    Little,
    TooMuch,
}

impl Bounds {
    /// Sets what holds for all documents.
    pub(super) fn set(parent: u32) -> io::Result<Bounds> {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        if getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs()) != Some(parent) {
            // The scanner was gone before it could be told.
            return Err(io::ErrorKind::NotConnected.into());
        }
        lower(Resource::Nofile, HANDLES)?;
        lower(Resource::Fsize, WORDS)?;
        Ok(Bounds { size: File::open("/proc/self/status").ok() })
    }

    /// Sets what holds for one document, counted from what the process has and has done now. Returns how large it is.
    pub(super) fn open(&self, memory: u64, cpu: u64) -> u64 {
        let size = self.size();
        // Counted from here, each document has the same, whatever came before. Where the user set less, that holds.
        let soft = |resource, value: u64| {
            let limit = getrlimit(resource);
            let most = limit.maximum.unwrap_or(u64::MAX);
            let _ = setrlimit(resource, Rlimit { current: Some(value.min(most)), ..limit });
        };
        soft(Resource::As, size.saturating_add(memory));
        soft(Resource::Cpu, computed().saturating_add(cpu));
        size
    }

    /// What a document left behind, before which the process was `before` large.
    pub(super) fn spent(&self, before: &u64) -> Spent {
        if self.size() > before.saturating_add(KEPT) { Spent::TooMuch } else { Spent::Little }
    }

    /// Bytes of address space.
    fn size(&self) -> u64 {
        let mut text = [0; 4096];
        let got = self.size.as_ref().and_then(|file| file.read_at(&mut text, 0).ok()).unwrap_or(0);
        let text = String::from_utf8_lossy(&text[..got]);
        let line = text.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB"));
        line.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) << 10
    }
}

/// Whole seconds that this process has computed, rounded up.
fn computed() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    u64::try_from(now.tv_sec).unwrap_or(0) + 1
}

/// Lowers both limits of a resource.
fn lower(resource: Resource, value: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX).min(value);
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}
