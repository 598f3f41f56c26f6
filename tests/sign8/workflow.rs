//! The whole order, failures in the middle, and going on.

use crate::support::clock::TestClock;
use crate::support::server::{Server, Step as Answer, closed_port};
use crate::support::sign8::{answer, builder, client};
use countersign::mock::sign8::profile;
use countersign::sign8::{Client, IdPlace, Progress, SigningLink, Step, StepProfile};
use countersign::{Effect, Error, ErrorKind};
use serde_json::{Value, json};
use std::future::Future;
use std::task::{Context, Poll, Waker};

const STEPS: [(&str, &str); 5] =
    [("workflow", "w1"), ("file", "f1"), ("signer", "s1"), ("signature", "g1"), ("annotation", "a1")];

fn answers() -> Vec<Answer> {
    STEPS.map(|(name, id)| answer(name, id)).to_vec()
}

async fn send(sign8: &Client, progress: &mut Progress) -> Result<Vec<SigningLink>, Error> {
    let workflow = sign8.workflow(progress).add_workflow(|_| json!({ "n": 1 })).await?;
    let workflow = workflow.add_file(|ids| json!({ "workflow": ids.id(Step::AddWorkflow) })).await?;
    let workflow = workflow.add_signer(|_| json!({ "n": 3 })).await?;
    let signature =
        |ids: &Progress| json!({ "file": ids.id(Step::AddFile), "signer": ids.id(Step::AddSigner) });
    let workflow = workflow.add_signature(signature).await?;
    workflow.add_annotation(|ids| json!({ "done": ids.done().len() })).await?.finish()
}

fn stored_and_read(progress: &Progress) -> Progress {
    serde_json::from_str(&serde_json::to_string(progress).unwrap()).unwrap()
}

fn done(progress: &Progress) -> Vec<(Step, Option<&str>)> {
    progress.done().iter().map(|done| (done.step, done.id.as_deref())).collect()
}

#[tokio::test]
async fn the_steps_are_taken_in_their_order_and_know_the_ids_so_far() {
    let server = Server::follow(answers()).await;
    let mut progress = Progress::default();
    assert_eq!(send(&client(&server), &mut progress).await.unwrap().len(), 0);
    let seen = server.seen();
    let sent =
        seen.iter().map(|seen| (seen.target.as_str(), serde_json::from_slice::<Value>(&seen.body).unwrap()));
    let expected = [
        ("/made-up/workflows", json!({ "n": 1 })),
        ("/made-up/workflows/w1/files", json!({ "workflow": "w1" })),
        ("/made-up/workflows/w1/signers", json!({ "n": 3 })),
        ("/made-up/workflows/w1/signers/s1/signatures", json!({ "file": "f1", "signer": "s1" })),
        ("/made-up/workflows/w1/annotations", json!({ "done": 4 })),
    ];
    assert_eq!(sent.collect::<Vec<_>>(), expected);
    let ids = Step::ALL.into_iter().zip(STEPS.map(|(_, id)| Some(id))).collect::<Vec<_>>();
    assert_eq!(done(&progress), ids);
}

/// Each step fails once in each way, and the workflow goes on after that in another process.
#[tokio::test]
async fn a_failure_at_any_step_is_gone_on_from() {
    for (place, (step, (_, id))) in Step::ALL.into_iter().zip(STEPS).enumerate() {
        let refused = Answer::json(422, "{}");
        let unread = Answer::json(200, "{]");
        let without_id = Answer::json(200, r#"{"made_up":{}}"#);
        for (failure, effect) in [
            (refused, Effect::None),
            (Answer::Close, Effect::Unknown),
            (Answer::json(503, "{}"), Effect::Unknown),
            (unread, Effect::Done),
            (without_id, Effect::Done),
        ] {
            let mut script = answers();
            script.insert(place, failure);
            if effect == Effect::Done {
                script.remove(place + 1);
            }
            let requests = script.len();
            let server = Server::follow(script).await;
            let client = client(&server);
            let mut progress = Progress::default();
            let error = send(&client, &mut progress).await.unwrap_err();
            assert_eq!(error.effect(), effect, "{error}");
            assert_eq!(error.operation(), Some(step.operation().id));

            let mut progress = stored_and_read(&progress);
            assert_eq!(progress.done().len(), place);
            assert_eq!(server.seen().len(), place + 1);
            let unsettled = progress.unsettled().map(|unsettled| (unsettled.step, unsettled.effect()));
            assert_eq!(unsettled, (effect != Effect::None).then_some((step, effect)));
            if effect != Effect::None {
                let error = send(&client, &mut progress).await.unwrap_err();
                assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidRequest, effect));
                assert!(error.to_string().contains("settle it in the progress first"), "{error}");
                assert_eq!(server.seen().len(), place + 1, "an unsettled step was sent again");
            }
            match effect {
                Effect::Done => assert!(progress.settle_as_done(Some(id.to_owned()))),
                Effect::None => assert!(!progress.settle_as_not_done()),
                _ => assert!(progress.settle_as_not_done()),
            }
            send(&client, &mut progress).await.unwrap();
            assert_eq!(server.seen().len(), requests);
            let ids = Step::ALL.into_iter().zip(STEPS.map(|(_, id)| Some(id))).collect::<Vec<_>>();
            assert_eq!(done(&progress), ids);
        }
    }
}

