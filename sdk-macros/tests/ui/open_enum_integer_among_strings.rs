use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    #[open_enum("ENABLED")]
    Enabled,
    #[open_enum(40)]
    Signed,
    Unknown(String),
}

fn main() {}
