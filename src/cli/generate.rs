//! `phisweep generate man|completions|schema|systemd`. In: the definition of the command line. Out: manual pages or completions made from it; units
//! are made in `systemd`. Refuses a
//! folder that is not there.

use std::path::Path;

use crate::cli::args::{self, GenerateCommand};
use crate::cli::out;
use crate::error::{Error, Result};

/// Runs the command.
pub(super) fn run(command: GenerateCommand) -> Result<i32> {
    match command {
        #[cfg(feature = "ledger")]
        GenerateCommand::Systemd { config, output, user, on_calendar } => {
            return super::systemd::run(&config, output.as_deref(), &user, &on_calendar);
        }
        GenerateCommand::Man { output: None } => {
            let mut page = Vec::new();
            let man = clap_mangen::Man::new(args::definition());
            man.render(&mut page).map_err(|e| Error::write("standard output".as_ref(), e))?;
            out(&String::from_utf8_lossy(&page))?;
        }
        GenerateCommand::Man { output: Some(folder) } => pages(&folder)?,
        GenerateCommand::Schema => out(crate::report::schema::JSONL)?,
        GenerateCommand::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut args::definition(), "phisweep", &mut script);
            out(&String::from_utf8_lossy(&script))?;
        }
    }
    Ok(0)
}

fn pages(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Err(Error::Usage(format!("{}: no folder; make it first", folder.display())));
    }
    clap_mangen::generate_to(args::definition(), folder).map_err(|e| Error::write(folder, e))
}
