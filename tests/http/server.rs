//! A server on 127.0.0.1 that refuses its first requests with a `Retry-After` header.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// A running server. It answers as many requests as it was started for.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
}

impl Server {
    /// Starts a server that answers 429 for each of these values of `Retry-After`, in their order,
    /// and then 200 once.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub fn refusing<const N: usize>(retry_after: [&str; N]) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let refusals = retry_after
            .map(|value| format!("429 Too Many Requests\r\nRetry-After: {value}"))
            .into_iter();
        let heads: Vec<String> = refusals.chain(["200 OK".to_owned()]).collect();
        thread::spawn(move || heads.iter().try_for_each(|head| answer(&listener, head)));
        Ok(Self { address })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

/// Reads a request without a body, and answers it.
fn answer(listener: &TcpListener, head: &str) -> io::Result<()> {
    let (mut connection, _) = listener.accept()?;
    read_head(&connection)?;
    write!(connection, "HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn read_head(connection: &TcpStream) -> io::Result<()> {
    for line in BufReader::new(connection).lines() {
        if line?.is_empty() {
            break;
        }
    }
    Ok(())
}
