//! `countersign trigger`: what it sends is accepted by receivers made with the SDK, and refused with one byte changed.

use super::application::Application;
use super::receiver::Receiver;
use super::support::{Nobody, Printed, countersign, providers, run};
use countersign::webhook::{Assurance, RsaKey};
use countersign::{Clock as _, Secret, SystemClock, leap, legalesign, sign8, signly};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::block_in_place;

const SECRET: &str = "correct horse battery staple";
const FOR_URLS: &str = "staple battery horse correct";

/// Variables of a provider, and the audience.
fn variables(provider: &str) -> Vec<(String, &'static str)> {
    let name = provider.to_uppercase();
    let mut variables = vec![(format!("{name}_CALLBACK_URL_SECRET"), FOR_URLS)];
    match provider {
        "signly" => {
            variables.push(("SIGNLY_WEBHOOK_SECRET".to_owned(), SECRET));
            variables.push(("SIGNLY_TENANT".to_owned(), "tenant-1"));
        }
        "legalesign" => variables.push(("LEGALESIGN_GROUP".to_owned(), "group-1")),
        "sign8" => variables.push(("SIGN8_ORGANISATION".to_owned(), "organisation-1")),
        "leap" => {}
        other => panic!("say which variables {other} needs"),
    }
    variables
}

fn trigger(home: &Path, provider: &str, arguments: &[&str]) -> Printed {
    let mut command = countersign(home);
    command.envs(variables(provider)).args(["--json", "trigger", provider]).args(arguments);
    block_in_place(|| run(&mut command))
}

/// A receiver for a provider that wants everything: Signly's secret and a signed URL, Legalesign's signature where there is one.
async fn receiver(home: &Path, provider: &str) -> Receiver {
    let (secret, for_urls) = (Secret::chosen(SECRET).unwrap(), Secret::chosen(FOR_URLS).unwrap());
    let words = |assurance: Assurance| format!("{assurance:?}").to_lowercase();
    macro_rules! receiver {
        ($module:ident, |$builder:ident| $own:expr) => {{
            let urls = $module::webhook::CallbackUrls::new(for_urls);
            let $builder = $module::webhook::Verifier::builder().callback_urls(urls);
            let verifier = $own.build().unwrap();
            Receiver::start(move |delivery, now| {
                verifier.verify(delivery, now).map(|verified| words(verified.assurance()))
            })
            .await
        }};
    }
    match provider {
        "leap" => receiver!(leap, |builder| builder),
        "sign8" => receiver!(sign8, |builder| builder.organisation("organisation-1")),
        "signly" => {
            receiver!(signly, |builder| { builder.shared_secret("X-Client-Auth", secret).tenant("tenant-1") })
        }
        "legalesign" => {
            // The first trigger makes the key.
            let made = block_in_place(|| run(countersign(home).args(["sign", "legalesign", "Cargo.toml"])));
            assert_eq!(made.code, 0, "{made:?}");
            let pem = std::fs::read(home.join("legalesign-development.pem")).unwrap();
            let key = RsaKey::from_certificate(pem).unwrap().legacy_sha1().unwrap();
            receiver!(legalesign, |builder| {
                builder.certificate(key).group("group-1").least_assurance(Assurance::Sender)
            })
        }
        other => panic!("{other}"),
    }
}

