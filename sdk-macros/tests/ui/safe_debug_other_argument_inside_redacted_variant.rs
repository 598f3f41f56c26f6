use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
enum Secret {
    #[safe_debug(redact)]
    Token(#[safe_debug(skip)] String),
}

fn main() {}
