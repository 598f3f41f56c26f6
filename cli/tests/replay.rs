//! `countersign replay`, and captures that are verified again.

use super::application::Application;
use super::receiver::Receiver;
use super::support::{Nobody, Printed, Running, countersign, run};
use countersign::webhook::RsaKey;
use countersign::{Secret, leap, legalesign, signly};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;

use tempfile::TempDir;
use tokio::task::block_in_place;

const SECRET: &str = "correct horse battery staple";
const OTHER: &str = "another horse battery staple";
const NO_CONTENT: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

/// The capture that `listen` with the one secret stores of a callback that is sent with the other one.
fn captured(home: &Path, provider: &str, event: &str, listens: &str, sends: &str) -> String {
    let variables = |secret| {
        let name = provider.to_uppercase();
        [(format!("{name}_WEBHOOK_SECRET"), secret), (format!("{name}_CALLBACK_URL_SECRET"), secret)]
    };
    // Signly has one proof or the other, all others have the address alone.
    let variables = |secret| match provider {
        "signly" => vec![("SIGNLY_WEBHOOK_SECRET".to_owned(), secret), ("SIGNLY_TENANT".to_owned(), "t-1")],
        _ => variables(secret).into_iter().skip(1).collect(),
    };
    let own = variables(listens);
    let own = own.iter().map(|(name, value)| (name.as_str(), *value)).collect::<Vec<_>>();
    let listening = Running::start(home, &own, &["--json", "listen", "--port", "0", provider]);
    let url = listening.json()["listening"].as_str().unwrap().to_owned();
    let mut command = countersign(home);
    command.envs(variables(sends)).args(["trigger", provider, event, "--to", &url]);
    run(&mut command);
    listening.json()["capture"].as_str().unwrap().to_owned()
}

fn verified(home: &Path, provider: &str, file: &str, variables: &[(&str, &str)]) -> Printed {
    run(countersign(home).envs(variables.iter().copied()).args(["--json", "verify", provider, file]))
}

