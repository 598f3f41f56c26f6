use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
enum Secret {
    #[safe_debug(skip)]
    Token(String),
}

fn main() {}
