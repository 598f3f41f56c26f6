//! The traps of Legalesign's interface, each under its name.

use crate::support::legalesign::{builder, client, created};
use crate::support::server::{Server, Step};
use countersign::http::Method;
use countersign::legalesign::{
    self, DocumentListItem, DocumentStatus, FieldElementType, FieldErrors, PdfFieldInput, RecipientInput,
    Signer, SignerStatus, SignerUri, Webhook, WebhookEventFilter,
};
use countersign::{Effect, ErrorKind, LocalDateTime};
use serde_json::{Value, json};

fn sent(server: &Server) -> Value {
    serde_json::from_slice(&server.seen()[0].body).unwrap()
}

#[tokio::test]
async fn success_codes_that_mean_failure() {
    let server = Server::follow([
        Step::answer(200, "text/html", "not deleted"),
        Step::answer(200, "text/html", ""),
        Step::answer(201, "text/html", ""),
        Step::answer(401, "text/html", ""),
    ])
    .await;
    let client = client(&server);
    let errors = [
        client.delete_document("d").send().await.unwrap_err(),
        client.delete_pdf_template("t").send().await.unwrap_err(),
        client.get_document_pdf("d").send().await.unwrap_err(),
        client.send_reminder("s").text("Please sign.").send().await.unwrap_err(),
    ];
    let found = errors.each_ref().map(|error| (error.kind(), error.effect(), error.attempts()));
    let failed = (ErrorKind::Failed, Effect::None, 1);
    assert_eq!(found, [failed, failed, (ErrorKind::NotReady, Effect::None, 1), failed]);
    for (error, says) in
        errors.iter().zip(["automated deletion", "automated deletion", "four hours", "did not send"])
    {
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn gets_with_effects_are_not_repeated() {
    let server = Server::follow([Step::Close, Step::json(503, "{}")]).await;
    let client = client(&server);
    let lost = client.create_signing_link("s").send().await.unwrap_err();
    let failed = client.create_edit_link("t").send().await.unwrap_err();
    assert_eq!((lost.kind(), lost.effect(), lost.attempts()), (ErrorKind::Interrupted, Effect::Unknown, 1));
    assert_eq!((failed.kind(), failed.attempts()), (ErrorKind::ServerFault, 1));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn links_are_returned_and_never_followed() {
    let elsewhere = Server::follow([]).await;
    let link = format!("{}/once?token=t0p-secret", elsewhere.url());
    let edit = Step::json(201, r#""https://example.com/body""#).with_header("location", &link);
    let preview = Step::answer(302, "text/html", "").with_header("location", &link);
    let server = Server::follow([created(&link), edit, preview]).await;
    let client = client(&server);
    let links = [
        client.create_signing_link("s").send().await.unwrap(),
        client.create_edit_link("t").send().await.unwrap(),
        client.preview_signing_page().text("<p>Text</p>").send().await.unwrap(),
    ];
    for returned in links {
        assert_eq!(returned.expose(), link);
        assert!(!format!("{returned:?}").contains("t0p-secret"));
    }
    assert_eq!((server.seen().len(), elsewhere.seen().len()), (3, 0));
}

#[tokio::test]
async fn the_new_id_is_in_location_only() {
    for location in [
        "/api/v1/document/d0d0/",
        "/api/v1/status/d0d0/",
        "https://eu-api.legalesign.com/api/v1/status/d0d0/",
        "https://eu-api.legalesign.com/api/v1/document/d0d0",
    ] {
        for body in ["", "OK", "{}"] {
            let answer = Step::answer(201, "text/html", body).with_header("location", location);
            let server = Server::follow([answer]).await;
            let create = client(&server).create_document().group("g").name("Contract");
            let document = create.signers([RecipientInput::default().skip(true)]).send().await.unwrap();
            assert_eq!((document.id.as_str(), document.location.as_str()), ("d0d0", location), "{body:?}");
        }
    }
}

#[tokio::test]
async fn a_document_without_a_name_of_its_own_was_created_all_the_same() {
    let server = Server::follow([Step::answer(201, "text/html", "")]).await;
    let error = client(&server).create_group().name("Sales").send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.attempts()), (ErrorKind::Unreadable, Effect::Done, 1));
}

#[test]
fn dates_carry_no_offset() {
    let item: DocumentListItem = serde_json::from_value(json!({
        "created": "2018-03-20T07:09:52", "modified": "2020-05-20T:15:10"
    }))
    .unwrap();
    let created = item.created.unwrap();
    assert_eq!(created.as_str(), "2018-03-20T07:09:52");
    assert!(created.to_system_time_assuming_utc().is_some());
    assert!(item.modified.unwrap().to_system_time_assuming_utc().is_some());
    assert_eq!(LocalDateTime::from("soon").to_system_time_assuming_utc(), None);
}

#[tokio::test]
async fn every_path_ends_with_a_slash() {
    let without = legalesign::OPERATIONS.iter().find(|operation| !operation.path.ends_with('/'));
    assert_eq!(without.map(|operation| operation.path), None);
    let server = Server::follow([]).await;
    let error = client(&server).request(Method::GET, "/status").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("end with `/`"), "{error}");
    assert_eq!(server.seen().len(), 0);
}

fn signer() -> RecipientInput {
    RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace")
}

/// Neither is set unless the application says so: `do_email` is off by default, and wrong values of `pdftext` are left out
/// in silence unless `strict_fields` is on.
#[tokio::test]
async fn do_email_and_strict_fields_are_sent_if_set() {
    let server = Server::follow([created("/api/v1/document/d/"), created("/api/v1/document/d/")]).await;
    let create = client(&server).create_document().group("g").name("Contract").signers([signer()]);
    create.clone().send().await.unwrap();
    create.do_email(true).strict_fields(true).pdftext([("Price", "10")]).send().await.unwrap();
    let bodies =
        server.seen().iter().map(|seen| serde_json::from_slice(&seen.body).unwrap()).collect::<Vec<Value>>();
    assert_eq!((bodies[0].get("do_email"), bodies[0].get("strict_fields")), (None, None));
    let expected = json!({"do_email": true, "strict_fields": true, "pdftext": {"Price": "10"}});
    assert_eq!(
        json!({
            "do_email": bodies[1]["do_email"], "strict_fields": bodies[1]["strict_fields"], "pdftext": bodies[1]["pdftext"]
        }),
        expected
    );
}

#[test]
fn signer_arrays_are_of_mixed_types() {
    let uri = "/api/v1/signer/s0/";
    let forms = [
        json!([uri, "Ada", "Lovelace", "ada@example.com", "", false, 10, 0]),
        json!([uri, "Ada", "Lovelace", "ada@example.com", "", "False", "10", "0"]),
        json!([uri, "Ada", "Lovelace", "ada@example.com", "", 0, 10, 0, "something new"]),
        json!([uri, "Ada", "Lovelace", "ada@example.com", 7, false, 10.0, 0.0]),
    ];
    for form in forms {
        let item: DocumentListItem = serde_json::from_value(json!({ "signers": [form] })).unwrap();
        let signer = &item.signers.unwrap()[0];
        assert_eq!(signer.resource_uri.as_ref().and_then(SignerUri::id).unwrap().as_str(), "s0");
        assert_eq!(signer.email.as_deref(), Some("ada@example.com"));
        assert_eq!((signer.has_fields, signer.order), (Some(false), Some(0)));
        assert_eq!(signer.status, Some(SignerStatus::Sent));
    }
    let odd = json!({ "signers": [[uri, "Ada", "", "ada@example.com", null, "", "", "None"]], "status": "", "archived": "None" });
    let item: DocumentListItem = serde_json::from_value(odd).unwrap();
    let signer = &item.signers.unwrap()[0];
    assert_eq!((signer.has_fields, signer.status.clone(), signer.order), (None, None, None));
    assert_eq!((item.status, item.archived), (None, None));
    let short: DocumentListItem =
        serde_json::from_value(json!({ "signers": [[uri, null, null, "ada@example.com"]] })).unwrap();
    let signer = &short.signers.unwrap()[0];
    assert_eq!((signer.first_name.as_deref(), signer.status.clone()), (None, None));
    let list = serde_json::to_value(signer).unwrap();
    assert_eq!(list, json!([uri, null, null, "ada@example.com", null, null, null, null]));
}

#[tokio::test]
async fn naming_differs_by_place() {
    let server = Server::follow([created("/api/v1/document/d/")]).await;
    let create = client(&server).create_document().group("g").name("Contract").signers([signer()]);
    create.signers_in_order(true).send().await.unwrap();
    assert_eq!(sent(&server)["signers"][0]["firstname"], "Ada");
    let read: Signer = serde_json::from_value(json!({ "first_name": "Ada" })).unwrap();
    assert_eq!(read.first_name.as_deref(), Some("Ada"));

    let server = Server::follow([created("/api/v1/unsubscribe/7/")]).await;
    let subscribe = client(&server).subscribe().url("https://example.com").notify("realtime");
    let created = subscribe.event_filter(WebhookEventFilter::DocumentFinalPdfCreated).send().await.unwrap();
    assert_eq!(sent(&server)["eventFilter"], "document.finalPdfCreated");
    assert_eq!(created.unwrap().id.as_str(), "7");
    let webhook: Webhook = serde_json::from_value(json!({ "event_filter": "document.brandNew" })).unwrap();
    assert_eq!(webhook.event_filter, Some(WebhookEventFilter::Unknown("document.brandNew".into())));

    for written in [json!(1), json!(true)] {
        let item: DocumentListItem = serde_json::from_value(json!({ "signers_in_order": written })).unwrap();
        assert_eq!(item.signers_in_order, Some(true));
    }
}

#[test]
fn status_numbers_overlap_between_documents_and_signers() {
    assert_eq!(DocumentStatus::from(40), DocumentStatus::Removed);
    assert_eq!(SignerStatus::from(40), SignerStatus::Signed);
    assert_eq!(DocumentStatus::from(77), DocumentStatus::Unknown(77));
    assert_eq!(SignerStatus::from(77).value(), 77);
}

/// Fields count signers from 1 (a witness is 100 more), the order of signers counts from 0.
#[tokio::test]
async fn signers_are_numbered_from_1_in_fields_and_from_0_in_order() {
    let server = Server::follow([Step::answer(201, "text/html", "")]).await;
    let field = PdfFieldInput::default().ax(0.1).ay(0.2).bx(0.3).by(0.4).page(1);
    let field = field.element_type(FieldElementType::Signature).signer(101);
    client(&server).replace_pdf_template_fields("t", [field]).send().await.unwrap();
    assert_eq!((&sent(&server)[0]["signer"], sent(&server).as_array().unwrap().len()), (&json!(101), 1));
    let item: DocumentListItem =
        serde_json::from_value(json!({ "signers": [["/api/v1/signer/s/", "", "", "", "", true, 4, 0]] }))
            .unwrap();
    assert_eq!(item.signers.unwrap()[0].order, Some(0));
}

#[tokio::test]
async fn html_documents_remain_possible() {
    let server = Server::follow([created("/api/v1/document/d/")]).await;
    let create = client(&server).create_document().group("my-group").name("Contract").signers([signer()]);
    create.text("<p>I agree.</p>").send().await.unwrap();
    let body = sent(&server);
    assert_eq!(body["text"], "<p>I agree.</p>");
    assert_eq!(body["group"], "/api/v1/group/my-group/");
    assert_eq!(body.get("templatepdf"), None);
}

#[tokio::test]
async fn unsubscribe_always_answers_200() {
    let server = Server::follow([Step::answer(200, "text/html", "")]).await;
    client(&server).unsubscribe().url("https://example.com/tpyo").send().await.unwrap();
}

#[tokio::test]
async fn the_credential_has_two_forms_and_a_raw_one() {
    type Credential = fn(legalesign::ClientBuilder) -> legalesign::ClientBuilder;
    let cases: [(Credential, &str); 3] = [
        (|builder| builder.api_key("ak_live_1.secret"), "Bearer ak_live_1.secret"),
        (|builder| builder.legacy_api_key("user", "secret"), "ApiKey user:secret"),
        (|builder| builder.authorization("Scheme of tomorrow"), "Scheme of tomorrow"),
    ];
    for (credential, header) in cases {
        for organisation in [None, Some("org-1")] {
            let server = Server::follow([Step::json(200, "{}")]).await;
            let mut builder = credential(builder(&server));
            if let Some(organisation) = organisation {
                builder = builder.organisation(organisation);
            }
            builder.build().unwrap().get_status("d").send().await.unwrap();
            let seen = &server.seen()[0];
            assert_eq!(
                (seen.header("authorization"), seen.header("x-organisation")),
                (Some(header), organisation)
            );
        }
    }
}

#[test]
fn a_credential_that_cannot_work_is_refused_before_anything_is_sent() {
    let builder = legalesign::Client::builder;
    let cases = [
        (builder(), "no API key was given"),
        (builder().api_key("Bearer ak_live_1.secret"), "without the word `Bearer`"),
        (builder().api_key(""), "the credential cannot be used"),
        (builder().legacy_api_key("user:secret", "x"), "give name and secret apart"),
        (builder().api_key("ak_live_1.secret").organisation(""), "the organisation is empty"),
        (builder().api_key("ak_live_1.secret").organisation("a\nb"), "the organisation is empty or no valid"),
    ];
    for (builder, says) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(says), "{error}");
        assert!(!error.to_string().contains("secret'"), "{error}");
    }
}