#[tokio::test]
async fn a_step_that_was_given_up_on_the_way_is_not_known() {
    let server = Server::follow([answer("workflow", "w1"), Answer::Hang, answer("file", "f1")]).await;
    let client = client(&server);
    let mut progress = Progress::default();
    {
        let workflow = client.workflow(&mut progress).add_workflow(|_| json!({})).await.unwrap();
        let mut adding = Box::pin(workflow.add_file(|_| json!({})));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(adding.as_mut().poll(&mut context), Poll::Pending));
    }
    assert_eq!(progress.id(Step::AddWorkflow), Some("w1"));
    let unsettled = progress.unsettled().unwrap();
    assert_eq!((unsettled.step, unsettled.happened), (Step::AddFile, false));
}

#[tokio::test]
async fn a_step_that_could_not_be_sent_stays_to_be_done() {
    let server = Server::follow([answer("workflow", "w1")]).await;
    let client = client(&server);
    let mut progress = Progress::default();
    let workflow = client.workflow(&mut progress).add_workflow(|_| json!({})).await.unwrap();
    let error = workflow.add_file(|_| json!("no object")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidRequest, Effect::None));
    assert_eq!((progress.done().len(), progress.unsettled()), (1, None));
}

#[tokio::test]
async fn other_calls_than_the_first_time_are_refused() {
    let server = Server::follow([]).await;
    let client = client(&server);
    let read = |json: &str| serde_json::from_str::<Progress>(json).unwrap();
    let files = r#"{"done":[{"step":"add_workflow","id":"w"},{"step":"add_file","id":"f"},{"step":"add_file","id":"f"}]}"#;
    let error = send(&client, &mut read(files)).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidRequest, Some("add_signer")));
    assert!(error.to_string().contains("the progress has `add_file` at this place"), "{error}");

    let whole = r#"{"done":[{"step":"add_workflow","id":"w"},{"step":"add_file","id":"f"},{"step":"add_signer","id":"s"},
        {"step":"add_signature","id":"g"},{"step":"add_annotation","id":"a"},{"step":"add_annotation","id":"a"}]}"#;
    let error = send(&client, &mut read(whole)).await.unwrap_err();
    assert!(error.to_string().contains("it is done, and was not called this time"), "{error}");

    let annotation = r#"{"done":[{"step":"add_workflow","id":"w"},{"step":"add_file","id":"f"},{"step":"add_signer","id":"s"},
        {"step":"add_signature","id":"g"}],"unsettled":{"step":"add_annotation","happened":false}}"#;
    let mut progress = read(annotation);
    let workflow = client.workflow(&mut progress).add_workflow(|_| json!({})).await.unwrap();
    let workflow = workflow.add_file(|_| json!({})).await.unwrap().add_signer(|_| json!({})).await.unwrap();
    let error = workflow.add_signature(|_| json!({})).await.unwrap().finish().unwrap_err();
    assert!(error.to_string().contains("whether it happened is not known"), "{error}");
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn several_files_and_signers_each_have_their_place() {
    let script = ["w1", "f1", "f2", "s1", "g1", "s2", "g2", "g3"];
    let names = ["workflow", "file", "file", "signer", "signature", "signer", "signature", "signature"];
    let server = Server::follow(names.into_iter().zip(script).map(|(name, id)| answer(name, id))).await;
    let client = client(&server);
    let mut progress = Progress::default();
    let none = |_: &Progress| json!({});
    let workflow = client.workflow(&mut progress).add_workflow(none).await.unwrap();
    let workflow = workflow.add_file(none).await.unwrap().add_file(none).await.unwrap();
    let workflow = workflow.add_signer(none).await.unwrap().add_signature(none).await.unwrap();
    let workflow = workflow.add_signer(none).await.unwrap().add_signature(none).await.unwrap();
    let workflow = workflow.add_signature(none).await.unwrap();
    assert_eq!(workflow.progress().ids(Step::AddFile).collect::<Vec<_>>(), ["f1", "f2"]);
    workflow.finish().unwrap();
    let targets = server.seen().iter().map(|seen| seen.target.clone()).collect::<Vec<_>>();
    let signatures = targets.iter().filter(|target| target.ends_with("signatures")).collect::<Vec<_>>();
    let of = |signer: &str| format!("/made-up/workflows/w1/signers/{signer}/signatures");
    assert_eq!(signatures, [&of("s1"), &of("s2"), &of("s2")]);
}

