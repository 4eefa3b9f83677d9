//! The shapes to measure with. Out: five, and a set like the built-in one.

#![allow(dead_code, reason = "each bench uses a part of it")]

/// SSN with separators, runs of 8 to 10 digits, ISO and US dates, MBI.
pub(crate) const FIVE: &[&str] =
    &["999-99-9999", "999 99 9999", "9{8,10}", "9999-99-99", "9{1,2}/9{1,2}/9999", "9AX9AX9AA99"];

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
