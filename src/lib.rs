//! Finds unprotected PHI in file shares and exports: what, where, how sure, how many people, who can read it.
//!
//! One way through; folders are stages, in this order, and [`scan`](mod@scan) is where they meet:
//!
//! ```text
//!  paths ─► walk ─► open ─► decode ─► extract ─► detect ─► validate ─► judge ─► report
//!           Entry   Source   Member   Chunk, Batch Candidate Verdict     Finding   csv jsonl text
//!           any stage may end an item with a Gap (what was not read, and why)
//! ```
//!
//! A stage knows the noun of the stage before it and nothing downstream. `ARCHITECTURE.md` has the map in words.
//!
//! The paved path: an [`Engine`](engine::Engine) with the rules, [`Options`](options::Options), and
//! [`scan::scan`] for files and folders, which tells a [`Listener`](scan::Listener) one document at a time; or
//! [`scan::scan_bytes`] for bytes in memory:
//!
//! ```
//! use phisweep::engine::Engine;
//! use phisweep::finding::Confidence;
//! use phisweep::options::Options;
//!
//! # fn main() -> phisweep::error::Result<()> {
//! let engine = Engine::built_in()?;
//! let bytes = b"name,ssn\nMaria Nowak,536-90-4398\n";
//! let document = phisweep::scan::scan_bytes(&engine, &Options::default(), "members.csv", bytes);
//!
//! let finding = document.findings.iter().find(|f| f.identifier.name() == "ssn").expect("a finding");
//! assert_eq!(finding.place.to_string(), "column: ssn");
//! assert_eq!((finding.matches, finding.first.line), (1, 2));
//! assert_eq!(finding.confidence, Confidence::Certain);
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod confine;
pub mod decisions;
pub mod decode;
pub mod detect;
pub mod engine;
pub mod error;
pub mod evidence;
pub mod extract;
pub mod finding;
pub mod gap;
pub mod identifier;
pub mod judge;
#[cfg(feature = "ledger")]
pub mod ledger;
pub mod limits;
pub mod locator;
pub mod open;
pub mod options;
pub mod protected;
pub mod release;
pub mod report;
pub mod rich;
pub mod rules;
pub mod scan;
mod spelling;
pub mod spool;
#[cfg(feature = "ledger")]
pub mod sweep;
pub mod validate;
pub mod walk;
mod worker;
