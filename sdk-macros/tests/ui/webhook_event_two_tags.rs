use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event("CREATED", "MADE")]
    Created(String),
    #[event(unknown)]
    Unknown { tag: String, data: serde_json::Value },
}

fn main() {}
