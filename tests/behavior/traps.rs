//! Bugs of other libraries that no other file of these tests is about.

use std::cell::Cell;
use std::collections::HashSet;
use std::future::pending;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{
    Backoff, Budget, Jitter, Policy, PolicyError, Stop, TimedOut, retry, retry_blocking, retry_on,
};
use retry_tests::{Busy, MS, Service};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

/// 584 years.
const LONGEST: Duration = Duration::from_nanos(u64::MAX);

const JITTERS: [Jitter; 4] = [Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::None];

#[retry_on(Busy, policy = policy)]
async fn fetch(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, policy = policy)]
fn fetch_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

/// The pauses of a call by this policy, in a scope.
fn pauses(scope: Scope, policy: &Policy) -> Vec<Duration> {
    let scope = scope.without_budget();
    scope.run_blocking(|| fetch_plain(&Service::down(), policy)).unwrap_err();
    scope.pauses()
}

mod overflow {
    use super::*;

    /// Pauses that cannot be added up, not even by a clock.
    #[test]
    fn of_the_sum_of_all_pauses_plain() {
        let endless = Policy::builder().max(1200).delay(Duration::MAX);
        let builders = JITTERS.map(|jitter| endless.clone().jitter(jitter)).into_iter();
        let grown =
            [Backoff::LINEAR, Backoff::FIBONACCI].map(|backoff| endless.clone().backoff(backoff));
        for builder in builders.chain(grown) {
            let policy = builder.build();
            let pauses = pauses(Scope::new().longest_pauses(), &policy);
            assert_eq!(pauses, vec![LONGEST; 1199], "{policy:?}");
        }
    }

    #[test]
    fn of_the_sum_of_all_pauses_in_the_sentence() {
        for jitter in JITTERS {
            let builder = Policy::builder().max(u32::MAX).delay(Duration::MAX).jitter(jitter);
            let sentence = builder.build().to_string();
            assert!(sentence.starts_with("at most 4294967295 calls"), "{sentence}");
        }
    }

    #[test]
    fn of_jitter_near_the_longest_duration_plain() {
        for jitter in JITTERS {
            for delay in [Duration::MAX, LONGEST, Duration::from_nanos(u64::MAX - 1), LONGEST / 2] {
                let policy = Policy::builder().max(70).delay(delay).max_delay(Duration::MAX);
                let policy = policy.jitter(jitter).build();
                for seed in 0..20 {
                    assert_eq!(pauses(Scope::new().seed(seed), &policy).len(), 69, "{jitter:?}");
                }
                pauses(Scope::new().shortest_pauses(), &policy);
            }
        }
    }

    #[test]
    fn of_a_growth_beyond_all_numbers_plain() {
        let builder = Policy::builder().max(100).factor(f64::from(u32::MAX)).max_delay(LONGEST);
        let policy = builder.jitter(Jitter::None).build();
        let pauses = pauses(Scope::new(), &policy);
        assert_eq!(pauses[0], 100 * MS);
        assert_eq!(pauses[2..], [LONGEST; 97]);
    }

    /// A timer that adds the pause to the time.
    #[tokio::test(start_paused = true)]
    async fn of_the_timer() {
        let policy = Policy::builder().delay(Duration::MAX).jitter(Jitter::None).build();
        let service = Service::down();
        timeout(60_000 * MS, fetch(&service, &policy)).await.expect_err("it pauses for ever");
        assert_eq!(service.calls(), 1);
    }

