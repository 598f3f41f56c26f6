use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
struct Signer(#[safe_debug] String);

fn main() {}
