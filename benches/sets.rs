//! Sets of shapes to measure with. In: a name. Out: the shapes. It panics at a name that is none.

use phisweep::detect::Shape;
use phisweep::engine::Engine;

use crate::shapes::{ALL, FIVE, MORE};

/// The shapes of a set: `five`, `kinds`, `all` (those of the built-in rules) or `many` (three times as many).
pub(crate) fn set(name: &str) -> Vec<Shape> {
    let parse = |of: &[&str]| of.iter().map(|s| Shape::parse(s).expect("a shape")).collect::<Vec<_>>();
    let built_in = || Engine::built_in().expect("the built-in rules").plan().shapes().to_vec();
    match name {
        "five" => parse(FIVE),
        "kinds" => parse(ALL),
        "all" => built_in(),
        "many" => {
            let mut all = built_in();
            all.extend(parse(MORE).into_iter().filter(|more| !all.contains(more)).collect::<Vec<_>>());
            all
        }
        _ => panic!("no set is called {name}"),
    }
}