/// All events of a provider as they are listed, and what the list promises.
fn listed(home: &Path, provider: &str) -> Vec<(String, String)> {
    let printed = run(countersign(home).args(["trigger", "--list", provider, "--json"]));
    let text = |json: &Value, name: &str| json[name].as_str().unwrap().to_owned();
    printed.json().iter().map(|json| (text(json, "event"), text(json, "assurance"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listed_event_is_accepted_as_promised_and_refused_with_one_byte_changed() {
    let home = TempDir::new().unwrap();
    let all = block_in_place(providers);
    let without_callbacks = ["faireplace"];
    for provider in all.iter().map(String::as_str).filter(|provider| !without_callbacks.contains(provider)) {
        let at_least = match provider {
            "leap" => 1,
            "sign8" => 2,
            "signly" => 20,
            "legalesign" => 13,
            other => panic!("say how many events {other} has"),
        };
        let receiver = receiver(home.path(), provider).await;
        let listed = listed(home.path(), provider);
        assert!(listed.len() >= at_least, "{provider}: {listed:?}");
        let events = listed.iter().map(|(event, _)| event.as_str());
        let to = format!("{}/callbacks", receiver.origin);
        let arguments = events.chain(["--to", &to]).collect::<Vec<_>>();

        let printed = trigger(home.path(), provider, &arguments);
        assert_eq!(printed.code, 0, "{printed:?}");
        let received = receiver.take();
        assert_eq!((received.len(), printed.json().len()), (listed.len(), listed.len()), "{provider}");
        for (received, (event, assurance)) in received.iter().zip(&listed) {
            assert_eq!(received.outcome.as_ref(), Ok(assurance), "{provider} {event}");
        }

        let forged = trigger(home.path(), provider, &[&arguments[..], &["--forged"]].concat());
        assert_eq!(forged.code, 0, "{forged:?}");
        for (received, (event, _)) in receiver.take().iter().zip(&listed) {
            assert!(received.outcome.is_err(), "{provider} {event} was accepted although it is forged");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_accepts_what_is_forged_is_found_out() {
    let home = TempDir::new().unwrap();
    let careless = Receiver::start(|_, _| Ok("nothing".to_owned())).await;
    let printed = trigger(home.path(), "leap", &["completed", "--to", &careless.origin, "--forged"]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("accepts what is forged"), "{printed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_twice_in_another_order_and_with_other_members() {
    let home = TempDir::new().unwrap();
    let receiver = receiver(home.path(), "signly").await;
    let arguments =
        ["OTP_SENT", "PROCESS_COMPLETED", "--to", &receiver.origin, "--duplicate", "2", "--reorder"];
    let set = ["--set", "data.status=DONE", "--set", "attempt=4", "--set", "data.pages.count=3"];
    let printed = trigger(home.path(), "signly", &[&arguments[..], &set].concat());
    assert_eq!(printed.code, 0, "{printed:?}");
    let bodies = receiver.take();
    let bodies = bodies.iter().map(|one| serde_json::from_slice::<Value>(one.delivery.body()).unwrap());
    let bodies = bodies.collect::<Vec<_>>();
    let types = bodies.iter().map(|body| body["type"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(types, ["PROCESS_COMPLETED", "PROCESS_COMPLETED", "OTP_SENT", "OTP_SENT"]);
    assert_eq!(bodies[0], bodies[1], "a duplicate is the same event");
    assert_ne!(bodies[0]["eventId"], bodies[2]["eventId"]);
    assert_eq!((&bodies[0]["data"]["status"], &bodies[0]["attempt"]), (&"DONE".into(), &4.into()));
    assert_eq!(bodies[2]["data"]["pages"]["count"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_can_be_changed_before_it_is_signed() {
    let home = TempDir::new().unwrap();
    let receiver = receiver(home.path(), "legalesign").await;
    let arguments = ["changes", "--to", &receiver.origin, "--set", r#"0.value="60""#];
    assert_eq!(trigger(home.path(), "legalesign", &arguments).code, 0);
    let received = receiver.take();
    assert_eq!(received[0].outcome.as_deref(), Ok("payload"));
    let form = url::form_urlencoded::parse(received[0].delivery.body());
    let (_, data) = form.into_iter().find(|(name, _)| name == "data").unwrap();
    assert_eq!(serde_json::from_str::<Value>(&data).unwrap()[0]["value"], "60");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stale_is_refused_where_a_time_is_signed() {
    let home = TempDir::new().unwrap();
    let receiver = receiver(home.path(), "leap").await;
    let printed = trigger(home.path(), "leap", &["completed", "--to", &receiver.origin, "--stale"]);
    assert_eq!(printed.code, 1);
    assert_eq!(printed.json()[0]["status"], 401);
    assert!(receiver.take()[0].outcome.as_ref().unwrap_err().to_string().contains("outside of its time"));
}

#[test]
fn faireplace_has_none_and_says_what_to_poll() {
    let home = TempDir::new().unwrap();
    for arguments in [
        &["trigger", "faireplace", "signed", "--to", "http://127.0.0.1:1"][..],
        &["trigger", "faireplace", "--list"],
    ] {
        let printed = run(countersign(home.path()).args(arguments));
        assert_eq!((printed.code, printed.out.as_str()), (2, ""));
        assert!(printed.err.contains("get_signature_status"), "{}", printed.err);
    }
    let printed = run(countersign(home.path()).args(["trigger", "--list"]));
    assert!(printed.err.contains("FairePlace has no callbacks"), "{}", printed.err);
}

#[test]
fn nobody_listening_is_said_so() {
    let home = TempDir::new().unwrap();
    let nobody = Nobody::new();
    let mut command = countersign(home.path());
    command.envs(variables("leap")).args(["trigger", "leap", "completed", "--to", &nobody.origin]);
    let printed = run(&mut command);
    assert_eq!(printed.code, 1);
    assert!(printed.out.contains(&format!("nothing listens at {}", nobody.origin)), "{}", printed.out);
    assert!(printed.err.contains("is the application running?"), "{}", printed.err);
}

/// An application that gives one answer, whatever comes.
async fn answering(answer: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Small requests come in one piece.
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    origin
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_answer_means_is_told_and_only_a_refusal_refuses() {
    let home = TempDir::new().unwrap();
    let cases = [
        ("HTTP/1.1 204 No Content\r\n\r\n", "accepted", 0, 1),
        ("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", "refused", 1, 0),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "no such route", 1, 1),
        ("HTTP/1.1 307 Temporary Redirect\r\nlocation: /\r\ncontent-length: 0\r\n\r\n", "redirected", 1, 1),
        ("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n", "the application failed", 1, 1),
        ("", "sent, and no answer", 3, 3),
    ];
    for (answer, meaning, code, forged_code) in cases {
        let origin = answering(answer).await;
        let printed = trigger(home.path(), "leap", &["completed", "--to", &origin]);
        let outcome = printed.json()[0]["outcome"].as_str().unwrap().to_owned();
        assert!(outcome.starts_with(meaning), "{answer}: {outcome}");
        assert_eq!(printed.code, code, "{answer}: {printed:?}");
        let forged = trigger(home.path(), "leap", &["completed", "--to", &origin, "--forged"]);
        assert_eq!(forged.code, forged_code, "{answer}: {forged:?}");
        let is_accepted = forged.err.contains("accepts what is forged");
        assert_eq!(is_accepted, meaning == "accepted", "{answer}: {}", forged.err);
    }
}

#[test]
fn a_receiver_that_redirects_is_not_followed() {
    let home = TempDir::new().unwrap();
    let elsewhere = Application::start(&[b"HTTP/1.1 204 No Content\r\n\r\n"]);
    let redirect = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {}/\r\n\r\n", elsewhere.origin);
    let receiver = Application::start(&[redirect.as_bytes()]);
    let mut command = countersign(home.path());
    command.envs(variables("leap")).args([
        "--json",
        "trigger",
        "leap",
        "completed",
        "--to",
        &receiver.origin,
    ]);
    let printed = run(&mut command);
    assert_eq!((printed.code, &printed.json()[0]["status"]), (1, &307.into()));
    elsewhere.assert_untouched();
}

/// A key, as Standard Webhooks has them.
const BASE64: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The request as it would be sent, with an HMAC alone: its headers, and its body.
fn printed(home: &Path, provider: &str, arguments: &[&str]) -> (String, String) {
    let mut command = countersign(home);
    command.env(format!("{}_WEBHOOK_HMAC_SECRET", provider.to_uppercase()), BASE64);
    command.args(["trigger", provider, "--print", "--for", "us", "--to", "http://127.0.0.1/"]);
    let printed = run(command.args(arguments));
    assert_eq!(printed.code, 0, "{printed:?}");
    let (head, body) = printed.out.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// How long ago a time was, in whole hours.
fn hours_ago(time: &str) -> u64 {
    let time = time::OffsetDateTime::parse(time, &time::format_description::well_known::Rfc3339).unwrap();
    hours_since(time.into())
}

fn hours_since(time: SystemTime) -> u64 {
    // Half an hour more, so that it does not matter how long the test takes.
    (SystemClock.now().duration_since(time).unwrap().as_secs() + 1800) / 3600
}

#[test]
fn what_is_stale_has_happened_a_day_ago_by_what_signly_says() {
    let home = TempDir::new().unwrap();
    for (stale, hours) in [(&["--stale"][..], 24), (&[], 0)] {
        let arguments = [&["PROCESS_COMPLETED", "--standard-webhooks"], stale].concat();
        let (_, body) = printed(home.path(), "signly", &arguments);
        let event: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(hours_ago(event["occurredAt"].as_str().unwrap()), hours);
        assert_eq!(hours_ago(event["data"]["completedAt"].as_str().unwrap()), hours);
    }
}

#[test]
fn requests_are_printed_as_captures_that_verify_reads() {
    let home = TempDir::new().unwrap();
    let mut command = countersign(home.path());
    let arguments =
        ["trigger", "leap", "completed", "--print", "--to", "http://127.0.0.1:1/x", "--duplicate", "2"];
    let printed = run(command.envs(variables("leap")).args(arguments).arg("--json"));
    assert_eq!(printed.json().len(), 2);
    for line in printed.out.lines() {
        let verify =
            run(countersign(home.path()).envs(variables("leap")).args(["verify", "leap"]).write_stdin(line));
        assert_eq!(verify.code, 0, "{verify:?}");
    }
    let mut command = countersign(home.path());
    let printed = run(command.envs(variables("leap")).args(arguments));
    assert_eq!(printed.code, 2, "raw requests in a row cannot be told apart");
}

#[test]
fn what_is_stale_has_happened_a_day_ago_by_what_legalesign_says() {
    let home = TempDir::new().unwrap();
    for (stale, hours) in [(&["--stale"][..], 24), (&[], 0)] {
        let (_, body) = printed(home.path(), "legalesign", &[&["changes"], stale].concat());
        let form = url::form_urlencoded::parse(body.as_bytes());
        let (_, list) = form.into_iter().find(|(name, _)| name == "data").unwrap();
        let list: Value = serde_json::from_str(&list).unwrap();
        for change in list.as_array().unwrap() {
            assert_eq!(hours_ago(&format!("{}Z", change["timestamp"].as_str().unwrap())), hours);
        }
        let arguments = [&["document.created", "--standard-webhooks"], stale].concat();
        let (_, body) = printed(home.path(), "legalesign", &arguments);
        let created = serde_json::from_str::<Value>(&body).unwrap()["created"].as_u64().unwrap();
        assert_eq!(hours_since(SystemTime::UNIX_EPOCH + Duration::from_secs(created)), hours);
    }
}

#[test]
fn what_is_stale_was_signed_a_day_ago() {
    let home = TempDir::new().unwrap();
    for (stale, hours) in [(&["--stale"][..], 24), (&[], 0)] {
        let (head, _) =
            printed(home.path(), "signly", &[&["OTP_SENT", "--standard-webhooks"], stale].concat());
        let signed = head.lines().find_map(|line| line.strip_prefix("webhook-timestamp: ")).unwrap();
        let signed = Duration::from_secs(signed.parse().unwrap());
        assert_eq!(hours_since(SystemTime::UNIX_EPOCH + signed), hours);
    }
}

#[test]
fn what_is_forged_is_no_longer_what_an_hmac_covers() {
    let home = TempDir::new().unwrap();
    for (forged, reason) in [(&["--forged"][..], Some("wrong-credential")), (&[], None)] {
        let hmac = ["--hmac", "x-signature"];
        let (head, body) = printed(home.path(), "signly", &[&["OTP_SENT"], &hmac[..], forged].concat());
        let mut command = countersign(home.path());
        command.env("SIGNLY_WEBHOOK_HMAC_SECRET", BASE64);
        command.args(["--json", "verify", "signly", "--for", "us"]).args(hmac);
        let verdict = run(command.write_stdin(format!("{head}\r\n\r\n{body}"))).json().remove(0);
        assert_eq!(verdict["reason"].as_str(), reason, "{verdict}");
    }
}
