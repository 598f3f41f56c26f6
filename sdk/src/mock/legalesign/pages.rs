//! Lists, with their `meta`.

use super::answer::{Answer, Outcome, Refusal};
use super::read::Call;
use serde_json::{Value, json};
use url::form_urlencoded;

/// How many there are on a page if nobody says.
const USUAL_LIMIT: usize = 20;
/// The most there are on a page, whatever is asked for. The real number is not documented.
const LARGEST_LIMIT: usize = 1000;

/// The page of a list that a call asks for.
pub(super) fn page<T>(call: &Call, items: &[T], show: impl Fn(&T) -> Value) -> Outcome {
    let limit = call.query.number("limit", USUAL_LIMIT)?.min(LARGEST_LIMIT);
    let offset = call.query.number("offset", 0)?;
    if limit == 0 {
        return Err(Refusal::member("query", "limit", "not above 0"));
    }
    let end = offset.saturating_add(limit);
    let objects: Vec<Value> = items.iter().skip(offset).take(limit).map(show).collect();
    let next = (end < items.len()).then(|| neighbour(call, end, limit));
    let previous = (offset > 0).then(|| neighbour(call, offset.saturating_sub(limit), limit));
    let meta = json!({
        "limit": limit,
        "next": next,
        "offset": offset,
        "previous": previous,
        "total_count": items.len(),
    });
    Ok(Answer::ok(json!({ "meta": meta, "objects": objects })))
}

/// A list that knows no pages and looks like one page.
pub(super) fn whole(objects: &[Value]) -> Value {
    let count = objects.len();
    let meta = json!({ "limit": count, "next": null, "offset": 0, "previous": null, "total_count": count });
    json!({ "meta": meta, "objects": objects })
}

/// The reference of another page: host-relative, with all else that was asked for.
fn neighbour(call: &Call, offset: usize, limit: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("offset", &offset.to_string()).append_pair("limit", &limit.to_string());
    for (name, value) in call.query.0.iter().filter(|(name, _)| name != "limit" && name != "offset") {
        query.append_pair(name, value);
    }
    format!("{}?{}", call.path, query.finish())
}
