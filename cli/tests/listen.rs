//! `countersign listen`.

use super::receiver::Receiver;
use super::support::{Nobody, Running, countersign, run};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use tempfile::TempDir;
use tokio::task::block_in_place;

const SECRET: &str = "correct horse battery staple";

fn listen(home: &Path, arguments: &[&str]) -> (Running, String) {
    let variables = [
        ("SIGNLY_WEBHOOK_SECRET", SECRET),
        ("SIGNLY_TENANT", "tenant-1"),
        ("LEAP_CALLBACK_URL_SECRET", SECRET),
    ];
    let running =
        Running::start(home, &variables, &[&["--json", "listen", "--port", "0"], arguments].concat());
    let url = running.json()["listening"].as_str().unwrap().to_owned();
    (running, url)
}

fn trigger(home: &Path, to: &str, arguments: &[&str]) -> i32 {
    let mut command = countersign(home);
    command.env("SIGNLY_WEBHOOK_SECRET", SECRET).env("LEAP_CALLBACK_URL_SECRET", SECRET);
    block_in_place(|| run(command.arg("trigger").args(arguments).args(["--to", to]))).code
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_is_verified_printed_and_stored_without_credentials() {
    let home = TempDir::new().unwrap();
    let (listening, url) = listen(home.path(), &["--provider", "signly"]);
    assert_eq!(trigger(home.path(), &url, &["signly", "PROCESS_COMPLETED", "--for", "tenant-1"]), 0);
    let line = listening.json();
    assert_eq!(
        (&line["verdict"]["accepted"], &line["verdict"]["audience"]),
        (&true.into(), &"matched".into())
    );

    let path = Path::new(line["capture"].as_str().unwrap());
    let stored = fs::read_to_string(path).unwrap();
    assert!(!stored.contains("horse"), "{stored}");
    let json: Value = serde_json::from_str(&stored).unwrap();
    assert_eq!(json["redacted"], serde_json::json!(["header x-client-auth"]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    }
    // Later it is told what was found, and not found again.
    let printed = run(countersign(home.path()).args(["verify", "signly"]).arg(path));
    assert_eq!(printed.code, 2, "{printed:?}");
    assert!(printed.err.contains("recorded when it was received: accepted"), "{}", printed.err);

    let (status, said) = listening.interrupt();
    assert!(status.success(), "{status}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_answered_as_the_sdk_would_and_explained() {
    let home = TempDir::new().unwrap();
    let (listening, url) = listen(home.path(), &["--provider", "signly", "--provider", "leap", "--no-store"]);
    assert!(url.ends_with("/signly"), "{url}");
    let _ = listening.json();
    assert_eq!(trigger(home.path(), &url, &["signly", "OTP_SENT", "--for", "another"]), 1);
    let verdict = listening.json();
    assert_eq!(verdict["verdict"]["reason"], "wrong-audience");
    assert!(verdict["verdict"]["findings"][0]["remedy"].is_string(), "{verdict}");
    assert_eq!(verdict.get("capture"), None);

    let leap = url.replace("/signly", "/leap");
    assert_eq!(trigger(home.path(), &leap, &["leap", "completed", "--forged"]), 0);
    let verdict = listening.json();
    assert_eq!((&verdict["provider"], &verdict["path"]), (&"leap".into(), &"/leap/cs1.redacted".into()));

    let nobody = url.replace("/signly", "/other");
    assert_eq!(trigger(home.path(), &nobody, &["leap", "completed"]), 1);
    let (_, said) = listening.interrupt();
    assert!(said.contains("/other/cs1.redacted names none of signly, leap"), "{said}");
    assert!(!home.path().join("captures").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_passed_on_unchanged_and_the_answer_back() {
    let home = TempDir::new().unwrap();
    let application = Receiver::start(|_, _| Ok("payload".to_owned())).await;
    let forward = ["--provider", "leap", "--forward-to", &application.origin];
    let (listening, url) = listen(home.path(), &forward);
    let mut command = countersign(home.path());
    command.env("LEAP_CALLBACK_URL_SECRET", SECRET).args([
        "trigger",
        "leap",
        "completed",
        "--to",
        &format!("{url}/a/b"),
    ]);
    command.args(["--set", "note=x", "--json"]);
    let printed = block_in_place(|| run(&mut command));
    // The application answers 204, which is what the provider gets.
    assert_eq!(printed.json()[0]["status"], 204);
    assert_eq!(listening.json()["forwarded"], 204);

    let received = application.take();
    let delivery = &received[0].delivery;
    assert!(delivery.uri().path().starts_with("/a/b/cs1."), "{}", delivery.uri());
    assert!(!delivery.uri().path().contains("redacted"));
    assert_eq!(delivery.body().as_ref(), br#"{"note":"x"}"#);
    let host = url.trim_start_matches("http://");
    assert_eq!(delivery.headers()["host"], host, "the host is that of the request");
    assert_eq!(delivery.headers()["content-type"], "application/json");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_not_there_is_told_as_a_bad_gateway() {
    let home = TempDir::new().unwrap();
    let nobody = Nobody::new();
    let (listening, url) = listen(home.path(), &["--provider", "leap", "--forward-to", &nobody.origin]);
    assert_eq!(trigger(home.path(), &url, &["leap", "completed"]), 1);
    assert_eq!(listening.json()["forwarded"], 502);
    let (_, said) = listening.interrupt();
    assert!(said.contains(&format!("{} cannot be reached", nobody.origin)), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_comes_reaches_the_terminal_as_a_command() {
    let home = TempDir::new().unwrap();
    let variables = [("SIGNLY_WEBHOOK_SECRET", SECRET), ("SIGNLY_TENANT", "tenant-1")];
    let listening =
        Running::start(home.path(), &variables, &["listen", "--port", "0", "--provider", "signly"]);
    let first = listening.line();
    let url = first.rsplit(' ').next().unwrap();
    let event = ["signly", "OTP_SENT", "--for", "tenant-1", "--set", "type=\u{1b}[2Jgone"];
    assert_eq!(trigger(home.path(), url, &event), 0);
    let line = listening.line();
    assert!(line.contains("accepted   [2Jgone"), "{line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_limit_is_refused_and_the_next_request_is_taken() {
    let home = TempDir::new().unwrap();
    let (listening, url) = listen(home.path(), &["--provider", "leap"]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    // It is read to the end, so that whoever sends it sees the answer.
    for _ in 0..5 {
        let large = http.post(&url).body(vec![b'x'; 4 * 1024 * 1024]).send().await.unwrap();
        assert_eq!(large.status(), 413);
    }
    assert_eq!(trigger(home.path(), &url, &["leap", "completed"]), 0);
    assert_eq!(listening.json()["verdict"]["accepted"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_ends_does_not_keep_it_from_ending() {
    let home = TempDir::new().unwrap();
    let (listening, url) = listen(home.path(), &["leap"]);
    let mut connection = std::net::TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    connection.write_all(b"POST / HTTP/1.1\r\nhost: app\r\ncontent-length: 100\r\n\r\nabc").unwrap();
    // That another request is answered says that the first one has been taken up.
    assert_eq!(trigger(home.path(), &url, &["leap", "completed"]), 0);
    let (status, _) = block_in_place(|| listening.interrupt());
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_a_browser_is_refused() {
    let home = TempDir::new().unwrap();
    let (listening, url) = listen(home.path(), &["leap"]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.post(&url).header("origin", "https://evil.example").body("x").send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let (_, said) = block_in_place(|| listening.interrupt());
    assert!(said.contains("a page in a browser has called"), "{said}");
    assert_eq!(fs::read_dir(home.path().join("captures")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_somebody_has_lead_here_is_refused_unless_it_is_expected() {
    let home = TempDir::new().unwrap();
    let application = Receiver::start(|_, _| Ok("secret page".to_owned())).await;
    let forward = ["leap", "--forward-to", &application.origin, "--host", "abc.tunnel.example"];
    let (listening, url) = listen(home.path(), &forward);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    // A page that is shown by such a name sends no other header that tells.
    let status =
        async |host: &str| http.get(&url).header("host", host).send().await.unwrap().status().as_u16();
    assert_eq!(status("evil.example:3030").await, 403);
    assert_eq!(status("abc.tunnel.example.evil.example").await, 403);
    assert!(application.take().is_empty(), "nothing is passed on for it");
    assert_eq!(status("localhost:3030").await, 204);
    assert_eq!(status("ABC.tunnel.example").await, 204);
    assert_eq!(application.take().len(), 2);
    let (_, said) = block_in_place(|| listening.interrupt());
    assert!(said.contains("give --host evil.example"), "{said}");
    assert_eq!(fs::read_dir(home.path().join("captures")).unwrap().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_bounded_in_bytes_whoever_stored_it() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("captures");
    fs::DirBuilder::new().create(&folder).unwrap();
    let large = fs::File::create(folder.join("earlier.json")).unwrap();
    large.set_len(256 * 1024 * 1024 - 100).unwrap();
    let (listening, url) = listen(home.path(), &["leap"]);
    assert_eq!(trigger(home.path(), &url, &["leap", "completed"]), 0);
    assert_eq!(listening.json().get("capture"), None);
    large.set_len(1024).unwrap();
    let (_, said) = block_in_place(|| listening.interrupt());
    assert!(said.contains("this request is not stored"), "{said}");
    let (listening, url) = listen(home.path(), &["leap"]);
    assert_eq!(trigger(home.path(), &url, &["leap", "completed"]), 0);
    assert!(listening.json()["capture"].is_string());
}

#[test]
fn it_ends_well_when_it_is_told_to() {
    let home = TempDir::new().unwrap();
    let (listening, _) = listen(home.path(), &["--provider", "leap"]);
    let (status, said) = listening.terminate();
    assert!(status.success(), "{status}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_text_is_stored_so_that_it_can_still_be_verified() {
    let home = TempDir::new().unwrap();
    let body = b"\xff\x00 is no text";
    let hmac = ["--hmac", "x-signature", "--json"];
    let keyed = || {
        let mut command = countersign(home.path());
        command.env("SIGNLY_WEBHOOK_HMAC_SECRET", SECRET);
        command
    };
    let signed = run(keyed().args(["sign", "signly", "-"]).args(hmac).write_stdin(body.as_slice()));
    let signature = signed.json()[0]["x-signature"].as_str().unwrap().to_owned();
    let variables = [("SIGNLY_WEBHOOK_HMAC_SECRET", SECRET)];
    let listen = ["listen", "--port", "0", "--provider", "signly", "--for", "us"];
    let listening = Running::start(home.path(), &variables, &[&listen[..], &hmac].concat());
    let url = listening.json()["listening"].as_str().unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = http.post(&url).header("x-signature", &signature).header("content-type", "application/json");
    post.body(body.as_slice()).send().await.unwrap();
    let line = listening.json();
    // The signature is right, and what is signed is no event.
    assert_eq!(line["verdict"]["reason"], "malformed-body", "{line}");

    let path = line["capture"].as_str().unwrap();
    let stored: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(stored["body"]["base64"], "/wAgaXMgbm8gdGV4dA==");
    assert_eq!(stored["redacted"], Value::Null, "nothing keeps it from being verified");
    let verify = |path: &str| {
        let printed = run(keyed().args(["verify", "signly", "--for", "us", path]).args(hmac));
        printed.json().remove(0)["reason"].clone()
    };
    assert_eq!(verify(path), "malformed-body");
    // With another body the signature is not right.
    let other = home.path().join("other.json");
    fs::write(&other, fs::read_to_string(path).unwrap().replace("/wAg", "/wEg")).unwrap();
    assert_eq!(verify(other.to_str().unwrap()), "wrong-credential");
}

#[test]
fn it_does_not_forward_to_itself() {
    let home = TempDir::new().unwrap();
    let listen_at = |port: &str| {
        let to = format!("http://localhost:{port}/x");
        let mut command = countersign(home.path());
        command.env("LEAP_CALLBACK_URL_SECRET", SECRET);
        run(command.args(["listen", "leap", "--port", port, "--forward-to", &to]))
    };
    // Somebody else may take a port that is free, before it is listened at.
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let tries = std::iter::repeat_with(|| listen_at(&free()));
    let printed = tries.take(5).find(|printed| !printed.err.contains("is taken")).unwrap();
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("where this listens itself"), "{}", printed.err);
}
