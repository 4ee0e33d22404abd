//! What is told of events.

use core::fmt;
use core::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use crate::observe::event::Event;

/// Is told what happens to calls that fail: each retry, each recovery, each end with an error. A
/// call that succeeds at the first try is not told.
///
/// Observers run on the failing call's own thread, one after the other, and may not hold it up: hand
/// over to a channel or a task what takes time. None can change an outcome: a panic is caught, logged
/// and counted ([`observer_panics`]), and the time that an observer takes does not count towards the
/// deadline. What happens to calls that an observer itself makes is not told to observers.
///
/// See [`Event`] for an example.
pub trait Observer: Send + Sync {
    /// Something happened.
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

// Its panics are caught.
impl UnwindSafe for OwnObserver {}
impl RefUnwindSafe for OwnObserver {}
