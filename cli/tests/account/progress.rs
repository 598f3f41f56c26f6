//! The bar that shows how far a transfer is.

use super::{ADA, sent};
use crate::screen;
use crate::world;

/// More than is read at once.
fn large_pdf() -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    pdf.resize(3 * 1024 * 1024, b'x');
    pdf
}

#[test]
fn an_upload_has_a_bar_that_gets_to_its_end() {
    let world = world::legalesign();
    world.file("contract.pdf", large_pdf());
    let arguments = ["send", "legalesign", "contract.pdf", "--group", world.server.group(), "--signer", ADA];
    let seen = screen::run(&world, &arguments, "");
    assert_eq!(seen.code, 0, "{}", seen.screen);
    let bar = format!("uploading [{}] 100% 3.00 MiB of 3.00 MiB", "=".repeat(30));
    assert!(seen.screen.contains(&bar), "{}", seen.screen);
    assert!(!seen.raw.contains("\u{1b}[3"), "there are colours in spite of NO_COLOR");

    let printed = world.run(&arguments);
    assert_eq!(printed.code, 0);
    assert!(!printed.err.contains('%') && !printed.err.contains("uploading"), "{}", printed.err);
}

#[test]
fn a_download_has_a_bar_that_gets_to_its_end() {
    let world = world::legalesign();
    let id = sent(&world);
    world.server.sign_all(&id).unwrap();
    let seen = screen::run(&world, &["download", "legalesign", &id, "-o", "signed.pdf"], "");
    assert_eq!(seen.code, 0, "{}", seen.screen);
    let bar = format!("downloading [{}] 100%", "=".repeat(30));
    assert!(seen.screen.contains(&bar), "{}", seen.screen);
    let printed = world.run(&["download", "legalesign", &id, "-o", "again.pdf"]);
    assert_eq!(printed.code, 0);
    assert!(!printed.err.contains("downloading"), "{}", printed.err);
}

#[test]
fn a_bar_that_breaks_off_does_not_say_that_it_was_whole() {
    let mut world = world::legalesign();
    world.file("contract.pdf", large_pdf());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    world.set("LEGALESIGN_BASE_URL", format!("http://{free}/api/v1"));
    let seen =
        screen::run(&world, &["send", "legalesign", "contract.pdf", "--group", "g", "--signer", ADA], "");
    assert_eq!(seen.code, 1, "{}", seen.screen);
    assert!(!seen.screen.contains("100%"), "{}", seen.screen);
}
