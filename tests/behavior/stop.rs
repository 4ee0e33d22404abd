//! A graceful end: what runs may finish, and nothing starts again.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant as RealInstant};

use retry_runtime::testing::{ManualClock, Scope};
use retry_runtime::{Policy, Retry, Stop, retry_on};
use retry_tests::{Busy, MS, Recorder, Service, block_on};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

#[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = none, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = none, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

fn requested() -> Stop {
    let stop = Stop::new();
    stop.request();
    stop
}

/// Requests it after this long.
async fn request_after(stop: &Stop, pause: Duration) {
    sleep(pause).await;
    stop.request();
}

mod a_stop {
    use super::*;

    #[test]
    fn stops_nothing_until_it_is_requested_plain() {
        let (stop, clock) = (Stop::new(), ManualClock::install());
        assert!(!stop.is_requested());
        let call = stop.scope_blocking(|| fetch_plain(&Service::failing(2)));
        assert_eq!(call, Ok(3));
        assert_eq!(clock.pauses().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn stops_nothing_until_it_is_requested() {
        let (stop, start) = (Stop::new(), Instant::now());
        assert_eq!(stop.scope(fetch(&Service::failing(2))).await, Ok(3));
        assert_eq!(start.elapsed(), 2 * 3_600_000 * MS);
    }

    #[test]
    fn is_the_same_as_its_clones() {
        let stop = Stop::default();
        let clone = stop.clone();
        clone.request();
        assert!(stop.is_requested());
        assert!(!Stop::new().is_requested());
    }

    #[test]
    fn can_be_requested_more_than_once_plain() {
        let stop = requested();
        stop.request();
        let call = stop.scope_blocking(|| fetch_plain(&Service::down()));
        assert_eq!(call, Err(Busy { call: 1 }));
    }

    #[test]
    fn can_be_handed_to_other_threads() {
        fn assert_shared<T: Clone + Send + Sync + 'static>() {}
        assert_shared::<Stop>();
    }

    #[tokio::test(start_paused = true)]
    async fn around_a_future_leaves_it_able_to_be_spawned() {
        static SERVICE: Service = Service::down();
        let stop = requested();
        let task = tokio::spawn(async move { stop.scope(fetch(&SERVICE)).await });
        assert_eq!(task.await.unwrap(), Err(Busy { call: 1 }));
    }
}

/// Before the call, or while an attempt runs.
mod requested_early {
    use super::*;

    const LINE: &str = r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="stopped" elapsed=0.0"#;

    #[tokio::test(start_paused = true)]
    async fn it_lets_no_retry_start_and_the_error_comes_back() {
        let (service, start) = (Service::failing(1), Instant::now());
        assert_eq!(requested().scope(fetch(&service)).await, Err(Busy { call: 1 }));
        assert_eq!((service.calls(), start.elapsed()), (1, Duration::ZERO));
    }

    #[test]
    fn it_lets_no_retry_start_and_the_error_comes_back_plain() {
        let (service, clock) = (Service::failing(1), ManualClock::install());
        let call = requested().scope_blocking(|| fetch_plain(&service));
        assert_eq!(call, Err(Busy { call: 1 }));
        assert_eq!((service.calls(), clock.pauses().len()), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_the_reason_in_the_event() {
        let recorder = Recorder::start();
        requested().scope(fetch(&Service::down())).await.unwrap_err();
        assert_eq!(recorder.lines(), [LINE]);
    }

    #[test]
    fn it_is_the_reason_in_the_event_plain() {
        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        requested().scope_blocking(|| fetch_plain(&Service::down())).unwrap_err();
        assert_eq!(recorder.lines(), [LINE]);
    }

    /// A call that has not begun does its work, for who asked for it waits for an answer.
    #[tokio::test(start_paused = true)]
    async fn it_keeps_no_first_attempt_from_being_made() {
        assert_eq!(requested().scope(fetch(&Service::failing(0))).await, Ok(1));
    }

    #[test]
    fn it_keeps_no_first_attempt_from_being_made_plain() {
        assert_eq!(requested().scope_blocking(|| fetch_plain(&Service::failing(0))), Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn it_does_not_cut_an_attempt() {
        #[retry_on(Busy)]
        async fn slow(service: &Service) -> Result<u32, Busy> {
            sleep(1000 * MS).await;
            service.call()
        }

        let (stop, service, start) = (Stop::new(), Service::failing(0), Instant::now());
        let (call, ()) = tokio::join!(stop.scope(slow(&service)), request_after(&stop, 500 * MS));
        assert_eq!((call, start.elapsed()), (Ok(1), 1000 * MS));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_the_call_when_the_attempt_that_runs_has_failed() {
        #[retry_on(Busy)]
        async fn slow(service: &Service) -> Result<u32, Busy> {
            sleep(1000 * MS).await;
            service.call()
        }

        let (stop, service, start) = (Stop::new(), Service::failing(1), Instant::now());
        let (call, ()) = tokio::join!(stop.scope(slow(&service)), request_after(&stop, 500 * MS));
        assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1000 * MS));
    }

    /// The order of the limits.
    #[test]
    fn it_is_not_the_reason_where_no_retry_was_left_plain() {
        #[retry_on(Busy, max = 1)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        requested().scope_blocking(|| fetch(&Service::down())).unwrap_err();
        assert_eq!(recorder.events()[0].field("reason"), Some("max_attempts"));
    }
}

/// While the call pauses.
mod requested_in_a_pause {
    use super::*;

    const LAST: &str = r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="stopped" elapsed=1.0"#;

    #[tokio::test(start_paused = true)]
    async fn it_ends_the_pause_at_once_and_the_last_error_comes_back() {
        let (stop, service, start) = (Stop::new(), Service::failing(1), Instant::now());
        let (call, ()) = tokio::join!(stop.scope(fetch(&service)), request_after(&stop, 1000 * MS));
        assert_eq!(call, Err(Busy { call: 1 }));
        assert_eq!((service.calls(), start.elapsed()), (1, 1000 * MS));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_the_reason_in_the_event() {
        let (stop, service, recorder) = (Stop::new(), Service::down(), Recorder::start());
        let _ = tokio::join!(stop.scope(fetch(&service)), request_after(&stop, 1000 * MS));
        assert_eq!(recorder.lines()[1..], [LAST]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_a_later_pause_as_well() {
        let (stop, service) = (Stop::new(), Service::down());
        let start = Instant::now();
        let call = stop.scope(fetch(&service));
        let (call, ()) = tokio::join!(call, request_after(&stop, 3_600_001 * MS));
        assert_eq!(call, Err(Busy { call: 2 }));
        assert_eq!(start.elapsed(), 3_600_001 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_the_pauses_of_many_calls() {
        let stop = Stop::new();
        let start = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let stop = stop.clone();
            tasks.spawn(async move { stop.scope(fetch(&Service::down())).await });
        }
        request_after(&stop, 1000 * MS).await;
        assert_eq!(tasks.join_all().await, [const { Err(Busy { call: 1 }) }; 100]);
        assert_eq!(start.elapsed(), 1000 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_the_pause_of_an_own_timer() {
        #[retry_on(Busy, sleep = |_| sleep(3_600_000 * MS))]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (stop, service, start) = (Stop::new(), Service::failing(1), Instant::now());
        let (call, ()) = tokio::join!(stop.scope(fetch(&service)), request_after(&stop, 1000 * MS));
        assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1000 * MS));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_the_pause_of_a_closure() {
        const POLICY: Policy = match Policy::builder().delay(Duration::from_hours(1)).build() {
            Ok(policy) => policy,
            Err(_) => panic!("refused"),
        };
        let (stop, service, start) = (Stop::new(), Service::failing(1), Instant::now());
        let call = stop.scope(Retry::new(&POLICY).run(async || service.call()));
        let (call, ()) = tokio::join!(call, request_after(&stop, 1 * MS));
        assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1 * MS));
    }

    /// Another thread requests it as soon as there has been a call.
    fn interrupted<R>(service: &Service, call: impl FnOnce(&Stop) -> R) -> R {
        let stop = Stop::new();
        let start = RealInstant::now();
        let result = thread::scope(|scope| {
            scope.spawn(|| {
                while service.calls() == 0 {
                    thread::yield_now();
                }
                // The pause has begun by then.
                thread::sleep(5 * MS);
                stop.request();
            });
            call(&stop)
        });
        assert!(start.elapsed() < Duration::from_mins(1), "it slept on");
        result
    }

    #[test]
    fn it_wakes_the_thread_and_the_last_error_comes_back_plain() {
        let service = Service::failing(1);
        let call = interrupted(&service, |stop| stop.scope_blocking(|| fetch_plain(&service)));
        assert_eq!(call, Err(Busy { call: 1 }));
        assert_eq!(service.calls(), 1);
    }

    #[test]
    fn it_is_the_reason_in_the_event_plain() {
        let (service, recorder) = (Service::failing(1), Recorder::start());
        interrupted(&service, |stop| stop.scope_blocking(|| fetch_plain(&service))).unwrap_err();
        let last = &recorder.events()[1];
        assert_eq!(last.field("reason"), Some("stopped"));
        assert_eq!(last.field("attempt"), Some("1"));
        assert_eq!(last.field("error"), Some("busy, call 1"));
    }

    #[test]
    fn it_wakes_a_thread_that_would_sleep_for_ever_plain() {
        const ENDLESS: Policy = match Policy::builder().delay(Duration::MAX).build() {
            Ok(policy) => policy,
            Err(_) => panic!("refused"),
        };

        #[retry_on(Busy, policy = &ENDLESS)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let service = Service::failing(1);
        let call = interrupted(&service, |stop| stop.scope_blocking(|| fetch(&service)));
        assert_eq!(call, Err(Busy { call: 1 }));
    }

    #[test]
    fn it_wakes_the_thread_of_an_async_call_without_a_timer() {
        let service = Service::failing(1);
        let call = interrupted(&service, |stop| block_on(stop.scope(fetch(&service))));
        assert_eq!(call, Err(Busy { call: 1 }));
    }

    #[test]
    fn it_wakes_the_thread_of_a_closure_plain() {
        const POLICY: Policy = match Policy::builder().delay(Duration::from_hours(1)).build() {
            Ok(policy) => policy,
            Err(_) => panic!("refused"),
        };
        let service = Service::failing(1);
        let call = interrupted(&service, |stop| {
            stop.scope_blocking(|| Retry::new(&POLICY).run_blocking(|| service.call()))
        });
        assert_eq!(call, Err(Busy { call: 1 }));
    }

    /// While an attempt runs, while the pause begins, or in it.
    #[test]
    fn it_is_heard_at_any_instant_plain() {
        for spins in (0..100).map(|round| round * 50) {
            let (service, stop) = (Arc::new(Service::down()), Stop::new());
            let (sender, receiver) = mpsc::channel();
            thread::spawn({
                let (service, stop) = (Arc::clone(&service), stop.clone());
                move || sender.send(stop.scope_blocking(|| fetch_plain(&service)))
            });
            while service.calls() == 0 {
                std::hint::spin_loop();
            }
            (0..spins).for_each(|_| std::hint::spin_loop());
            stop.request();
            let call = receiver.recv_timeout(Duration::from_mins(1)).expect("it slept on");
            assert_eq!(call, Err(Busy { call: 1 }));
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_is_heard_at_any_instant() {
        for spins in (0..100).map(|round| round * 50) {
            let (service, stop) = (Arc::new(Service::down()), Stop::new());
            let task = tokio::spawn({
                let (service, stop) = (Arc::clone(&service), stop.clone());
                async move { stop.scope(fetch(&service)).await }
            });
            while service.calls() == 0 {
                tokio::task::yield_now().await;
            }
            (0..spins).for_each(|_| std::hint::spin_loop());
            stop.request();
            let call = tokio::time::timeout(Duration::from_mins(1), task).await;
            assert_eq!(call.expect("it slept on").unwrap(), Err(Busy { call: 1 }));
        }
    }

    /// A wake-up for another reason shortens no pause.
    #[test]
    fn nothing_else_wakes_the_thread_plain() {
        #[retry_on(Busy, max = 2, delay = "5ms", jitter = none)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let start = RealInstant::now();
        thread::current().unpark();
        Stop::new().scope_blocking(|| fetch(&Service::down())).unwrap_err();
        assert!(start.elapsed() >= 5 * MS);
    }

    /// On the clock of a scope, too, no attempt follows.
    #[test]
    fn it_is_seen_after_a_pause_that_a_scope_has_passed_plain() {
        #[retry_on(Busy, on_retry = |_| stop.request())]
        fn fetch(service: &Service, stop: &Stop) -> Result<u32, Busy> {
            service.call()
        }

        let (stop, service) = (Stop::new(), Service::failing(1));
        let scope = Scope::new();
        let call = scope.run_blocking(|| stop.scope_blocking(|| fetch(&service, &stop)));
        assert_eq!(call, Err(Busy { call: 1 }));
        assert_eq!(scope.events()[1].reason(), Some("stopped"));
    }
}

/// Then there is nothing to return, and there is one more attempt to tell.
mod an_error_that_cannot_be_kept {
    use super::*;

    #[retry_on(_, delay = "1h", max_delay = "1h", jitter = none)]
    async fn local(service: &Service) -> Result<u32, Rc<Busy>> {
        service.call().map_err(Rc::new)
    }

    #[retry_on(_, delay = "1h", max_delay = "1h", jitter = none)]
    fn local_plain(service: &Service) -> Result<u32, Rc<Busy>> {
        service.call().map_err(Rc::new)
    }

    #[tokio::test(start_paused = true)]
    async fn is_followed_by_one_more_attempt_at_once() {
        let (stop, service, start) = (Stop::new(), Service::down(), Instant::now());
        let (call, ()) = tokio::join!(stop.scope(local(&service)), request_after(&stop, 1000 * MS));
        assert_eq!(call, Err(Rc::new(Busy { call: 2 })));
        assert_eq!(start.elapsed(), 1000 * MS);
    }

    /// A thread can keep anything.
    #[test]
    fn is_kept_by_a_thread_plain() {
        #[retry_on(_, on_retry = |_| stop.request())]
        fn local(service: &Service, stop: &Stop) -> Result<u32, Rc<Busy>> {
            service.call().map_err(Rc::new)
        }

        let (stop, _clock) = (Stop::new(), ManualClock::install());
        let call = stop.scope_blocking(|| local(&Service::down(), &stop));
        assert_eq!(call, Err(Rc::new(Busy { call: 1 })));
    }

    #[test]
    fn comes_back_where_the_stop_is_requested_before_the_pause_plain() {
        let call = requested().scope_blocking(|| local_plain(&Service::down()));
        assert_eq!(call, Err(Rc::new(Busy { call: 1 })));
    }
}

mod a_scope {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn does_not_reach_what_is_beside_it() {
        #[retry_on(Busy)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let stop = requested();
        let (one, other) = (Service::down(), Service::down());
        let (one, other) = tokio::join!(stop.scope(fetch(&one)), fetch(&other));
        assert_eq!((one, other), (Err(Busy { call: 1 }), Err(Busy { call: 3 })));
    }

    #[test]
    fn ends_with_its_closure_plain() {
        let (stop, _clock) = (requested(), ManualClock::install());
        stop.scope_blocking(|| fetch_plain(&Service::down())).unwrap_err();
        assert_eq!(fetch_plain(&Service::down()), Err(Busy { call: 3 }));
    }

    #[test]
    fn ends_where_its_closure_panics_plain() {
        let (stop, _clock) = (requested(), ManualClock::install());
        let panic = std::panic::catch_unwind(|| stop.scope_blocking(|| panic!("inside")));
        panic.unwrap_err();
        assert_eq!(fetch_plain(&Service::down()), Err(Busy { call: 3 }));
    }

    #[tokio::test(start_paused = true)]
    async fn ends_where_its_future_is_dropped() {
        let (stop, service) = (requested(), Service::down());
        let stuck = stop.scope(std::future::pending::<()>());
        tokio::time::timeout(1 * MS, stuck).await.unwrap_err();
        assert_eq!(fetch(&service).await, Err(Busy { call: 3 }));
    }

    #[tokio::test(start_paused = true)]
    async fn does_not_reach_tasks_that_are_spawned_inside() {
        static SERVICE: Service = Service::down();
        let stop = requested();
        let task = stop.scope(async { tokio::spawn(fetch(&SERVICE)).await.unwrap() });
        assert_eq!(task.await, Err(Busy { call: 3 }));
    }

    #[test]
    fn does_not_reach_threads_that_are_started_inside_plain() {
        #[retry_on(Busy, delay = "0ms")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let call = requested().scope_blocking(|| {
            thread::scope(|scope| scope.spawn(|| fetch(&Service::down())).join().unwrap())
        });
        assert_eq!(call, Err(Busy { call: 3 }));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn goes_with_its_future_from_thread_to_thread() {
        #[retry_on(Busy, delay = "0ms", max = 1000, budget = none)]
        async fn fetch(service: Arc<Service>, stop: Stop) -> Result<u32, Busy> {
            tokio::task::yield_now().await;
            if service.calls() == 10 {
                stop.request();
            }
            service.call()
        }

        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let stop = Stop::new();
            let call = fetch(Arc::new(Service::down()), stop.clone());
            tasks.spawn(async move { stop.scope(call).await });
        }
        assert_eq!(tasks.join_all().await, [const { Err(Busy { call: 11 }) }; 50]);
    }
}

mod of_several_scopes_around_a_call {
    use super::*;

    #[test]
    fn each_can_stop_it_plain() {
        let (outer, inner) = (Stop::new(), requested());
        let nested = |outer: &Stop, inner: &Stop| {
            outer.scope_blocking(|| inner.scope_blocking(|| fetch_plain(&Service::down())))
        };
        let _clock = ManualClock::install();
        assert_eq!(nested(&outer, &inner), Err(Busy { call: 1 }));
        assert_eq!(nested(&inner, &outer), Err(Busy { call: 1 }));
        assert_eq!(nested(&outer, &outer), Err(Busy { call: 3 }));
    }

    #[tokio::test(start_paused = true)]
    async fn each_can_end_its_pause() {
        for requests_outer in [true, false] {
            let (outer, inner, service) = (Stop::new(), Stop::new(), Service::down());
            let start = Instant::now();
            let call = outer.scope(inner.scope(fetch(&service)));
            let requested = if requests_outer { &outer } else { &inner };
            let (call, ()) = tokio::join!(call, request_after(requested, 1000 * MS));
            assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1000 * MS));
        }
    }

    #[test]
    fn the_inner_one_ends_first_plain() {
        let (outer, inner) = (Stop::new(), requested());
        let _clock = ManualClock::install();
        outer.scope_blocking(|| {
            inner.scope_blocking(|| fetch_plain(&Service::down())).unwrap_err();
            assert_eq!(fetch_plain(&Service::down()), Err(Busy { call: 3 }));
        });
    }

    /// Each poll enters and leaves its own.
    #[tokio::test(start_paused = true)]
    async fn joined_futures_do_not_mix_theirs() {
        let (one, other) = (Stop::new(), Stop::new());
        let services = [Service::down(), Service::down()];
        let start = Instant::now();
        let (stopped, retried, ()) = tokio::join!(
            one.scope(fetch(&services[0])),
            other.scope(fetch(&services[1])),
            request_after(&one, 1000 * MS),
        );
        assert_eq!((stopped, retried), (Err(Busy { call: 1 }), Err(Busy { call: 3 })));
        assert_eq!(start.elapsed(), 2 * 3_600_000 * MS);
    }
}

/// Those of tokio-util, which many programs shut down by.
mod a_cancellation_token {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn ends_a_pause_when_it_is_cancelled() {
        let (token, service, start) = (CancellationToken::new(), Service::down(), Instant::now());
        let stop = Stop::from(token.clone());
        let cancelled = async {
            sleep(1000 * MS).await;
            token.cancel();
        };
        let (call, ()) = tokio::join!(stop.scope(fetch(&service)), cancelled);
        assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1000 * MS));
    }

    #[test]
    fn lets_no_retry_start_once_it_is_cancelled_plain() {
        let token = CancellationToken::new();
        token.cancel();
        let stop = Stop::from(token);
        let call = stop.scope_blocking(|| fetch_plain(&Service::failing(1)));
        assert_eq!(call, Err(Busy { call: 1 }));
    }

    #[test]
    fn wakes_a_thread_plain() {
        let (token, service) = (CancellationToken::new(), Service::failing(1));
        let stop = Stop::from(token.clone());
        let call = thread::scope(|scope| {
            scope.spawn(|| {
                while service.calls() == 0 {
                    thread::yield_now();
                }
                thread::sleep(5 * MS);
                token.cancel();
            });
            stop.scope_blocking(|| fetch_plain(&service))
        });
        assert_eq!(call, Err(Busy { call: 1 }));
    }

    #[test]
    fn is_cancelled_when_the_stop_is_requested() {
        let token = CancellationToken::new();
        let stop = Stop::from(token.clone());
        assert!(!stop.is_requested());
        stop.request();
        assert!(token.is_cancelled() && stop.is_requested());
    }

    #[test]
    fn of_a_parent_stops_the_child_plain() {
        let parent = CancellationToken::new();
        let stop = Stop::from(parent.child_token());
        parent.cancel();
        let call = stop.scope_blocking(|| fetch_plain(&Service::down()));
        assert_eq!(call, Err(Busy { call: 1 }));
    }
}
