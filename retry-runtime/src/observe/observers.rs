//! The observers of the program, and how events reach them.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, PoisonError, RwLock};

use crate::clock;
use crate::observe::event::Event;
use crate::observe::guard::{Receiver, tell};
use crate::observe::observer::{Observer, OwnObserver};
use crate::observe::{logs, metrics};
use crate::policy::Policy;

pub(super) use test::in_tests;

type List = Arc<[(u64, Arc<dyn Observer>)]>;

static OBSERVERS: RwLock<Option<List>> = RwLock::new(None);
static ANY: AtomicBool = AtomicBool::new(false);

/// An observer that was added.
#[derive(Debug)]
pub struct ObserverHandle(u64);

impl ObserverHandle {
    /// Removes the observer: it receives no more events. Dropping the value does nothing.
    ///
    /// ```
    /// use retry_runtime::observe;
    ///
    /// let printer = observe::on_event(|event| println!("{}", event.site()));
    /// printer.remove();
    /// ```
    pub fn remove(self) {
        change(|observers| observers.retain(|(id, _)| *id != self.0));
    }
}

/// Calls the closure for each event of all annotated functions and closures of this process from now on.
///
/// What an [`Observer`] must not do, the closure must not do either.
///
/// ```
/// use retry_runtime::observe::{self, EventKind};
///
/// observe::on_event(|event| {
///     if let EventKind::GaveUp { reason, .. } = event.kind() {
///         println!("{} gave up: {reason}", event.site());
///     }
/// });
/// ```
pub fn on_event(receive: impl Fn(&Event<'_>) + Send + Sync + 'static) -> ObserverHandle {
    add(Closure(receive))
}

/// An observer that is a closure.
struct Closure<F>(F);

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for Closure<F> {
    fn observe(&self, event: &Event<'_>) {
        (self.0)(event);
    }
}

/// Adds an observer, which receives the events of all annotated functions and closures of this process
/// from now on. For a closure, see [`on_event`].
///
/// To observe the calls of one policy, see
/// [`PolicyBuilder::observer`](crate::PolicyBuilder::observer).
pub fn add(observer: impl Observer + 'static) -> ObserverHandle {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    change(|observers| observers.push((id, Arc::new(observer))));
    ObserverHandle(id)
}

fn change(change: impl FnOnce(&mut Vec<(u64, Arc<dyn Observer>)>)) {
    let mut list = OBSERVERS.write().unwrap_or_else(PoisonError::into_inner);
    let mut observers = list.as_deref().unwrap_or_default().to_vec();
    change(&mut observers);
    ANY.store(!observers.is_empty(), Ordering::Relaxed);
    let before = list.replace(observers.into());
    // The drop of a removed observer may run any code, so the lock is released before it.
    drop(list);
    drop(before);
}

/// Returns whether calls of this policy have an observer.
pub(crate) fn is_observed(policy: &Policy) -> bool {
    policy.observer.is_some() || ANY.load(Ordering::Relaxed)
}

/// Notifies all observers. Returns how long they took.
pub(super) fn happened(event: &Event<'_>) -> Duration {
    let own = event.moment.policy.observer;
    let start = clock::now();
    let list = OBSERVERS.read().unwrap_or_else(PoisonError::into_inner).clone();
    for (_, observer) in list.as_deref().unwrap_or_default() {
        notify(&**observer, event);
    }
    if let Some(OwnObserver(observer)) = own {
        notify(observer, event);
    }
    // If an observer was removed during this function, it is dropped here, which may panic.
    if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| drop(list))) {
        core::mem::forget(payload);
    }
    clock::now().saturating_duration_since(start)
}

fn notify(observer: &dyn Observer, event: &Event<'_>) {
    let result = panic::catch_unwind(AssertUnwindSafe(|| observer.observe(event)));
    if let Err(payload) = result {
        tell(Receiver::Recorder, metrics::observer_panicked);
        tell(Receiver::Subscriber, || logs::observer_panicked(event.moment.site));
        // Dropping the payload may panic too, with a payload that may panic again.
        if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            core::mem::forget(payload);
        }
    }
}

/// The observer of a test, which is notified before all others.
#[cfg(feature = "test-util")]
pub(crate) mod test {
    use std::sync::OnceLock;

    use crate::observe::event::Event;
    use crate::observe::observer::Observer;

    static OBSERVER: OnceLock<&'static dyn Observer> = OnceLock::new();

    /// Adds the observer, which receives the events of all threads from now on.
    pub(crate) fn put(observer: &'static dyn Observer) {
        OBSERVER.get_or_init(|| observer);
    }

    pub(in crate::observe) fn in_tests(event: &Event<'_>) {
        if let Some(observer) = OBSERVER.get() {
            observer.observe(event);
        }
    }
}

#[cfg(not(feature = "test-util"))]
mod test {
    pub(in crate::observe) const fn in_tests(_: &crate::observe::event::Event<'_>) {}
}
