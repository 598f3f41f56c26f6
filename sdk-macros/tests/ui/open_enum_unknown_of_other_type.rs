use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum State {
    #[open_enum(40)]
    Signed,
    Unknown(u8),
}

fn main() {}
