//! Tests of the whole, in one binary so that the library is linked once.

// The command line: what it refuses, with which words and which exit code.
mod cli;
