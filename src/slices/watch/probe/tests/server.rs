//! A tiny server that answers with canned bytes, or does worse.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one connection after it has read a request.
#[derive(Clone)]
pub(super) enum Act {
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Sends these bytes, then the second ones again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends these bytes, then hangs.
    Hang(Vec<u8>),
    /// Resets the connection.
    Reset,
    /// Sends these bytes, then resets.
    SendAndReset(Vec<u8>),
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Binds a port and returns the future that serves it. Answers are used in turn; the last one
    /// repeats.
    pub(super) async fn bind(acts: Vec<Act>) -> (Self, impl Future<Output = ()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::clone(&requests),
        };
        (server, serve(listener, acts, requests))
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub(super) async fn serve(
    listener: TcpListener,
    acts: Vec<Act>,
    requests: Arc<Mutex<Vec<String>>>,
) {
    let mut turn = 0;
    // Hanging connections are kept open until the test ends.
    let mut kept = Vec::new();
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        requests.lock().unwrap().push(request);
        let act = acts[turn.min(acts.len() - 1)].clone();
        turn += 1;
        match act {
            Act::Send(bytes) => {
                // A client that has seen enough closes first.
                stream.write_all(&bytes).await.ok();
                stream.shutdown().await.ok();
            }
            Act::Endless(head, more) => {
                stream.write_all(&head).await.ok();
                while stream.write_all(&more).await.is_ok() {}
            }
            Act::Hang(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                kept.push(stream);
            }
            Act::Reset => stream.set_zero_linger().unwrap(),
            Act::SendAndReset(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                stream.flush().await.unwrap();
                // We cannot wait until the client reads the answer, so the reset may overtake it.
                // Either way is a fault.
                stream.set_zero_linger().unwrap();
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")
                        .map(str::to_owned)
                })
                .map_or(0, |value| value.parse::<usize>().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        // A TLS handshake is answered like a request.
        if count == 0 || bytes.first() == Some(&0x16) {
            return text;
        }
    }
}

pub(super) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(super) fn send(status: &str, headers: &str, body: &str) -> Act {
    Act::Send(answer(status, headers, body.as_bytes()))
}

/// A gzip stream of stored blocks, made by hand so that the tests need no compressor.
pub(super) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks: Vec<&[u8]> = text.chunks(60_000).collect();
    if blocks.is_empty() {
        blocks.push(text);
    }
    for (index, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        out.push(u8::from(index + 1 == blocks.len()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    let crc = text.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    });
    out.extend_from_slice(&(!crc).to_le_bytes());
    out.extend_from_slice(&u32::try_from(text.len()).unwrap().to_le_bytes());
    out
}
