use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
struct Status(String);

fn main() {}
