//! What the documents tell people to type. In: the blocks of README and docs. Out: each command is one that the program takes, and
//! the recipes do what they say: the hook stops a commit, the question before sharing is answered, `jq` finds what it looks for.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn phisweep() -> Command {
    Command::new(env!("CARGO_BIN_EXE_phisweep"))
}

fn documents() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(top().join("docs")).expect("docs").map(|entry| entry.expect("a document").path());
    let mut all: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    all.push(top().join("README.md"));
    all.sort();
    all
}

/// The words of a command as a shell reads them, up to a pipe, a redirection or a comment.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut begun, mut quote) = (String::new(), false, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), c) => word.push(c),
            (None, '\'' | '"') => (quote, begun) = (Some(c), true),
            (None, '|' | '>' | '#' | ';' | '&') => break,
            (None, ' ') => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (None, c) => {
                word.push(c);
                begun = true;
            }
        }
    }
    // `2` of `2>file` is no word.
    if begun && word != "2" {
        words.push(word);
    }
    words
}

/// Commands in the fenced blocks of a document, without the program's name.
fn commands(text: &str) -> Vec<Vec<String>> {
    let (mut within, mut found) = (false, Vec::new());
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            within = !within;
            continue;
        }
        let line = line.trim();
        let command = ["$ ", "- run: ", "ExecStart="].iter().find_map(|mark| line.strip_prefix(mark)).unwrap_or(line);
        if let Some(command) = command.strip_prefix("phisweep ").filter(|_| within) {
            found.push(words(command));
        }
    }
    found
}

#[test]
fn every_command_is_one_the_program_takes() {
    let mut tried = 0;
    for document in documents() {
        for args in commands(&std::fs::read_to_string(&document).unwrap()) {
            // What a summary prints begins with the program's name and version.
            if args.first().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
                continue;
            }
            let mut all = args.clone();
            if !args.iter().any(|arg| arg == "--version" || arg == "-V") {
                all.push("--help".to_string());
            }
            let output = phisweep().args(&all).output().expect("phisweep runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: phisweep {}\n{said}", document.display(), args.join(" "));
            tried += 1;
        }
    }
    assert!(tried >= 12, "{tried} commands");
    let wrong = phisweep().args(["scan", "--no-such-option", ".", "--help"]).output().expect("phisweep runs");
    assert!(!wrong.status.success(), "help must not hide what is wrong before it");
}

/// The first block of this kind in a document.
fn block(document: &str, kind: &str) -> String {
    let text = std::fs::read_to_string(top().join(document)).expect("a document");
    let behind = text.split_once(&format!("```{kind}\n")).expect("there is such a block").1;
    behind.split_once("\n```").expect("it ends").0.to_string()
}

fn people(path: &Path) {
    let rows: String =
        (0..30).map(|n| format!("{}-{}-{},19{}-03-1{}\n", 101 + n, 21 + n, 4001 + n, 40 + n, n % 9)).collect();
    std::fs::write(path, format!("ssn,birth date\n{rows}")).expect("a file");
}

#[test]
fn the_hook_stops_what_should_not_be_committed() {
    let repository = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_phisweep")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let git = |args: &[&str]| -> std::io::Result<Output> {
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        Command::new("git")
            .args(who)
            .args(args)
            .current_dir(repository.path())
            .env("PATH", format!("{}:{path}", program.display()))
            .env("HOME", home.path())
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_WORK_TREE")
            .output()
    };
    if git(&["init", "-q"]).is_err() {
        println!("skipped: no git here");
        return;
    }
    let hook = repository.path().join(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, block("docs/pre-commit.md", "sh")).unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::write(repository.path().join("a b.txt"), "nothing of anybody\n").unwrap();
    git(&["add", "."]).unwrap();
    let clean = git(&["commit", "-qm", "clean"]).unwrap();
    assert!(clean.status.success(), "{}", String::from_utf8_lossy(&clean.stderr));
    people(&repository.path().join("people.csv"));
    git(&["add", "."]).unwrap();
    let stopped = git(&["commit", "-qm", "people"]).unwrap();
    let said = String::from_utf8_lossy(&stopped.stderr);
    assert!(!stopped.status.success() && said.contains("Not committed"), "{said}");
    assert!(!said.contains("101-21-4001") && !String::from_utf8_lossy(&stopped.stdout).contains("101-21-4001"));
}

#[test]
fn the_question_before_sharing_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("export")).unwrap();
    people(&folder.path().join("export/people.csv"));
    let console = block("docs/before-sharing.md", "console");
    let args = commands(&format!("```\n{console}\n```"));
    let output = phisweep().args(&args[0]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("BLOCKED: "));
}

#[test]
fn jq_finds_what_the_recipe_looks_for() {
    let command = block("docs/siem.md", "console");
    let text = std::fs::read_to_string(top().join("docs/siem.md")).unwrap();
    assert!(!command.is_empty());
    let line = text.lines().find(|line| line.starts_with("$ jq ")).expect("a line for jq");
    let args = words(line.strip_prefix("$ jq ").unwrap());
    let Ok(output) = Command::new("jq").args(&args).current_dir(top().join("tests/golden")).output() else {
        println!("skipped: no jq here");
        return;
    };
    let found = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && found.contains("\"path\":\"drop/in/medicaid_2026.csv\""), "{found}");
}

#[test]
fn quiet_says_nothing_and_tells_by_its_code() {
    let folder = tempfile::tempdir().unwrap();
    people(&folder.path().join("people.csv"));
    for more in [&[][..], &["-o", "x.csv"], &["--for", "safe-harbor"]] {
        let mut command = phisweep();
        command.args(["scan", "-q", "--threads", "1", "people.csv"]).args(more).current_dir(folder.path());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{more:?}");
        assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{more:?}: {output:?}");
    }
    assert!(folder.path().join("x.csv").exists());
    let output =
        phisweep().args(["scan", "-q", "-f", "jsonl", "people.csv"]).current_dir(folder.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"complete\":true"), "what was asked for is written");
    let output = phisweep().args(["scan", "-q", "no-such.csv"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.is_empty(), "errors are said");
}
