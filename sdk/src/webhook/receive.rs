//! From a request to what it proves, in any framework.

use super::budget::Kept;
use super::callback_url::MARK;
use super::delivery::Delivery;
use super::rejection::{Reason, Rejection};
use super::verifier::{Summary, Verify};
use crate::runtime::Sleep;
use bytes::{Buf as _, Bytes};
use http::header::EXPECT;
use http::{Request, Version};
use http_body::Body;
use http_body_util::LengthLimitError;
use std::error::Error;
use std::future::poll_fn;
use std::iter::successors;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;

/// The bytes that a sender gets rid of without anybody who reads them: the buffers of two sockets take more than this.
const UNREAD_AT_MOST: u64 = 64 * 1024;
/// The most that is read to no purpose.
const DRAINED_AT_MOST: usize = 8 * 1024 * 1024;
/// The longest time that something is read to no purpose.
const DRAINED_FOR: Duration = Duration::from_secs(5);

/// Reads the body of a request, up to the limit of the verifier, and has it verified. It works with any server whose
/// requests are those of the crate `http`; with axum, `Callback` does it for you.
///
/// The address has to be the one that was sent. A router that takes a prefix away keeps it somewhere: put it back, or
/// signed callback URLs and paths that tell the event are not found.
///
/// # What is read
///
/// What needs no body is checked first: the method, the announced length, and whatever else
/// [`precheck`](Verify::precheck) looks at. Only then the body is read, into one buffer that is taken from the
/// [`BodyBudget`](super::BodyBudget) of the verifier, and for as long as its
/// [`body_timeout`](Verify::body_timeout) allows. The time is measured by tokio, whose runtime needs its timers for that
/// (`enable_time`); in another runtime it is not limited.
///
/// A client, or a proxy, that is still sending when the connection is closed may not see the answer. So where a refused body
/// has been begun, or more than 64 KiB of it are announced, up to 8 MiB of what is still to come are read and thrown away
/// first, for no longer than five seconds. Those who sent `Expect: 100-continue` and were not asked for their
/// body are answered at once, and so is all HTTP/2.
///
/// # What is logged
///
/// One event of `tracing` for each callback, with the provider and nothing that was sent: `callback rejected`, a warning,
/// with the [`Reason`]; `callback accepted`, for debugging, with what [`summary`](Verify::summary) tells. With `Callback` and
/// `CallbackRouter` the route is there too, as it is written in the router.
///
/// ```
/// # #[cfg(feature = "signly")] {
/// use countersign::http::{Request, Response};
/// use countersign::signly::webhook::Verifier;
/// use countersign::webhook::{Acknowledgement, receive};
///
/// async fn answer(verifier: &Verifier, request: Request<String>) -> Response<String> {
///     match receive(verifier, request).await {
///         Ok(verified) => match store(verified.dedupe_key().as_str(), verified.body()) {
///             Ok(()) => Acknowledgement::Stored.response(),
///             Err(_) => Acknowledgement::Later { after: None }.response(),
///         },
///         Err(rejection) => rejection.response(),
///     }
/// }
/// # fn store(_: &str, _: &[u8]) -> std::io::Result<()> { Ok(()) }
/// # }
/// ```
///
/// `cargo run --example bare_hyper` is a whole server.
///
/// # Errors
///
/// The body is too large, breaks off or takes too long, there is no memory for it, or the delivery is not accepted.
pub async fn receive<V, B>(verifier: &V, request: Request<B>) -> Result<V::Output, Rejection>
where
    V: Verify,
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    receive_at(None, verifier, request).await
}

/// As [`receive`], for a route as the application has written it down.
pub(super) async fn receive_at<V, B>(
    route: Option<&str>,
    verifier: &V,
    request: Request<B>,
) -> Result<V::Output, Rejection>
where
    V: Verify,
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    // Until it is asked for, such a body is not sent.
    let waits_to_send = parts.headers.contains_key(EXPECT);
    let closes_after = parts.version < Version::HTTP_2;
    let head = Delivery::new(parts.method, parts.uri, parts.headers, Bytes::new());
    let mut body = Arriving { body: pin!(body), has_begun: false, has_ended: false };
    let rejection = {
        let outcome = decide(verifier, head, &mut body).await;
        log(verifier, route, &outcome);
        match outcome {
            Ok(accepted) => return Ok(accepted),
            Err(rejection) => rejection,
        }
    };
    if closes_after && (body.has_begun || !waits_to_send) {
        body.drain(verifier).await;
    }
    Err(rejection)
}

