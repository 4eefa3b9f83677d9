//! What a scan found, put before people who must answer for it. In: findings and documents that were reported, one at a time. Out: a
//! sample to check by hand and what the verdicts say ([`sample`], [`score`]), and a fact sheet on some paths ([`incident`]).
//! Refuses nothing by itself; nothing is scanned again.

pub mod incident;
pub mod interval;
pub mod sample;
pub mod score;
