use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum State {
    #[open_enum(40)]
    Signed,
    #[open_enum(0x28)]
    Closed,
    Unknown(i64),
}

fn main() {}
