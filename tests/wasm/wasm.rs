//! Calls that fail on `wasm32-unknown-unknown`, where the standard library has no clock, no random bits,
//! and no threads to block. `.ci/wasm` runs them in Node.js and in a browser; on other targets there are none.
//!
//! The clock is the real one, so these tests wait, a few milliseconds each.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

use std::time::Duration;

use retry_runtime::{Jitter, Policy, Retry, Stop, TimedOut, retry_blocking, retry_on, sites};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use web_time::Instant;

const MS: Duration = Duration::from_millis(1);

/// Three attempts, with pauses of 5 and 10 ms.
const POLICY: Policy =
    Policy::builder().delay(Duration::from_millis(5)).jitter(Jitter::None).build();

#[wasm_bindgen(inline_js = "export const after = ms => new Promise(done => setTimeout(done, ms));")]
extern "C" {
    fn after(milliseconds: f64) -> js_sys::Promise;
}

/// The timer that a program for browsers names.
async fn sleep(pause: Duration) {
    JsFuture::from(after(pause.as_secs_f64() * 1e3)).await.expect("it is never rejected");
}

#[derive(Debug, PartialEq, thiserror::Error)]
enum CallError {
    #[error("busy")]
    Busy,
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

/// Fails twice.
fn answer(calls: &mut u32) -> Result<u32, CallError> {
    *calls += 1;
    if *calls < 3 { Err(CallError::Busy) } else { Ok(*calls) }
}

#[wasm_bindgen_test]
async fn an_async_function_pauses_with_its_own_timer() {
    #[retry_on(CallError::Busy, policy = &POLICY, sleep = sleep, name = "with_timer")]
    async fn fetch(calls: &mut u32) -> Result<u32, CallError> {
        answer(calls)
    }

    let start = Instant::now();
    assert_eq!(fetch(&mut 0).await, Ok(3));
    assert!(start.elapsed() >= 14 * MS, "{:?}", start.elapsed());
    let sites = sites();
    let site = sites.get("with_timer").expect("it is on the list");
    assert_eq!((site.retries(), site.recovered()), (2, 1));
}

/// It keeps the thread busy, because nothing drives a timer, but it does not end the program.
#[wasm_bindgen_test]
async fn an_async_function_without_a_timer_pauses_too() {
    #[retry_on(CallError::Busy, policy = &POLICY)]
    async fn fetch(calls: &mut u32) -> Result<u32, CallError> {
        answer(calls)
    }

    let start = Instant::now();
    assert_eq!(fetch(&mut 0).await, Ok(3));
    assert!(start.elapsed() >= 15 * MS, "{:?}", start.elapsed());
}

#[wasm_bindgen_test]
fn a_plain_function_pauses() {
    #[retry_on(CallError::Busy, policy = &POLICY)]
    fn fetch(calls: &mut u32) -> Result<u32, CallError> {
        answer(calls)
    }

    let start = Instant::now();
    assert_eq!(fetch(&mut 0), Ok(3));
    assert!(start.elapsed() >= 15 * MS, "{:?}", start.elapsed());
}

#[wasm_bindgen_test]
async fn a_closure_pauses() {
    let (start, mut calls) = (Instant::now(), 0);
    let call = Retry::new(&POLICY).run_with_sleep(sleep, || std::future::ready(answer(&mut calls)));
    assert_eq!(call.await, Ok(3));
    calls = 0;
    assert_eq!(retry_blocking(&POLICY, || answer(&mut calls)), Ok(3));
    assert!(start.elapsed() >= 29 * MS, "{:?}", start.elapsed());
}

#[wasm_bindgen_test]
async fn a_timeout_ends_an_attempt() {
    #[retry_on(_, max = 2, delay = "1ms", timeout = "5ms", sleep = sleep)]
    async fn hang() -> Result<(), CallError> {
        std::future::pending().await
    }

    let error = hang().await.unwrap_err();
    assert!(matches!(error, CallError::TimedOut(late) if late.attempt() == 2), "{error}");
}

#[wasm_bindgen_test]
fn a_deadline_ends_a_call() {
    #[retry_on(_, max = 9, delay = "1ms", deadline = "5ms")]
    fn fetch(calls: &mut u32) -> Result<(), CallError> {
        *calls += 1;
        let start = Instant::now();
        while start.elapsed() < 6 * MS {}
        Err(CallError::Busy)
    }

    let mut calls = 0;
    assert_eq!(fetch(&mut calls), Err(CallError::Busy));
    assert_eq!(calls, 1);
}

#[wasm_bindgen_test]
fn a_stop_ends_a_plain_pause() {
    let (stop, start) = (Stop::new(), Instant::now());
    let patient =
        POLICY.to_builder().delay(Duration::from_hours(1)).max_delay(Duration::from_hours(1));
    let patient = patient.build();
    stop.request();
    let call = || retry_blocking(&patient, || Err::<(), _>("busy"));
    assert_eq!(stop.scope_blocking(call), Err("busy"));
    assert!(start.elapsed() < 1000 * MS, "{:?}", start.elapsed());
}

/// `#[retry_on]` stands above attributes that copy the function.
#[wasm_bindgen_test]
#[expect(unreachable_pub, reason = "`#[wasm_bindgen]` takes public functions only")]
fn a_function_for_javascript_is_retried() {
    #[retry_on(_, delay = "0ms", name = "exported")]
    #[wasm_bindgen]
    pub fn exported(n: u32) -> Result<u32, String> {
        if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
    }

    assert_eq!(exported(1), Ok(1));
    assert_eq!(exported(0), Err("zero".to_owned()));
    let sites = sites();
    let site = sites.get("exported").expect("it is on the list");
    assert_eq!((site.retries(), site.gave_up()), (2, 1));
}

#[wasm_bindgen_test]
fn a_date_in_a_header_is_compared_with_the_time_of_day() {
    let then = "Wed, 21 Oct 2015 07:28:00 GMT";
    assert_eq!(retry_runtime::http::retry_after(then), Some(Duration::ZERO));
    let far = "Tue, 01 Jan 2199 00:00:00 GMT";
    assert!(retry_runtime::http::retry_after(far).expect("a date") > 1000 * MS);
}

#[wasm_bindgen_test]
fn calls_have_different_idempotency_keys() {
    #[retry_on(_, delay = "0ms", attempt = attempt)]
    fn fetch(keys: &mut Vec<String>) -> Result<(), CallError> {
        keys.push(attempt.idempotency_key().to_string());
        Err(CallError::Busy)
    }

    let mut keys = Vec::new();
    fetch(&mut keys).unwrap_err();
    fetch(&mut keys).unwrap_err();
    assert_eq!(keys[0], keys[2]);
    assert_ne!(keys[0], keys[3]);
}

/// Two runs that print the same have the same jitter: `.ci/wasm` compares what this prints.
#[wasm_bindgen_test]
fn jitter_differs_from_run_to_run() {
    let pauses = || (1..9).map(|_| Policy::DEFAULT.pause_before(1)).collect::<Vec<_>>();
    let first = pauses();
    assert_ne!(first, pauses());
    console_log!("pauses {first:?}");
}
