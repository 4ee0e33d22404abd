//! What a call leaves in the log and in the metrics, from its first attempt to its end: for each way
//! that a call can end, plain and async, everything and nothing else.

use std::io;
use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{Budget, ErrorCode, Policy, Retry, Stop, retry_on};
use retry_tests::{Busy, Recorder, Service};
use retry_tests_operations::Measured;

/// Both records of this thread.
struct Told {
    log: Recorder,
    metrics: Measured,
}

impl Told {
    fn start() -> Self {
        Self { log: Recorder::start(), metrics: Measured::start() }
    }

    #[track_caller]
    fn assert(&self, log: &[&str], metrics: &[&str]) {
        assert_eq!(self.log.lines(), log);
        assert_eq!(self.metrics.lines(), metrics);
    }
}

#[retry_on(Busy, jitter = none, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, jitter = none, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

mod a_deadline;
mod a_stop;
mod a_timeout;
mod an_empty_budget;
mod an_error_that_is_not_retryable;
mod nothing_of_the_request;
mod recovery;
mod retries_inside_retries;
mod success_at_the_first_try;
mod the_first_unmatched_error;
mod the_last_attempt;

#[test]
fn a_value_that_is_not_accepted_is_an_error_type_of_its_own_plain() {
    #[retry_on(when_ok = |value: &u32| *value < 2, jitter = none, name = "poll")]
    fn poll(service: &Service) -> Result<u32, Busy> {
        Ok(service.count_call())
    }

    let (told, _clock) = (Told::start(), Scope::new().enter());
    poll(&Service::down()).unwrap();
    told.assert(
        &[
            r#"WARN site="poll" attempt=1 max=3 error.type="value" error="the value is not accepted" pause=0.1 since_first_failure=0.0"#,
            r#"INFO site="poll" attempt=2 max=3 since_first_failure=0.1"#,
        ],
        &[
            r#"retry_attempts{site="poll"} [2.0]"#,
            r#"retry_calls_total{outcome="success_after_retry",site="poll"} 1"#,
            r#"retry_pause_seconds{site="poll"} [0.1]"#,
            r#"retry_retries_total{error_type="value",site="poll"} 1"#,
        ],
    );
}