async fn decide<V, B>(
    verifier: &V,
    head: Delivery,
    body: &mut Arriving<'_, B>,
) -> Result<V::Output, Rejection>
where
    V: Verify,
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    verifier.precheck(&head, verifier.now())?;
    let mut kept = body.keep(verifier).await?;
    verifier.verify(&head.with_body(kept.content()), verifier.now())
}

fn log<V: Verify>(verifier: &V, route: Option<&str>, outcome: &Result<V::Output, Rejection>) {
    let provider = verifier.provider();
    // Somebody may have made a route of one minted URL.
    let route = route.filter(|route| !route.contains(MARK));
    match outcome {
        Ok(accepted) => {
            let Summary { kind, assurance, key_id } = verifier.summary(accepted);
            let assurance = assurance.map(tracing::field::debug);
            tracing::debug!(provider, route, kind, assurance, key_id, "callback accepted");
        }
        Err(rejection) => {
            tracing::warn!(reason = ?rejection.reason(), provider, route, "callback rejected");
        }
    }
}

/// A body on its way.
struct Arriving<'b, B> {
    body: Pin<&'b mut B>,
    has_begun: bool,
    /// It is over, broken off or given up.
    has_ended: bool,
}

impl<B> Arriving<'_, B>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// All of it, if it is within the limits.
    async fn keep<V: Verify>(&mut self, verifier: &V) -> Result<Kept, Rejection> {
        let limit = verifier.body_limit();
        if self.at_least() > u64::try_from(limit).unwrap_or(u64::MAX) {
            return Err(Reason::TooLarge.into());
        }
        let mut kept = Kept::in_budget(verifier.body_budget());
        let mut time = Time::of(verifier, verifier.body_timeout());
        self.has_begun = true;
        while let Some(piece) = self.next(&mut time).await? {
            kept.add(piece, limit)?;
        }
        Ok(kept)
    }

    /// Reads what is still coming, so that whoever sends it gets to see the answer.
    async fn drain<V: Verify>(&mut self, verifier: &V) {
        let is_coming = self.has_begun || self.at_least() > UNREAD_AT_MOST;
        let is_moderate = self.at_least() <= DRAINED_AT_MOST as u64;
        let mut left = DRAINED_AT_MOST;
        let mut time = Time::of(verifier, DRAINED_FOR);
        while is_coming && is_moderate && !self.has_ended && left > 0 {
            let Ok(Some(piece)) = self.next(&mut time).await else { return };
            left = left.saturating_sub(piece.remaining());
        }
    }

    /// The bytes that are still to come, as far as they were announced.
    fn at_least(&self) -> u64 {
        self.body.size_hint().lower()
    }

    /// The next piece; `None` at the end.
    async fn next<V: Verify>(&mut self, time: &mut Time<'_, V>) -> Result<Option<B::Data>, Rejection> {
        let next = poll_fn(|context| {
            loop {
                match self.body.as_mut().poll_frame(context) {
                    Poll::Ready(Some(Ok(frame))) => {
                        // Trailers are nobody's.
                        if let Ok(piece) = frame.into_data() {
                            return Poll::Ready(Ok(Some(piece)));
                        }
                    }
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(unread(&*error.into()))),
                    Poll::Ready(None) => return Poll::Ready(Ok(None)),
                    Poll::Pending => {
                        return time.poll(context).map(|()| Err(Reason::IncompleteBody.into()));
                    }
                }
            }
        });
        let next = next.await;
        self.has_ended = !matches!(next, Ok(Some(_)));
        next
    }
}

/// A limit of time. The clock is only asked when there is something to wait for.
struct Time<'v, V> {
    verifier: &'v V,
    limit: Duration,
    sleep: Option<Sleep>,
}

impl<'v, V: Verify> Time<'v, V> {
    fn of(verifier: &'v V, limit: Duration) -> Self {
        Self { verifier, limit, sleep: None }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let started = || match Handle::try_current() {
            Ok(_) => self.verifier.sleep(self.limit),
            // There is nobody to wake this up.
            Err(_) => Box::pin(std::future::pending()),
        };
        self.sleep.get_or_insert_with(started).as_mut().poll(context)
    }
}

/// The limit may also be one that a layer of the application set.
fn unread(error: &(dyn Error + 'static)) -> Rejection {
    let mut causes = successors(Some(error), |&error| error.source());
    let too_large = causes.any(<dyn Error>::is::<LengthLimitError>);
    if too_large { Reason::TooLarge.into() } else { Reason::IncompleteBody.into() }
}
