//! Whether the way to a provider is open, and what time it is there. Asked without credentials.

use super::check::{Check, failed, note, ok, warning};
use crate::clock;
use crate::environment;
use crate::failure::chain;
use crate::post;
use crate::provider::Provider;
use http::header::DATE;
use std::time::{Duration, SystemTime};
use url::Url;

/// How far two clocks may be apart: a date is written in whole seconds, and an answer takes its time.
const TOLERANCE: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(15);
pub const WAY: &str =
    "look at name resolution, firewall, proxy and TLS roots; behind a proxy set HTTPS_PROXY";

const HERE: &str = "nothing listens there; if it is a mock: is it running, and at this port?";

/// One question, whatever it is answered with.
pub async fn look_at(provider: Provider) -> Vec<Check> {
    let check = "address";
    let stated = environment::value(&provider.variable("BASE_URL")).ok().flatten();
    let Some(url) = stated.or_else(|| provider.facts().address.map(str::to_owned)) else {
        return vec![note(provider, check, "address not tried: it is in the profile")];
    };
    let Ok(url) = Url::parse(&url) else {
        return vec![failed(provider, check, "the base URL is no URL", "it looks like https://host/path")];
    };
    let is_here = post::is_loopback(&url);
    let host = url.host_str().unwrap_or_default().to_owned();
    let asked = match client(&url) {
        Ok(client) => client.get(url).send().await,
        Err(error) => Err(error),
    };
    match asked.map_err(reqwest::Error::without_url) {
        Err(error) => {
            let remedy = if is_here { HERE } else { WAY };
            vec![failed(provider, check, format!("{host} cannot be reached: {}", chain(&error)), remedy)]
        }
        Ok(answer) => {
            let reached = ok(provider, check, format!("{host} can be reached"));
            let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
            vec![reached, compare(provider, date, clock::now())]
        }
    }
}

fn client(url: &Url) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
    // As the SDK does.
    let builder = if post::is_loopback(url) { builder.no_proxy() } else { builder };
    builder.user_agent(concat!("countersign-cli/", env!("CARGO_PKG_VERSION"))).build()
}

/// Compares the clocks.
fn compare(provider: Provider, date: Option<&str>, now: SystemTime) -> Check {
    let check = "clock";
    let Some(there) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
        return note(provider, check, "the clock cannot be compared: the answer has no date");
    };
    let (apart, how) = match there.duration_since(now) {
        Ok(apart) => (apart, "behind"),
        Err(error) => (error.duration(), "ahead of"),
    };
    if apart <= TOLERANCE {
        return ok(provider, check, "the clock agrees with the provider's");
    }
    let apart = apart.as_secs();
    warning(
        provider,
        check,
        format!("the clock is {apart} seconds {how} the provider's"),
        "set the clock, by NTP for instance: callbacks with a time are refused if it is wrong",
    )
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::provider::Provider;
    use std::time::{Duration, SystemTime};

    #[test]
    fn half_a_minute_is_forgiven_in_either_direction() {
        let there = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let date = httpdate::fmt_http_date(there);
        let cases = [
            (0, 30, "agrees"),
            (30, 0, "agrees"),
            (0, 31, "31 seconds behind"),
            (31, 0, "31 seconds ahead of"),
        ];
        for (ahead, behind, expected) in cases {
            let now = there + Duration::from_secs(ahead) - Duration::from_secs(behind);
            let told = format!("{:?}", compare(Provider::Leap, Some(&date), now));
            assert!(told.contains(expected), "{told}");
        }
        for date in [None, Some("yesterday")] {
            assert!(format!("{:?}", compare(Provider::Leap, date, there)).contains("cannot be compared"));
        }
    }
}
