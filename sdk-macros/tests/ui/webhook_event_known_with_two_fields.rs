use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event("CREATED")]
    Created(String, String),
    #[event(unknown)]
    Unknown { tag: String, data: serde_json::Value },
}

fn main() {}
