//! Alerts: when they are raised, when not, and what they say.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use retry_runtime::observe::{Alert, GiveUpAlerts, Observer};
use retry_runtime::testing::Scope;
use retry_runtime::{ErrorCode, NestedRetries, Policy, Stop, retry_on};
use retry_tests::{Busy, MS, Recorder, Service};

const MINUTE: Duration = Duration::from_mins(1);
const ALMOST_A_MINUTE: Duration = Duration::from_millis(59_999);

/// The alerts that were raised, in words.
type Raised = Arc<Mutex<Vec<String>>>;

fn taken(raised: &Raised) -> Vec<String> {
    std::mem::take(&mut raised.lock().unwrap())
}

fn policy(observer: impl Observer + 'static) -> Policy {
    Policy::builder().max(1).observer(Box::leak(Box::new(observer))).build()
}

/// A policy whose alerts are written down by the name of the function.
fn alerting(more_than: u32, window: Duration) -> (Policy, Raised) {
    let raised = Raised::default();
    let alerts = GiveUpAlerts::new(window, more_than, {
        let raised = Arc::clone(&raised);
        move |alert: &Alert<'_>| raised.lock().unwrap().push(alert.site().to_owned())
    });
    (policy(alerts), raised)
}

#[retry_on(Busy, policy = policy, name = "order")]
fn order(policy: &Policy) -> Result<(), Busy> {
    Err(Busy { call: 1 })
}

#[retry_on(Busy, policy = policy, name = "refund")]
fn refund(policy: &Policy) -> Result<(), Busy> {
    Err(Busy { call: 1 })
}

fn times(count: usize, call: impl Fn() -> Result<(), Busy>) {
    for _ in 0..count {
        call().unwrap_err();
    }
}

mod an_alert {
    use super::*;

    #[test]
    fn is_raised_when_there_are_more_than_so_many_plain() {
        let (_clock, (policy, raised)) = (Scope::new().enter(), alerting(3, MINUTE));
        times(3, || order(&policy));
        assert_eq!(taken(&raised), [""; 0]);
        order(&policy).unwrap_err();
        assert_eq!(taken(&raised), ["order"]);
    }

    #[test]
    fn is_raised_once_in_a_window_and_again_in_the_next_plain() {
        let (clock, (policy, raised)) = (Scope::new().enter(), alerting(3, MINUTE));
        times(100, || order(&policy));
        assert_eq!(taken(&raised), ["order"]);
        clock.advance(ALMOST_A_MINUTE);
        times(100, || order(&policy));
        assert_eq!(taken(&raised), [""; 0]);
        clock.advance(MS);
        order(&policy).unwrap_err();
        assert_eq!(taken(&raised), ["order"]);
        times(100, || order(&policy));
        assert_eq!(taken(&raised), [""; 0]);
    }

    /// What has been too often once must be so again.
    #[test]
    fn is_not_raised_again_by_one_more_after_a_quiet_window_plain() {
        let (clock, (policy, raised)) = (Scope::new().enter(), alerting(3, MINUTE));
        times(100, || order(&policy));
        clock.advance(MINUTE);
        taken(&raised);
        times(3, || order(&policy));
        assert_eq!(taken(&raised), [""; 0]);
        order(&policy).unwrap_err();
        assert_eq!(taken(&raised), ["order"]);
    }

    /// The window slides: an outage cannot be split between two windows.
    #[test]
    fn counts_in_any_window_plain() {
        let (clock, (policy, raised)) = (Scope::new().enter(), alerting(3, MINUTE));
        clock.advance(MINUTE / 2);
        times(2, || order(&policy));
        clock.advance(ALMOST_A_MINUTE);
        order(&policy).unwrap_err();
        assert_eq!(taken(&raised), [""; 0]);
        order(&policy).unwrap_err();
        assert_eq!(taken(&raised), ["order"]);
    }

    #[test]
    fn does_not_count_what_is_as_old_as_the_window_plain() {
        let (clock, (policy, raised)) = (Scope::new().enter(), alerting(3, MINUTE));
        // Never more than three in a minute.
        for _ in 0..100 {
            order(&policy).unwrap_err();
            clock.advance(MINUTE / 3);
        }
        assert_eq!(taken(&raised), [""; 0]);
        // A little faster, and there are four.
        for _ in 0..4 {
            order(&policy).unwrap_err();
            clock.advance(ALMOST_A_MINUTE / 3);
        }
        assert_eq!(taken(&raised), ["order"]);
    }

