use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
enum EventData {
    #[event("CREATED")]
    Created(String),
}

fn main() {}
