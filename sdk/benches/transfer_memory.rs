//! How much memory it takes to upload and to download a gigabyte: the peak above what the idle process has.
//!
//! Ends with an error if that is more than 32 MiB. Linux only.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "it measures"
)]

mod support;

use countersign::leap::{self, Person, SignDocument};
use countersign::legalesign::Client;
use std::io::Write;
use std::process::ExitCode;
use support::{MIB, head, peak, reset_peak, resident, serve};

const SIZE: u64 = 1024 * MIB;
const MOST: u64 = 32 * MIB;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let address = serve(|stream, target, uploaded| match target {
        "/templatepdf/" => {
            let is_whole = !(MIB..=SIZE / 3 * 4).contains(&uploaded);
            assert!(is_whole, "{uploaded} bytes are no base64 of the file");
            head(stream, 201, "location: /api/v1/templatepdf/t0/\r\n", 0);
        }
        "/sign-only-api/projects/launch-new" => {
            let is_whole = !(MIB..=SIZE).contains(&uploaded);
            assert!(is_whole, "{uploaded} bytes do not hold the file");
            head(stream, 200, "content-type: application/json\r\n", 2);
            let _ = stream.write_all(b"{}");
        }
        "/pdf/small/" => send(stream, 1),
        _ => send(stream, SIZE),
    });
    let client = Client::builder().base_url(format!("http://{address}")).api_key("ak_bench").build().unwrap();
    let leap =
        leap::Client::builder().base_url(format!("http://{address}")).api_key("bench").build().unwrap();
    let (large, small) = (file("large", SIZE), file("small", 1));
    // So that connections, buffers and the like are there.
    upload(&client, &small).await;
    start(&leap, &small).await;
    assert_eq!(download(&client, "small").await, 1);
    let idle = resident();
    println!("idle: {:.1} MiB", idle as f64 / MIB as f64);

    reset_peak();
    upload(&client, &large).await;
    let uploading = report("uploading 1 GiB as base64 (Legalesign)", idle);
    reset_peak();
    start(&leap, &large).await;
    let starting = report("uploading 1 GiB in a form (Leap)", idle);
    reset_peak();
    assert_eq!(download(&client, "large").await, SIZE);
    let downloading = report("downloading 1 GiB (Legalesign)", idle);

    std::fs::remove_file(large).unwrap();
    std::fs::remove_file(small).unwrap();
    if uploading.max(starting).max(downloading) < MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn upload(client: &Client, path: &std::path::PathBuf) {
    client.create_pdf_template(path).group("my-group").title("Large").send().await.unwrap();
}

async fn start(leap: &leap::Client, path: &std::path::PathBuf) {
    let ada = Person::default().email("ada@example.com");
    let call = leap.start_signing_process("Large", SignDocument::pdf(path)).project_owner(ada.clone());
    call.signers([ada]).send().await.unwrap();
}

async fn download(client: &Client, id: &str) -> u64 {
    let download = client.get_document_pdf(id).send().await.unwrap();
    download.copy_to(&mut tokio::io::sink()).await.unwrap().length
}

/// What the peak is above the idle process.
fn report(what: &str, idle: u64) -> u64 {
    let above = peak().saturating_sub(idle);
    println!(
        "{what}: peak {:.1} MiB, {:.1} MiB above idle",
        peak() as f64 / MIB as f64,
        above as f64 / MIB as f64
    );
    above
}

/// A file with nothing but zeros, which takes no room.
fn file(name: &str, size: u64) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("countersign-bench-{}-{name}.pdf", std::process::id()));
    std::fs::File::create(&path).unwrap().set_len(size).unwrap();
    path
}

fn send(stream: &mut std::net::TcpStream, mut left: u64) {
    head(stream, 200, "content-type: application/pdf\r\n", left);
    let zeros = vec![0; 64 * 1024];
    while left > 0 {
        let piece = &zeros[..zeros.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
        if stream.write_all(piece).is_err() {
            return;
        }
        left -= piece.len() as u64;
    }
}
