//! Finds unprotected PHI in file shares and exports: what, where, how sure, how many people, who can read it.
//!
//! One way through; folders are stages, in this order, and [`scan`](mod@scan) is the one file where they meet:
//!
//! ```text
//!  paths ─► walk ─► open ─► extract ─► detect ─► validate ─► judge ─► report
//!           Entry   Source    Chunk     Candidate  Verdict     Finding   csv jsonl text
//!           any stage may end an item with a Gap (what was not read, and why)
//! ```
//!
//! A stage knows the noun of the stage before it and nothing downstream. `ARCHITECTURE.md` has the map in words.

#[cfg(feature = "cli")]
pub mod cli;
pub mod detect;
pub mod engine;
pub mod error;
pub mod extract;
pub mod finding;
pub mod gap;
pub mod identifier;
pub mod judge;
pub mod locator;
pub mod open;
pub mod options;
pub mod report;
pub mod rules;
pub mod scan;
pub mod validate;
pub mod walk;
