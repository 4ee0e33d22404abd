//! The trait that receives events.

use core::fmt;
use core::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use crate::observe::event::Event;

/// Receives the events of calls that fail: each retry, each recovery and each end with an error. A call
/// that succeeds at the first attempt has no event.
///
/// Observers run on the thread of the failing call, one after the other, and must not block it: pass
/// slow work to a task or a channel. An observer cannot change an outcome: a panic is caught, logged
/// and counted (metric `retry_observer_panics_total`), and the time that an observer takes does not
/// count towards the deadline. Calls that an observer itself makes are logged and counted, but not
/// reported to observers. In the same way, a subscriber is not told of calls that it makes while it
/// receives an event, nor is a recorder of metrics.
///
/// See [`add`](crate::observe::add), and [`on_event`](crate::observe::on_event) for an observer that is a
/// closure.
pub trait Observer: Send + Sync {
    /// Receives an event.
    fn observe(&self, event: &Event<'_>);
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn observe(&self, event: &Event<'_>) {
        (**self).observe(event);
    }
}

/// An observer that belongs to a policy.
#[derive(Clone, Copy)]
pub(crate) struct OwnObserver(pub(crate) &'static dyn Observer);

impl fmt::Debug for OwnObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl PartialEq for OwnObserver {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::addr_eq(self.0, other.0)
    }
}

// Panics of an observer are caught.
impl UnwindSafe for OwnObserver {}
impl RefUnwindSafe for OwnObserver {}
