//! Mistakes in arguments: what was wrong, what would have been right, and exit code 2.

use super::support::{countersign, run};
use tempfile::TempDir;

#[test]
fn a_mistake_says_what_would_have_been_right() {
    let home = TempDir::new().unwrap();
    let to = ["--to", "http://127.0.0.1:9/callbacks"];
    let to = |arguments: &[&'static str]| [arguments, &to].concat();
    let cases: &[(Vec<&str>, &str)] = &[
        (vec!["mok"], "'mock'"),
        (vec!["mock", "signy"], "'signly'"),
        (vec!["mock", "leap", "--port", "99999"], "0..=65535"),
        (vec!["mock", "leap", "--forward-to", "localhost:3000"], "http://127.0.0.1:3000/callbacks"),
        (vec!["mock", "leap", "--forward-to", "https://example.com"], "--danger-beyond-loopback"),
        (vec!["trigger", "leap", "complete", "--to", "http://127.0.0.1:9"], "there are completed"),
        (vec!["trigger", "leap", "--to", "http://127.0.0.1:9"], "completed"),
        (vec!["trigger", "leap", "completed"], "--to <URL>"),
        (vec!["trigger", "leap", "completed", "--to", "ftp://app"], "http://127.0.0.1:3000/callbacks"),
        (
            vec!["trigger", "leap", "completed", "--to", "https://example.com/cs1.x"],
            "--danger-beyond-loopback",
        ),
        (to(&["trigger", "leap", "completed"]), "LEAP_CALLBACK_URL_SECRET"),
        (to(&["trigger", "signly", "OTP_SENT"]), "SIGNLY_TENANT"),
        (to(&["trigger", "signly", "OTP_SENT", "--for", "t"]), "SIGNLY_WEBHOOK_SECRET"),
        (to(&["trigger", "legalesign", "signed", "--for", "g", "--reorder"]), "at least two events"),
        (to(&["trigger", "legalesign", "signed", "--for", "g", "--duplicate", "0"]), "1..=65535"),
        (to(&["trigger", "legalesign", "signed", "--for", "g", "--set", "name"]), "data.status=COMPLETED"),
        (to(&["trigger", "legalesign", "changes", "--for", "g", "--set", "7.value=1"]), "a list from 0 to 2"),
        (to(&["trigger", "legalesign", "signed", "--for", "g", "--set", "name.first=A"]), "has no members"),
        (
            to(&["trigger", "signly", "OTP_SENT", "--for", "t", "--hmac", "x-signature"]),
            "SIGNLY_WEBHOOK_HMAC_SECRET",
        ),
        (vec!["verify", "leap", "no-such-file"], "no-such-file"),
        (vec!["verify", "leap", "Cargo.toml"], "it is no captured request"),
        (vec!["verify", "faireplace", "Cargo.toml"], "get_signature_status"),
        (vec!["listen"], "<PROVIDER>"),
        (vec!["verify", "leap", "Cargo.toml", "--for", "x"], "Documill Leap has nobody to name"),
        (vec!["verify", "leap", "Cargo.toml", "--certificate", "x"], "--certificate is for legalesign"),
        (vec!["verify", "sign8", "Cargo.toml", "--hmac", "x"], "--hmac is for signly and legalesign"),
        (vec!["verify", "signly", "Cargo.toml", "--hmac-prefix", "x"], "--hmac <HEADER>"),
        (
            vec!["mock", "all", "--port", "65533"],
            "6 ports are needed, from --port on; choose one up to 65530",
        ),
        (to(&["trigger", "leap", "completed", "--header", "x"]), "--header is for signly"),
        (vec!["listen", "--provider", "leap"], "LEAP_CALLBACK_URL_SECRET"),
        (vec!["listen", "--provider", "legalesign", "--for", "g"], "legalesign-development.pem"),
        (
            vec!["listen", "--provider", "legalesign", "--provider", "sign8", "--for", "g"],
            "SIGN8_ORGANISATION",
        ),
        (vec!["listen", "--provider", "faireplace"], "get_signature_status"),
        (vec!["sign", "leap"], "--url"),
        (vec!["sign", "leap", "Cargo.toml"], "make a callback URL with --url"),
        (vec!["sign", "leap", "--url", "https://app.example"], "--reference <TEXT>"),
        (vec!["sign", "leap", "--url", "https://app.example", "--reference", "c"], "openssl rand -hex 32"),
        (
            vec!["sign", "leap", "--url", "https://app.example", "--reference", "c", "--until", "soon"],
            "2026-11-21T09:30:00Z",
        ),
        (vec!["completions", "csh"], "bash"),
    ];
    for (arguments, expected) in cases {
        let printed = run(countersign(home.path()).args(arguments).write_stdin(""));
        assert_eq!((printed.code, printed.out.as_str()), (2, ""), "{arguments:?}: {}", printed.err);
        assert!(printed.err.contains(expected), "{arguments:?}: {expected}: {}", printed.err);
    }
}

#[test]
fn a_secret_that_could_be_guessed_is_refused_and_not_shown() {
    let home = TempDir::new().unwrap();
    let mut command = countersign(home.path());
    command.env("LEAP_CALLBACK_URL_SECRET", "hunter2");
    let printed = run(command.args(["trigger", "leap", "completed", "--to", "http://127.0.0.1:9"]));
    assert_eq!(printed.code, 2);
    assert!(
        printed.err.contains("LEAP_CALLBACK_URL_SECRET: the secret is shorter than 16 bytes"),
        "{}",
        printed.err
    );
    assert!(!printed.err.contains("hunter2"), "{}", printed.err);
}
