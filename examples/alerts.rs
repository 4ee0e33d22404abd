//! One alert when a function gives up too often, with all that is known of the failure; and a support
//! case.
//!
//! ```text
//! cargo run -p retry-examples --features operations --example alerts
//! ```
//!
//! Amplify fails on every attempt of five calls. [`GiveUpAlerts`] sends to a channel. A task receives from it
//! and posts JSON to a webhook: of a pager, of a chat, or here of a server on loopback. (SNS takes the
//! same JSON.) The task retries, too, because the webhook is busy at first. Expect one alert, at the
//! third of the five calls:
//!
//! ```text
//! the webhook got: {
//!   "code": "InternalFailureException",
//!   "count": 3,
//!   "error": "service error: InternalFailureException: The service failed to perform an operation due to an internal issue.",
//!   "reason": "max_attempts",
//!   "request_id": "loopback-request-9",
//!   "site": "alerts::app",
//!   "summary": "alerts::app gave up 3 times (the limit is 2 in 300s); last error: …",
//!   "window_seconds": 300
//! }
//! ```
//!
//! and the support case of the last call, which is what AWS Support asks for, in Markdown:
//!
//! ```text
//! # amplify GetApp: InternalFailureException ended the call
//!
//! - **Service:** amplify
//! - **Operation:** GetApp
//! - **Function:** `alerts::app` (examples/alerts.rs:57)
//! …
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_amplify::Client;
use aws_sdk_amplify::config::retry::RetryConfig;
use aws_sdk_amplify::config::{Config, Credentials, Region};
use aws_sdk_amplify::error::SdkError;
use aws_sdk_amplify::operation::get_app::{GetAppError, GetAppOutput};
use aws_sdk_amplify::types::error::InternalFailureException;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use retry_examples::Loopback;
use retry_runtime::observe::{self, Alert, GiveUpAlerts, SupportCase};
use retry_runtime::{EndReason, retry_on};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, Receiver};

#[retry_on(
    InternalFailureException,
    max = 3,
    delay = "10ms",
    on_give_up = |gave_up| *last_case = Some(gave_up.support_case()),
)]
async fn app(
    client: &Client,
    id: &str,
    last_case: &mut Option<SupportCase>,
) -> Result<GetAppOutput, SdkError<GetAppError>> {
    client.get_app().app_id(id).send().await
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn Error>> {
    let webhook = Webhook::start().await?;
    let service = Loopback::amplify(u32::MAX).await?;
    let client = client(service.endpoint());

    // The call that fails does not wait for the webhook: the channel takes the alert, the task posts it.
    let (sender, receiver) = mpsc::channel(16);
    let task = tokio::spawn(deliver(receiver, webhook.address));
    let alerts = GiveUpAlerts::new(Duration::from_mins(5), 2, move |alert| {
        if sender.try_send(json(alert)).is_err() {
            eprintln!("an alert is lost: {alert}");
        }
    });
    let registered = observe::add(alerts);

    let mut last_case = None;
    for _ in 0..5 {
        if app(&client, "d2abcexample", &mut last_case).await.is_ok() {
            return Err("the service was told never to succeed".into());
        }
    }
    // The observer goes, the channel closes, the task ends.
    registered.remove();
    task.await?;

    println!("{}", last_case.ok_or("there is no support case")?);

    let got = webhook.got.lock().unwrap_or_else(PoisonError::into_inner);
    let [alert] = &got[..] else {
        return Err(format!("{} alerts instead of one", got.len()).into());
    };
    let expected = json!({
        "site": "alerts::app",
        "count": 3,
        "window_seconds": 300,
        "reason": "max_attempts",
        "code": "InternalFailureException",
        "request_id": "loopback-request-9",
    });
    let is_as_expected = |(key, value): (&String, &Value)| alert[key] == *value;
    if !expected.as_object().is_some_and(|fields| fields.iter().all(is_as_expected)) {
        return Err("the alert does not say what happened".into());
    }
    Ok(())
}

/// The fields have the names that they have in logs.
fn json(alert: &Alert<'_>) -> Value {
    let event = alert.event();
    json!({
        "summary": alert.to_string(),
        "site": alert.site(),
        "count": alert.gave_up(),
        "window_seconds": alert.window().as_secs(),
        "reason": event.reason().map(EndReason::as_str),
        "error": event.error().map(ToString::to_string),
        "code": event.code(),
        "request_id": event.request_id(),
    })
}

async fn deliver(mut alerts: Receiver<Value>, webhook: SocketAddr) {
    while let Some(alert) = alerts.recv().await {
        let posted = tokio::task::spawn_blocking(move || page(webhook, &alert.to_string())).await;
        if !matches!(posted, Ok(Ok(()))) {
            eprintln!("an alert was not delivered: {posted:?}");
        }
    }
}

#[retry_on(ureq::Error::StatusCode(500..=599), ureq::Error::Io(_), max = 5, delay = "20ms")]
fn page(webhook: SocketAddr, alert: &str) -> Result<(), ureq::Error> {
    ureq::post(format!("http://{webhook}/alerts"))
        .header("content-type", "application/json")
        .send(alert)?;
    Ok(())
}

/// In place of a pager: it prints what it gets. It refuses the first request.
struct Webhook {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Value>>>,
}

impl Webhook {
    async fn start() -> Result<Self, Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let got = Arc::new(Mutex::new(Vec::new()));
        let state = (Arc::clone(&got), Arc::new(Mutex::new(true)));
        let router = Router::new().route("/alerts", post(accept)).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, got })
    }
}

type Accepted = (Arc<Mutex<Vec<Value>>>, Arc<Mutex<bool>>);

async fn accept(State((got, is_busy)): State<Accepted>, Json(alert): Json<Value>) -> StatusCode {
    if std::mem::take(&mut *is_busy.lock().unwrap_or_else(PoisonError::into_inner)) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    println!("the webhook got: {alert:#}");
    got.lock().unwrap_or_else(PoisonError::into_inner).push(alert);
    StatusCode::NO_CONTENT
}

/// A client for the loopback service; yours comes from `aws_config` and has real credentials.
fn client(endpoint: &str) -> Client {
    Client::from_conf(
        Config::builder()
            // Only one of the two may retry.
            .retry_config(RetryConfig::disabled())
            .endpoint_url(endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "example"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build(),
    )
}
