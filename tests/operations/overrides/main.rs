//! Settings from outside: what they change, what they must not, and what is wrong with them.

use std::cell::Cell;
use std::error::Error;
use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use retry_runtime::observe::{LogLevel, OwnedEvent};
use retry_runtime::overrides::{self, OverridesError};
use retry_runtime::testing::Scope;
use retry_runtime::{
    Backoff, Budget, EndReason, Jitter, NestedRetries, OnGiveUp, OnRetry, Policy, PolicyBuilder,
    PolicyError, Retry, TimedOut, retry_on, sites,
};
use retry_tests::{Busy, MS, Recorder, Service};
use retry_tests_operations::Board;
use tracing::Level;

/// Runs a future to its end, on a runtime whose clock is paused.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(future)
}

/// Sets this for the name, as a file would.
fn file(name: &str, settings: &str) {
    overrides::load_toml(&format!("[{name:?}]\n{settings}\n"), "retries.toml").unwrap();
}

fn budget_of(name: &str) -> String {
    sites().get(name).expect("listed").budget().to_string()
}

fn policy_of(name: &str) -> String {
    sites().get(name).expect("listed").policy().to_owned()
}

/// Three attempts, with pauses of 100 and 200 ms.
mod shop {
    use super::{Busy, Service, retry_on};

    #[retry_on(Busy, jitter = none, budget = none, name = "shop::fetch")]
    pub(super) async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, jitter = none, budget = none, name = "shop::fetch")]
    pub(super) fn fetch_plain(service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

/// How a call went that fails as often as it may: its calls, its pauses in milliseconds, its reason.
#[derive(Debug, PartialEq)]
struct Went {
    calls: u32,
    pauses: Vec<u128>,
    reason: Option<&'static str>,
}

impl Went {
    fn of(scope: &Scope, service: &Service) -> Self {
        let events = scope.events();
        Self {
            calls: service.calls(),
            pauses: events.iter().filter_map(|event| Some(event.pause()?.as_millis())).collect(),
            reason: events.last().and_then(OwnedEvent::reason).map(EndReason::as_str),
        }
    }

    /// Of the async and of the plain function, which must agree.
    fn now() -> Self {
        let (scope, service) = (Scope::new().shortest_pauses(), Service::down());
        wait(scope.run(shop::fetch(&service))).unwrap_err();
        let went = Self::of(&scope, &service);
        let (scope, service) = (Scope::new().shortest_pauses(), Service::down());
        scope.run_blocking(|| shop::fetch_plain(&service)).unwrap_err();
        assert_eq!(Self::of(&scope, &service), went, "async and plain functions disagree");
        went
    }
}

fn went<const N: usize>(calls: u32, pauses: [u128; N], reason: &'static str) -> Went {
    Went { calls, pauses: pauses.to_vec(), reason: Some(reason) }
}

fn as_declared() -> Went {
    went(3, [100, 200], "max_attempts")
}

mod a_budget;
mod a_function_that;
mod every_setting;
mod in_the_middle_of_a_call;
mod many_threads;
mod of_several;
mod the_log;
mod the_switch_for_all;
mod what_is_wrong;
