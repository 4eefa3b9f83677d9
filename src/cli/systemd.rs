//! `phisweep generate systemd`: a unit and a timer for a nightly sweep. In: a configuration. Out: two files in a folder, or both on
//! standard output. Refuses a configuration that is wrong.

use std::path::Path;

use crate::cli::out;
use crate::decisions::day_from_now;
use crate::error::{Error, Result};
use crate::sweep::config::Config;

/// Runs the command.
pub(super) fn run(config: &Path, output: Option<&Path>, user: &str, on_calendar: &str) -> Result<i32> {
    let path = std::path::absolute(config).map_err(|error| Error::read(config, error))?;
    let config = Config::read(&path, &day_from_now(0))?;
    let program = std::env::current_exe().map_err(|error| Error::read(Path::new("phisweep"), error))?;
    let (unit, timer) = (unit(&program, &path, &config, user), timer(on_calendar));
    match output {
        Some(folder) => {
            for (name, text) in [(SERVICE, &unit), (TIMER, &timer)] {
                let path = folder.join(name);
                std::fs::write(&path, text).map_err(|error| Error::write(&path, error))?;
            }
            out(&format!(
                "Written: {SERVICE} and {TIMER} in {}\nNext: systemctl daemon-reload && systemctl enable --now {TIMER}\n",
                folder.display()
            ))?;
        }
        None => out(&format!("# {SERVICE}\n{unit}\n# {TIMER}\n{timer}"))?,
    }
    Ok(0)
}

const SERVICE: &str = "phisweep-sweep.service";
const TIMER: &str = "phisweep-sweep.timer";

/// A path or word as systemd reads it in a list: specifiers doubled, blanks and quotes escaped.
fn word(text: &str) -> String {
    let mut word = String::new();
    for c in text.chars() {
        match c {
            '%' => word.push_str("%%"),
            ' ' => word.push_str("\\x20"),
            '"' => word.push_str("\\x22"),
            '\\' => word.push_str("\\\\"),
            c => word.push(c),
        }
    }
    word
}

fn unit(program: &Path, path: &Path, config: &Config, user: &str) -> String {
    let text = |path: &Path| word(&path.to_string_lossy());
    // In a command line a dollar begins a variable.
    let in_command = |path: &Path| text(path).replace('$', "$$");
    let mut writable: Vec<String> = vec![text(&config.reports)];
    writable.extend(config.ledger.parent().map(text));
    writable.dedup();
    let readable: Vec<String> = config.roots.iter().map(|root| text(&root.path)).collect();
    format!(
        "[Unit]\n\
         Description=phisweep: nightly sweep for unprotected health data\n\
         RequiresMountsFor={roots} {writable}\n\
         After=local-fs.target remote-fs.target\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         User={user}\n\
         ExecStart={program} sweep {config} --progress never\n\
         # 1: something new; 3: something could not be read. Both are results, not failures.\n\
         SuccessExitStatus=1 3\n\
         TimeoutStopSec=300\n\
         UMask=0077\n\
         Nice=10\n\
         IOSchedulingClass=idle\n\
         ReadOnlyPaths={roots}\n\
         ReadWritePaths={writable}\n\
         ProtectSystem=strict\n\
         ProtectHome=read-only\n\
         PrivateTmp=yes\n\
         PrivateDevices=yes\n\
         NoNewPrivileges=yes\n\
         ProtectKernelTunables=yes\n\
         ProtectKernelModules=yes\n\
         ProtectKernelLogs=yes\n\
         ProtectControlGroups=yes\n\
         ProtectClock=yes\n\
         ProtectHostname=yes\n\
         RestrictNamespaces=yes\n\
         RestrictRealtime=yes\n\
         RestrictSUIDSGID=yes\n\
         LockPersonality=yes\n\
         MemoryDenyWriteExecute=yes\n\
         SystemCallArchitectures=native\n",
        roots = readable.join(" "),
        writable = writable.join(" "),
        user = word(user),
        program = in_command(program),
        config = in_command(path),
    )
}

fn timer(on_calendar: &str) -> String {
    format!(
        "[Unit]\n\
         Description=phisweep: when the nightly sweep runs\n\
         \n\
         [Timer]\n\
         OnCalendar={}\n\
         # A night in which the machine was off is made up for.\n\
         Persistent=true\n\
         RandomizedDelaySec=10min\n\
         \n\
         [Install]\n\
         WantedBy=timers.target\n",
        on_calendar.replace('%', "%%")
    )
}
