//! Watches what readers do beside their results: panics and whose they are, memory, time without end. In: that a document begins.
//! Out: the place of the last panic, the most memory since; a document that takes a minute ends the program and stays where it is.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A document that takes longer will not end.
const ENDLESS: Duration = Duration::from_secs(60);

/// Address space of the program: what asks for more is ended.
const SPACE: u64 = 8 << 30;

static PANIC: Mutex<Option<String>> = Mutex::new(None);
static FOREIGN: AtomicU64 = AtomicU64::new(0);
static NOW: Mutex<Option<(Instant, PathBuf)>> = Mutex::new(None);

/// Takes over panics, limits memory, and looks once a second whether a document still ends.
pub(crate) fn begin() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or(String::new(), |at| format!("{}:{}", at.file(), at.line()));
        // Files of this crate are named from its folder, those of libraries from the root.
        if place.starts_with("src/") || place.is_empty() || place.contains("/rustc/") || place.contains("/library/") {
            let trace = std::backtrace::Backtrace::force_capture().to_string();
            let own = trace.lines().map(str::trim).find(|line| line.starts_with("at ./src/"));
            if let Ok(mut panic) = PANIC.lock() {
                *panic = Some(format!("{place} {}", own.unwrap_or_default()));
            }
        } else {
            FOREIGN.fetch_add(1, Ordering::Relaxed);
        }
    }));
    let limit = rustix::process::Rlimit { current: Some(SPACE), maximum: Some(SPACE) };
    if rustix::process::setrlimit(rustix::process::Resource::As, limit).is_err() {
        println!("memory is not limited");
    }
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = NOW.lock().ok().and_then(|now| now.clone());
            if let Some((_, file)) = now.filter(|(since, _)| since.elapsed() > ENDLESS) {
                println!("without end: {}", file.display());
                std::process::abort();
            }
        }
    });
}

/// A document begins.
pub(crate) fn document(file: &Path) {
    if let Ok(mut now) = NOW.lock() {
        *now = Some((Instant::now(), file.to_path_buf()));
    }
}

/// None is read.
pub(crate) fn rest() {
    if let Ok(mut now) = NOW.lock() {
        *now = None;
    }
}

/// Where our code panicked since this was last asked.
pub(crate) fn panicked() -> Option<String> {
    PANIC.lock().ok().and_then(|mut panic| panic.take())
}

/// How often libraries panicked.
pub(crate) fn foreign_panics() -> u64 {
    FOREIGN.load(Ordering::Relaxed)
}

/// Begins to measure memory anew.
pub(crate) fn measure() -> u64 {
    // proc(5): 5 sets the peak of the resident set to what it is now.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    peak()
}

/// The most bytes in memory since [`measure`]; 0 where the system does not say.
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) << 10
}
