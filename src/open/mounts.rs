//! What a share may be asked at once. In: the roots of a sweep, bytes a second, requests in flight. Out: a pause before each
//! read and each opening, as long as that asks for; each mount has limits of its own. Refuses nothing; told to end, it lets
//! everything through, so that what is under way is closed soon.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a pause lasts before it is looked whether the run has ended.
const LOOK: Duration = Duration::from_millis(50);

/// The mounts of a run.
#[derive(Debug, Default)]
pub struct Mounts {
    roots: Vec<(PathBuf, Arc<Mount>)>,
    ended: Arc<AtomicBool>,
}

/// One mount.
#[derive(Debug)]
pub(super) struct Mount {
    /// Bytes a second.
    rate: Option<u64>,
    /// Requests in flight.
    requests: Option<usize>,
    state: Mutex<State>,
    freed: Condvar,
    ended: Arc<AtomicBool>,
}

#[derive(Debug)]
struct State {
    in_flight: usize,
    /// Until when what was read so far takes at that rate.
    due: Instant,
}

/// A request in flight, until it is dropped.
pub(super) struct Request<'m>(Option<&'m Mount>);

impl Mounts {
    /// Of these roots, each with the number of the device it lies on: roots on one device share its limits.
    pub fn new(roots: &[(PathBuf, u64)], rate: Option<u64>, requests: Option<usize>) -> Mounts {
        let ended = Arc::new(AtomicBool::new(false));
        let mut known: Vec<(u64, Arc<Mount>)> = Vec::new();
        let mut mounts = Vec::new();
        for (path, device) in roots {
            let mount = match known.iter().find(|(other, _)| other == device) {
                Some((_, mount)) => Arc::clone(mount),
                None => {
                    let state = Mutex::new(State { in_flight: 0, due: Instant::now() });
                    let mount = Mount { rate, requests, state, freed: Condvar::new(), ended: Arc::clone(&ended) };
                    known.push((*device, Arc::new(mount)));
                    Arc::clone(&known[known.len() - 1].1)
                }
            };
            mounts.push((path.clone(), mount));
        }
        Mounts { roots: mounts, ended }
    }

    /// The mount that a path lies on: that of its root.
    pub(super) fn of(&self, path: &Path) -> Option<Arc<Mount>> {
        self.roots.iter().find(|(root, _)| path.starts_with(root)).map(|(_, mount)| Arc::clone(mount))
    }

    /// Nobody waits any more.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.roots.iter().for_each(|(_, mount)| mount.freed.notify_all());
    }
}

impl Mount {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Waits until there may be one request more.
    pub(super) fn request(&self) -> Request<'_> {
        let Some(most) = self.requests else { return Request(None) };
        let mut state = self.lock();
        while state.in_flight >= most && !self.ended() {
            state = self.freed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.in_flight += 1;
        Request(Some(self))
    }

    /// Waits until so many bytes more may be read.
    pub(super) fn bytes(&self, bytes: u64) {
        let Some(rate) = self.rate else { return };
        let took = Duration::from_secs_f64(bytes as f64 / rate.max(1) as f64);
        let start = {
            let mut state = self.lock();
            let start = state.due.max(Instant::now());
            state.due = start + took;
            start
        };
        loop {
            let left = start.saturating_duration_since(Instant::now());
            if left.is_zero() || self.ended() {
                return;
            }
            std::thread::sleep(left.min(LOOK));
        }
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if let Some(mount) = self.0 {
            mount.lock().in_flight -= 1;
            mount.freed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(rate: Option<u64>, requests: Option<usize>) -> (Mounts, Arc<Mount>) {
        let mounts = Mounts::new(&[("/a".into(), 1), ("/b".into(), 1), ("/c".into(), 2)], rate, requests);
        let mount = mounts.of(Path::new("/a/x")).unwrap();
        (mounts, mount)
    }

    #[test]
    fn roots_on_one_device_share_its_limits() {
        let (mounts, one) = mount(Some(1), None);
        assert!(Arc::ptr_eq(&one, &mounts.of(Path::new("/b/y/z")).unwrap()));
        assert!(!Arc::ptr_eq(&one, &mounts.of(Path::new("/c")).unwrap()));
        assert!(mounts.of(Path::new("/elsewhere")).is_none());
    }

    #[test]
    fn bytes_take_their_time() {
        let (_mounts, mount) = mount(Some(1_000_000), None);
        let begun = Instant::now();
        std::thread::scope(|threads| {
            (0..4).for_each(|_| drop(threads.spawn(|| (0..5).for_each(|_| mount.bytes(10_000)))));
        });
        // The last 10,000 of 200,000 bytes begin after 190 ms.
        assert!(begun.elapsed() >= Duration::from_millis(185), "{:?}", begun.elapsed());
    }

    #[test]
    fn only_so_many_are_in_flight() {
        let (_mounts, mount) = mount(None, Some(2));
        let most = std::sync::atomic::AtomicUsize::new(0);
        let now = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|threads| {
            for _ in 0..6 {
                threads.spawn(|| {
                    for _ in 0..5 {
                        let request = mount.request();
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(1));
                        now.fetch_sub(1, Ordering::SeqCst);
                        drop(request);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 2);
    }

    #[test]
    fn the_end_wakes_whoever_waits() {
        let (mounts, mount) = mount(Some(1), Some(1));
        let held = mount.request();
        let begun = Instant::now();
        std::thread::scope(|threads| {
            threads.spawn(|| drop(mount.request()));
            threads.spawn(|| (0..3).for_each(|_| mount.bytes(3600)));
            std::thread::sleep(Duration::from_millis(20));
            mounts.end();
        });
        assert!(begun.elapsed() < Duration::from_secs(10));
        drop(held);
    }
}
