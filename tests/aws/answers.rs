//! What becomes of each kind of answer: the table of `retry_runtime::aws`, measured on real sockets.

use std::cell::Cell;
use std::fmt::Write;
use std::time::Duration;

use aws_sdk_amplify as amplify;
use aws_sdk_amplify::config::http::HttpResponse;
use aws_sdk_amplify::config::retry::RetryConfig;
use aws_sdk_amplify::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_amplify::operation::get_app::GetAppError;
use aws_sdk_backupgateway as backupgateway;
use aws_sdk_backupgateway::operation::get_gateway::GetGatewayError;
use aws_smithy_types::timeout::TimeoutConfig;
use retry_runtime::{aws, retry_on};

use crate::server::{Answer, Server, nobody};
use crate::services::{
    amplify_config, app, cbor_exception, empty, exception, gateway, gateway_config, half_an_app,
    html, no_cbor,
};

type AppError = SdkError<GetAppError>;

#[retry_on(when = is_passing, max = 3, delay = "1ms", budget = none)]
async fn get_app(client: &amplify::Client, calls: &Cell<u32>) -> Result<(), AppError> {
    calls.update(|calls| calls + 1);
    client.get_app().app_id("d2abcexample").send().await.map(drop)
}

#[retry_on(when = is_passing, max = 3, delay = "1ms", budget = none, timeout = "200ms")]
async fn get_app_in_time(client: &amplify::Client, calls: &Cell<u32>) -> Result<(), AppError> {
    calls.update(|calls| calls + 1);
    client.get_app().app_id("d2abcexample").send().await.map(drop)
}

#[retry_on(when = is_passing, max = 3, delay = "1ms", budget = none)]
async fn get_no_app(client: &amplify::Client, calls: &Cell<u32>) -> Result<(), AppError> {
    calls.update(|calls| calls + 1);
    client.get_app().send().await.map(drop)
}

#[retry_on(when = is_passing, max = 3, delay = "1ms", budget = none)]
async fn get_gateway(
    client: &backupgateway::Client,
    calls: &Cell<u32>,
) -> Result<(), SdkError<GetGatewayError>> {
    calls.update(|calls| calls + 1);
    client
        .get_gateway()
        .gateway_arn("arn:aws:backup-gateway:::gateway/bgw-1")
        .send()
        .await
        .map(drop)
}

fn is_passing<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    aws::transient(error) || aws::throttling(error)
}

/// How a call of the function ended.
struct Outcome {
    calls: u32,
    error: Option<Told>,
}

/// What can be seen of an error.
struct Told {
    variant: &'static str,
    code: String,
    class: &'static str,
}

impl Outcome {
    fn of<E: ProvideErrorMetadata>(
        calls: &Cell<u32>,
        result: Result<(), SdkError<E, HttpResponse>>,
    ) -> Self {
        let error = result.err().map(|error| Told {
            variant: match &error {
                SdkError::ConstructionFailure(_) => "ConstructionFailure",
                SdkError::TimeoutError(_) => "TimeoutError",
                SdkError::DispatchFailure(_) => "DispatchFailure",
                SdkError::ResponseError(_) => "ResponseError",
                SdkError::ServiceError(_) => "ServiceError",
                _ => "?",
            },
            code: error.code().map_or("–".to_owned(), |code| format!("`{code}`")),
            class: match (aws::transient(&error), aws::throttling(&error)) {
                (true, true) => "both",
                (true, false) => "transient",
                (false, true) => "throttling",
                (false, false) => "–",
            },
        });
        Self { calls: calls.get(), error }
    }
}

/// The table, as far as it is measured.
struct Table(String);

impl Table {
    fn new() -> Self {
        Self(
            "| response | `SdkError::..` | code | class | attempts | requests | if the next response \
             is good |\n|---|---|---|---|---|---|---|\n"
                .to_owned(),
        )
    }

    /// A call that always gets this answer, and one that gets it once.
    fn row(&mut self, answer: &str, always: &Outcome, requests: u32, once: Option<&Outcome>) {
        let error = always.error.as_ref().expect("an answer that is no success");
        let is_retried = error.class != "–";
        assert_eq!(always.calls, if is_retried { 3 } else { 1 }, "{answer}");
        assert!(requests == always.calls || requests == 0, "{answer}: {requests} requests");
        let once = match once {
            None => "–",
            Some(Outcome { calls: 2, error: None }) => "success, 2 attempts",
            Some(Outcome { calls: 1, error: Some(_) }) => "the error",
            Some(Outcome { calls, .. }) => panic!("{answer}: {calls} calls"),
        };
        assert!(once == "–" || is_retried == once.starts_with("success"), "{answer}");
        let (Told { variant, code, class }, attempts) = (error, always.calls);
        writeln!(
            self.0,
            "| {answer} | `{variant}` | {code} | {class} | {attempts} | {requests} | {once} |"
        )
        .expect("a string takes any text");
    }

    async fn amplify(&mut self, answer: &str, bad: Answer) {
        let ask = async |answers| {
            let server = Server::start(answers).await;
            let calls = Cell::new(0);
            let client = single(amplify_config(server.endpoint()));
            let outcome = Outcome::of(&calls, get_app(&client, &calls).await);
            assert_eq!(server.requests(), outcome.calls, "{answer}");
            outcome
        };
        let always = ask(vec![bad.clone()]).await;
        let once = ask(vec![bad, app()]).await;
        self.row(answer, &always, always.calls, Some(&once));
    }

