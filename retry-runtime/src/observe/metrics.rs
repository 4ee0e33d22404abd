//! Records metrics through the facade `metrics`. Labels are the site and words from fixed lists, so the
//! number of series does not grow with the number of requests.
//!
//! | metric | type | labels |
//! |---|---|---|
//! | `retry_calls_total` | counter | `site`, `outcome` |
//! | `retry_retries_total` | counter | `site`, `error_type` |
//! | `retry_requests_total` | counter | `site` |
//! | `retry_nested_total` | counter | `site` |
//! | `retry_observer_panics_total` | counter | |
//! | `retry_pause_seconds` | histogram | `site` |
//! | `retry_attempts` | histogram | `site` |

pub(crate) use sink::{begin, finds_recorder, is_recorded};
pub(super) use sink::{happened, nested, observer_panicked, requested, succeeded};

#[cfg(feature = "metrics")]
mod sink {
    use core::sync::atomic::{AtomicBool, Ordering};

    use metrics::{Unit, counter, describe_counter, describe_histogram, histogram, with_recorder};

    use crate::observe::event::{Event, EventKind};
    use crate::reason::EndReason;
    use crate::sites::site::Site;

    /// Whether successes at the first attempt are counted.
    static IS_RECORDED: AtomicBool = AtomicBool::new(false);

    pub(crate) fn is_recorded() -> bool {
        IS_RECORDED.load(Ordering::Relaxed)
    }

    /// Returns whether a recorder has been installed since the last call of this function.
    ///
    /// The facade has no function for this. Its placeholder has the size zero; a real recorder has
    /// fields.
    pub(crate) fn finds_recorder() -> bool {
        if is_recorded() || with_recorder(|recorder| size_of_val(recorder)) == 0 {
            return false;
        }
        let is_new = !IS_RECORDED.swap(true, Ordering::Relaxed);
        if is_new {
            describe();
        }
        is_new
    }

    fn describe() {
        describe_counter!(CALLS, Unit::Count, "Calls of annotated functions, by outcome.");
        describe_counter!(RETRIES, Unit::Count, "Retries, counted when their pause begins.");
        describe_counter!(
            REQUESTS,
            Unit::Count,
            "Requests inside attempts, as counted by clients."
        );
        describe_counter!(NESTED, Unit::Count, "Attempts inside which another function retried.");
        describe_counter!(OBSERVER_PANICS, Unit::Count, "Panics of observers.");
        describe_histogram!(PAUSE, Unit::Seconds, "Pauses before retries.");
        describe_histogram!(ATTEMPTS, Unit::Count, "Attempts per call.");
    }

    const CALLS: &str = "retry_calls_total";
    const RETRIES: &str = "retry_retries_total";
    const REQUESTS: &str = "retry_requests_total";
    const NESTED: &str = "retry_nested_total";
    const OBSERVER_PANICS: &str = "retry_observer_panics_total";
    const PAUSE: &str = "retry_pause_seconds";
    const ATTEMPTS: &str = "retry_attempts";

    /// Starts the counters of a site at 0. If 1 were the first value, a query could not see an increase.
    pub(crate) fn begin(site: &'static Site) {
        let reasons = EndReason::EVERY.map(EndReason::as_str);
        for outcome in ["success", "success_after_retry"].into_iter().chain(reasons) {
            counter!(CALLS, "site" => site.name(), "outcome" => outcome).increment(0);
        }
        for error_type in site.selectors {
            counter!(RETRIES, "site" => site.name(), "error_type" => *error_type).increment(0);
        }
    }

    pub(in crate::observe) fn happened(event: &Event<'_>) {
        let site = event.site();
        match event.kind {
            EventKind::Retry { pause } | EventKind::NotYet { pause } => {
                let error_type = event.error_type().unwrap_or("_OTHER");
                counter!(RETRIES, "site" => site, "error_type" => error_type).increment(1);
                histogram!(PAUSE, "site" => site).record(pause);
            }
            EventKind::Recovered => called(site, "success_after_retry", event.attempt()),
            EventKind::GaveUp { reason } | EventKind::NotRetried { reason } => {
                called(site, reason.as_str(), event.attempt());
            }
        }
    }

    pub(in crate::observe) fn succeeded(site: &'static Site) {
        if is_recorded() {
            called(site.name(), "success", 1);
        }
    }

    fn called(site: &'static str, outcome: &'static str, attempts: u32) {
        counter!(CALLS, "site" => site, "outcome" => outcome).increment(1);
        histogram!(ATTEMPTS, "site" => site).record(attempts);
    }

    pub(in crate::observe) fn requested(site: &'static Site, requests: u64) {
        if is_recorded() {
            counter!(REQUESTS, "site" => site.name()).increment(requests);
        }
    }

    pub(in crate::observe) fn nested(site: &'static Site) {
        if is_recorded() {
            counter!(NESTED, "site" => site.name()).increment(1);
        }
    }

    pub(in crate::observe) fn observer_panicked() {
        counter!(OBSERVER_PANICS).increment(1);
    }
}

#[cfg(not(feature = "metrics"))]
mod sink {
    use crate::observe::event::Event;
    use crate::sites::site::Site;

    pub(crate) const fn is_recorded() -> bool {
        false
    }

    pub(crate) const fn finds_recorder() -> bool {
        false
    }

    pub(crate) const fn begin(_: &'static Site) {}

    pub(in crate::observe) fn happened(_: &Event<'_>) {}

    pub(in crate::observe) fn succeeded(_: &'static Site) {}

    pub(in crate::observe) fn requested(_: &'static Site, _: u64) {}

    pub(in crate::observe) fn nested(_: &'static Site) {}

    pub(in crate::observe) fn observer_panicked() {}
}
