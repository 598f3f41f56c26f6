//! Uploads and downloads: streamed, checked, and never with credentials to somebody else.

use crate::support::clock::TestClock;
use crate::support::legalesign::{KEY, builder, client, created};
use crate::support::server::{Server, Step, closed_port};
use countersign::legalesign::Client;
use countersign::{Content, Effect, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;

const PDF: &str = "%PDF-1.7 signed";
/// Not of [`PDF`].
const OTHER_SHA256: &str = "4d72c5b77a9eb6a2a5a1f1d0d1a3f20d5d2ffad1e6bb1c3d6cf8a0bde39d0ed0";

fn pdf() -> Step {
    Step::answer(200, "application/pdf", PDF)
}

fn moved(to: &str) -> Step {
    Step::answer(302, "text/html", "").with_header("location", to)
}

/// A file that is removed when the test ends.
struct File(PathBuf);

impl File {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("countersign-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn downloaded(client: &Client) -> Result<Vec<u8>, countersign::Error> {
    let mut bytes = Vec::new();
    client.download_pdf("d0").copy_to(&mut bytes).await.map(|_| bytes)
}

#[tokio::test]
async fn a_file_is_uploaded_as_base64_with_its_length() {
    let file = File::new("upload.pdf", b"%PDF-1.7 bytes");
    let server = Server::follow([created("/api/v1/templatepdf/t0/")]).await;
    let call = client(&server).create_pdf_template(&file.0).group("my-group").title("Contract");
    assert_eq!(call.send().await.unwrap().id.as_str(), "t0");
    let seen = &server.seen()[0];
    let body: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    let expected = serde_json::json!({
        "group": "/api/v1/group/my-group/", "title": "Contract", "pdf_file": "JVBERi0xLjcgYnl0ZXM="
    });
    assert_eq!(body, expected);
    assert_eq!(seen.header("content-length"), Some(seen.body.len().to_string().as_str()));
    assert_eq!(seen.header("transfer-encoding"), None);
    assert_eq!(seen.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn what_is_missing_beside_the_content_is_found_before_sending() {
    let server = Server::follow([]).await;
    let error =
        client(&server).create_attachment(Content::bytes("%PDF")).group("g").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("`filename` is required"), "{error}");
    let missing = client(&server).create_pdf_template(Content::file("/nowhere/at/all.pdf")).group("g");
    let error = missing.send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidRequest, Effect::None));
    assert!(error.to_string().contains("cannot be opened"), "{error}");
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn an_upload_that_was_not_sent_is_tried_again_unless_its_reader_is_used_up() {
    let nowhere = closed_port().await;
    let client = Client::builder().base_url(nowhere).api_key(KEY).clock(TestClock::new()).build().unwrap();
    let attempts = async |content: Content| {
        client.create_pdf_template(content).group("g").send().await.unwrap_err().attempts()
    };
    let file = File::new("again.pdf", b"%PDF");
    assert_eq!(attempts(Content::file(&file.0)).await, 3);
    assert_eq!(attempts(Content::bytes("%PDF")).await, 3);
    assert_eq!(attempts(Content::reader(&b"%PDF"[..], 4)).await, 1);
}

#[tokio::test]
async fn content_that_is_not_as_long_as_announced_is_never_uploaded_whole() {
    let server = Server::follow([created("/api/v1/templatepdf/t0/")]).await;
    let call = client(&server).create_pdf_template(Content::reader(&b"%PDF"[..], 5)).group("g");
    let error = call.send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.attempts()), (ErrorKind::Local, Effect::None, 1));
    assert!(error.to_string().contains("ended before its announced length"), "{error}");
    assert_eq!(server.seen().len(), 0);
}

/// The reader is the application's, and its errors may say where it reads from.
#[tokio::test]
async fn what_a_reader_says_is_a_cause_and_not_printed() {
    struct Broken;
    impl tokio::io::AsyncRead for Broken {
        fn poll_read(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            _: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            let canary = "GET https://bucket.example/x?X-Amz-Signature=canary";
            std::task::Poll::Ready(Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, canary)))
        }
    }
    let server = Server::follow([]).await;
    let call = client(&server).create_pdf_template(Content::reader(Broken, 5)).group("g");
    let error = call.send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Local, Effect::None));
    assert!(error.to_string().contains("the content cannot be read: permission denied"), "{error}");
    assert!(!format!("{error} {error:?} {error:#?}").contains("canary"), "{error:?}");
    let mut cause = std::error::Error::source(&error);
    let mut causes = Vec::new();
    while let Some(each) = cause {
        causes.push(each.to_string());
        cause = each.source();
    }
    assert!(causes.iter().any(|cause| cause.contains("canary")), "{causes:?}");
}

