//! A job every hour for a month, each done after twenty polls.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use retry_runtime::retry_on;

#[retry_on(until = |done: &bool| *done, max = 30, delay = "1s", factor = 1, jitter = none)]
async fn job_done(polls: &AtomicU32) -> Result<bool, String> {
    Ok(polls.fetch_add(1, Ordering::Relaxed) >= 20)
}

#[tokio::test(start_paused = true)]
async fn in_a_month() {
    for job in 0..24 * 30 {
        assert_eq!(job_done(&AtomicU32::new(0)).await, Ok(true), "job {job}");
        tokio::time::sleep(Duration::from_hours(1)).await;
    }
}

/// The example of the documentation.
#[test]
fn in_forty_calls_at_once() {
    #[derive(PartialEq, Debug)]
    enum State {
        Pending,
        Done,
    }

    #[retry_on(until = |state: &State| *state == State::Done, max = 20, factor = 1.2, delay = "0ms")]
    fn state(polls: &Cell<u32>) -> Result<State, String> {
        polls.set(polls.get() + 1);
        Ok(if polls.get() < 7 { State::Pending } else { State::Done })
    }

    for call in 1..=40 {
        assert_eq!(state(&Cell::new(0)), Ok(State::Done), "call {call}");
    }
}
