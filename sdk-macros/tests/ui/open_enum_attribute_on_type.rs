use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
#[open_enum("ENABLED")]
enum Status {
    Unknown(String),
}

fn main() {}
