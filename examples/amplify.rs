//! Giving up on the AWS SDK's `InternalFailureException`: Amplify fails on every attempt, and
//! the caller gets the SDK's own error, untouched.
//!
//! ```text
//! cargo run -p retry-examples --example amplify
//! ```
//!
//! Expect one WARN for each of the two pauses, one ERROR when the third attempt has failed too,
//! and then the last error's code, message and request id as the SDK's accessors give them. No
//! account and no network: the service is a [`Loopback`].

use std::error::Error;

use aws_sdk_amplify::Client;
use aws_sdk_amplify::config::retry::RetryConfig;
use aws_sdk_amplify::config::{Config, Credentials, Region};
use aws_sdk_amplify::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_amplify::operation::RequestId;
use aws_sdk_amplify::operation::get_app::{GetAppError, GetAppOutput};
use aws_sdk_amplify::types::error::InternalFailureException;
use retry_examples::Loopback;
use retry_runtime::retry_on;

#[retry_on(InternalFailureException, max = 3)]
async fn app(client: &Client, id: &str) -> Result<GetAppOutput, SdkError<GetAppError>> {
    client.get_app().app_id(id).send().await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().without_time().init();

    let service = Loopback::amplify(u32::MAX).await?;
    let client = client(service.endpoint());

    let Err(error) = app(&client, "d2abcexample").await else {
        return Err("the service was told never to succeed".into());
    };

    println!("code: {}", error.code().unwrap_or("-"));
    println!("message: {}", error.message().unwrap_or("-"));
    println!("request id: {}", error.request_id().unwrap_or("-"));
    println!("requests the server saw: {}", service.requests());

    assert_eq!(error.code(), Some("InternalFailureException"));
    assert_eq!(
        error.message(),
        Some("The service failed to perform an operation due to an internal issue.")
    );
    assert_eq!(error.request_id(), Some("loopback-request-3"));
    assert_eq!(service.requests(), 3, "one request for each attempt");
    Ok(())
}

/// A client for the loopback service; yours comes from `aws_config` and has real credentials.
fn client(endpoint: &str) -> Client {
    Client::from_conf(
        Config::builder()
            // The SDK retries on its own, by default in 3 attempts. Around those, the 3 attempts
            // above would make 3 x 3 = 9 requests, so only one of the two may retry.
            .retry_config(RetryConfig::disabled())
            .endpoint_url(endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "example"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build(),
    )
}
