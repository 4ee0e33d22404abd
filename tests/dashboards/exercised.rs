//! Everything that has a metric happens, and a call ends in every way in which one can end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, Input, InterceptorContext,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_types::config_bag::ConfigBag;
use retry_runtime::aws::CountRequests;
use retry_runtime::observe::{self, Event, Observer};
use retry_runtime::overrides::{self, OverridesError};
use retry_runtime::{EndReason, Policy, Stop, retry_on};

/// The words for outcomes: two for success, and those of all reasons.
#[must_use]
pub fn outcomes() -> Vec<&'static str> {
    let reasons = EndReason::ALL.iter().map(|reason| reason.as_str());
    ["success", "success_after_retry"].into_iter().chain(reasons).collect()
}

/// Each of the outcomes, a retry, retries inside retries, a counted request, and the panic of an
/// observer.
///
/// # Errors
///
/// When the settings for one of the functions are refused.
pub fn exercise() -> Result<(), OverridesError> {
    use Failure::{Busy, Forbidden};

    observe::add(Clumsy::default());
    overrides::set("service::ask_sparingly", Policy::builder().budget_tokens(10))?;
    overrides::set("service::ask_once", Policy::builder().enabled(false))?;
    let stop = Stop::new();
    stop.request();

    let _success = ask(&mut vec![]);
    let _success_after_retry = ask(&mut vec![Busy]);
    let _not_retryable = ask(&mut vec![Forbidden]);
    let _max_attempts = ask(&mut vec![Busy; 3]);
    let _stopped = stop.scope_blocking(|| ask(&mut vec![Busy; 3]));
    let _hint = ask_patiently();
    let _deadline = ask_in_time();
    let _budget = ask_sparingly();
    let _disabled = ask_once();
    let _nested = ask_through();
    let _requested = ask_aws();
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Failure {
    Busy,
    Forbidden,
}

/// Fails with these, then succeeds.
#[retry_on(Failure::Busy, max = 3, delay = "0ms", name = "service::ask")]
fn ask(failures: &mut Vec<Failure>) -> Result<(), Failure> {
    failures.pop().map_or(Ok(()), Err)
}

/// The SDK makes a request, as far as its interceptor is concerned.
#[retry_on(Failure::Busy, name = "service::ask_aws")]
fn ask_aws() -> Result<(), Failure> {
    let context = InterceptorContext::new(Input::doesnt_matter());
    let context = BeforeTransmitInterceptorContextRef::from(&context);
    let components = RuntimeComponentsBuilder::for_tests().build();
    let components = components.map_err(|_| Failure::Forbidden)?;
    CountRequests::new()
        .read_before_transmit(&context, &components, &mut ConfigBag::base())
        .map_err(|_| Failure::Forbidden)
}

/// The server asks for more patience than anybody has.
#[retry_on(Failure::Busy, hint = |_| Some(Duration::MAX), name = "service::ask_patiently")]
fn ask_patiently() -> Result<(), Failure> {
    Err(Failure::Busy)
}

/// One attempt takes longer than all may.
#[retry_on(Failure::Busy, delay = "0ms", deadline = "1ms", name = "service::ask_in_time")]
fn ask_in_time() -> Result<(), Failure> {
    thread::sleep(Duration::from_millis(5));
    Err(Failure::Busy)
}

/// The budget pays for two retries.
#[retry_on(Failure::Busy, max = 9, delay = "0ms", name = "service::ask_sparingly")]
fn ask_sparingly() -> Result<(), Failure> {
    Err(Failure::Busy)
}

#[retry_on(Failure::Busy, name = "service::ask_once")]
fn ask_once() -> Result<(), Failure> {
    Err(Failure::Busy)
}

#[retry_on(Failure::Busy, delay = "0ms", nested = "inner", name = "service::ask_through")]
fn ask_through() -> Result<(), Failure> {
    ask(&mut vec![Failure::Busy; 3])
}

/// An observer that panics once.
#[derive(Default)]
struct Clumsy {
    has_panicked: AtomicBool,
}

impl Observer for Clumsy {
    fn observe(&self, _: &Event<'_>) {
        assert!(self.has_panicked.swap(true, Ordering::Relaxed), "panics, for it is counted");
    }
}
