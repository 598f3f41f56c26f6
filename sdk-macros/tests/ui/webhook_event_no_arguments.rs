use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event]
    Created(String),
    #[event(unknown)]
    Unknown { tag: String, data: serde_json::Value },
}

fn main() {}
