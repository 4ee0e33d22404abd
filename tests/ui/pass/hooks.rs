// Whatever looks at an attempt, on async and on plain functions, alone and together.
#![deny(warnings)]

use std::time::Duration;

use retry_runtime::{Attempt, Budget, ErrorCode, OnGiveUp, OnRetry, TimedOut, retry_on};

static BUDGET: Budget = Budget::new();

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("slow down")]
    SlowDown,
    #[error("took too long")]
    TimedOut(#[from] TimedOut),
}

impl ErrorCode for ApiError {
    fn code(&self) -> Option<&str> {
        matches!(self, Self::SlowDown).then_some("SlowDown")
    }
}

#[derive(PartialEq)]
enum State {
    Pending,
    Done,
}

#[retry_on("SlowDown")]
fn code() -> Result<(), ApiError> {
    Ok(())
}

#[retry_on("SlowDown" | "Throttling", ApiError::TimedOut)]
async fn codes() -> Result<(), ApiError> {
    Ok(())
}

#[retry_on(_, until = |state| *state == State::Done)]
fn until() -> Result<State, ApiError> {
    Ok(State::Done)
}

#[retry_on(when_ok = |state| *state == State::Pending)]
async fn when_ok() -> Result<State, ApiError> {
    Ok(State::Done)
}

#[retry_on(_, hint = retry_after)]
async fn hint() -> Result<(), ApiError> {
    Ok(())
}

fn retry_after(error: &ApiError) -> Option<Duration> {
    matches!(error, ApiError::SlowDown).then_some(Duration::from_secs(1))
}

#[retry_on(_, attempt = this)]
fn attempt() -> Result<u32, ApiError> {
    Ok(number(&this))
}

fn number(attempt: &Attempt) -> u32 {
    attempt.number()
}

#[retry_on(_, on_retry = note, on_give_up = |gave_up| alert(name, gave_up))]
fn hooks(name: &str) -> Result<(), ApiError> {
    Ok(())
}

fn note(_: &OnRetry<'_, ApiError>) {}

fn alert(_: &str, _: &OnGiveUp<'_, ApiError>) {}

#[retry_on(
    "SlowDown",
    max = 5,
    deadline = "10s",
    timeout = "1s",
    unless = |error| matches!(error, ApiError::TimedOut(_)),
    until = |state| *state == State::Done,
    when_ok = |state| *state == State::Pending,
    hint = retry_after,
    budget = &BUDGET,
    nested = "inner",
    attempt = attempt,
    on_retry = note,
    on_give_up = |gave_up| alert(name, gave_up)
)]
async fn together(name: &str) -> Result<State, ApiError> {
    Ok(if attempt.is_last() { State::Done } else { State::Pending })
}

fn main() {
    code().unwrap();
    attempt().unwrap();
    hooks("orders").unwrap();
    drop((codes(), until(), when_ok(), hint(), together("orders")));
}
