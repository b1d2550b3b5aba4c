//! The smallest HTTP/1.1 server that can misbehave: reset a connection, stay silent, send half an
//! answer.
//!
//! Ordinary server libraries rightly make such answers impossible, so this one is written by hand.
//!
//! # Invariants
//! - It tolerates whatever clients send.
//! - No task outlives the [`Server`].

use std::{fmt::Write as _, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use percent_encoding::percent_decode_str;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::socket::{read_more, write_all};
use super::steps::Step;

/// None of our clients sends a longer head.
const HEAD_LIMIT: usize = 64 * 1024;
/// Telegram takes uploads of 50 MB; a little more is read so that the refusal can be an answer.
const BODY_LIMIT: usize = 60 * 1024 * 1024;
/// A request as received.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Percent-decoded, without the query.
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }
}

/// How the connection is answered.
#[derive(Debug)]
pub enum Answer {
    /// An ordinary answer; the connection lives on.
    Plain {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// The steps in sequence, then an orderly end of the connection.
    Steps(Vec<Step>),
    /// The connection is reset without a byte.
    Reset,
}

impl Answer {
    /// These bytes exactly, then an orderly end of the connection.
    pub fn cut(bytes: Vec<u8>) -> Self {
        Self::Steps(vec![Step::Bytes(bytes)])
    }

    /// Nothing, until the client disconnects.
    pub fn hang() -> Self {
        Self::Steps(vec![Step::Hang])
    }
}

/// A listening server; dropping it ends every connection.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Listens on a free loopback port. The handler also returns a guard. A plain answer drops the
    /// guard just before its last byte is sent, the others after the connection has ended.
    pub async fn start<F, R, G>(handler: F) -> anyhow::Result<Self>
    where
        F: Fn(Request) -> R + Send + Sync + 'static,
        R: Future<Output = (Answer, G)> + Send + 'static,
        G: Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("no free port on 127.0.0.1")?;
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::new(handler)));
        Ok(Self {
            address,
            _tasks: tasks,
        })
    }

    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn accept<F, R, G>(listener: TcpListener, handler: Arc<F>)
where
    F: Fn(Request) -> R + Send + Sync + 'static,
    R: Future<Output = (Answer, G)> + Send + 'static,
    G: Send + 'static,
{
    // The connections belong to this task, so they end with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let handler = Arc::clone(&handler);
                    connections.spawn(async move {
                        // A server does not care about a client that disconnects.
                        serve(&stream, &*handler).await.ok();
                    });
                }
                // Out of file descriptors: a busy loop would make it worse.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve<F, R, G>(stream: &TcpStream, handler: &F) -> io::Result<()>
where
    F: Fn(Request) -> R,
    R: Future<Output = (Answer, G)>,
{
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(request) = read_request(stream, &mut buffer).await? {
        let close = request
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let head_only = request.method == "HEAD";
        let (answer, guard) = handler(request).await;
        match answer {
            Answer::Plain {
                status,
                headers,
                body,
            } => {
                let mut bytes = head(status, &headers, Some(body.len()));
                if !head_only {
                    bytes.extend_from_slice(&body);
                }
                drop(guard);
                write_all(stream, &bytes).await?;
                if close {
                    return Ok(());
                }
                continue;
            }
            Answer::Steps(steps) => {
                for step in steps {
                    step.take(stream).await?;
                }
            }
            Answer::Reset => stream.set_zero_linger()?,
        }
        drop(guard);
        return Ok(());
    }
    Ok(())
}

/// A status line and headers; without a length the body ends with the connection.
pub fn head(status: u16, headers: &[(&'static str, String)], length: Option<usize>) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    for (name, value) in headers {
        // Writing to a string cannot fail.
        write!(text, "{name}: {value}\r\n").ok();
    }
    match length {
        Some(length) => write!(text, "content-length: {length}\r\n\r\n").ok(),
        None => write!(text, "connection: close\r\n\r\n").ok(),
    };
    text.into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

async fn read_request(stream: &TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let end = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end;
        }
        if buffer.len() > HEAD_LIMIT {
            return Err(io::Error::other("the head is too long"));
        }
        if read_more(stream, buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head: Vec<u8> = buffer.drain(..end + 4).collect();
    let Some(mut request) = parse_head(&String::from_utf8_lossy(&head)) else {
        return Err(io::Error::other("the head is not HTTP"));
    };
    if request.header("expect").is_some() {
        write_all(stream, b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    request.body = if request.header("transfer-encoding").is_some() {
        read_chunks(stream, buffer).await?
    } else {
        let length = request
            .header("content-length")
            .and_then(|value| value.trim().parse().ok())
            .unwrap_or(0);
        take(stream, buffer, length).await?
    };
    Ok(Some(request))
}

fn parse_head(head: &str) -> Option<Request> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let method = words.next()?.to_owned();
    let target = words.next()?;
    if !words.next()?.starts_with("HTTP/1.") {
        return None;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    Some(Request {
        method,
        path: percent_decode_str(path).decode_utf8_lossy().into_owned(),
        query: query.to_owned(),
        headers,
        body: Vec::new(),
    })
}

async fn read_chunks(stream: &TcpStream, buffer: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream, buffer).await?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
        if size == 0 {
            // Trailers, if any, end with an empty line.
            while !read_line(stream, buffer).await?.is_empty() {}
            return Ok(body);
        }
        body.extend(take(stream, buffer, size).await?);
        if body.len() > BODY_LIMIT {
            return Err(io::Error::other("the body is too long"));
        }
        read_line(stream, buffer).await?;
    }
}

async fn read_line(stream: &TcpStream, buffer: &mut Vec<u8>) -> io::Result<String> {
    loop {
        if let Some(end) = find(buffer, b"\r\n") {
            let line: Vec<u8> = buffer.drain(..end + 2).collect();
            return Ok(String::from_utf8_lossy(&line).trim().to_owned());
        }
        if read_more(stream, buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

async fn take(stream: &TcpStream, buffer: &mut Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    if length > BODY_LIMIT {
        return Err(io::Error::other("the body is too long"));
    }
    while buffer.len() < length {
        if read_more(stream, buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(buffer.drain(..length).collect())
}

/// Where `needle` begins in `haystack`.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len().max(1))
        .position(|window| window == needle)
}

#[cfg(test)]
#[path = "tests/wire.rs"]
mod tests;
