//! The five steps over HTTP, wherever the profile has them.

use super::state::{Refusal, State};
use crate::mock::{exchange, id};
use crate::runtime::decode;
use crate::sign8::{CredentialForm, IdPlace, Routes, Segment, Step, Template};
use axum::Router;
use axum::extract::State as Extract;
use axum::response::Response;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Paths are matched here: those of a profile could be such as a router would not take.
pub(super) fn router(state: Arc<State>) -> Router {
    Router::new().fallback(answer).with_state(state)
}

/// Two steps that one path could mean.
pub(super) fn overlap(routes: &Routes) -> Option<(Step, Step)> {
    let alike = |one: &Template, other: &Template| {
        let (one, other) = (one.segments(), other.segments());
        let pairs = || one.iter().zip(other);
        one.len() == other.len()
            && pairs().all(|pair| match pair {
                (Segment::Text(one), Segment::Text(other)) => one == other,
                _ => true,
            })
    };
    let pairs =
        routes.paths.iter().flat_map(|one| routes.paths.range(..one.0).map(move |other| (other, one)));
    let mut alike = pairs.filter(|((_, other), (_, one))| alike(one, other));
    alike.next().map(|((other, _), (one, _))| (*other, *one))
}

async fn answer(
    Extract(state): Extract<Arc<State>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match process(&state, &method, uri.path(), &headers, &body) {
        Ok(answer) => exchange::json(StatusCode::OK, &Value::Object(answer)),
        Err((status, problem)) => {
            let mut refusal = exchange::json(status, &json!({ "made_up_error": problem }));
            if status == StatusCode::METHOD_NOT_ALLOWED {
                refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            }
            refusal
        }
    }
}

type Refused = (StatusCode, &'static str);

fn process(
    state: &State,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Map<String, Value>, Refused> {
    if !is_authorised(state, headers) {
        return Err((StatusCode::UNAUTHORIZED, "the credential is missing or wrong"));
    }
    let found = state.routes.paths.iter().find_map(|(step, template)| Some((*step, fit(template, path)?)));
    let (step, ids) = found.ok_or((StatusCode::NOT_FOUND, "the profile has no such path"))?;
    if method != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "every step is a POST"));
    }
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is not said to be JSON"));
    }
    let body: Map<String, Value> =
        decode(body).map_err(|_| (StatusCode::BAD_REQUEST, "the body is no JSON object"))?;
    let mut texts = BTreeSet::new();
    body.values().for_each(|value| collect(value, &mut texts));
    let id = state.step(step, &ids, &texts).map_err(|refusal| match refusal {
        Refusal::UnknownId => (StatusCode::NOT_FOUND, "an id in the path names nothing here"),
        Refusal::NoWorkflow => (StatusCode::BAD_REQUEST, "the ids do not name one workflow"),
        Refusal::Ended => (StatusCode::CONFLICT, "the workflow has ended"),
        Refusal::Order(Step::AddFile) => (StatusCode::CONFLICT, "there is no file yet"),
        Refusal::Order(Step::AddSigner) => (StatusCode::CONFLICT, "there is no signer yet"),
        Refusal::Order(_) => (StatusCode::CONFLICT, "there is no signature yet"),
    })?;
    Ok(success(state, step, id))
}

fn is_authorised(state: &State, headers: &HeaderMap) -> bool {
    let Some(value) = exchange::once(headers, &state.routes.header) else { return false };
    let key = match &state.profile.credential.form {
        Some(CredentialForm::Scheme(scheme)) => {
            value.strip_prefix(scheme.as_bytes()).and_then(|rest| rest.strip_prefix(b" "))
        }
        _ => Some(value),
    };
    key.is_some_and(|key| state.key.matches(key))
}

/// The ids in a path that fits.
fn fit(template: &Template, path: &str) -> Option<Vec<(Step, String)>> {
    let mut found = path.strip_prefix('/')?.split('/');
    let mut ids = Vec::new();
    for segment in template.segments() {
        let found = found.next()?;
        match segment {
            Segment::Text(text) if text == found => {}
            Segment::Text(_) => return None,
            Segment::Id(_) if found.is_empty() => return None,
            Segment::Id(step) => {
                let id = percent_decode_str(found).decode_utf8().ok()?;
                ids.push((*step, id.into_owned()));
            }
        }
    }
    found.next().is_none().then_some(ids)
}

/// Every text in a value, however deep.
fn collect<'a>(value: &'a Value, texts: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => {
            texts.insert(text);
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(members) => members.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

/// An object with the id and the link where the profile looks for them.
fn success(state: &State, step: Step, id: String) -> Map<String, Value> {
    let mut answer = Map::new();
    let Some(profile) = state.profile.steps.get(&step) else { return answer };
    if let Some(pointer) = &profile.link {
        let link = format!("https://sign8.invalid/made-up-link/{}", id::uuid());
        put(&mut answer, pointer, link);
    }
    if let Some(IdPlace::At(pointer)) = &profile.id {
        put(&mut answer, pointer, id);
    }
    answer
}

/// Numbers in a pointer become members too: a pointer that finds the element of a list finds those as well.
fn put(object: &mut Map<String, Value>, pointer: &str, text: String) {
    let mut names = pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~"));
    let Some(mut name) = names.next() else { return };
    let mut object = object;
    for next in names {
        let member = object.entry(name).or_insert(Value::Null);
        if !member.is_object() {
            *member = json!({});
        }
        let Some(inner) = member.as_object_mut() else { return };
        (object, name) = (inner, next);
    }
    object.insert(name, Value::String(text));
}
