//! What is parsed, recorded and refused.

use super::*;
use crate::finding::Severity;

fn parsed(line: &str) -> Result<Parsed, clap::Error> {
    parse(line.split(' ').map(OsString::from))
}

fn scan(line: &str) -> (Box<ScanArgs>, Map<String, Value>) {
    match parsed(line).map_err(|e| e.to_string()) {
        Ok(Parsed::Command(command)) => match *command {
            Command::Scan { args, given } => (args, given),
            _ => panic!("{line} is no scan"),
        },
        Ok(_) => panic!("{line} is no scan"),
        Err(message) => panic!("{line}: {message}"),
    }
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn defaults_are_those_of_the_contract() {
    let (args, given) = scan("phisweep scan a");
    assert_eq!(args.format, Stdout::Text);
    assert_eq!(args.min_confidence, Confidence::Likely);
    assert_eq!(args.fail_on, FailOn(Some(Severity::Medium)));
    assert_eq!((args.look_for.test_values, args.reveal.reveal), (TestValues::Mark, Reveal::None));
    assert_eq!(args.progress, ShowProgress::Auto);
    assert!(given.is_empty());
}

#[test]
fn what_was_given_is_recorded_by_long_name() {
    let (args, given) = scan("phisweep scan -o a.csv --only ssn,mbi --strict --fail-on never -o b/ x -");
    assert_eq!(args.paths, [PathBuf::from("x"), PathBuf::from("-")]);
    assert_eq!(args.look_for.only, [Identifier::SSN, Identifier::MBI]);
    let expected = serde_json::json!(
        {"output": ["a.csv", "b/"], "only": ["ssn", "mbi"], "strict": true, "fail-on": "never"}
    );
    assert_eq!(Value::Object(given), expected);
}

#[test]
fn mistakes_are_answered_with_the_nearest_name() {
    for (line, part) in [
        ("phisweep scan --only snn x", "did you mean ssn?"),
        ("phisweep scan --skip birthdate x", "did you mean birth-date?"),
        ("phisweep scan --allow-gaps nonsense x", "there are denied, encrypted"),
        ("phisweep scan --allow-gaps denyed x", "did you mean denied?"),
        ("phisweep scan --format-hint *.x=jsn x", "did you mean json?"),
        ("phisweep scan --min-confidence likly x", "likely"),
        ("phisweep scan --include [ x", "unclosed character class"),
        ("phisweep scan --threads 0 x", "0"),
        ("phisweep scan --matchs x", "--matches"),
        ("phisweep scan", "<PATH>"),
        ("phisweep", "a command is needed"),
        ("phisweep -v", "--version"),
    ] {
        let error = parsed(line).err().unwrap_or_else(|| panic!("{line} is accepted"));
        assert_eq!(error.exit_code(), 2, "{line}");
        assert!(error.to_string().contains(part), "{line}: {error}");
    }
}

#[test]
fn the_version_can_be_asked_for() {
    assert!(matches!(parsed("phisweep --version"), Ok(Parsed::Version { verbose: false })));
    assert!(matches!(parsed("phisweep --version -v"), Ok(Parsed::Version { verbose: true })));
}
