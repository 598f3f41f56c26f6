use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    #[open_enum("ENABLED", "ON")]
    Enabled,
    Unknown(String),
}

fn main() {}