    #[test]
    fn is_about_one_function_plain() {
        let (_clock, (policy, raised)) = (Scope::new().enter(), alerting(3, MINUTE));
        times(3, || order(&policy));
        times(3, || refund(&policy));
        assert_eq!(taken(&raised), [""; 0]);
        refund(&policy).unwrap_err();
        assert_eq!(taken(&raised), ["refund"]);
        order(&policy).unwrap_err();
        assert_eq!(taken(&raised), ["order"]);
    }

    #[tokio::test(start_paused = true)]
    async fn is_raised_on_the_clock_of_tokio() {
        #[retry_on(Busy, policy = policy, name = "ship")]
        async fn ship(policy: &Policy) -> Result<(), Busy> {
            Err(Busy { call: 1 })
        }

        let (policy, raised) = alerting(1, MINUTE);
        ship(&policy).await.unwrap_err();
        tokio::time::advance(MINUTE).await;
        ship(&policy).await.unwrap_err();
        assert_eq!(taken(&raised), [""; 0]);
        tokio::time::advance(ALMOST_A_MINUTE).await;
        ship(&policy).await.unwrap_err();
        assert_eq!(taken(&raised), ["ship"]);
    }
}

mod what_counts {
    use super::*;

    #[test]
    fn is_no_stop_plain() {
        let (_clock, (policy, raised)) = (Scope::new().enter(), alerting(0, MINUTE));
        let policy = policy.to_builder().max(2).build();
        let stop = Stop::new();
        stop.request();
        let log = Recorder::start();
        stop.scope_blocking(|| times(10, || order(&policy)));
        assert_eq!(log.events()[9].field("reason"), Some("stopped"));
        assert_eq!(taken(&raised), [""; 0]);
        times(1, || order(&policy));
        assert_eq!(taken(&raised), ["order"]);
    }

    #[test]
    fn is_no_error_that_is_not_retryable_plain() {
        #[retry_on(io::Error, policy = policy, name = "order")]
        fn order(policy: &Policy) -> Result<(), Busy> {
            Err(Busy { call: 1 })
        }

        let (policy, raised) = alerting(0, MINUTE);
        times(10, || order(&policy));
        assert_eq!(taken(&raised), [""; 0]);
    }

    /// The call inside has been counted.
    #[test]
    fn is_no_error_that_a_call_inside_has_given_up_on_plain() {
        #[retry_on(Busy, policy = policy, name = "outer")]
        fn outer(policy: &Policy) -> Result<(), Busy> {
            order(policy)
        }

        let (policy, raised) = alerting(0, MINUTE);
        let policy = policy.to_builder().nested(NestedRetries::Inner).build();
        outer(&policy).unwrap_err();
        assert_eq!(taken(&raised), ["order"]);
    }

    #[test]
    fn is_neither_a_retry_nor_a_recovery_plain() {
        #[retry_on(Busy, policy = policy, name = "order")]
        fn order(policy: &Policy, service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, (policy, raised)) = (Scope::new().enter(), alerting(0, MINUTE));
        let policy = policy.to_builder().max(3).build();
        order(&policy, &Service::failing(2)).unwrap();
        assert_eq!(taken(&raised), [""; 0]);
    }
}

mod any_number {
    use super::*;

    #[test]
    fn can_be_zero_so_that_the_first_one_counts_plain() {
        let (clock, (policy, raised)) = (Scope::new().enter(), alerting(0, MINUTE));
        times(10, || order(&policy));
        assert_eq!(taken(&raised), ["order"]);
        clock.advance(MINUTE);
        times(10, || order(&policy));
        assert_eq!(taken(&raised), ["order"]);
    }

    #[test]
    fn can_be_huge_so_that_none_is_raised_plain() {
        let (_clock, (policy, raised)) = (Scope::new().enter(), alerting(u32::MAX, Duration::MAX));
        times(10_000, || order(&policy));
        assert_eq!(taken(&raised), [""; 0]);
    }

    #[test]
    fn of_seconds_can_be_zero_so_that_nothing_adds_up_plain() {
        let (_clock, (policy, raised)) = (Scope::new().enter(), alerting(1, Duration::ZERO));
        times(10, || order(&policy));
        assert_eq!(taken(&raised), [""; 0]);
        let (policy, raised) = alerting(0, Duration::ZERO);
        times(3, || order(&policy));
        assert_eq!(taken(&raised), ["order"; 3]);
    }

    #[test]
    fn of_seconds_can_be_endless_so_that_one_is_raised_plain() {
        let (clock, (policy, raised)) = (Scope::new().enter(), alerting(1, Duration::MAX));
        for _ in 0..10 {
            order(&policy).unwrap_err();
            clock.advance(1000 * MINUTE);
        }
        assert_eq!(taken(&raised), ["order"]);
    }
}

