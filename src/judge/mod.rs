//! Judges places, not strings. In: candidates that passed their checks, and where they stand. Out: findings with their
//! probability, evidence, subject and severity.
//!
//! A value that fills a field of a table is judged with its whole column ([`mod@column`]); a value in text by the words
//! around it ([`text`], [`context`]). Evidence is natural log-odds: it adds up, and is printed with the finding.

mod class;
pub mod column;
mod company;
pub mod context;
pub mod count;
mod credentials;
pub mod decide;
pub mod distinct;
pub mod drafts;
pub mod explain;
mod filled;
mod firms;
pub mod health;
mod hints;
pub(crate) mod known;
pub mod labels;
pub mod matches;
pub(crate) mod met;
mod nameless;
mod pairs;
pub mod people;
pub mod plain;
pub mod plan;
mod record;
mod rest;
mod rows;
pub mod severity;
mod spoken;
mod subjects;
mod taken;
pub mod tally;
pub mod text;
mod together;
mod words;
