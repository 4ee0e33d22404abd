//! Values that count as failures.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{Budget, EndReason, retry_on};
use retry_tests::{Busy, MS, Recorder, Service};
use tokio::time::{Instant, sleep};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Down(u32),
    Up(u32),
}

impl Status {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a predicate is asked by reference")]
    fn is_down(&self) -> bool {
        matches!(self, Self::Down(_))
    }
}

/// A status that is up after as many looks as the service fails.
fn look(service: &Service) -> Status {
    match service.call() {
        Ok(call) => Status::Up(call),
        Err(Busy { call }) => Status::Down(call),
    }
}

#[retry_on(Busy, max = 4, jitter = none, when_ok = Status::is_down, name = "status")]
async fn status(service: &Service) -> Result<Status, Busy> {
    Ok(look(service))
}

#[retry_on(Busy, max = 4, jitter = none, when_ok = Status::is_down, name = "status")]
fn status_plain(service: &Service) -> Result<Status, Busy> {
    Ok(look(service))
}

mod a_value {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn that_is_a_failure_is_asked_for_again() {
        let start = Instant::now();
        assert_eq!(status(&Service::failing(2)).await, Ok(Status::Up(3)));
        assert_eq!(start.elapsed(), 300 * MS);
    }

    #[test]
    fn that_is_a_failure_is_asked_for_again_plain() {
        let clock = Scope::new().enter();
        assert_eq!(status_plain(&Service::failing(2)), Ok(Status::Up(3)));
        assert_eq!(clock.pauses(), [100 * MS, 200 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_no_failure_comes_back_at_once() {
        let start = Instant::now();
        assert_eq!(status(&Service::failing(0)).await, Ok(Status::Up(1)));
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_when_max_is_reached_the_last_one() {
        assert_eq!(status(&Service::down()).await, Ok(Status::Down(4)));
    }

    #[test]
    fn comes_back_when_max_is_reached_the_last_one_plain() {
        let _clock = Scope::new().enter();
        assert_eq!(status_plain(&Service::down()), Ok(Status::Down(4)));
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_when_the_deadline_is_reached() {
        #[retry_on(Busy, max = 9, jitter = none, deadline = "301ms", timeout = none, when_ok = Status::is_down)]
        async fn status(service: &Service) -> Result<Status, Busy> {
            Ok(look(service))
        }

        assert_eq!(status(&Service::down()).await, Ok(Status::Down(3)));
    }

    #[tokio::test(start_paused = true)]
    async fn that_was_kept_comes_back_when_the_timer_is_late() {
        #[retry_on(
            Busy,
            jitter = none,
            deadline = "1s", timeout = none,
            when_ok = Status::is_down,
            sleep = |pause| sleep(20 * pause)
        )]
        async fn status(service: &Service) -> Result<Status, Busy> {
            Ok(look(service))
        }

        assert_eq!(status(&Service::failing(1)).await, Ok(Status::Down(1)));
    }

    #[test]
    fn costs_as_much_as_an_error_plain() {
        #[retry_on(Busy, max = 2, when_ok = Status::is_down, budget = budget)]
        fn status(service: &Service, budget: &Budget) -> Result<Status, Busy> {
            Ok(look(service))
        }

        let (_clock, budget) = (Scope::new().enter(), Budget::standard_2_0());
        status(&Service::down(), &budget).unwrap();
        assert_eq!(budget.available(), 495);
        status(&Service::failing(1), &budget).unwrap();
        assert_eq!(budget.available(), 495, "its retry was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn is_not_held_over_the_pause() {
        #[retry_on(Busy, max = 2, jitter = none, when_ok = |_| true)]
        async fn status(value: &Arc<()>) -> Result<Arc<()>, Busy> {
            Ok(Arc::clone(value))
        }

        let value = Arc::new(());
        tokio::join!(
            async {
                let last = status(&value).await.unwrap();
                assert_eq!(Arc::strong_count(&value), 2);
                drop(last);
            },
            async {
                sleep(50 * MS).await;
                assert_eq!(Arc::strong_count(&value), 1, "kept during the pause");
            }
        );
    }

    #[test]
    fn is_not_held_over_the_pause_plain() {
        #[retry_on(
            Busy,
            max = 2,
            when_ok = |_| true,
            on_retry = |_| counts.borrow_mut().push(Rc::strong_count(value))
        )]
        fn status(
            value: &Rc<()>,
            counts: &RefCell<Vec<usize>>,
            service: &Service,
        ) -> Result<Rc<()>, Busy> {
            if service.count_call() > 1 {
                counts.borrow_mut().push(Rc::strong_count(value));
            }
            Ok(Rc::clone(value))
        }

        let (_clock, value, counts) = (Scope::new().enter(), Rc::new(()), RefCell::default());
        status(&value, &counts, &Service::down()).unwrap();
        assert_eq!(*counts.borrow(), [2, 1]);
    }
}

mod the_predicate {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn can_be_a_closure_that_uses_arguments() {
        #[retry_on(Busy, max = 9, when_ok = |status| *status != Status::Down(wanted))]
        async fn status(service: &Service, wanted: u32) -> Result<Status, Busy> {
            Ok(look(service))
        }

        assert_eq!(status(&Service::down(), 5).await, Ok(Status::Down(5)));
    }

    #[test]
    fn can_be_a_closure_that_uses_self_plain() {
        struct Client {
            wanted: u32,
        }

        impl Client {
            #[retry_on(Busy, max = 9, when_ok = |status| *status != Status::Down(self.wanted))]
            fn status(&self, service: &Service) -> Result<Status, Busy> {
                Ok(look(service))
            }
        }

        let _clock = Scope::new().enter();
        assert_eq!(Client { wanted: 5 }.status(&Service::down()), Ok(Status::Down(5)));
    }

    #[test]
    fn is_asked_once_of_each_value_plain() {
        #[retry_on(Busy, max = 3, when_ok = |_| { asked.set(asked.get() + 1); true })]
        fn status(service: &Service, asked: &Cell<u32>) -> Result<Status, Busy> {
            Ok(look(service))
        }

        let (_clock, asked) = (Scope::new().enter(), Cell::new(0));
        status(&Service::down(), &asked).unwrap();
        assert_eq!(asked.get(), 3);
    }

    #[test]
    fn is_not_asked_of_errors_plain() {
        #[retry_on(Busy, when_ok = |_: &u32| unreachable!("there is no value"))]
        fn status(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = Scope::new().enter();
        assert_eq!(status(&Service::down()), Err(Busy { call: 3 }));
    }
}

/// Values and errors count for the same limits.
mod errors_in_between {
    use super::*;

    #[derive(Debug, PartialEq, thiserror::Error)]
    #[error("no such service")]
    struct Unknown;

    /// Down, busy, down, busy, …, up.
    fn mixed(service: &Service) -> Result<Status, Busy> {
        match look(service) {
            Status::Down(call) if call % 2 == 0 => Err(Busy { call }),
            status => Ok(status),
        }
    }

    #[retry_on(Busy, max = 5, jitter = none, when_ok = Status::is_down)]
    async fn status(service: &Service) -> Result<Status, Busy> {
        mixed(service)
    }

    #[retry_on(Busy, max = 5, jitter = none, when_ok = Status::is_down)]
    fn status_plain(service: &Service) -> Result<Status, Busy> {
        mixed(service)
    }

    #[tokio::test(start_paused = true)]
    async fn are_retried_too() {
        let start = Instant::now();
        assert_eq!(status(&Service::failing(4)).await, Ok(Status::Up(5)));
        assert_eq!(start.elapsed(), (100 + 200 + 400 + 800) * MS);
    }

    #[test]
    fn are_retried_too_plain() {
        let clock = Scope::new().enter();
        assert_eq!(status_plain(&Service::failing(4)), Ok(Status::Up(5)));
        assert_eq!(clock.pauses(), [100, 200, 400, 800].map(|millis| millis * MS));
    }

    #[test]
    fn come_back_if_they_are_the_last_plain() {
        #[retry_on(Busy, max = 4, when_ok = Status::is_down)]
        fn status(service: &Service) -> Result<Status, Busy> {
            mixed(service)
        }

        let _clock = Scope::new().enter();
        assert_eq!(status(&Service::down()), Err(Busy { call: 4 }));
        assert_eq!(status_plain(&Service::down()), Ok(Status::Down(5)));
    }

    #[tokio::test(start_paused = true)]
    async fn that_are_not_selected_come_back_at_once() {
        #[retry_on(Busy, max = 9, jitter = none, when_ok = Status::is_down)]
        async fn status(service: &Service) -> Result<Status, Unknown> {
            if service.calls() > 1 { Err(Unknown) } else { Ok(look(service)) }
        }

        let start = Instant::now();
        assert_eq!(status(&Service::down()).await, Err(Unknown));
        assert_eq!(start.elapsed(), 300 * MS);
    }
}

mod is_told {
    use super::*;

    const EVENTS: [&str; 4] = [
        r#"WARN site="status" attempt=1 max=4 error.type="value" error="the value is not accepted" pause=0.1 since_first_failure=0.0"#,
        r#"WARN site="status" attempt=2 max=4 error.type="value" error="the value is not accepted" pause=0.2 since_first_failure=0.1"#,
        r#"WARN site="status" attempt=3 max=4 error.type="value" error="the value is not accepted" pause=0.4 since_first_failure=0.3"#,
        r#"ERROR site="status" attempt=4 max=4 error.type="value" error="the value is not accepted" reason="max_attempts" since_first_failure=0.7"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn in_events_as_an_error_of_the_type_value() {
        let recorder = Recorder::start();
        status(&Service::down()).await.unwrap();
        assert_eq!(recorder.lines(), EVENTS);
    }

    #[test]
    fn in_events_as_an_error_of_the_type_value_plain() {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        status_plain(&Service::down()).unwrap();
        assert_eq!(recorder.lines(), EVENTS);
    }

    #[test]
    fn as_recovered_when_a_value_is_no_failure_plain() {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        status_plain(&Service::failing(1)).unwrap();
        assert_eq!(
            recorder.lines()[1],
            r#"INFO site="status" attempt=2 max=4 since_first_failure=0.1"#
        );
    }

    #[tokio::test(start_paused = true)]
    async fn to_hooks_without_an_error() {
        #[retry_on(
            Busy,
            when_ok = |_| true,
            on_retry = |retry| told.push((retry.attempt(), retry.error_type(), retry.error().cloned())),
            on_give_up = |end| {
                assert_eq!(end.reason(), EndReason::MaxAttempts);
                told.push((end.attempt(), end.error_type(), end.error().cloned()));
            }
        )]
        async fn status(
            service: &Service,
            told: &mut Vec<(u32, &'static str, Option<Busy>)>,
        ) -> Result<u32, Busy> {
            if service.calls() == 1 { service.call() } else { Ok(service.count_call()) }
        }

        let mut told = Vec::new();
        assert_eq!(status(&Service::down(), &mut told).await, Ok(3));
        assert_eq!(
            told,
            [(1, "value", None), (2, "Busy", Some(Busy { call: 2 })), (3, "value", None)]
        );
    }

    #[test]
    fn to_hooks_without_an_error_plain() {
        #[retry_on(
            Busy,
            max = 2,
            when_ok = |()| true,
            on_retry = |retry| told.push(retry.error().is_none()),
            on_give_up = |end| told.push(end.error().is_none())
        )]
        fn status(told: &mut Vec<bool>) -> Result<(), Busy> {
            Ok(())
        }

        let (_clock, mut told) = (Scope::new().enter(), Vec::new());
        status(&mut told).unwrap();
        assert_eq!(told, [true, true]);
    }

