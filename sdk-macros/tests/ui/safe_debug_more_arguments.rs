use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
struct Signer {
    #[safe_debug(redact, always)]
    email: String,
}

fn main() {}
