//! The shapes to measure with. Out: the five of the bar, with the regular expression that says the same, and a set like
//! the built-in one.

#![allow(dead_code, reason = "each bench uses a part of it")]

/// SSN with separators, runs of 8 to 10 digits, ISO and US dates, MBI.
pub(crate) const FIVE: &[&str] =
    &["999-99-9999", "999 99 9999", "9{8,10}", "9999-99-99", "9{1,2}/9{1,2}/9999", "9AX9AX9AA99"];

/// The same as one alternation.
pub(crate) const FIVE_REGEX: &str = concat!(
    r"(?-u)\b(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{8,10}|[0-9]{4}-[0-9]{2}-[0-9]{2}",
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9][A-Za-z][0-9A-Za-z][0-9][A-Za-z][0-9A-Za-z][0-9][A-Za-z]{2}[0-9]{2})\b"
);

/// The pictures of [`ALL`] as one alternation; the named shapes are left out, and so is most of what "stands alone"
/// means. To compare times, not counts.
pub(crate) const ALL_REGEX: &str = concat!(
    r"(?-u)\b(?:[0-9]{8,11}(?:[A-Za-z][A-Za-z0-9]?)?|[0-9]{3}[- .][0-9]{2}[- .][0-9]{4}(?:-?[A-Za-z])?",
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2})?|[0-9]{4}/[0-9]{2}/[0-9]{2}",
    r"|[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}|[0-9]{1,2}-[A-Za-z]{3}-[0-9]{2,4}",
    r"|[0-9]{2}[A-Za-z]{3}[0-9]{4}|[A-Za-z]{3,9} [0-9]{1,2}, [0-9]{4}|[0-9]{1,2} [A-Za-z]{3,9} [0-9]{4}",
    r"|[0-9][A-Za-z][0-9A-Za-z][0-9]-?[A-Za-z][0-9A-Za-z][0-9]-?[A-Za-z]{2}[0-9]{2}",
    r"|(?:1-)?[0-9]{3}[- .][0-9]{3}[- .][0-9]{4}|[A-Za-z]{2} [0-9]{5}(?:-[0-9]{4})?|[A-Za-z]{2,20}\^[A-Za-z]{2,20})\b",
    r"|(?:\*\*\*-\*\*-|XXX-XX-|xxx-xx-|###-##-|\*{5}|X{5})[0-9]{4}\b|\([0-9]{3}\) ?[0-9]{3}-[0-9]{4}\b|\+1[0-9]{10}\b"
);

/// Every kind of shape the built-in patterns use.
pub(crate) const ALL: &[&str] = &[
    "9{9}",
    "9{10}",
    "9{8}",
    "9{11}",
    "999-99-9999",
    "999 99 9999",
    "999.99.9999",
    "'***-**-'9999",
    "'XXX-XX-'9999",
    "'xxx-xx-'9999",
    "'###-##-'9999",
    "'*****'9999",
    "'XXXXX'9999",
    "9999-99-99",
    "9999-99-99\\T99:99:99",
    "9999/99/99",
    "9{1,2}/9{1,2}/9999",
    "9{1,2}/9{1,2}/99",
    "9{1,2}-9{1,2}-9999",
    "9{1,2}-AAA-9999",
    "9{1,2}-AAA-99",
    "99AAA9999",
    "A{3,9} 9{1,2}, 9999",
    "9{1,2} A{3,9} 9999",
    "9AX9AX9AA99",
    "9AX9-AX9-AA99",
    "9{9}A",
    "9{9}AX",
    "999-99-9999A",
    "999-99-9999-A",
    "(999) 999-9999",
    "(999)999-9999",
    "999-999-9999",
    "999.999.9999",
    "999 999 9999",
    "\\1-999-999-9999",
    "'+1'9{10}",
    "AA 9{5}",
    "AA 99999-9999",
    "A{2,20}^A{2,20}",
    "<email>",
    "<code>",
    "<street>",
    "<po-box>",
    "<name-words>",
];

/// Words that scanners look for around numbers; none is the start or the inside of another.
pub(crate) const KEYWORDS: &[&str] = &[
    "ssn",
    "social security",
    "mbi",
    "medicare",
    "medicaid",
    "beneficiary",
    "mrn",
    "medical record",
    "patient",
    "member id",
    "subscriber",
    "npi",
    "provider",
    "dob",
    "birth",
    "admit",
    "discharge",
    "diagnosis",
    "phone",
    "email",
    "address",
    "zip",
    "policy",
    "group no",
    "claim",
    "account no",
    "license",
    "hicn",
    "encounter",
    "guarantor",
];
