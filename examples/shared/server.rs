//! What all servers of this package share: a free port, and an end.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// A running server, which stops when this value is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Nothing is ever sent: the server takes the loss of this sender as its signal to stop.
    _running: oneshot::Sender<()>,
}

impl Server {
    pub(crate) async fn start(routes: Router) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (running, stopped) = oneshot::channel();

        let server =
            axum::serve(listener.tap_io(send_at_once), routes).with_graceful_shutdown(async {
                let _ = stopped.await;
            });
        tokio::spawn(server.into_future());

        Ok(Self { address, _running: running })
    }

    /// Where it listens, in the form that a client's `endpoint_url` takes.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Switches off Nagle's algorithm, which can hold an answer back for 40 ms. A connection that
/// refuses is only slower, so a failure here is ignored.
fn send_at_once(connection: &mut TcpStream) {
    let _ = connection.set_nodelay(true);
}
