use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
#[safe_debug(redact)]
struct Signer(#[safe_debug(skip)] String);

fn main() {}
