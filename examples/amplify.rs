//! Giving up on the AWS SDK's `InternalFailureException`: Amplify fails on every attempt, and
//! the caller gets the SDK's own error, unchanged.
//!
//! ```text
//! cargo run -p retry-examples --example amplify
//! ```
//!
//! Expect one WARN for each of the two pauses, one ERROR when the third attempt has failed too,
//! and then the last error's code, message and request id as the SDK's accessors give them. No
//! account and no network: the service is a [`Loopback`].
//!
//! With an account, it asks AWS for an app of yours. The id can also be set in `APP_ID`; region and
//! credentials are found as the AWS command line finds them.
//!
//! ```text
//! cargo run -p retry-examples --features live --example amplify -- d2…
//! ```

#[path = "shared/service.rs"]
mod service;

use anyhow::{Context, ensure};
use aws_sdk_amplify::Client;
use aws_sdk_amplify::config::Config;
use aws_sdk_amplify::config::retry::RetryConfig;
use aws_sdk_amplify::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_amplify::operation::RequestId;
use aws_sdk_amplify::operation::get_app::{GetAppError, GetAppOutput};
use aws_sdk_amplify::types::error::InternalFailureException;
use aws_types::SdkConfig;
use retry_examples::Loopback;
use retry_runtime::retry_on;

use crate::service::Service;

#[retry_on(InternalFailureException, max = 3)]
async fn app(client: &Client, id: &str) -> Result<GetAppOutput, SdkError<GetAppError>> {
    client.get_app().app_id(id).send().await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    service::log();
    let id = service::id("APP_ID", "d2abcexample")?;
    let service = Service::start(Loopback::amplify(u32::MAX)).await?;
    let client = client(&service.config);

    match (app(&client, &id).await, service.loopback) {
        (Err(error), Some(server)) => gave_up(&error, &server),
        (Ok(_), Some(_)) => anyhow::bail!("the service was told never to succeed"),
        (answer, None) => {
            let output = answer.context("GetApp failed")?;
            println!("app: {}", output.app().context("there is no app")?.name());
            Ok(())
        }
    }
}

/// Looks at the error of the last attempt, which is the SDK's own.
fn gave_up(error: &SdkError<GetAppError>, server: &Loopback) -> anyhow::Result<()> {
    println!("code: {}", error.code().unwrap_or("-"));
    println!("message: {}", error.message().unwrap_or("-"));
    println!("request id: {}", error.request_id().unwrap_or("-"));
    println!("requests the server saw: {}", server.requests());

    ensure!(error.code() == Some("InternalFailureException"));
    ensure!(error.message().is_some_and(|message| message.ends_with("an internal issue.")));
    ensure!(error.request_id() == Some("loopback-request-3"));
    ensure!(server.requests() == 3, "one request for each attempt");
    Ok(())
}

/// A client that leaves retries to the attribute. The SDK makes up to 3 attempts of its own; around
/// those, the 3 attempts above would make 3 x 3 = 9 requests.
fn client(config: &SdkConfig) -> Client {
    let config = Config::from(config).to_builder().retry_config(RetryConfig::disabled());
    Client::from_conf(config.build())
}
