//! What a test can do to the retried calls inside a scope, and to no others.

use std::error::Error;
use std::io;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use retry_runtime::testing::{EventKind, FaultError, ManualClock, Scope};
use retry_runtime::{Budget, ErrorCode, Reason, Retry, retry_on};
use retry_tests::{Busy, MS, Recorder, Service, block_on};
use tokio::time::{Instant, sleep};

#[retry_on(Busy, max = 4, budget = none, name = "shop::fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, max = 4, budget = none, name = "shop::fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

const BUSY: fn() -> Busy = || Busy { call: 0 };

mod pauses {
    use super::*;

    #[tokio::test]
    async fn pass_at_once_and_are_written_down() {
        let scope = Scope::new().longest_pauses();
        scope.run(fetch(&Service::down())).await.unwrap_err();
        assert_eq!(scope.pauses(), [100 * MS, 200 * MS, 400 * MS]);
    }

    #[test]
    fn pass_at_once_and_are_written_down_plain() {
        let scope = Scope::new().longest_pauses();
        scope.run_blocking(|| fetch_plain(&Service::down())).unwrap_err();
        assert_eq!(scope.pauses(), [100 * MS, 200 * MS, 400 * MS]);
    }

    #[test]
    fn need_no_runtime_for_async_functions() {
        let (scope, recorder) = (Scope::new(), Recorder::start());
        block_on(scope.run(fetch(&Service::down()))).unwrap_err();
        assert_eq!(scope.pauses().len(), 3);
        let told = recorder.events();
        assert!(told.iter().all(|event| event.field("at").is_none()), "{told:?}");
    }

    #[test]
    fn are_as_long_or_as_short_as_they_can_be_plain() {
        #[retry_on(Busy, jitter = equal)]
        fn equal(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let pauses = |scope: &Scope, call: fn(&Service) -> Result<u32, Busy>| {
            scope.run_blocking(|| call(&Service::down())).unwrap_err();
            scope.pauses()
        };
        let shortest = || Scope::new().shortest_pauses();
        assert_eq!(pauses(&shortest(), fetch_plain), [Duration::ZERO; 3]);
        assert_eq!(pauses(&shortest(), equal), [50 * MS, 100 * MS]);
        assert_eq!(pauses(&Scope::new().longest_pauses(), equal), [100 * MS, 200 * MS]);
    }

    #[test]
    fn are_the_same_for_the_same_seed_plain() {
        let seeded = |seed| {
            let scope = Scope::new().seed(seed);
            for _ in 0..3 {
                scope.run_blocking(|| fetch_plain(&Service::down())).unwrap_err();
            }
            scope.pauses()
        };
        assert_eq!(seeded(7), seeded(7));
        assert_ne!(seeded(7), seeded(8));
        assert_eq!(thread::spawn(move || seeded(7)).join().unwrap(), seeded(7));
    }

    #[tokio::test]
    async fn are_the_same_for_the_same_seed() {
        async fn seeded(seed: u64) -> Vec<Duration> {
            let scope = Scope::new().seed(seed);
            scope.run(fetch(&Service::down())).await.unwrap_err();
            scope.pauses()
        }
        assert_eq!(seeded(7).await, seeded(7).await);
        assert_ne!(seeded(7).await, seeded(8).await);
    }

    /// What a seed is good for: the same in all versions of a test.
    #[test]
    fn differ_between_the_calls_of_one_scope_plain() {
        let scope = Scope::new().seed(7);
        for _ in 0..2 {
            scope.run_blocking(|| fetch_plain(&Service::down())).unwrap_err();
        }
        let pauses = scope.pauses();
        assert_ne!(pauses[..3], pauses[3..]);
    }

    #[test]
    fn let_time_pass_for_deadlines_plain() {
        #[retry_on(Busy, max = 99, jitter = none, deadline = "1s")]
        fn fetch(service: &Service, scope: &Scope) -> Result<u32, Busy> {
            scope.advance(250 * MS);
            service.call()
        }

        let scope = Scope::new();
        let call = scope.run_blocking(|| fetch(&Service::down(), &scope));
        assert_eq!(call, Err(Busy { call: 3 }));
        assert_eq!(scope.events()[2].reason(), Some("deadline"));
    }

    #[tokio::test]
    async fn let_time_pass_for_deadlines() {
        #[retry_on(Busy, max = 99, jitter = none, deadline = "1s")]
        async fn fetch(service: &Service, scope: &Scope) -> Result<u32, Busy> {
            scope.advance(250 * MS);
            service.call()
        }

        let scope = Scope::new();
        let call = scope.run(fetch(&Service::down(), &scope)).await;
        assert_eq!(call, Err(Busy { call: 3 }));
    }
}

/// A scope is of one thread, or of one future.
mod is_entered {
    use super::*;

