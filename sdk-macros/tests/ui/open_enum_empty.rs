use countersign_macros::OpenEnum;

#[derive(OpenEnum)]
enum Status {}

fn main() {}
