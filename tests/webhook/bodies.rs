//! What is read of a body, when, and into how much memory.

use super::*;
use crate::legalesign::callbacks::pinned;
use countersign::webhook::{
    BodyBudget, HmacKey, HmacScheme, SignatureEncoding, Tolerance, UnverifiedReader, Verify, receive,
};
use countersign::{leap, sign8, signly};
use futures_core::Future;
use http::{Version, request};
use http_body::{Frame, SizeHint};
use proptest::prelude::{Just, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

const KIB: usize = 1024;
const MIB: usize = 1024 * 1024;

/// A body of equal pieces, which counts the bytes that it is asked for.
struct Sent {
    piece: usize,
    left: usize,
    announced: bool,
    /// It never comes to an end.
    stalls: bool,
    asked: Arc<AtomicUsize>,
}

impl Sent {
    /// All at once, under its length.
    fn of(length: usize) -> Self {
        Self { piece: 16 * KIB, left: length, announced: true, stalls: false, asked: Arc::default() }
    }

    fn in_pieces_of(self, piece: usize) -> Self {
        Self { piece, ..self }
    }

    fn unannounced(self) -> Self {
        Self { announced: false, ..self }
    }

    fn stalling(self) -> Self {
        Self { stalls: true, ..self }
    }
}

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.piece.min(self.left);
        if length == 0 {
            // Even that somebody waits for it counts.
            self.asked.fetch_add(usize::from(self.stalls), Ordering::Relaxed);
            return if self.stalls { Poll::Pending } else { Poll::Ready(None) };
        }
        self.left -= length;
        self.asked.fetch_add(length, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b' '; length])))))
    }

    fn size_hint(&self) -> SizeHint {
        // A body that stalls was announced to be a mebibyte.
        let length = if self.stalls { MIB } else { self.left };
        if self.announced { SizeHint::with_exact(length as u64) } else { SizeHint::new() }
    }
}

fn post() -> request::Builder {
    Request::post("/callbacks")
}

fn genuine() -> request::Builder {
    post().header(HEADER, SECRET)
}

fn reason<T>(outcome: Result<T, Rejection>) -> Option<Reason> {
    outcome.err().map(|rejection| rejection.reason())
}

/// The outcome, and how much was asked for.
async fn received<V: Verify>(verifier: &V, request: request::Builder, body: Sent) -> (Option<Reason>, usize) {
    let asked = Arc::clone(&body.asked);
    let outcome = receive(verifier, request.body(body).unwrap()).await;
    (reason(outcome), asked.load(Ordering::Relaxed))
}

/// A verifier of all that needs no body, by a clock that lets no time pass.
fn patient(builder: VerifierBuilder) -> Verifier {
    builder.clock(Hand::at(0)).build().unwrap()
}

fn stamped() -> HmacScheme {
    let tolerance = Tolerance::new(Duration::from_secs(10), Duration::from_secs(2));
    let scheme =
        HmacScheme::new("x-signature", SignatureEncoding::Hex, HmacKey::text(&secret(SECRET))).unwrap();
    scheme.over_id_timestamp_and_body("x-id", "x-stamp", tolerance).unwrap()
}

fn stamped_post() -> request::Builder {
    post().header("x-signature", "00".repeat(32)).header("x-id", "msg_1").header("x-stamp", "1800000000")
}

