use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event(unknown)]
    Unknown { tag: String, data: serde_json::Value },
    #[event(unknown)]
    Other { tag: String, data: serde_json::Value },
}

fn main() {}