#[tokio::test]
async fn a_pdf_is_fetched_elsewhere_without_credentials() {
    let elsewhere = Server::follow([pdf()]).await;
    let server = Server::follow([moved(&format!("{}/f?token=x", elsewhere.url()))]).await;
    let client = builder(&server).organisation("org-1").build().unwrap();
    assert_eq!(downloaded(&client).await.unwrap(), PDF.as_bytes());
    let seen = &elsewhere.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("GET", "/f?token=x"));
    for header in ["authorization", "x-organisation", "cookie", "referer"] {
        assert_eq!(seen.header(header), None, "{header}");
    }
    assert_eq!(server.seen()[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
}

#[tokio::test]
async fn a_pdf_may_come_at_once() {
    let server = Server::follow([pdf()]).await;
    assert_eq!(downloaded(&client(&server)).await.unwrap(), PDF.as_bytes());
}

#[tokio::test]
async fn only_one_redirect_is_followed_and_only_to_a_place_that_is_safe() {
    let second = Server::follow([]).await;
    let first = Server::follow([moved(&second.url()), moved(&second.url()), moved(&second.url())]).await;
    let server = Server::follow([moved(&first.url())]).await;
    let error = downloaded(&client(&server)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Elsewhere, Some(302)));
    assert_eq!(second.seen().len(), 0);
    for to in [
        "http://10.0.0.1/x",
        "http://files.example.com/secret",
        "https://user:pw@files.example.com/",
        "ftp://x.example/",
    ] {
        let server = Server::follow([moved(to)]).await;
        let error = downloaded(&client(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Redirected, 1), "{to}");
        assert!(!format!("{error} {error:?}").contains("files.example.com"), "{error}");
    }
}

#[tokio::test]
async fn a_location_that_is_too_long_is_the_providers_mistake() {
    let server = Server::follow([moved(&format!("https://files.example.com/{}", "x".repeat(66_000)))]).await;
    let error = client(&server).get_document_pdf("d0").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Redirected, 1), "{error}");
    assert!(error.to_string().contains("it is longer than"), "{error}");
}

#[tokio::test]
async fn a_link_that_has_expired_is_replaced() {
    let elsewhere = Server::follow([Step::answer(403, "application/xml", "<Expired/>"), pdf()]).await;
    let server = Server::follow([moved(&elsewhere.url()), moved(&elsewhere.url())]).await;
    assert_eq!(downloaded(&client(&server)).await.unwrap(), PDF.as_bytes());
    assert_eq!((server.seen().len(), elsewhere.seen().len()), (2, 2));
}

#[tokio::test]
async fn what_is_no_pdf_is_not_taken_for_one() {
    let empty = Step::answer(200, "application/pdf", "");
    let odd = [
        Step::answer(200, "text/html", "<html>Log in</html>"),
        Step::json(200, "{}"),
        Step::answer(200, "text/plain", "still retrieving"),
        Step::answer(203, "application/xml", "<Error/>"),
        Step::answer(204, "application/pdf", ""),
        Step::answer(206, "application/pdf", PDF),
        empty,
    ];
    for answer in odd {
        let server = Server::follow([answer.clone()]).await;
        let error = downloaded(&client(&server)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{answer:?}");
        // Nor if it comes from elsewhere.
        let elsewhere = Server::follow([answer.clone()]).await;
        let server = Server::follow([moved(&elsewhere.url())]).await;
        let error = downloaded(&client(&server)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{answer:?}");
    }
    let server = Server::follow([Step::answer(202, "text/html", "")]).await;
    assert_eq!(downloaded(&client(&server)).await.unwrap_err().kind(), ErrorKind::NotReady);
}

#[tokio::test]
async fn a_refusal_elsewhere_is_not_taken_for_one_of_the_provider() {
    for status in [401, 404, 418, 503] {
        let answer = Step::answer(status, "application/xml", "<Error/>");
        let elsewhere = Server::follow([answer.clone(), answer.clone(), answer]).await;
        let there = moved(&elsewhere.url());
        let server = Server::follow([there.clone(), there.clone(), there]).await;
        let error = downloaded(&client(&server)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Elsewhere, Some(status)));
        assert!(!error.is_not_found() && !error.is_unauthenticated());
    }
    let there = moved(&closed_port().await);
    let server = Server::follow([there.clone(), there.clone(), there]).await;
    // Whoever makes the call alone hears that the provider may have acted on it; a download only reads.
    let error = client(&server).get_document_pdf("d0").send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Elsewhere, Effect::Unknown));
}

#[tokio::test]
async fn a_place_elsewhere_is_found_by_its_name() {
    let elsewhere = Server::follow([pdf()]).await;
    let server = Server::follow([moved(&elsewhere.url().replace("127.0.0.1", "localhost"))]).await;
    assert_eq!(downloaded(&client(&server)).await.unwrap(), PDF.as_bytes());
    assert_eq!(elsewhere.seen().len(), 1);
}

