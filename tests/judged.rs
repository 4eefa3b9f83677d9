//! The judging on made documents of the half that is held out, with floors: a small run of what `examples/accuracy` measures.

// The same documents and the same counting as the example; not all of it is used here.
#[allow(dead_code)]
#[path = "../examples/accuracy/made/mod.rs"]
mod made;
#[allow(dead_code)]
#[path = "../examples/accuracy/score.rs"]
mod score;

use phisweep::engine::Engine;
use phisweep::options::Options;
use phisweep::scan::{self, Progress};

use made::{Split, pages, sets};

/// F1 of core identifiers and of all, on the half nothing was fitted to.
const CORE: f64 = 0.98;
const ALL: f64 = 0.95;

#[test]
fn f1_holds_its_floors_on_the_held_out_half() {
    let engine = Engine::built_in().expect("the built-in rules load");
    let score = score::score(&engine, &pages(Split::HeldOut, 5, 96), None);
    let (mut core, mut all) = (score::Counts::default(), score::Counts::default());
    for (identifier, counts) in score.by_identifier() {
        all.add(counts);
        if score::is_core(identifier) {
            core.add(counts);
        }
    }
    assert!(all.right > 300, "{all:?}");
    let wrong = score.disagreements.join("\n");
    assert!(core.f1() >= CORE && all.f1() >= ALL, "core {:.4}, all {:.4}\n{wrong}", core.f1(), all.f1());
}

#[test]
fn people_of_hard_sets_are_counted_within_two_per_cent() {
    let engine = Engine::built_in().expect("the built-in rules load");
    let options = Options { threads: 1, ..Options::default() };
    for number in 0..8 {
        let set = sets::set(Split::HeldOut, 5, number);
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in &set.files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(&path, bytes).expect("a file");
        }
        let roots = scan::roots(&[folder.path().to_path_buf()]).expect("a root");
        let mut documents: Vec<phisweep::finding::Document> = Vec::new();
        let summary =
            scan::scan(&engine, &options, &roots, &Progress::default(), &mut documents).expect("the scan runs");
        let error = (summary.people as f64 - set.people as f64).abs() / set.people as f64;
        assert!(error <= 0.02, "{}: {} people and not {}", set.about, summary.people, set.people);
        let range = summary.people_low..=summary.people_high;
        assert!(range.contains(&set.people), "{}: {range:?} and not {}", set.about, set.people);
    }
}
