use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event("CREATED")]
    Created,
    #[event(unknown)]
    Unknown { tag: String, data: serde_json::Value },
}

fn main() {}
