//! Services of AWS on 127.0.0.1, in their own protocols, and a walk through their operations.
//!
//! What works on `GetGateway` need not work on the other operations of Backup Gateway: each has an
//! error type, a parser and a future of its own. So the tests call all of them, with the real SDK,
//! over real sockets; and services with other protocols in samples.

mod answer;
mod log;
mod model;
mod operation;

use std::io;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use axum::response::IntoResponse;
use retry_examples::Loopback;

pub use crate::answer::Answer;
pub use crate::log::logged;
pub use crate::model::operations_of;
pub use crate::operation::{Call, Ended, Failed, Operation, Way, walk, walk_log};

/// A running service, which stops when this value is dropped.
#[derive(Debug)]
pub struct Service(Loopback);

impl Service {
    /// Starts a service that gives the first requests the one answer and all others the other.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn failing(failures: u32, failure: Answer, success: Answer) -> io::Result<Self> {
        let answers = move |number, _: &_| {
            let answer = if number <= failures { &failure } else { &success };
            answer.to_request(number).into_response()
        };
        Loopback::answering(answers).await.map(Self)
    }

    /// How many requests have arrived.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.0.requests()
    }

    /// What a client needs to call it. The SDK's own retries are switched off, so that each attempt
    /// is one request.
    #[must_use]
    pub fn config(&self) -> SdkConfig {
        let credentials = Credentials::new("key", "secret", None, None, "test");
        SdkConfig::builder()
            .retry_config(RetryConfig::disabled())
            .endpoint_url(self.0.endpoint())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build()
    }
}
