//! Which kernel runs. In: what the processor can and what `PHISWEEP_BACKEND` asks for. Out: a [`Backend`]. A kernel that
//! is not there is refused: the best one that is runs instead, and [`backend_name`] says so.

use std::sync::OnceLock;

use crate::detect::Candidate;
use crate::detect::search::{Scratch, Search, search};
use crate::extract::marks::Marks;

/// A kernel that runs on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend(Isa);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Isa {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Backend {
    /// Every kernel that runs here, the slowest first.
    pub fn available() -> Vec<Backend> {
        let mut all = vec![Isa::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            let bits = is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt");
            if bits && is_x86_feature_detected!("avx2") {
                all.push(Isa::Avx2);
                if is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vbmi")
                    && is_x86_feature_detected!("avx512vbmi2")
                    && is_x86_feature_detected!("gfni")
                {
                    all.push(Isa::Avx512);
                }
            }
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            all.push(Isa::Neon);
        }
        all.into_iter().map(Backend).collect()
    }

    /// The fastest kernel of this machine, or the one that `PHISWEEP_BACKEND` names if it is available.
    pub fn chosen() -> Backend {
        choice().0
    }

    /// `scalar`, `avx2`, `avx512` or `neon`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Isa::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => "avx512",
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => "neon",
        }
    }

    /// [`Marks::read`], by this kernel.
    pub fn marks(self, marks: &mut Marks, bytes: &[u8], reach: (usize, usize), ends: (u8, u8)) {
        match self.0 {
            Isa::Scalar => marks.read(bytes, reach, ends),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => super::avx2::marks(marks, bytes, reach, ends),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => super::avx512::marks(marks, bytes, reach, ends),
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => marks.read(bytes, reach, ends),
        }
    }

    pub(in crate::detect) fn find(self, job: Search<'_>, scratch: &mut Scratch, out: &mut Vec<Candidate>) {
        match self.0 {
            Isa::Scalar => search(super::scalar::Scalar, job, scratch, out),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => super::avx2::find(job, scratch, out),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => super::avx512::find(job, scratch, out),
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => super::neon::find(job, scratch, out),
        }
    }
}

/// The kernel in use, and a word more where `PHISWEEP_BACKEND` asked for one that is not there.
pub fn backend_name() -> &'static str {
    choice().1
}

fn choice() -> &'static (Backend, &'static str) {
    static CHOICE: OnceLock<(Backend, &'static str)> = OnceLock::new();
    CHOICE.get_or_init(|| {
        let asked = std::env::var_os("PHISWEEP_BACKEND");
        choose(asked.as_deref().and_then(|name| name.to_str()).unwrap_or_default())
    })
}

fn choose(asked: &str) -> (Backend, &'static str) {
    let available = Backend::available();
    if let Some(backend) = available.iter().find(|b| b.name() == asked) {
        return (*backend, backend.name());
    }
    let best = *available.last().unwrap_or(&Backend(Isa::Scalar));
    let known = matches!(asked, "scalar" | "avx2" | "avx512" | "neon");
    let name = match (asked, known, best.name()) {
        ("", _, name) => name,
        (_, true, "scalar") => "scalar (PHISWEEP_BACKEND names a kernel this machine cannot run)",
        (_, true, "avx2") => "avx2 (PHISWEEP_BACKEND names a kernel this machine cannot run)",
        (_, true, "avx512") => "avx512 (PHISWEEP_BACKEND names a kernel this machine cannot run)",
        (_, true, _) => "neon (PHISWEEP_BACKEND names a kernel this machine cannot run)",
        (_, false, "scalar") => "scalar (PHISWEEP_BACKEND names no kernel)",
        (_, false, "avx2") => "avx2 (PHISWEEP_BACKEND names no kernel)",
        (_, false, "avx512") => "avx512 (PHISWEEP_BACKEND names no kernel)",
        (_, false, _) => "neon (PHISWEEP_BACKEND names no kernel)",
    };
    (best, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_tells_marks_alike() {
        let mut seed = 1_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            b",\n,;|a9 \r\t\0\x20\xAC\x8A,-.\xFF\x1F\x21\x80\x7F"[(seed >> 16) as usize % 22]
        };
        let bytes: Vec<u8> = (0..9_999).map(|_| next()).collect();
        for (ends, reach) in [
            ((b',', b'\n'), (0, 9_999)),
            ((b'\t', b'\r'), (3, 9_000)),
            ((0x1F, b'\n'), (65, 70)),
            ((0xFF, 0), (1, 2_050)),
        ] {
            let mut expected = Marks::default();
            expected.read(&bytes, reach, ends);
            for backend in Backend::available() {
                let mut found = Marks::default();
                backend.marks(&mut found, &bytes, reach, ends);
                assert_eq!(found.ends(), expected.ends(), "{}", backend.name());
                assert_eq!((found.rows(), found.thin()), (expected.rows(), expected.thin()), "{}", backend.name());
            }
        }
    }

    #[test]
    fn a_kernel_that_is_not_there_falls_back_and_says_so() {
        assert_eq!(choose("scalar").1, "scalar");
        assert_eq!(choose("").1, choose("").0.name());
        for (asked, because) in [("avx1024", "names no kernel"), ("SCALAR", "names no kernel")] {
            assert!(choose(asked).1.contains(because), "{asked}");
            assert_eq!(choose(asked).0, choose("").0);
        }
        let other = if cfg!(target_arch = "aarch64") { "avx2" } else { "neon" };
        assert!(choose(other).1.contains("cannot run"));
    }
}