#[tokio::test]
async fn a_download_that_breaks_off_is_an_error_and_says_how_much_came() {
    let server = Server::follow([Step::Part { length: 1000, body: PDF.to_owned(), hangs: false }]).await;
    let download = client(&server).download_audit_log("d0").send().await.unwrap();
    assert_eq!((download.announced_length(), download.media_type()), (Some(1000), Some("application/pdf")));
    let error = download.bytes(5000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.to_string().contains("after 15 bytes"), "{error}");
}

#[tokio::test]
async fn a_download_is_kept_in_memory_only_up_to_a_limit() {
    let server = Server::follow([pdf(), pdf()]).await;
    let client = client(&server);
    let bytes = client.download_audit_log("d0").send().await.unwrap().bytes(15).await.unwrap();
    assert_eq!(bytes, PDF.as_bytes());
    let error = client.download_audit_log("d0").send().await.unwrap().bytes(14).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn the_content_is_checked_against_the_hash_of_the_document() {
    let document = |hash: &str| Step::json(200, format!(r#"{{"uuid":"d0","hash_value":"{hash}"}}"#));
    let sha256 = {
        let server = Server::follow([pdf()]).await;
        let mut sink = Vec::new();
        client(&server).download_pdf("d0").copy_to(&mut sink).await.unwrap()
    };
    assert_eq!((sha256.length, sha256.sha256.len()), (15, 64));
    let server = Server::follow([document(&sha256.sha256.to_uppercase()), pdf()]).await;
    let mut bytes = Vec::new();
    client(&server).download_pdf("d0").checked().copy_to(&mut bytes).await.unwrap();
    assert_eq!(bytes, PDF.as_bytes());

    let cases = [
        (document(OTHER_SHA256), ErrorKind::Corrupted),
        (document("none"), ErrorKind::Unreadable),
        (document(""), ErrorKind::NotReady),
        (Step::json(200, "{}"), ErrorKind::NotReady),
    ];
    for (answer, kind) in cases {
        let server = Server::follow([answer, pdf()]).await;
        let mut bytes = Vec::new();
        let error = client(&server).download_pdf("d0").checked().copy_to(&mut bytes).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn a_pdf_that_is_being_restored_is_waited_for_within_the_budget() {
    let restoring = || Step::answer(201, "text/html", "");
    let clock = TestClock::new();
    let wait = async |script: Vec<Step>, minutes: u64| {
        let server = Server::follow(script).await;
        let client = builder(&server).clock(clock.clone()).build().unwrap();
        let mut bytes = Vec::new();
        let waiting = client.download_pdf("d0").wait_up_to(Duration::from_secs(minutes * 60));
        (waiting.copy_to(&mut bytes).await.map(|_| ()), server.seen().len())
    };
    let (result, requests) = wait(vec![restoring(), restoring(), pdf()], 60).await;
    assert_eq!((result.is_ok(), requests), (true, 3));
    let (result, requests) = wait(vec![restoring(), restoring(), restoring()], 15).await;
    assert_eq!((result.unwrap_err().kind(), requests), (ErrorKind::NotReady, 3));
    let minutes = clock.waits().iter().map(|wait| wait.as_secs() / 60).collect::<Vec<_>>();
    assert_eq!(minutes, [10, 10, 10, 5]);
}

#[tokio::test]
async fn a_download_that_stalls_ends_after_the_idle_time() {
    let server = Server::follow([Step::Part { length: 1000, body: PDF.to_owned(), hangs: true }]).await;
    let client = builder(&server).read_timeout(Duration::from_millis(100)).build().unwrap();
    let mut bytes = Vec::new();
    let error = client.download_pdf("d0").copy_to(&mut bytes).await.unwrap_err();
    assert_eq!((error.kind(), bytes.as_slice()), (ErrorKind::Timeout, PDF.as_bytes()));
}

#[tokio::test]
async fn a_writer_that_fails_is_told_from_a_connection_that_fails() {
    struct Full;
    impl tokio::io::AsyncWrite for Full {
        fn poll_write(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            _: &[u8],
        ) -> std::task::Poll<std::io::Result<usize>> {
            std::task::Poll::Ready(Err(std::io::Error::new(std::io::ErrorKind::StorageFull, "canary")))
        }
        fn poll_flush(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            std::task::Poll::Ready(Ok(()))
        }
        fn poll_shutdown(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            std::task::Poll::Ready(Ok(()))
        }
    }
    let server = Server::follow([pdf()]).await;
    let error = client(&server).download_pdf("d0").copy_to(&mut Full).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Local);
    let cause = std::error::Error::source(&error).unwrap().downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(cause.kind(), std::io::ErrorKind::StorageFull);
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}
