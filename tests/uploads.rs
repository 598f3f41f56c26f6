//! The time that content may take on its way out, and that its answer may take.

use crate::support::legalesign::KEY;
use countersign::legalesign::Client;
use countersign::{Content, Effect, ErrorKind, RetryPolicy};
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A client with small limits of a server that serves one connection.
async fn client<F>(serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> Client
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { serve(listener.accept().await.unwrap().0).await });
    let limit = Duration::from_millis(300);
    let builder = Client::builder().base_url(format!("http://{address}")).api_key(KEY);
    builder.read_timeout(limit).attempt_timeout(limit).retry(RetryPolicy::never()).build().unwrap()
}

async fn upload(client: &Client, length: usize) -> Result<String, countersign::Error> {
    let template = client.create_pdf_template(Content::bytes(vec![b'x'; length])).group("g");
    template.send().await.map(|created| created.id.to_string())
}

/// Reads until the end of the body, which is the only one with a `}` at the end.
async fn read(stream: &mut TcpStream, mut each: impl AsyncFnMut()) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        if read == 0 || buffer[read - 1] == b'}' {
            return;
        }
        each().await;
    }
}

/// The content is in the buffers of the system at once, and leaves them over a time that is longer than any limit.
#[tokio::test]
async fn an_upload_that_is_slow_and_moves_is_not_cut_off() {
    let client = client(|mut stream| async move {
        read(&mut stream, async || tokio::time::sleep(Duration::from_millis(75)).await).await;
        let answer = b"HTTP/1.1 201 X\r\nlocation: /api/v1/templatepdf/t0/\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
    });
    assert_eq!(upload(&client.await, 700_000).await.unwrap(), "t0");
}

#[tokio::test]
async fn an_answer_to_content_has_a_limit_although_it_always_moves() {
    let client = client(|mut stream| async move {
        read(&mut stream, async || {}).await;
        let head = b"HTTP/1.1 201 X\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
        stream.write_all(head).await.unwrap();
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let error = upload(&client.await, 10).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Done));
}

/// The system tells it at once; elsewhere it takes as long as a slow connection would need.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
#[tokio::test]
async fn an_upload_that_nobody_receives_ends() {
    let client = client(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    });
    let error = upload(&client.await, 20_000_000).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Unknown));
}
