//! One layer retries, not two; and where two do, their requests are counted and named.

use aws_sdk_amplify::config::retry::RetryConfig;
use aws_sdk_amplify::config::{Credentials, Region, SharedCredentialsProvider};
use aws_sdk_amplify::error::SdkError;
use aws_sdk_amplify::operation::get_app::GetAppError;
use aws_sdk_amplify::types::error::InternalFailureException;
use aws_sdk_amplify::{Client, Config};
use aws_types::SdkConfig;
use retry_runtime::{aws, retry_on};
use retry_tests::{LogEvent, Recorder};
use tokio::task::JoinSet;
use tracing::Level;

use crate::server::{Answer, Server, nobody};
use crate::services::{amplify_config, app, exception, html};

type AppError = SdkError<GetAppError>;

fn failure() -> Answer {
    exception("500 -", "InternalFailureException")
}

/// A function for each test, because the warning comes once for each function.
macro_rules! get_app {
    ($($attribute:tt)*) => {
        #[retry_on(InternalFailureException, max = 3, delay = "1ms", budget = none, $($attribute)*)]
        async fn get_app(client: &Client) -> Result<(), AppError> {
            client.get_app().app_id("d2abcexample").send().await.map(drop)
        }
    };
}

/// A client as others use it: the SDK makes up to 3 attempts.
fn default_client(server: &Server) -> Client {
    Client::from_conf(amplify_config(server.endpoint()).build())
}

fn counting_client(server: &Server) -> Client {
    Client::from_conf(
        amplify_config(server.endpoint()).interceptor(aws::CountRequests::new()).build(),
    )
}

/// The one of both layers, if it is there.
fn warnings(recorder: &Recorder) -> Vec<LogEvent> {
    let events = recorder.events().into_iter();
    events.filter(|event| event.field("worst_case").is_some()).collect()
}

/// What the events say of requests, but for the warning.
fn requests(recorder: &Recorder) -> Vec<String> {
    let events = recorder.events().into_iter();
    events
        .filter(|event| event.target == "retry_runtime" && event.field("attempt").is_some())
        .map(|event| event.field("requests").unwrap_or("-").to_owned())
        .collect()
}

#[tokio::test]
async fn two_make_nine_requests() {
    get_app!();
    let server = Server::start(vec![failure()]).await;
    get_app(&default_client(&server)).await.unwrap_err();
    assert_eq!(server.requests(), 9);
}

#[tokio::test]
async fn one_makes_three_where_all_clients_are_configured() {
    get_app!();
    let server = Server::start(vec![failure()]).await;
    let key = Credentials::new("key", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .retry_config(RetryConfig::disabled())
        .endpoint_url(server.endpoint())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(key))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .behavior_version(aws_sdk_amplify::config::BehaviorVersion::latest())
        .build();
    get_app(&Client::new(&config)).await.unwrap_err();
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn one_makes_three_with_a_client_that_is_derived_from_another() {
    get_app!();
    let server = Server::start(vec![failure()]).await;
    let client = default_client(&server);
    let single = Client::from_conf(
        client.config().to_builder().retry_config(RetryConfig::disabled()).build(),
    );
    get_app(&single).await.unwrap_err();
    assert_eq!(server.requests(), 3);
    // The other one is as it was.
    client.get_app().app_id("d2abcexample").send().await.unwrap_err();
    assert_eq!(server.requests(), 6);
}

#[tokio::test]
async fn one_makes_three_with_a_call_that_is_customized() {
    #[retry_on(InternalFailureException, max = 3, delay = "1ms")]
    async fn get_app(client: &Client) -> Result<(), AppError> {
        let single = Config::builder().retry_config(RetryConfig::disabled());
        let call = client.get_app().app_id("d2abcexample").customize();
        call.config_override(single).send().await.map(drop)
    }

    let server = Server::start(vec![failure()]).await;
    get_app(&default_client(&server)).await.unwrap_err();
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn the_events_tell_the_requests_of_each_attempt() {
    get_app!();
    let server = Server::start(vec![failure()]).await;
    let recorder = Recorder::start();
    get_app(&counting_client(&server)).await.unwrap_err();
    assert_eq!(server.requests(), 9);
    assert_eq!(requests(&recorder), ["3", "3", "3"]);

    let events = recorder.events();
    let second = events.iter().find(|event| event.field("attempt") == Some("2")).unwrap();
    let begin = "attempt 2 of 3 failed (the SDK made 3 requests), retrying in ";
    assert!(second.message.starts_with(begin), "{}", second.message);
    let last = &events.last().unwrap().message;
    assert!(last.starts_with("gave up after attempt 3 (the SDK made 3 requests) ("), "{last}");
}

#[tokio::test]
async fn one_warning_names_the_product_and_the_remedy() {
    get_app!(name = "app");
    let server = Server::start(vec![failure()]).await;
    let recorder = Recorder::start();
    for _ in 0..2 {
        get_app(&counting_client(&server)).await.unwrap_err();
    }
    let warnings = warnings(&recorder);
    assert_eq!(warnings.len(), 1, "once for each function");
    assert_eq!(warnings[0].level, Level::WARN);
    assert_eq!(warnings[0].field("site"), Some("app"));
    assert_eq!(warnings[0].field("worst_case"), Some("9"));
    assert_eq!(
        warnings[0].message,
        "retries inside retries multiply: the SDK retries inside attempts of `app`, which can make \
         3 x 3 = 9 requests: switch one layer off, with \
         `.retry_config(RetryConfig::disabled())` on the configuration of the client, \
         or with `max = 1` on the function",
    );
}

#[tokio::test]
async fn nothing_is_said_where_the_sdk_does_not_retry() {
    get_app!();
    let server = Server::start(vec![failure()]).await;
    let config = amplify_config(server.endpoint()).interceptor(aws::CountRequests::new());
    let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
    let recorder = Recorder::start();
    get_app(&client).await.unwrap_err();
    assert_eq!(server.requests(), 3);
    assert!(warnings(&recorder).is_empty());
    assert_eq!(requests(&recorder), ["1", "1", "1"]);
    assert!(recorder.events().iter().all(|event| !event.message.contains("the SDK made")));
}

#[tokio::test]
async fn nothing_is_said_where_both_are_wanted() {
    get_app!(nested = "allow");
    let server = Server::start(vec![failure()]).await;
    let recorder = Recorder::start();
    get_app(&counting_client(&server)).await.unwrap_err();
    assert!(warnings(&recorder).is_empty());
    assert_eq!(requests(&recorder), ["3", "3", "3"]);
}

#[tokio::test]
async fn nothing_is_said_without_the_interceptor() {
    get_app!();
    let server = Server::start(vec![failure()]).await;
    let recorder = Recorder::start();
    get_app(&default_client(&server)).await.unwrap_err();
    let lines = recorder.lines().into_iter().filter(|line| line.contains("error.type="));
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| !line.contains("requests=")), "{lines:?}");
}

