//! Tests of the whole, in one binary so that the library is linked once.

// How much of the made vendor drop in `testdata/` is found, and how much else.
mod accuracy;
// The command line: what it refuses, with which words and which exit code.
mod cli;
// Files written by others, where they are at hand.
mod corpora;
// What other scanners are known to get wrong.
mod failures;
// What may go, what is accepted, what a site says its headers mean.
mod going;
// What comes after a scan: worklist, fact sheet, sample, manifest, defaults.
mod evidence;
// Documents and folders that mean no good.
mod hostile;
// What the documents say, against what the program knows.
mod docs;
// One list of patients in every format.
mod formats;
// Lists in one hidden place each.
#[cfg(feature = "office")]
mod hidden;
// Sheets as people lay them out.
#[cfg(feature = "office")]
mod sheets;
// The fence around libraries: every way to die behind it.
mod fence;
// Made documents with their truth, the half that is held out.
mod judged;
// FHIR of others, where it is at hand.
mod fhir;
// Reports from reports.
mod reports;
// Every format of a report, to the byte.
mod golden;
// What the documents tell people to type.
mod recipes;
// The same bytes for any number of threads and any kernel.
mod same;
// Hidden places of Office files, and those of others.
mod office;
// Planted values that no report may show.
mod leaks;
// Locked documents, and keys beside them.
mod protected;
// The same list where libraries read it: databases, columnar files, mail, PDF.
#[cfg(all(feature = "pdf", feature = "sqlite", feature = "columnar", feature = "mail"))]
mod rich;
// Sweeps, night by night: what ledger, delta and exit codes say.
mod sweeps;
// Files in values: base64 in JSON, XML and others.
mod coded;
// Zip archives that are not what their directory says.
mod zips;
// Small documents that ask for much.
mod bombs;
// Wrappers that hold themselves, or more than there is.
mod nests;
// Large documents inside streams.
mod spool;
// Sparse files.
mod sparse;
// A database and its write-ahead log.
#[cfg(feature = "sqlite")]
mod logs;
// What the tree promises about itself: headers, no loose ends, `unsafe` only where allowed.
mod tidy;
// Archives and packed files, inside each other, damaged, hostile.
mod wrappers;
