use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    Enabled,
    Unknown(String),
}

fn main() {}
