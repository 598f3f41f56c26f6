use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    Unknown(String),
    Other(String),
}

fn main() {}
