//! Nobody can write `From<TimedOut>` or `From<PolicyError>` for an error type of another crate.

use std::time::Duration;

use retry_runtime::{Policy, TimedOut, retry_on};
use tonic::{Code, Status};

#[retry_on(
    _,
    max = 2,
    timeout = "1s",
    timed_out = |timed_out| Status::deadline_exceeded(timed_out.to_string()),
    name = "call"
)]
async fn call(calls: &mut u32) -> Result<(), Status> {
    *calls += 1;
    std::future::pending().await
}

/// A value of run time would need `From<PolicyError>`; a policy was validated when it was built.
#[retry_on(
    _,
    policy = policy,
    timed_out = |timed_out| Status::deadline_exceeded(timed_out.to_string())
)]
async fn call_within(policy: &Policy) -> Result<(), Status> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn tonic_tells_of_an_attempt_that_was_cut() {
    let mut calls = 0;
    let status = call(&mut calls).await.unwrap_err();
    assert_eq!((status.code(), calls), (Code::DeadlineExceeded, 2));
    assert_eq!(status.message(), "call: attempt 2 took longer than 1s");
}

#[tokio::test(start_paused = true)]
async fn tonic_tells_of_a_deadline_of_run_time() {
    let policy = Policy::builder().deadline(Duration::from_secs(5)).build();
    assert_eq!(call_within(&policy).await.unwrap_err().code(), Code::DeadlineExceeded);
}

/// An error of `reqwest` cannot be made at all, so the function has one that can.
#[tokio::test(start_paused = true)]
async fn reqwest_is_wrapped() {
    #[derive(Debug, thiserror::Error)]
    enum FetchError {
        #[error("no answer")]
        Http(#[from] reqwest::Error),
        #[error(transparent)]
        TimedOut(#[from] TimedOut),
    }

    #[retry_on(reqwest::Error, timeout = "1s")]
    async fn fetch(client: &reqwest::Client) -> Result<String, FetchError> {
        std::future::pending::<()>().await;
        Ok(client.get("http://127.0.0.1/").send().await?.text().await?)
    }

    let error = fetch(&reqwest::Client::new()).await.unwrap_err();
    assert!(matches!(error, FetchError::TimedOut(late) if late.attempt() == 3), "{error}");
}
