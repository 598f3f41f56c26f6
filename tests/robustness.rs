//! What happens when something goes wrong: one table of cases, run for every provider.
//!
//! A case says what the server does and what exactly comes of it: kind, effect, attempts, and what reached the server.

mod web_pages;

use crate::sixth::Sixth;
use crate::support::clock::TestClock;
use crate::support::server::{Server, Step, closed_port, silent_port};
use countersign::faireplace::{signatures, workers};
use countersign::http::Method;
use countersign::{Effect, Error, ErrorKind, leap, legalesign, sign8, signly};
use std::fmt::Debug;
use std::time::Duration;

/// The calls that every provider has: one that reads, one that creates, one that changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Call {
    Read,
    Create,
    Change,
}

/// What a case needs to know of a provider.
pub trait Subject: Copy + 'static {
    /// An answer that the call understands.
    fn success(self, call: Call) -> Step;
    /// Makes the call; the value is dropped, since the table is about failures.
    async fn make(self, call: Call, setting: &Setting) -> Result<u32, Failure>;
}

pub struct Setting {
    pub base_url: String,
    pub clock: TestClock,
    pub attempt_timeout: Duration,
    pub largest_answer: usize,
    pub connect_timeout: Duration,
}

/// How a call failed, whoever's error it was.
#[derive(Debug, PartialEq)]
pub struct Failure {
    kind: String,
    effect: String,
    attempts: u32,
}

impl Failure {
    pub fn new(kind: impl Debug, effect: impl Debug, attempts: u32) -> Self {
        Self { kind: format!("{kind:?}"), effect: format!("{effect:?}"), attempts }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.effect(), error.attempts())
    }
}

impl Setting {
    fn new(base_url: String) -> Self {
        Self {
            base_url,
            clock: TestClock::new(),
            attempt_timeout: Duration::from_secs(20),
            largest_answer: 4096,
            connect_timeout: Duration::from_secs(5),
        }
    }
}

/// A builder of any provider with the setting of the case.
macro_rules! configured {
    ($builder:expr, $setting:expr) => {
        $builder
            .base_url(&$setting.base_url)
            .clock($setting.clock.clone())
            .connect_timeout($setting.connect_timeout)
            .attempt_timeout($setting.attempt_timeout)
            .largest_answer($setting.largest_answer)
    };
}
pub(crate) use configured;

#[derive(Clone, Copy)]
struct Signly;

const WEBHOOK: &str = r#"{"webhookId":"wh_1","url":"https://example.com","status":"ENABLED","version":3}"#;

fn envelope(data: &str) -> String {
    format!(
        r#"{{"success":true,"status":200,"code":"done","message":"Done.","data":{data},"pagination":null,"meta":{{"request_id":"req_7"}},"error":null}}"#
    )
}

impl Subject for Signly {
    fn success(self, _: Call) -> Step {
        Step::json(200, envelope(WEBHOOK))
    }

    async fn make(self, call: Call, setting: &Setting) -> Result<u32, Failure> {
        let client =
            configured!(signly::Client::builder(), setting).tenant("t").api_key("sk_live_1").build()?;
        Ok(match call {
            Call::Read => client.get_webhook("wh_1").send_reply().await?.attempts(),
            Call::Create => {
                let call = client.create_webhook().url("https://example.com").events(["PROCESS_COMPLETED"]);
                call.send_reply().await?.attempts()
            }
            Call::Change => {
                let call =
                    client.update_webhook("wh_1", countersign::Precondition::version(3)).description("x");
                call.send_reply().await?.attempts()
            }
        })
    }
}

#[derive(Clone, Copy)]
struct Legalesign;

