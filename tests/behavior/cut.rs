//! An attempt of an async function that is still running at the deadline.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::time::Duration;

use async_trait::async_trait;
use retry_runtime::testing::Scope;
use retry_runtime::{
    Budget, EndReason, Jitter, Policy, PolicyBuilder, Retry, Stop, TimedOut, retry_on,
};
use retry_tests::{Busy, MS, Recorder, Service, block_on};
use tokio::time::{Instant, sleep};

use crate::built;

const DEADLINE: Duration = Duration::from_secs(1);

const WITH_DEADLINE: PolicyBuilder =
    Policy::builder().max(9).jitter(Jitter::None).deadline(DEADLINE);

const POLICY: Policy = built(WITH_DEADLINE);

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

/// An error of another crate, as far as `From` is concerned.
type Foreign = String;

/// The first calls fail at once, the others never end.
#[retry_on(Busy, max = 9, jitter = none, deadline = "1s", name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, FetchError> {
    match service.call() {
        Ok(_) => pending().await,
        Err(busy) => Err(busy.into()),
    }
}

/// What the call returns, and how long it takes.
async fn timed<T>(call: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    (call.await, start.elapsed())
}

mod at_the_deadline {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_attempt_is_cut() {
        let (result, took) = timed(fetch(&Service::failing(0))).await;
        let timed_out = result.unwrap_err().timed_out();
        assert_eq!(took, DEADLINE);
        assert!(timed_out.is_deadline());
        assert_eq!((timed_out.attempt(), timed_out.limit()), (1, DEADLINE));
        let text = "fetch: attempt 1 did not end before the deadline of 1s";
        assert_eq!(timed_out.to_string(), text);
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_is_cut() {
        let service = Service::failing(2);
        let (result, took) = timed(fetch(&service)).await;
        assert_eq!(result.unwrap_err().timed_out().attempt(), 3);
        assert_eq!((service.calls(), took), (3, DEADLINE));
    }

    #[tokio::test(start_paused = true)]
    async fn an_outcome_that_is_ready_comes_back() {
        #[retry_on(Busy, deadline = "1s")]
        async fn fetch() -> Result<u32, FetchError> {
            sleep(DEADLINE).await;
            Ok(7)
        }

        assert_eq!(timed(fetch()).await, (Ok(7), DEADLINE));
    }

    #[tokio::test(start_paused = true)]
    async fn the_attempt_is_dropped() {
        #[retry_on(_, deadline = "1s")]
        async fn fetch(held: &std::sync::Arc<()>) -> Result<(), FetchError> {
            let _held = held.clone();
            pending().await
        }

        let held = std::sync::Arc::new(());
        fetch(&held).await.unwrap_err();
        assert_eq!(std::sync::Arc::strong_count(&held), 1);
    }
}

mod the_call_ends {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn with_the_reason_deadline_and_the_type_timeout() {
        let recorder = Recorder::start();
        fetch(&Service::failing(0)).await.unwrap_err();
        assert_eq!(
            recorder.lines(),
            [
                r#"ERROR site="fetch" attempt=1 max=9 error.type="timeout" error="fetch: attempt 1 did not end before the deadline of 1s" reason="deadline" elapsed=1.0"#
            ]
        );
    }

    /// Not with `max_attempts`: more attempts would not have helped.
    #[tokio::test(start_paused = true)]
    async fn with_the_same_reason_in_its_last_attempt() {
        #[retry_on(_, max = 1, timeout = "1h", policy = &POLICY)]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        let recorder = Recorder::start();
        let (result, took) = timed(fetch()).await;
        assert!(result.unwrap_err().timed_out().is_deadline());
        assert_eq!(took, DEADLINE);
        assert_eq!(recorder.events()[0].field("reason"), Some("deadline"));
    }

    #[tokio::test(start_paused = true)]
    async fn with_the_same_reason_where_unless_excludes_the_error() {
        #[retry_on(_, deadline = "1s", unless = FetchError::TimedOut)]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        let recorder = Recorder::start();
        fetch().await.unwrap_err();
        assert_eq!(recorder.events()[0].field("reason"), Some("deadline"));
    }

    #[tokio::test(start_paused = true)]
    async fn with_the_hook_and_without_another() {
        #[retry_on(_, deadline = "1s", on_retry = |_| panic!("a retry"), on_give_up = |gave_up| told.push(gave_up.reason()))]
        async fn fetch(told: &mut Vec<EndReason>) -> Result<(), FetchError> {
            pending().await
        }

        let mut told = Vec::new();
        fetch(&mut told).await.unwrap_err();
        assert_eq!(told, [EndReason::Deadline]);
    }

