//! A service on 127.0.0.1 that fails as often as it is told to.
//!
//! The examples call the real AWS SDK. From the other side they need what no real service
//! offers: a known number of failures, then success, and a count of the requests that arrived.
//! [`Loopback`] offers that, in the protocols that the services really speak: RPC v2 CBOR for
//! AWS Backup Gateway, REST-JSON for AWS Amplify. No account and no network are involved.

/// Compiles and runs every Rust block of the README, where the SDK is at hand.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(test)]
mod tests {
    #[test]
    fn the_readme_opens_with_the_quickstart() {
        let quickstart = include_str!("quickstart.rs");
        let code = &quickstart[quickstart.find("use retry_runtime").expect("the first import")..];
        assert!(include_str!("../README.md").contains(&format!("```rust\n{code}```")));
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

use std::io;
use std::sync::Arc;

use axum::Router;

use crate::script::{Operation, Script};
use crate::server::Server;

/// A running server, which stops when this value is dropped.
#[derive(Debug)]
pub struct Loopback {
    endpoint: String,
    script: Arc<Script>,
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

    /// How many requests have arrived, whatever they asked for and whatever they were told.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.script.requests()
    }

    async fn start(operation: Operation, failures: u32) -> io::Result<Self> {
        let script = Arc::new(Script::new(operation, failures));
        let routes = Router::new().fallback(script::answer).with_state(Arc::clone(&script));
        let server = Server::start(routes).await?;
        Ok(Self { endpoint: server.endpoint(), script, _server: server })
    }
}
