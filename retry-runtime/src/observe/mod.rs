//! Observers: your code, called for each event of a call that fails.
//!
//! An [`Event`] goes to the counters of the function ([`sites()`](crate::sites())), the log, the metrics
//! and your observers, in this order. The fields have the same names and meanings everywhere. An observer
//! never changes the outcome of a call.
//!
//! [`on_event`] adds a closure, [`add`] an [`Observer`], such as [`GiveUpAlerts`]. An [`OwnedEvent`] can be
//! sent to a task:
//!
//! ```
//! use retry_runtime::observe::{self, OwnedEvent};
//! use std::sync::mpsc;
//! use std::thread;
//!
//! let (sender, events) = mpsc::channel();
//! observe::on_event(move |event| {
//!     let _ = sender.send(OwnedEvent::from(event));
//! });
//! thread::spawn(move || {
//!     for event in events {
//!         println!("{}: {:?}", event.site(), event.kind());
//!     }
//! });
//! ```
//!
//! What looks like a secret in the text of an error is masked, for logs too; [`set_masking`] changes that.

pub(crate) mod event;
pub(crate) mod guard;
pub(crate) mod history;
pub(crate) mod nesting;
mod owned_event;

pub(crate) mod alerts;
mod logs;
mod metrics;
pub(crate) mod observer;
pub(crate) mod observers;
#[cfg(feature = "overrides")]
pub(crate) mod override_logs;

use core::sync::atomic::Ordering;
use core::time::Duration;

use crate::error::failure::Failure;
use crate::observe::guard::{Receiver, tell};
use crate::observe::nesting::{ClientRetries, NestedCall};
use crate::sites::site::Site;

pub use crate::error::mask::{Masking, set_masking};
pub use crate::policy::LogLevel;
#[cfg(feature = "support-case")]
pub use crate::support_case::SupportCase;
pub use alerts::{Alert, GiveUpAlerts};
pub(crate) use event::Moment;
pub use event::{Event, EventKind};
pub(crate) use logs::IS_LOGGED;
pub(crate) use metrics::is_recorded;
pub use observer::Observer;
pub(crate) use observers::is_observed;
pub use observers::{ObserverHandle, add, on_event};
pub use owned_event::OwnedEvent;

/// Reports an event of a call that has failed. Returns how long the user's observers took.
pub(crate) fn happened(event: &Event<'_>) -> Duration {
    let counters = &event.moment.site.counters;
    let counter = match event.kind() {
        EventKind::Retry { .. } => &counters.retries,
        EventKind::NotYet { .. } => &counters.not_yet,
        EventKind::Recovered => &counters.recovered,
        EventKind::GaveUp { reason } | EventKind::NotRetried { reason } => counters.ended(reason),
    };
    counter.fetch_add(1, Ordering::Relaxed);
    observers::in_tests(event);
    tell(Receiver::Subscriber, || logs::happened(event));
    if is_recorded() {
        tell(Receiver::Recorder, || metrics::happened(event));
    }
    if !is_observed(event.moment.policy) {
        return Duration::ZERO;
    }
    tell(Receiver::Observers, || observers::happened(event)).unwrap_or_default()
}

/// Returns whether a recorder has been installed since the last call of this function.
pub(crate) fn finds_recorder() -> bool {
    tell(Receiver::Recorder, metrics::finds_recorder).unwrap_or_default()
}

/// Starts the counters of a site at 0.
pub(crate) fn begin(site: &'static Site) {
    tell(Receiver::Recorder, || metrics::begin(site));
}

/// Records a success at the first attempt. Called only if successes are recorded.
pub(crate) fn succeeded(site: &'static Site) {
    tell(Receiver::Recorder, || metrics::succeeded(site));
}

/// Reports that a retried call failed inside an attempt of another one. `is_first`: the first time for
/// this pair of sites.
pub(crate) fn nested(call: NestedCall, is_first: bool) {
    if call.is_counted {
        tell(Receiver::Recorder, || metrics::nested(call.outer));
    }
    tell(Receiver::Subscriber, || logs::nested(call, is_first));
}

/// Records requests that a client counted inside an attempt of the site.
pub(crate) fn requested(site: &'static Site, requests: u64) {
    tell(Receiver::Recorder, || metrics::requested(site, requests));
}

/// Reports that a client retries inside attempts of the site.
pub(crate) fn client_retries(retries: ClientRetries) {
    tell(Receiver::Subscriber, || logs::client_retries(retries));
}

/// Reports the first error of a site that none of the types that it names matches.
pub(crate) fn unmatched(site: &'static Site, failure: &Failure<'_>) {
    tell(Receiver::Subscriber, || logs::unmatched(site, failure));
}

/// Reports that the site is used in an unsuitable context.
pub(crate) fn misplaced(site: &'static Site, advice: &'static str) {
    tell(Receiver::Subscriber, || logs::misplaced(site, advice));
}
