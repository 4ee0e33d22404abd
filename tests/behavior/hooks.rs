//! What the hooks of a function get, and when.

use std::cell::{Cell, RefCell};
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use retry_runtime::testing::Scope;
use retry_runtime::{Budget, EndReason, OnGiveUp, OnRetry, Stop, retry_on};
use retry_tests::{Busy, MS, Recorder, Service};
use tokio::time::{Instant, sleep};

/// What the hooks of one call were told, in order.
type Log = Vec<String>;

/// Only one of the two is measured.
fn time(elapsed: Option<Duration>, since_first_failure: Option<Duration>) -> String {
    match (elapsed, since_first_failure) {
        (Some(time), None) => format!("elapsed {time:?}"),
        (None, Some(time)) => format!("{time:?} since the first failure"),
        both => panic!("{both:?}"),
    }
}

fn retrying(retry: &OnRetry<'_, Busy>) -> String {
    format!(
        "{}: attempt {} of {}, {} {:?}, pause {:?}, {}",
        retry.site(),
        retry.attempt(),
        retry.max().unwrap_or_default(),
        retry.error_type(),
        retry.error(),
        retry.pause(),
        time(retry.elapsed(), retry.since_first_failure()),
    )
}

fn gave_up(end: &OnGiveUp<'_, Busy>) -> String {
    format!(
        "{}: attempt {} of {}, {} {:?}, {}, {}",
        end.site(),
        end.attempt(),
        end.max().unwrap_or_default(),
        end.error_type(),
        end.error(),
        end.reason(),
        time(end.elapsed(), end.since_first_failure()),
    )
}

#[retry_on(
    Busy { call: 1..=3 },
    jitter = none,
    name = "fetch",
    on_retry = |retry| log.push(retrying(retry)),
    on_give_up = |end| log.push(gave_up(end))
)]
async fn fetch(service: &Service, log: &mut Log) -> Result<u32, Busy> {
    sleep(1000 * MS).await;
    service.call()
}

#[retry_on(
    Busy { call: 1..=3 },
    jitter = none,
    name = "fetch",
    on_retry = |retry| log.push(retrying(retry)),
    on_give_up = |end| log.push(gave_up(end))
)]
fn fetch_plain(service: &Service, clock: &Scope, log: &mut Log) -> Result<u32, Busy> {
    clock.advance(1000 * MS);
    service.call()
}

mod are_told {
    use super::*;

    const ALL: [&str; 3] = [
        "fetch: attempt 1 of 3, Busy Some(Busy { call: 1 }), pause 100ms, 0ns since the first failure",
        "fetch: attempt 2 of 3, Busy Some(Busy { call: 2 }), pause 200ms, 1.1s since the first failure",
        "fetch: attempt 3 of 3, Busy Some(Busy { call: 3 }), max_attempts, 2.3s since the first failure",
    ];

    #[tokio::test(start_paused = true)]
    async fn of_every_retry_and_of_the_end() {
        let mut log = Log::new();
        fetch(&Service::down(), &mut log).await.unwrap_err();
        assert_eq!(log, ALL);
    }

    #[test]
    fn of_every_retry_and_of_the_end_plain() {
        let (clock, mut log) = (Scope::new().enter(), Log::new());
        fetch_plain(&Service::down(), &clock, &mut log).unwrap_err();
        assert_eq!(log, ALL);
    }

    #[tokio::test(start_paused = true)]
    async fn only_of_retries_where_the_call_succeeds() {
        let mut log = Log::new();
        fetch(&Service::failing(1), &mut log).await.unwrap();
        assert_eq!(log, ALL[..1]);
    }

