//! Defaults from a configuration file. In: the path given with `--config`, or the user's configuration folder; which options were given.
//! Out: options to add, as if they had been typed. Refuses a file in the working folder that nobody named, one below a starting
//! point, one that others can write, keys it does not know, and consents that must be given each time.
//!
//! A vendor who can write to a share must not be able to say how that share is scanned.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::cli::args::{self, ScanArgs};
use crate::spelling;

/// Options of `scan` that have no place in a file: what is written and asked is said each time, and so is consent.
const NOT_HERE: [&str; 9] =
    ["config", "no-config", "output", "manifest", "for", "reveal", "i-may-hold-phi", "no-sandbox", "help"];

/// Options whose values are files: they lie beside the configuration, unless the path is absolute.
const FILES: [&str; 5] = ["rules", "suppress", "severity", "fingerprint-key", "password-file"];

/// The largest file that is read.
const LARGEST: u64 = 1 << 20;

/// Defaults that were found.
#[derive(Debug)]
pub(super) struct Defaults {
    /// Where they stand.
    pub(super) file: PathBuf,
    /// As if typed; those given are not among them.
    pub(super) options: Vec<OsString>,
}

/// Defaults for a scan, if there are any; `typed` says which options were given.
pub(super) fn defaults(scan: &ScanArgs, typed: &ArgMatches) -> Result<Option<Defaults>, String> {
    let file = match (&scan.config, scan.no_config) {
        (_, true) => None,
        (Some(file), _) => Some(file.clone()),
        (None, _) => of_user(|name| std::env::var_os(name)),
    };
    let Some(file) = file else { return Ok(None) };
    let command = args::scan_definition();
    let ids = command.get_arguments().filter_map(|arg| Some((arg.get_long()?.to_string(), arg.get_id().to_string())));
    let ids: HashMap<String, String> = ids.collect();
    let given = |name: &str| {
        let id = ids.get(name).map_or(name, String::as_str);
        typed.try_contains_id(id).is_ok() && typed.value_source(id) == Some(ValueSource::CommandLine)
    };
    read(&file, &scan.paths, &command, given).map(Some)
}

/// Keys that a file may hold.
fn keys(command: &clap::Command) -> Vec<String> {
    let named = command.get_arguments().filter_map(|arg| arg.get_long().map(str::to_string));
    named.filter(|name| !NOT_HERE.contains(&name.as_str())).collect()
}

/// The user's file: only an absolute folder counts, as the XDG Base Directory Specification has it.
fn of_user(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_CONFIG_HOME").or_else(|| match cfg!(windows) {
        true => absolute("APPDATA"),
        false => absolute("HOME").map(|home| home.join(".config")),
    })?;
    Some(folder.join("phisweep").join("config.toml")).filter(|file| file.exists())
}

/// Reads defaults for `scan` over these starting points; `given` says which options were typed.
fn read(
    file: &Path,
    roots: &[PathBuf],
    command: &clap::Command,
    given: impl Fn(&str) -> bool,
) -> Result<Defaults, String> {
    let bad = |why: String| format!("{}: {why}", file.display());
    let file = file.canonicalize().map_err(|e| bad(e.to_string()))?;
    let facts = file.metadata().map_err(|e| bad(e.to_string()))?;
    if !facts.is_file() || facts.len() > LARGEST {
        return Err(bad("no configuration: a TOML file of at most 1 MiB".to_string()));
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&facts) & 0o002 != 0 {
        return Err(bad(
            "everybody can write this file; take that right away (chmod o-w) or scan with --no-config".to_string()
        ));
    }
    let below = roots
        .iter()
        .filter(|root| root.as_os_str() != "-")
        .find(|root| root.canonicalize().is_ok_and(|root| file.starts_with(root)));
    if let Some(root) = below {
        return Err(bad(format!(
            "a configuration below {}, which is to be scanned: whoever can write there could say how it is scanned. Move it \
             elsewhere, or scan with --no-config",
            root.display()
        )));
    }
    let text = std::fs::read_to_string(&file).map_err(|e| bad(e.to_string()))?;
    let options = options(&text, file.parent().unwrap_or(Path::new("/")), command, given).map_err(|(line, why)| {
        let line = if line == 0 { String::new() } else { format!(":{line}") };
        format!("{}{line}: {why}", file.display())
    })?;
    Ok(Defaults { file, options })
}

