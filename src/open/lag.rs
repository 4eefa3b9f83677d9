//! A share that answers late, for tests. In: how long each call takes. Out: how many calls were waited for, and how many
//! of them at once. Refuses nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Delays calls and counts them.
#[derive(Debug, Default)]
pub struct Lag {
    /// How long each call takes.
    pub each: Duration,
    calls: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
    /// Calls, each divided by how many were waited for with it: in thousandths.
    shares: AtomicUsize,
}

impl Lag {
    /// Each call takes as long as this.
    pub fn new(each: Duration) -> Lag {
        Lag { each, ..Lag::default() }
    }

    /// Waits as long as one call.
    pub fn call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        std::thread::sleep(self.each);
        self.shares.fetch_add(1000 / self.now.load(Ordering::Relaxed).max(1), Ordering::Relaxed);
        self.now.fetch_sub(1, Ordering::Relaxed);
    }

    /// Calls so far.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// The most calls that were waited for at once.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    /// For how many calls it was waited one after the other: of calls that were waited for at once each counts for its
    /// share, however busy the machine is otherwise.
    pub fn waits_in_a_row(&self) -> usize {
        self.shares.load(Ordering::Relaxed) / 1000
    }
}