#[tokio::test]
async fn links_are_handed_out_and_not_stored() {
    let mut script = answers();
    let signer = json!({ "made_up": { "signer": "s1", "link": "https://sign8.invalid/canary" } });
    script[2] = Answer::json(200, signer.to_string());
    let server = Server::follow(script).await;
    let client = client(&server);
    let mut progress = Progress::default();
    let links = send(&client, &mut progress).await.unwrap();
    let [link] = links.as_slice() else { panic!("{links:?}") };
    assert_eq!((link.step, link.id.as_deref()), (Step::AddSigner, Some("s1")));
    assert_eq!(link.link.expose(), "https://sign8.invalid/canary");
    let stored = serde_json::to_string(&progress).unwrap();
    assert!(!stored.contains("canary") && !format!("{progress:?} {links:?}").contains("canary"));
    // Gone through again, nothing is sent; the links are there as long as the progress was not stored.
    assert_eq!(send(&client, &mut progress).await.unwrap().len(), 1);
    assert_eq!(send(&client, &mut stored_and_read(&progress)).await.unwrap().len(), 0);
    assert_eq!(server.seen().len(), STEPS.len());
}

#[tokio::test]
async fn a_step_without_an_id_is_done_as_well() {
    let mut script = answers();
    script[3] = Answer::answer(204, "text/plain", "");
    let server = Server::follow(script).await;
    let signature = StepProfile::new("/made-up/signatures", IdPlace::Nowhere);
    let client = builder(&server).profile(profile().step(Step::AddSignature, signature)).build().unwrap();
    let mut progress = Progress::default();
    send(&client, &mut progress).await.unwrap();
    assert_eq!(done(&progress)[3], (Step::AddSignature, None));
    assert_eq!(server.seen()[3].target, "/made-up/signatures");
}

#[test]
fn a_workflow_can_be_sent_by_a_task() {
    fn spawned<T: Send>(_: T) {}
    let client = Client::builder().profile(profile()).api_key("k").build().unwrap();
    spawned(async move {
        let mut progress = Progress::default();
        send(&client, &mut progress).await.map(|links| links.len())
    });
}

#[tokio::test]
async fn an_id_that_is_not_known_is_not_taken_for_another() {
    let server =
        Server::follow([answer("signer", "s2"), answer("signature", "g2"), answer("annotation", "a1")]).await;
    let client = client(&server);
    let stored = r#"{"done":[{"step":"add_workflow","id":"w1"},{"step":"add_file","id":"f1"}],
        "unsettled":{"step":"add_signer","happened":true}}"#;
    let mut progress: Progress = serde_json::from_str(stored).unwrap();
    assert!(progress.settle_as_done(None));
    assert_eq!(progress.id(Step::AddSigner), None);
    let error = send(&client, &mut progress).await.unwrap_err();
    assert!(error.to_string().contains("say it by `name`"), "{error}");
    assert_eq!(server.seen().len(), 0);
    assert!(progress.name(Step::AddSigner, "s1") && !progress.name(Step::AddSigner, "s9"));
    assert_eq!(progress.id(Step::AddSigner), Some("s1"));
}

