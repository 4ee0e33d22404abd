//! Detects retries inside retries, whose attempts multiply: 3 × 3 = 9 calls.
//!
//! Each thread counts how many attempts of annotated functions are running on it, one inside the
//! other; an async attempt counts while it is polled. A function that retries or gives up inside
//! another function's attempt leaves a note on the thread and makes the count negative. When the
//! attempt is left, it decrements the count; if it sees the sign, it moves the notes into its call,
//! which reads them if the attempt failed. So an attempt costs two additions and a comparison, and
//! nothing that runs after it can change what is known of it. A client that counts its requests
//! reports them in the same way.
//!
//! The notes of one attempt are merged. They contain how many attempts were running, so that an
//! attempt takes only its own, and the task, because a runtime inside an attempt polls others. What
//! another executor or a thread pool runs on the thread of an attempt cannot be told apart from it.
//! Therefore `nested = inner` asks whether the error of the attempt is one that was given up with.

mod count;
mod given_up;
pub(crate) mod inside;
pub(crate) mod notes;
pub(crate) mod requests;
mod task;

use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::call::nesting::inside::Outer;
use crate::call::terms::CallContext;

/// An attempt that is running on this thread, or being polled, until this value is dropped.
struct Running<'c, C: Outer, L: CallContext> {
    call: &'c mut C,
    at: L,
}

impl<'c, C: Outer, L: CallContext> Running<'c, C, L> {
    #[inline]
    fn enter(call: &'c mut C, at: L) -> Self {
        count::increment();
        Self { call, at }
    }
}

impl<C: Outer, L: CallContext> Drop for Running<'_, C, L> {
    #[inline]
    fn drop(&mut self) {
        if count::decrement() {
            left(self.call, self.at);
        }
    }
}

/// Moves the notes of the attempt that was just left into its call.
#[cold]
#[inline(never)]
fn left(call: &mut impl Outer, at: impl CallContext) {
    let notes = notes::take();
    // Notes of an attempt that panicked are discarded.
    if let Some(notes) = notes.filter(|_| !std::thread::panicking()) {
        call.inside().add((at.site(), at.terms()), notes);
    }
}

/// Runs one attempt of a plain function.
#[inline]
pub fn attempt<R>(call: &mut impl Outer, at: impl CallContext, body: impl FnOnce() -> R) -> R {
    // Left by its drop, so that the result is written to its place without a copy.
    let _running = Running::enter(call, at);
    body()
}

pin_project! {
    /// One attempt of an async function.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Attempting<'c, C, L, F> {
        call: &'c mut C,
        at: L,
        #[pin]
        body: F,
    }
}

/// Wraps one attempt of an async function.
#[inline]
pub const fn attempting<C, L, F>(call: &mut C, at: L, body: F) -> Attempting<'_, C, L, F> {
    Attempting { call, at, body }
}

impl<C: Outer, L: CallContext, F: Future> Future for Attempting<'_, C, L, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _running = Running::enter(&mut **this.call, *this.at);
        this.body.poll(context)
    }
}

#[cfg(all(test, feature = "aws"))]
mod tests {
    use core::sync::atomic::Ordering;

    use super::attempt;
    use super::notes::apart;
    use super::requests::requested;
    use crate::call::plain::PlainCall;
    use crate::policy::Policy;
    use crate::sites::site::Site;

    #[test]
    fn what_runs_outside_takes_nothing_from_the_attempt_around_it() {
        static SITES: [Site; 2] =
            [const { Site::new("site", file!(), line!(), &["_"], Policy::DEFAULT) }; 2];
        let [outer, inner] = &SITES;
        let total = |site: &Site| site.counters.requests.load(Ordering::Relaxed);
        attempt(&mut PlainCall::new(), outer, || {
            requested(1, 1);
            requested(1, 1);
            apart(|| attempt(&mut PlainCall::new(), inner, || requested(1, 1)));
        });
        assert_eq!((total(outer), total(inner)), (2, 1));
    }
}
