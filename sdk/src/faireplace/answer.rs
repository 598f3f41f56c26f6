//! How answers and refusals are read, which is the same for both interfaces
//! \[[ER1](crate::faireplace::workers::sources#er1), [ER2](crate::faireplace::signatures::sources#er2)\]. That workers
//! get the same errors is inferred.

use crate::runtime::{Answer, Explanation, Opened, Operation, Outcome, Timestamp, absent, decode};
use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// When the calls of this hour are counted anew, in seconds since 1970
/// \[[PG](crate::faireplace::signatures::sources#pg)\].
const RESET: &str = "x-ratelimit-reset";
/// The attempts for a one-time code are used up \[[OTP2](crate::faireplace::signatures::sources#otp2)\].
const OTP_LOCKED: &str = "OTP_LOCKED";

/// What an answer says of its own success.
#[derive(Deserialize)]
struct Verdict {
    success: Option<Value>,
}

/// An answer whose status says success may say otherwise: `success` is `false` then.
pub(super) fn open<T: DeserializeOwned>(operation: &Operation, answer: &Answer) -> Result<Opened<T>, String> {
    if let Some(value) = absent().filter(|_| answer.body.is_empty()) {
        return Ok(Opened::plain(value));
    }
    let verdict = decode::<Verdict>(&answer.body).ok().and_then(|verdict| verdict.success);
    if verdict == Some(Value::Bool(false)) {
        return Ok(Opened::Failure(explain(answer)));
    }
    Ok(Opened::Success {
        value: answer.decode(operation)?,
        rest: None,
        request_id: Body::read(answer).request_id(),
    })
}

/// What a refusal says. A gateway in front of the service answers in its own form, so nothing is required.
pub(super) fn explain(answer: &Answer) -> Explanation {
    let body = Body::read(answer);
    let text = |member: &str| body.error.get(member).and_then(Value::as_str).map(str::to_owned);
    let code = text("type");
    let is_locked = code.as_deref() == Some(OTP_LOCKED);
    let explanation = Explanation::new(code, body.request_id());
    if is_locked {
        let until = body.error.pointer("/details/locked_until").and_then(Value::as_str);
        return explanation
            .meaning(Outcome::Locked)
            .until(until.map(Timestamp::from).and_then(|time| time.to_system_time()));
    }
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        explanation.until(reset(answer))
    } else {
        explanation
    }
}

fn reset(answer: &Answer) -> Option<SystemTime> {
    let seconds = answer.headers.get(RESET)?.to_str().ok()?.trim().parse().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// `{"error": {"type": …, "details": …}, "meta": {"request_id": …}}`. Some have no `meta`
/// \[[OTP2](crate::faireplace::signatures::sources#otp2)\].
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    error: Value,
    meta: Value,
}

impl Body {
    fn read(answer: &Answer) -> Self {
        decode(&answer.body).unwrap_or_default()
    }

    fn request_id(&self) -> Option<String> {
        self.meta.get("request_id")?.as_str().map(str::to_owned)
    }
}
