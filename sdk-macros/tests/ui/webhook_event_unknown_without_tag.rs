use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event(unknown)]
    Unknown { name: String, data: serde_json::Value },
}

fn main() {}
