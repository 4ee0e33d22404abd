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
//!
//! With an account, it asks AWS for a gateway of yours:
//!
//! ```text
//! cargo run -p retry-examples --features live --example backup_gateway -- arn:aws:backup-gateway:…
//! ```
//!
//! The ARN can also be set in `GATEWAY_ARN`. Region and credentials are found as the AWS command line
//! finds them. Without them, nothing is retried, because the selector names another error:
//!
//! ```text
//! DEBUG retry_runtime: attempt 1 of 3 failed with an error that is not retried … reason="not_retryable" …
//! Error: GetGateway failed
//!
//! Caused by:
//!     0: dispatch failure
//!     1: other
//!     2: the credential provider was not enabled
//!     3: no credentials found in chain. Attempted:
//!          Environment: the credential provider was not enabled: environment variable not set
//!          …
//! ```

#[path = "shared/service.rs"]
mod service;

use anyhow::Context;
use aws_sdk_backupgateway::Client;
use aws_sdk_backupgateway::config::Config;
use aws_sdk_backupgateway::config::retry::RetryConfig;
use aws_sdk_backupgateway::error::SdkError;
use aws_sdk_backupgateway::operation::get_gateway::{GetGatewayError, GetGatewayOutput};
use aws_sdk_backupgateway::types::error::InternalServerException;
use aws_types::SdkConfig;
use retry_examples::Loopback;
use retry_runtime::retry_on;

use crate::service::Service;

const GATEWAY: &str = "arn:aws:backup-gateway:us-east-1:123456789012:gateway/bgw-12345678";

#[retry_on(InternalServerException, max = 3)]
async fn gateway(
    client: &Client,
    arn: &str,
) -> Result<GetGatewayOutput, SdkError<GetGatewayError>> {
    client.get_gateway().gateway_arn(arn).send().await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    service::log();
    let arn = service::id("GATEWAY_ARN", GATEWAY)?;
    let service = Service::start(Loopback::backup_gateway(2)).await?;
    let client = client(&service.config);

    let output = gateway(&client, &arn).await.context("GetGateway failed")?;
    let name = output.gateway().and_then(|it| it.gateway_display_name());

    println!("gateway: {}", name.context("the gateway has no name")?);
    if let Some(server) = service.loopback {
        println!("requests the server saw: {}", server.requests());
        assert_eq!(server.requests(), 3, "one request for each attempt");
    }
    Ok(())
}

/// A client that leaves retries to the attribute. The SDK makes up to 3 attempts of its own; around
/// those, the 3 attempts above would make 3 x 3 = 9 requests.
fn client(config: &SdkConfig) -> Client {
    let config = Config::from(config).to_builder().retry_config(RetryConfig::disabled());
    Client::from_conf(config.build())
}