    #[tokio::test(start_paused = true)]
    async fn and_takes_nothing_from_the_budget() {
        #[retry_on(_, deadline = "1s", budget = budget)]
        async fn fetch(budget: &Budget) -> Result<(), FetchError> {
            pending().await
        }

        let budget = Budget::standard();
        fetch(&budget).await.unwrap_err();
        assert_eq!(budget.available(), 500);
    }

    /// A stop lets an attempt finish; the deadline does not.
    #[tokio::test(start_paused = true)]
    async fn with_the_reason_deadline_after_a_stop() {
        let (stop, recorder) = (Stop::new(), Recorder::start());
        stop.request();
        let service = Service::failing(0);
        let (result, took) = timed(stop.scope(fetch(&service))).await;
        assert!(result.unwrap_err().timed_out().is_deadline());
        assert_eq!(took, DEADLINE);
        assert_eq!(recorder.events()[0].field("reason"), Some("deadline"));
    }
}

mod timed_out_makes_the_error {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn of_a_type_of_another_crate() {
        #[retry_on(_, deadline = "1s", timed_out = |timed_out| format!("{key}: {}", timed_out.limit().as_secs()))]
        async fn fetch(key: &str) -> Result<(), Foreign> {
            pending().await
        }

        assert_eq!(timed(fetch("a")).await, (Err("a: 1".to_owned()), DEADLINE));
    }

