use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {
    #[open_enum("ENABLED")]
    Enabled,
    Unknown { value: String },
}

fn main() {}
