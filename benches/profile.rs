//! One search, many times, for profilers. In: data, kernel, shapes, rounds, as words. Out: the number of candidates.

use phisweep::detect::{Backend, Plan};

#[path = "data.rs"]
mod data;
#[path = "sets.rs"]
mod sets;
#[path = "shapes.rs"]
mod shapes;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let [data, backend, set, rounds] = words.as_slice() else { return };
    let data = data::Data::ALL.into_iter().find(|d| d.name() == data).expect("data");
    let backend = Backend::available().into_iter().find(|b| b.name() == backend).expect("a kernel");
    let plan = Plan::with_backend(sets::set(set), backend);
    let bytes = data.make(1 << 20);
    let mut found = Vec::new();
    for _ in 0..rounds.parse().expect("a number") {
        found.clear();
        plan.find(&bytes, &mut found);
    }
    assert!(!found.is_empty());
}
