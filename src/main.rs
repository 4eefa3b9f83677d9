//! The binary: hands everything to the command line of the library.
fn main() {}
