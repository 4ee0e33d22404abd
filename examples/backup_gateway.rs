//! The AWS SDK's `InternalServerException`, retried by its name: Backup Gateway fails twice,
//! then answers.
//!
//! ```text
//! cargo run -p retry-examples --example backup_gateway
//! ```
//!
//! Expect one WARN for each failed attempt, with the error's code, text and request id and the
//! pause that follows; one INFO on recovery; then the gateway's name and the number of requests
//! that the server saw, which is 3. No account and no network: the service is a [`Loopback`].

use std::error::Error;

use aws_sdk_backupgateway::Client;
use aws_sdk_backupgateway::config::retry::RetryConfig;
use aws_sdk_backupgateway::config::{Config, Credentials, Region};
use aws_sdk_backupgateway::error::SdkError;
use aws_sdk_backupgateway::operation::get_gateway::{GetGatewayError, GetGatewayOutput};
use aws_sdk_backupgateway::types::error::InternalServerException;
use retry_examples::Loopback;
use retry_runtime::retry_on;

const GATEWAY: &str = "arn:aws:backup-gateway:us-east-1:123456789012:gateway/bgw-12345678";

#[retry_on(InternalServerException, max = 3)]
async fn gateway(
    client: &Client,
    arn: &str,
) -> Result<GetGatewayOutput, SdkError<GetGatewayError>> {
    client.get_gateway().gateway_arn(arn).send().await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().without_time().init();

    let service = Loopback::backup_gateway(2).await?;
    let client = client(service.endpoint());

    let output = gateway(&client, GATEWAY).await?;
    let name = output.gateway().and_then(|it| it.gateway_display_name());

    println!("gateway: {}", name.ok_or("the gateway has no name")?);
    println!("requests the server saw: {}", service.requests());
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
