//! What the programs here share: the memory of this process, and requests as a server sees them.
#![allow(dead_code, reason = "no program uses all of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

pub const KIB: u64 = 1024;
pub const MIB: u64 = 1024 * KIB;

/// The most memory that was resident since the last [`reset_peak`], in bytes. Linux only.
pub fn peak() -> u64 {
    status("VmHWM:")
}

/// The memory that is resident now, in bytes. Linux only.
pub fn resident() -> u64 {
    status("VmRSS:")
}

/// Lets [`peak`] begin anew.
pub fn reset_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * KIB
}

/// Answers requests from threads of its own: `answer` gets the target and the length of the body, which was read away.
pub fn serve(answer: impl Fn(&mut TcpStream, &str, u64) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || converse(stream, answer));
        }
    });
    address
}

fn converse(mut stream: TcpStream, answer: impl Fn(&mut TcpStream, &str, u64)) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut discarded = vec![0; 64 * 1024];
    loop {
        let (mut target, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if target.is_none() {
                target = line.split(' ').nth(1).map(str::to_owned);
            } else if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut left = length;
        while left > 0 {
            let most = discarded.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            match reader.read(&mut discarded[..most]) {
                Ok(read) if read > 0 => left -= read as u64,
                _ => return,
            }
        }
        answer(&mut stream, target.as_deref().unwrap_or_default(), length);
    }
}

/// The head of an answer with a body of this length.
pub fn head(stream: &mut TcpStream, status: u16, headers: &str, length: u64) {
    let head = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
}
