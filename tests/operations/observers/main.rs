//! Observers: which events they get and when, and that they change nothing.

use std::any::Any;
use std::io;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use retry_runtime::observe::{self, Event, EventKind, Observer, ObserverHandle};
use retry_runtime::testing::Scope;
use retry_runtime::{EndReason, ErrorCode, Policy, Stop, TimedOut, retry_on};
use retry_tests::{Busy, Recorder, SECOND, Service};
use retry_tests_operations::Measured;

/// What is written down, in the order of the events.
type Seen = Arc<Mutex<Vec<String>>>;

/// Observes one function, because tests run in parallel and observers get the events of all.
struct Watch<F> {
    site: &'static str,
    then: F,
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for Watch<F> {
    fn observe(&self, event: &Event<'_>) {
        if event.site() == self.site {
            (self.then)(event);
        }
    }
}

fn watch(
    site: &'static str,
    then: impl Fn(&Event<'_>) + Send + Sync + 'static,
) -> Watch<impl Fn(&Event<'_>) + Send + Sync> {
    Watch { site, then }
}

/// Writes down this word for each event of this thread.
fn says(site: &'static str, word: &'static str, seen: &Seen) -> impl Observer + 'static {
    let (seen, test) = (Arc::clone(seen), thread::current().id());
    watch(site, move |event| {
        if thread::current().id() != test {
            return;
        }
        let kind = match event.kind() {
            EventKind::Retry { .. } => "retry",
            EventKind::GaveUp { .. } => "gave up",
            EventKind::NotRetried { .. } => "not retried",
            EventKind::Recovered => "recovered",
            _ => "new",
        };
        seen.lock().unwrap().push(format!("{word}: {kind}"));
    })
}

fn taken(seen: &Seen) -> Vec<String> {
    std::mem::take(&mut seen.lock().unwrap())
}

/// A policy with its own observer, which is never removed.
fn observed(observer: impl Observer + 'static) -> Policy {
    Policy::builder()
        .delay(Duration::ZERO)
        .without_budget()
        .observer(Box::leak(Box::new(observer)))
        .build()
}

#[retry_on(Busy, policy = policy, name = "own")]
fn own(policy: &Policy, service: &Service) -> Result<u32, Busy> {
    service.call()
}

mod an_observer;
mod inside_an_observer;
mod nothing_is_changed;
mod on_many_threads;
mod several;
