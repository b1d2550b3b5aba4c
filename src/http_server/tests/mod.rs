//! The server as clients meet it: limits, errors, the stop.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::health::{PollSign, Sign, Signs, StoredSigns, WriterSign};
use super::outgoing::TimedWrites;
use super::{Server, health_routes};
use crate::tasks::Tasks;

const LIMIT: Duration = Duration::from_secs(10);

fn signs() -> Signs {
    Signs {
        poll: PollSign {
            age: Duration::from_secs(7),
            problem: None,
        },
        writer: WriterSign {
            waiting: 0,
            lag: Some(Duration::from_micros(300)),
        },
        stored: Some(StoredSigns {
            outbox_pending: 3,
            outbox_unconfirmed: 0,
            outbox_oldest: Duration::from_secs(2),
            inbox_waiting: 0,
            database_bytes: 4096,
            free_bytes: 1 << 30,
            slices: vec![Sign {
                part: "run",
                is_failing: false,
                member: json!({ "state": "none" }),
                gauges: Vec::new(),
            }],
        }),
    }
}

/// A server that reports these signs; `further` routes are mounted as a slice would.
async fn server(signs: Signs, further: Router) -> (Tasks, std::net::SocketAddr) {
    let tasks = Tasks::new();
    let look = Arc::new(move || {
        let signs = signs.clone();
        Box::pin(async move { signs }) as _
    });
    let server = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = server.address();
    server
        .mount(health_routes(look))
        .mount(further)
        .start(&tasks);
    (tasks, address)
}