    #[tokio::test(start_paused = true)]
    async fn as_a_function_by_name() {
        fn late(timed_out: TimedOut) -> Foreign {
            timed_out.to_string()
        }

        #[retry_on(_, deadline = "1s", timed_out = late, name = "fetch")]
        async fn fetch() -> Result<(), Foreign> {
            pending().await
        }

        let text = "fetch: attempt 1 did not end before the deadline of 1s";
        assert_eq!(fetch().await, Err(text.to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_timeout_which_is_retried() {
        #[retry_on(Busy, jitter = none, timeout = "1s", timed_out = |_| Busy { call: 0 })]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            match service.call() {
                Ok(call) => Ok(call),
                Err(_) => pending().await,
            }
        }

        let recorder = Recorder::start();
        assert_eq!(timed(fetch(&Service::failing(2))).await, (Ok(3), 2300 * MS));
        assert_eq!(recorder.events()[0].field("error.type"), Some("timeout"));
    }

    /// Which could be made by `From` too.
    #[tokio::test(start_paused = true)]
    async fn rather_than_from() {
        #[retry_on(_, deadline = "1s", timed_out = |_| Busy { call: 7 }.into())]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        assert_eq!(fetch().await, Err(FetchError::Busy(Busy { call: 7 })));
    }
}

mod the_deadline_can_be {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn known_at_run_time() {
        #[derive(Debug, thiserror::Error)]
        enum Refused {
            #[error("{0}")]
            TimedOut(#[from] TimedOut),
            #[error("{0}")]
            Policy(#[from] retry_runtime::PolicyError),
        }

        #[retry_on(_, deadline = patience)]
        async fn fetch(patience: Duration) -> Result<(), Refused> {
            pending().await
        }

        let (result, took) = timed(fetch(3 * DEADLINE)).await;
        assert!(matches!(result, Err(Refused::TimedOut(_))));
        assert_eq!(took, 3 * DEADLINE);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_policy() {
        #[retry_on(_, policy = &POLICY)]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        let (result, took) = timed(fetch()).await;
        assert!(result.unwrap_err().timed_out().is_deadline());
        assert_eq!(took, DEADLINE);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_policy_of_run_time_with_a_generic_error() {
        #[retry_on(_, policy = policy)]
        async fn fetch<E: From<TimedOut> + std::fmt::Display>(policy: &Policy) -> Result<(), E> {
            pending().await
        }

        let patient = WITH_DEADLINE.deadline(5 * DEADLINE).build();
        for (policy, expected) in [(POLICY, DEADLINE), (patient, 5 * DEADLINE)] {
            assert_eq!(timed(fetch::<FetchError>(&policy)).await.1, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_policy_with_timed_out() {
        #[retry_on(_, policy = &POLICY, timed_out = |_| "late".to_owned())]
        async fn fetch() -> Result<(), Foreign> {
            pending().await
        }

        assert_eq!(timed(fetch()).await, (Err("late".to_owned()), DEADLINE));
    }
}

mod the_timeout_of_a_policy {
    use super::*;

    const EACH: Policy = Policy::builder().jitter(Jitter::None).timeout(DEADLINE).build();

    async fn hanging(service: &Service) -> Result<u32, FetchError> {
        if service.call().is_err() {
            pending::<()>().await;
        }
        Ok(7)
    }

    #[tokio::test(start_paused = true)]
    async fn cuts_each_attempt() {
        #[retry_on(Busy, policy = &EACH)]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            hanging(service).await
        }

        assert_eq!(timed(fetch(&Service::failing(2))).await, (Ok(7), 2300 * MS));
        let error = fetch(&Service::down()).await.unwrap_err().timed_out();
        assert_eq!((error.limit(), error.is_deadline()), (DEADLINE, false));
    }

    #[tokio::test(start_paused = true)]
    async fn is_replaced_by_the_key() {
        #[retry_on(Busy, policy = &EACH, timeout = "3s")]
        async fn fetch(service: &Service) -> Result<u32, FetchError> {
            hanging(service).await
        }

        assert_eq!(timed(fetch(&Service::failing(1))).await, (Ok(7), 3100 * MS));
    }

    #[tokio::test(start_paused = true)]
    async fn cuts_closures_that_say_how() {
        let (service, text) = (Service::failing(1), |timed_out: TimedOut| timed_out.to_string());
        let call = Retry::new(&EACH).timed_out(text);
        let (result, took) = timed(call.run(|| async {
            if service.call().is_err() {
                pending::<()>().await;
            }
            Ok::<_, Foreign>(7)
        }))
        .await;
        assert_eq!((result, took), (Ok(7), 1100 * MS));
    }
}

mod nothing_is_cut {
    use super::*;

    async fn late() -> Result<u32, Foreign> {
        sleep(60 * DEADLINE).await;
        Ok(7)
    }

    /// What the call returns, and what it logs.
    async fn told(call: impl Future<Output = Result<u32, Foreign>>) -> Vec<String> {
        let recorder = Recorder::start();
        assert_eq!(timed(call).await, (Ok(7), 60 * DEADLINE));
        recorder.events().iter().map(|event| event.message.clone()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn with_timeout_none() {
        #[retry_on(_, deadline = "1s", timeout = none)]
        async fn fetch() -> Result<u32, Foreign> {
            late().await
        }

        assert!(told(fetch()).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn with_timeout_none_beside_a_policy() {
        #[retry_on(_, policy = &POLICY, timeout = none)]
        async fn fetch() -> Result<u32, Foreign> {
            late().await
        }

        assert!(told(fetch()).await.is_empty());
    }

    /// Nobody can make the error: said once, before the body runs, because it may never end.
    #[tokio::test(start_paused = true)]
    async fn where_the_error_of_a_policys_deadline_cannot_be_made() {
        #[retry_on(_, policy = &POLICY)]
        async fn fetch() -> Result<u32, Foreign> {
            late().await
        }

        let [warning] = told(fetch()).await.try_into().unwrap();
        assert!(warning.starts_with("the time limits of its policy cannot cut"), "{warning}");
        assert!(told(fetch()).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_policy_has_no_deadline() {
        #[retry_on(_, policy = &Policy::DEFAULT)]
        async fn fetch() -> Result<u32, Foreign> {
            late().await
        }

        assert!(told(fetch()).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn where_a_closure_does_not_say_how() {
        let call = Retry::new(&POLICY).run(late);
        assert!(told(call).await.is_empty());
    }
}

mod a_closure {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn is_cut_with_timed_out() {
        let call = Retry::new(&POLICY).name("fetch").timed_out(|timed_out| timed_out.to_string());
        let text = "fetch: attempt 1 did not end before the deadline of 1s";
        for lending in [false, true] {
            let (call, recorder) = (call.clone(), Recorder::start());
            let (result, took) = if lending {
                timed(call.run_lending(async || pending::<Result<(), Foreign>>().await)).await
            } else {
                timed(call.run(pending::<Result<(), Foreign>>)).await
            };
            assert_eq!((result, took), (Err(text.to_owned()), DEADLINE));
            assert_eq!(recorder.events()[0].field("reason"), Some("deadline"));
            assert_eq!(recorder.events()[0].field("error.type"), Some("timeout"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn is_cut_in_a_retry() {
        let service = Service::failing(2);
        let call =
            Retry::new(&POLICY).timed_out(|timed_out| Busy { call: 10 * timed_out.attempt() });
        let (result, took) = timed(call.run(|| async {
            service.call()?;
            pending().await
        }))
        .await;
        assert_eq!((result, took), (Err::<(), _>(Busy { call: 30 }), DEADLINE));
    }

    #[test]
    fn is_cut_by_a_timer_of_its_own() {
        let timers = RefCell::new(Vec::new());
        let timer = async |time| {
            timers.borrow_mut().push(time);
            tokio::task::yield_now().await;
        };
        let call = Retry::with_text(&POLICY, std::fmt::Debug::fmt).timed_out(|it| it.limit());
        let result = block_on(call.run_with_sleep(timer, pending::<Result<(), Duration>>));
        assert_eq!(result, Err(DEADLINE));
        assert_eq!(timers.take(), [DEADLINE]);
    }

    #[tokio::test(start_paused = true)]
    async fn makes_the_error_of_a_timeout_too() {
        let call =
            Retry::new(&POLICY).timeout(100 * MS).timed_out(|_| FetchError::Busy(Busy { call: 7 }));
        let error = call.run(pending::<Result<(), FetchError>>).await.unwrap_err();
        assert_eq!(error, FetchError::Busy(Busy { call: 7 }));
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_spawned() {
        let task = tokio::spawn(async {
            let call = Retry::new(&POLICY).timed_out(|timed_out| timed_out.to_string());
            call.run(pending::<Result<(), Foreign>>).await
        });
        assert!(task.await.unwrap().is_err());
    }
}

mod calls_inside_calls {
    use super::*;

    #[retry_on(_, jitter = none, deadline = "400ms")]
    async fn inner(calls: &RefCell<u32>) -> Result<(), FetchError> {
        *calls.borrow_mut() += 1;
        pending().await
    }

    /// The inner deadline ends the inner call, which the outer one retries until its own.
    #[tokio::test(start_paused = true)]
    async fn each_ends_at_its_own_deadline() {
        #[retry_on(_, max = 9, jitter = none, deadline = "800ms")]
        async fn outer(calls: &RefCell<u32>) -> Result<(), FetchError> {
            inner(calls).await
        }

        let calls = RefCell::new(0);
        let (result, took) = timed(outer(&calls)).await;
        let timed_out = result.unwrap_err().timed_out();
        assert_eq!((timed_out.attempt(), timed_out.limit()), (2, 800 * MS));
        // 400 ms, a pause of 100 ms, and 300 ms of the second inner call.
        assert_eq!((took, calls.take()), (800 * MS, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn the_outer_one_cuts_the_inner_one() {
        #[retry_on(_, deadline = "300ms")]
        async fn outer(calls: &RefCell<u32>) -> Result<(), FetchError> {
            inner(calls).await
        }

        let calls = RefCell::new(0);
        let (result, took) = timed(outer(&calls)).await;
        assert_eq!(result.unwrap_err().timed_out().limit(), 300 * MS);
        assert_eq!((took, calls.take()), (300 * MS, 1));
    }
}

mod functions_of_other_shapes {
    use super::*;

    #[async_trait]
    trait Client {
        async fn fetch(&self) -> Result<(), FetchError>;
    }

    struct Hanging;

    #[async_trait]
    impl Client for Hanging {
        #[retry_on(_, deadline = "1s")]
        async fn fetch(&self) -> Result<(), FetchError> {
            pending().await
        }
    }

    #[retry_on(_, policy = &POLICY)]
    fn opaque() -> impl Future<Output = Result<(), FetchError>> + Send {
        async move { pending().await }
    }

    #[tokio::test(start_paused = true)]
    async fn are_cut_too() {
        assert_eq!(timed(Hanging.fetch()).await.1, DEADLINE);
        assert_eq!(timed(opaque()).await.1, DEADLINE);
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_spawned() {
        #[retry_on(_, policy = &POLICY)]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        assert!(tokio::spawn(fetch()).await.unwrap().is_err());
        assert!(
            tokio::spawn(async { self::fetch(&Service::failing(0)).await }).await.unwrap().is_err()
        );
    }

    #[test]
    fn have_timers_of_their_own() {
        thread_local! {
            static TIMERS: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
        }

        async fn timer(duration: Duration) {
            TIMERS.with_borrow_mut(|timers| timers.push(duration));
            tokio::task::yield_now().await;
        }

        #[retry_on(_, deadline = "1s", sleep = timer)]
        async fn fetch() -> Result<(), FetchError> {
            pending().await
        }

        #[retry_on(_, policy = &Policy::DEFAULT, sleep = timer)]
        async fn without_deadline() -> Result<(), FetchError> {
            Ok(())
        }

        block_on(fetch()).unwrap_err();
        assert_eq!(TIMERS.take(), [DEADLINE]);
        block_on(without_deadline()).unwrap();
        assert!(TIMERS.take().is_empty());
    }

    /// On the clock of a test.
    #[tokio::test(start_paused = true)]
    async fn are_cut_on_the_clock_of_a_scope() {
        #[retry_on(_, deadline = "1s")]
        async fn fetch(scope: &Scope) -> Result<(), FetchError> {
            scope.advance(DEADLINE);
            pending().await
        }

        let scope = Scope::new();
        let (result, took) = timed(scope.run(fetch(&scope))).await;
        assert!(result.unwrap_err().timed_out().is_deadline());
        assert_eq!(took, Duration::ZERO);
    }
}
