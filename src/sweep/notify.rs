//! Tells others of a run. In: the delta. Out: a program started once for each person responsible, with their rows alone on its
//! standard input as one JSON object; and a heartbeat file for each root. Refuses to wait longer than [`PATIENCE`].

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::sweep::delta::Delta;

/// How long a program may take to be told.
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts `command` for each person responsible. What went wrong is told for each; the others are told all the same.
pub(super) fn tell(command: &[String], delta: &Delta) -> Vec<Error> {
    let Some((program, arguments)) = command.split_first() else { return Vec::new() };
    let people: BTreeSet<&str> = delta.roots.iter().map(|root| root.responsible.as_str()).collect();
    people.iter().filter_map(|person| one(program, arguments, &delta.of(person), person).err()).collect()
}

fn one(program: &str, arguments: &[String], delta: &Delta, person: &str) -> Result<()> {
    let failed = |error| Error::Write { path: program.into(), source: error };
    let mut child = Command::new(program)
        .args(arguments)
        .env("PHISWEEP_RESPONSIBLE", person)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let text = serde_json::to_vec(delta).map_err(|error| failed(error.into()))?;
    let Some(mut stdin) = child.stdin.take() else { return Ok(()) };
    // On a thread of its own: a program that never reads must not hold the sweep.
    let writer = std::thread::spawn(move || stdin.write_all(&text));
    let code = wait(&mut child).map_err(failed)?;
    match code {
        // A program that does not care to read all of it is no error of ours.
        Some(0) => drop(writer.join()),
        Some(code) => return Err(failed(std::io::Error::other(format!("ended with {code}")))),
        None => return Err(failed(std::io::Error::other("took longer than two minutes, or was killed"))),
    }
    Ok(())
}

fn wait(child: &mut Child) -> std::io::Result<Option<i32>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code());
        }
        if begun.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Writes the time of a root that was swept whole to `heartbeats/NAME` below the reports: what is older than a night there
/// was not swept.
pub(super) fn heartbeat(reports: &Path, name: &str, time: &str) -> Result<()> {
    let folder = reports.join("heartbeats");
    let path = folder.join(name);
    let temporary = folder.join(format!(".{name}.new"));
    let written = fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&temporary, format!("{time}\n")))
        .and_then(|()| fs::rename(&temporary, &path));
    written.map_err(|error| Error::write(&path, error))
}