    async fn gateway(&mut self, answer: &str, bad: Answer) {
        let ask = async |answers| {
            let server = Server::start(answers).await;
            let calls = Cell::new(0);
            let config = gateway_config(server.endpoint()).retry_config(RetryConfig::disabled());
            let client = backupgateway::Client::from_conf(config.build());
            let outcome = Outcome::of(&calls, get_gateway(&client, &calls).await);
            assert_eq!(server.requests(), outcome.calls, "{answer}");
            outcome
        };
        let always = ask(vec![bad.clone()]).await;
        let once = ask(vec![bad, gateway()]).await;
        self.row(answer, &always, always.calls, Some(&once));
    }
}

/// A client that does not retry.
fn single(config: amplify::config::Builder) -> amplify::Client {
    amplify::Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
}

#[tokio::test]
async fn are_as_the_documentation_says() {
    let mut table = Table::new();
    answers_of_a_service(&mut table).await;
    answers_of_what_stands_between(&mut table).await;
    no_answer(&mut table).await;
    no_request(&mut table).await;

    let documented = include_str!("../../retry-runtime/src/aws/answers.md");
    assert_eq!(documented.trim(), table.0.trim(), "measured:\n{}", table.0);
}

async fn answers_of_a_service(table: &mut Table) {
    let skewed = Answer::whole(
        "403 Forbidden",
        &["x-amzn-errortype: RequestTimeTooSkewed", "date: Sat, 01 Jan 2000 00:00:00 GMT"],
        "{}",
    );
    table.amplify("500 with a modelled code", exception("500 -", "InternalFailureException")).await;
    table
        .gateway(
            "500 with a modelled code, in CBOR",
            cbor_exception("500 -", "InternalServerException"),
        )
        .await;
    table.amplify("503 with a code that is not modelled", exception("503 -", "SlowDown")).await;
    table.amplify("429 with a modelled code", exception("429 -", "LimitExceededException")).await;
    table
        .gateway(
            "400 with a modelled code, in CBOR",
            cbor_exception("400 -", "ThrottlingException"),
        )
        .await;
    table
        .amplify("400 with a code that is not modelled", exception("400 -", "RequestTimeout"))
        .await;
    table.amplify("404 with a modelled code", exception("404 -", "NotFoundException")).await;
    table.amplify("403 because the clocks differ", skewed).await;
}

async fn answers_of_what_stands_between(table: &mut Table) {
    table.amplify("429 without a code", empty("429 -")).await;
    table.amplify("500 without a body", empty("500 -")).await;
    table.gateway("500 without a body, CBOR expected", empty("500 -")).await;
    table.amplify("503 with HTML", html("503 -")).await;
    table.gateway("503 with HTML, CBOR expected", html("503 -")).await;
    table.amplify("200 with HTML", html("200 OK")).await;
    table.gateway("200 with HTML, CBOR expected", html("200 OK")).await;
    table.gateway("200 with invalid CBOR", no_cbor()).await;
}

async fn no_answer(table: &mut Table) {
    table.amplify("connection closed in the middle of the body", half_an_app()).await;
    table.amplify("connection closed before the first byte", Answer::Bytes(Vec::new())).await;

    let calls = Cell::new(0);
    let client = single(amplify_config(&nobody().await));
    let refused = Outcome::of(&calls, get_app(&client, &calls).await);
    table.row("connection refused", &refused, 0, None);

    let ask = async |answers| {
        let server = Server::start(answers).await;
        let calls = Cell::new(0);
        let client = single(amplify_config(server.endpoint()));
        let outcome = Outcome::of(&calls, get_app_in_time(&client, &calls).await);
        (outcome, server.requests())
    };
    let (always, requests) = ask(vec![Answer::Silence]).await;
    let (once, _) = ask(vec![Answer::Silence, app()]).await;
    table.row("no first byte within `timeout`", &always, requests, Some(&once));

    let ask = async |answers| {
        let server = Server::start(answers).await;
        let calls = Cell::new(0);
        let limit = Duration::from_millis(200);
        let limits = TimeoutConfig::builder().operation_attempt_timeout(limit).build();
        let client = single(amplify_config(server.endpoint()).timeout_config(limits));
        let outcome = Outcome::of(&calls, get_app(&client, &calls).await);
        (outcome, server.requests())
    };
    let (always, requests) = ask(vec![Answer::Silence]).await;
    let (once, _) = ask(vec![Answer::Silence, app()]).await;
    table.row("no first byte within the SDK's own timeout", &always, requests, Some(&once));
}

async fn no_request(table: &mut Table) {
    let server = Server::start(vec![app()]).await;

    let calls = Cell::new(0);
    let nameless = amplify::Config::builder()
        .behavior_version_latest()
        .endpoint_url(server.endpoint())
        .region(amplify::config::Region::new("us-east-1"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let client = single(nameless);
    let outcome = Outcome::of(&calls, get_app(&client, &calls).await);
    table.row("no request: credentials are missing", &outcome, server.requests(), None);

    let calls = Cell::new(0);
    let client = single(amplify_config(server.endpoint()));
    let outcome = Outcome::of(&calls, get_no_app(&client, &calls).await);
    table.row("no request: a required field is missing", &outcome, server.requests(), None);
    assert_eq!(server.requests(), 0);
}
