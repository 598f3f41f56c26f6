use countersign_macros::WebhookEvent;

#[derive(WebhookEvent)]
struct EventData;

fn main() {}