#[tokio::test]
async fn what_is_refused_without_its_body_is_answered_without_its_body() {
    let leap = leap::webhook::CallbackUrls::new(secret(SECRET));
    let by_url = leap::webhook::Verifier::builder().callback_urls(leap).build().unwrap();
    let by_secret = verifier();
    let by_hmac = Verifier::builder().hmac(stamped()).tenant(TENANT).build().unwrap();
    let by_certificate = pinned().build().unwrap();
    let reader = signly::webhook::UnverifiedReader::for_tenant(TENANT).unwrap();
    let without = |name: &str| {
        let mut request = stamped_post();
        request.headers_mut().unwrap().remove(name);
        request
    };
    let huge = |request: request::Builder| request.header("content-length", "99999999999");
    let get = || Request::get("/callbacks");
    let token = "/callbacks/cs1.YQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let body = || Sent::of(9 * MIB).unannounced().stalling();
    let cases = [
        (received(&by_secret, post(), body()).await, Reason::MissingCredential),
        (received(&by_secret, post().header(HEADER, "wrong"), body()).await, Reason::WrongCredential),
        (received(&by_secret, genuine().header(HEADER, SECRET), body()).await, Reason::DuplicateCredential),
        (received(&by_secret, get().header(HEADER, SECRET), body()).await, Reason::WrongMethod),
        (received(&by_secret, huge(genuine()), body()).await, Reason::TooLarge),
        (received(&by_url, post(), body()).await, Reason::MissingCredential),
        (received(&by_url, Request::post(token), body()).await, Reason::WrongCredential),
        (received(&by_hmac, without("x-signature"), body()).await, Reason::MissingCredential),
        (received(&by_hmac, without("x-id"), body()).await, Reason::MissingCredential),
        (received(&by_hmac, without("x-stamp"), body()).await, Reason::MissingCredential),
        (received(&by_hmac, stamped_post().header("x-id", "2"), body()).await, Reason::DuplicateCredential),
        (
            received(&by_hmac, without("x-id").header("x-id", "a.b"), body()).await,
            Reason::MalformedCredential,
        ),
        (
            received(&by_hmac, without("x-signature").header("x-signature", "0"), body()).await,
            Reason::WrongCredential,
        ),
        (received(&by_certificate, get(), body()).await, Reason::WrongMethod),
        (received(&by_certificate, huge(post()), body()).await, Reason::TooLarge),
        (received(&reader, get(), body()).await, Reason::WrongMethod),
        (received(&reader, huge(post()), body()).await, Reason::TooLarge),
    ];
    for (place, (outcome, expected)) in cases.into_iter().enumerate() {
        assert_eq!(outcome, (Some(expected), 0), "{place}");
    }
}

/// A body that was announced to be too large is not begun, whatever says so.
#[tokio::test]
async fn the_length_that_the_server_knows_counts_too() {
    assert_eq!(received(&verifier(), genuine(), Sent::of(9 * MIB)).await, (Some(Reason::TooLarge), 0));
}

/// Whoever still sends when the connection is closed may not see the answer: behind nginx it becomes a 502.
#[tokio::test]
async fn what_is_still_coming_is_read_before_it_is_refused() {
    let verifier = verifier();
    let expecting = |request: request::Builder| request.header("expect", "100-continue");
    let cases = [
        // Fits into what sockets hold.
        (received(&verifier, post(), Sent::of(64 * KIB)).await, Reason::MissingCredential, 0),
        (received(&verifier, post(), Sent::of(65 * KIB)).await, Reason::MissingCredential, 65 * KIB),
        (received(&verifier, genuine(), Sent::of(2 * MIB)).await, Reason::TooLarge, 2 * MIB),
        (received(&verifier, genuine(), Sent::of(8 * MIB)).await, Reason::TooLarge, 8 * MIB),
        (received(&verifier, genuine(), Sent::of(8 * MIB + 1)).await, Reason::TooLarge, 0),
        (received(&verifier, genuine(), Sent::of(2 * MIB).unannounced()).await, Reason::TooLarge, 2 * MIB),
        // The limit, a piece beyond it, and what is read to no purpose.
        (
            received(&verifier, genuine(), Sent::of(90 * MIB).unannounced()).await,
            Reason::TooLarge,
            MIB + 16 * KIB + 8 * MIB,
        ),
        // They have sent nothing yet.
        (received(&verifier, expecting(genuine()), Sent::of(2 * MIB)).await, Reason::TooLarge, 0),
        // Only this stream ends.
        (
            received(&verifier, genuine().version(Version::HTTP_2), Sent::of(2 * MIB)).await,
            Reason::TooLarge,
            0,
        ),
    ];
    for (place, (outcome, reason, asked)) in cases.into_iter().enumerate() {
        assert_eq!(outcome, (Some(reason), asked), "{place}");
    }
}