/// The SDK recovers on its second request; the function never learns that there was a first.
#[tokio::test]
async fn requests_of_successful_attempts_are_counted_too() {
    get_app!(name = "successful");
    let server = Server::start(vec![failure(), app()]).await;
    let recorder = Recorder::start();
    get_app(&counting_client(&server)).await.unwrap();
    assert_eq!(server.requests(), 2);
    let warnings = warnings(&recorder);
    assert_eq!(warnings[0].field("requests"), Some("2"), "the count of the function");

    // And they are not taken for those of the next call, …
    let nowhere = Client::from_conf(
        amplify_config(&nobody().await).retry_config(RetryConfig::disabled()).build(),
    );
    let recorder = Recorder::start();
    get_app(&nowhere).await.unwrap_err();
    assert_eq!(requests(&recorder), ["-"]);
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_tells_its_requests() {
    get_app!(timeout = "300ms");
    let server = Server::start(vec![failure(), Answer::Silence, app()]).await;
    let recorder = Recorder::start();
    get_app(&counting_client(&server)).await.unwrap();
    assert_eq!(server.requests(), 3);
    let events = recorder.events();
    let late = events.iter().find(|event| event.field("error.type") == Some("timeout")).unwrap();
    assert_eq!(late.field("requests"), Some("2"));
}

#[tokio::test]
async fn joined_calls_keep_their_requests_apart() {
    get_app!();
    #[retry_on(GetAppError::NotFoundException, max = 2, delay = "1ms", name = "other")]
    async fn get_other(client: &Client) -> Result<(), AppError> {
        client.get_app().app_id("d2abcexample").send().await.map(drop)
    }

    let server = Server::start(vec![failure()]).await;
    let others = Server::start(vec![exception("404 -", "NotFoundException")]).await;
    let recorder = Recorder::start();
    let (client, other) = (counting_client(&server), counting_client(&others));
    let (app, other) = tokio::join!(get_app(&client), get_other(&other));
    app.unwrap_err();
    other.unwrap_err();
    assert_eq!((server.requests(), others.requests()), (9, 2));
    for event in recorder.events().iter().filter(|event| event.field("attempt").is_some()) {
        let expected = if event.field("site") == Some("other") { "1" } else { "3" };
        assert_eq!(event.field("requests"), Some(expected), "{event}");
    }
}

#[test]
fn a_plain_function_counts_what_its_runtime_sends() {
    #[retry_on(InternalFailureException, max = 2, delay = "1ms")]
    fn get_app(runtime: &tokio::runtime::Runtime, client: &Client) -> Result<(), AppError> {
        runtime.block_on(client.get_app().app_id("d2abcexample").send()).map(drop)
    }

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let server = runtime.block_on(Server::start(vec![failure()]));
    let client = counting_client(&server);
    let recorder = Recorder::start();
    get_app(&runtime, &client).unwrap_err();
    assert_eq!(server.requests(), 6);
    assert_eq!(requests(&recorder), ["3", "3"]);
    assert_eq!(warnings(&recorder)[0].field("worst_case"), Some("6"));
}

/// On any thread, and on several in turn: the server's count is the one of the warning.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_may_migrate() {
    get_app!();
    let server = Server::start(vec![failure()]).await;
    let client = counting_client(&server);
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        tasks.spawn(async move { get_app(&client).await });
    }
    for result in tasks.join_all().await {
        result.unwrap_err();
    }
    // The SDK's own budget can end its retries early.
    assert!((24..=72).contains(&server.requests()), "{}", server.requests());
}

