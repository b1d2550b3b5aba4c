//! Slow answers: bytes, pauses and silence in sequence.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::socket::{client_gone, write_all};

/// One step of a slow answer.
#[derive(Debug, Clone)]
pub enum Step {
    Bytes(Vec<u8>),
    /// These bytes so many times; endlessly if `None`.
    Repeat(Vec<u8>, Option<usize>),
    Pause(Duration),
    /// A pause until the value is true.
    Until(watch::Receiver<bool>),
    /// Nothing more, until the client disconnects.
    Hang,
}

impl Step {
    pub(super) async fn take(self, stream: &TcpStream) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => write_all(stream, &bytes).await,
            Self::Repeat(bytes, times) => {
                let mut sent = 0;
                while times.is_none_or(|times| sent < times) {
                    write_all(stream, &bytes).await?;
                    sent += 1;
                }
                Ok(())
            }
            Self::Pause(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
            Self::Until(mut go_on) => {
                tokio::select! {
                    // If the holder of the answer is gone, the answer is released.
                    _ = go_on.wait_for(|go_on| *go_on) => Ok(()),
                    gone = client_gone(stream) => gone.and(Err(io::ErrorKind::ConnectionAborted.into())),
                }
            }
            Self::Hang => client_gone(stream).await,
        }
    }
}
