//! `countersign mock`.

use super::receiver::Receiver;
use super::support::{Running, countersign, providers, run};
use countersign::legalesign::{Client, RecipientInput};
use countersign::webhook::RsaKey;
use countersign::{ErrorKind, legalesign};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use tokio::task::block_in_place;

fn start(home: &Path, arguments: &[&str]) -> Running {
    Running::start(home, &[], &[&["--json", "mock", "--port", "0"], arguments].concat())
}

/// A client that is configured with what the mock has printed.
fn client(announced: &Value) -> Client {
    let variable = |name: &str| announced["environment"][name].as_str().map(str::to_owned);
    let builder = legalesign::ClientBuilder::from_variables(variable).unwrap();
    builder.build().unwrap()
}

async fn control(announced: &Value, path: &str) -> (u16, Value) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/{path}", announced["control"].as_str().unwrap());
    let answer = http.post(url).send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_is_sent_signed_and_told_of() {
    let home = TempDir::new().unwrap();
    let mock = start(home.path(), &["legalesign"]);
    let announced = mock.json();
    let environment = &announced["environment"];
    let group = environment["LEGALESIGN_GROUP"].as_str().unwrap();
    let pem = std::fs::read(environment["LEGALESIGN_CERTIFICATE"].as_str().unwrap()).unwrap();
    let key = RsaKey::from_certificate(pem).unwrap().legacy_sha1().unwrap();
    let verifier = legalesign::webhook::Verifier::builder().certificate(key).group(group).build().unwrap();
    let receiver = Receiver::start(move |delivery, now| {
        verifier.verify(delivery, now).map(|verified| format!("{:?}", verified.assurance()))
    })
    .await;

    let client = client(&announced);
    client.subscribe().notify("signed").url(format!("{}/callbacks", receiver.origin)).send().await.unwrap();
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let create = client.create_document().group(group).name("Contract").text("<p>I agree.</p>");
    let document = create.signers([ada]).send().await.unwrap();
    let calls = [mock.json_with("call"), mock.json_with("call")];
    assert_eq!(calls.map(|call| call["operation"].clone()), ["subscribe", "create_document"]);

    let (status, _) = control(&announced, &format!("{}/everyone-signs", document.id)).await;
    assert_eq!(status, 200);
    let delivery = mock.json_with("delivery");
    assert_eq!((&delivery["event"], &delivery["outcome"]), (&"signed".into(), &"204".into()));
    assert_eq!(receiver.take()[0].outcome.as_deref(), Ok("Payload"));

    let (status, said) = control(&announced, &format!("{}/second-signer-refuses", document.id)).await;
    assert_eq!((status, said["error"].is_string()), (409, true), "there is no second one: {said}");
    let (status, said) = control(&announced, &format!("{}/everyone-sings", document.id)).await;
    assert_eq!(status, 404);
    assert!(said["error"].as_str().unwrap().contains("everyone-signs"), "{said}");
    let (status, said) = mock.interrupt();
    assert!(status.success() && said.contains("ended"), "{status}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_is_served_with_a_first_call_that_works() {
    let home = TempDir::new().unwrap();
    let mock = start(home.path(), &["all"]);
    let expected = block_in_place(providers);
    let announced = expected.iter().map(|_| mock.json()).collect::<Vec<_>>();
    let names = announced.iter().map(|one| one["provider"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(names, expected);
    for one in &announced {
        let curl = format!("{} -s -o /dev/null -w '%{{http_code}}'", one["curl"].as_str().unwrap());
        let output = std::process::Command::new("sh").args(["-c", &curl]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "200", "{curl}");
        let call = mock.json_with("call");
        assert_eq!((&call["provider"], &call["status"]), (&one["provider"], &200.into()));
    }
}

#[test]
fn credentials_are_the_same_at_each_start() {
    let home = TempDir::new().unwrap();
    let environment = || {
        let announced = start(home.path(), &["signly"]).json();
        announced["environment"].as_object().unwrap().clone()
    };
    let (mut first, mut second) = (environment(), environment());
    assert_ne!(
        first.remove("SIGNLY_BASE_URL"),
        second.remove("SIGNLY_BASE_URL"),
        "the port was free to choose"
    );
    assert_eq!((first.len(), &first), (2, &second));
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_happen_as_the_file_says() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("faults.json");
    let faults = json!([
        { "operation": "list_groups", "fault": "status", "status": 403 },
        { "provider": "legalesign", "operation": "create_document", "fault": "lost-answer" },
    ]);
    std::fs::write(&file, faults.to_string()).unwrap();
    let mock = start(home.path(), &["legalesign", "--faults", file.to_str().unwrap()]);
    let client = client(&mock.json());
    let refused = client.list_groups().send().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    let call = mock.json_with("call");
    assert_eq!((&call["status"], &call["fault"]), (&403.into(), &"answer(403)".into()));
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let create = client.create_document().group("mock-group").name("Contract").text("<p>I agree.</p>");
    let lost = create.signers([ada]).send().await.unwrap_err();
    assert_eq!(lost.effect(), countersign::Effect::Unknown);
    let call = mock.json_with("call");
    assert_eq!((&call["status"], &call["fault"]), (&Value::Null, &"lost_answer()".into()));
    assert!(client.list_groups().send().await.is_ok(), "each fault happens once");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_switched_on_and_off_while_the_mock_runs() {
    let home = TempDir::new().unwrap();
    let mock = start(home.path(), &["legalesign"]);
    let announced = mock.json();
    let client = client(&announced);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/faults", announced["control"].as_str().unwrap());
    let post =
        async |body: &str| http.post(&url).body(body.to_owned()).send().await.unwrap().status().as_u16();

    let twice = r#"[{ "operation": "list_groups", "fault": "status", "status": 403, "times": 2 }]"#;
    assert_eq!(post(twice).await, 200);
    assert_eq!(client.list_groups().send().await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(http.delete(&url).send().await.unwrap().status(), 200);
    assert!(client.list_groups().send().await.is_ok());
    for wrong in ["", "{}", r#"[{ "fault": "rain" }]"#, r#"[{ "provider": "leap", "fault": "reset" }]"#] {
        assert_eq!(post(wrong).await, 400, "{wrong}");
    }

    assert_eq!(post(r#"[{ "operation": "create_document", "fault": "late", "seconds": 60 }]"#).await, 200);
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let create = client.create_document().group("mock-group").name("Contract").text("<p>I agree.</p>");
    assert_eq!(create.signers([ada]).send().await.unwrap_err().effect(), countersign::Effect::Unknown);
    let documents = async || client.list_documents("mock-group").send().await.unwrap().objects.unwrap().len();
    assert_eq!(documents().await, 0);
    assert_eq!(control(&announced, "advance?seconds=61").await.0, 200);
    assert_eq!(documents().await, 1);
}

#[test]
fn a_file_of_faults_that_makes_no_sense_is_a_mistake() {
    let home = TempDir::new().unwrap();
    let cases = [
        ("{", "line 1"),
        (r#"[{"fault":"explode"}]"#, "lost-answer"),
        (r#"[{"fault":"reset","operation":"create_documnet"}]"#, "countersign spec"),
        (r#"[{"fault":"reset","provider":"signly"}]"#, "`signly` is not served"),
        (r#"[{"fault":"reset","status":500}]"#, "`status` belongs to"),
        (r#"[{"fault":"delay","seconds":-1}]"#, "from 0 to 3600"),
        (r#"[{"fault":"reset","often":2}]"#, "often"),
        (r#"[{"fault":"reset","times":0}]"#, "from 1 to 10000"),
    ];
    for (file, expected) in cases {
        let mut command = countersign(home.path());
        let printed =
            run(command.args(["mock", "legalesign", "--port", "0", "--faults", "-"]).write_stdin(file));
        assert_eq!((printed.code, printed.out.as_str()), (2, ""), "{file}: {}", printed.err);
        assert!(printed.err.contains(expected), "{file}: {}", printed.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_makes_the_same_calls_fail() {
    let home = TempDir::new().unwrap();
    let mut runs = Vec::new();
    for _ in 0..2 {
        let mock = start(home.path(), &["legalesign", "--seed", "7"]);
        let announced = mock.json();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/group/", announced["base_url"].as_str().unwrap());
        let mut outcomes = Vec::new();
        for _ in 0..60 {
            // Some fail on purpose, and are in the log all the same.
            let _ = http.get(&url).header("authorization", "none").send().await;
            let call = mock.json_with("call");
            outcomes.push((call["status"].clone(), call["fault"].clone()));
        }
        runs.push(outcomes);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].iter().any(|(_, fault)| fault.is_string()));
    assert!(runs[0].iter().any(|(_, fault)| fault.is_null()));
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_go_through_a_storm() {
    let home = TempDir::new().unwrap();
    let receiver = Receiver::start(|_, _| Ok("nothing".to_owned())).await;
    let mock = start(home.path(), &["legalesign", "--seed", "1", "--forward-to", &receiver.origin]);
    let client = client(&mock.json());
    while client.subscribe().notify("sent").url("https://app.example/callbacks").send().await.is_err() {}
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let mut documents = 0;
    while documents < 20 {
        let create = client.create_document().group("mock-group").name("Contract").text("<p>I agree.</p>");
        documents += usize::from(create.signers([ada.clone()]).send().await.is_ok());
    }
    let mut attempts = Vec::new();
    let mut events = std::collections::BTreeSet::new();
    while events.len() < 20 {
        let delivery = mock.json_with("delivery");
        attempts.push(delivery["attempts"].as_u64().unwrap());
        if delivery["delivered"] == true {
            events.insert(delivery["event_id"].to_string());
        }
    }
    assert!(attempts.len() > 20, "nothing came twice");
    assert!(attempts.iter().any(|attempts| *attempts > 1), "nothing broke off");
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_go_where_they_are_forwarded_to() {
    let home = TempDir::new().unwrap();
    let receiver = Receiver::start(|_, _| Ok("nothing".to_owned())).await;
    let mock = start(home.path(), &["legalesign", "--forward-to", &receiver.origin]);
    let announced = mock.json();
    let client = client(&announced);
    client.subscribe().notify("sent").url("https://app.example/callbacks/legalesign").send().await.unwrap();
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let create = client.create_document().group("mock-group").name("Contract").text("<p>I agree.</p>");
    create.signers([ada]).send().await.unwrap();
    assert_eq!(mock.json_with("delivery")["delivered"], true);
    assert_eq!(receiver.take()[0].delivery.uri().path(), "/callbacks/legalesign");
}

#[test]
fn a_port_that_is_taken_is_said_so() {
    let home = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let printed = run(countersign(home.path()).args(["mock", "leap", "--port", &port]));
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains(&format!("port {port} is taken")), "{}", printed.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_is_in_a_private_file_while_it_runs() {
    let home = TempDir::new().unwrap();
    let mock = start(home.path(), &["signly"]);
    let announced = mock.json();
    let path = Path::new(announced["environment_file"].as_str().unwrap());
    let content = std::fs::read_to_string(path).unwrap();
    for (name, value) in announced["environment"].as_object().unwrap() {
        assert!(content.contains(&format!("export {name}={}\n", value.as_str().unwrap())), "{content}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    mock.interrupt();
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_in_a_browser_cannot_say_what_signers_do() {
    let home = TempDir::new().unwrap();
    let mock = start(home.path(), &["leap"]);
    let announced = mock.json();
    let url = format!("{}/advance?seconds=1", announced["control"].as_str().unwrap());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let status = async |name: &str, value: &str| {
        http.post(&url).header(name, value).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status("accept", "*/*").await, 200);
    assert_eq!(status("origin", "https://evil.example").await, 403);
    assert_eq!(status("sec-fetch-site", "cross-site").await, 403);
    assert_eq!(status("host", "evil.example").await, 421);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_happens_as_often_as_the_file_says() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("faults.json");
    let faults = json!([{ "operation": "list_groups", "fault": "status", "status": 403, "times": 2 }]);
    std::fs::write(&file, faults.to_string()).unwrap();
    let mock = start(home.path(), &["legalesign", "--faults", file.to_str().unwrap()]);
    let client = client(&mock.json());
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(client.list_groups().send().await.err().and_then(|error| error.status()));
    }
    assert_eq!(statuses, [Some(403), Some(403), None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_due_once_six_minutes_have_been_told_to_pass() {
    let home = TempDir::new().unwrap();
    let receiver = Receiver::start(|_, _| Ok("nothing".to_owned())).await;
    let mock = start(home.path(), &["legalesign"]);
    let announced = mock.json();
    let client = client(&announced);
    client.subscribe().notify("all").url(format!("{}/list", receiver.origin)).send().await.unwrap();
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let create = client.create_document().group("mock-group").name("Contract").text("<p>I agree.</p>");
    let document = create.signers([ada]).send().await.unwrap();
    assert_eq!(control(&announced, &format!("{}/everyone-signs", document.id)).await.0, 200);
    assert_eq!(control(&announced, "advance?seconds=300").await.0, 200);
    // The clock of the machine goes on, but not for a minute while a test runs.
    assert!(receiver.take().is_empty());
    let (status, said) = control(&announced, "advance?seconds=60").await;
    assert_eq!((status, said), (200, json!({ "provider": "legalesign", "advanced": 60 })));
    assert_eq!(mock.json_with("delivery")["delivered"], true);
    assert_eq!(receiver.take()[0].delivery.uri().path(), "/list");
}

#[test]
fn callbacks_to_another_machine_are_possible_for_who_says_so() {
    let home = TempDir::new().unwrap();
    // Documentation only, so nobody has it; and nothing is ever delivered here.
    let forward = ["leap", "--forward-to", "http://192.0.2.1/"];
    let printed = run(countersign(home.path()).args(["mock", "--port", "0"]).args(forward));
    assert_eq!((printed.code, printed.out.as_str()), (2, ""), "{}", printed.err);
    assert!(printed.err.contains("--danger-beyond-loopback allows it"), "{}", printed.err);
    let mock = start(home.path(), &[&forward[..], &["--danger-beyond-loopback"]].concat());
    assert_eq!(mock.json()["forward_to"], "http://192.0.2.1/");
}

#[test]
fn it_ends_well_when_it_is_told_to() {
    let home = TempDir::new().unwrap();
    let mock = start(home.path(), &["leap"]);
    let _ = mock.json();
    let (status, said) = mock.terminate();
    assert!(status.success() && said.contains("ended"), "{status}: {said}");
}

#[test]
fn two_mocks_are_configured_side_by_side() {
    let home = TempDir::new().unwrap();
    let first = start(home.path(), &["signly"]);
    let path = first.json()["environment_file"].as_str().unwrap().to_owned();
    let alone = std::fs::read_to_string(&path).unwrap();
    let second = start(home.path(), &["leap"]);
    let _ = second.json();
    let both = std::fs::read_to_string(&path).unwrap();
    assert!(both.starts_with(&alone) && both.contains("export LEAP_API_KEY="), "{both}");
    second.interrupt();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), alone);
    first.interrupt();
    assert!(!Path::new(&path).exists());
}

#[test]
fn what_was_killed_leaves_no_variables_behind() {
    let home = TempDir::new().unwrap();
    for _ in 0..2 {
        // Dropped, which kills it.
        let _ = start(home.path(), &["signly"]).json();
    }
    let path = home.path().join("mock.env");
    assert!(path.exists(), "nobody could remove it");
    let mock = start(home.path(), &["leap"]);
    let _ = mock.json();
    let content = std::fs::read_to_string(&path).unwrap();
    assert!(content.contains("LEAP_API_KEY=") && !content.contains("SIGNLY"), "{content}");
    mock.interrupt();
    assert!(!path.exists());
    let left = std::fs::read_dir(home.path().join("mocks")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["everybody"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_the_address_of_a_delivery_and_no_token() {
    let home = TempDir::new().unwrap();
    let receiver = Receiver::start(|_, _| Ok("nothing".to_owned())).await;
    let url = format!("{}/callbacks/cs1.content.mac?key=secret", receiver.origin);
    let shown = format!("{}/callbacks/cs1.redacted", receiver.origin);
    let send = async |announced: &Value| {
        let client = client(announced);
        client.subscribe().notify("sent").url(&url).send().await.unwrap();
        let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
        let create = client.create_document().group("mock-group").name("Contract").text("<p>I agree.</p>");
        create.signers([ada]).send().await.unwrap();
    };
    let mock = start(home.path(), &["legalesign"]);
    send(&mock.json()).await;
    assert_eq!(mock.json_with("delivery")["url"], shown);
    drop(mock);

    // For people, where the variables are those of the file.
    let mock = Running::start(home.path(), &[], &["mock", "--port", "0", "legalesign"]);
    let first = mock.line();
    let base_url = first.rsplit(' ').next().unwrap().to_owned();
    let key = std::iter::repeat_with(|| mock.line())
        .find_map(|line| line.trim().strip_prefix("export LEGALESIGN_API_KEY=").map(str::to_owned));
    send(&json!({ "environment": { "LEGALESIGN_BASE_URL": base_url, "LEGALESIGN_API_KEY": key } })).await;
    let line = std::iter::repeat_with(|| mock.line()).find(|line| line.contains("-> ")).unwrap();
    assert!(line.ends_with(&format!("sent  to {shown}")), "{line}");
}