#[tokio::test]
async fn a_function_around_another_counts_all_of_it() {
    get_app!(name = "inner");
    #[retry_on(InternalFailureException, max = 2, delay = "1ms", nested = "allow", name = "outer")]
    async fn outer(client: &Client) -> Result<(), AppError> {
        get_app(client).await
    }

    let server = Server::start(vec![failure()]).await;
    let recorder = Recorder::start();
    outer(&counting_client(&server)).await.unwrap_err();
    assert_eq!(server.requests(), 18);
    let events = recorder.events();
    let of = |site| {
        let events = events.iter().filter(move |event| {
            event.field("site") == Some(site) && event.field("attempt").is_some()
        });
        events.map(|event| event.field("requests").unwrap_or("-")).collect::<Vec<_>>()
    };
    assert_eq!(of("inner"), ["3"; 6]);
    assert_eq!(of("outer"), ["9"; 2]);
}

#[tokio::test]
async fn what_the_service_asks_for_lengthens_the_pause() {
    #[retry_on(
        when = aws::transient,
        hint = aws::retry_after,
        max = 3,
        delay = "1ms",
        jitter = none
    )]
    async fn get_app(client: &Client) -> Result<(), AppError> {
        client.get_app().app_id("d2abcexample").send().await.map(drop)
    }

    let asking = |header: &str| Answer::whole("503 -", &[header], "");
    let server = Server::start(vec![
        asking("x-amz-retry-after: 40"),
        asking("retry-after: Sat, 01 Jan 2000 00:00:00 GMT"),
        app(),
    ]);
    let server = server.await;
    let config = amplify_config(server.endpoint()).retry_config(RetryConfig::disabled());
    let recorder = Recorder::start();
    get_app(&Client::from_conf(config.build())).await.unwrap();
    let events = recorder.events();
    let pauses: Vec<_> = events.iter().filter_map(|event| event.field("pause")).collect();
    assert_eq!(pauses, ["0.04", "0.002"]);
}

/// `when` on other errors than `SdkError`: the type is bound, and found in the chain.
#[tokio::test]
async fn what_may_pass_is_found_inside_other_errors() {
    #[retry_on(e: AppError if aws::transient(e), max = 3, delay = "1ms")]
    async fn in_a_report(client: &Client) -> anyhow::Result<()> {
        client.get_app().app_id("d2abcexample").send().await?;
        Ok(())
    }

    #[retry_on(e: AppError if aws::transient(e), max = 3, delay = "1ms")]
    async fn in_a_box(client: &Client) -> Result<(), Box<AppError>> {
        Ok(client.get_app().app_id("d2abcexample").send().await.map(drop)?)
    }

    #[retry_on(when = aws::throttling, max = 3, delay = "1ms")]
    async fn of_the_service(client: &Client) -> Result<(), aws_sdk_amplify::Error> {
        client.get_app().app_id("d2abcexample").send().await?;
        Ok(())
    }

    let single = |server: &Server| {
        let config = amplify_config(server.endpoint()).retry_config(RetryConfig::disabled());
        Client::from_conf(config.build())
    };
    let server = Server::start(vec![html("503 -")]).await;
    in_a_report(&single(&server)).await.unwrap_err();
    in_a_box(&single(&server)).await.unwrap_err();
    assert_eq!(server.requests(), 6);

    let server = Server::start(vec![exception("400 -", "SlowDown")]).await;
    in_a_report(&single(&server)).await.unwrap_err();
    assert_eq!(server.requests(), 1);
    of_the_service(&single(&server)).await.unwrap_err();
    assert_eq!(server.requests(), 4);
}