/// The options of a text; an error has its line, 0 where no one line is at fault.
fn options(
    text: &str,
    folder: &Path,
    command: &clap::Command,
    given: impl Fn(&str) -> bool,
) -> Result<Vec<OsString>, (usize, String)> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| 1 + text[..span.start].matches('\n').count());
        (at, error.message().replace('\n', " "))
    })?;
    let line_of = |key: &str| {
        let is = |line: &str| {
            let name = line.trim_start().trim_start_matches(['[', '"', '\'']).trim_start();
            name.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ', '\t']).starts_with(['=', ']']))
        };
        text.lines().position(is).map_or(0, |at| at + 1)
    };
    let mut scan = None;
    for (name, value) in &table {
        match (name.as_str(), value) {
            ("scan", toml::Value::Table(keys)) => scan = Some(keys),
            ("scan", _) => return Err((line_of(name), "scan is a table: [scan]".to_string())),
            (name, _) => {
                let in_scan = keys(command).iter().any(|key| key == name);
                let hint =
                    if in_scan { "; it belongs below [scan]".to_string() } else { spelling::hint(name, ["scan"]) };
                return Err((line_of(name), format!("no table or key is called {name:?}{hint}")));
            }
        }
    }
    let known = keys(command);
    let mut typed = Vec::new();
    for (key, value) in scan.into_iter().flatten() {
        if NOT_HERE.contains(&key.as_str()) {
            return Err((line_of(key), format!("{key} is said each time on the command line, and not here")));
        }
        if !known.contains(key) {
            let hint = spelling::hint(key, known.iter().map(String::as_str));
            return Err((line_of(key), format!("scan has no option {key:?}{hint}")));
        }
        let flag = command.get_arguments().any(|arg| arg.get_long() == Some(key) && !arg.get_action().takes_values());
        let one = |value: &toml::Value| match value {
            toml::Value::String(text) => Ok(placed(key, text, folder)),
            toml::Value::Integer(number) => Ok(number.to_string().into()),
            _ => Err((line_of(key), format!("{key} is a text or a number, or a list of such"))),
        };
        let values: Vec<OsString> = match value {
            toml::Value::Boolean(on) if flag => {
                if *on && !given(key) {
                    typed.push(format!("--{key}").into());
                }
                continue;
            }
            _ if flag => return Err((line_of(key), format!("{key} is true or false"))),
            toml::Value::Array(values) => values.iter().map(one).collect::<Result<_, _>>()?,
            value => vec![one(value)?],
        };
        let mut options: Vec<OsString> = Vec::new();
        for value in values {
            let mut option = OsString::from(format!("--{key}="));
            option.push(value);
            options.push(option);
        }
        // Each value is held against its option by itself, so that the mistake is told of this file.
        let tried =
            [OsStr::new("scan")].into_iter().chain(options.iter().map(OsString::as_os_str)).chain([OsStr::new("-")]);
        command.clone().try_get_matches_from(tried).map_err(|error| {
            let said = error.to_string();
            let first = said.lines().next().unwrap_or_default();
            (line_of(key), first.trim_start_matches("error: ").to_string())
        })?;
        if !given(key) {
            typed.extend(options);
        }
    }
    Ok(typed)
}

/// A value with its file beside the configuration, where it names one.
fn placed(key: &str, text: &str, folder: &Path) -> OsString {
    if FILES.contains(&key) {
        return folder.join(text).into_os_string();
    }
    match (key, text.split_once("=fixed:")) {
        ("format-hint", Some((glob, layout))) => {
            let mut hint = OsString::from(format!("{glob}=fixed:"));
            hint.push(folder.join(layout));
            hint
        }
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str, given: &[&str]) -> Result<Vec<String>, (usize, String)> {
        let command = args::scan_definition();
        let options = options(text, Path::new("/etc/p"), &command, |name| given.contains(&name))?;
        Ok(options.into_iter().map(|option| option.into_string().expect("UTF-8")).collect())
    }

    #[test]
    fn keys_become_options_unless_these_were_given() {
        let text = "[scan]\nskip = [\"url\", \"ip-address\"]\nthreads = 2\nstrict = true\nfollow = false\n\
                    suppress = \"accepted.toml\"\nmin-confidence = \"certain\"\n";
        let all = [
            "--min-confidence=certain",
            "--skip=url",
            "--skip=ip-address",
            "--strict",
            "--suppress=/etc/p/accepted.toml",
            "--threads=2",
        ];
        let mut found = typed(text, &[]).unwrap();
        found.sort();
        let mut all: Vec<String> = all.map(str::to_string).to_vec();
        all.sort();
        assert_eq!(found, all);
        assert_eq!(typed(text, &["threads", "skip", "strict", "suppress"]).unwrap(), ["--min-confidence=certain"]);
        assert!(typed("", &[]).unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, line, part) in [
            ("[scan]\nthreds = 2\n", 2, "scan has no option \"threds\"; did you mean threads?"),
            ("[scan]\n\nskip = [\"snn\"]\n", 3, "did you mean ssn?"),
            ("[scan]\nthreads = 0\n", 2, "0"),
            ("[scan]\nstrict = \"yes\"\n", 2, "strict is true or false"),
            ("[scan]\nreveal = \"full\"\n", 2, "said each time"),
            ("[scan]\noutput = [\"x\"]\n", 2, "said each time"),
            ("[scann]\n", 1, "did you mean scan?"),
            ("strict = true\n", 1, "it belongs below [scan]"),
            ("[scan]\nstrict = \n", 2, ""),
        ] {
            let (at, why) = typed(text, &[]).expect_err(text);
            assert!(at == line && why.contains(part), "{text}: {at}: {why}");
        }
    }

    #[test]
    fn the_users_folder_is_absolute_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("phisweep");
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("config.toml"), "").unwrap();
        let found = |name: &'static str, value: &Path| {
            let value = value.as_os_str().to_os_string();
            of_user(move |asked| (asked == name).then(|| value.clone()))
        };
        assert_eq!(found("XDG_CONFIG_HOME", folder.path()), Some(at.join("config.toml")));
        assert_eq!(found("XDG_CONFIG_HOME", Path::new(".")), None);
        assert_eq!(found("HOME", folder.path()), None, "there is no .config");
    }

    #[test]
    fn the_documentation_names_every_key_and_no_other() {
        let text = include_str!("../../docs/configuration.md");
        let told: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("| `"))
            .filter_map(|line| line.split('`').next())
            .collect();
        let mut keys = keys(&args::scan_definition());
        keys.sort();
        let mut told: Vec<String> = told.into_iter().map(str::to_string).collect();
        told.sort();
        assert_eq!(told, keys);
    }
}