    #[test]
    fn only_of_retries_where_the_call_succeeds_plain() {
        let (clock, mut log) = (Scope::new().enter(), Log::new());
        fetch_plain(&Service::failing(1), &clock, &mut log).unwrap();
        assert_eq!(log, ALL[..1]);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_where_the_call_succeeds_at_once() {
        let mut log = Log::new();
        fetch(&Service::failing(0), &mut log).await.unwrap();
        assert!(log.is_empty());
    }

    #[test]
    fn nothing_of_an_error_that_is_not_retried_plain() {
        let (clock, mut log, service) = (Scope::new().enter(), Log::new(), Service::down());
        while service.count_call() < 3 {}
        assert_eq!(fetch_plain(&service, &clock, &mut log), Err(Busy { call: 4 }));
        assert!(log.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_of_an_error_that_is_not_retried() {
        let (mut log, service) = (Log::new(), Service::down());
        while service.count_call() < 3 {}
        assert_eq!(fetch(&service, &mut log).await, Err(Busy { call: 4 }));
        assert!(log.is_empty());
    }

    /// Counted from the start of the first attempt, where anything needs that.
    #[tokio::test(start_paused = true)]
    async fn the_time_since_the_first_attempt_where_there_is_a_deadline() {
        #[retry_on(
            Busy,
            max = 2,
            jitter = none,
            deadline = "1h", timeout = none,
            on_retry = |retry| log.push(retry.elapsed().unwrap()),
            on_give_up = |end| log.push(end.elapsed().unwrap())
        )]
        async fn fetch(service: &Service, log: &mut Vec<Duration>) -> Result<u32, Busy> {
            sleep(1000 * MS).await;
            service.call()
        }

        let mut log = Vec::new();
        fetch(&Service::down(), &mut log).await.unwrap_err();
        assert_eq!(log, [1000 * MS, 2100 * MS]);
    }
}

/// Each limit has a word.
mod the_reason {
    use super::*;

    /// Why a function with this attribute gives up.
    macro_rules! reason {
        ([$($attribute:tt)*]) => {{
            #[retry_on(_, jitter = none, $($attribute)*, on_give_up = |end| reason.set(Some(end.reason())))]
            fn fetch(reason: &Cell<Option<EndReason>>) -> Result<(), &'static str> {
                Err("busy")
            }

            let reason = Cell::new(None);
            let _clock = Scope::new().enter();
            fetch(&reason).unwrap_err();
            reason.get().unwrap()
        }};
    }

    #[test]
    fn is_the_limit_that_ended_the_call_plain() {
        static EMPTY: Budget = Budget::builder().capacity(5).retry_cost(5).timeout_cost(5).build();

        assert_eq!(reason!([max = 2]), EndReason::MaxAttempts);
        assert_eq!(reason!([deadline = "101ms"]), EndReason::Deadline);
        assert_eq!(reason!([budget = &EMPTY]), EndReason::Budget);
        let stop = Stop::new();
        stop.request();
        assert_eq!(stop.scope_blocking(|| reason!([max = 2])), EndReason::Stopped);
    }

    #[tokio::test(start_paused = true)]
    async fn is_told_too_where_the_call_ends_after_a_pause() {
        #[retry_on(
            Busy,
            max = 3,
            jitter = none,
            deadline = "1s",
            timeout = none,
            sleep = |pause| sleep(20 * pause),
            on_give_up = |end| log.push(gave_up(end)),
            name = "fetch"
        )]
        async fn fetch(service: &Service, log: &mut Log) -> Result<u32, Busy> {
            service.call()
        }

        let mut log = Log::new();
        fetch(&Service::down(), &mut log).await.unwrap_err();
        assert_eq!(
            log,
            ["fetch: attempt 1 of 3, Busy Some(Busy { call: 1 }), deadline, elapsed 2s"]
        );
    }
}

mod can_be {
    use super::*;

    static TOLD: Mutex<Vec<u32>> = Mutex::new(Vec::new());

    fn on_retry(retry: &OnRetry<'_, Busy>) {
        TOLD.lock().unwrap().push(retry.attempt());
    }

    fn on_give_up(end: &OnGiveUp<'_, Busy>) {
        TOLD.lock().unwrap().push(100 * end.attempt());
    }

    #[test]
    fn functions_plain() {
        #[retry_on(Busy, delay = "0ms", on_retry = on_retry, on_give_up = self::on_give_up)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        fetch(&Service::down()).unwrap_err();
        assert_eq!(*TOLD.lock().unwrap(), [1, 2, 300]);
    }

