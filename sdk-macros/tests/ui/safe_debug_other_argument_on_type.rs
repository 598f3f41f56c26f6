use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
#[safe_debug(skip)]
struct Signer(String);

fn main() {}
