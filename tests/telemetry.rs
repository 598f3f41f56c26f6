//! What an operator sees: one span per call, one event per attempt, OpenTelemetry's names.

use crate::support::log::Log;
use crate::support::server::{Server, Step};
use crate::support::signly::{answers, client, webhook};

async fn logged(script: Vec<Step>) -> String {
    let server = Server::follow(script).await;
    let client = client(&server);
    let log = Log::start();
    let _ = client.get_webhook("wh_1").send().await;
    log.text()
}

fn closing_line(log: &str) -> &str {
    log.lines()
        .find(|line| line.contains("countersign.call") && line.contains("close"))
        .expect("the span is closed")
}

#[tokio::test]
async fn a_call_is_one_span_with_the_facts_of_the_exchange() {
    let log = logged(vec![Step::json(503, "{}"), answers(&webhook(1, "[]"))]).await;
    let line = closing_line(&log);
    for field in [
        "otel.name=signly.get_webhook",
        "otel.kind=\"client\"",
        "http.request.method=\"GET\"",
        "url.template=\"/v1/webhooks/{webhookId}\"",
        "server.address=\"127.0.0.1\"",
        "http.response.status_code=200",
        "http.request.resend_count=1",
        "countersign.request_id=\"req_7\"",
    ] {
        assert!(line.contains(field), "{field} is not in {line}");
    }
    assert_eq!(
        log.lines()
            .filter(|line| line.ends_with("sending attempt=1") || line.ends_with("sending attempt=2"))
            .count(),
        2
    );
    assert_eq!(
        log.lines().filter(|line| line.contains("trying again") && line.contains("status=503")).count(),
        1
    );
}

#[tokio::test]
async fn a_failed_call_names_its_kind() {
    let log = logged(vec![Step::json(404, "{}")]).await;
    let line = closing_line(&log);
    assert!(line.contains("error.type=NotFound") && line.contains("http.response.status_code=404"), "{line}");
}

#[tokio::test]
async fn no_id_is_recorded() {
    let log = logged(vec![answers(&webhook(1, "[]"))]).await;
    let ours = log.lines().filter(|line| line.contains("countersign"));
    assert_eq!(ours.filter(|line| line.contains("wh_1")).count(), 0);
}
