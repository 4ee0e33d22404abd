//! A plain function, retried without any async runtime: a peer hangs up twice in the middle of
//! the connection, then answers.
//!
//! ```text
//! cargo run -p retry-examples --example blocking
//! ```
//!
//! `io::Error` is many kinds of errors, so the selector binds the error and tests its kind: a hang-up
//! is worth another attempt, a refused connection is not. Expect one WARN for each failed
//! attempt, one INFO on recovery, then the peer's message.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use retry_runtime::retry_on;

#[retry_on(e: io::Error if e.kind() == io::ErrorKind::UnexpectedEof, max = 3, delay = "20ms")]
fn fetch(peer: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(peer)?;

    let mut length = [0];
    stream.read_exact(&mut length)?;
    let mut text = vec![0; length[0].into()];
    stream.read_exact(&mut text)?;

    String::from_utf8(text).map_err(io::Error::other)
}

fn main() -> io::Result<()> {
    tracing_subscriber::fmt().without_time().init();

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let peer = thread::spawn(move || serve(&listener, "ready"));

    println!("the peer says: {}", fetch(address)?);
    peer.join().map_err(|_| io::Error::other("the peer panicked"))?
}

/// Sends a text with its length in front. Two callers get the length and a hang-up, the third
/// gets everything.
fn serve(listener: &TcpListener, text: &str) -> io::Result<()> {
    let length = u8::try_from(text.len()).map_err(io::Error::other)?;
    for caller in 1..=3 {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(&[length])?;
        if caller == 3 {
            stream.write_all(text.as_bytes())?;
        }
    }
    Ok(())
}
