//! Applications that are looked at byte by byte.

use super::support::PATIENCE;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// An application that notes requests as they arrive, and gives each the answer that it is to have.
pub struct Application {
    pub origin: String,
    arrived: Receiver<Vec<u8>>,
}

impl Application {
    pub fn start(answers: &[&[u8]]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (note, arrived) = channel();
        let answers = answers.iter().map(|answer| answer.to_vec()).collect::<Vec<_>>();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                note.send(request(&mut stream)).unwrap();
                // Whoever has read enough may have gone.
                let _ = stream.write_all(&answer);
            }
        });
        Self { origin, arrived }
    }

    /// The next request, each byte of it as a letter.
    pub fn next(&self) -> String {
        latin(&self.arrived.recv_timeout(PATIENCE).unwrap())
    }

    /// That nothing arrived so far.
    pub fn assert_untouched(&self) {
        assert!(self.arrived.try_recv().is_err());
    }
}

/// Reads head and body of a request.
fn request(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut length = None;
    while length.is_none_or(|length| bytes.len() < length) {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).unwrap();
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&part[..count]);
        let text = latin(&bytes);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let body = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let body = body.map_or(0, |length| length.parse::<usize>().unwrap());
            length = Some(head.chars().count() + 4 + body);
        }
    }
    bytes
}

/// Each byte as a letter, so that a difference can be read.
pub fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
