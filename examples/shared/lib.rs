//! A service on 127.0.0.1 that fails a given number of times.
//!
//! The examples call the real AWS SDK. They need a service that no real one can be: it fails a known
//! number of times, then succeeds, and counts the requests that arrived. [`Loopback`] is one, in the
//! protocols that the services really speak: RPC v2 CBOR for AWS Backup Gateway, REST-JSON for AWS
//! Amplify. It needs no account and no network.

/// Compiles and runs every Rust block of the README, where the SDK is at hand.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

#[cfg(test)]
mod tests {
    #[test]
    fn the_readme_opens_with_the_quickstart() {
        let quickstart = include_str!("../quickstart.rs");
        let code = &quickstart[quickstart.find("use retry_runtime").expect("the first import")..];
        assert!(include_str!("../../README.md").contains(&format!("```rust\n{code}```")));
    }
}

#[cfg(feature = "dynamodb")]
mod dynamodb;
#[cfg(feature = "lambda")]
mod lambda_service;
mod rest_json;
mod rpc_v2_cbor;
mod script;
mod server;

#[cfg(feature = "dynamodb")]
pub use crate::dynamodb::DynamoDb;
#[cfg(feature = "lambda")]
pub use crate::lambda_service::{Answer, Lambda};

use std::future::ready;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;

use crate::script::Operation;
use crate::server::Server;

/// A running server, which stops when this value is dropped.
#[derive(Debug)]
pub struct Loopback {
    endpoint: String,
    requests: Arc<AtomicU32>,
    _server: Server,
}

impl Loopback {
    /// Starts a Backup Gateway whose `GetGateway` fails `failures` times with
    /// `InternalServerException`, then succeeds.
    ///
    /// # Errors
    ///
    /// When no port can be bound, or when an answer cannot be encoded.
    pub async fn backup_gateway(failures: u32) -> io::Result<Self> {
        Self::start(rpc_v2_cbor::get_gateway()?, failures).await
    }

    /// Starts an Amplify whose `GetApp` fails `failures` times with
    /// `InternalFailureException`, then succeeds.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn amplify(failures: u32) -> io::Result<Self> {
        Self::start(rest_json::get_app(), failures).await
    }

    /// Where the server listens, in the form that a client's `endpoint_url` takes.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// How many requests have arrived, whatever they asked for and whatever the answer was.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    async fn start(operation: Operation, failures: u32) -> io::Result<Self> {
        Self::answering(move |number, request| operation.answer(failures, number, request)).await
    }

    /// Starts any other service: `answer` gets each request with its number, from 1.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn answering(
        answer: impl Fn(u32, &Request) -> Response + Clone + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let requests = Arc::new(AtomicU32::new(0));
        // A request is counted before anything else, so that a client which asks for the wrong
        // thing, or too often, cannot go unnoticed.
        let seen = Arc::clone(&requests);
        let service = move |request: Request| {
            ready(answer(seen.fetch_add(1, Ordering::Relaxed) + 1, &request))
        };
        let server = Server::start(Router::new().fallback(service)).await?;
        Ok(Self { endpoint: server.endpoint(), requests, _server: server })
    }
}