fn replay(home: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Printed {
    let mut command = countersign(home);
    command.envs(variables.iter().copied()).args(["--json", "replay"]).args(arguments);
    block_in_place(|| run(&mut command))
}

#[test]
fn a_capture_with_a_wrong_secret_is_verified_with_the_right_one() {
    let home = TempDir::new().unwrap();
    let file = captured(home.path(), "signly", "OTP_SENT", SECRET, OTHER);
    let stored = fs::read_to_string(&file).unwrap();
    assert!(!stored.contains("horse"), "{stored}");
    let tenant = ("SIGNLY_TENANT", "t-1");
    let with = |secret| verified(home.path(), "signly", &file, &[("SIGNLY_WEBHOOK_SECRET", secret), tenant]);
    let right = with(OTHER);
    assert_eq!((right.code, &right.json()[0]["assurance"]), (0, &"sender".into()), "{right:?}");
    let wrong = with(SECRET);
    assert_eq!((wrong.code, &wrong.json()[0]["reason"]), (1, &"wrong-credential".into()), "{wrong:?}");
    let cause = wrong.json()[0]["findings"][0]["cause"].as_str().unwrap().to_owned();
    assert!(cause.contains("is not what is configured: header x-client-auth"), "{cause}");
}

#[test]
fn a_capture_of_a_signed_url_is_verified_with_the_right_secret() {
    let home = TempDir::new().unwrap();
    let file = captured(home.path(), "leap", "completed", SECRET, OTHER);
    let with = |secret| verified(home.path(), "leap", &file, &[("LEAP_CALLBACK_URL_SECRET", secret)]);
    let right = with(OTHER);
    assert_eq!((right.code, &right.json()[0]["reference"]), (0, &"example-1".into()), "{right:?}");
    assert_eq!(with(SECRET).code, 1);
    // What is left of the token is none that is accepted.
    let stored: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let content = stored["hashes"][0]["place"]["token"]["content"].as_str().unwrap();
    assert!(!content.contains('.'), "{content}");
    assert!(stored["uri"].as_str().unwrap().ends_with("/cs1.redacted"), "{stored}");
}

/// It is somebody's, and nothing here could be compared with it.
#[test]
fn nothing_is_left_of_a_credential_that_is_none_of_ours() {
    let home = TempDir::new().unwrap();
    let variables = [("SIGNLY_WEBHOOK_SECRET", SECRET), ("SIGNLY_TENANT", "t-1")];
    let listening = Running::start(home.path(), &variables, &["--json", "listen", "--port", "0", "signly"]);
    let url = listening.json()["listening"].as_str().unwrap().to_owned();
    let headers =
        "Authorization: Basic dXNlcjpodW50ZXIy\r\nCookie: session=hunter2\r\nX-Client-Auth: hunter2\r\n";
    let host = url.trim_start_matches("http://");
    let mut connection = TcpStream::connect(host).unwrap();
    write!(connection, "POST / HTTP/1.1\r\nhost: {host}\r\n{headers}content-length: 2\r\n\r\n{{}}").unwrap();
    let file = listening.json()["capture"].as_str().unwrap().to_owned();
    let stored: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(stored["redacted"].as_array().unwrap().len(), 3, "{stored}");
    let hashes = stored["hashes"].as_array().unwrap();
    assert_eq!(hashes.len(), 1, "{stored}");
    assert_eq!(hashes[0]["place"]["header"]["name"], "x-client-auth");
    assert!(!stored.to_string().contains("hunter2"), "{stored}");
}

#[test]
fn a_hash_is_compared_and_not_believed() {
    let home = TempDir::new().unwrap();
    let file = captured(home.path(), "signly", "OTP_SENT", SECRET, SECRET);
    let mut stored: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    stored["body"] = stored["body"].as_str().unwrap().replace("t-1", "t-2").into();
    fs::write(&file, stored.to_string()).unwrap();
    let variables = [("SIGNLY_WEBHOOK_SECRET", SECRET), ("SIGNLY_TENANT", "t-1")];
    let printed = verified(home.path(), "signly", &file, &variables);
    assert_eq!((printed.code, &printed.json()[0]["reason"]), (1, &"wrong-audience".into()), "{printed:?}");
    stored["hashes"] = Value::from(vec![stored["hashes"][0].clone(); 9]);
    fs::write(&file, stored.to_string()).unwrap();
    assert_eq!(verified(home.path(), "signly", &file, &variables).code, 2, "comparing takes a while");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_sent_again_byte_for_byte() {
    let home = TempDir::new().unwrap();
    let application = Application::start(&[NO_CONTENT]);
    let head = "PUT /x/%2e/y?a=1&b HTTP/1.1\r\nhost: app.example\r\nx-twice: one\r\nx-twice: two\r\nx-signed: abc\r\n";
    // The length is wrong in the capture, and right where it is sent.
    fs::write(home.path().join("r.http"), format!("{head}content-length: 99\r\n\r\n{{ \"a\" : 1}}\n"))
        .unwrap();
    let file = home.path().join("r.http");
    let printed = replay(home.path(), &[], &[file.to_str().unwrap(), "--to", &application.origin]);
    assert_eq!((printed.code, &printed.json()[0]["status"]), (0, &204.into()), "{printed:?}");
    assert_eq!(application.next(), format!("{head}content-length: 11\r\n\r\n{{ \"a\" : 1}}\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_put_back_where_they_are_the_same_and_made_anew_on_request() {
    let home = TempDir::new().unwrap();
    let verifier = signly::webhook::Verifier::builder()
        .shared_secret("X-Client-Auth", Secret::chosen(SECRET).unwrap())
        .tenant("t-1")
        .build()
        .unwrap();
    let receiver = Receiver::start(move |delivery, now| {
        verifier.verify(delivery, now).map(|verified| verified.dedupe_key().to_string())
    })
    .await;
    let same = block_in_place(|| captured(home.path(), "signly", "OTP_SENT", SECRET, SECRET));
    let wrong = block_in_place(|| captured(home.path(), "signly", "OTP_SENT", SECRET, OTHER));
    let variables = [("SIGNLY_WEBHOOK_SECRET", SECRET)];
    let to = ["--to", receiver.origin.as_str()];
    let plain = replay(home.path(), &variables, &[&[same.as_str()], &to[..]].concat());
    assert_eq!(plain.code, 0, "{plain:?}");
    let refused = replay(home.path(), &variables, &[&[wrong.as_str()], &to[..]].concat());
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("--sign PROVIDER"), "{}", refused.err);
    let signed =
        replay(home.path(), &variables, &[&[wrong.as_str()], &to[..], &["--sign", "signly"]].concat());
    assert_eq!(signed.code, 0, "{signed:?}");
    let received = receiver.take();
    assert_eq!(received.len(), 2, "what was refused was not sent");
    assert!(received.iter().all(|received| received.outcome.is_ok()));
    let again = replay(home.path(), &variables, &[&[same.as_str()], &to[..]].concat());
    assert_eq!(again.code, 0);
    assert_eq!(receiver.take()[0].outcome, received[0].outcome, "it is the same event");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_for_a_credential_is_not_sent() {
    let home = TempDir::new().unwrap();
    let receiver = Receiver::start(|_, _| Ok(String::new())).await;
    let file = block_in_place(|| captured(home.path(), "signly", "OTP_SENT", SECRET, OTHER));
    let mut stored: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    stored["headers"].as_array_mut().unwrap().push(serde_json::json!(["cookie", "[redacted]"]));
    stored["redacted"].as_array_mut().unwrap().push("header cookie".into());
    fs::write(&file, stored.to_string()).unwrap();
    let arguments = [file.as_str(), "--to", receiver.origin.as_str(), "--sign", "signly"];
    let sent = replay(home.path(), &[("SIGNLY_WEBHOOK_SECRET", SECRET)], &arguments);
    assert_eq!(sent.code, 0, "{sent:?}");
    let received = receiver.take();
    assert!(!received[0].delivery.headers().contains_key("cookie"), "{:?}", received[0].delivery.headers());
    assert_eq!(received[0].delivery.headers()["x-client-auth"], SECRET);
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_and_signed_urls_are_made_anew() {
    let home = TempDir::new().unwrap();
    assert_eq!(run(countersign(home.path()).args(["sign", "legalesign", "-"]).write_stdin("[]")).code, 0);
    let pem = fs::read(home.path().join("legalesign-development.pem")).unwrap();
    let key = RsaKey::from_certificate(pem).unwrap().legacy_sha1().unwrap();
    let verifier = legalesign::webhook::Verifier::builder().certificate(key).group("g").build().unwrap();
    let of_legalesign =
        Receiver::start(move |delivery, now| verifier.verify(delivery, now).map(|_| String::new())).await;
    let elsewhere = TempDir::new().unwrap();
    for event in ["changes", "signed"] {
        // Signed by the key of another machine.
        let mut trigger = countersign(elsewhere.path());
        trigger.args([
            "trigger",
            "legalesign",
            event,
            "--for",
            "g",
            "--to",
            "http://127.0.0.1:9/x",
            "--print",
        ]);
        let file = home.path().join("legalesign.http");
        fs::write(&file, block_in_place(|| run(&mut trigger)).out).unwrap();
        let arguments = [file.to_str().unwrap(), "--to", &of_legalesign.origin];
        assert_eq!(replay(home.path(), &[], &arguments).code, 1, "{event}");
        let printed = replay(home.path(), &[], &[&arguments[..], &["--sign", "legalesign"]].concat());
        assert_eq!(printed.code, 0, "{event}: {printed:?}");
    }

    let urls = leap::webhook::CallbackUrls::new(Secret::chosen(SECRET).unwrap());
    let verifier = leap::webhook::Verifier::builder().callback_urls(urls).build().unwrap();
    let of_leap = Receiver::start(move |delivery, now| {
        verifier.verify(delivery, now).map(|verified| verified.reference().unwrap().to_owned())
    })
    .await;
    let file = block_in_place(|| captured(home.path(), "leap", "completed", SECRET, OTHER));
    let variables = [("LEAP_CALLBACK_URL_SECRET", SECRET)];
    let printed = replay(home.path(), &variables, &[&file, "--to", &of_leap.origin, "--sign", "leap"]);
    assert_eq!(printed.code, 0, "{printed:?}");
    assert!(!printed.out.contains("cs1.ey"), "{}", printed.out);
    assert_eq!(of_leap.take()[0].outcome.as_deref(), Ok("example-1"));
    let printed = replay(home.path(), &[], &[&file, "--to", &of_leap.origin, "--sign", "leap"]);
    assert!(printed.code == 2 && printed.err.contains("nothing would prove it"), "{printed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_says_what_became_of_it() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("r.http");
    fs::write(&file, "POST / HTTP/1.1\r\n\r\n").unwrap();
    let file = file.to_str().unwrap();
    let application = Application::start(&[b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", b""]);
    let nobody = Nobody::new();
    let cases = [(&application.origin, 1), (&application.origin, 3), (&nobody.origin, 1)];
    for (to, code) in cases {
        let printed = replay(home.path(), &[], &[file, "--to", to]);
        assert_eq!(printed.code, code, "{printed:?}");
    }
    // It had no host, which every request has.
    assert!(
        application.next().contains(&format!("host: {}", application.origin.trim_start_matches("http://")))
    );
    let printed = replay(home.path(), &[], &[file, "--to", &nobody.origin, "--hmac", "x-signature"]);
    assert!(printed.code == 2 && printed.err.contains("are for --sign"), "{printed:?}");
    let beyond = [file, "--to", "http://192.0.2.1", "--danger-beyond-loopback"];
    let printed = replay(home.path(), &[], &beyond);
    assert!(printed.code == 2 && printed.err.ends_with("in plaintext; use https://\n"), "{printed:?}");
    let printed = replay(home.path(), &[], &[file, "--to", "https://app.example"]);
    assert!(printed.code == 2 && printed.err.contains("--danger-beyond-loopback"), "{printed:?}");
}
