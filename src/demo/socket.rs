//! Reading and writing a socket, byte by byte if needed.

use std::io;

use tokio::net::TcpStream;

/// Bytes read from a socket at once.
const READ_STEP: usize = 16 * 1024;

pub(super) async fn read_more(stream: &TcpStream, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let before = buffer.len();
    loop {
        buffer.resize(before + READ_STEP, 0);
        let read = stream.try_read(buffer.get_mut(before..).unwrap_or_default());
        buffer.truncate(before + *read.as_ref().unwrap_or(&0));
        match read {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => stream.readable().await?,
            other => return other,
        }
    }
}

pub(super) async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => stream.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Waits until the client closes the connection.
pub(super) async fn client_gone(stream: &TcpStream) -> io::Result<()> {
    let mut ignored = Vec::new();
    while read_more(stream, &mut ignored).await? > 0 {
        ignored.clear();
    }
    Ok(())
}
