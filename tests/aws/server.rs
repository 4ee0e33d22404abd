//! A server on 127.0.0.1 that answers each request with the bytes it is told to, and counts.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a request is told. After every answer the connection is closed.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// These bytes, which need not be all that they promise.
    Bytes(Vec<u8>),
    /// Nothing, until the client goes away.
    Silence,
}

impl Answer {
    /// A complete answer.
    pub(crate) fn whole(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        Self::promising(body.as_ref().len(), status, headers, body)
    }

    /// An answer whose head promises a body of this length.
    pub(crate) fn promising(
        length: usize,
        status: &str,
        headers: &[&str],
        body: impl AsRef<[u8]>,
    ) -> Self {
        let (status, length) = (format!("HTTP/1.1 {status}"), format!("content-length: {length}"));
        let own = [status.as_str(), &length, "connection: close"];
        let head = [own.as_slice(), headers, &["", ""]].concat().join("\r\n");
        Self::Bytes([head.as_bytes(), body.as_ref()].concat())
    }
}

/// A running server, which stops when this value is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    endpoint: String,
    requests: Arc<AtomicU32>,
    running: JoinHandle<()>,
}

impl Server {
    /// Gives these answers in turn; the last one again and again.
    pub(crate) async fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the address of a listener");
        let requests = Arc::new(AtomicU32::new(0));
        let running = tokio::spawn(serve(listener, answers, Arc::clone(&requests)));
        Self { endpoint: format!("http://{address}"), requests, running }
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// How many requests have arrived.
    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// An address where no server listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("the address of a listener"))
}

async fn serve(listener: TcpListener, answers: Vec<Answer>, requests: Arc<AtomicU32>) {
    while let Ok((connection, _)) = listener.accept().await {
        let (answers, requests) = (answers.clone(), Arc::clone(&requests));
        // A client that goes away early is what some tests are about.
        tokio::spawn(async move { drop(converse(connection, &answers, &requests).await) });
    }
}

async fn converse(
    mut connection: TcpStream,
    answers: &[Answer],
    requests: &AtomicU32,
) -> io::Result<()> {
    connection.set_nodelay(true)?;
    read_request(&mut connection).await?;
    let number = requests.fetch_add(1, Ordering::Relaxed) as usize;
    match answers.get(number).or(answers.last()) {
        Some(Answer::Bytes(bytes)) => {
            connection.write_all(bytes).await?;
            connection.shutdown().await
        }
        Some(Answer::Silence) | None => {
            // Ends when the client closes the connection.
            tokio::time::timeout(Duration::from_secs(10), connection.read_u8()).await??;
            Ok(())
        }
    }
}

/// Reads the head, and the body whose length it tells.
async fn read_request(connection: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            if request.len() >= end + 4 + length {
                return Ok(());
            }
        }
        if connection.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
