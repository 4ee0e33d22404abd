//! A subscriber, a recorder and an observer that call functions which fail. Each is told of the calls
//! of the others and none of its own, so that no call leads to another without end. A process has one
//! recorder and one global subscriber, so these have a process of their own.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use metrics::{Counter, CounterFn, Gauge, Histogram, Key, KeyName, Recorder, SharedString, Unit};
use retry_runtime::observe::{self, Event, Observer};
use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

#[retry_on(_, max = 2, budget = none, span = true, name = "program")]
fn of_the_program() -> Result<(), &'static str> {
    Err("busy")
}

#[retry_on(_, max = 2, budget = none, span = true, name = "subscriber")]
fn of_the_subscriber() -> Result<(), &'static str> {
    Err("busy")
}

#[retry_on(_, max = 2, budget = none, span = true, name = "recorder")]
fn of_the_recorder() -> Result<(), &'static str> {
    Err("busy")
}

#[retry_on(_, max = 2, budget = none, span = true, name = "observer")]
fn of_the_observer() -> Result<(), &'static str> {
    Err("busy")
}

/// The receivers, and whose calls they were told of.
static TOLD: Mutex<BTreeSet<(&str, String)>> = Mutex::new(BTreeSet::new());

fn told(receiver: &'static str, site: &str, call: fn() -> Result<(), &'static str>) {
    TOLD.lock().unwrap().insert((receiver, site.to_owned()));
    call().unwrap_err();
}

struct TheSubscriber;

impl Subscriber for TheSubscriber {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Site);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Site);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Calls the subscriber's function where it reads the site.
struct Site;

impl Visit for Site {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "site" {
            told("subscriber", value, of_the_subscriber);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

struct TheRecorder {
    /// No recorder is without a size.
    _size: u8,
}

impl Recorder for TheRecorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        of_the_recorder().unwrap_err();
    }

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &metrics::Metadata<'_>) -> Counter {
        of_the_recorder().unwrap_err();
        let site = key.labels().find(|label| label.key() == "site");
        Counter::from_arc(Arc::new(TheCounter(site.expect("a label").value().to_owned())))
    }

    fn register_gauge(&self, _: &Key, _: &metrics::Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &metrics::Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// With the name of its site.
struct TheCounter(String);

impl CounterFn for TheCounter {
    fn increment(&self, value: u64) {
        // Counters begin with 0.
        if value > 0 {
            told("recorder", &self.0, of_the_recorder);
        }
    }

    fn absolute(&self, _: u64) {}
}

struct TheObserver;

impl Observer for TheObserver {
    fn observe(&self, event: &Event<'_>) {
        told("observer", event.site(), of_the_observer);
    }
}

#[test]
fn each_is_told_of_the_calls_of_the_others_and_none_of_its_own() {
    tracing::subscriber::set_global_default(TheSubscriber).expect("the only one");
    metrics::set_global_recorder(TheRecorder { _size: 0 }).expect("the only one");
    observe::add(TheObserver);
    let _scope = Scope::new().enter();

    of_the_program().unwrap_err();

    let told = TOLD.lock().unwrap();
    let all = ["observer", "program", "recorder", "subscriber"];
    let expected: BTreeSet<(&str, String)> = ["observer", "recorder", "subscriber"]
        .into_iter()
        .flat_map(|receiver| all.map(|site| (receiver, site.to_owned())))
        .filter(|(receiver, site)| receiver != site)
        .collect();
    assert_eq!(*told, expected);
}
