use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event(unknown)]
    Unknown(String, serde_json::Value),
}

fn main() {}
