//! What the application answers.

use countersign::webhook::Acknowledgement;
use std::time::Duration;

#[test]
fn answers_have_a_status_no_body_and_a_wait_in_whole_seconds() {
    let later = |milliseconds| Acknowledgement::Later { after: Some(Duration::from_millis(milliseconds)) };
    let cases = [
        (Acknowledgement::Stored, 200, None),
        (Acknowledgement::Duplicate, 200, None),
        (Acknowledgement::Later { after: None }, 503, None),
        (later(30_000), 503, Some("30")),
        (later(30_001), 503, Some("31")),
        (later(1), 503, Some("1")),
        (later(0), 503, Some("0")),
        (Acknowledgement::Later { after: Some(Duration::MAX) }, 503, Some("18446744073709551615")),
    ];
    for (acknowledgement, status, wait) in cases {
        let response = acknowledgement.response::<Vec<u8>>();
        let sent = response.headers().get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!((response.status().as_u16(), sent, &**response.body()), (status, wait, &b""[..]));
        assert_eq!(acknowledgement.status(), status);
        assert_eq!(response.headers().len(), usize::from(wait.is_some()));
    }
}
