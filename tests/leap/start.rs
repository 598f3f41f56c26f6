//! The call that starts a signing process: its form, and what is refused before anything is sent.

use crate::support::clock::TestClock;
use crate::support::leap::{KEY, Part, ada, client, parts, process, start};
use crate::support::server::{Server, Step, closed_port};
use countersign::leap::{Client, PartEncoding, SignDocument, StartSigningProcess};
use countersign::{Content, Effect, ErrorKind};
use serde_json::json;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The parts of the form that a call sends.
async fn form(change: impl FnOnce(StartSigningProcess) -> StartSigningProcess) -> Vec<Part> {
    let server = Server::follow([process()]).await;
    change(start(&client(&server))).send().await.unwrap();
    parts(&server.seen()[0])
}

fn named<'a>(parts: &'a [Part], name: &str) -> Vec<&'a Part> {
    parts.iter().filter(|part| part.name == name).collect()
}

#[tokio::test]
async fn a_form_has_the_documented_parts() {
    let server = Server::follow([process()]).await;
    let call = start(&client(&server)).ordered_signers(true).additional_recipients(["cy@example.com"]);
    let url = "https://app.example/leap/8f1c";
    let started = call.sign_tasks_completed_callback_url(url).send().await.unwrap();
    assert_eq!(started.get("/anything/id"), Some(&json!("p0")));
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/sign-only-api/projects/launch-new"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("content-length"), Some(seen.body.len().to_string().as_str()));
    assert_eq!(seen.header("transfer-encoding"), None);
    let parts = parts(seen);
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    let expected = [
        "name",
        "projectOwner",
        "signers",
        "orderedSigners",
        "additionalRecipients",
        "signTasksCompletedCallbackUrl",
        "document",
    ];
    assert_eq!(names, expected);
    assert_eq!((parts[0].body.as_str(), parts[3].body.as_str()), ("Contract", "true"));
    assert_eq!((parts[5].body.as_str(), parts[6].body.as_str()), (url, "%PDF-1.7"));
    assert!(parts[6].head.contains(r#"filename="document.pdf""#) && parts[6].is_typed("application/pdf"));
}

#[tokio::test]
async fn what_was_not_said_is_not_sent() {
    let parts = form(|call| call.additional_recipients(Vec::<String>::new())).await;
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["name", "projectOwner", "signers", "document"]);
}

#[tokio::test]
async fn what_the_vendor_leaves_open_can_be_changed() {
    let recipients = ["cy@example.com", "di@example.com"];
    let usual = form(|call| call.additional_recipients(recipients)).await;
    for name in ["projectOwner", "signers", "additionalRecipients"] {
        assert!(named(&usual, name)[0].is_typed("application/json"), "{name}");
    }
    assert!(!named(&usual, "name")[0].head.contains("content-type"));
    let lists = named(&usual, "additionalRecipients");
    assert_eq!((lists.len(), lists[0].json()), (1, json!(recipients)));

    let encoding = PartEncoding::default().without_json_content_type().one_part_per_recipient();
    let other = form(|call| call.additional_recipients(recipients).encoding(encoding)).await;
    for name in ["projectOwner", "signers", "additionalRecipients"] {
        assert!(!named(&other, name)[0].head.contains("content-type"), "{name}");
    }
    let bodies: Vec<_> =
        named(&other, "additionalRecipients").iter().map(|part| part.body.as_str()).collect();
    assert_eq!(bodies, recipients);

    let untyped = PartEncoding::default().without_json_content_type();
    let untyped = form(|call| call.additional_recipients(recipients).encoding(untyped)).await;
    let lists = named(&untyped, "additionalRecipients");
    assert_eq!((lists.len(), lists[0].json()), (1, json!(recipients)));
    assert!(!lists[0].head.contains("content-type"));
}

#[tokio::test]
async fn name_and_content_type_of_the_file_agree() {
    let file = std::env::temp_dir().join(format!("countersign-leap-{}.pdf", std::process::id()));
    std::fs::write(&file, "%PDF file").unwrap();
    let reader = Content::reader(&b"PK reader"[..], 9);
    let cases = [
        (SignDocument::pdf(file.as_path()), "document.pdf", "application/pdf", "%PDF file"),
        (SignDocument::docx(reader), "document.docx", DOCX, "PK reader"),
        (
            SignDocument::pdf(&b"%PDF"[..]).file_name("A \"B\".PDF"),
            "A %22B%22.PDF",
            "application/pdf",
            "%PDF",
        ),
        (SignDocument::docx(&b"PK"[..]).file_name("Zoë.docx"), "Zoë.docx", DOCX, "PK"),
    ];
    for (document, name, media_type, content) in cases {
        let server = Server::follow([process()]).await;
        let call = client(&server).start_signing_process("Contract", document).project_owner(ada());
        call.signers([ada()]).send().await.unwrap();
        let parts = parts(&server.seen()[0]);
        let part = named(&parts, "document")[0];
        assert!(part.head.contains(&format!(r#"filename="{name}""#)), "{}", part.head);
        assert!(part.is_typed(media_type), "{}", part.head);
        assert_eq!(part.body, content);
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let server = Server::follow([]).await;
    let client = client(&server);
    let pdf = |name: &str| SignDocument::pdf(&b"%PDF"[..]).file_name(name);
    let given = |document| client.start_signing_process("Contract", document);
    let whole = || start(&client);
    let file = SignDocument::pdf(Content::file("/nowhere/at/all.pdf"));
    let callback = |url: &str| whole().sign_tasks_completed_callback_url(url);
    let cases = [
        (given(pdf("a.pdf")).project_owner(ada()), "`signers` is required"),
        (given(pdf("a.pdf")).signers([ada()]), "`projectOwner` is required"),
        (
            client.start_signing_process(" ", pdf("a.pdf")).project_owner(ada()).signers([ada()]),
            "`name` is required",
        ),
        (whole().additional_recipients(["a@example.com", " "]), "`additionalRecipients` has an address"),
        (given(pdf("a.docx")).project_owner(ada()).signers([ada()]), "has to end in `.pdf`"),
        (given(pdf("pdf")).project_owner(ada()).signers([ada()]), "has to end in `.pdf`"),
        (given(pdf(".pdf")).project_owner(ada()).signers([ada()]), "has to end in `.pdf`"),
        (given(file).project_owner(ada()).signers([ada()]), "cannot be opened"),
        (callback("http://app.example/"), "`signTasksCompletedCallbackUrl` has to be an https URL"),
        (callback("ftp://app.example/"), "has to be an https URL"),
        (callback("mailto:ada@example.com"), "has to be an https URL"),
        (callback("app.example/leap"), "`signTasksCompletedCallbackUrl` is no URL"),
        (whole().with_header("authorization", "x"), "is set by the SDK"),
        (whole().with_header("content-type", "x"), "is set by the SDK"),
    ];
    for (call, said) in cases {
        let error = call.send().await.unwrap_err();
        let found = (error.kind(), error.effect());
        assert_eq!(found, (ErrorKind::InvalidRequest, Effect::None), "{said}");
        assert!(error.to_string().contains(said), "{said}: {error}");
        assert!(!error.to_string().contains("example"), "{error}");
    }
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_callback_to_this_machine_needs_a_provider_on_this_machine() {
    let local = "http://127.0.0.1:9/leap";
    let parts = form(|call| call.sign_tasks_completed_callback_url(local)).await;
    assert_eq!(named(&parts, "signTasksCompletedCallbackUrl")[0].body, local);

    let client = Client::builder().api_key(KEY).build().unwrap();
    let error = start(&client).sign_tasks_completed_callback_url(local).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
}

#[tokio::test]
async fn nothing_is_sent_twice_and_a_reader_is_not_even_tried_twice() {
    for step in [Step::Close, Step::json(503, "{}"), Step::json(429, "{}")] {
        let server = Server::follow([step]).await;
        let error = start(&client(&server)).send().await.unwrap_err();
        assert_eq!((error.attempts(), server.seen().len()), (1, 1), "{error}");
    }
    let builder = Client::builder().base_url(closed_port().await).api_key(KEY).clock(TestClock::new());
    let client = builder.build().unwrap();
    for (content, attempts) in [(Content::bytes("%PDF"), 3), (Content::reader(&b"%PDF"[..], 4), 1)] {
        let call = client.start_signing_process("Contract", SignDocument::pdf(content)).project_owner(ada());
        let error = call.signers([ada()]).send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unreachable, attempts));
    }
}

#[tokio::test]
async fn a_document_that_is_not_as_long_as_announced_is_never_uploaded_whole() {
    let server = Server::follow([process()]).await;
    let document = SignDocument::pdf(Content::reader(&b"%PDF"[..], 5));
    let call = client(&server).start_signing_process("Contract", document).project_owner(ada());
    let error = call.signers([ada()]).send().await.unwrap_err();
    assert!(error.to_string().contains("ended before its announced length"), "{error}");
    assert_eq!(server.seen().len(), 0);
}
