//! Polling: a call goes on until a predicate is true of its value.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use retry_runtime::observe::{EventKind, OwnedEvent};
use retry_runtime::testing::Scope;
use retry_runtime::{Budget, EndReason, Stop, retry_on};
use retry_tests::{Busy, MS, Recorder, Service};
use tokio::time::{Instant, sleep};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Job {
    Pending(u32),
    Done(u32),
}

impl Job {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a predicate is asked by reference")]
    fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}

/// A job that is done after as many looks as the service fails.
fn look(service: &Service) -> Job {
    match service.call() {
        Ok(call) => Job::Done(call),
        Err(Busy { call }) => Job::Pending(call),
    }
}

#[retry_on(Busy, max = 4, jitter = none, until = Job::is_done, name = "poll")]
async fn poll(service: &Service) -> Result<Job, Busy> {
    Ok(look(service))
}

#[retry_on(Busy, max = 4, jitter = none, until = Job::is_done, name = "poll")]
fn poll_plain(service: &Service) -> Result<Job, Busy> {
    Ok(look(service))
}

mod a_call {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn goes_on_until_it_is_true() {
        let start = Instant::now();
        assert_eq!(poll(&Service::failing(2)).await, Ok(Job::Done(3)));
        assert_eq!(start.elapsed(), 300 * MS);
    }