    /// There is no error to ask.
    #[test]
    fn to_no_hint_plain() {
        #[retry_on(Busy, when_ok = |()| true, hint = no_error)]
        fn status() -> Result<(), Busy> {
            Ok(())
        }

        fn no_error(_: &Busy) -> Option<Duration> {
            unreachable!("there is no error")
        }

        let _clock = Scope::new().enter();
        status().unwrap();
    }
}

/// A value is looked at by reference, which is gone before the pause.
#[tokio::test(start_paused = true)]
async fn a_call_can_be_spawned_although_its_value_is_not_sync() {
    #[retry_on(Busy, when_ok = |left: &Cell<u32>| left.get() > 0)]
    async fn status(service: Arc<Service>) -> Result<Cell<u32>, Busy> {
        Ok(Cell::new(3 - service.count_call()))
    }

    let left = tokio::spawn(status(Arc::new(Service::down()))).await.unwrap();
    assert_eq!(left.unwrap().get(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_can_be_spawned_although_its_value_is_not_send() {
    #[retry_on(Busy, when_ok = |left: &Rc<u32>| **left > 0)]
    async fn status(service: Arc<Service>) -> Result<Rc<u32>, Busy> {
        Ok(Rc::new(3 - service.count_call()))
    }

    let task = tokio::spawn(async { status(Arc::new(Service::down())).await.map(|left| *left) });
    assert_eq!(task.await.unwrap(), Ok(0));
}