#[tokio::test]
async fn patterns_are_not_enforced() {
    let server = Server::follow([created("/api/v1/document/d/")]).await;
    let signer = signer().firstname("Zoë-Anne").lastname("O’Brien (née Ngũgĩ)");
    let create = client(&server).create_document().group("g").name("Vertrag §5 — „neu“").tag("ümläut");
    create.signers([signer]).send().await.unwrap();
    assert_eq!(sent(&server)["tag"], "ümläut");
}

#[tokio::test]
async fn what_is_refused_is_pointed_at() {
    let body = r#"{"document":{"name":["This field is required."],"signers":["Invalid: bob@example.com"]}}"#;
    let server = Server::follow([Step::json(400, body)]).await;
    let create = client(&server).create_document().group("g").name("").signers([signer()]);
    let error = create.send().await.unwrap_err();
    assert_eq!(error.members().collect::<Vec<_>>(), ["document.name", "document.signers"]);
    let said = error.to_string();
    assert!(said.contains("`document.name`") && !said.contains("bob"), "{said}");
    let complaints = FieldErrors::of(&error).unwrap();
    let first = complaints.iter().next().unwrap();
    assert_eq!((first.member.as_str(), first.messages[0].as_str()), ("name", "This field is required."));
}

/// The names in a refusal may be data: of a field that the application named, or of somebody.
#[tokio::test]
async fn only_names_of_the_request_are_pointed_at() {
    let refused = async |body: String| {
        let server = Server::follow([Step::json(400, body)]).await;
        let create = client(&server).create_document().group("g").name("x").signers([signer()]);
        create.send().await.unwrap_err()
    };
    let data = json!({
        "document": { "GB29NWBK60161331926819": ["x"], "Ada-Lovelace": ["x"], "signers.0.firstname": ["x"], "name": ["x"] },
        "Ada": { "name": ["x"] },
        "query": { "signers.Ada": ["x"], "signers[1].email": ["x"], "0": ["x"] },
    });
    let error = refused(data.to_string()).await;
    let mut pointed = error.members().collect::<Vec<_>>();
    pointed.sort_unstable();
    assert_eq!(pointed, ["document.name", "document.signers.0.firstname"]);
    assert!(!format!("{error} {error:?}").contains("Ada"), "{error}");

    // However long the refusal is, the line is not.
    let many = (0..40_000).map(|index| format!(r#""signers.{index}.email":["x"]"#)).collect::<Vec<_>>();
    let error = refused(format!(r#"{{"document":{{{}}}}}"#, many.join(","))).await;
    assert_eq!(error.members().count(), 32);
    let said = error.to_string();
    assert!(said.len() < 500 && said.contains("and 24 more"), "{said}");

    // A call that no document knows has no names.
    let server = Server::follow([Step::json(400, r#"{"document":{"name":["x"]}}"#)]).await;
    let error = client(&server).request(Method::POST, "/document/").send().await.unwrap_err();
    assert_eq!(error.members().count(), 0);
    assert!(FieldErrors::of(&error).is_some());
}

#[tokio::test]
async fn a_recipient_needs_address_and_names_unless_somebody_else_is_to_say_them() {
    let server = Server::follow([created("/api/v1/document/d/")]).await;
    let create = client(&server).create_document().group("g").name("Contract");
    let nobody = create.clone().signers([RecipientInput::default()]).send().await.unwrap_err();
    assert!(nobody.to_string().contains("`signers[0].email` is required"), "{nobody}");
    let half = create.clone().signers([RecipientInput::default().email("a@b.example").skip(false)]);
    assert_eq!(half.send().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.seen().len(), 0);
    create.signers([signer(), RecipientInput::default().decide_later(true)]).send().await.unwrap();
    assert_eq!(sent(&server)["signers"][1], json!({"decide_later": true}));
}

#[tokio::test]
async fn signing_links_come_with_a_new_document() {
    let links = r#"{"signer_2":"https://sign.example/2","signer_1":"https://sign.example/1","note":"x"}"#;
    let answer = Step::json(201, links).with_header("location", "/api/v1/document/d0/");
    let server = Server::follow([answer, created("/api/v1/document/d1/")]).await;
    let create = client(&server).create_document().group("g").name("Contract").signers([signer()]);
    let document = create.clone().send_for_signing_links().await.unwrap();
    assert_eq!(sent(&server)["return_signer_links"], true);
    let found = document.links.iter().map(|each| (each.signer, each.link.expose())).collect::<Vec<_>>();
    assert_eq!(found, [(1, "https://sign.example/1"), (2, "https://sign.example/2")]);

    let error = create.send_for_signing_links().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::Done));
    assert!(error.to_string().contains("`d1`"), "{error}");
}

#[tokio::test]
async fn an_id_that_would_break_the_line_is_not_printed() {
    let answer = Step::json(201, "{}").with_header("location", "/document/d%0AFAKE%1b[31m/");
    let server = Server::follow([answer]).await;
    let create = client(&server).create_document().group("g").name("Contract").signers([signer()]);
    let error = create.send_for_signing_links().await.unwrap_err().to_string();
    assert!(!error.contains("FAKE") && !error.contains(char::is_control), "{error}");
}

#[test]
fn an_address_is_made_of_an_id_or_taken_whole() {
    use countersign::legalesign::{GroupId, GroupUri};
    let uri = "/api/v1/group/my-group/";
    assert_eq!(GroupUri::from("my-group").as_str(), uri);
    assert_eq!(GroupUri::from(GroupId::from("my-group")).as_str(), uri);
    assert_eq!(GroupUri::from(uri).as_str(), uri);
    assert_eq!(GroupUri::from(uri).id(), Some(GroupId::from("my-group")));
    assert_eq!(GroupUri::from(GroupId::from("../user/x")).as_str(), "/api/v1/group/..%2Fuser%2Fx/");
    assert_eq!(GroupUri::from("/").id(), None);
}
