use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status<const N: usize> {
    #[open_enum("ENABLED")]
    Enabled,
    Unknown(String),
}

fn main() {}
