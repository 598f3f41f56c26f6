use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
struct Signer {
    #[safe_debug(redact)]
    #[safe_debug(redact)]
    email: String,
}

fn main() {}
