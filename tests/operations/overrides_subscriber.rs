//! A subscriber that calls annotated functions itself, whose settings change and are logged at the
//! same time: nothing may wait for itself. It has its own subscriber, so it is its own program.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use retry_runtime::{Policy, overrides, retry_on, sites};
use retry_tests::{Busy, Service};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[retry_on(Busy, delay = "0ms", budget = none, name = "shop::fetch")]
fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

/// Its settings never fit.
#[retry_on(Busy, max = 2, delay = "1ms", jitter = none, name = "unfit::ship")]
fn ship() -> Result<u32, Busy> {
    let _clock = retry_runtime::testing::Scope::new().enter();
    Service::down().call()
}

/// Called by the subscriber, at each event.
#[retry_on(Busy, delay = "0ms", max = 2, budget = none, name = "shop::ship_log")]
fn ship_log() -> Result<u32, Busy> {
    Service::failing(1).call()
}

static EVENTS: AtomicU32 = AtomicU32::new(0);
static UNFIT: AtomicU32 = AtomicU32::new(0);

struct Shipper;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

impl Subscriber for Shipper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
    }

    fn event(&self, event: &Event<'_>) {
        EVENTS.fetch_add(1, Ordering::Relaxed);
        if *event.metadata().level() == tracing::Level::ERROR
            && format!("{event:?}").contains("ignored")
        {
            UNFIT.fetch_add(1, Ordering::Relaxed);
        }
        // Deep enough to meet itself, and not without end.
        if DEPTH.get() < 3 {
            DEPTH.set(DEPTH.get() + 1);
            let _ = ship_log();
            let _ = fetch(&Service::down());
            let _ = ship();
            let _ = sites();
            if DEPTH.get() == 1 {
                let _ = overrides::set("shop::other", Policy::builder().max(3));
            }
            DEPTH.set(DEPTH.get() - 1);
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_subscriber_may_call_annotated_functions_while_settings_change() {
    tracing::subscriber::set_global_default(Shipper).unwrap();
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        overrides::set("unfit::*", Policy::builder().max_delay(Duration::from_micros(1))).unwrap();
        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    for _ in 0..3 {
                        let service = Service::down();
                        let _ = fetch(&service);
                        assert!(service.calls() > 0);
                        let _ = ship();
                    }
                });
            }
            for max in 1..20 {
                let text = format!("[\"shop::*\"]\nmax = {}\n", 1 + max % 2);
                overrides::load_toml(&text, "retries.toml").unwrap();
            }
        });
        done.send(()).unwrap();
    });
    // Far longer than it takes; a deadlock takes forever.
    is_done.recv_timeout(Duration::from_mins(2)).expect("something waits for itself");
    assert!(EVENTS.load(Ordering::Relaxed) > 30);
    // Or twice, where a change comes between.
    let told = UNFIT.load(Ordering::Relaxed);
    assert!((1..=2).contains(&told), "what does not fit is told {told} times");
}
