//! Answers that take their time: bytes, pauses, silence, one after the other.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::socket::{client_gone, write_all};

/// A part of an answer that takes its time.
#[derive(Debug, Clone)]
pub enum Step {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A pause.
    Pause(Duration),
    /// A pause until the value is true.
    Until(watch::Receiver<bool>),
    /// Nothing more, until the client goes away.
    Hang,
}

impl Step {
    pub(super) async fn take(self, stream: &TcpStream) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => write_all(stream, &bytes).await,
            Self::Pause(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
            Self::Until(mut go_on) => {
                tokio::select! {
                    // Who held the answer and is gone lets it go.
                    _ = go_on.wait_for(|go_on| *go_on) => Ok(()),
                    gone = client_gone(stream) => gone.and(Err(io::ErrorKind::ConnectionAborted.into())),
                }
            }
            Self::Hang => client_gone(stream).await,
        }
    }
}
