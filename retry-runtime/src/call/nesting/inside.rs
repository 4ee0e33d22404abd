//! What happened inside the attempt that a call is making.

use core::sync::atomic::Ordering;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::call::nesting::given_up::GivenUp;
use crate::call::nesting::notes::{Notes, Requests};
use crate::call::nesting::requests;
use crate::call::ruling;
use crate::call::terms::Terms;
use crate::error::failure::Failure;
use crate::observe;
use crate::observe::nesting::{ClientRetries, NestedCall, Product};
use crate::policy::NestedRetries;
use crate::sites::site::Site;

/// A call, as the attempts that it makes see it.
pub trait Outer {
    /// What happened inside the attempt that it is making.
    #[doc(hidden)]
    fn inside(&mut self) -> &mut Inside;
}

/// What happened inside the attempt that a call is making. It is read and reset when the attempt
/// fails.
#[derive(Debug, Default)]
pub struct Inside {
    /// Whether the attempt is counted as one inside which another function retried.
    is_counted: bool,
    given_up: GivenUp,
    /// The number of requests that a client made.
    pub(crate) requests: u32,
}

impl Inside {
    /// Whether a call inside gave up with the error of the attempt.
    pub(crate) fn gave_up_with(&self, failure: &Failure<'_>) -> bool {
        self.given_up.are_told_by(failure)
    }

    /// Adds the notes that were left in the attempt, and reports them.
    pub(super) fn add(&mut self, outer: (&'static Site, &Terms<'_>), notes: Notes) {
        let Notes { retried, given_up, requests } = notes;
        self.given_up.append(given_up);
        for (inner, max) in retried {
            report_nesting(outer, (inner, max), !self.is_counted);
            self.is_counted = true;
        }
        if requests.count > 0 {
            // Saturates, because this number is only told; the site's counter has all of them.
            self.requests = self.requests.saturating_add(requests.count);
            report_requests(outer, requests);
        }
    }
}

/// Counts the requests that a client made inside an attempt. Logs one WARN for each site whose client
/// retries too.
fn report_requests(outer: (&'static Site, &Terms<'_>), made: Requests) {
    let (site, policy) = (outer.0, ruling::policy(outer));
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
fn report_nesting(
    outer: (&'static Site, &Terms<'_>),
    (inner, max): (&'static Site, Option<u32>),
    is_first_in_attempt: bool,
) {
    let (site, policy) = (outer.0, ruling::policy(outer));
    let new = u64::from(is_first_in_attempt);
    let count = site.counters.nested.fetch_add(new, Ordering::Relaxed) + new;
    if policy.nested() == NestedRetries::Allow {
        return;
    }
    let is_new = is_new_pair(site, inner);
    if is_new || is_first_in_attempt {
        let product = Product(policy.max(), max);
        let is_counted = is_first_in_attempt;
        observe::nested(NestedCall { outer: site, inner, product, count, is_counted }, is_new);
    }
}

/// Whether these two sites are seen together for the first time.
fn is_new_pair(outer: &'static Site, inner: &'static Site) -> bool {
    static PAIRS: Mutex<BTreeSet<(usize, usize)>> = Mutex::new(BTreeSet::new());
    let [outer, inner] = [outer, inner].map(|site| core::ptr::from_ref(site).addr());
    PAIRS.lock().unwrap_or_else(PoisonError::into_inner).insert((outer, inner))
}

#[cfg(test)]
mod tests;