    #[test]
    fn goes_on_until_it_is_true_plain() {
        let clock = Scope::new().enter();
        assert_eq!(poll_plain(&Service::failing(2)), Ok(Job::Done(3)));
        assert_eq!(clock.pauses(), [100 * MS, 200 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn ends_at_once_if_it_is_true_of_the_first_value() {
        let start = Instant::now();
        assert_eq!(poll(&Service::failing(0)).await, Ok(Job::Done(1)));
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[test]
    fn ends_at_once_if_it_is_true_of_the_first_value_plain() {
        let clock = Scope::new().enter();
        assert_eq!(poll_plain(&Service::failing(0)), Ok(Job::Done(1)));
        assert!(clock.pauses().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn returns_the_last_value_when_max_is_reached() {
        assert_eq!(poll(&Service::down()).await, Ok(Job::Pending(4)));
    }

    #[test]
    fn returns_the_last_value_when_max_is_reached_plain() {
        let _clock = Scope::new().enter();
        assert_eq!(poll_plain(&Service::down()), Ok(Job::Pending(4)));
    }

    #[tokio::test(start_paused = true)]
    async fn returns_the_last_value_when_the_deadline_is_reached() {
        #[retry_on(max = 9, jitter = none, deadline = "301ms", timeout = none, until = Job::is_done)]
        async fn poll(service: &Service) -> Result<Job, Busy> {
            Ok(look(service))
        }

        assert_eq!(poll(&Service::down()).await, Ok(Job::Pending(3)));
    }

    #[test]
    fn returns_the_last_value_when_the_deadline_is_reached_plain() {
        #[retry_on(max = 9, jitter = none, deadline = "301ms", until = Job::is_done)]
        fn poll(service: &Service) -> Result<Job, Busy> {
            Ok(look(service))
        }

        let _clock = Scope::new().enter();
        assert_eq!(poll(&Service::down()), Ok(Job::Pending(3)));
    }

    #[tokio::test(start_paused = true)]
    async fn returns_the_last_value_when_a_stop_is_requested_in_the_pause() {
        let (stop, start, service) = (Stop::new(), Instant::now(), Service::down());
        let (polled, ()) = tokio::join!(stop.scope(poll(&service)), async {
            sleep(150 * MS).await;
            stop.request();
        });
        assert_eq!(polled, Ok(Job::Pending(2)));
        assert_eq!(start.elapsed(), 150 * MS);
    }

    #[test]
    fn returns_the_last_value_when_a_stop_is_requested_plain() {
        #[retry_on(max = 9, until = |_| { if service.calls() == 2 { stop.request(); } false })]
        fn poll(service: &Service, stop: &Stop) -> Result<Job, Busy> {
            Ok(look(service))
        }

        let (_clock, stop) = (Scope::new().enter(), Stop::new());
        let polled = stop.scope_blocking(|| poll(&Service::down(), &stop));
        assert_eq!(polled, Ok(Job::Pending(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn does_not_hold_its_value_over_the_pause() {
        #[retry_on(max = 2, jitter = none, until = |_| false)]
        async fn poll(value: &Arc<()>) -> Result<Arc<()>, Busy> {
            Ok(Arc::clone(value))
        }

        let value = Arc::new(());
        tokio::join!(
            async {
                let last = poll(&value).await.unwrap();
                assert_eq!(Arc::strong_count(&value), 2);
                drop(last);
            },
            async {
                sleep(50 * MS).await;
                assert_eq!(Arc::strong_count(&value), 1, "kept during the pause");
            }
        );
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_spawned_although_its_value_is_not_sync() {
        #[retry_on(until = |left: &Cell<u32>| left.get() == 0)]
        async fn poll(service: Arc<Service>) -> Result<Cell<u32>, Busy> {
            Ok(Cell::new(3 - service.count_call()))
        }

        let left = tokio::spawn(poll(Arc::new(Service::down()))).await.unwrap();
        assert_eq!(left.unwrap().get(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_spawned_although_its_value_is_not_send() {
        #[retry_on(until = |left: &Rc<u32>| **left == 0)]
        async fn poll(service: Arc<Service>) -> Result<Rc<u32>, Busy> {
            Ok(Rc::new(3 - service.count_call()))
        }

        let task = tokio::spawn(async { poll(Arc::new(Service::down())).await.map(|left| *left) });
        assert_eq!(task.await.unwrap(), Ok(0));
    }
}

/// No budget ends a call that polls.
mod the_budget {
    use super::*;

    /// Done at the 21st poll.
    #[retry_on(until = |done: &bool| *done, max = 30, delay = "1s", factor = 1, jitter = none)]
    async fn job_done(service: &Service) -> Result<bool, Busy> {
        Ok(service.call().is_ok())
    }

    #[retry_on(until = |done: &bool| *done, max = 30, delay = "1s", factor = 1, jitter = none)]
    fn job_done_plain(service: &Service) -> Result<bool, Busy> {
        Ok(service.call().is_ok())
    }

    #[tokio::test(start_paused = true)]
    async fn lets_a_job_an_hour_be_seen_done_for_thirty_days() {
        let mut done = 0;
        for _ in 0..30 * 24 {
            done += u32::from(job_done(&Service::failing(20)).await == Ok(true));
            sleep(Duration::from_hours(1)).await;
        }
        assert_eq!(done, 720);
    }

    #[test]
    fn lets_a_job_an_hour_be_seen_done_for_thirty_days_plain() {
        let clock = Scope::new().enter();
        let mut done = 0;
        for _ in 0..30 * 24 {
            done += u32::from(job_done_plain(&Service::failing(20)) == Ok(true));
            clock.advance(Duration::from_hours(1));
        }
        assert_eq!(done, 720);
    }

    #[tokio::test(start_paused = true)]
    async fn lets_a_thousand_calls_poll_one_after_the_other() {
        for call in 0..1000 {
            assert_eq!(job_done(&Service::failing(20)).await, Ok(true), "call {call}");
        }
    }

    #[test]
    fn lets_one_call_poll_a_thousand_times_plain() {
        #[retry_on(until = Job::is_done, max = 2000, budget = budget)]
        fn poll(service: &Service, budget: &Budget) -> Result<Job, Busy> {
            Ok(look(service))
        }

        let (_clock, budget) = (Scope::new().enter(), Budget::standard());
        assert_eq!(poll(&Service::failing(1000), &budget), Ok(Job::Done(1001)));
        assert_eq!(budget.available(), 500);
    }

    #[tokio::test(start_paused = true)]
    async fn pays_nothing_for_polls_that_end_without_success() {
        #[retry_on(max = 50, until = Job::is_done, budget = budget)]
        async fn poll(service: &Service, budget: &Budget) -> Result<Job, Busy> {
            Ok(look(service))
        }

        let budget = Budget::standard_2_0();
        assert_eq!(poll(&Service::down(), &budget).await, Ok(Job::Pending(50)));
        assert_eq!(budget.available(), 500);
    }

    /// Not even an empty one, which ends calls that fail.
    #[test]
    fn that_is_empty_ends_no_polling_plain() {
        #[retry_on(max = 500, until = Job::is_done, budget = budget)]
        fn poll(service: &Service, budget: &Budget) -> Result<Job, Busy> {
            Ok(look(service))
        }

        #[retry_on(_, max = 500, budget = budget)]
        fn drain(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
        drain(&Service::down(), &budget).unwrap_err();
        assert_eq!(budget.available(), 0);
        assert_eq!(poll(&Service::failing(9), &budget), Ok(Job::Done(10)));
    }
}

mod the_predicate {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn can_be_a_closure_that_uses_arguments() {
        #[retry_on(max = 9, until = |job| *job == Job::Pending(wanted))]
        async fn poll(service: &Service, wanted: u32) -> Result<Job, Busy> {
            Ok(look(service))
        }

        assert_eq!(poll(&Service::down(), 5).await, Ok(Job::Pending(5)));
    }

    #[test]
    fn can_be_a_closure_that_uses_self_plain() {
        struct Client {
            wanted: u32,
        }

        impl Client {
            #[retry_on(max = 9, until = |job| *job == Job::Pending(self.wanted))]
            fn poll(&self, service: &Service) -> Result<Job, Busy> {
                Ok(look(service))
            }
        }

        let _clock = Scope::new().enter();
        assert_eq!(Client { wanted: 5 }.poll(&Service::down()), Ok(Job::Pending(5)));
    }

    #[test]
    fn is_asked_once_of_each_value_plain() {
        #[retry_on(max = 3, until = |_| { asked.set(asked.get() + 1); false })]
        fn poll(service: &Service, asked: &Cell<u32>) -> Result<Job, Busy> {
            Ok(look(service))
        }

        let (_clock, asked) = (Scope::new().enter(), Cell::new(0));
        poll(&Service::down(), &asked).unwrap();
        assert_eq!(asked.get(), 3);
    }

    #[test]
    fn is_not_asked_of_errors_plain() {
        #[retry_on(Busy, until = |_: &u32| unreachable!("there is no value"))]
        fn poll(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = Scope::new().enter();
        assert_eq!(poll(&Service::down()), Err(Busy { call: 3 }));
    }
}

/// Polls and errors count for the same attempts; errors are failures.
mod errors_in_between {
    use super::*;

    /// Pending, busy, pending, busy, …, done.
    fn mixed(service: &Service) -> Result<Job, Busy> {
        match look(service) {
            Job::Pending(call) if call % 2 == 0 => Err(Busy { call }),
            job => Ok(job),
        }
    }

    #[retry_on(Busy, max = 5, jitter = none, until = Job::is_done, budget = budget)]
    async fn poll(service: &Service, budget: &Budget) -> Result<Job, Busy> {
        mixed(service)
    }

    #[retry_on(Busy, max = 5, jitter = none, until = Job::is_done, budget = budget)]
    fn poll_plain(service: &Service, budget: &Budget) -> Result<Job, Busy> {
        mixed(service)
    }

    #[tokio::test(start_paused = true)]
    async fn are_retried_too() {
        let (start, budget) = (Instant::now(), Budget::standard_2_0());
        assert_eq!(poll(&Service::failing(4), &budget).await, Ok(Job::Done(5)));
        assert_eq!(start.elapsed(), (100 + 200 + 400 + 800) * MS);
    }

    #[test]
    fn are_retried_too_plain() {
        let (clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
        assert_eq!(poll_plain(&Service::failing(4), &budget), Ok(Job::Done(5)));
        assert_eq!(clock.pauses(), [100, 200, 400, 800].map(|millis| millis * MS));
    }

    #[test]
    fn take_from_the_budget_what_they_cost_plain() {
        #[retry_on(Busy, max = 4, until = Job::is_done, budget = budget)]
        fn poll(service: &Service, budget: &Budget) -> Result<Job, Busy> {
            // Busy twice, then pending.
            let job = look(service);
            if service.calls() <= 2 { Err(Busy { call: service.calls() }) } else { Ok(job) }
        }

        let (_clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
        poll(&Service::down(), &budget).unwrap();
        assert_eq!(budget.available(), 495, "the retry that was answered was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn come_back_at_once_if_none_is_selected() {
        #[retry_on(max = 9, jitter = none, until = Job::is_done)]
        async fn poll(service: &Service) -> Result<Job, Busy> {
            mixed(service)
        }

        let start = Instant::now();
        assert_eq!(poll(&Service::down()).await, Err(Busy { call: 2 }));
        assert_eq!(start.elapsed(), 100 * MS);
    }
}

mod is_told {
    use super::*;

    const POLLS: [&str; 3] = [
        r#"DEBUG site="poll" attempt=1 max=4 error.type="not_yet" error="not yet" pause=0.1 since_first_failure=0.0"#,
        r#"DEBUG site="poll" attempt=2 max=4 error.type="not_yet" error="not yet" pause=0.2 since_first_failure=0.1"#,
        r#"DEBUG site="poll" attempt=3 max=4 error.type="not_yet" error="not yet" pause=0.4 since_first_failure=0.3"#,
    ];
    const END: &str = r#"ERROR site="poll" attempt=4 max=4 error.type="not_yet" error="not yet" reason="max_attempts" since_first_failure=0.7"#;

    #[tokio::test(start_paused = true)]
    async fn at_debug_and_its_end_as_an_error() {
        let recorder = Recorder::start();
        poll(&Service::down()).await.unwrap();
        assert_eq!(recorder.lines(), [&POLLS[..], &[END]].concat());
    }

    #[test]
    fn at_debug_and_its_end_as_an_error_plain() {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        poll_plain(&Service::down()).unwrap();
        assert_eq!(recorder.lines(), [&POLLS[..], &[END]].concat());
    }

    #[test]
    fn as_recovered_when_it_is_true_plain() {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        poll_plain(&Service::failing(1)).unwrap();
        assert_eq!(
            recorder.lines(),
            [POLLS[0], r#"INFO site="poll" attempt=2 max=4 since_first_failure=0.1"#]
        );
    }

    #[test]
    fn as_an_event_of_its_own_that_is_counted_apart_plain() {
        #[retry_on(max = 9, until = Job::is_done, name = "a poll that is counted")]
        fn poll(service: &Service) -> Result<Job, Busy> {
            Ok(look(service))
        }

        let scope = Scope::new();
        scope.run_blocking(|| poll(&Service::failing(2))).unwrap();
        let is_poll = |kind| matches!(kind, EventKind::NotYet { .. });
        let polls: Vec<_> = scope.events().iter().map(|event| is_poll(event.kind())).collect();
        assert_eq!(polls, [true, true, false]);
        let sites = retry_runtime::sites();
        let site = sites.get("a poll that is counted").unwrap();
        assert_eq!((site.not_yet(), site.retries(), site.selectors()), (2, 0, &["not_yet"][..]));
    }

    #[tokio::test(start_paused = true)]
    async fn to_no_hook_but_that_of_the_end() {
        #[retry_on(
            Busy,
            until = |_| false,
            on_retry = |retry| told.push((retry.attempt(), retry.error_type(), retry.error().cloned())),
            on_give_up = |end| {
                assert_eq!(end.reason(), EndReason::MaxAttempts);
                told.push((end.attempt(), end.error_type(), end.error().cloned()));
            }
        )]
        async fn poll(
            service: &Service,
            told: &mut Vec<(u32, &'static str, Option<Busy>)>,
        ) -> Result<u32, Busy> {
            if service.calls() == 1 { service.call() } else { Ok(service.count_call()) }
        }

        let mut told = Vec::new();
        assert_eq!(poll(&Service::down(), &mut told).await, Ok(3));
        assert_eq!(told, [(2, "Busy", Some(Busy { call: 2 })), (3, "not_yet", None)]);
    }

    #[test]
    fn to_no_hook_but_that_of_the_end_plain() {
        #[retry_on(
            max = 3,
            until = |()| false,
            on_retry = |_| unreachable!("nothing has failed"),
            on_give_up = |end| ends.push((end.attempt(), end.error_type(), end.error().is_none()))
        )]
        fn poll(ends: &mut Vec<(u32, &'static str, bool)>) -> Result<(), Busy> {
            Ok(())
        }

        let (_clock, mut ends) = (Scope::new().enter(), Vec::new());
        poll(&mut ends).unwrap();
        assert_eq!(ends, [(3, "not_yet", true)]);
    }

    #[test]
    fn to_the_next_attempt_plain() {
        #[retry_on(max = 2, until = |()| false, attempt = attempt)]
        fn poll(seen: &mut Vec<Option<&'static str>>) -> Result<(), Busy> {
            seen.push(attempt.previous_error_type());
            Ok(())
        }

        let (_clock, mut seen) = (Scope::new().enter(), Vec::new());
        poll(&mut seen).unwrap();
        assert_eq!(seen, [None, Some("not_yet")]);
    }

    /// There is no error to ask.
    #[test]
    fn to_no_hint_plain() {
        #[retry_on(Busy, until = |()| false, hint = no_error)]
        fn poll() -> Result<(), Busy> {
            Ok(())
        }

        fn no_error(_: &Busy) -> Option<Duration> {
            unreachable!("there is no error")
        }

        let _clock = Scope::new().enter();
        poll().unwrap();
    }
}

/// `when_ok` picks the values that are failures, `until` is asked about the others.
mod with_when_ok {
    use super::*;

    /// 1: a failure, 2: not yet, 3: a failure, 4: the end.
    #[retry_on(
        max = 9,
        jitter = none,
        budget = budget,
        when_ok = |call| *call % 2 == 1,
        until = |call| *call == 4,
        on_retry = |retry| told.borrow_mut().push((retry.attempt(), retry.error_type()))
    )]
    async fn poll(
        service: &Service,
        budget: &Budget,
        told: &RefCell<Vec<(u32, &'static str)>>,
    ) -> Result<u32, Busy> {
        Ok(service.count_call())
    }

    #[retry_on(
        max = 9,
        jitter = none,
        budget = budget,
        when_ok = |call| *call % 2 == 1,
        until = |call| *call == 4,
        on_retry = |retry| told.borrow_mut().push((retry.attempt(), retry.error_type()))
    )]
    fn poll_plain(
        service: &Service,
        budget: &Budget,
        told: &RefCell<Vec<(u32, &'static str)>>,
    ) -> Result<u32, Busy> {
        Ok(service.count_call())
    }

    const TYPES: [Option<&str>; 4] = [Some("value"), Some("not_yet"), Some("value"), None];

    #[tokio::test(start_paused = true)]
    async fn each_value_is_what_it_is() {
        let (scope, budget, told) = (Scope::new(), Budget::standard_2_0(), RefCell::default());
        assert_eq!(scope.run(poll(&Service::down(), &budget, &told)).await, Ok(4));
        let events = scope.events();
        assert_eq!(events.iter().map(OwnedEvent::error_type).collect::<Vec<_>>(), TYPES);
        assert_eq!(*told.borrow(), [(1, "value"), (3, "value")]);
        assert_eq!(budget.available(), 500, "both retries were answered");
    }

    #[test]
    fn each_value_is_what_it_is_plain() {
        let (scope, budget, told) = (Scope::new(), Budget::standard_2_0(), RefCell::default());
        assert_eq!(scope.run_blocking(|| poll_plain(&Service::down(), &budget, &told)), Ok(4));
        let events = scope.events();
        assert_eq!(events.iter().map(OwnedEvent::error_type).collect::<Vec<_>>(), TYPES);
        assert_eq!(*told.borrow(), [(1, "value"), (3, "value")]);
        assert_eq!(budget.available(), 500, "both retries were answered");
    }

    /// A value that is both is a failure.
    #[test]
    fn the_failure_is_asked_for_first_plain() {
        #[retry_on(
            max = 2,
            when_ok = |()| { asked.borrow_mut().push("when_ok"); true },
            until = |()| { asked.borrow_mut().push("until"); true },
            attempt = attempt
        )]
        fn poll(asked: &RefCell<Vec<&'static str>>) -> Result<(), Busy> {
            assert!(attempt.previous_error_type().is_none_or(|of| of == "value"));
            Ok(())
        }

        let (_clock, asked) = (Scope::new().enter(), RefCell::default());
        poll(&asked).unwrap();
        assert_eq!(*asked.borrow(), ["when_ok", "when_ok"]);
    }
}
