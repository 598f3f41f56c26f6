use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData<const N: usize> {
    #[event("CREATED")]
    Created([u8; N]),
    #[event(unknown)]
    Unknown { tag: String, data: serde_json::Value },
}

fn main() {}
