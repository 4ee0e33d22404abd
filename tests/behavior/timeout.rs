//! The time that one attempt may take.

use std::error::Error;
use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use async_trait::async_trait;
use retry_runtime::testing::Scope;
use retry_runtime::{Budget, TimedOut, retry_on};
use retry_tests::{Busy, MS, Recorder, Service, block_on};
use tokio::time::{Instant, sleep};

#[derive(Debug, PartialEq, thiserror::Error)]
enum FetchError {
    #[error("{0}")]
    Busy(#[from] Busy),
    #[error("{0}")]
    TimedOut(#[from] TimedOut),
}

impl FetchError {
    fn timed_out(&self) -> TimedOut {
        match self {
            Self::TimedOut(timed_out) => *timed_out,
            Self::Busy(busy) => panic!("{busy}"),
        }
    }
}

/// The first calls never end.
#[retry_on(Busy, jitter = none, timeout = "1s", name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, FetchError> {
    match service.call() {
        Ok(call) => Ok(call),
        Err(_) => pending().await,
    }
}

mod an_attempt_that_takes_too_long {
    use super::*;

    /// `TimedOut` is not among the selectors.
    #[tokio::test(start_paused = true)]
    async fn is_cut_and_retried_without_being_listed() {
        let (service, start) = (Service::failing(2), Instant::now());
        assert_eq!(fetch(&service).await, Ok(3));
        assert_eq!(start.elapsed(), (1000 + 100 + 1000 + 200) * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn counts_as_an_attempt() {
        let (service, start) = (Service::down(), Instant::now());
        fetch(&service).await.unwrap_err();
        assert_eq!(service.calls(), 3);
        assert_eq!(start.elapsed(), (3000 + 300) * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn says_which_one_it_was_and_how_long_it_could_take() {
        let timed_out = fetch(&Service::down()).await.unwrap_err().timed_out();
        assert_eq!(timed_out.site(), "fetch");
        assert_eq!(timed_out.attempt(), 3);
        assert_eq!(timed_out.limit(), 1000 * MS);
        assert_eq!(timed_out.to_string(), "fetch: attempt 3 took longer than 1s");
    }

    #[tokio::test(start_paused = true)]
    async fn is_dropped_before_the_pause() {
        #[retry_on(Busy, jitter = none, max = 2, timeout = "1s")]
        async fn fetch(held: &Arc<()>) -> Result<(), FetchError> {
            let _held = Arc::clone(held);
            pending().await
        }

        let held = Arc::new(());
        tokio::join!(
            async {
                fetch(&held).await.unwrap_err();
            },
            async {
                sleep(999 * MS).await;
                assert_eq!(Arc::strong_count(&held), 2, "it is running");
                sleep(51 * MS).await;
                assert_eq!(Arc::strong_count(&held), 1, "it is still there in the pause");
            }
        );
    }

    #[tokio::test(start_paused = true)]
    async fn leaves_the_others_their_whole_time() {
        #[retry_on(Busy, jitter = none, timeout = "1s")]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            sleep(if service.count_call() < 3 { 1001 * MS } else { 999 * MS }).await;
            Ok(service.calls())
        }

        assert_eq!(fetch(&Service::down()).await, Ok(3));
    }

    #[tokio::test(start_paused = true)]
    async fn is_not_retried_where_unless_names_it() {
        #[retry_on(Busy, timeout = "1s", unless = TimedOut)]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            service.count_call();
            pending().await
        }

        #[retry_on(Busy, timeout = "1s", unless = TimedOut)]
        async fn fetch_from_disk(service: &Service) -> io::Result<()> {
            service.count_call();
            pending().await
        }

        let service = Service::down();
        fetch(&service).await.unwrap_err();
        fetch_from_disk(&service).await.unwrap_err();
        assert_eq!(service.calls(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn is_not_retried_where_unless_says_so() {
        #[retry_on(
            Busy,
            timeout = "1s",
            unless = |error| matches!(error, FetchError::TimedOut(_))
        )]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            service.count_call();
            pending().await
        }

        let (service, recorder) = (Service::down(), Recorder::start());
        assert_eq!(fetch(&service).await.unwrap_err().timed_out().attempt(), 1);
        assert_eq!(service.calls(), 1);
        assert_eq!(recorder.events()[0].field("reason"), Some("not_retryable"));
    }

    #[tokio::test(start_paused = true)]
    async fn is_a_timeout_in_events_whatever_the_selectors_say() {
        #[retry_on(_, jitter = none, max = 2, timeout = "1s", name = "fetch")]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        let recorder = Recorder::start();
        fetch().await.unwrap_err();
        assert_eq!(
            recorder.lines(),
            [
                r#"WARN site="fetch" attempt=1 max=2 error.type="timeout" error="fetch: attempt 1 took longer than 1s" pause=0.1 since_first_failure=0.0"#,
                r#"ERROR site="fetch" attempt=2 max=2 error.type="timeout" error="fetch: attempt 2 took longer than 1s" reason="max_attempts" since_first_failure=1.1"#,
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn costs_twice_as_much_as_an_error() {
        static BUDGET: Budget = Budget::standard_2_0();

        #[retry_on(Busy, max = 2, timeout = "1s", budget = &BUDGET)]
        async fn fetch(is_slow: bool) -> Result<(), FetchError> {
            if is_slow { pending().await } else { Err(Busy { call: 1 }.into()) }
        }

        fetch(true).await.unwrap_err();
        assert_eq!(BUDGET.available(), 500 - 10);
        fetch(false).await.unwrap_err();
        assert_eq!(BUDGET.available(), 500 - 10 - 5);
    }
}

mod what_is_ready_is_never_thrown_away {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn where_it_is_ready_at_the_last_instant() {
        #[retry_on(_, timeout = "1s")]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            sleep(1000 * MS).await;
            Ok(service.call()?)
        }

        assert_eq!(fetch(&Service::failing(0)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn where_it_did_not_yield_in_all_that_time() {
        #[retry_on(_, timeout = "1s")]
        async fn fetch(scope: &Scope, service: &Service) -> Result<u32, FetchError> {
            scope.advance(60_000 * MS);
            Ok(service.call()?)
        }

        let scope = Scope::new();
        assert_eq!(scope.run(fetch(&scope, &Service::failing(0))).await, Ok(1));
    }

    #[test]
    fn where_the_timer_is_ready_too() {
        #[retry_on(_, timeout = "1s", sleep = |_| ready(()))]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            Ok(service.call()?)
        }

        assert_eq!(block_on(fetch(&Service::failing(0))), Ok(1));
    }

    /// The error of an attempt is as good as its value.
    #[tokio::test(start_paused = true)]
    async fn where_it_is_an_error() {
        #[retry_on(_, max = 1, timeout = "1s")]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            sleep(1000 * MS).await;
            Ok(service.call()?)
        }

        assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 1 }.into()));
    }
}

/// Made from `TimedOut` by `From`.
mod the_error {
    use super::*;

    /// What a function with this error returns when its only attempts take too long.
    macro_rules! timed_out {
        ($Error:ty) => {{
            #[retry_on(fmt::Error, max = 2, delay = "0ms", timeout = "1s", name = "fetch")]
            async fn fetch() -> Result<(), $Error> {
                pending().await
            }

            let start = Instant::now();
            let error = fetch().await.unwrap_err();
            assert_eq!(start.elapsed(), 2000 * MS, "it was not retried");
            error
        }};
    }

    fn assert_is_of_attempt_2(timed_out: Option<&TimedOut>) {
        assert_eq!(timed_out.expect("made from `TimedOut`").attempt(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_a_type_of_ones_own() {
        #[derive(Debug, thiserror::Error)]
        #[error("too late")]
        struct TooLate(#[from] TimedOut);

        assert_is_of_attempt_2(Some(&timed_out!(TooLate).0));
        assert_is_of_attempt_2(Some(&timed_out!(FetchError).timed_out()));
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_the_timeout_itself() {
        assert_is_of_attempt_2(Some(&timed_out!(TimedOut)));
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_of_anyhow() {
        assert_is_of_attempt_2(timed_out!(anyhow::Error).downcast_ref());
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_of_eyre() {
        assert_is_of_attempt_2(timed_out!(eyre::Report).downcast_ref());
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_a_box_of_any_error() {
        assert_is_of_attempt_2(timed_out!(Box<dyn Error + Send + Sync>).downcast_ref());
        assert_is_of_attempt_2(timed_out!(Box<dyn Error>).downcast_ref());
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_an_io_error() {
        let error = timed_out!(io::Error);
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_is_of_attempt_2(error.get_ref().unwrap().downcast_ref());
    }
}

mod the_deadline {
    use super::*;

    #[retry_on(Busy, max = 9, jitter = none, timeout = "1s", deadline = "1500ms")]
    async fn fetch() -> Result<(), FetchError> {
        pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn shortens_an_attempt_to_what_it_leaves() {
        let start = Instant::now();
        let timed_out = fetch().await.unwrap_err().timed_out();
        assert_eq!((timed_out.attempt(), timed_out.limit()), (2, 1500 * MS));
        assert!(timed_out.is_deadline());
        assert_eq!(start.elapsed(), 1500 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn is_then_the_reason_to_give_up() {
        let recorder = Recorder::start();
        fetch().await.unwrap_err();
        let last = &recorder.events()[1];
        assert_eq!(last.field("reason"), Some("deadline"));
        assert_eq!(last.field("error.type"), Some("timeout"));
    }

    #[tokio::test(start_paused = true)]
    async fn shortens_the_first_attempt_too() {
        #[retry_on(_, timeout = "1h", deadline = "1s")]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        let start = Instant::now();
        assert_eq!(fetch().await.unwrap_err().timed_out().limit(), 1000 * MS);
        assert_eq!(start.elapsed(), 1000 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_run_time_policy_shortens_it_too() {
        #[retry_on(_, timeout = "1h", policy = policy)]
        async fn fetch(policy: &retry_runtime::Policy) -> Result<(), FetchError> {
            pending().await
        }

        let policy = retry_runtime::Policy::builder().deadline(1000 * MS).build();
        assert_eq!(fetch(&policy).await.unwrap_err().timed_out().limit(), 1000 * MS);
    }
}

mod an_own_timer {
    use std::cell::RefCell;

    use super::*;

    thread_local! {
        static TIMERS: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
    }

    /// Lets others have a turn, and is over.
    async fn timer(duration: Duration) {
        TIMERS.with_borrow_mut(|timers| timers.push(duration));
        tokio::task::yield_now().await;
    }

    #[test]
    fn bounds_attempts_and_pauses_and_needs_no_tokio() {
        #[retry_on(_, jitter = none, max = 2, timeout = "1s", sleep = timer)]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        assert_eq!(block_on(fetch()).unwrap_err().timed_out().attempt(), 2);
        assert_eq!(TIMERS.take(), [1000 * MS, 100 * MS, 1000 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn takes_the_place_of_tokios() {
        #[retry_on(_, max = 1, timeout = "1s", sleep = |pause| sleep(10 * pause))]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        let start = Instant::now();
        fetch().await.unwrap_err();
        assert_eq!(start.elapsed(), 10_000 * MS);
    }
}

mod can_be {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(1);

    struct Client {
        timeout: Duration,
    }

    impl Client {
        const LIMIT: Duration = LIMIT;

        #[retry_on(_, max = 2, delay = "0ms", timeout = self.timeout)]
        async fn field(&self) -> Result<(), FetchError> {
            pending().await
        }

        #[retry_on(_, max = 2, delay = "0ms", timeout = Self::LIMIT)]
        async fn own_constant() -> Result<(), FetchError> {
            pending().await
        }
    }

    async fn takes(call: impl Future<Output = Result<(), FetchError>>) -> Duration {
        let start = Instant::now();
        call.await.unwrap_err();
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_constant() {
        #[retry_on(_, max = 2, delay = "0ms", timeout = LIMIT)]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        assert_eq!(takes(fetch()).await, 2 * LIMIT);
        assert_eq!(takes(Client::own_constant()).await, 2 * LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_field() {
        assert_eq!(takes(Client { timeout: LIMIT }.field()).await, 2 * LIMIT);
        assert_eq!(takes(Client { timeout: 7 * LIMIT }.field()).await, 14 * LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn an_argument() {
        #[retry_on(_, max = 2, delay = "0ms", timeout = limit * 2)]
        async fn fetch(limit: Duration) -> Result<(), FetchError> {
            pending().await
        }

        assert_eq!(takes(fetch(LIMIT)).await, 4 * LIMIT);
    }

    /// Longer than any clock runs.
    #[tokio::test(start_paused = true)]
    async fn endless() {
        #[retry_on(_, timeout = Duration::MAX)]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            sleep(60_000 * MS).await;
            Ok(service.call()?)
        }

        assert_eq!(fetch(&Service::failing(2)).await, Ok(3));
        let scope = Scope::new();
        assert_eq!(scope.run(fetch(&Service::failing(2))).await, Ok(3));
    }
}

mod of_functions_that_return_a_future {
    use super::*;

    #[async_trait]
    trait Fetch {
        async fn fetch(&self) -> Result<u32, FetchError>;
    }

    struct Client {
        service: Service,
        timeout: Duration,
    }

    #[async_trait]
    impl Fetch for Client {
        #[retry_on(Busy, jitter = none, timeout = self.timeout)]
        async fn fetch(&self) -> Result<u32, FetchError> {
            match self.service.call() {
                Ok(call) => Ok(call),
                Err(_) => pending().await,
            }
        }
    }

    #[retry_on(Busy, jitter = none, timeout = "1s")]
    fn boxed(
        service: &Service,
    ) -> Pin<Box<dyn Future<Output = Result<u32, FetchError>> + Send + '_>> {
        Box::pin(async move {
            match service.call() {
                Ok(call) => Ok(call),
                Err(_) => pending().await,
            }
        })
    }

    #[retry_on(Busy, jitter = none, timeout = "1s")]
    fn opaque(service: &Service) -> impl Future<Output = Result<u32, FetchError>> + Send {
        async move {
            match service.call() {
                Ok(call) => Ok(call),
                Err(_) => pending().await,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn by_async_trait() {
        let client = Client { service: Service::failing(2), timeout: 1000 * MS };
        let start = Instant::now();
        assert_eq!(client.fetch().await, Ok(3));
        assert_eq!(start.elapsed(), 2300 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_box() {
        let start = Instant::now();
        assert_eq!(boxed(&Service::failing(2)).await, Ok(3));
        assert_eq!(start.elapsed(), 2300 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn of_an_opaque_type() {
        let start = Instant::now();
        assert_eq!(opaque(&Service::failing(2)).await, Ok(3));
        assert_eq!(start.elapsed(), 2300 * MS);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_with_a_timeout_can_be_spawned() {
    static SERVICE: Service = Service::failing(2);
    let task = tokio::spawn(fetch(&SERVICE));
    assert_eq!(task.await.unwrap(), Ok(3));
}

/// On the clock of a scope nothing waits: the attempt itself says how long it took.
#[tokio::test(start_paused = true)]
async fn passes_on_the_clock_of_a_scope_too() {
    #[retry_on(_, max = 2, jitter = none, timeout = "1s")]
    async fn fetch(scope: &Scope) -> Result<(), FetchError> {
        scope.advance(1000 * MS);
        pending().await
    }

    let (scope, start) = (Scope::new(), Instant::now());
    let timed_out = scope.run(fetch(&scope)).await.unwrap_err().timed_out();
    assert_eq!((timed_out.attempt(), start.elapsed()), (2, Duration::ZERO));
    assert_eq!(scope.pauses(), [100 * MS]);
}

#[test]
fn without_any_timer_it_says_once_that_it_cannot_end_an_attempt() {
    #[retry_on(_, max = 2, delay = "0ms", timeout = "1s", name = "elsewhere")]
    async fn fetch(service: &Service) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let recorder = Recorder::start();
    for _ in 0..2 {
        block_on(fetch(&Service::failing(0))).unwrap();
    }
    let said: Vec<_> =
        recorder.events().into_iter().filter(|event| event.field("at").is_some()).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].message.contains("sleep = "), "{}", said[0].message);
}
