use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event(unknown)]
    Unknown { tag: String, payload: serde_json::Value },
}

fn main() {}
