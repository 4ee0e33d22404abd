//! Detects retries inside retries, whose attempts multiply: 3 × 3 = 9 calls.
//!
//! Each thread counts how many attempts of annotated functions are running on it, one inside the
//! other; an async attempt counts while it is polled. A function that retries or gives up inside
//! another function's attempt leaves a note and makes the count negative. The outer attempt sees the
//! sign when it ends and decrements the count. So an attempt costs two additions and a comparison. A
//! note contains the number of attempts that were running, so that the next attempt of the same call
//! does not take the note as its own. A client that counts its requests reports them in the same way.

mod count;
pub(crate) mod notes;
pub(crate) mod requests;
mod task;

use core::pin::Pin;
use core::sync::atomic::Ordering;
use core::task::{Context, Poll};
use std::sync::Mutex;

use pin_project_lite::pin_project;

use crate::call::nesting::count::{NOTED, RUNNING};
use crate::call::nesting::notes::{GIVEN_UP_INSIDE, Note, take_notes};
use crate::call::nesting::requests::Requests;
use crate::call::ruling;
use crate::call::terms::CallContext;
use crate::observe;
use crate::observe::nesting::{ClientRetries, NestedCall, Product};
use crate::policy::NestedRetries;
use crate::sites::site::Site;

/// An attempt that is running on this thread, or being polled, until this value is dropped.
struct Running<N: FnOnce() + Copy> {
    /// Called on drop if a note was left.
    noted: N,
}

impl<N: FnOnce() + Copy> Running<N> {
    #[inline]
    fn enter(noted: N) -> Self {
        RUNNING.set(RUNNING.get() + 1);
        Self { noted }
    }

    /// Ends the attempt. Returns whether a note was left in it.
    #[inline]
    fn leave(self) -> bool {
        core::mem::forget(self);
        decrement()
    }
}

impl<N: FnOnce() + Copy> Drop for Running<N> {
    #[inline]
    fn drop(&mut self) {
        if decrement() {
            end(self.noted);
        }
    }
}

#[cold]
#[inline(never)]
fn end(noted: impl FnOnce()) {
    // Notes of an attempt that panicked are discarded.
    if std::thread::panicking() {
        let _ = take_notes();
    } else {
        noted();
    }
}

#[inline]
fn decrement() -> bool {
    let running = RUNNING.get().wrapping_sub(1);
    RUNNING.set(running);
    running < 0
}

/// What the notes of one attempt contained, in one word: it costs an attempt one store and one
/// comparison.
#[derive(Debug)]
struct SeenInside(u32);

impl SeenInside {
    const NOTHING: Self = Self(0);

    /// A call inside made retries.
    const MULTIPLIED: u32 = 1;
    /// A call inside gave up.
    const GIVEN_UP: u32 = 2;
    /// The number of requests that a client made inside is multiplied by this.
    const REQUEST: u32 = 4;

    /// Reads the notes that were left in the attempt that just ended.
    #[cold]
    #[inline(never)]
    fn read_notes(&mut self, outer: impl CallContext) {
        let (notes, requests) = take_notes();
        for note in notes.into_iter().flatten().filter(Note::is_of_this_task) {
            if note.has_given_up {
                self.0 |= Self::GIVEN_UP;
            }
            if note.multiplies {
                report_nesting(outer, &note, self.0 & Self::MULTIPLIED == 0);
                self.0 |= Self::MULTIPLIED;
            }
        }
        if requests.count > 0 {
            self.add(requests.count);
            report_requests(outer, requests);
        }
    }

    /// Saturates, because this number is only logged; the site's counter has all of them.
    fn add(&mut self, requests: u32) {
        let largest = u32::MAX / Self::REQUEST;
        let requests = self.requests().saturating_add(requests).min(largest);
        self.0 = (requests * Self::REQUEST) | (self.0 % Self::REQUEST);
    }

    const fn requests(&self) -> u32 {
        self.0 / Self::REQUEST
    }

    /// Whether [`remember`](Self::remember) has anything to store.
    #[inline]
    const fn is_to_be_remembered(&self) -> bool {
        self.0 > Self::MULTIPLIED
    }