    #[tokio::test(start_paused = true)]
    async fn functions_of_any_error() {
        thread_local! {
            static TOLD: Cell<u32> = const { Cell::new(0) };
        }

        fn told<E>(retry: &OnRetry<'_, E>) {
            TOLD.set(TOLD.get() + retry.attempt());
        }

        #[retry_on(Busy, on_retry = told)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(_, on_retry = told)]
        async fn store() -> Result<u32, &'static str> {
            Err("busy")
        }

        fetch(&Service::down()).await.unwrap_err();
        store().await.unwrap_err();
        assert_eq!(TOLD.get(), 2 * (1 + 2));
    }

    #[tokio::test(start_paused = true)]
    async fn methods_and_closures_that_use_self() {
        #[derive(Default)]
        struct Client {
            retries: Cell<u32>,
            ends: Cell<u32>,
        }

        impl Client {
            fn ended(_: &OnGiveUp<'_, Busy>) {
                ENDS.set(ENDS.get() + 1);
            }

            #[retry_on(
                Busy,
                on_retry = |_| self.retries.set(self.retries.get() + 1),
                on_give_up = |_| self.ends.set(self.ends.get() + 1)
            )]
            async fn fetch(&self, service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, on_give_up = Self::ended)]
            async fn store(service: &Service) -> Result<u32, Busy> {
                service.call()
            }
        }

        thread_local! {
            static ENDS: Cell<u32> = const { Cell::new(0) };
        }

        let client = Client::default();
        client.fetch(&Service::down()).await.unwrap_err();
        Client::store(&Service::down()).await.unwrap_err();
        assert_eq!((client.retries.get(), client.ends.get(), ENDS.get()), (2, 1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn closures_that_change_arguments_which_the_body_changes_too() {
        #[retry_on(
            Busy,
            on_retry = |retry| log.push(retry.attempt()),
            on_give_up = |end| log.push(end.attempt())
        )]
        async fn fetch(service: &Service, log: &mut Vec<u32>) -> Result<u32, Busy> {
            log.push(0);
            service.call()
        }

        let mut log = Vec::new();
        fetch(&Service::down(), &mut log).await.unwrap_err();
        assert_eq!(log, [0, 1, 0, 2, 0, 3]);
    }

    #[test]
    fn closures_that_change_arguments_which_the_body_changes_too_plain() {
        #[retry_on(
            Busy,
            delay = "0ms",
            on_retry = |retry| log.push(retry.attempt()),
            on_give_up = |end| log.push(end.attempt())
        )]
        fn fetch(service: &Service, log: &mut Vec<u32>) -> Result<u32, Busy> {
            log.push(0);
            service.call()
        }

        let mut log = Vec::new();
        fetch(&Service::down(), &mut log).unwrap_err();
        assert_eq!(log, [0, 1, 0, 2, 0, 3]);
    }

    /// A connection that is broken, say.
    #[test]
    fn a_repair_before_the_next_attempt_plain() {
        struct Connection {
            is_open: bool,
            opened: u32,
        }

        impl Connection {
            #[retry_on(_, delay = "0ms", on_retry = |_| { self.is_open = true; self.opened += 1 })]
            fn send(&mut self) -> Result<u32, &'static str> {
                if self.is_open { Ok(self.opened) } else { Err("closed") }
            }
        }

        assert_eq!(Connection { is_open: false, opened: 0 }.send(), Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn used_below_async_trait() {
        #[async_trait]
        trait Fetch {
            async fn fetch(&self, service: &Service) -> Result<u32, Busy>;
        }

        struct Client {
            told: Mutex<Vec<u32>>,
        }

        #[async_trait]
        impl Fetch for Client {
            #[retry_on(
                Busy,
                on_retry = |retry| self.told.lock().unwrap().push(retry.attempt()),
                on_give_up = |end| self.told.lock().unwrap().push(end.attempt())
            )]
            async fn fetch(&self, service: &Service) -> Result<u32, Busy> {
                service.call()
            }
        }

        let client = Client { told: Mutex::default() };
        client.fetch(&Service::down()).await.unwrap_err();
        assert_eq!(*client.told.lock().unwrap(), [1, 2, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_call_that_is_spawned() {
        static TOLD: Mutex<Vec<u32>> = Mutex::new(Vec::new());
        static SERVICE: Service = Service::down();

        #[retry_on(
            Busy,
            on_retry = |retry| TOLD.lock().unwrap().push(retry.attempt()),
            on_give_up = |end| TOLD.lock().unwrap().push(end.attempt())
        )]
        async fn fetch() -> Result<u32, Busy> {
            SERVICE.call()
        }

        tokio::spawn(fetch()).await.unwrap().unwrap_err();
        assert_eq!(*TOLD.lock().unwrap(), [1, 2, 3]);
    }
}

