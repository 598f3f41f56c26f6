//! The operations of subscriptions.

use super::answer::{Answer, Outcome, Refusal};
use super::people::merge;
use super::read::{Call, Form};
use super::state::{PREFIX, Store, find};
use super::subscribers::{NOTIFY, Webhook};
use http::StatusCode;
use serde_json::{Map, Value, json};

const EVENT_FILTERS: [&str; 11] = [
    "",
    "document.*",
    "document.created",
    "document.rejected",
    "document.finalPdfCreated",
    "recipient.*",
    "recipient.completed",
    "recipient.rejected",
    "recipient.emailOpened",
    "recipient.visiting",
    "recipient.bounced",
];

fn is_url(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// No id is shown; only creating a subscription tells it.
#[allow(clippy::unnecessary_wraps, reason = "operations have one form")]
pub(super) fn list_webhooks(store: &mut Store, _: &Call) -> Outcome {
    let show = |webhook: &Webhook| {
        let mut shown = json!({
            "active": true,
            "notify_when": webhook.notify_when,
            "url": webhook.url,
            "event_filter": webhook.event_filter,
        });
        if let Some(group) = webhook.group {
            merge(&mut shown, json!({ "group_id": group }));
        }
        shown
    };
    Ok(Answer::ok(store.webhooks.iter().map(show).collect()))
}

pub(super) fn subscribe(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("subscribe", call)?;
    let notify = form.needs_text("notify", 20);
    let notify_when = NOTIFY.iter().find(|(word, _)| *word == notify).map(|(_, number)| *number);
    if notify_when.is_none() && !notify.is_empty() {
        form.wrong("notify", "no known kind");
    }
    let url = form.needs_text("url", 2000);
    if !url.is_empty() && !is_url(&url) {
        form.wrong("url", "no URL");
    }
    let event_filter = check_event_filter(&mut form);
    let group = form.text("group", 200).filter(|group| !group.is_empty());
    form.finish()?;
    let group = match group {
        Some(group) => Some(named_group(store, &group).ok_or_else(Refusal::misreferenced)?),
        None => None,
    };
    let number = store.next_number();
    let notify_when = notify_when.unwrap_or_default();
    let (changes, last_list) = (Vec::new(), call.now);
    store.webhooks.push(Webhook { number, notify_when, url, event_filter, group, changes, last_list });
    Ok(Answer::at(StatusCode::CREATED, format!("{PREFIX}/unsubscribe/{number}/")))
}

fn check_event_filter(form: &mut Form) -> String {
    let event_filter = form.text("eventFilter", 60).unwrap_or_default();
    if !EVENT_FILTERS.contains(&event_filter.as_str()) {
        form.wrong("eventFilter", "no known event");
    }
    event_filter
}

/// The number of a group, by its slug or its reference.
fn named_group(store: &Store, name: &str) -> Option<i64> {
    let slug = name.trim_end_matches('/').rsplit('/').next()?;
    find(&store.groups, slug).ok().map(|group| group.number)
}

/// Says the same whether the URL was subscribed or not.
pub(super) fn unsubscribe(store: &mut Store, call: &Call) -> Outcome {
    let members: Result<Map<String, Value>, _> = serde_json::from_slice(&call.body);
    let members = members.map_err(|_| Refusal::plain("the body is no JSON object"))?;
    let text = |name| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut form = Form::of("unsubscribe", members.clone());
    check_event_filter(&mut form);
    form.text("group", 200);
    let url = text("url").filter(|url| is_url(url)).ok_or_else(|| Refusal::plain("the url is none"))?;
    form.finish()?;
    // An unknown group has no subscription; none has the number 0.
    let group = text("group").map(|name| named_group(store, name).unwrap_or(0));
    let filter = text("eventFilter");
    store.webhooks.retain(|webhook| {
        let same_filter = filter.is_none_or(|filter| filter == webhook.event_filter);
        let same_group = group.is_none() || group == webhook.group;
        !(webhook.url == url && same_filter && same_group)
    });
    Ok(Answer::empty(StatusCode::OK))
}

pub(super) fn unsubscribe_by_id(store: &mut Store, call: &Call) -> Outcome {
    let number: Option<i64> = call.id.parse().ok();
    let place = store.webhooks.iter().position(|webhook| Some(webhook.number) == number);
    store.webhooks.remove(place.ok_or_else(Refusal::not_found)?);
    Ok(Answer::empty(StatusCode::OK))
}
