//! Three attempts, one effect: a server that carries out an order and loses the answer.
//!
//! ```text
//! cargo run -p retry-examples --example idempotency
//! ```
//!
//! `attempt = attempt` gives the body its attempt. The idempotency key is the same for all attempts
//! of one call, so the server recognises the second and the third as repetitions of the first, which
//! it had carried out. The next call has another key. AWS operations take such a key as their client
//! token.

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use retry_runtime::retry_on;

#[retry_on(ureq::Error::StatusCode(500..=599), max = 3, delay = "20ms", attempt = attempt)]
fn order(shop: SocketAddr, item: &str) -> Result<u16, ureq::Error> {
    let key = attempt.idempotency_key();
    println!("attempt {}, key {key}", attempt.number());
    let answer = ureq::post(format!("http://{shop}/orders"))
        .header("Idempotency-Key", key.to_string())
        .send(item)?;
    Ok(answer.status().as_u16())
}

/// What the shop remembers.
#[derive(Default)]
struct Shop {
    /// The keys of the orders that it has carried out.
    carried_out: HashSet<String>,
    requests: u32,
}

/// Carries out an order once, and loses every answer but the third.
async fn accept(State(shop): State<Arc<Mutex<Shop>>>, headers: HeaderMap) -> StatusCode {
    let mut shop = shop.lock().unwrap_or_else(PoisonError::into_inner);
    shop.requests += 1;
    let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) else {
        return StatusCode::BAD_REQUEST;
    };
    shop.carried_out.insert(key.to_owned());
    if shop.requests % 3 == 0 { StatusCode::CREATED } else { StatusCode::BAD_GATEWAY }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().without_time().init();
    let shop = Arc::new(Mutex::new(Shop::default()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/orders", post(accept)).with_state(Arc::clone(&shop));
    tokio::spawn(async move { axum::serve(listener, router).await });

    for item in ["a clock", "a key"] {
        let status = tokio::task::spawn_blocking(move || order(address, item)).await??;
        println!("{item}: {status}");
    }
    let shop = shop.lock().unwrap_or_else(PoisonError::into_inner);
    println!("requests: {}, orders carried out: {}", shop.requests, shop.carried_out.len());
    if shop.requests != 6 || shop.carried_out.len() != 2 {
        return Err(io::Error::other("two orders take six requests and have two effects").into());
    }
    Ok(())
}
