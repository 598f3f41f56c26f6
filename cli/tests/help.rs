//! What the command says of itself.

use super::support::{countersign, run};
use tempfile::TempDir;

const VERBS: [&str; 14] = [
    "mock",
    "trigger",
    "listen",
    "verify",
    "sign",
    "replay",
    "send",
    "list",
    "status",
    "download",
    "cancel",
    "doctor",
    "spec",
    "completions",
];

#[test]
fn help_fits_into_80_columns_and_shows_how_it_is_used() {
    let home = TempDir::new().unwrap();
    let help = |verb: &[&str], flag: &str| run(countersign(home.path()).args(verb).arg(flag)).out;
    let all = VERBS.map(|verb| vec![verb]);
    for verb in [vec![]].iter().chain(&all) {
        for flag in ["-h", "--help"] {
            let text = help(verb, flag);
            assert!(text.contains("Usage: countersign"), "{verb:?}: {text}");
            for line in text.lines() {
                // An address that is copied must not be broken.
                assert!(line.chars().count() <= 80 || line.contains("://"), "{verb:?} {flag}: {line}");
            }
        }
    }
    let overview = help(&[], "--help");
    for verb in VERBS {
        assert!(overview.contains(&format!("\n  {verb} ")), "{verb}: {overview}");
    }
}

#[test]
fn completions_are_made_for_every_shell() {
    let home = TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let printed = run(countersign(home.path()).args(["completions", shell]));
        assert_eq!((printed.code, printed.err.as_str()), (0, ""));
        assert!(printed.out.contains("countersign"), "{shell}");
    }
}

#[test]
fn nobody_reading_is_no_failure() {
    let home = TempDir::new().unwrap();
    let mut command = std::process::Command::new("sh");
    let binary = env!("CARGO_BIN_EXE_countersign");
    command
        .args(["-c", &format!("{binary} trigger --list; echo $? >&2")])
        .env("COUNTERSIGN_HOME", home.path());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim(), "0");
}
