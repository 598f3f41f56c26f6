use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    #[open_enum("ENABLED")]
    Enabled,
    Unknown(String, String),
}

fn main() {}