mod it_says {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("rejected")]
    struct Rejected;

    impl ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some("InternalError")
        }

        fn request_id(&self) -> Option<&str> {
            Some("4711")
        }
    }

    #[retry_on(Rejected, policy = policy, name = "store")]
    fn store(policy: &Policy) -> Result<(), Rejected> {
        Err(Rejected)
    }

    fn said(say: impl Fn(&Alert<'_>) -> String + Send + Sync + 'static) -> (Policy, Raised) {
        let raised = Raised::default();
        let alerts = GiveUpAlerts::new(5 * MINUTE, 2, {
            let raised = Arc::clone(&raised);
            move |alert: &Alert<'_>| raised.lock().unwrap().push(say(alert))
        });
        let twice = policy(alerts).to_builder().max(2).delay(Duration::ZERO).without_budget();
        (twice.build(), raised)
    }

    #[test]
    fn what_has_happened_in_a_sentence_plain() {
        let (policy, raised) = said(|alert| alert.to_string());
        for _ in 0..100 {
            store(&policy).unwrap_err();
        }
        assert_eq!(
            taken(&raised),
            [
                "store gave up 3 times (the limit is 2 in 300s); last error: rejected (max_attempts after \
              attempt 2 of 2, code InternalError, request 4711)"
            ]
        );
    }

    #[test]
    fn how_often_it_was_since_the_last_alert_plain() {
        let clock = Scope::new().enter();
        let (policy, raised) = said(|alert| alert.gave_up().to_string());
        let fail = |times: u32| {
            for _ in 0..times {
                store(&policy).unwrap_err();
                clock.advance(Duration::from_secs(1));
            }
        };
        // Raised at the third, and again when the window has passed.
        fail(3);
        fail(400);
        assert_eq!(taken(&raised), ["3", "300"]);
        // After a window without any, nothing of before counts.
        clock.advance(5 * MINUTE);
        fail(3);
        assert_eq!(taken(&raised), ["3"]);
    }

    #[test]
    fn all_that_is_known_of_the_last_call_plain() {
        let (policy, raised) = said(|alert| {
            let event = alert.event();
            format!(
                "{} {} in {:?}: {:?} {:?} {:?} {:?}, attempt {}, {}",
                alert.site(),
                alert.gave_up(),
                alert.window(),
                event.reason(),
                event.error().map(ToString::to_string),
                event.code(),
                event.request_id(),
                event.attempt(),
                event.support_case().is_some(),
            )
        });
        for _ in 0..3 {
            store(&policy).unwrap_err();
        }
        assert_eq!(
            taken(&raised),
            [
                r#"store 3 in 300s: Some(MaxAttempts) Some("rejected") Some("InternalError") Some("4711"), attempt 2, true"#
            ]
        );
    }
}

mod whoever_is_alerted {
    use super::*;

    /// It may make calls that fail as well.
    #[test]
    fn can_call_what_is_watched_plain() {
        static CALLS: AtomicU32 = AtomicU32::new(0);

        #[retry_on(Busy, policy = policy, name = "notify")]
        fn notify(policy: &Policy) -> Result<(), Busy> {
            CALLS.fetch_add(1, Ordering::Relaxed);
            Err(Busy { call: 1 })
        }

        let alerts = GiveUpAlerts::new(MINUTE, 0, |_: &Alert<'_>| {
            notify(&Policy::builder().max(1).build()).unwrap_err();
        });
        order(&policy(alerts)).unwrap_err();
        assert_eq!(CALLS.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn may_panic_and_is_alerted_again_plain() {
        static CALLS: AtomicU32 = AtomicU32::new(0);
        let alerts = GiveUpAlerts::new(MINUTE, 0, |_: &Alert<'_>| {
            CALLS.fetch_add(1, Ordering::Relaxed);
            std::panic::resume_unwind(Box::new("not told to the panic hook"));
        });
        let (clock, policy) = (Scope::new().enter(), policy(alerts));
        times(3, || order(&policy));
        clock.advance(MINUTE);
        times(3, || order(&policy));
        assert_eq!(CALLS.load(Ordering::Relaxed), 2);
    }
}

#[test]
fn many_threads_raise_one_alert() {
    let (policy, raised) = alerting(100, Duration::from_hours(1));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| times(1000, || order(&policy)));
        }
    });
    assert_eq!(taken(&raised), ["order"]);
}

#[test]
fn many_threads_raise_none_where_there_are_just_enough() {
    let (policy, raised) = alerting(8000, Duration::from_hours(1));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| times(1000, || order(&policy)));
        }
    });
    assert_eq!(taken(&raised), [""; 0]);
    order(&policy).unwrap_err();
    assert_eq!(taken(&raised), ["order"]);
}
