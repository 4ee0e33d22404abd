//! One retry layer, not two: the same function makes 9 requests, and then 3.
//!
//! ```text
//! cargo run -p retry-examples --example one_layer
//! ```
//!
//! Expect a WARN for each attempt that says `the SDK made 3 requests`, and one that says `3 x 3 = 9
//! requests` and how to switch one layer off; then the same call with a client that is configured in
//! this way, without these words. No account and no network: the service is a [`Loopback`].

use std::error::Error;
use std::time::Duration;

use aws_sdk_amplify::Client;
use aws_sdk_amplify::config::retry::RetryConfig;
use aws_sdk_amplify::config::{Config, Credentials, Region};
use aws_sdk_amplify::error::SdkError;
use aws_sdk_amplify::operation::get_app::{GetAppError, GetAppOutput};
use aws_sdk_amplify::types::error::InternalFailureException;
use retry_examples::Loopback;
use retry_runtime::{aws, retry_on};

#[retry_on(InternalFailureException, max = 3, hint = aws::retry_after)]
async fn app(client: &Client, id: &str) -> Result<GetAppOutput, SdkError<GetAppError>> {
    client.get_app().app_id(id).send().await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().without_time().init();

    let service = Loopback::amplify(u32::MAX).await?;
    let client = client(service.endpoint());
    if app(&client, "d2abcexample").await.is_ok() {
        return Err("the service was told never to succeed".into());
    }
    println!("two layers: {} requests", service.requests());
    assert_eq!(service.requests(), 9, "3 attempts of 3 requests");

    let single = Client::from_conf(
        client.config().to_builder().retry_config(RetryConfig::disabled()).build(),
    );
    if app(&single, "d2abcexample").await.is_ok() {
        return Err("the service was told never to succeed".into());
    }
    println!("one layer: {} requests", service.requests() - 9);
    assert_eq!(service.requests(), 9 + 3, "3 attempts of 1 request");
    Ok(())
}

/// A client with default settings, but for two: the SDK's own pauses are short, so that the example
/// ends soon, and the requests inside attempts are counted.
fn client(endpoint: &str) -> Client {
    Client::from_conf(
        Config::builder()
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(10)))
            .interceptor(aws::CountRequests::new())
            .endpoint_url(endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "example"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build(),
    )
}
