//! Tells the outside world what happened to a call; never changes an outcome.
//!
//! One [`Event`] for each thing that happens, handed to the counters of the site, the log, the
//! metrics and the observers of the user, in this order. The fields have the same names and meanings
//! everywhere.

mod event;
mod logs;
mod metrics;
mod observers;
mod spans;

use core::sync::atomic::Ordering;
use core::time::Duration;

use crate::describe::{Code, Text};
use crate::site::Site;

pub use event::{Event, EventKind};
pub(crate) use event::{Moment, Told};
pub(crate) use metrics::{begin, is_recorded, look_for_recorder};
pub use observers::{Observer, Registered, add_observer, observer_panics};
pub(crate) use observers::{OwnObserver, is_observed};
pub use spans::Spans;

/// Which selector a failed attempt matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None, or `unless` did.
    NotSelected,
    /// This one, counted from 0.
    Selector(usize),
    /// It took too long.
    TimedOut,
    /// It succeeded with a value that is not accepted.
    Value,
}

/// A failed attempt, as the expansion describes it.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// Which selector matched.
    pub verdict: Verdict,
    /// Its text.
    pub text: Text<'a>,
    /// The name of the error's type.
    pub type_name: &'static str,
    /// What a service said of it.
    pub code: Code<'a>,
    /// How long the server asked to wait.
    pub hint: Option<Duration>,
}

impl<'a> Failure<'a> {
    /// An error that nothing has selected yet.
    pub(crate) const fn new(text: Text<'a>, type_name: &'static str, code: Code<'a>) -> Self {
        Self { verdict: Verdict::NotSelected, text, type_name, code, hint: None }
    }

    /// A value that is not accepted.
    pub const VALUE: Failure<'static> = Failure {
        verdict: Verdict::Value,
        text: Text::Opaque("the value is not accepted"),
        type_name: "",
        code: Code { code: None, request_id: None },
        hint: None,
    };

    pub(crate) fn error_type(&self, site: &'static Site) -> &'static str {
        match self.verdict {
            Verdict::NotSelected => "_OTHER",
            Verdict::Selector(index) => site.selectors.get(index).copied().unwrap_or("_OTHER"),
            Verdict::TimedOut => "timeout",
            Verdict::Value => "ok",
        }
    }
}

/// Something happened to a call that has failed; how long the observers of the user took.
pub(crate) fn happened(event: &Event<'_>) -> Duration {
    let counters = &event.moment.site.counters;
    let counter = match event.kind() {
        EventKind::Retry { .. } => &counters.retries,
        EventKind::Recovered => &counters.recovered,
        EventKind::GaveUp { reason } => counters.ended(reason),
    };
    counter.fetch_add(1, Ordering::Relaxed);
    #[cfg(feature = "test-util")]
    crate::testing::record(event);
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

/// Settings from outside differ from what stands at the function.
#[cfg(feature = "switchboard")]
pub(crate) use logs::{overridden, refused};