    /// And one that is set again.
    #[tokio::test(start_paused = true)]
    async fn of_the_timer_of_a_later_pause() {
        let own = Backoff::custom(&|retry| if retry == 1 { MS } else { Duration::MAX });
        let builder = Policy::builder().backoff(own).max_delay(Duration::MAX);
        let policy = builder.jitter(Jitter::None).build();
        let service = Service::down();
        timeout(60_000 * MS, fetch(&service, &policy)).await.expect_err("it pauses for ever");
        assert_eq!(service.calls(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn of_the_timer_beside_a_stop() {
        let policy = Policy::builder().delay(Duration::MAX).jitter(Jitter::None).build();
        let (stop, service) = (Stop::new(), Service::down());
        let requested = async {
            sleep(60_000 * MS).await;
            stop.request();
        };
        let (call, ()) = tokio::join!(stop.scope(fetch(&service, &policy)), requested);
        assert_eq!(call, Err(Busy { call: 1 }));
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_deadline() {
        let policy = Policy::builder().max(3).deadline(Duration::MAX).build();
        assert_eq!(fetch(&Service::down(), &policy).await, Err(Busy { call: 3 }));
        let policy =
            policy.to_builder().delay(Duration::from_nanos(u64::MAX - 1)).jitter(Jitter::None);
        let policy = policy.build();
        let scope = Scope::new();
        scope.advance(MS);
        assert_eq!(scope.run(fetch(&Service::failing(1), &policy)).await, Ok(2));
    }
}

mod decorrelated_jitter {
    use super::*;

    #[test]
    fn starts_from_no_delay_plain() {
        let builder = Policy::builder().max(9).delay(Duration::ZERO).jitter(Jitter::Decorrelated);
        let policy = builder.build();
        assert_eq!(pauses(Scope::new().longest_pauses(), &policy), [Duration::ZERO; 8]);
    }

    #[test]
    fn grows_threefold_and_no_further_than_the_cap_plain() {
        let builder = Policy::builder().max(70).delay(MS).jitter(Jitter::Decorrelated);
        let policy = builder.max_delay(LONGEST).build();
        let pauses = pauses(Scope::new().longest_pauses(), &policy);
        assert_eq!(pauses[..3], [3 * MS, 9 * MS, 27 * MS]);
        assert_eq!(pauses[68], LONGEST);
    }
}

/// A generator that is copied repeats itself.
mod random_numbers {
    use super::*;

    const POLICY: Policy = Policy::builder().max(6).build();

    #[test]
    fn differ_between_copies_of_a_policy() {
        let pauses = |policy: &Policy| (1..6).map(|n| policy.pause_before(n)).collect::<Vec<_>>();
        assert_ne!(pauses(&POLICY), pauses(&POLICY.clone()));
    }

    #[test]
    fn differ_between_calls_that_start_together_plain() {
        let calls: HashSet<Vec<Duration>> =
            (0..100).map(|_| pauses(Scope::new(), &POLICY)).collect();
        assert_eq!(calls.len(), 100);
    }

    #[tokio::test(start_paused = true)]
    async fn differ_between_tasks_of_one_thread() {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..100 {
            tasks.spawn(async {
                let scope = Scope::new().without_budget();
                scope.run(fetch(&Service::down(), &POLICY)).await.unwrap_err();
                scope.pauses()
            });
        }
        let calls: HashSet<Vec<Duration>> = tasks.join_all().await.into_iter().collect();
        assert_eq!(calls.len(), 100);
    }
}

/// Whatever the attribute makes the future hold.
mod a_future_is_send {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("busy")]
    struct Unshared(Cell<u32>);

    impl From<TimedOut> for Unshared {
        fn from(_: TimedOut) -> Self {
            Self(Cell::new(0))
        }
    }

    impl From<PolicyError> for Unshared {
        fn from(_: PolicyError) -> Self {
            Self(Cell::new(0))
        }
    }

    /// Every key at once.
    #[retry_on(
        Unshared,
        max = max,
        delay = pause,
        jitter = none,
        deadline = "1h",
        timeout = limit,
        when = |_| true,
        unless = |_| false,
        until = |value| value.get() > 0,
        when_ok = |value| value.get() == 0,
        hint = |_| None::<Duration>,
        budget = &budget,
        policy = &policy,
        attempt = attempt,
        nested = "inner",
        on_retry = |retry| assert!(retry.attempt() <= attempts),
        on_give_up = |end| assert!(end.attempt() <= attempts),
        clone(service)
    )]
    async fn everything(
        service: Arc<Service>,
        attempts: u32,
        max: u32,
        pause: Duration,
        limit: Duration,
        budget: Arc<Budget>,
        policy: Policy,
    ) -> Result<Cell<u32>, Unshared> {
        yield_now().await;
        let own = service;
        match own.call() {
            Ok(call) => Ok(Cell::new(call + attempt.number())),
            Err(busy) => Err(Unshared(Cell::new(busy.call))),
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn although_neither_value_nor_error_is_sync() {
        let service = Arc::new(Service::failing(2));
        let budget = Arc::new(Budget::standard_2_0());
        let policy = Policy::DEFAULT;
        let call = everything(service, 5, 5, MS, 60_000 * MS, budget, policy);
        assert_eq!(tokio::spawn(call).await.unwrap().unwrap().get(), 3 + 3);
    }

    #[tokio::test(start_paused = true)]
    async fn although_neither_value_nor_error_is_send() {
        #[retry_on(_, deadline = "1h", timeout = none, attempt = attempt, until = |value: &Rc<u32>| **value > 0)]
        async fn local(service: Arc<Service>) -> Result<Rc<u32>, Rc<Busy>> {
            let call = service.call().map_err(Rc::new)?;
            Ok(Rc::new(call + attempt.number()))
        }

        let task = tokio::spawn(async {
            local(Arc::new(Service::failing(2))).await.map_or(0, |value| *value)
        });
        assert_eq!(task.await.unwrap(), 3 + 3);
    }
}

/// What follows the attribute's keys around is called like them.
mod names {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn of_arguments_may_be_those_of_the_keys() {
        #[retry_on(
            _,
            max = max,
            delay = delay,
            deadline = deadline,
            timeout = timeout,
            policy = policy,
            budget = budget,
            hint = |_| hint,
            until = |value| *value != until,
            when_ok = |value| *value == when_ok,
            attempt = this,
            on_retry = |retry| on_retry.set(on_retry.get() + retry.attempt()),
            on_give_up = |_| on_give_up.set(true)
        )]
        #[expect(clippy::too_many_arguments, reason = "one for each name")]
        async fn fetch(
            max: u32,
            delay: Duration,
            deadline: Duration,
            timeout: Duration,
            policy: &Policy,
            budget: &Budget,
            hint: Option<Duration>,
            until: u32,
            when_ok: u32,
            on_retry: &Cell<u32>,
            on_give_up: &Cell<bool>,
            terms: u32,
            bound: u32,
            identity: u32,
        ) -> Result<u32, FetchError> {
            let attempt = terms + bound + identity;
            if this.number() == 1 { Err(TimedOutLike.into()) } else { Ok(attempt) }
        }

        #[derive(Debug, thiserror::Error)]
        #[error("busy")]
        struct TimedOutLike;

        type FetchError = Box<dyn std::error::Error + Send + Sync>;

        let (budget, retries, gave_up) = (Budget::standard_2_0(), Cell::new(0), Cell::new(false));
        let policy = &Policy::DEFAULT;
        let call = fetch(
            3,
            MS,
            60_000 * MS,
            1000 * MS,
            policy,
            &budget,
            None,
            0,
            6,
            &retries,
            &gave_up,
            1,
            2,
            3,
        );
        assert_eq!(call.await.unwrap(), 6);
        assert_eq!((retries.get(), gave_up.get(), budget.available()), (1 + 2, true, 490));
    }

    #[test]
    fn of_the_machinery_are_free_plain() {
        #[retry_on(_, max = __max, deadline = __deadline, attempt = __call, on_retry = |__failed| __hook.set(__failed.attempt()))]
        #[expect(clippy::too_many_arguments, reason = "one for each name")]
        fn fetch(
            __max: u32,
            __deadline: Duration,
            __policy: u32,
            __terms: u32,
            __base: u32,
            __last: u32,
            __identity: u32,
            __hook: &Cell<u32>,
        ) -> Result<u32, anyhow::Error> {
            let sum = __policy + __terms + __base + __last + __identity;
            if __call.is_last() { Ok(sum) } else { anyhow::bail!("busy") }
        }

        let hook = Cell::new(0);
        let call = Scope::new().run_blocking(|| fetch(2, 60_000 * MS, 1, 2, 3, 4, 5, &hook));
        assert_eq!((call.unwrap(), hook.get()), (15, 1));
    }

    /// A body's own items and macros are its own.
    #[test]
    fn of_types_and_macros_in_the_body_are_free_plain() {
        #[retry_on(_, max = 2, delay = "0ms", attempt = attempt, deadline = "1h")]
        fn fetch() -> Result<u32, String> {
            #[expect(dead_code, reason = "they only have the names")]
            mod local {
                pub(super) struct Policy;
                pub(super) struct Terms;
                pub(super) struct Attempt;
                pub(super) struct Duration;
            }
            #[expect(unused_imports, reason = "they only have the names")]
            use local::{Attempt, Duration, Policy, Terms};
            macro_rules! attempt {
                () => {
                    attempt.number()
                };
            }
            if attempt!() < 2 { Err("busy".to_owned()) } else { Ok(attempt!()) }
        }

        assert_eq!(fetch(), Ok(2));
    }
}

/// Neither by a function nor by a closure.
mod the_error_is_not_held_over_the_pause {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn of_a_closure() {
        let policy = Policy::builder().max(2).jitter(Jitter::None).build();
        let error = Arc::new("busy".to_owned());
        tokio::join!(
            async {
                let last = retry(&policy, async || Err::<(), _>(Arc::clone(&error))).await;
                assert_eq!(Arc::strong_count(&error), 2);
                drop(last);
            },
            async {
                sleep(50 * MS).await;
                assert_eq!(Arc::strong_count(&error), 1, "kept during the pause");
            }
        );
    }

