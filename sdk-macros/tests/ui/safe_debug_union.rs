use countersign_macros::SafeDebug;

#[derive(SafeDebug)]
union Secret {
    number: u8,
}

fn main() {}
