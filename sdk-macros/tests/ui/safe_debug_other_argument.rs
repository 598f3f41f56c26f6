use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
struct Signer {
    #[safe_debug(hide)]
    email: String,
}

fn main() {}
