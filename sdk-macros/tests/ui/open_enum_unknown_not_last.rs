use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    Unknown(String),
    #[open_enum("ENABLED")]
    Enabled,
}

fn main() {}
