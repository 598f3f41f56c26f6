use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
#[event(unknown)]
enum EventData {
    #[event(unknown)]
    Unknown { tag: String, data: serde_json::Value },
}

fn main() {}
