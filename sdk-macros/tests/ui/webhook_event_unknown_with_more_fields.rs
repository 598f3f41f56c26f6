use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event(unknown)]
    Unknown { tag: String, data: serde_json::Value, at: u64 },
}

fn main() {}
