use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
struct Signer {
    #[safe_debug(redact = false)]
    email: String,
}

fn main() {}
