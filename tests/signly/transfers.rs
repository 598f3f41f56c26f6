//! PDFs of templates: to and from another host, streamed, and without anything of Signly's.

use crate::support::log::Log;
use crate::support::server::{Server, Step, closed_port};
use crate::support::signly::{answers, builder, client};
use countersign::signly::Client;
use countersign::{Content, Effect, ErrorKind, RetryPolicy};
use std::time::Duration;

const PDF: &str = "%PDF-1.7 lease";

fn upload_to(url: &str) -> Step {
    answers(&format!(r#"{{"uploadUrl":"{url}","s3Uri":"s3://bucket/x"}}"#))
}

fn download_from(url: &str) -> Step {
    answers(&format!(r#"{{"downloadUrl":"{url}","s3Uri":"s3://bucket/x"}}"#))
}

fn already_uploaded() -> Step {
    let body = r#"{"success":false,"status":400,"code":"bad_request","message":"Version already uploaded.","data":null}"#;
    Step::json(400, body)
}

fn stored() -> Step {
    Step::answer(200, "application/xml", "")
}

async fn uploaded(client: &Client) -> Result<String, countersign::Error> {
    let upload = client.upload_template_pdf("t-1", "0001", Content::bytes(PDF));
    upload.send().await.map(|version| version.to_string())
}

async fn downloaded(client: &Client) -> Result<Vec<u8>, countersign::Error> {
    let download = client.download_template_pdf("t-1", "0001").await?;
    download.bytes(1000).await.map(|bytes| bytes.to_vec())
}

#[tokio::test]
async fn trap_17_signed_urls_get_no_header_of_signly_and_are_never_logged() {
    let log = Log::start();
    let elsewhere = Server::follow([stored(), Step::answer(200, "application/pdf", PDF)]).await;
    let url = format!("{}/bucket/f?X-Amz-Signature=s3cr3t", elsewhere.url());
    let server = Server::follow([upload_to(&url), download_from(&url)]).await;
    let client = client(&server);
    assert_eq!(uploaded(&client).await.unwrap(), "0001");
    assert_eq!(downloaded(&client).await.unwrap(), PDF.as_bytes());
    let seen = elsewhere.seen();
    let lines = seen.iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect::<Vec<_>>();
    let target = "/bucket/f?X-Amz-Signature=s3cr3t";
    assert_eq!(lines, [format!("PUT {target}"), format!("GET {target}")]);
    for header in
        ["x-tenant-signly", "x-auth-signly", "authorization", "cookie", "referer", "transfer-encoding"]
    {
        assert!(seen.iter().all(|seen| seen.header(header).is_none()), "{header}");
    }
    assert_eq!(seen[0].header("content-type"), Some("application/pdf"));
    assert_eq!(seen[0].header("content-length"), Some(PDF.len().to_string().as_str()));
    assert_eq!(seen[0].body, PDF.as_bytes());
    let asked = server.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.target));
    let base = "/v1/templates/t-1/versions/0001";
    assert_eq!(
        asked.collect::<Vec<_>>(),
        [format!("POST {base}/upload-url"), format!("GET {base}/download-url")]
    );
    let log = log.text();
    assert!(log.contains("upload_template_pdf"), "{log}");
    assert!(!log.contains("s3cr3t") && !log.contains("/bucket"), "{log}");
}

#[tokio::test]
async fn urls_that_are_not_safe_get_nothing() {
    for url in [
        "http://files.example.com/secret",
        "https://10.0.0.1/secret",
        "https://user:pw@files.example.com/secret",
        "https://metadata.google.internal/secret",
        "file:///etc/secret",
    ] {
        let server = Server::follow([upload_to(url), download_from(url)]).await;
        let client = client(&server);
        for error in [uploaded(&client).await.unwrap_err(), downloaded(&client).await.unwrap_err()] {
            assert_eq!((error.kind(), error.effect()), (ErrorKind::Redirected, Effect::None), "{url}");
            assert_eq!(error.attempts(), 1);
            let text = format!("{error} {error:?}");
            assert!(!text.contains("secret") && !text.contains("files.example.com"), "{text}");
        }
    }
}

/// What the provider says cannot be used; the application's request was right.
#[tokio::test]
async fn a_url_that_is_too_long_is_the_providers_mistake() {
    let url = format!("https://files.example.com/secret?{}", "x".repeat(66_000));
    let server = Server::follow([upload_to(&url), download_from(&url)]).await;
    let client = client(&server);
    for error in [uploaded(&client).await.unwrap_err(), downloaded(&client).await.unwrap_err()] {
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Redirected, Effect::None), "{error}");
        assert!(error.to_string().contains("it is longer than"), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_of_the_other_host_is_not_followed() {
    let third = Server::follow([]).await;
    let moved = || Step::answer(307, "text/html", "").with_header("location", &third.url());
    let elsewhere = Server::follow([moved(), moved()]).await;
    let server = Server::follow([upload_to(&elsewhere.url()), download_from(&elsewhere.url())]).await;
    let client = client(&server);
    assert_eq!(uploaded(&client).await.unwrap_err().kind(), ErrorKind::Elsewhere);
    assert_eq!(downloaded(&client).await.unwrap_err().kind(), ErrorKind::Elsewhere);
    assert_eq!((third.seen().len(), elsewhere.seen().len()), (0, 2));
}

#[tokio::test]
async fn an_answer_without_url_says_so() {
    for data in ["{}", r#"{"uploadUrl":"","downloadUrl":null}"#] {
        let server = Server::follow([answers(data), answers(data)]).await;
        let client = client(&server);
        let error = uploaded(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::None));
        assert!(error.to_string().contains("`data.uploadUrl`: missing"), "{error}");
        let error = downloaded(&client).await.unwrap_err();
        assert!(error.to_string().contains("`data.downloadUrl`: missing"), "{error}");
    }
}

#[tokio::test]
async fn a_version_that_has_its_pdf_gets_no_other() {
    let server = Server::follow([already_uploaded()]).await;
    let error = uploaded(&client(&server)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.effect()),
        (ErrorKind::Conflict, Some(400), Effect::None)
    );
    assert!(error.to_string().contains("already has a PDF"), "{error}");
    assert_eq!(error.code(), Some("bad_request"));

    // Without the words it is a refusal like any other.
    let server = Server::follow([Step::json(400, r#"{"message":"No."}"#)]).await;
    assert_eq!(uploaded(&client(&server)).await.unwrap_err().kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn the_pdf_becomes_the_next_version_if_that_is_asked_for() {
    let elsewhere = Server::follow([stored()]).await;
    let server = Server::follow([already_uploaded(), upload_to(&elsewhere.url())]).await;
    // A reader can be read once, and is: nothing was read of it before there was a place to send it to.
    let content = Content::reader(PDF.as_bytes(), PDF.len() as u64);
    let upload = client(&server).upload_template_pdf("t-1", "0001", content).or_next_version();
    assert_eq!(upload.send().await.unwrap().as_str(), "0002");
    assert_eq!(server.seen()[1].target, "/v1/templates/t-1/versions/0002/upload-url");
    assert_eq!(elsewhere.seen()[0].body, PDF.as_bytes());

    let server = Server::follow([already_uploaded(), already_uploaded()]).await;
    let upload = client(&server).upload_template_pdf("t-1", "0001", Content::bytes(PDF)).or_next_version();
    assert_eq!(upload.send().await.unwrap_err().kind(), ErrorKind::Conflict);
    let server = Server::follow([already_uploaded()]).await;
    let upload = client(&server).upload_template_pdf("t-1", "latest", Content::bytes(PDF)).or_next_version();
    let error = upload.send().await.unwrap_err();
    assert!(error.to_string().contains("no number"), "{error}");
}

#[tokio::test]
async fn what_the_other_host_says_becomes_an_error_of_the_transfer() {
    let refusal =
        || Step::answer(403, "application/xml", "<Error><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>");
    let elsewhere = Server::follow([refusal(), refusal()]).await;
    let server = Server::follow([upload_to(&elsewhere.url()), download_from(&elsewhere.url())]).await;
    let client = client(&server);
    let error = uploaded(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.attempts()), (ErrorKind::Elsewhere, Effect::None, 1));
    assert_eq!(error.operation(), Some("upload_template_pdf"));
    assert!(error.to_string().contains("the place that the provider named"), "{error}");
    assert_eq!(error.body(), b"");
    assert_eq!(downloaded(&client).await.unwrap_err().operation(), Some("download_template_pdf"));
}

#[tokio::test]
async fn a_transfer_is_tried_again_as_every_call_is() {
    let busy = || Step::answer(503, "application/xml", "");
    let elsewhere = Server::follow([busy(), Step::Close, stored()]).await;
    let server = Server::follow([upload_to(&elsewhere.url())]).await;
    assert_eq!(uploaded(&client(&server)).await.unwrap(), "0001");
    assert_eq!((server.seen().len(), elsewhere.seen().len()), (1, 3));

    let elsewhere = Server::follow([busy()]).await;
    let server = Server::follow([upload_to(&elsewhere.url())]).await;
    let client = builder(&server).retry(RetryPolicy::never()).build().unwrap();
    let error = uploaded(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Elsewhere, Effect::Unknown));

    let server = Server::follow([upload_to(&closed_port().await)]).await;
    let error = uploaded(&builder(&server).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.attempts()), (ErrorKind::Unreachable, Effect::None, 3));
}

#[tokio::test]
async fn a_transfer_only_must_not_stand_still() {
    let elsewhere = Server::follow([Step::Hang]).await;
    let server = Server::follow([upload_to(&elsewhere.url())]).await;
    let client = builder(&server).retry(RetryPolicy::never()).read_timeout(Duration::from_millis(100));
    let client = client.attempt_timeout(Duration::from_millis(100));
    let error = uploaded(&client.build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Unknown));
    let part = Step::Part { length: 1000, body: PDF.to_owned(), hangs: true };
    let elsewhere = Server::follow([part]).await;
    let server = Server::follow([download_from(&elsewhere.url())]).await;
    let client = builder(&server).read_timeout(Duration::from_millis(100)).build().unwrap();
    assert_eq!(downloaded(&client).await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn content_that_cannot_be_read_is_not_uploaded() {
    let elsewhere = Server::follow([]).await;
    let server = Server::follow([upload_to(&elsewhere.url())]).await;
    let upload = client(&server).upload_template_pdf("t-1", "0001", Content::file("/nowhere/at/all.pdf"));
    let error = upload.send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidRequest, Effect::None));
    assert_eq!(elsewhere.seen().len(), 0);
}

#[tokio::test]
async fn a_page_in_place_of_a_pdf_is_no_pdf() {
    let page = || Step::answer(200, "text/html", "<html>Log in</html>");
    let elsewhere = Server::follow([page(), page()]).await;
    let server = Server::follow([download_from(&elsewhere.url()), upload_to(&elsewhere.url())]).await;
    let client = client(&server);
    let error = downloaded(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::None));
    let error = uploaded(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::Unknown));
}
