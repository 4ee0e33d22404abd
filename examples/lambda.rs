//! Retries that end before a Lambda invocation does: the time that is left becomes the deadline.
//!
//! ```text
//! cargo run -p retry-examples --features lambda --example lambda
//! ```
//!
//! Lambda ends an invocation at its timeout: there is no answer and no last error, and the process is
//! killed. So `gateway` gets the time that is left, less a margin for the answer, as its `deadline`,
//! and gives up when the next pause would end later than that. `deadline` is an expression, evaluated
//! once per call. Its value can be invalid, so a `PolicyError` must convert into the error type, here
//! `anyhow::Error`.
//!
//! Without `SERVICE_ENDPOINT` in its environment, the program is Lambda: it starts itself once more
//! as the function, which fetches events and posts answers as it does in the cloud, by
//! `lambda_runtime::run`. The first event leaves 1.5 s for a service that always fails, the second
//! less than the margin. Expect a WARN for each pause, the ERROR that ends them, and both answers:
//!
//! ```text
//!  WARN Lambda runtime invoke{requestId="invocation-1"}: retry_runtime: attempt 1 of 100 failed, retrying in 37.4ms …
//!  …
//!  WARN Lambda runtime invoke{requestId="invocation-1"}: retry_runtime: attempt 8 of 100 failed, retrying in 135.3ms …
//! ERROR Lambda runtime invoke{requestId="invocation-1"}: retry_runtime: gave up after attempt 9: the next attempt would start after the deadline … reason="deadline" elapsed=1.191378
//! ERROR Lambda runtime invoke{requestId="invocation-1"}: lambda_runtime::layers::panic: Diagnostic { error_type: "GatewayUnavailable", … }
//! answer after 1.2s of 1.5s: {"errorType":"GatewayUnavailable","errorMessage":"InternalServerException: The operation did not succeed because an internal error occurred. Try again later."}
//! requests the server saw: 9
//! ERROR Lambda runtime invoke{requestId="invocation-2"}: lambda_runtime::layers::panic: Diagnostic { error_type: "TooLate", … }
//! answer after 4.4ms of 100ms: {"errorType":"TooLate","errorMessage":"no time is left to ask for the gateway"}
//! ```

use std::env;
use std::fmt::Display;
use std::time::{Duration, SystemTime};

use anyhow::ensure;
use aws_sdk_backupgateway::Client;
use aws_sdk_backupgateway::config::retry::RetryConfig;
use aws_sdk_backupgateway::config::{Config, Credentials, Region};
use aws_sdk_backupgateway::operation::get_gateway::GetGatewayOutput;
use aws_sdk_backupgateway::types::error::InternalServerException;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use retry_examples::{Lambda, Loopback};
use retry_runtime::retry_on;
use serde_json::{Value, json};
use tokio::process::Command;

/// The variable that tells the function where the service is.
const SERVICE: &str = "SERVICE_ENDPOINT";

const GATEWAY: &str = "arn:aws:backup-gateway:us-east-1:123456789012:gateway/bgw-12345678";

/// The time that is reserved for the answer.
const MARGIN: Duration = Duration::from_millis(200);

/// No attempt starts and no pause ends after `left`. An attempt that hangs is cut by `timeout`, at
/// the latest when nothing is left.
#[retry_on(
    InternalServerException,
    max = 100,
    delay = "50ms",
    max_delay = "400ms",
    timeout = "500ms",
    deadline = left,
)]
async fn gateway(client: &Client, arn: &str, left: Duration) -> anyhow::Result<GetGatewayOutput> {
    Ok(client.get_gateway().gateway_arn(arn).send().await?)
}

async fn handle(client: &Client, event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
    let arn = event.payload["gateway"].as_str();
    let arn = arn.ok_or_else(|| failed("BadEvent", "the event names no gateway"))?;
    // A deadline of nothing would be refused, as a mistake in the policy; this is none.
    let left = left(event.context.deadline());
    let left = left.ok_or_else(|| failed("TooLate", "no time is left to ask for the gateway"))?;

    let output = gateway(client, arn, left).await;
    let output = output.map_err(|error| failed("GatewayUnavailable", error.root_cause()))?;
    let name = output.gateway().and_then(|it| it.gateway_display_name());
    Ok(json!({ "name": name }))
}

/// An error as Lambda reports it.
fn failed(error_type: &str, message: impl Display) -> Diagnostic {
    Diagnostic { error_type: error_type.to_owned(), error_message: message.to_string() }
}

/// The time from now to the invocation's deadline, without the margin; none if that is over.
fn left(deadline: SystemTime) -> Option<Duration> {
    let left = deadline.duration_since(SystemTime::now()).ok()?;
    left.checked_sub(MARGIN).filter(|left| !left.is_zero())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    match env::var(SERVICE) {
        Ok(endpoint) => function(&endpoint).await,
        Err(_) => surroundings().await,
    }
}

/// What runs in Lambda.
async fn function(endpoint: &str) -> anyhow::Result<()> {
    tracing_subscriber::fmt().without_time().init();
    let client = &client(endpoint);
    let handler = service_fn(|event| handle(client, event));
    lambda_runtime::run(handler).await.map_err(anyhow::Error::from_boxed)
}

/// What is around it: Lambda, and a Backup Gateway that always fails.
async fn surroundings() -> anyhow::Result<()> {
    let gateway = Loopback::backup_gateway(u32::MAX).await?;
    let mut function = Command::new(env::current_exe()?);
    function.env(SERVICE, gateway.endpoint());
    let mut lambda = Lambda::start(function).await?;
    let event = json!({ "gateway": GATEWAY });

    // An answer that comes too late is an error here.
    let answer = lambda.invoke(&event, Duration::from_millis(1500)).await?;
    println!("answer after {:.1?} of 1.5s: {}", answer.took, answer.body);
    println!("requests the server saw: {}", gateway.requests());
    ensure!(
        answer.is_error && answer.body.contains("GatewayUnavailable"),
        "the service always fails"
    );
    ensure!((2..100).contains(&gateway.requests()), "it is the deadline that ends the retries");

    let before = gateway.requests();
    let answer = lambda.invoke(&event, MARGIN / 2).await?;
    println!("answer after {:.1?} of {:?}: {}", answer.took, MARGIN / 2, answer.body);
    ensure!(answer.is_error && answer.body.contains("TooLate"), "no more than the margin is left");
    ensure!(gateway.requests() == before, "nothing is asked for without time for the answer");
    Ok(())
}

/// A client that leaves retries to the attribute; yours comes from `aws_config`.
fn client(endpoint: &str) -> Client {
    Client::from_conf(
        Config::builder()
            .retry_config(RetryConfig::disabled())
            .endpoint_url(endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "example"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build(),
    )
}
