use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    #[open_enum("ENABLED")]
    Enabled,
    #[open_enum(r"ENABLED")]
    On,
    Unknown(String),
}

fn main() {}
