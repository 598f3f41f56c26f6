use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum State {
    #[open_enum(9223372036854775808)]
    Signed,
    Unknown(i64),
}

fn main() {}