impl Subject for Legalesign {
    fn success(self, call: Call) -> Step {
        match call {
            Call::Read => Step::json(200, r#"{"uuid":"d0d0","name":"Contract","status":10}"#),
            Call::Create => Step::answer(201, "text/html", "").with_header("location", "/api/v1/group/new/"),
            Call::Change => Step::answer(202, "text/html", ""),
        }
    }

    async fn make(self, call: Call, setting: &Setting) -> Result<u32, Failure> {
        let client =
            configured!(legalesign::Client::builder(), setting).api_key("ak_test_1.secret").build()?;
        Ok(match call {
            Call::Read => client.get_document("d0d0").send_reply().await?.attempts(),
            Call::Create => client.create_group().name("Sales").send_reply().await?.attempts(),
            Call::Change => client.update_group("sales").public_name("x").send_reply().await?.attempts(),
        })
    }
}

#[derive(Clone, Copy)]
struct Leap;

impl Subject for Leap {
    fn success(self, call: Call) -> Step {
        match call {
            Call::Read | Call::Create => Step::json(200, r#"{"anything":{"id":"p0"}}"#),
            Call::Change => Step::answer(204, "text/plain", ""),
        }
    }

    async fn make(self, call: Call, setting: &Setting) -> Result<u32, Failure> {
        // Of content that is sent, the time in which nothing moves is the only limit.
        let builder = configured!(leap::Client::builder(), setting).read_timeout(setting.attempt_timeout);
        let client = builder.api_key("key").build()?;
        Ok(match call {
            Call::Read => client.get_signing_process("p0").send_reply().await?.attempts(),
            Call::Create => {
                let ada = leap::Person::default().email("ada@example.com");
                let document = leap::SignDocument::pdf(countersign::Content::bytes("%PDF"));
                let call = client.start_signing_process("Contract", document).project_owner(ada.clone());
                call.signers([ada]).send_reply().await?.attempts()
            }
            Call::Change => client.cancel_signing_process("p0").send_reply().await?.attempts(),
        })
    }
}

#[derive(Clone, Copy)]
struct FairePlaceWorkers;

impl Subject for FairePlaceWorkers {
    fn success(self, _: Call) -> Step {
        Step::json(200, r#"{"success":true}"#)
    }

    /// There is nothing to read, so that one of the two calls stands for whatever can be repeated.
    async fn make(self, call: Call, setting: &Setting) -> Result<u32, Failure> {
        let client =
            configured!(workers::Client::builder(), setting).api_key("key").organisation("o").build()?;
        Ok(match call {
            Call::Read | Call::Change => {
                client.complete_signature("d", workers::SignerType::Owner).send_reply().await?.attempts()
            }
            Call::Create => {
                let call = client.finalize_document("d", workers::AllSignersDone::as_i_have_checked());
                call.signed_pdf_url("https://example.com/").send_reply().await?.attempts()
            }
        })
    }
}

#[derive(Clone, Copy)]
struct FairePlaceSignatures;

impl Subject for FairePlaceSignatures {
    fn success(self, _: Call) -> Step {
        Step::json(200, "{}")
    }

