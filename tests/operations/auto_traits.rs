//! Which public types can be sent, shared, moved and kept over a panic. That is part of the API: a type
//! that loses one of these no longer compiles where it is used.

use std::panic::UnwindSafe;

use retry_runtime::observe::{EventKind, GiveUpAlerts, ObserverHandle, OwnedEvent, SupportCase};
use retry_runtime::sites::{BudgetReport, SiteReport, Sites};
use retry_runtime::testing::{FaultError, Scope};
use retry_runtime::{
    Attempt, Backoff, Budget, BudgetBuilder, BudgetError, EndReason, Hint, IdempotencyKey, Jitter,
    NestedRetries, OnGiveUp, OnRetry, Policy, PolicyBuilder, PolicyError, Retry, Stop, StopScope,
    TimedOut, retry_on,
};
use retry_tests::{Busy, Service};

const fn is_data<T: Send + Sync + Unpin + UnwindSafe>() {}

const fn is_shared<T: Send + Sync + Unpin>() {}

const _: () = {
    is_data::<Attempt>();
    is_data::<Backoff>();
    is_data::<BudgetBuilder>();
    is_data::<BudgetError>();
    is_data::<BudgetReport>();
    is_data::<EndReason>();
    is_data::<EventKind>();
    is_data::<FaultError>();
    is_data::<Hint>();
    is_data::<IdempotencyKey>();
    is_data::<Jitter>();
    is_data::<NestedRetries>();
    is_data::<ObserverHandle>();
    is_data::<OwnedEvent>();
    is_data::<Policy>();
    is_data::<PolicyBuilder>();
    is_data::<PolicyError>();
    is_data::<SiteReport>();
    is_data::<Sites>();
    is_data::<SupportCase>();
    is_data::<TimedOut>();

    is_shared::<Budget>();
    is_shared::<GiveUpAlerts<fn()>>();
    is_shared::<OnGiveUp<'static, Busy>>();
    is_shared::<OnRetry<'static, Busy>>();
    is_shared::<Retry<'static, u32, Busy>>();
    is_shared::<Scope>();
    is_shared::<Stop>();
    is_shared::<StopScope<std::future::Ready<()>>>();
};

#[retry_on(Busy, name = "sendable")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

/// The futures of calls, each as a task would take it.
#[test]
fn futures_can_be_sent() {
    fn is_send(_: &impl Send) {}

    let service = Service::failing(0);
    is_send(&fetch(&service));
    is_send(&Stop::new().scope(fetch(&service)));
    is_send(&Scope::new().run(fetch(&service)));
    let call = || async { Err::<u32, _>(Busy { call: 1 }) };
    is_send(&Retry::new(&Policy::DEFAULT).run(call));
    is_send(&retry_runtime::retry(&Policy::DEFAULT, call));
}
