//! `countersign verify`.

use super::support::{Printed, countersign, run};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const SECRET: &str = "correct horse battery staple";
const BODY: &str = r#"{"eventId":"evt_01","type":"PROCESS_COMPLETED","tenantId":"t-1"}"#;

fn request(header: &str, body: &str) -> String {
    let length = body.len();
    format!("POST /callbacks HTTP/1.1\r\nhost: app\r\n{header}\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Verifies a capture of Signly with a secret in a header.
fn signly(capture: &str, arguments: &[&str]) -> Printed {
    let home = TempDir::new().unwrap();
    let mut command = countersign(home.path());
    command.env("SIGNLY_WEBHOOK_SECRET", SECRET).env("SIGNLY_TENANT", "t-1").args(["verify", "signly"]);
    run(command.args(arguments).write_stdin(capture))
}

/// Verifies a capture of Signly with an HMAC of the body, by the key of RFC 4231.
fn hmac(capture: &str, arguments: &[&str]) -> Printed {
    let home = TempDir::new().unwrap();
    let mut command = countersign(home.path());
    command.env("SIGNLY_WEBHOOK_HMAC_SECRET", "Jefe").args([
        "verify",
        "signly",
        "--for-anybody",
        "--hmac",
        "x-signature",
    ]);
    run(command.args(arguments).write_stdin(capture))
}

/// Of `what do ya want for nothing?`
const OF_RFC_4231: &str = "x-signature: 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

#[test]
fn what_is_proved_is_told() {
    let genuine = request(&format!("x-client-auth: {SECRET}"), BODY);
    let printed = signly(&genuine, &[]);
    assert_eq!(printed.code, 0, "{printed:?}");
    for expected in ["accepted", "PROCESS_COMPLETED", "sender", "shared-secret", "matched", "signly:evt_01"] {
        assert!(printed.out.contains(expected), "{expected}: {}", printed.out);
    }
    let json = signly(&genuine, &["--json"]).json().remove(0);
    assert_eq!(json["accepted"], true);
    assert_eq!(
        json["proofs"],
        json!([{ "scheme": "shared-secret", "key_id": "default", "certificate_out_of_time": false }])
    );
}

#[test]
fn captures_are_read_however_they_were_written_down() {
    let genuine = request(&format!("x-client-auth: {SECRET}"), BODY);
    let chunked = format!(
        "POST /c HTTP/1.1\r\nX-Client-Auth: {SECRET}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        &BODY[..5],
        BODY.len() - 5,
        &BODY[5..]
    );
    let stored = json!({
        "received_at": "2026-11-21T09:30:00Z", "method": "POST", "uri": "/callbacks",
        "headers": [["X-Client-Auth", SECRET]], "body": BODY,
    });
    let with_mark = format!("\u{feff}{genuine}");
    let newer = genuine.replace(" HTTP/1.1", " HTTP/2");
    for capture in [genuine.replace("\r\n", "\n"), chunked, stored.to_string(), with_mark, newer] {
        let printed = signly(&capture, &[]);
        assert_eq!(printed.code, 0, "{capture}\n{printed:?}");
    }
}

#[test]
fn a_signature_that_does_not_match_is_explained() {
    let cases = [
        (request(OF_RFC_4231, "what do ya want for nothing?\n"), "line break at the end"),
        (
            request(
                &OF_RFC_4231.replace("x-signature: ", "x-signature: sha256="),
                "what do ya want for nothing?",
            ),
            "prefix",
        ),
        (request("x-other: 1", "what do ya want for nothing?"), "`x-signature`"),
        (request(OF_RFC_4231, "what do ya want for nothing!"), "none of the usual mistakes explains it"),
    ];
    for (capture, expected) in cases {
        let printed = hmac(&capture, &["--explain"]);
        assert_eq!(printed.code, 1, "{printed:?}");
        assert!(printed.out.contains(expected), "{expected}: {}", printed.out);
        assert!(!printed.out.contains("5bdcc146"), "a signature is printed: {}", printed.out);
    }
    let printed = hmac(&request(OF_RFC_4231, "what do ya want for nothing?\n"), &[]);
    assert!(printed.out.contains("--explain"), "{}", printed.out);
}

#[test]
fn a_wrong_secret_is_told_in_words_that_are_no_code() {
    let printed = signly(&request("x-client-auth: something else", BODY), &["--explain"]);
    assert!(printed.out.contains("is none of those that are configured, which are `default`"), "{printed:?}");
    let printed = hmac(&request("x-signature: 00", BODY), &["--explain"]);
    assert!(printed.out.contains("perhaps the signature of this body is by none of the keys"), "{printed:?}");
    assert!(!printed.out.contains("Encoding") && !printed.out.contains("with_prefix"), "{printed:?}");
}

#[test]
fn an_explanation_is_data_too() {
    let decorated = request(&format!("x-client-auth: Bearer {SECRET}"), BODY);
    let printed = signly(&decorated, &["--json", "--explain"]);
    let json = printed.json().remove(0);
    assert_eq!(
        (printed.code, &json["accepted"], &json["status"]),
        (1, &Value::from(false), &Value::from(401))
    );
    assert_eq!(json["findings"][0]["certain"], true);
    assert!(!printed.out.contains("horse"), "{}", printed.out);
}

#[test]
fn what_was_redacted_is_told_as_it_was_recorded_and_not_believed() {
    let recorded = json!({
        "accepted": true, "provider": "signly", "event": "PROCESS_COMPLETED", "assurance": "sender",
        "proofs": [{ "scheme": "shared-secret", "key_id": "default", "certificate_out_of_time": false }],
        "audience": "matched", "dedupe_key": "signly:evt_01",
    });
    let stored = json!({
        "method": "POST", "uri": "/callbacks", "headers": [["x-client-auth", "[redacted]"]], "body": BODY,
        "redacted": ["header x-client-auth"], "verdict": recorded,
    });
    let printed = signly(&stored.to_string(), &["--json"]);
    assert_eq!((printed.code, &printed.json()[0]["accepted"]), (1, &Value::from(false)), "{printed:?}");
    assert!(printed.err.contains("credentials were taken out of this capture"), "{}", printed.err);
    assert!(
        printed.err.contains("recorded when it was received: accepted  PROCESS_COMPLETED"),
        "{}",
        printed.err
    );

    // Whatever a file says, a signature is what it is.
    let mut forged = stored;
    forged["verdict"]["event"] = "\u{1b}[2J".into();
    let printed = signly(&forged.to_string(), &[]);
    assert_eq!(printed.code, 1);
    assert!(!printed.err.contains('\u{1b}'), "{:?}", printed.err);
}

#[test]
fn a_file_that_is_no_capture_is_a_mistake() {
    let headers = (0..40_000).map(|number| (format!("x-{number}"), "")).collect::<Vec<_>>();
    let many = json!({ "method": "POST", "uri": "/", "headers": headers }).to_string();
    let cases = [
        ("hello", "standard input: it is no captured request: a file begins with `POST /path HTTP/1.1`"),
        ("", "it is empty"),
        ("\u{feff}", "it is empty"),
        ("POST / HTTP/1.1\r\nhost: app\r\n", "a blank line comes before the body"),
        (r#"{"method":"POST"}"#, "missing field `uri`"),
        (r#"{"method":"POST","uri":"/","headers":[],"body":{"base64":"*"}}"#, "no base64"),
        (r#"{"method":"POST","uri":"/","headers":[],"text":"a"}"#, "unknown field `text`"),
        (r#"{"method":"POST","uri":"/","headers":[],"received_at":"yesterday"}"#, "2026-11-21T09:30:00Z"),
        (&many, "more headers than a request can have"),
    ];
    for (capture, expected) in cases {
        let printed = signly(capture, &[]);
        assert_eq!(printed.code, 2, "{capture}: {printed:?}");
        assert!(printed.err.contains(expected), "{expected}: {}", printed.err);
    }
}

#[test]
fn secrets_come_from_files_and_standard_input_too() {
    let home = TempDir::new().unwrap();
    let (secret, capture) = (home.path().join("secret"), home.path().join("request.http"));
    fs::write(&secret, format!("{SECRET}\n")).unwrap();
    fs::write(&capture, request(&format!("x-client-auth: {SECRET}"), BODY)).unwrap();
    let verify = || {
        let mut command = countersign(home.path());
        command.args(["verify", "signly", "--for", "t-1"]).arg(&capture);
        command
    };
    assert_eq!(run(verify().env("SIGNLY_WEBHOOK_SECRET_FILE", &secret)).code, 0);
    assert_eq!(
        run(verify().env("SIGNLY_WEBHOOK_SECRET_FILE", "-").write_stdin(format!("{SECRET}\n"))).code,
        0
    );
    let printed = run(verify().env("SIGNLY_WEBHOOK_SECRET_FILE", home.path().join("gone")));
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("SIGNLY_WEBHOOK_SECRET_FILE"), "{}", printed.err);
}

/// A capture that an HMAC covers together with the time, signed by `sign` at half past nine.
fn stamped(received_at: Option<&str>) -> String {
    let home = TempDir::new().unwrap();
    let mut command = countersign(home.path());
    command.env("SIGNLY_WEBHOOK_HMAC_SECRET", BASE64).args(["sign", "signly", "-", "--standard-webhooks"]);
    let signed = run(command.args(["--json", "--at", "2021-02-25T09:30:00Z"]).write_stdin(BODY));
    let headers = signed.json().remove(0);
    let headers = headers.as_object().unwrap().iter().map(|(name, value)| json!([name, value]));
    json!({
        "received_at": received_at, "method": "POST", "uri": "/callbacks",
        "headers": headers.collect::<Vec<_>>(), "body": BODY,
    })
    .to_string()
}

/// A key, as Standard Webhooks has them.
const BASE64: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The reason that it is refused for, or nothing if it is accepted.
fn refused(capture: &str, arguments: &[&str]) -> Option<String> {
    let home = TempDir::new().unwrap();
    let mut command = countersign(home.path());
    command.env("SIGNLY_WEBHOOK_HMAC_SECRET", BASE64);
    command.args(["--json", "verify", "signly", "--for-anybody", "--standard-webhooks"]);
    let printed = run(command.args(arguments).write_stdin(capture));
    let json = printed.json().remove(0);
    assert_eq!(json["accepted"], printed.code == 0, "{printed:?}");
    json["reason"].as_str().map(str::to_owned)
}

#[test]
fn a_capture_is_verified_at_the_time_that_it_was_received() {
    assert_eq!(refused(&stamped(Some("2021-02-25T09:30:00Z")), &[]), None);
    assert_eq!(refused(&stamped(Some("2021-02-25T10:30:00Z")), &[]).as_deref(), Some("stale"));
}

#[test]
fn a_capture_that_has_no_time_is_verified_as_if_it_came_now() {
    assert_eq!(refused(&stamped(None), &[]).as_deref(), Some("stale"));
}

#[test]
fn another_time_can_be_said() {
    assert_eq!(refused(&stamped(None), &["--at", "2021-02-25T09:30:00Z"]), None);
    let received = stamped(Some("2021-02-25T09:30:00Z"));
    assert_eq!(refused(&received, &["--at", "2021-02-26T09:30:00Z"]).as_deref(), Some("stale"));
}

#[test]
fn the_tolerance_is_in_seconds_and_in_both_directions() {
    let received = stamped(None);
    let wider = ["--hmac-tolerance", "600"];
    let cases: [(&str, &[&str], bool); 8] = [
        ("2021-02-25T09:35:00Z", &[], true),
        ("2021-02-25T09:35:01Z", &[], false),
        ("2021-02-25T09:25:00Z", &[], true),
        ("2021-02-25T09:24:59Z", &[], false),
        ("2021-02-25T09:40:00Z", &wider, true),
        ("2021-02-25T09:40:01Z", &wider, false),
        ("2021-02-25T09:20:00Z", &wider, true),
        ("2021-02-25T09:19:59Z", &wider, false),
    ];
    for (at, tolerance, is_accepted) in cases {
        let reason = refused(&received, &[&["--at", at], tolerance].concat());
        assert_eq!(reason.as_deref(), (!is_accepted).then_some("stale"), "{at} {tolerance:?}");
    }
}

#[test]
fn what_only_proves_the_sender_is_less_than_a_signature() {
    let home = TempDir::new().unwrap();
    // Signed by nothing, at an address that is.
    let command = || {
        let mut command = countersign(home.path());
        command.env("LEGALESIGN_CALLBACK_URL_SECRET", SECRET).env("LEGALESIGN_GROUP", "group-1");
        command
    };
    let trigger = ["trigger", "legalesign", "plain-notice", "--print", "--to", "http://127.0.0.1/"];
    let capture = run(command().args(trigger)).out;
    // Makes the key.
    assert_eq!(run(command().args(["sign", "legalesign", "-"]).write_stdin("[]")).code, 0);
    let verify = |arguments: &[&str]| {
        let mut command = command();
        command.args(["--json", "verify", "legalesign", "--certificate"]);
        command.arg(home.path().join("legalesign-development.pem")).args(arguments);
        run(command.write_stdin(capture.as_str())).json().remove(0)
    };
    assert_eq!(verify(&["--least", "sender"])["assurance"], "sender");
    assert_eq!(verify(&["--least", "payload"])["reason"], "too-weak");
    assert_eq!(verify(&[])["reason"], "too-weak", "the best that can be proved is a signature");
}

#[test]
fn members_in_another_order_are_suspected_and_the_key_is_not_blamed_alone() {
    let home = TempDir::new().unwrap();
    let variables = [("SIGNLY_WEBHOOK_HMAC_SECRET", "0123456789abcdef")];
    let trigger = [
        "trigger",
        "signly",
        "OTP_SENT",
        "--for",
        "t",
        "--hmac",
        "x-signature",
        "--print",
        "--to",
        "http://127.0.0.1:1",
    ];
    let request = run(countersign(home.path()).envs(variables).args(trigger)).out;
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    // As middleware does that parses JSON and writes it with its members sorted.
    let sorted = serde_json::from_str::<Value>(body).unwrap().to_string();
    assert_ne!(sorted, body, "such middleware would not be found out");
    let verify = ["verify", "signly", "--explain", "--for", "t", "--hmac", "x-signature"];
    let capture = format!("{head}\r\n\r\n{sorted}");
    let printed = run(countersign(home.path()).envs(variables).args(verify).write_stdin(capture));
    assert!(printed.out.contains("perhaps the JSON was parsed and written again"), "{}", printed.out);
    assert!(printed.out.contains("compare the body with what was sent"), "{}", printed.out);
}

#[test]
fn an_untrusted_file_sends_no_commands_to_the_terminal() {
    let odd = "\u{1b}[2J\u{9b}31m\u{202e}";
    let cases = [
        format!(r#"{{"method":"GET","uri":"/","headers":[],"{odd}\nerror: forged":1}}"#),
        format!(r#"{{"method":"{odd}","uri":"/","headers":[]}}"#),
        format!(r#"{{"method":"GET","uri":"/","headers":[["{odd}\nerror: forged","a"]]}}"#)
            .replace('\u{1b}', "\\u001b"),
        format!(r#"{{"method":"GET","uri":"/","headers":[],"received_at":"{odd}"}}"#)
            .replace('\u{1b}', "\\u001b"),
        format!("{odd}\r\n\r\n"),
        format!("POST / HTTP/1.1\r\nx-{odd}: a\r\n\r\n"),
    ];
    for capture in cases {
        for arguments in [&[][..], &["--json"]] {
            let printed = signly(&capture, arguments);
            assert_eq!(printed.code, 2, "{capture:?}: {printed:?}");
            let is_command = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
            assert!(!printed.err.contains(is_command) && !printed.out.contains(is_command), "{printed:?}");
            assert_eq!(
                printed.err.lines().count(),
                1,
                "a line that looks like ours can be forged: {printed:?}"
            );
        }
    }
}