#[tokio::test]
async fn the_progress_is_stored_before_each_step_and_after_it() {
    let server = Server::follow(answers()).await;
    let client = client(&server);
    let (mut progress, mut stored) = (Progress::default(), Vec::new());
    let workflow = client.workflow(&mut progress).storing(|progress| {
        stored.push((progress.done().len(), progress.unsettled().map(|unsettled| unsettled.step)));
        Ok(())
    });
    workflow.add_workflow(|_| json!({})).await.unwrap().add_file(|_| json!({})).await.map(drop).unwrap();
    assert_eq!(stored, [(0, Some(Step::AddWorkflow)), (1, None), (1, Some(Step::AddFile)), (2, None)]);
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_sent() {
    let server = Server::follow(answers()).await;
    let client = client(&server);
    let mut progress = Progress::default();
    let workflow = client.workflow(&mut progress).storing(|_| Err(std::io::ErrorKind::StorageFull.into()));
    let error = workflow.add_workflow(|_| json!({})).await.map(drop).unwrap_err();
    assert_eq!((error.kind(), error.effect(), server.seen().len()), (ErrorKind::Local, Effect::None, 0));
    assert_eq!((progress.done().len(), progress.unsettled()), (0, None));
}

/// A store that holds the progress as JSON, and may fail.
#[derive(Default)]
struct Store {
    held: Option<String>,
    writes: usize,
    /// The write that fails, and those after it.
    fails_at: Option<usize>,
}

impl Store {
    fn put(&mut self, progress: &Progress) -> std::io::Result<()> {
        self.writes += 1;
        if self.fails_at.is_some_and(|fails_at| self.writes >= fails_at) {
            return Err(std::io::Error::other("canary of the store"));
        }
        self.held = Some(serde_json::to_string(progress).unwrap());
        Ok(())
    }

    /// As the next process finds it.
    fn progress(&self) -> Progress {
        self.held.as_deref().map_or_else(Progress::default, |held| serde_json::from_str(held).unwrap())
    }
}

async fn add_workflow(client: &Client, progress: &mut Progress, store: &mut Store) -> Result<(), Error> {
    let workflow = client.workflow(progress).storing(|progress| store.put(progress));
    workflow.add_workflow(|_| json!({})).await.map(drop)
}

/// What certainly did not happen stops nobody who starts again.
#[tokio::test]
async fn a_refusal_is_stored_so_that_a_new_run_goes_on() {
    for refusal in [400, 401, 422, 429].map(|status| Answer::json(status, "{}")) {
        let server = Server::follow([refusal.clone(), answer("workflow", "w1")]).await;
        let (client, mut store) = (client(&server), Store::default());
        let error = add_workflow(&client, &mut Progress::default(), &mut store).await.unwrap_err();
        assert_eq!(error.effect(), Effect::None, "{refusal:?}");
        let mut found = store.progress();
        assert_eq!((found.done().len(), found.unsettled()), (0, None), "{refusal:?}");
        add_workflow(&client, &mut found, &mut store).await.unwrap();
        assert_eq!(store.progress().id(Step::AddWorkflow), Some("w1"), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_call_without_connection_is_stored_as_not_made() {
    let nowhere = closed_port().await;
    let builder = Client::builder().base_url(nowhere).profile(profile()).api_key("k").clock(TestClock::new());
    let (client, mut store) = (builder.build().unwrap(), Store::default());
    let error = add_workflow(&client, &mut Progress::default(), &mut store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!((store.writes, store.progress().unsettled()), (2, None));
}

#[tokio::test]
async fn a_doubt_is_stored_with_what_is_known_of_it() {
    for (failure, happened) in [
        (Answer::Close, false),
        (Answer::json(503, "{}"), false),
        (Answer::json(200, "{]"), true),
        (Answer::json(200, r#"{"made_up":{}}"#), true),
    ] {
        let server = Server::follow([failure.clone()]).await;
        let mut store = Store::default();
        add_workflow(&client(&server), &mut Progress::default(), &mut store).await.unwrap_err();
        let found = store.progress();
        let unsettled = found.unsettled().map(|unsettled| (unsettled.step, unsettled.happened));
        assert_eq!(unsettled, Some((Step::AddWorkflow, happened)), "{failure:?}");
    }
}

#[tokio::test]
async fn a_refusal_that_cannot_be_stored_says_what_holds() {
    let server = Server::follow([Answer::json(422, "{}")]).await;
    let mut store = Store { fails_at: Some(2), ..Store::default() };
    let mut progress = Progress::default();
    let error = add_workflow(&client(&server), &mut progress, &mut store).await.unwrap_err();
    // The refusal is what has to be mended first, so it is what is told.
    assert_eq!((error.kind(), error.status(), error.effect()), (ErrorKind::Refused, Some(422), Effect::None));
    let said = error.to_string();
    assert!(said.contains("could not be stored") && said.contains("settle_as_not_done"), "{said}");
    assert!(!said.contains("canary"), "{said}");
    assert_eq!(progress.unsettled(), None);
    let mut found = store.progress();
    assert!(found.unsettled().is_some() && found.settle_as_not_done());
}

#[tokio::test]
async fn a_step_that_is_done_and_cannot_be_stored_did_happen() {
    let server = Server::follow(answers()).await;
    let mut store = Store { fails_at: Some(2), ..Store::default() };
    let mut progress = Progress::default();
    let error = add_workflow(&client(&server), &mut progress, &mut store).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Local, Effect::Done));
    assert_eq!((progress.id(Step::AddWorkflow), progress.unsettled()), (Some("w1"), None));
    assert!(store.progress().unsettled().is_some());
}

#[test]
fn what_is_no_progress_is_not_taken_for_an_empty_one() {
    for wrong in ["{}", r#"{"done":[],"else":1}"#, "[]"] {
        assert!(serde_json::from_str::<Progress>(wrong).is_err(), "{wrong}");
    }
}
