use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    #[open_enum]
    Enabled,
    Unknown(String),
}

fn main() {}
