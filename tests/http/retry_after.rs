//! What a server says in `Retry-After` becomes the pause: over HTTP, from a real response.

use std::time::{Duration, SystemTime};

use retry_runtime::http::{ratelimit_reset, retry_after, retry_after_ms};
use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{MS, SECOND};
use retry_tests_http::Server;
use tokio::time::Instant;

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("status {status}")]
    Refused { status: u16, retry_after: Option<String> },
    #[error(transparent)]
    Http(#[from] ureq::Error),
}

/// What the header says, where the error has one.
fn header(error: &FetchError) -> Option<Duration> {
    match error {
        FetchError::Refused { retry_after: Some(value), .. } => retry_after(value),
        _ => None,
    }
}

fn get(url: &str) -> Result<u16, FetchError> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let response = agent.get(url).call()?;
    let status = response.status().as_u16();
    if status == 200 {
        return Ok(status);
    }
    let value = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    Err(FetchError::Refused { status, retry_after: value.map(str::to_owned) })
}

#[retry_on(FetchError::Refused { status: 429, .. }, max = 3, jitter = none, hint = header)]
fn fetch_plain(url: &str) -> Result<u16, FetchError> {
    get(url)
}

/// In a blocking thread, where tokio's paused clock waits for the response.
#[retry_on(FetchError::Refused { status: 429, .. }, max = 3, jitter = none, hint = header)]
async fn fetch(url: &str) -> Result<u16, FetchError> {
    let url = url.to_owned();
    tokio::task::spawn_blocking(move || get(&url)).await.expect("it does not panic")
}

fn pauses<const N: usize>(retry_after: [&str; N]) -> Vec<Duration> {
    let server = Server::refusing(retry_after).unwrap();
    let clock = Scope::new().enter();
    assert_eq!(fetch_plain(&server.url()).unwrap(), 200);
    clock.pauses()
}

async fn waited<const N: usize>(retry_after: [&str; N]) -> Duration {
    let server = Server::refusing(retry_after).unwrap();
    let start = Instant::now();
    assert_eq!(fetch(&server.url()).await.unwrap(), 200);
    start.elapsed()
}

fn in_seconds(seconds: u64) -> String {
    httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds))
}

#[test]
fn seconds_are_the_pause_plain() {
    assert_eq!(pauses(["2", "3"]), [2 * SECOND, 3 * SECOND]);
}

#[tokio::test(start_paused = true)]
async fn seconds_are_the_pause() {
    assert_eq!(waited(["2", "3"]).await, 5 * SECOND);
}

/// A date has no parts of a second, and some of the time is over when it is read.
#[test]
fn the_time_until_a_date_is_the_pause_plain() {
    let pause = pauses([&in_seconds(4)]);
    assert!(pause.len() == 1 && pause[0] > SECOND && pause[0] <= 4 * SECOND, "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn the_time_until_a_date_is_the_pause() {
    let waited = waited([&in_seconds(4)]).await;
    assert!(waited > SECOND && waited <= 4 * SECOND + MS, "{waited:?}");
}

#[test]
fn a_date_in_the_past_shortens_no_pause_plain() {
    assert_eq!(pauses(["Fri, 31 Dec 1999 23:59:59 GMT"; 2]), [100 * MS, 200 * MS]);
}

#[tokio::test(start_paused = true)]
async fn a_date_in_the_past_shortens_no_pause() {
    assert_eq!(waited(["Fri, 31 Dec 1999 23:59:59 GMT"; 2]).await, 300 * MS);
}

#[test]
fn a_value_that_cannot_be_read_changes_nothing_plain() {
    assert_eq!(pauses(["soon", "-5"]), [100 * MS, 200 * MS]);
}

#[tokio::test(start_paused = true)]
async fn a_value_that_cannot_be_read_changes_nothing() {
    assert_eq!(waited(["soon", "-5"]).await, 300 * MS);
}

#[test]
fn decimals_are_the_pause_plain() {
    assert_eq!(pauses(["2.5", "0.7505"]), [2500 * MS, Duration::from_micros(750_500)]);
}

#[tokio::test(start_paused = true)]
async fn decimals_are_the_pause() {
    assert_eq!(waited(["2.5", "0.75"]).await, 3250 * MS);
}

#[test]
fn a_minute_is_the_pause_plain() {
    assert_eq!(pauses(["60"]), [60 * SECOND]);
}

/// A server cannot hold a client for as long as it likes.
#[test]
fn an_hour_ends_the_call_plain() {
    for hour in [&*in_seconds(3600), "3600"] {
        let server = Server::refusing([hour]).unwrap();
        let clock = Scope::new().enter();
        let error = fetch_plain(&server.url()).unwrap_err();
        assert!(matches!(error, FetchError::Refused { status: 429, .. }), "{error:?}");
        assert!(clock.pauses().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_hour_ends_the_call() {
    let server = Server::refusing(["3600"]).unwrap();
    let start = Instant::now();
    fetch(&server.url()).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// Other headers with the same meaning have readers of their own.
#[test]
fn milliseconds_and_the_time_of_a_reset_are_read_too() {
    assert_eq!(retry_after_ms("2500"), Some(2500 * MS));
    assert_eq!(retry_after_ms("0.5"), Some(Duration::from_micros(500)));
    assert_eq!(ratelimit_reset("30"), Some(30 * SECOND));
    assert_eq!(ratelimit_reset("1.5"), Some(1500 * MS));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let left = ratelimit_reset(&(now + 30).to_string()).unwrap();
    assert!(left > 20 * SECOND && left <= 30 * SECOND, "{left:?}");
    assert_eq!(ratelimit_reset(&(now - 30).to_string()), Some(Duration::ZERO));
    for unreadable in ["", "soon", "-5", "1e3", "+5"] {
        assert_eq!(retry_after_ms(unreadable), None, "{unreadable}");
        assert_eq!(ratelimit_reset(unreadable), None, "{unreadable}");
    }
}