mod are_called {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn before_the_pause_that_they_are_told_of() {
        #[retry_on(
            Busy,
            jitter = none,
            on_retry = |_| times.push(start.elapsed()),
            on_give_up = |_| times.push(start.elapsed())
        )]
        async fn fetch(
            service: &Service,
            start: Instant,
            times: &mut Vec<Duration>,
        ) -> Result<u32, Busy> {
            service.call()
        }

        let mut times = Vec::new();
        fetch(&Service::down(), Instant::now(), &mut times).await.unwrap_err();
        assert_eq!(times, [Duration::ZERO, 100 * MS, 300 * MS]);
    }

    #[test]
    fn before_the_pause_that_they_are_told_of_plain() {
        #[retry_on(
            Busy,
            on_retry = |_| pauses.push(clock.pauses().len()),
            on_give_up = |_| pauses.push(clock.pauses().len())
        )]
        fn fetch(service: &Service, clock: &Scope, pauses: &mut Vec<usize>) -> Result<u32, Busy> {
            service.call()
        }

        let (clock, mut pauses) = (Scope::new().enter(), Vec::new());
        fetch(&Service::down(), &clock, &mut pauses).unwrap_err();
        assert_eq!(pauses, [0, 1, 2]);
    }

    #[test]
    fn after_the_event_plain() {
        #[retry_on(
            Busy,
            on_retry = |_| seen.push(recorder.events().len()),
            on_give_up = |_| seen.push(recorder.events().len())
        )]
        fn fetch(
            service: &Service,
            recorder: &Recorder,
            seen: &mut Vec<usize>,
        ) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, recorder, mut seen) = (Scope::new().enter(), Recorder::start(), Vec::new());
        fetch(&Service::down(), &recorder, &mut seen).unwrap_err();
        assert_eq!(seen, [1, 2, 3]);
    }

    /// A hook that fails is a mistake in the program, not of the service.
    #[test]
    fn and_their_panic_ends_the_call_plain() {
        #[retry_on(Busy, on_retry = |_| panic!("in the hook"))]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let service = Service::failing(1);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fetch(&service)));
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"in the hook"));
        assert_eq!(service.calls(), 1);
    }
}

/// They see the error, and cannot keep it.
#[test]
fn the_error_that_comes_back_is_the_one_that_the_hook_saw_plain() {
    #[retry_on(
        _,
        max = 2,
        delay = "0ms",
        on_give_up = |end| seen.set(end.error().map(|error| &raw const **error))
    )]
    fn fetch(seen: &Cell<Option<*const u32>>) -> Result<(), Box<u32>> {
        Err(Box::new(7))
    }

    let seen = Cell::new(None);
    let error = fetch(&seen).unwrap_err();
    assert_eq!(seen.get(), Some(&raw const *error));
}

#[test]
fn one_hook_can_stand_alone_plain() {
    #[retry_on(Busy, delay = "0ms", on_retry = |retry| log.borrow_mut().push(retry.attempt()))]
    fn retried(service: &Service, log: &RefCell<Vec<u32>>) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", on_give_up = |end| log.borrow_mut().push(end.attempt()))]
    fn given_up(service: &Service, log: &RefCell<Vec<u32>>) -> Result<u32, Busy> {
        service.call()
    }

    let log = RefCell::default();
    retried(&Service::down(), &log).unwrap_err();
    assert_eq!(log.take(), [1, 2]);
    given_up(&Service::down(), &log).unwrap_err();
    assert_eq!(log.take(), [3]);
}