    #[test]
    fn of_a_closure_plain() {
        let policy = Policy::builder().max(2).build();
        let error = Rc::new("busy".to_owned());
        let mut counts = Vec::new();
        let scope = Scope::new();
        let call = scope.run_blocking(|| {
            retry_blocking(&policy, || {
                counts.push(Rc::strong_count(&error));
                Err::<(), _>(Rc::clone(&error))
            })
        });
        drop(call);
        assert_eq!(counts, [1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn where_a_timeout_is_set() {
        #[retry_on(_, max = 2, jitter = none, timeout = "1s")]
        async fn fetch(token: &Arc<()>) -> Result<(), Held> {
            Err(Held(Some(Arc::clone(token))))
        }

        #[derive(Debug)]
        struct Held(#[expect(dead_code, reason = "held")] Option<Arc<()>>);

        impl From<TimedOut> for Held {
            fn from(_: TimedOut) -> Self {
                Self(None)
            }
        }

        let token = Arc::new(());
        tokio::join!(
            async {
                drop(fetch(&token).await);
            },
            async {
                sleep(50 * MS).await;
                assert_eq!(Arc::strong_count(&token), 1, "kept during the pause");
            }
        );
    }
}

/// A pause of no length still lets others have a turn, …
mod a_pause_of_no_length_lets_other_tasks_run {
    use super::*;

    /// How often another task had a turn before each attempt.
    async fn turns<F: Future<Output = Result<u32, Busy>>>(call: impl FnOnce(Arc<AtomicU32>) -> F) {
        let turns = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&turns);
        let task = tokio::spawn(async move {
            loop {
                other.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
            }
        });
        call(turns).await.unwrap();
        task.abort();
    }

    fn assert_progress(seen: &[u32]) {
        assert!(
            seen.windows(2).all(|pair| pair[0] < pair[1]),
            "no progress between attempts: {seen:?}"
        );
    }

    /// … also where a timer of one's own finds that there is nothing to wait for, …
    #[tokio::test]
    async fn by_an_own_timer() {
        #[retry_on(Busy, max = 5, delay = "0ms", sleep = |_| async {})]
        async fn fetch(
            service: &Service,
            progress: &AtomicU32,
            seen: &mut Vec<u32>,
        ) -> Result<u32, Busy> {
            seen.push(progress.load(Ordering::Relaxed));
            service.call()
        }

        let mut seen = Vec::new();
        let service = Service::failing(4);
        turns(async |progress| fetch(&service, &progress, &mut seen).await).await;
        assert_progress(&seen);
    }

    /// … and where a hint of none comes with it.
    #[tokio::test]
    async fn with_a_hint() {
        #[retry_on(Busy, max = 5, delay = "0ms", hint = |_| Some(Duration::ZERO))]
        async fn fetch(
            service: &Service,
            progress: &AtomicU32,
            seen: &mut Vec<u32>,
        ) -> Result<u32, Busy> {
            seen.push(progress.load(Ordering::Relaxed));
            service.call()
        }

        let mut seen = Vec::new();
        let service = Service::failing(4);
        turns(async |progress| fetch(&service, &progress, &mut seen).await).await;
        assert_progress(&seen);
    }
}

/// A program without features of these names has them all the same: they are the library's.
#[test]
fn features_are_not_looked_for_in_the_users_crate_plain() {
    #[retry_on(Busy)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let manifest = include_str!("../Cargo.toml");
    assert!(!manifest.contains("[features]"), "this crate has features of its own");
    let recorder = retry_tests::Recorder::start();
    let scope = Scope::new().fail_next("fetch", 1, || Busy { call: 0 });
    scope.run_blocking(|| fetch(&Service::failing(0))).unwrap();
    assert_eq!((scope.events().len(), recorder.events().len()), (2, 2));
}

/// Nothing but the pauses is random, and no attempt is made twice by a timer that fires twice.
#[tokio::test(start_paused = true)]
async fn a_timer_that_is_polled_too_often_starts_no_attempt_early() {
    let policy = Policy::builder().max(2).jitter(Jitter::None).build();
    let service = Service::down();
    let call = fetch(&service, &policy);
    let mut call = std::pin::pin!(call);
    for _ in 0..10 {
        // Each round wakes the whole future, timer and all.
        timeout(5 * MS, &mut call).await.unwrap_err();
    }
    assert_eq!(service.calls(), 1, "50 ms of 100 have passed");
    assert_eq!(call.await, Err(Busy { call: 2 }));
}

/// Tokens that a dropped call has paid stay paid, and no more than those.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_takes_no_more_than_it_used() {
    #[retry_on(Busy, jitter = none, budget = budget, timeout = "1s")]
    async fn stuck(service: &Service, budget: &Budget) -> Result<u32, anyhow::Error> {
        if service.count_call() == 2 { pending().await } else { Err(Busy { call: 1 }.into()) }
    }

    let (service, budget) = (Service::down(), Budget::standard_2_0());
    timeout(500 * MS, stuck(&service, &budget)).await.unwrap_err();
    assert_eq!((service.calls(), budget.available()), (2, 495));
}
