use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    #[open_enum("ENABLED")]
    #[open_enum("ON")]
    Enabled,
    Unknown(String),
}

fn main() {}
