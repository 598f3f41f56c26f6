//! Callers of a mock: programs on this machine, at each of its ports, and no page in a browser.

use countersign::Content;
use countersign::leap::{Person, SignDocument};
use countersign::legalesign::RecipientInput;
use countersign::mock::{Fault, Setup, faireplace, leap, legalesign, sign8, signly};
use http::Request;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

/// The origin of a URL.
fn origin(url: &str) -> &str {
    let end = url["http://".len()..].find('/').map_or(url.len(), |slash| "http://".len() + slash);
    &url[..end]
}

/// The status and the text that a request with these headers gets. More of a body is announced than ever comes.
async fn ask(origin: &str, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(origin.trim_start_matches("http://")).await.unwrap();
    let request = format!("POST /content/x HTTP/1.1\r\n{headers}content-length: 1000\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

/// Pages and foreign names are refused at this port, before anything is read.
async fn assert_closed_to_pages(what: &str, origin: &str) {
    let host = origin.trim_start_matches("http://");
    let port = host.rsplit(':').next().unwrap();
    let foreign = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        "127.0.0.1:1".to_owned(),
        "localhost".to_owned(),
    ];
    for name in foreign {
        let (status, text) = ask(origin, &format!("host: {name}\r\n")).await;
        assert_eq!(status, 421, "{what} as {name}");
        assert!(text.contains("`Host`"), "{text}");
    }
    for page in ["origin: https://evil.example\r\n", "origin: null\r\n", "sec-fetch-site: cross-site\r\n"] {
        let (status, text) = ask(origin, &format!("host: {host}\r\n{page}")).await;
        assert_eq!(status, 403, "{what} with {page}");
        assert!(text.contains("a page in a browser"), "{text}");
    }
}

#[tokio::test]
async fn no_port_of_any_mock_serves_pages() {
    let told = Arc::new(AtomicUsize::new(0));
    let setup = || {
        let told = Arc::clone(&told);
        Setup::new().on_call(move |_| {
            told.fetch_add(1, Ordering::Relaxed);
        })
    };
    let faireplace = faireplace::Server::start_with(setup()).await.unwrap();
    let leap = leap::Server::start_with(setup()).await.unwrap();
    let legalesign = legalesign::Server::start_with(setup()).await.unwrap();
    let sign8 = sign8::Server::start_with(sign8::profile(), setup()).await.unwrap();
    let signly = signly::Server::start_with(setup()).await.unwrap();
    signly.fail_next(Fault::reset_unread());
    for (what, url) in [
        ("faireplace", faireplace.signatures_base_url()),
        ("leap", leap.base_url()),
        ("legalesign", legalesign.base_url()),
        ("sign8", sign8.base_url()),
        ("signly", signly.base_url()),
    ] {
        assert_closed_to_pages(what, origin(url)).await;
    }
    let recorded =
        [faireplace.requests(), leap.requests(), legalesign.requests(), sign8.requests(), signly.requests()];
    assert_eq!((recorded.concat().len(), told.load(Ordering::Relaxed)), (0, 0), "nothing was read");
    assert_eq!(signly.pending_faults(), 1, "nothing has happened");
}

#[tokio::test]
async fn neither_do_the_ports_of_what_is_elsewhere() {
    let server = signly::Server::start().await.unwrap();
    let client = server.client().unwrap();
    let id = client.create_template().template_name("Lease").send().await.unwrap().template_id.unwrap();
    client.upload_template_pdf(&id, "0001", Content::bytes("%PDF-1.7")).send().await.unwrap();
    let url = client.create_template_download_url(&id, "0001").send().await.unwrap().download_url.unwrap();
    assert_closed_to_pages("signly elsewhere", &origin(&url).replace("localhost", "127.0.0.1")).await;

    let server = legalesign::Server::start().await.unwrap();
    let client = server.client().unwrap();
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let create = client.create_document().group(server.group()).name("Contract").text("<p>I agree.</p>");
    let id = create.signers([ada]).send().await.unwrap().id;
    let _ = client.get_document_pdf(&id).send().await.unwrap();
    let request = server.elsewhere_requests().remove(0);
    let host = request.header("host").unwrap().replace("localhost", "127.0.0.1");
    assert_closed_to_pages("legalesign elsewhere", &format!("http://{host}")).await;
    assert_eq!(server.elsewhere_requests().len(), 1);
}

#[tokio::test]
async fn a_form_on_a_page_of_the_mock_itself_can_be_sent() {
    let server = legalesign::Server::start().await.unwrap();
    let client = server.client().unwrap();
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let create = client.create_document().group(server.group()).name("Contract").text("<p>I agree.</p>");
    let created = create.signers([ada]).send_for_signing_links().await.unwrap();
    let link = created.links[0].link.expose().to_owned();
    let (host, path) = link.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let send = async |method: &str, headers: &str| {
        let mut stream = TcpStream::connect(host).await.unwrap();
        let request = format!(
            "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: 0\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    // A link that somebody follows from a page elsewhere, and the button on the page that it leads to.
    let followed = "sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\n";
    assert_eq!(send("GET", followed).await, 200);
    assert_eq!(send("POST", "origin: https://evil.example\r\n").await, 403);
    assert_eq!(send("POST", &format!("origin: http://{host}\r\nsec-fetch-site: same-origin\r\n")).await, 200);
    assert_eq!(client.get_status(&created.id).send().await.unwrap().download_final, Some(true));
}

#[tokio::test]
async fn an_application_that_embeds_a_mock_decides_itself_whom_it_serves() {
    let server = leap::Server::start().await.unwrap();
    let request =
        Request::builder().uri("/api/v1/external/projects/events/p").header("host", "staging.example");
    let request = request.header("origin", "https://app.example").header("authorization", server.api_key());
    let answer = server.router().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 404);
    server.assert_calls(&["list_workflow_events"]);
}

#[tokio::test]
async fn the_mock_of_leap_has_the_documented_base_path() {
    let server = leap::Server::start().await.unwrap();
    assert!(server.base_url().ends_with("/api/v1/external"), "{}", server.base_url());
    let ada = Person::default().name("Ada").email("ada@example.com");
    let contract = SignDocument::pdf(Content::bytes("%PDF-1.7"));
    let start = server.client().unwrap().start_signing_process("Contract", contract);
    start.project_owner(ada.clone()).signers([ada]).send().await.unwrap();
    assert_eq!(server.requests()[0].path, "/api/v1/external/sign-only-api/projects/launch-new");
}