/// Sends bytes and reads until the server closes: head and body.
async fn talk(address: std::net::SocketAddr, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(LIMIT, stream.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

fn request(method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn what_fails_is_named() {
    let (_tasks, address) = server(signs(), Router::new()).await;
    let (head, body) = talk(address, &request("GET", "/healthz")).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    let health: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(health["healthy"], true);
    assert_eq!(health["poll"]["age_s"], 7);
    assert_eq!(health["outbox"]["pending"], 3);
    assert_eq!(health["run"]["state"], "none");

    let mut ill = signs();
    ill.poll.age = Duration::from_secs(121);
    ill.writer.lag = None;
    let stored = ill.stored.as_mut().unwrap();
    stored.slices[0].is_failing = true;
    stored.outbox_oldest = Duration::from_secs(901);
    assert_eq!(ill.failing(), ["poll", "writer", "run", "outbox"]);
    ill.stored = None;
    let (_tasks, address) = server(ill, Router::new()).await;
    let (head, body) = talk(address, &request("GET", "/healthz")).await;
    assert!(head.starts_with("http/1.1 503"), "{head}");
    assert!(head.contains("application/problem+json"), "{head}");
    let health: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(health["status"], 503);
    assert_eq!(health["detail"], "failing: poll, writer, database");
}

#[tokio::test]
async fn every_error_is_a_document() {
    // A route that reads its body, as a slice's API does.
    let echo = Router::new().route("/echo", post(|body: String| async { body }));
    let (_tasks, address) = server(signs(), echo).await;
    let long = "x".repeat(210_000);
    let announced = format!(
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        10_000_000
    );
    let chunked = format!(
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n\
         {:x}\r\n{long}\r\n0\r\n\r\n",
        long.len()
    );
    let short = "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let headed =
        |headers: &str| format!("GET /healthz HTTP/1.1\r\n{headers}connection: close\r\n\r\n");
    for (sent, status) in [
        (headed("host: x\r\nhost: y\r\n"), 400),
        (headed("host: x\r\nHost: x\r\n"), 400),
        (headed(""), 400),
        (headed("host: x y\r\n"), 400),
        (
            headed("host: x\r\nauthorization: a\r\nauthorization: b\r\n"),
            400,
        ),
        (request("GET", "/nothing"), 404),
        (request("POST", "/healthz"), 405),
        (announced, 413),
        (chunked, 413),
    ] {
        let (head, body) = talk(address, &sent).await;
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
        assert!(
            head.contains("content-type: application/problem+json"),
            "{head}"
        );
        assert_eq!(status == 405, head.contains("allow: get"), "{head}");
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["status"], status);
    }
    let old = "GET /healthz HTTP/1.0\r\n\r\n";
    for sent in [
        short,
        old,
        &headed("host: x:1\r\n"),
        &headed("host: [::1]:9273\r\n"),
    ] {
        let (head, _) = talk(address, sent).await;
        assert!(head.contains(" 200 ok"), "{sent}: {head}");
    }
    let long_head = format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n");
    let (head, _) = talk(address, &long_head).await;
    assert!(head.starts_with("http/1.1 4"), "{head}");
}

/// A paused clock that advances by itself when nothing else is to be done, so it measures the
/// waits.
#[tokio::test(start_paused = true)]
async fn who_dawdles_is_cut_after_ten_seconds() {
    let never = Router::new().route("/never", get(std::future::pending::<String>));
    let (_tasks, address) = server(signs(), never).await;
    let began = Instant::now();
    let mut silent = TcpStream::connect(address).await.unwrap();
    silent.write_all(b"GET /hea").await.unwrap();
    silent.read_to_end(&mut Vec::new()).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 10, "half a head");

    let began = Instant::now();
    let mut asks = TcpStream::connect(address).await.unwrap();
    let never = request("GET", "/never");
    asks.write_all(never.as_bytes()).await.unwrap();
    let mut answer = String::new();
    asks.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 504"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert_eq!(began.elapsed().as_secs(), 10, "a slow route");
}

/// A connection from one of the addresses of this machine.
async fn connect_from(local: &str, address: std::net::SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{local}:0").parse().unwrap()).unwrap();
    socket.connect(address).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn monitoring_is_answered_while_all_places_are_taken() {
    let echo = Router::new().route("/echo", get(async || "here"));
    let (_tasks, address) = server(signs(), echo).await;
    let began = Instant::now();
    let mut silent = Vec::new();
    for _ in 0..256 {
        silent.push(connect_from("127.0.0.1", address).await);
    }
    for path in ["/healthz", "/metrics"] {
        let (head, _) = talk(address, &request("GET", path)).await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
    }
    let (head, body) = talk(address, &request("GET", "/echo")).await;
    assert!(
        head.starts_with("http/1.1 503") && head.contains("retry-after: 1"),
        "{head}"
    );
    assert!(body.contains("too-many-connections"), "{body}");
    // Another address has places of its own.
    let mut other = connect_from("127.0.0.2", address).await;
    other
        .write_all(request("GET", "/echo").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("here"), "{answer}");
    // Nor does a crowd without places keep monitoring out for long.
    for _ in 0..40 {
        silent.push(connect_from("127.0.0.1", address).await);
    }
    let (head, _) = talk(address, &request("GET", "/healthz")).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(began.elapsed().as_secs() <= 4, "{:?}", began.elapsed());
    for mut silent in silent {
        silent.read_to_end(&mut Vec::new()).await.unwrap();
    }
    let (head, _) = talk(address, &request("GET", "/echo")).await;
    assert!(
        head.starts_with("http/1.1 200"),
        "there is a place again: {head}"
    );
}

/// An answer without an end, and what is cancelled when nobody sends it any longer.
fn endless() -> (Router, CancellationToken) {
    let gone = CancellationToken::new();
    let end = gone.clone();
    let route = get(async move || {
        let guard = end.drop_guard();
        let portions = futures_util::stream::repeat_with(move || {
            let _guard = &guard;
            Ok::<_, Infallible>(vec![b'x'; 64 * 1024])
        });
        Body::from_stream(portions)
    });
    (Router::new().route("/endless", route), gone)
}

#[tokio::test(start_paused = true)]
async fn who_never_reads_is_cut() {
    let (route, gone) = endless();
    let (_tasks, address) = server(signs(), route).await;
    let began = Instant::now();
    let mut deaf = TcpStream::connect(address).await.unwrap();
    deaf.write_all(request("GET", "/endless").as_bytes())
        .await
        .unwrap();
    gone.cancelled().await;
    assert_eq!(began.elapsed().as_secs(), 20);
}

/// What becomes of a long answer to a client that reads so many bytes every 15 seconds.
async fn read_slowly(bytes: usize) -> std::io::Result<()> {
    let (mut slow, server) = tokio::io::duplex(bytes);
    let mut timed = TimedWrites::new(server, Duration::from_secs(20));
    let whole = vec![b'x'; bytes * 6];
    let write = async move { timed.write_all(&whole).await };
    let read = async {
        for _ in 0..6 {
            tokio::time::advance(Duration::from_secs(15)).await;
            slow.read_exact(&mut vec![0; bytes]).await.ok();
        }
    };
    tokio::join!(write, read).0
}

#[tokio::test(start_paused = true)]
async fn who_reads_slowly_is_served() {
    read_slowly(15 * 1024).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_reads_a_few_bytes_at_a_time_is_cut() {
    let cut = read_slowly(64).await.unwrap_err();
    assert_eq!(cut.kind(), std::io::ErrorKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn who_follows_a_stream_is_never_behind() {
    let (mut slow, server) = tokio::io::duplex(16);
    let mut timed = TimedWrites::new(server, Duration::from_secs(20));
    let write = async {
        for _ in 0..20 {
            timed.write_all(&[b'x'; 16]).await.unwrap();
        }
    };
    let read = async {
        for _ in 0..20 {
            tokio::time::advance(Duration::from_secs(15)).await;
            slow.read_exact(&mut [0; 16]).await.unwrap();
        }
    };
    tokio::join!(write, read);
}

#[tokio::test]
async fn the_stop_does_not_wait_for_who_is_silent() {
    let (tasks, address) = server(signs(), Router::new()).await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    silent.write_all(b"GET /hea").await.unwrap();
    let (head, _) = talk(address, &request("GET", "/metrics")).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    tasks.stop();
    assert!(tasks.ended(LIMIT).await);
    let mut rest = Vec::new();
    // Closed, by an end or a reset.
    let closed = tokio::time::timeout(LIMIT, silent.read_to_end(&mut rest));
    closed.await.unwrap().ok();
    TcpStream::connect(address).await.unwrap_err();
}

#[tokio::test]
async fn an_address_in_use_is_a_sentence() {
    let (_tasks, address) = server(signs(), Router::new()).await;
    let why = Server::bind(address).await.unwrap_err();
    assert!(
        why.starts_with(&format!("http.listen: {address} cannot be listened on")),
        "{why}"
    );
}
