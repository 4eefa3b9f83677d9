//! Interrupts. In: SIGINT and SIGTERM. Out: the scan is told to stop and its reports are closed; a second signal ends
//! the process at once. Refuses nothing. A closed pipe is no signal here: Rust turns it into an error of writing.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::scan::Progress;

/// Which signal came first, if one did.
#[derive(Clone, Default)]
pub(super) struct Received(Arc<AtomicI32>);

impl Received {
    pub(super) fn signal(&self) -> Option<i32> {
        match self.0.load(Ordering::Acquire) {
            0 => None,
            signal => Some(signal),
        }
    }
}

/// Listens on a thread of its own. `temporary` files are removed where the process ends without closing its reports.
pub(super) fn listen(progress: Arc<Progress>, temporary: Vec<PathBuf>) -> std::io::Result<Received> {
    let received = Received::default();
    // A report that grows past a limit on files is an error of writing, and not the end of the process.
    signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), Arc::default())?;
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let first = received.clone();
    std::thread::Builder::new().name("signals".to_string()).spawn(move || {
        for signal in signals.forever() {
            if first.0.compare_exchange(0, signal, Ordering::AcqRel, Ordering::Acquire).is_err() {
                for file in &temporary {
                    let _ = std::fs::remove_file(file);
                }
                at_once(signal);
            }
            progress.stop.store(true, Ordering::Release);
            super::say("stopping; reports are being closed. Once more to end at once.");
        }
    })?;
    Ok(received)
}

#[allow(clippy::exit, reason = "the user asked twice; nothing is left to close")]
fn at_once(signal: i32) -> ! {
    std::process::exit(128 + signal)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn the_first_signal_asks_the_scan_to_stop() {
        let progress = Arc::new(Progress::default());
        let received = listen(progress.clone(), Vec::new()).unwrap();
        assert_eq!(received.signal(), None);
        signal_hook::low_level::raise(SIGTERM).unwrap();
        let begun = Instant::now();
        while !progress.stop.load(Ordering::Acquire) {
            assert!(begun.elapsed() < Duration::from_secs(10), "nobody told the scan");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(received.signal(), Some(SIGTERM));
    }
}