    /// Nothing that it changes can be repeated, so that reading stands for it.
    async fn make(self, call: Call, setting: &Setting) -> Result<u32, Failure> {
        let client = configured!(signatures::Client::builder(), setting).api_key("fp_1").build()?;
        Ok(match call {
            Call::Read | Call::Change => client.get_signature_status("l").send_reply().await?.attempts(),
            Call::Create => {
                let call = client.validate_otp("l").document_signature_id("d").otp("000000");
                call.send_reply().await?.attempts()
            }
        })
    }
}

/// No call of SIGN8 is known that reads or changes, so those are the application's own.
#[derive(Clone, Copy)]
struct Sign8;

impl Subject for Sign8 {
    fn success(self, _: Call) -> Step {
        Step::json(200, r#"{"made_up":{"workflow":"w1"}}"#)
    }

    async fn make(self, call: Call, setting: &Setting) -> Result<u32, Failure> {
        let profile = countersign::mock::sign8::profile();
        let client =
            configured!(sign8::Client::builder(), setting).profile(profile).api_key("made-up").build()?;
        let own = |method| client.request(method, "/made-up/workflows/w1").repeatable();
        Ok(match call {
            Call::Read => own(Method::GET).send_reply().await?.attempts(),
            Call::Create => {
                let body = serde_json::json!({ "made_up_title": "Contract" });
                client.step(sign8::Step::AddWorkflow, body).send_reply().await?.attempts()
            }
            Call::Change => own(Method::PUT).json(serde_json::json!({})).send_reply().await?.attempts(),
        })
    }
}

/// What a call comes to.
#[derive(Debug, PartialEq)]
struct Outcome {
    failure: Option<(String, String)>,
    attempts: u32,
    /// How many requests reached the server.
    requests: usize,
    waits: Vec<Duration>,
}

fn fails(kind: ErrorKind, effect: Effect, attempts: u32) -> Outcome {
    let waits = waits(attempts);
    Outcome {
        failure: Some((format!("{kind:?}"), format!("{effect:?}"))),
        attempts,
        requests: attempts as usize,
        waits,
    }
}

fn succeeds(attempts: u32) -> Outcome {
    Outcome { failure: None, attempts, requests: attempts as usize, waits: waits(attempts) }
}

/// The waits between attempts, as the default policy makes them of the test's clock.
fn waits(attempts: u32) -> Vec<Duration> {
    (1..attempts).map(|attempt| Duration::from_millis(100 * 2_u64.pow(attempt - 1))).collect()
}

struct Case {
    name: &'static str,
    call: Call,
    script: Vec<Script>,
    outcome: Outcome,
}

/// A step, or the answer that the provider under test gives when all is well.
enum Script {
    Do(Step),
    Succeed,
    /// A web page with the status of a success, and with this media type if there is one.
    Page(Option<&'static str>),
}

fn case(name: &'static str, call: Call, script: Vec<Script>, outcome: Outcome) -> Case {
    Case { name, call, script, outcome }
}

fn cases() -> Vec<Case> {
    use Call::{Change, Create, Read};
    use Script::{Do, Page, Succeed};
    let status = |status| Do(Step::json(status, "{}"));
    let three = |step: Step| vec![Do(step.clone()), Do(step.clone()), Do(step)];
    let asked = |wait: &str| Do(Step::json(429, "{}").with_header("retry-after", wait));
    let html = || Step::answer(502, "text/html", "<html>Bad gateway</html>");
    let truncated = || Step::Truncate { status: 200, body: "{\"success\":true,\"data\":null}".repeat(20) };
    let elsewhere = || Do(Step::json(302, "").with_header("location", "http://127.0.0.2:1/"));
    let waited = |seconds| Outcome { waits: vec![Duration::from_secs(seconds)], ..succeeds(2) };
    vec![
        case("a wrong key", Read, vec![status(401)], fails(ErrorKind::Unauthenticated, Effect::None, 1)),
        case("a forbidden call", Change, vec![status(403)], fails(ErrorKind::Forbidden, Effect::None, 1)),
        case("nothing there", Read, vec![status(404)], fails(ErrorKind::NotFound, Effect::None, 1)),
        case("a conflict", Create, vec![status(409)], fails(ErrorKind::Conflict, Effect::None, 1)),
        case(
            "a stale version",
            Change,
            vec![status(412)],
            fails(ErrorKind::PreconditionFailed, Effect::None, 1),
        ),
        case("429 with seconds", Read, vec![asked("7"), Succeed], waited(7)),
        case("429 with a date", Read, vec![asked("Thu, 23 Apr 2026 15:00:09 GMT"), Succeed], waited(9)),
        case(
            "429 that asks for too much",
            Read,
            vec![asked("3600")],
            fails(ErrorKind::Throttled, Effect::None, 1),
        ),
        case("429 on a create", Create, vec![asked("1")], fails(ErrorKind::Throttled, Effect::None, 1)),
        case("503 twice, then 200", Read, vec![status(503), status(503), Succeed], succeeds(3)),
        case(
            "503 for ever",
            Read,
            three(Step::json(503, "{}")),
            fails(ErrorKind::ServerFault, Effect::Unknown, 3),
        ),
        case("503 on a create", Create, vec![status(503)], fails(ErrorKind::ServerFault, Effect::Unknown, 1)),
        case("an HTML error page", Read, three(html()), fails(ErrorKind::ServerFault, Effect::Unknown, 3)),
        case(
            "an HTML error page on a create",
            Create,
            vec![Do(html())],
            fails(ErrorKind::ServerFault, Effect::Unknown, 1),
        ),
        case(
            "a login page with status 200",
            Create,
            vec![Do(Step::answer(200, "text/html", "<html>Log in</html>"))],
            fails(ErrorKind::Unreadable, Effect::Unknown, 1),
        ),
        case(
            "a login page in place of what is read",
            Read,
            vec![Page(Some("text/html"))],
            fails(ErrorKind::Unreadable, Effect::Unknown, 1),
        ),
        case(
            "a login page in place of what is created",
            Create,
            vec![Page(Some("TEXT/HTML; charset=utf-8"))],
            fails(ErrorKind::Unreadable, Effect::Unknown, 1),
        ),
        case(
            "a login page in place of what is changed",
            Change,
            vec![Page(Some("application/xhtml+xml"))],
            fails(ErrorKind::Unreadable, Effect::Unknown, 1),
        ),
        case(
            "a login page that does not say what it is",
            Change,
            vec![Page(None)],
            fails(ErrorKind::Unreadable, Effect::Unknown, 1),
        ),
        case(
            "a login page that says it is something else",
            Change,
            vec![Page(Some("text/plain"))],
            fails(ErrorKind::Unreadable, Effect::Unknown, 1),
        ),
        case("a truncated body once", Read, vec![Do(truncated()), Succeed], succeeds(2)),
        case(
            "a truncated body for ever",
            Read,
            three(truncated()),
            fails(ErrorKind::Interrupted, Effect::Done, 3),
        ),
        case(
            "a truncated body on a create",
            Create,
            vec![Do(truncated())],
            fails(ErrorKind::Interrupted, Effect::Done, 1),
        ),
        case(
            "a body over the limit",
            Read,
            vec![Do(Step::json(200, "x".repeat(5000)))],
            fails(ErrorKind::TooLarge, Effect::Done, 1),
        ),
        case(
            "a 200 that does not parse",
            Create,
            vec![Do(Step::json(200, "{]"))],
            fails(ErrorKind::Unreadable, Effect::Done, 1),
        ),
        case(
            "an empty 200",
            Create,
            vec![Do(Step::json(200, ""))],
            fails(ErrorKind::Unreadable, Effect::Done, 1),
        ),
        case(
            "a redirect to another host",
            Read,
            vec![elsewhere()],
            fails(ErrorKind::Redirected, Effect::Unknown, 1),
        ),
        case("a connection that closes", Read, vec![Do(Step::Close), Succeed], succeeds(2)),
        case(
            "a create whose connection closes",
            Create,
            vec![Do(Step::Close)],
            fails(ErrorKind::Interrupted, Effect::Unknown, 1),
        ),
        case("no answer in time", Read, three(Step::Hang), fails(ErrorKind::Timeout, Effect::Unknown, 3)),
        case(
            "no answer in time on a create",
            Create,
            vec![Do(Step::Hang)],
            fails(ErrorKind::Timeout, Effect::Unknown, 1),
        ),
        case(
            "a refusal whose body never comes",
            Create,
            vec![Do(Step::Stall { status: 422, length: 10 })],
            fails(ErrorKind::Refused, Effect::None, 1),
        ),
        case(
            "an acceptance whose body never comes",
            Create,
            vec![Do(Step::Stall { status: 201, length: 10 })],
            fails(ErrorKind::Timeout, Effect::Done, 1),
        ),
        case("400 on a create", Create, vec![status(400)], fails(ErrorKind::Refused, Effect::None, 1)),
        case("408 on a create", Create, vec![status(408)], fails(ErrorKind::Timeout, Effect::Unknown, 1)),
        case("500 on a read", Read, vec![status(500), Succeed], succeeds(2)),
        case("501 on a read", Read, vec![status(501)], fails(ErrorKind::ServerFault, Effect::Unknown, 1)),
        case(
            "a change that succeeded although its answer was lost",
            Change,
            vec![Do(Step::Close), status(412)],
            fails(ErrorKind::PreconditionFailed, Effect::Unknown, 2),
        ),
    ]
}

async fn run(subject: impl Subject, case: Case) {
    let needs_timeout =
        case.script.iter().any(|script| matches!(script, Script::Do(Step::Hang | Step::Stall { .. })));
    let steps = case.script.into_iter().map(|script| match script {
        Script::Do(step) => step,
        Script::Succeed => subject.success(case.call),
        Script::Page(media_type) => web_pages::page(&subject.success(case.call), media_type),
    });
    let server = Server::follow(steps).await;
    let mut setting = Setting::new(server.url());
    if needs_timeout {
        setting.attempt_timeout = Duration::from_millis(300);
    }
    let result = subject.make(case.call, &setting).await;
    let outcome = Outcome {
        failure: result.as_ref().err().map(|failure| (failure.kind.clone(), failure.effect.clone())),
        attempts: result.as_ref().map_or_else(|failure| failure.attempts, |attempts| *attempts),
        requests: server.seen().len(),
        waits: setting.clock.waits(),
    };
    assert_eq!(outcome, case.outcome, "{}: {result:?}", case.name);
}

async fn comes_to_the_outcome_of_every_case(subject: impl Subject) {
    for case in cases() {
        run(subject, case).await;
    }
}

async fn outcome_without_server(subject: impl Subject, base_url: String) -> Failure {
    let setting = Setting { connect_timeout: Duration::from_millis(50), ..Setting::new(base_url) };
    subject.make(Call::Create, &setting).await.unwrap_err()
}

/// A stopped server is tried again even by a create, since nothing was sent.
async fn survives_a_stopped_server(subject: impl Subject) {
    let outcome = outcome_without_server(subject, closed_port().await).await;
    assert_eq!(outcome, Failure::new(ErrorKind::Unreachable, Effect::None, 3));
}

/// A timeout before the request was sent has no effect.
async fn survives_a_silent_server(subject: impl Subject) {
    let outcome = outcome_without_server(subject, silent_port().await).await;
    assert_eq!(outcome, Failure::new(ErrorKind::Unreachable, Effect::None, 3));
}

/// The whole table, for each provider.
macro_rules! providers {
    ($($name:ident: $subject:ident),* $(,)?) => {$(
        mod $name {
            use super::$subject;

            #[tokio::test]
            async fn comes_to_the_outcome_of_every_case() {
                super::comes_to_the_outcome_of_every_case($subject).await;
            }

            #[tokio::test]
            async fn survives_a_stopped_server() {
                super::survives_a_stopped_server($subject).await;
            }

            #[tokio::test]
            async fn survives_a_silent_server() {
                super::survives_a_silent_server($subject).await;
            }
        }
    )*};
}

providers! {
    on_faireplace_signatures: FairePlaceSignatures,
    on_faireplace_workers: FairePlaceWorkers,
    on_leap: Leap,
    on_legalesign: Legalesign,
    on_sign8: Sign8,
    on_signly: Signly,
    on_a_sixth: Sixth,
}
