//! A recorder that itself calls annotated functions and lists all sites: nothing is locked while it
//! is told. A process has one recorder, and this one needs a process of its own.

use std::cell::Cell;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use retry_runtime::{retry_on, sites};

#[retry_on(_, name = "outer")]
fn outer() -> Result<(), &'static str> {
    Ok(())
}

#[retry_on(_, max = 2, delay = "0ms", name = "inner")]
fn inner() -> Result<(), &'static str> {
    Err("busy")
}

#[retry_on(_, delay = "0ms", name = "innermost")]
fn innermost(calls: &mut u32) -> Result<(), &'static str> {
    *calls += 1;
    Err("busy")
}

#[retry_on(_, delay = "0ms", nested = "inner", name = "around")]
fn around(calls: &mut u32) -> Result<(), &'static str> {
    innermost(calls)
}

thread_local! {
    static IS_CALLING: Cell<bool> = const { Cell::new(false) };
}

struct Caller {
    /// No recorder is without a size.
    _size: u8,
}

impl Recorder for Caller {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        if !IS_CALLING.replace(true) {
            inner().unwrap_err();
            assert!(!sites().is_empty());
            IS_CALLING.set(false);
        }
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[test]
fn nothing_is_locked_while_it_is_told() {
    metrics::set_global_recorder(Caller { _size: 0 }).expect("the only one");
    outer().unwrap();
    let sites = sites();
    let names: Vec<&str> = sites.iter().map(retry_runtime::sites::SiteReport::site).collect();
    assert_eq!(names, ["inner", "outer"]);

    // What it calls when a function fails for the first time is not part of what that one learns.
    let mut calls = 0;
    around(&mut calls).unwrap_err();
    assert_eq!(calls, 3, "not 9");
}