    #[test]
    fn by_a_thread_until_it_leaves_plain() {
        let (outer, scope) = (ManualClock::install(), Scope::new());
        let entered = scope.enter();
        fetch_plain(&Service::down()).unwrap_err();
        drop(entered);
        fetch_plain(&Service::failing(1)).unwrap();
        assert_eq!((scope.pauses().len(), outer.pauses().len()), (3, 1));
    }

    #[test]
    fn by_no_other_thread_plain() {
        #[retry_on(Busy, delay = "1ms")]
        fn quick(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let scope = Scope::new().max(1);
        let call = scope.run_blocking(|| thread::spawn(|| quick(&Service::down())).join().unwrap());
        assert_eq!(call, Err(Busy { call: 3 }));
        assert!(scope.pauses().is_empty() && scope.events().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn by_no_task_that_is_spawned_inside() {
        static SERVICE: Service = Service::down();
        let scope = Scope::new().max(1);
        let task = scope.run(async { tokio::spawn(fetch(&SERVICE)).await.unwrap() });
        assert_eq!(task.await, Err(Busy { call: 4 }));
        assert!(scope.pauses().is_empty() && scope.events().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn by_no_future_beside_it() {
        let scope = Scope::new().max(2);
        let (one, other) = (Service::down(), Service::down());
        let start = Instant::now();
        let (one, other) = tokio::join!(scope.run(fetch(&one)), fetch(&other));
        assert_eq!((one, other), (Err(Busy { call: 2 }), Err(Busy { call: 4 })));
        assert_eq!(scope.pauses().len(), 1);
        assert!(start.elapsed() > Duration::ZERO, "the other one waited");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn by_its_future_on_every_thread() {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 1..=50 {
            tasks.spawn(async move {
                let scope = Scope::new().max(number % 4 + 1).longest_pauses();
                let service = Service::down();
                for _ in 0..3 {
                    tokio::task::yield_now().await;
                    scope.run(fetch(&service)).await.unwrap_err();
                }
                assert_eq!(service.calls(), 3 * (number % 4 + 1));
                assert_eq!(scope.pauses().len(), 3 * (number as usize % 4));
            });
        }
        tasks.join_all().await;
    }

    #[test]
    fn and_left_where_its_closure_panics_plain() {
        let (clock, scope) = (ManualClock::install(), Scope::new());
        catch_unwind(std::panic::AssertUnwindSafe(|| scope.run_blocking(|| panic!("inside"))))
            .unwrap_err();
        fetch_plain(&Service::down()).unwrap_err();
        assert_eq!((scope.pauses().len(), clock.pauses().len()), (0, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn and_left_between_two_polls() {
        let scope = Scope::new();
        let stuck = scope.run(async {
            sleep(1000 * MS).await;
            fetch(&Service::failing(1)).await
        });
        let (_, beside) = tokio::join!(stuck, async {
            sleep(10 * MS).await;
            fetch(&Service::failing(1)).await
        });
        beside.unwrap();
        assert_eq!(scope.events().len(), 2, "one retry, one recovery");
    }

    #[test]
    fn again_and_again_and_its_clones_are_the_same_plain() {
        let scope = Scope::new();
        scope.run_blocking(|| fetch_plain(&Service::down())).unwrap_err();
        scope.clone().run_blocking(|| fetch_plain(&Service::down())).unwrap_err();
        assert_eq!(scope.pauses().len(), 6);
    }

    #[test]
    fn inside_another_and_the_last_one_counts_plain() {
        let (outer, inner) = (Scope::new().max(1), Scope::new().max(2));
        outer.run_blocking(|| {
            let call = inner.run_blocking(|| fetch_plain(&Service::down()));
            assert_eq!(call, Err(Busy { call: 2 }));
            assert_eq!(fetch_plain(&Service::down()), Err(Busy { call: 1 }));
        });
        assert_eq!((outer.events().len(), inner.events().len()), (1, 2));
    }

    /// Each leaves what it entered, whichever leaves first.
    #[test]
    fn and_left_in_any_order_plain() {
        let (one, other) = (Scope::new(), Scope::new());
        let (first, second) = (one.enter(), other.enter());
        drop(first);
        fetch_plain(&Service::down()).unwrap_err();
        assert_eq!((one.pauses().len(), other.pauses().len()), (0, 3));
        drop(second);
    }
}

mod limits {
    use super::*;

    #[test]
    fn fewer_attempts_are_made_and_never_more_plain() {
        let calls = |scope: Scope| {
            let service = Service::down();
            scope.run_blocking(|| fetch_plain(&service)).unwrap_err();
            service.calls()
        };
        assert_eq!(calls(Scope::new().max(2)), 2);
        assert_eq!(calls(Scope::new().max(1)), 1);
        assert_eq!(calls(Scope::new().max(0)), 1);
        assert_eq!(calls(Scope::new().max(9)), 4);
    }

    #[tokio::test]
    async fn fewer_attempts_are_made() {
        let (scope, service) = (Scope::new().max(2), Service::down());
        assert_eq!(scope.run(fetch(&service)).await, Err(Busy { call: 2 }));
        assert_eq!(scope.events()[1].reason(), Some("max_attempts"));
        assert_eq!(scope.events()[1].max(), 2);
    }

    #[test]
    fn budgets_grant_every_retry_and_lose_nothing_plain() {
        static BUDGET: Budget = Budget::standard();

        #[retry_on(Busy, budget = &BUDGET)]
        fn shared(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy)]
        fn own(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (scope, service) = (Scope::new().without_budgets(), Service::down());
        scope.run_blocking(|| {
            for _ in 0..200 {
                shared(&service).unwrap_err();
                own(&service).unwrap_err();
            }
        });
        assert_eq!((service.calls(), BUDGET.available()), (1200, 500));
        // That of the function itself is still full.
        let service = Service::down();
        Scope::new().run_blocking(|| {
            for _ in 0..100 {
                own(&service).unwrap_err();
            }
        });
        assert_eq!(service.calls(), 100 + 100);
    }

    #[test]
    fn budgets_count_as_ever_unless_told_otherwise_plain() {
        #[retry_on(Busy)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| {
            for _ in 0..100 {
                fetch(&service).unwrap_err();
            }
        });
        assert_eq!(service.calls(), 100 + 100);
    }
}

mod events {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("rejected")]
    struct Rejected(#[source] Busy);

    impl ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some("SlowDown")
        }

        fn request_id(&self) -> Option<&str> {
            Some("4711")
        }
    }

    #[test]
    fn tell_what_is_logged_plain() {
        #[retry_on(Busy, max = 2, jitter = none, name = "store")]
        fn store(service: &Service) -> Result<u32, Rejected> {
            service.call().map_err(Rejected)
        }

        let scope = Scope::new();
        scope.run_blocking(|| store(&Service::down())).unwrap_err();
        let events = scope.events();
        assert_eq!(events.len(), 2);
        let (retry, end) = (&events[0], &events[1]);
        assert_eq!(retry.kind(), EventKind::Retry { pause: 100 * MS });
        assert_eq!(end.kind(), EventKind::GaveUp { reason: Reason::MaxAttempts });
        assert_eq!((retry.pause(), end.pause()), (Some(100 * MS), None));
        assert_eq!((retry.reason(), end.reason()), (None, Some("max_attempts")));
        assert_eq!((retry.attempt(), end.attempt()), (1, 2));
        for event in &events {
            assert_eq!((event.site(), event.max()), ("store", 2));
            assert_eq!(event.error_type(), Some("Busy"));
            assert_eq!((event.code(), event.request_id()), (Some("SlowDown"), Some("4711")));
        }
        assert_eq!(end.error(), Some("rejected: busy, call 2"));
    }

    #[tokio::test]
    async fn tell_of_a_recovery() {
        let scope = Scope::new();
        scope.run(fetch(&Service::failing(1))).await.unwrap();
        let last = &scope.events()[1];
        assert_eq!(last.kind(), EventKind::Recovered);
        assert_eq!((last.attempt(), last.error_type(), last.error()), (2, None, None));
    }

    #[test]
    fn tell_of_an_error_that_is_not_retried_and_of_no_success_at_once_plain() {
        #[retry_on(io::Error)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let scope = Scope::new();
        scope.run_blocking(|| fetch(&Service::failing(0))).unwrap();
        assert!(scope.events().is_empty());
        scope.run_blocking(|| fetch(&Service::down())).unwrap_err();
        assert_eq!(scope.events()[0].reason(), Some("not_retryable"));
        assert_eq!(scope.events()[0].error_type(), Some("_OTHER"));
    }

    #[test]
    fn of_several_functions_are_told_apart_plain() {
        #[retry_on(Busy, max = 2)]
        fn store(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let scope = Scope::new();
        scope.run_blocking(|| {
            store(&Service::down()).unwrap_err();
            fetch_plain(&Service::failing(1)).unwrap();
        });
        let events = scope.events();
        let sites: Vec<&str> =
            events.iter().map(|event| event.site().rsplit("::").next().unwrap()).collect();
        assert_eq!(sites, ["store", "store", "fetch", "fetch"]);
    }
}

/// Attempts that fail before their bodies run.
mod the_next_attempts_fail {
    use super::*;

    #[tokio::test]
    async fn as_often_as_the_test_says() {
        let (scope, service) = (Scope::new().fail("fetch", 2, BUSY), Service::failing(0));
        assert_eq!(scope.run(fetch(&service)).await, Ok(1));
        assert_eq!(scope.pauses().len(), 2);
        scope.check().unwrap();
    }

    #[test]
    fn as_often_as_the_test_says_plain() {
        let (scope, service) = (Scope::new().fail("fetch", 2, BUSY), Service::failing(0));
        assert_eq!(scope.run_blocking(|| fetch_plain(&service)), Ok(1));
        assert_eq!(scope.pauses().len(), 2);
        scope.check().unwrap();
    }

    #[test]
    fn without_running_the_body_plain() {
        let (scope, service) = (Scope::new().fail("fetch", 9, BUSY), Service::failing(0));
        assert_eq!(scope.run_blocking(|| fetch_plain(&service)), Err(Busy { call: 0 }));
        assert_eq!(service.calls(), 0);
    }

    #[test]
    fn over_several_calls_plain() {
        let (scope, service) = (Scope::new().fail("fetch", 5, BUSY), Service::failing(0));
        scope.run_blocking(|| {
            assert_eq!(fetch_plain(&service), Err(Busy { call: 0 }));
            assert_eq!(fetch_plain(&service), Ok(1));
        });
        scope.check().unwrap();
    }

    #[test]
    fn with_what_the_closure_makes_each_time_plain() {
        let mut call = 40;
        let scope = Scope::new().fail("fetch", 4, move || {
            call += 1;
            Busy { call }
        });
        let service = Service::failing(0);
        assert_eq!(scope.run_blocking(|| fetch_plain(&service)), Err(Busy { call: 44 }));
    }

    #[test]
    fn one_fault_after_the_other_plain() {
        let scope = Scope::new()
            .fail("fetch", 1, || Busy { call: 10 })
            .fail("fetch", 1, || Busy { call: 20 });
        scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
        let texts: Vec<_> =
            scope.events().iter().map(|event| event.error().map(str::to_owned)).collect();
        assert_eq!(
            texts[..2],
            [Some("busy, call 10".to_owned()), Some("busy, call 20".to_owned())]
        );
    }

    #[test]
    fn only_inside_the_scope_plain() {
        let scope = Scope::new().fail("fetch", 9, BUSY);
        assert_eq!(fetch_plain(&Service::failing(0)), Ok(1));
        let beside = Scope::new();
        assert_eq!(beside.run_blocking(|| fetch_plain(&Service::failing(0))), Ok(1));
        scope.check().unwrap_err();
    }

    #[test]
    fn although_the_error_is_not_selected_plain() {
        #[retry_on(io::Error)]
        fn fetch() -> Result<(), Busy> {
            Ok(())
        }

        let scope = Scope::new().fail("fetch", 1, BUSY);
        assert_eq!(scope.run_blocking(fetch), Err(Busy { call: 0 }));
        assert_eq!(scope.events()[0].reason(), Some("not_retryable"));
    }

    #[tokio::test]
    async fn of_methods_below_async_trait() {
        #[async_trait]
        trait Fetch {
            async fn fetch(&self) -> Result<u32, Busy>;
        }

        struct Client;

        #[async_trait]
        impl Fetch for Client {
            #[retry_on(Busy)]
            async fn fetch(&self) -> Result<u32, Busy> {
                Ok(7)
            }
        }

        let scope = Scope::new().fail("fetch", 2, BUSY);
        assert_eq!(scope.run(Client.fetch()).await, Ok(7));
        assert_eq!(scope.events().len(), 3);
        scope.check().unwrap();
    }

    #[test]
    fn of_functions_with_a_type_parameter_plain() {
        #[retry_on(_)]
        fn fetch<T: Default, E: Error + 'static>() -> Result<T, E> {
            Ok(T::default())
        }

        let scope = Scope::new().fail("fetch", 2, BUSY);
        assert_eq!(scope.run_blocking(fetch::<u32, Busy>), Ok(0));
        scope.check().unwrap();
    }
}

/// As in logs, or by the end of that.
mod a_function_is_named {
    use super::*;

    /// How many attempts fail of a function that is called like this.
    fn failed(name: &str) -> usize {
        let scope = Scope::new().fail(name, 1, BUSY);
        scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
        scope.pauses().len()
    }

    #[test]
    fn by_its_whole_name_or_by_the_end_of_it_plain() {
        assert_eq!(failed("shop::fetch"), 1);
        assert_eq!(failed("fetch"), 1);
    }

    #[test]
    fn by_nothing_less_than_a_word_plain() {
        for name in ["etch", "h", "", "::fetch", "op::fetch", "shop", "shop::", "Fetch", "fetch "] {
            assert_eq!(failed(name), 0, "{name:?}");
        }
        assert_eq!(failed("my::shop::fetch"), 0);
    }

    #[test]
    fn by_its_path_where_it_has_no_name_of_its_own_plain() {
        #[retry_on(Busy)]
        fn order() -> Result<(), Busy> {
            Ok(())
        }

        for name in
            ["order", "a_function_is_named::order", "behavior::scope::a_function_is_named::order"]
        {
            let scope = Scope::new().fail(name, 1, BUSY);
            scope.run_blocking(order).unwrap();
            assert_eq!(scope.pauses().len(), 1, "{name}");
        }
    }

    /// A closure has no return type to make an error for, and none is injected.
    #[test]
    fn and_a_closure_is_not_plain() {
        let scope = Scope::new().fail("closure", 1, BUSY);
        let policy = retry_runtime::Policy::DEFAULT;
        let call = || Retry::new(&policy).name("closure").run_blocking(|| Ok::<_, Busy>(7));
        assert_eq!(scope.run_blocking(call), Ok(7));
        assert_eq!(scope.check(), Err(FaultError::Left { site: "closure".to_owned(), left: 1 }));
    }
}

mod some_attempts_fail {
    use super::*;

    /// Which of a thousand calls fail, for a function that is not retried.
    fn failed(scope: &Scope) -> Vec<bool> {
        #[retry_on(Busy, max = 1)]
        fn once() -> Result<(), Busy> {
            Ok(())
        }

        scope.run_blocking(|| (0..1000).map(|_| once().is_err()).collect())
    }

    fn share(share: f64) -> usize {
        let scope = Scope::new().seed(7).fail_sometimes("once", share, BUSY);
        scope.check().unwrap();
        failed(&scope).into_iter().filter(|failed| *failed).count()
    }

    #[test]
    fn as_large_a_share_as_the_test_says_plain() {
        assert!((250..350).contains(&share(0.3)), "{} of 1000", share(0.3));
        assert_eq!((share(0.0), share(1.0)), (0, 1000));
    }

    #[test]
    fn none_or_all_where_the_share_is_no_share_plain() {
        assert_eq!((share(-1.0), share(f64::NEG_INFINITY), share(f64::NAN)), (0, 0, 0));
        assert_eq!((share(2.0), share(f64::INFINITY)), (1000, 1000));
    }

    #[test]
    fn the_same_ones_for_the_same_seed_plain() {
        let seeded = |seed| failed(&Scope::new().seed(seed).fail_sometimes("once", 0.5, BUSY));
        assert_eq!(seeded(7), seeded(7));
        assert_ne!(seeded(7), seeded(8));
    }

    #[tokio::test]
    async fn and_retries_bring_most_of_them_through() {
        let scope = Scope::new().seed(7).fail_sometimes("fetch", 0.2, BUSY);
        let service = Service::failing(0);
        let mut succeeded = 0;
        for _ in 0..200 {
            succeeded += u32::from(scope.run(fetch(&service)).await.is_ok());
        }
        assert!(succeeded >= 195, "{succeeded} of 200");
        assert!(scope.pauses().len() > 20, "{} retries", scope.pauses().len());
    }
}

mod check {
    use super::*;

    #[test]
    fn is_content_where_nothing_was_to_fail() {
        Scope::new().check().unwrap();
    }

    #[test]
    fn tells_what_has_not_failed_yet_plain() {
        let scope = Scope::new().fail("fetch", 5, BUSY);
        scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap_err();
        let error = scope.check().unwrap_err();
        assert_eq!(error, FaultError::Left { site: "fetch".to_owned(), left: 1 });
        assert_eq!(error.to_string(), "1 attempts of `fetch` were to fail and have not been made");
    }

    #[test]
    fn tells_of_a_name_that_no_function_has_plain() {
        let scope = Scope::new().fail("fetsch", 1, BUSY);
        scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
        let left = FaultError::Left { site: "fetsch".to_owned(), left: 1 };
        assert_eq!(scope.check(), Err(left));
    }

    #[test]
    fn tells_of_an_error_that_the_function_does_not_return_plain() {
        let scope = Scope::new().fail("fetch", 1, || io::Error::other("full"));
        assert_eq!(scope.run_blocking(|| fetch_plain(&Service::failing(0))), Ok(1));
        let Err(FaultError::ErrorType { site, given, returned }) = scope.check() else {
            panic!("{:?}", scope.check());
        };
        assert_eq!((site.as_str(), given), ("shop::fetch", "std::io::error::Error"));
        assert!(returned.ends_with("::Busy"), "{returned}");
    }

    #[tokio::test]
    async fn tells_of_an_error_that_the_function_does_not_return() {
        let scope = Scope::new().fail("fetch", 1, || io::Error::other("full"));
        assert_eq!(scope.run(fetch(&Service::failing(0))).await, Ok(1));
        assert!(matches!(scope.check(), Err(FaultError::ErrorType { .. })));
    }

    #[test]
    fn tells_the_first_of_several_plain() {
        let scope = Scope::new().fail("fetch", 1, BUSY).fail("one", 1, BUSY).fail("two", 2, BUSY);
        scope.run_blocking(|| fetch_plain(&Service::failing(0))).unwrap();
        assert_eq!(scope.check(), Err(FaultError::Left { site: "one".to_owned(), left: 1 }));
    }

    #[test]
    fn is_content_with_a_share_of_attempts_however_many_failed() {
        Scope::new().fail_sometimes("fetch", 0.5, BUSY).check().unwrap();
    }
}

/// Whatever holds an error.
mod an_error_that_is_made_can_be {
    use super::*;

    type Sendable = Box<dyn Error + Send + Sync>;

    /// A function with this error, async and plain, fails once and recovers.
    macro_rules! recovers {
        ($Error:ty, $error:expr) => {{
            #[retry_on(Busy)]
            async fn asynchronous() -> Result<u32, $Error> {
                Ok(7)
            }

            #[retry_on(Busy)]
            fn plain() -> Result<u32, $Error> {
                Ok(8)
            }

            let make = || -> $Error { $error };
            let scope = Scope::new().fail("asynchronous", 1, make).fail("plain", 1, make);
            assert!(matches!(block_on(scope.run(asynchronous())), Ok(7)));
            assert!(matches!(scope.run_blocking(plain), Ok(8)));
            assert_eq!(scope.pauses().len(), 2);
            scope.check().unwrap();
        }};
    }

    #[test]
    fn a_type_of_ones_own() {
        recovers!(Busy, Busy { call: 0 });
    }

    #[test]
    fn a_box_of_any_error() {
        recovers!(Sendable, Busy { call: 0 }.into());
        recovers!(Box<dyn Error>, Busy { call: 0 }.into());
        recovers!(Arc<dyn Error + Send + Sync>, Arc::new(Busy { call: 0 }));
    }

    #[test]
    fn a_report() {
        recovers!(anyhow::Error, Busy { call: 0 }.into());
        recovers!(eyre::Report, Busy { call: 0 }.into());
    }

    #[test]
    fn an_io_error() {
        recovers!(io::Error, io::Error::other(Busy { call: 0 }));
    }

    #[test]
    fn behind_an_alias_plain() {
        #[retry_on(Busy)]
        fn fetch() -> anyhow::Result<u32> {
            Ok(7)
        }

        let scope = Scope::new().fail("fetch", 1, || anyhow::Error::from(Busy { call: 0 }));
        assert_eq!(scope.run_blocking(fetch).unwrap(), 7);
        scope.check().unwrap();
    }
}

mod beside_a_paused_clock {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_take_none_of_its_time() {
        let (scope, start) = (Scope::new().longest_pauses(), Instant::now());
        scope.run(fetch(&Service::down())).await.unwrap_err();
        assert_eq!(scope.pauses(), [100 * MS, 200 * MS, 400 * MS]);
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_take_its_time() {
        #[retry_on(Busy)]
        async fn slow(service: &Service) -> Result<u32, Busy> {
            sleep(1000 * MS).await;
            service.call()
        }

        let (scope, start) = (Scope::new(), Instant::now());
        scope.run(slow(&Service::failing(2))).await.unwrap();
        assert_eq!((scope.pauses().len(), start.elapsed()), (2, 3000 * MS));
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_are_cut_in_its_time() {
        #[derive(Debug, thiserror::Error)]
        #[error("too late")]
        struct TooLate(#[from] retry_runtime::TimedOut);

        #[retry_on(_, timeout = "1s")]
        async fn stuck() -> Result<(), TooLate> {
            std::future::pending().await
        }

        let (scope, start) = (Scope::new(), Instant::now());
        assert_eq!(scope.run(stuck()).await.unwrap_err().0.attempt(), 3);
        assert_eq!(start.elapsed(), 3000 * MS);
    }

    /// It is as good as a clock for what it was made for.
    #[tokio::test(start_paused = true)]
    async fn a_scope_is_not_needed_for_pauses_to_pass() {
        let start = Instant::now();
        fetch(&Service::failing(2)).await.unwrap();
        assert!(start.elapsed() <= 300 * MS);
    }
}

/// Zero pauses are pauses, and let others have a turn.
#[tokio::test]
async fn a_pause_that_passes_at_once_lets_other_tasks_run() {
    let turns = Arc::new(AtomicU32::new(0));
    let other = Arc::clone(&turns);
    tokio::spawn(async move {
        loop {
            other.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    Scope::new().run(fetch(&Service::down())).await.unwrap_err();
    assert!(turns.load(Ordering::Relaxed) >= 3, "{turns:?}");
}

/// The closure that makes an error may do what it likes, and must not wait for itself.
mod an_error_can_be_made_by_code {
    use super::*;

    /// What the scenario comes to, unless it never ends.
    fn ends<R: Send + 'static>(scenario: impl FnOnce() -> R + Send + 'static) -> R {
        let (sender, receiver) = std::sync::mpsc::channel();
        thread::spawn(move || sender.send(scenario()));
        receiver.recv_timeout(Duration::from_secs(5)).expect("it waits for itself")
    }

    #[test]
    fn that_is_retried_itself_plain() {
        #[retry_on(Busy)]
        fn other() -> Result<u32, Busy> {
            Ok(7)
        }

        let scenario = || {
            let scope = Scope::new().fail("fetch", 1, || Busy { call: other().unwrap() });
            scope.run_blocking(|| fetch_plain(&Service::failing(0)))
        };
        assert_eq!(ends(scenario), Ok(1));
    }

    #[test]
    fn that_takes_time_plain() {
        let scenario = || {
            let scope = Scope::new();
            let clock = scope.clone();
            let scope = scope.fail("fetch", 1, move || {
                clock.advance(1000 * MS);
                Busy { call: 0 }
            });
            scope.run_blocking(|| fetch_plain(&Service::failing(0)))
        };
        assert_eq!(ends(scenario), Ok(1));
    }
}