#[tokio::test]
async fn nobody_is_waited_for_beyond_the_time() {
    let verifier = patient(builder());
    let stalled = || Sent::of(100).stalling();
    // The time of the clock is up as soon as there is something to wait for.
    assert_eq!(received(&verifier, genuine(), stalled()).await.0, Some(Reason::IncompleteBody));
    assert_eq!(received(&verifier, post(), stalled()).await.0, Some(Reason::MissingCredential));
    let limited = patient(builder().body_limit(200 * KIB));
    assert_eq!(received(&limited, genuine(), stalled()).await.0, Some(Reason::TooLarge));
    assert_eq!(verifier.body_budget().in_use() + limited.body_budget().in_use(), 0);
}

/// Polls once, which is as far as a body gets that stalls.
fn begin<F: Future<Output: std::fmt::Debug>>(future: Pin<&mut F>) {
    let polled = future.poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "{polled:?}");
}

/// Whoever gives up while the rest is still coming leaves a line all the same.
#[tokio::test]
async fn a_refusal_is_logged_before_the_rest_is_read() {
    let log = crate::support::log::Log::start();
    let verifier = builder().build().unwrap();
    let mut receiving = pin!(receive(&verifier, post().body(Sent::of(100).stalling()).unwrap()));
    begin(receiving.as_mut());
    let text = log.text();
    assert!(text.contains("callback rejected reason=MissingCredential"), "{text}");
}

#[test]
fn there_is_memory_for_the_largest_body_unless_told_otherwise() {
    for (limit, budget) in [(KIB, 64 * MIB), (64 * MIB, 64 * MIB), (100 * MIB, 100 * MIB)] {
        let verifier = builder().body_limit(limit).build().unwrap();
        assert_eq!(verifier.body_budget().limit(), budget, "{limit}");
    }
    let told = builder().body_limit(100 * MIB).body_budget(BodyBudget::new(MIB)).build().unwrap();
    assert_eq!(told.body_budget().limit(), MIB);
}

#[tokio::test]
async fn what_is_held_is_what_has_arrived() {
    let budget = BodyBudget::new(64 * MIB);
    let verifier = builder().body_budget(budget.clone()).build().unwrap();
    let mebibyte_but_one = MIB - 1;
    for (arrived, piece) in
        [(1, 1), (600, 1), (100 * KIB, 1), (mebibyte_but_one, 1), (mebibyte_but_one, 16 * KIB)]
    {
        for body in [Sent::of(arrived).stalling(), Sent::of(arrived).stalling().unannounced()] {
            let mut receiving =
                Box::pin(receive(&verifier, genuine().body(body.in_pieces_of(piece)).unwrap()));
            begin(receiving.as_mut());
            let held = budget.in_use();
            assert!((arrived..=(2 * arrived).clamp(512, MIB)).contains(&held), "{held} for {arrived}");
            drop(receiving);
            assert_eq!(budget.in_use(), 0, "what a caller took who is gone is given back");
        }
    }
}

#[tokio::test]
async fn beyond_the_budget_of_all_bodies_the_answer_is_503() {
    let verifier = builder().body_budget(BodyBudget::new(2 * KIB)).build().unwrap();
    let clone = verifier.clone();
    let mut first = Box::pin(receive(&verifier, genuine().body(Sent::of(KIB).stalling()).unwrap()));
    let mut second = Box::pin(receive(&clone, genuine().body(Sent::of(900).stalling()).unwrap()));
    begin(first.as_mut());
    begin(second.as_mut());
    let request = || genuine().body(completed().to_string()).unwrap();
    let rejection = receive(&verifier, request()).await.unwrap_err();
    let response = rejection.response::<String>();
    assert_eq!((rejection.reason(), response.status().as_u16()), (Reason::Overloaded, 503));
    assert_eq!(response.headers()["retry-after"], "30");
    assert!(rejection.to_string().contains("no memory"));
    // Those without a credential take nothing away.
    assert_eq!(received(&verifier, post(), Sent::of(KIB)).await.0, Some(Reason::MissingCredential));
    drop(second);
    assert!(receive(&verifier, request()).await.is_ok());
    drop(first);
    assert_eq!(verifier.body_budget().in_use(), 0);
}

