//! Progress on standard error. In: the counters a scan writes. Out: files, bytes, rate and time left, as one line that
//! is drawn over and over on a terminal, or as plain lines elsewhere. Refuses to speak where nobody watches, unless told
//! to: it is never part of a result.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::args::ShowProgress;
use crate::report::words::size;
use crate::scan::Progress;

/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(120);

/// How often a plain line is written.
const PLAIN: Duration = Duration::from_secs(5);

/// The rate is that of the last few seconds.
const WINDOW: Duration = Duration::from_secs(4);

/// A display that runs until it is dropped.
pub(super) struct Display {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Display {
    /// Starts showing `progress`, if it is to be shown.
    pub(super) fn start(show: ShowProgress, progress: Arc<Progress>) -> Display {
        let terminal = std::io::stderr().is_terminal();
        let shown = match show {
            ShowProgress::Always => true,
            ShowProgress::Never => false,
            ShowProgress::Auto => terminal,
        };
        let done = Arc::new(AtomicBool::new(false));
        let thread = shown.then(|| {
            let done = done.clone();
            std::thread::Builder::new().name("progress".to_string()).spawn(move || tick(&progress, &done, terminal))
        });
        // Without a thread for it there is no display, and no harm.
        Display { done, thread: thread.and_then(|started| started.ok()) }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn tick(progress: &Progress, done: &AtomicBool, terminal: bool) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    let mut rate = Rate::default();
    let mut said = Instant::now();
    while !done.load(Ordering::Acquire) {
        let now = Now::of(progress);
        let per_second = rate.of(Instant::now(), now.bytes_done, now.bytes_inside);
        if terminal {
            bar.set_message(now.line(per_second));
            bar.tick();
        } else if said.elapsed() >= PLAIN {
            super::say(&now.line(per_second));
            said = Instant::now();
        }
        std::thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
    if !terminal {
        super::say(&Now::of(progress).line(None));
    }
}

/// The counters at one moment.
struct Now {
    files_found: u64,
    files_done: u64,
    bytes_found: u64,
    bytes_done: u64,
    bytes_inside: u64,
    walked: bool,
}

impl Now {
    fn of(progress: &Progress) -> Now {
        Now {
            files_found: progress.files_found.load(Ordering::Relaxed),
            files_done: progress.files_done.load(Ordering::Relaxed),
            bytes_found: progress.bytes_found.load(Ordering::Relaxed),
            bytes_done: progress.bytes_done.load(Ordering::Relaxed),
            bytes_inside: progress.bytes_inside.load(Ordering::Relaxed),
            walked: progress.walked.load(Ordering::Relaxed),
        }
    }

    /// `per_second`: bytes of files, and of what is inside of them.
    fn line(&self, per_second: Option<(f64, f64)>) -> String {
        // Until the walk is over the totals still grow, and a time left would be a guess.
        let sofar = if self.walked { "" } else { "+" };
        let mut line = format!(
            "{} of {}{sofar} files, {} of {}{sofar}",
            self.files_done,
            self.files_found,
            size(self.bytes_done),
            size(self.bytes_found)
        );
        if self.bytes_inside > 0 {
            line.push_str(&format!(" and {} inside", size(self.bytes_inside)));
        }
        if let Some((rate, inside)) = per_second {
            line.push_str(&format!(", {}/s", size((rate + inside) as u64)));
            // How much is still packed in a file that is being unpacked nobody knows.
            if self.walked && rate > 0.0 && inside == 0.0 {
                let left = self.bytes_found.saturating_sub(self.bytes_done) as f64 / rate;
                line.push_str(&format!(", {} left", span(left)));
            }
        }
        line
    }
}

/// Seconds as people say them.
fn span(seconds: f64) -> String {
    match seconds.ceil().min(1e9) as u64 {
        s @ 0..=99 => format!("{s} s"),
        s @ 100..=5999 => format!("{} min", s.div_ceil(60)),
        s => format!("{} h", s.div_ceil(3600)),
    }
}

/// Bytes a second over the last [`WINDOW`].
#[derive(Default)]
struct Rate(VecDeque<(Instant, [u64; 2])>);

impl Rate {
    fn of(&mut self, now: Instant, done: u64, inside: u64) -> Option<(f64, f64)> {
        self.0.push_back((now, [done, inside]));
        while self.0.len() > 2 && self.0.front().is_some_and(|(then, _)| now - *then > WINDOW) {
            self.0.pop_front();
        }
        let (then, before) = *self.0.front()?;
        let seconds = (now - then).as_secs_f64();
        let rate = |bytes: u64, before: u64| bytes.saturating_sub(before) as f64 / seconds;
        (seconds >= 0.5).then(|| (rate(done, before[0]), rate(inside, before[1])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_files_bytes_rate_and_time_left() {
        let mut now = Now {
            files_found: 20,
            files_done: 5,
            bytes_found: 4_000_000,
            bytes_done: 1_000_000,
            bytes_inside: 0,
            walked: false,
        };
        assert_eq!(now.line(Some((1e6, 0.0))), "5 of 20+ files, 1.0 MB of 4.0 MB+, 1.0 MB/s");
        now.walked = true;
        assert_eq!(now.line(Some((1e6, 0.0))), "5 of 20 files, 1.0 MB of 4.0 MB, 1.0 MB/s, 3 s left");
        assert_eq!(now.line(None), "5 of 20 files, 1.0 MB of 4.0 MB");
        now.bytes_inside = 9_000_000;
        assert_eq!(
            now.line(Some((1e6, 2e6))),
            "5 of 20 files, 1.0 MB of 4.0 MB and 9.0 MB inside, 3.0 MB/s",
            "what is unpacked is in no total, and tells no time"
        );
        for (seconds, expected) in [(0.2, "1 s"), (99.0, "99 s"), (100.0, "2 min"), (7200.0, "2 h")] {
            assert_eq!(span(seconds), expected);
        }
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let mut rate = Rate::default();
        assert_eq!(rate.of(start, 0, 0), None);
        assert_eq!(rate.of(start + Duration::from_secs(1), 100, 50), Some((100.0, 50.0)));
        assert_eq!(rate.of(start + Duration::from_secs(10), 100, 50), Some((0.0, 0.0)), "the fast start is forgotten");
    }
}
