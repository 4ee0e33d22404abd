//! Tells the outside world what happened to a call; never changes an outcome.
//!
//! One [`Event`] for each thing that happens, handed to the counters of the site, the log, the
//! metrics and the observers of the user, in this order. The fields have the same names and meanings
//! everywhere.

mod event;
pub(crate) mod history;
mod owned_event;

mod logs;
mod metrics;
pub(crate) mod observers;
#[cfg(feature = "switchboard")]
pub(crate) mod override_logs;

pub(crate) mod alerts;

use core::sync::atomic::Ordering;
use core::time::Duration;

use crate::sites::site::Site;

pub(crate) use event::Moment;
pub use event::{Event, EventKind};
pub(crate) use logs::IS_LOGGED;
pub(crate) use metrics::{begin, finds_recorder, is_recorded};
pub use observers::{Observer, Registered, add_observer, observer_panics};
pub(crate) use observers::{OwnObserver, is_observed};
pub use owned_event::OwnedEvent;

/// Something happened to a call that has failed; how long the observers of the user took.
pub(crate) fn happened(event: &Event<'_>) -> Duration {
    let counters = &event.moment.site.counters;
    let counter = match event.kind() {
        EventKind::Retry { .. } => &counters.retries,
        EventKind::Recovered => &counters.recovered,
        EventKind::GaveUp { reason } => counters.ended(reason),
    };
    counter.fetch_add(1, Ordering::Relaxed);
    observers::in_tests(event);
    logs::happened(event);
    metrics::happened(event);
    observers::happened(event)
}

/// A call succeeded at the first try; called only where somebody wants to know.
pub(crate) fn succeeded(site: &'static Site) {
    metrics::succeeded(site);
}

/// Retried calls of one site inside attempts of another.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct Pair {
    pub(crate) outer: &'static Site,
    pub(crate) inner: &'static Site,
    /// How many attempts each makes at most.
    pub(crate) attempts: (u32, u32),
    /// Attempts of the outer one within which another site retried.
    pub(crate) count: u64,
    /// Whether this attempt has just been counted.
    pub(crate) is_counted: bool,
}

/// A retried call ran inside an attempt of another, and failed: for the first time?
pub(crate) fn nested(pair: Pair, is_first: bool) {
    if pair.is_counted {
        metrics::nested(pair.outer);
    }
    logs::nested(pair, is_first);
}

/// A client that counts them made requests inside an attempt of the site.
pub(crate) fn requested(site: &'static Site, requests: u64) {
    metrics::requested(site, requests);
}

/// A client that repeats requests inside attempts that are repeated too.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct Layers {
    pub(crate) site: &'static Site,
    /// How many attempts each makes at most, the site first.
    pub(crate) attempts: (u32, u32),
    /// Requests inside attempts of the site so far.
    pub(crate) count: u64,
}

/// The first request that a client repeated inside an attempt of the site.
pub(crate) fn layers(layers: Layers) {
    logs::layers(layers);
}

/// The site is used in surroundings that do not suit it.
pub(crate) fn misplaced(site: &'static Site, advice: &'static str) {
    logs::misplaced(site, advice);
}
