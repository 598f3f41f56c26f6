use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    #[open_enum("ENABLED")]
    Enabled(bool),
    Unknown(String),
}

fn main() {}