#[tokio::test]
async fn a_budget_can_be_shared() {
    let budget = BodyBudget::new(KIB);
    let reader = UnverifiedReader::for_tenant(TENANT).unwrap().with_body_budget(budget.clone());
    let verifier = builder().body_budget(budget.clone()).build().unwrap();
    let mut receiving = Box::pin(receive(&reader, post().body(Sent::of(900).stalling()).unwrap()));
    begin(receiving.as_mut());
    assert_eq!((budget.in_use(), budget.limit()), (900, KIB));
    assert_eq!(
        reason(receive(&verifier, genuine().body(completed().to_string()).unwrap()).await),
        Some(Reason::Overloaded)
    );
}

/// In another runtime than tokio there is no time to be had, and none is needed.
#[test]
fn it_works_without_tokio() {
    let verifier = verifier();
    let request = genuine().body(completed().to_string()).unwrap();
    let Poll::Ready(outcome) =
        pin!(receive(&verifier, request)).poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("it waits")
    };
    assert!(outcome.is_ok());
    begin(pin!(receive(&verifier, genuine().body(Sent::of(1).stalling()).unwrap())));
}

proptest! {
    /// What is refused early would be refused late, for the same reason.
    #[test]
    fn no_other_outcome_comes_of_checking_early(
        is_post in prop_oneof![4 => Just(true), 1 => Just(false)],
        secrets in proptest::collection::vec(select(vec![SECRET, "wrong", ""]), 0..3),
        address in select((0..5usize).collect::<Vec<_>>()),
        stamps in proptest::collection::vec(select(vec!["x-signature", "x-id", "x-stamp"]), 0..5),
        values in proptest::collection::vec(select(vec!["right", "1800000000", "a.b", "", "00"]), 5),
        length in select(vec![0, 10, 300, 5000]),
        now in select(vec![0u64, 100]),
    ) {
        let urls = signly::webhook::CallbackUrls::new(secret(SECRET));
        let minted = |urls: &signly::webhook::CallbackUrls| urls.mint_until("https://app.example/c", "a", time(50)).unwrap();
        let other = sign8::webhook::CallbackUrls::new(secret(SECRET)).mint("https://app.example/c", "a").unwrap();
        let addresses = [
            minted(&urls).expose().to_owned(),
            "/callbacks".to_owned(),
            "/cs1.a/cs1.b".to_owned(),
            other.expose().to_owned(),
            format!("{}/more", minted(&urls).expose()),
        ];
        let body = completed().to_string() + &" ".repeat(length);
        let signed = stamped().sign("msg_1", time(0), body.as_bytes()).unwrap();
        let right = |name: &str| signed.iter().find(|(header, _)| header == name).unwrap().1.clone();
        let mut request = Request::post(&addresses[address]).header("content-length", body.len());
        if !is_post {
            request = request.method("PUT");
        }
        for secret in secrets {
            request = request.header(HEADER, secret);
        }
        for (name, value) in stamps.into_iter().zip(values) {
            request = request.header(name, if value == "right" { right(name) } else { value.to_owned() });
        }
        let whole = Delivery::from(request.body(body).unwrap());
        let head = Delivery::new(whole.method().clone(), whole.uri().clone(), whole.headers().clone(), Bytes::new());
        let shared = || builder().body_limit(4000);
        let verifiers = [
            shared().build().unwrap(),
            shared().hmac(stamped()).build().unwrap(),
            shared().callback_urls(urls.clone()).hmac(stamped()).build().unwrap(),
            Verifier::builder().tenant(TENANT).hmac(stamped()).body_limit(4000).build().unwrap(),
            Verifier::builder().tenant(TENANT).callback_urls(urls).build().unwrap(),
        ];
        for verifier in &verifiers {
            if let Err(early) = verifier.precheck(&head, time(now)) {
                let late = verifier.verify(&whole, time(now)).unwrap_err();
                prop_assert_eq!(early, late);
            }
        }
    }
}
