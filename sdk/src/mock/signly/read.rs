//! Reading requests, strictly: what the document does not allow is refused.

use super::refusal::Refusal;
use crate::mock::courier::is_loopback;
use crate::mock::exchange;
use crate::runtime::decode;
use crate::signly::{EventType, WebhookCreate, WebhookSort, WebhookStatus, WebhookTest, WebhookUpdate};
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, IF_MATCH, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};
use url::{Url, form_urlencoded};

/// What a list may hold. How many it holds if nobody says is not documented; here it is the maximum.
const LARGEST_LIST: usize = 100;
/// Assumed; a request cannot have tens of thousands.
const MOST_HEADERS: usize = 1000;

#[derive(Debug)]
pub(super) struct ListQuery {
    pub limit: usize,
    pub status: Option<WebhookStatus>,
    pub sort: Option<WebhookSort>,
}

/// Parameters that are not known are ignored, `nextToken` among them: no answer ever holds one.
pub(super) fn list_query(query: Option<&str>) -> Result<ListQuery, Refusal> {
    let mut read = ListQuery { limit: LARGEST_LIST, status: None, sort: None };
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "limit" => {
                let limit = number(&value)?.filter(|limit| (1..=LARGEST_LIST).contains(limit));
                read.limit = limit.ok_or_else(|| Refusal::invalid("limit", "not from 1 to 100"))?;
            }
            "status" => {
                let status = WebhookStatus::from(&*value);
                check_status(&status)?;
                read.status = Some(status);
            }
            "sort" => {
                let sort = WebhookSort::from(&*value);
                if !sort.is_known() {
                    return Err(Refusal::invalid("sort", "neither updatedAt nor url"));
                }
                read.sort = Some(sort);
            }
            _ => {}
        }
    }
    Ok(read)
}

/// The `limit` of a list that has no other parameters, and whose bounds are not known. Below 1 it is as good as none.
pub(super) fn limit(query: Option<&str>) -> Result<usize, Refusal> {
    let mut parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let given = parameters.find(|(name, _)| name == "limit");
    let limit = given.map(|(_, value)| number(&value)).transpose()?.flatten();
    Ok(limit.unwrap_or(LARGEST_LIST))
}

/// A whole number; `None` if it is below 1.
fn number(limit: &str) -> Result<Option<usize>, Refusal> {
    let limit = limit.parse::<i64>().map_err(|_| Refusal::invalid("limit", "not a whole number"))?;
    Ok(usize::try_from(limit).ok().filter(|limit| *limit > 0))
}

/// A JSON object of the type that the operation takes.
pub(super) fn body<T: DeserializeOwned + Serialize>(headers: &HeaderMap, body: &[u8]) -> Result<T, Refusal> {
    check_media_type(headers)?;
    let object = decode::<Map<String, Value>>(body).map_err(|_| Refusal::unreadable("not a JSON object"))?;
    typed(Value::Object(object))
}

/// A JSON array of objects of the type that the operation takes.
pub(super) fn array<T: DeserializeOwned + Serialize>(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Vec<T>, Refusal> {
    check_media_type(headers)?;
    let array = decode::<Vec<Value>>(body).map_err(|_| Refusal::unreadable("not a JSON array"))?;
    typed(Value::Array(array))
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::media_type());
    }
    Ok(())
}

fn typed<T: DeserializeOwned + Serialize>(json: Value) -> Result<T, Refusal> {
    exchange::strictly(json).map_err(|path| Refusal::invalid(&path, "missing, or not of the right type"))
}

/// The version that a change is based on; `None` if the change is unconditional.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Refusal> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let version = value.to_str().ok().and_then(|value| value.parse().ok());
    let version = version.filter(|_| values.next().is_none());
    version.map(Some).ok_or_else(|| Refusal::invalid("If-Match", "not one bare integer"))
}

pub(super) fn destination(url: Option<&str>) -> Result<String, Refusal> {
    let allowed = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    let url = url.filter(|url| Url::parse(url).is_ok_and(|url| url.has_host() && allowed(&url)));
    url.map(str::to_owned).ok_or_else(|| Refusal::invalid("url", "not an https URL"))
}

pub(super) fn check_create(new: &WebhookCreate) -> Result<(), Refusal> {
    check_events(new.events.as_deref().unwrap_or_default())?;
    check_headers(new.custom_headers.as_ref())
}

pub(super) fn check_update(update: &WebhookUpdate) -> Result<(), Refusal> {
    update.events.as_deref().map_or(Ok(()), check_events)?;
    update.status.as_ref().map_or(Ok(()), check_status)
}

pub(super) fn check_status(status: &WebhookStatus) -> Result<(), Refusal> {
    if status.is_known() { Ok(()) } else { Err(Refusal::invalid("status", "neither ENABLED nor DISABLED")) }
}

/// Types that are not in the document are refused. Whether Signly does the same is not known.
fn check_events(events: &[EventType]) -> Result<(), Refusal> {
    if events.is_empty() || !events.iter().all(EventType::is_known) {
        return Err(Refusal::invalid("events", "empty, or a type that is not known"));
    }
    Ok(())
}

/// Names that differ only in case are one header, which would be sent twice.
fn check_headers(headers: Option<&BTreeMap<String, String>>) -> Result<(), Refusal> {
    let framing = [CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, UPGRADE];
    let mut names = HashSet::new();
    let few = headers.is_none_or(|headers| headers.len() <= MOST_HEADERS);
    let sendable = few
        && headers.into_iter().flatten().all(|(name, value)| {
            HeaderName::try_from(name).is_ok_and(|name| !framing.contains(&name) && names.insert(name))
                && HeaderValue::try_from(value).is_ok()
        });
    if sendable {
        Ok(())
    } else {
        Err(Refusal::invalid("customHeaders", "a header that cannot be sent, or is there twice, or too many"))
    }
}

/// Only the tenant that calls can be named.
pub(super) fn check_test(test: &WebhookTest, tenant: &str) -> Result<(), Refusal> {
    match &test.tenant_id {
        Some(named) if named != tenant => Err(Refusal::invalid("tenantId", "not the tenant of the call")),
        _ => Ok(()),
    }
}