    /// Stores what the failing call reads right after this attempt. A successful call does not read
    /// it; so the count stays negative, and the next attempt clears it.
    #[cold]
    #[inline(never)]
    fn remember(&self, is_ready: bool) {
        let (given_up_inside, requests) =
            (self.0 & Self::GIVEN_UP != 0 && is_ready, self.requests());
        GIVEN_UP_INSIDE.set(given_up_inside);
        requests::remember(requests);
        if given_up_inside || requests > 0 {
            RUNNING.set(RUNNING.get() | NOTED);
        }
    }
}

/// Counts the requests that a client made inside an attempt. Logs one WARN for each site whose client
/// retries too.
fn report_requests(outer: impl CallContext, made: Requests) {
    let (site, policy) = (outer.site(), ruling::policy(outer));
    let new = u64::from(made.count);
    let count = site.counters.requests.fetch_add(new, Ordering::Relaxed) + new;
    observe::requested(site, new);
    // The requests were also made inside the attempt around this one.
    requests::leave(Requests { repeated: 0, ..made });
    let both_retry =
        made.repeated > 1 && policy.max() != Some(1) && policy.nested() != NestedRetries::Allow;
    if both_retry && site.warns_of_client_retries() {
        observe::client_retries(ClientRetries {
            site,
            product: Product(policy.max(), Some(made.repeated)),
            count,
        });
    }
}

/// Logs one WARN for each pair of sites, and after that a DEBUG event for each attempt.
fn report_nesting(outer: impl CallContext, note: &Note, is_first_in_attempt: bool) {
    static PAIRS: Mutex<Vec<(&Site, &Site)>> = Mutex::new(Vec::new());
    let (site, policy, inner) = (outer.site(), ruling::policy(outer), note.inner);
    let new = u64::from(is_first_in_attempt);
    let count = site.counters.nested.fetch_add(new, Ordering::Relaxed) + new;
    if policy.nested() == NestedRetries::Allow {
        return;
    }
    let mut pairs = PAIRS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let is_known = pairs.iter().any(|(a, b)| core::ptr::eq(*a, site) && core::ptr::eq(*b, inner));
    if !is_known {
        pairs.push((site, inner));
    }
    // A subscriber may call annotated functions too.
    drop(pairs);
    if !is_known || is_first_in_attempt {
        let product = Product(policy.max(), note.max);
        let is_counted = is_first_in_attempt;
        observe::nested(NestedCall { outer: site, inner, product, count, is_counted }, !is_known);
    }
}

/// Runs one attempt of a plain function.
#[inline]
pub fn attempt<R>(at: impl CallContext, body: impl FnOnce() -> R) -> R {
    // Ended by its drop, so that the result is written to its place without a copy.
    let _running = Running::enter(move || {
        let mut seen = SeenInside::NOTHING;
        seen.read_notes(at);
        seen.remember(true);
    });
    body()
}

pin_project! {
    /// One attempt of an async function.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Attempting<L, F> {
        at: L,
        seen: SeenInside,
        #[pin]
        body: F,
    }
}

/// Wraps one attempt of an async function.
#[inline]
pub const fn attempting<L, F>(at: L, body: F) -> Attempting<L, F> {
    Attempting { at, seen: SeenInside::NOTHING, body }
}

impl<L: CallContext, F: Future> Future for Attempting<L, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let running = Running::enter(|| {});
        let result = this.body.poll(context);
        if running.leave() {
            this.seen.read_notes(*this.at);
        }
        if this.seen.is_to_be_remembered() {
            this.seen.remember(result.is_ready());
        }
        result
    }
}

#[cfg(all(test, feature = "aws"))]
mod tests {
    use core::sync::atomic::Ordering;

    use super::attempt;
    use super::notes::apart;
    use super::requests::requested;
    use crate::policy::Policy;
    use crate::sites::site::Site;

    #[test]
    fn what_runs_outside_takes_nothing_from_the_attempt_around_it() {
        static SITES: [Site; 2] =
            [const { Site::new("site", file!(), line!(), &["_"], Policy::DEFAULT) }; 2];
        let [outer, inner] = &SITES;
        let total = |site: &Site| site.counters.requests.load(Ordering::Relaxed);
        attempt(outer, || {
            requested(1, 1);
            requested(1, 1);
            apart(|| attempt(inner, || requested(1, 1)));
        });
        assert_eq!((total(outer), total(inner)), (2, 1));
    }
}
