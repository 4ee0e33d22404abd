//! Retries inside retries, whose attempts multiply: they are noticed, and can be made not to.

use std::cell::Cell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use retry_runtime::testing::ManualClock;
use retry_runtime::{Budget, GaveUp, Nested, Policy, PolicyError, Reason, Stop, retry_on};
use retry_tests::{Busy, LogEvent, MS, Recorder, Service, block_on};
use tokio::task::{JoinSet, LocalSet, yield_now};
use tokio::time::sleep;
use tracing::Level;

/// What was said of retries inside retries, as only such events name an inner site.
fn notices(recorder: &Recorder) -> Vec<LogEvent> {
    recorder.events().into_iter().filter(|event| event.field("inner").is_some()).collect()
}

/// The level, the outer site and the inner one.
fn pairs(recorder: &Recorder) -> Vec<(Level, String, String)> {
    let field = |event: &LogEvent, name| event.field(name).unwrap().to_owned();
    let pair = |event: &LogEvent| (event.level, field(event, "site"), field(event, "inner"));
    notices(recorder).iter().map(pair).collect()
}

/// The pairs that a WARN names, in no particular order.
fn warnings(recorder: &Recorder) -> Vec<(String, String)> {
    let mut warnings: Vec<_> = pairs(recorder)
        .into_iter()
        .filter(|(level, ..)| *level == Level::WARN)
        .map(|(_, outer, inner)| (outer, inner))
        .collect();
    warnings.sort();
    warnings
}

fn pair(outer: &str, inner: &str) -> (String, String) {
    (outer.to_owned(), inner.to_owned())
}

/// A function for each test, for a pair is warned of once.
macro_rules! inner {
    () => {
        #[retry_on(Busy, delay = "0ms", budget = none, name = "inner")]
        fn inner(service: &Service) -> Result<u32, Busy> {
            service.call()
        }
    };
    (async) => {
        #[retry_on(Busy, delay = "0ms", budget = none, name = "inner")]
        async fn inner(service: &Service) -> Result<u32, Busy> {
            service.call()
        }
    };
}

mod are_noticed {
    use super::*;

    #[test]
    fn plain_in_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
        assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
    }

    #[tokio::test(start_paused = true)]
    async fn async_in_async() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service).await
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()).await, Err(Busy { call: 9 }));
        assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
    }

    #[tokio::test(start_paused = true)]
    async fn plain_in_async() {
        inner!();

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            yield_now().await;
            inner(service)
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()).await, Err(Busy { call: 9 }));
        assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
    }

    #[test]
    fn async_in_plain() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            block_on(inner(service))
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
        assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
    }

    /// The root of a runtime is no task.
    #[test]
    fn async_in_plain_on_a_runtime_of_its_own() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(inner(service))
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
        assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
    }

    #[tokio::test(start_paused = true)]
    async fn inside_a_task() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
            inner(&service).await
        }

        let recorder = Recorder::start();
        let task = tokio::spawn(outer(Arc::new(Service::down())));
        assert_eq!(task.await.unwrap(), Err(Busy { call: 9 }));
        assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
    }

    /// Retried and in the end successful, they multiply too.
    #[test]
    fn where_the_inner_one_recovers_plain() {
        inner!();

        #[retry_on(Busy, name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::failing(1)), Ok(2));
        assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_inner_one_pauses() {
        #[retry_on(Busy, name = "inner")]
        async fn inner(service: &Service) -> Result<u32, Busy> {
            sleep(10 * MS).await;
            service.call()
        }

        #[retry_on(Busy, name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            sleep(10 * MS).await;
            let call = inner(service).await;
            sleep(10 * MS).await;
            call
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::failing(1)).await, Ok(2));
        assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
    }

    #[tokio::test(start_paused = true)]
    async fn of_several_that_are_joined_in_one_attempt() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "other")]
        async fn other(service: &Service) -> Result<u32, Busy> {
            yield_now().await;
            service.call()
        }

        #[retry_on(Busy, max = 2, delay = "0ms", name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            let (one, two) = tokio::join!(inner(service), other(service));
            one.and(two)
        }

        let recorder = Recorder::start();
        outer(&Service::down()).await.unwrap_err();
        assert_eq!(warnings(&recorder), [pair("outer", "inner"), pair("outer", "other")]);
    }

    #[test]
    fn on_three_levels_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", budget = none, name = "middle")]
        fn middle(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            middle(service)
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()), Err(Busy { call: 27 }));
        assert_eq!(warnings(&recorder), [pair("middle", "inner"), pair("outer", "middle")]);
    }

    #[tokio::test(start_paused = true)]
    async fn on_three_levels() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", budget = none, name = "middle")]
        async fn middle(service: &Service) -> Result<u32, Busy> {
            yield_now().await;
            inner(service).await
        }

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            middle(service).await
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()).await, Err(Busy { call: 27 }));
        assert_eq!(warnings(&recorder), [pair("middle", "inner"), pair("outer", "middle")]);
    }

    #[test]
    fn in_a_recursion_plain() {
        #[retry_on(Busy, delay = "0ms", name = "descend")]
        fn descend(service: &Service, depth: u32) -> Result<u32, Busy> {
            if depth == 0 { service.call() } else { descend(service, depth - 1) }
        }

        let recorder = Recorder::start();
        assert_eq!(descend(&Service::down(), 1), Err(Busy { call: 9 }));
        assert_eq!(warnings(&recorder), [pair("descend", "descend")]);
    }

    #[test]
    fn of_closures_too_plain() {
        use retry_runtime::{Retry, retry_blocking};

        #[retry_on(Busy, max = 2, name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            Retry::new(&Policy::DEFAULT).name("closure").run_blocking(|| service.call())
        }

        inner!();

        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        outer(&Service::down()).unwrap_err();
        retry_blocking(&Policy::DEFAULT, || inner(&Service::down())).unwrap_err();
        let warnings = warnings(&recorder);
        assert!(warnings.contains(&pair("outer", "closure")), "{warnings:?}");
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert_eq!(warnings[1].1, "inner");
    }

    #[tokio::test(start_paused = true)]
    async fn of_closures_too() {
        use retry_runtime::Retry;

        #[retry_on(Busy, max = 2, name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            Retry::new(&Policy::DEFAULT).name("closure").run(async || service.call()).await
        }

        let recorder = Recorder::start();
        outer(&Service::down()).await.unwrap_err();
        assert_eq!(warnings(&recorder), [pair("outer", "closure")]);
    }
}

mod the_notice {
    use super::*;

    #[test]
    fn names_both_sites_and_how_many_calls_there_can_be_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let recorder = Recorder::start();
        outer(&Service::failing(1)).unwrap();
        let notice = &notices(&recorder)[0];
        assert_eq!((notice.level, notice.target), (Level::WARN, "retry_runtime"));
        assert_eq!(notice.field("site"), Some("outer"));
        assert_eq!(notice.field("inner"), Some("inner"));
        assert_eq!(notice.field("worst_case"), Some("9"));
        assert!(notice.message.contains("3 x 3 = 9 calls"), "{}", notice.message);
        assert!(notice.message.contains(r#"nested = "inner""#), "{}", notice.message);
    }

    #[test]
    fn counts_by_the_max_of_each_plain() {
        #[retry_on(Busy, max = 5, delay = "0ms", name = "inner")]
        fn inner(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, max = 7, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let recorder = Recorder::start();
        outer(&Service::failing(1)).unwrap();
        assert_eq!(notices(&recorder)[0].field("worst_case"), Some("35"));
    }

    #[test]
    fn counts_by_the_max_of_the_call_where_that_is_known_at_run_time_only_plain() {
        #[retry_on(_, max = max, delay = "0ms", name = "inner")]
        fn inner(service: &Service, max: u32) -> Result<u32, anyhow::Error> {
            Ok(service.call()?)
        }

        #[retry_on(_, policy = policy, name = "outer")]
        fn outer(service: &Service, policy: &Policy) -> Result<u32, anyhow::Error> {
            inner(service, 5)
        }

        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let policy = Policy::builder().max(7).build().unwrap();
        outer(&Service::failing(1), &policy).unwrap();
        assert_eq!(notices(&recorder)[0].field("worst_case"), Some("35"));
    }

    #[test]
    fn is_a_warning_once_per_pair_and_a_debug_after_that_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        #[retry_on(Busy, delay = "0ms", name = "another")]
        fn another(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let recorder = Recorder::start();
        for _ in 0..3 {
            outer(&Service::failing(1)).unwrap();
        }
        another(&Service::failing(1)).unwrap();
        let levels: Vec<Level> = notices(&recorder).iter().map(|event| event.level).collect();
        assert_eq!(levels, [Level::WARN, Level::DEBUG, Level::DEBUG, Level::WARN]);
    }

    #[tokio::test(start_paused = true)]
    async fn is_a_warning_once_per_pair_and_a_debug_after_that() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service).await
        }

        let recorder = Recorder::start();
        for _ in 0..3 {
            outer(&Service::failing(1)).await.unwrap();
        }
        let levels: Vec<Level> = notices(&recorder).iter().map(|event| event.level).collect();
        assert_eq!(levels, [Level::WARN, Level::DEBUG, Level::DEBUG]);
    }

    /// `nested` is the number of attempts within which another function retried.
    #[test]
    fn counts_each_attempt_once_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let recorder = Recorder::start();
        outer(&Service::down()).unwrap_err();
        let counts: Vec<String> = notices(&recorder)
            .iter()
            .map(|event| event.field("nested").unwrap().to_owned())
            .collect();
        assert_eq!(counts, ["1", "2", "3"]);
    }

    #[tokio::test(start_paused = true)]
    async fn counts_each_attempt_once() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service).await
        }

        let recorder = Recorder::start();
        outer(&Service::down()).await.unwrap_err();
        let counts: Vec<String> = notices(&recorder)
            .iter()
            .map(|event| event.field("nested").unwrap().to_owned())
            .collect();
        assert_eq!(counts, ["1", "2", "3"]);
    }
}

mod are_not_noticed {
    use super::*;

    #[test]
    fn one_after_the_other_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        inner(&Service::down()).unwrap_err();
        outer(&Service::down()).unwrap_err();
        inner(&Service::failing(1)).unwrap();
        outer(&Service::failing(1)).unwrap();
        assert_eq!(pairs(&recorder), []);
    }

    #[tokio::test(start_paused = true)]
    async fn beside_each_other() {
        inner!(async);

        #[retry_on(Busy, name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            yield_now().await;
            service.call()
        }

        let recorder = Recorder::start();
        let (one, other) = (Service::down(), Service::failing(2));
        let (one, other) = tokio::join!(inner(&one), outer(&other));
        assert!(one.is_err() && other.is_ok());
        assert_eq!(pairs(&recorder), []);
    }

    #[test]
    fn where_the_inner_one_succeeds_at_once_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(&Service::failing(0))?;
            service.call()
        }

        let recorder = Recorder::start();
        outer(&Service::down()).unwrap_err();
        assert_eq!(pairs(&recorder), []);
    }

    #[test]
    fn where_the_inner_error_is_not_retried_plain() {
        #[retry_on(std::io::Error, name = "inner")]
        fn inner(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(pairs(&recorder), []);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_task_that_an_attempt_spawns() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer", clone(service))]
        async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
            let task = async move { inner(&service).await };
            tokio::spawn(task).await.unwrap()
        }

        let recorder = Recorder::start();
        assert_eq!(outer(Arc::new(Service::down())).await, Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    #[tokio::test(start_paused = true)]
    async fn in_many_tasks_that_an_attempt_spawns() {
        inner!(async);

        #[retry_on(Busy, max = 2, delay = "0ms", name = "outer")]
        async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
            let mut tasks = JoinSet::new();
            for _ in 0..10 {
                let service = Arc::clone(&service);
                tasks.spawn(async move { inner(&service).await });
            }
            while let Some(ended) = tasks.join_next().await {
                ended.unwrap()?;
            }
            Ok(0)
        }

        let recorder = Recorder::start();
        outer(Arc::new(Service::down())).await.unwrap_err();
        assert_eq!(pairs(&recorder), []);
    }

    /// A task stays a task on whatever thread it is polled.
    #[test]
    fn in_a_task_of_a_runtime_inside_a_plain_attempt() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Arc<Service>) -> Result<u32, Busy> {
            let service = Arc::clone(service);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                tokio::spawn(async move { inner(&service).await }).await.unwrap()
            })
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Arc::new(Service::down())), Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_local_task_inside_an_attempt() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", name = "outer", clone(service))]
        async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
            let task = async move { inner(&service).await };
            LocalSet::new().run_until(async { tokio::task::spawn_local(task).await.unwrap() }).await
        }

        let recorder = Recorder::start();
        assert_eq!(outer(Arc::new(Service::down())).await, Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    #[test]
    fn in_a_thread_that_an_attempt_starts_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            thread::scope(|scope| scope.spawn(|| inner(service)).join().unwrap())
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    /// There is no attempt around it any more.
    #[test]
    fn in_a_hook_plain() {
        inner!();

        #[retry_on(
            Busy,
            delay = "0ms",
            name = "outer",
            on_retry = |_| drop(inner(&Service::failing(1))),
            on_give_up = |_| drop(inner(&Service::failing(1)))
        )]
        fn outer(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        outer(&Service::down()).unwrap_err();
        assert_eq!(pairs(&recorder), []);
    }

    #[tokio::test(start_paused = true)]
    async fn while_the_other_one_pauses() {
        inner!();

        #[retry_on(Busy, jitter = none, name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (recorder, service) = (Recorder::start(), Service::failing(1));
        let meanwhile = async {
            sleep(50 * MS).await;
            inner(&Service::failing(1))
        };
        let (one, other) = tokio::join!(outer(&service), meanwhile);
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(pairs(&recorder), []);
    }

    #[test]
    fn where_the_outer_one_allows_them_plain() {
        inner!();

        #[retry_on(Busy, delay = "0ms", nested = "allow", name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_outer_one_allows_them() {
        inner!(async);

        #[retry_on(Busy, delay = "0ms", nested = "allow", name = "outer")]
        async fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service).await
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down()).await, Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    #[test]
    fn where_the_policy_of_the_call_allows_them_plain() {
        inner!();

        #[retry_on(Busy, policy = policy, name = "outer")]
        fn outer(service: &Service, policy: &Policy) -> Result<u32, Busy> {
            inner(service)
        }

        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let policy = Policy::builder().nested(Nested::Allow).build().unwrap();
        assert_eq!(outer(&Service::down(), &policy), Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    /// The error needs no `From<PolicyError>`, for the key cannot contradict the policy.
    #[test]
    fn where_the_key_beside_the_policy_of_the_call_allows_them_plain() {
        inner!();

        struct Outer {
            policy: Policy,
            nested: Nested,
        }

        impl Outer {
            #[retry_on(Busy, policy = &self.policy, nested = self.nested, name = "outer")]
            fn call(&self, service: &Service) -> Result<u32, Busy> {
                inner(service)
            }
        }

        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let outer = Outer { policy: Policy::DEFAULT, nested: Nested::Allow };
        assert_eq!(outer.call(&Service::down()), Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_key_beside_the_policy_of_the_call_allows_them() {
        inner!(async);

        #[retry_on(Busy, policy = policy, nested = "allow", name = "outer")]
        async fn outer(service: &Service, policy: &Policy) -> Result<u32, Busy> {
            inner(service).await
        }

        let recorder = Recorder::start();
        assert_eq!(outer(&Service::down(), &Policy::DEFAULT).await, Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }

    #[test]
    fn where_the_constant_policy_allows_them_plain() {
        const POLICY: Policy = match Policy::builder().nested(Nested::Allow).build() {
            Ok(policy) => policy,
            Err(_) => panic!("refused"),
        };
        inner!();

        #[retry_on(Busy, policy = &POLICY, name = "outer")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }

        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
        assert_eq!(pairs(&recorder), []);
    }
}

/// `nested = "inner"`: once the inner one has given up, the outer one does not start again.
mod only_the_inner_one_retries {
    use super::*;

    inner!();

    #[retry_on(Busy, delay = "0ms", budget = none, name = "inner_async")]
    async fn inner_async(service: &Service) -> Result<u32, Busy> {
        yield_now().await;
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "outer")]
    async fn outer_async(service: &Service) -> Result<u32, Busy> {
        yield_now().await;
        let call = inner_async(service).await;
        yield_now().await;
        call
    }

    /// Retries what it is given: three calls unless something is left over from before.
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "another")]
    fn another(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "another")]
    async fn another_async(service: &Service) -> Result<u32, Busy> {
        yield_now().await;
        service.call()
    }

    const NOT_RETRIED: &str = r#"DEBUG site="outer" attempt=1 max=3 error.type="Busy" error="busy, call 3" reason="nested" elapsed=0.0"#;

    mod once_it_has_given_up {
        use super::*;

        #[test]
        fn the_outer_one_returns_its_error_at_once_plain() {
            assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
        }

        #[tokio::test(start_paused = true)]
        async fn the_outer_one_returns_its_error_at_once() {
            assert_eq!(outer_async(&Service::down()).await, Err(Busy { call: 3 }));
        }

        #[test]
        fn the_event_says_so_plain() {
            let recorder = Recorder::start();
            outer(&Service::down()).unwrap_err();
            assert_eq!(recorder.lines().last().unwrap(), NOT_RETRIED);
        }

        #[tokio::test(start_paused = true)]
        async fn the_event_says_so() {
            let recorder = Recorder::start();
            outer_async(&Service::down()).await.unwrap_err();
            assert_eq!(recorder.lines().last().unwrap(), NOT_RETRIED);
        }

        /// It is not the outer one that gave up.
        #[test]
        fn the_outer_hooks_are_told_nothing_plain() {
            #[retry_on(
                Busy,
                nested = "inner",
                on_retry = |_| unreachable!("it does not retry"),
                on_give_up = |_| unreachable!("the inner one did")
            )]
            fn outer(service: &Service) -> Result<u32, Busy> {
                inner(service)
            }

            outer(&Service::down()).unwrap_err();
        }

        #[test]
        fn the_policy_of_the_call_decides_plain() {
            #[retry_on(Busy, policy = policy)]
            fn outer(service: &Service, policy: &Policy) -> Result<u32, Busy> {
                inner(service)
            }

            let _clock = ManualClock::install();
            let policy = Policy::builder().nested(Nested::Inner).build().unwrap();
            assert_eq!(outer(&Service::down(), &policy), Err(Busy { call: 3 }));
            assert_eq!(outer(&Service::down(), &Policy::DEFAULT), Err(Busy { call: 9 }));
        }

        #[test]
        fn another_error_of_the_outer_one_in_that_attempt_is_not_retried_either_plain() {
            #[retry_on(_, nested = "inner", delay = "0ms")]
            fn outer(service: &Service) -> Result<u32, anyhow::Error> {
                inner(service).map_err(|_| anyhow::anyhow!("no page"))
            }

            let service = Service::down();
            outer(&service).unwrap_err();
            assert_eq!(service.calls(), 3);
        }

        #[test]
        fn a_closure_counts_as_a_function_plain() {
            let policy = Policy::builder().nested(Nested::Inner).build().unwrap();
            let service = Service::down();
            let call = || inner(&service);
            assert_eq!(retry_runtime::retry_blocking(&policy, call), Err(Busy { call: 3 }));
        }

        #[tokio::test(start_paused = true)]
        async fn a_closure_counts_as_a_function() {
            let policy = Policy::builder().nested(Nested::Inner).build().unwrap();
            let service = Service::down();
            let call = async || inner_async(&service).await;
            assert_eq!(retry_runtime::retry(&policy, call).await, Err(Busy { call: 3 }));
        }

        #[tokio::test(start_paused = true)]
        async fn one_of_several_that_were_joined_is_enough() {
            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            async fn outer(down: &Service, up: &Service) -> Result<u32, Busy> {
                let (one, two) = tokio::join!(inner_async(down), inner_async(up));
                one.and(two)
            }

            let (down, up) = (Service::down(), Service::failing(0));
            assert_eq!(outer(&down, &up).await, Err(Busy { call: 3 }));
            assert_eq!(up.calls(), 1);
        }

        /// The outer one is polled on whichever thread is free.
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn it_counts_across_threads() {
            let mut tasks = JoinSet::new();
            for number in 0..200 {
                tasks.spawn(async move {
                    let service = Service::down();
                    if number % 2 == 0 {
                        assert_eq!(outer_async(&service).await, Err(Busy { call: 3 }));
                    } else {
                        assert_eq!(another_async(&service).await, Err(Busy { call: 3 }));
                    }
                });
            }
            tasks.join_all().await;
        }

        #[tokio::test(start_paused = true)]
        async fn it_counts_across_pauses_and_awaits() {
            #[retry_on(Busy, budget = none)]
            async fn patient(service: &Service) -> Result<u32, Busy> {
                sleep(10 * MS).await;
                service.call()
            }

            #[retry_on(Busy, nested = "inner")]
            async fn outer(service: &Service) -> Result<u32, Busy> {
                let call = patient(service).await;
                sleep(10_000 * MS).await;
                call
            }

            assert_eq!(outer(&Service::down()).await, Err(Busy { call: 3 }));
        }
    }

    /// Whatever the limit was.
    mod however_it_gave_up {
        use super::*;

        #[test]
        fn for_its_deadline_plain() {
            #[retry_on(Busy, jitter = none, deadline = "100ms")]
            fn inner(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                inner(service)
            }

            let _clock = ManualClock::install();
            assert_eq!(outer(&Service::down()), Err(Busy { call: 2 }));
        }

        /// The pause took longer than it should have.
        #[tokio::test(start_paused = true)]
        async fn for_its_deadline_after_a_pause() {
            #[retry_on(Busy, jitter = none, deadline = "1s", sleep = |pause| sleep(20 * pause))]
            async fn inner(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, nested = "inner")]
            async fn outer(service: &Service) -> Result<u32, Busy> {
                inner(service).await
            }

            assert_eq!(outer(&Service::down()).await, Err(Busy { call: 1 }));
        }

        #[test]
        fn for_its_budget_plain() {
            #[retry_on(Busy, budget = budget)]
            fn inner(service: &Service, budget: &Budget) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, nested = "inner")]
            fn outer(service: &Service, budget: &Budget) -> Result<u32, Busy> {
                inner(service, budget)
            }

            let (_clock, budget) = (ManualClock::install(), Budget::tokens(5, 5, 5).unwrap());
            assert_eq!(outer(&Service::down(), &budget), Err(Busy { call: 2 }));
        }

        #[test]
        fn for_a_stop_around_it_plain() {
            #[retry_on(Busy, nested = "inner")]
            fn outer(service: &Service, stop: &Stop) -> Result<u32, Busy> {
                stop.scope_blocking(|| inner(service))
            }

            let (_clock, stop) = (ManualClock::install(), Stop::new());
            stop.request();
            assert_eq!(outer(&Service::down(), &stop), Err(Busy { call: 1 }));
        }

        #[test]
        fn for_having_one_attempt_only_plain() {
            #[retry_on(Busy, max = 1)]
            fn inner(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                inner(service)
            }

            assert_eq!(outer(&Service::down()), Err(Busy { call: 1 }));
        }
    }

    /// What gave up on the lowest level is not started again on any.
    mod on_three_levels {
        use super::*;

        #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "top")]
        fn top(service: &Service) -> Result<u32, Busy> {
            outer(service)
        }

        #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "top")]
        async fn top_async(service: &Service) -> Result<u32, Busy> {
            outer_async(service).await
        }

        #[test]
        fn only_the_innermost_retries_plain() {
            assert_eq!(top(&Service::down()), Err(Busy { call: 3 }));
        }

        #[tokio::test(start_paused = true)]
        async fn only_the_innermost_retries() {
            assert_eq!(top_async(&Service::down()).await, Err(Busy { call: 3 }));
        }

        /// That one in between does not select the error makes no difference.
        #[test]
        fn nor_is_it_where_one_in_between_does_not_retry_the_error_plain() {
            #[retry_on(std::io::Error, nested = "inner")]
            fn middle(service: &Service) -> Result<u32, Busy> {
                inner(service)
            }

            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            fn top(service: &Service) -> Result<u32, Busy> {
                middle(service)
            }

            assert_eq!(top(&Service::down()), Err(Busy { call: 3 }));
        }

        #[test]
        fn one_in_between_that_warns_gives_up_for_itself_plain() {
            #[retry_on(Busy, delay = "0ms", budget = none)]
            fn middle(service: &Service) -> Result<u32, Busy> {
                inner(service)
            }

            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            fn top(service: &Service) -> Result<u32, Busy> {
                middle(service)
            }

            assert_eq!(top(&Service::down()), Err(Busy { call: 9 }));
        }
    }

    mod the_outer_one_still_retries {
        use super::*;

        #[test]
        fn its_own_errors_where_the_inner_one_recovered_plain() {
            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                inner(&Service::failing(2))?;
                service.call()
            }

            assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
            assert_eq!(outer(&Service::failing(2)), Ok(3));
        }

        #[tokio::test(start_paused = true)]
        async fn its_own_errors_where_the_inner_one_recovered() {
            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            async fn outer(service: &Service) -> Result<u32, Busy> {
                inner_async(&Service::failing(2)).await?;
                yield_now().await;
                service.call()
            }

            assert_eq!(outer(&Service::down()).await, Err(Busy { call: 3 }));
            assert_eq!(outer(&Service::failing(2)).await, Ok(3));
        }

        #[test]
        fn an_error_that_the_inner_one_does_not_retry_plain() {
            #[retry_on(std::io::Error)]
            fn inner(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, delay = "0ms", nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                inner(service)
            }

            assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
        }

        #[test]
        fn an_error_that_the_inner_one_does_not_retry_any_more_plain() {
            #[retry_on(Busy { call: 1 }, delay = "0ms")]
            fn inner(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, delay = "0ms", nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                inner(service)
            }

            assert_eq!(outer(&Service::down()), Err(Busy { call: 4 }));
        }

        #[tokio::test(start_paused = true)]
        async fn what_a_task_gave_up_that_it_spawned() {
            #[retry_on(Busy, delay = "0ms", nested = "inner", clone(service))]
            async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
                tokio::spawn(async move { inner_async(&service).await }).await.unwrap()
            }

            assert_eq!(outer(Arc::new(Service::down())).await, Err(Busy { call: 9 }));
        }

        /// That is an earlier attempt of another call on the same thread.
        #[tokio::test(start_paused = true)]
        async fn while_another_call_gives_up_beside_it() {
            let (one, other) = (Service::down(), Service::down());
            let (one, other) = tokio::join!(inner_async(&one), another_async(&other));
            assert_eq!((one, other), (Err(Busy { call: 3 }), Err(Busy { call: 3 })));
        }
    }

    /// A task and the attempt that polls it can call the same function.
    #[test]
    fn what_a_task_does_hides_nothing_of_the_attempt_that_polls_it() {
        #[retry_on(Busy, delay = "0ms", budget = none)]
        async fn inner(service: Arc<Service>) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, delay = "0ms", nested = "inner")]
        fn outer(service: &Arc<Service>) -> Result<u32, Busy> {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let _ = tokio::spawn(inner(Arc::new(Service::down()))).await;
                inner(Arc::clone(service)).await
            })
        }

        assert_eq!(outer(&Arc::new(Service::down())), Err(Busy { call: 3 }));
    }

    mod a_task_and_the_attempt_that_polls_it {
        use super::*;

        #[retry_on(Busy, delay = "0ms", budget = none)]
        async fn shared(service: Arc<Service>) -> Result<u32, Busy> {
            service.call()
        }

        fn runtime() -> tokio::runtime::Runtime {
            tokio::runtime::Builder::new_current_thread().build().unwrap()
        }

        /// What the task gave up is not the attempt's.
        #[test]
        fn are_told_apart_where_the_task_gives_up() {
            #[retry_on(Busy, delay = "0ms", nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                runtime().block_on(async {
                    let _ = tokio::spawn(shared(Arc::new(Service::down()))).await;
                    shared(Arc::new(Service::failing(1))).await
                })?;
                service.call()
            }

            assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
        }

        /// What the task does later takes back nothing.
        #[test]
        fn are_told_apart_where_the_attempt_gives_up() {
            #[retry_on(Busy, delay = "0ms", nested = "inner")]
            fn outer(service: &Arc<Service>) -> Result<u32, Busy> {
                runtime().block_on(async {
                    let call = shared(Arc::clone(service)).await;
                    let _ = tokio::spawn(shared(Arc::new(Service::failing(1)))).await;
                    call
                })
            }

            assert_eq!(outer(&Arc::new(Service::down())), Err(Busy { call: 3 }));
        }
    }

    /// Nor do calls on the levels below, however many there were before.
    #[test]
    fn deeper_calls_hide_nothing_plain() {
        macro_rules! recovers {
            ($($name:ident)*) => {$(
                #[retry_on(Busy, delay = "0ms")]
                fn $name() -> Result<u32, Busy> {
                    static SERVICE: Service = Service::failing(1);
                    SERVICE.call()
                }
            )*};
        }
        recovers!(a b c d e);

        #[retry_on(Busy)]
        fn middle() -> Result<u32, Busy> {
            d()?;
            e()
        }

        #[retry_on(Busy, delay = "0ms", nested = "inner")]
        fn outer(service: &Service) -> Result<u32, Busy> {
            a()?;
            b()?;
            c()?;
            let call = inner(service);
            middle()?;
            call
        }

        assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
    }

    #[test]
    fn many_others_hide_nothing_plain() {
        macro_rules! others {
            ($($name:ident)*) => {
                fn others() {
                    $({
                        #[retry_on(Busy, delay = "0ms")]
                        fn $name(service: &Service) -> Result<u32, Busy> {
                            service.call()
                        }
                        $name(&Service::failing(1)).unwrap();
                    })*
                }
            };
        }
        others!(a b c d e f g h);

        #[retry_on(Busy, delay = "0ms", nested = "inner")]
        fn before(service: &Service) -> Result<u32, Busy> {
            others();
            inner(service)
        }

        #[retry_on(Busy, delay = "0ms", nested = "inner")]
        fn after(service: &Service) -> Result<u32, Busy> {
            let call = inner(service);
            others();
            call
        }

        assert_eq!(before(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(after(&Service::down()), Err(Busy { call: 3 }));
    }

    /// What the body dealt with is over.
    mod nothing_is_left_behind {
        use super::*;

        /// Gives up inside, and succeeds.
        #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
        fn forgiving() -> Result<u32, Busy> {
            Ok(inner(&Service::down()).unwrap_or(0))
        }

        #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
        async fn forgiving_async() -> Result<u32, Busy> {
            yield_now().await;
            Ok(inner_async(&Service::down()).await.unwrap_or(0))
        }

        fn assert_clean() {
            assert_eq!(another(&Service::down()), Err(Busy { call: 3 }), "not retried");
        }

        async fn assert_clean_async() {
            let call = another_async(&Service::down()).await;
            assert_eq!(call, Err(Busy { call: 3 }), "not retried");
        }

        #[test]
        fn by_a_call_that_succeeded_all_the_same_plain() {
            assert_eq!(forgiving(), Ok(0));
            assert_clean();
        }

        #[tokio::test(start_paused = true)]
        async fn by_a_call_that_succeeded_all_the_same() {
            assert_eq!(forgiving_async().await, Ok(0));
            assert_clean_async().await;
            forgiving().unwrap();
            assert_clean_async().await;
            forgiving_async().await.unwrap();
            assert_clean();
        }

        #[test]
        fn by_the_same_function_plain() {
            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            fn outer(service: &Service, is_forgiving: bool) -> Result<u32, Busy> {
                if is_forgiving { Ok(inner(&Service::down()).unwrap_or(0)) } else { service.call() }
            }

            assert_eq!(outer(&Service::down(), true), Ok(0));
            assert_eq!(outer(&Service::down(), false), Err(Busy { call: 3 }));
        }

        #[test]
        fn by_the_attempt_before_plain() {
            #[retry_on(Busy, max = 4, delay = "0ms", ok = |_| true, nested = "inner")]
            fn poll(service: &Service) -> Result<u32, Busy> {
                if service.count_call() == 1 { Ok(inner(&Service::failing(2))?) } else { Ok(0) }
            }

            let service = Service::down();
            assert_eq!(poll(&service), Ok(0));
            assert_eq!(service.calls(), 4);
        }

        #[test]
        fn around_a_call_inside_that_dealt_with_it_plain() {
            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                forgiving()?;
                service.call()
            }

            assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
        }

        #[tokio::test(start_paused = true)]
        async fn around_a_call_inside_that_dealt_with_it() {
            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            async fn outer(service: &Service) -> Result<u32, Busy> {
                forgiving_async().await?;
                service.call()
            }

            assert_eq!(outer(&Service::down()).await, Err(Busy { call: 3 }));
        }

        #[test]
        fn by_a_call_that_returned_the_inner_error_plain() {
            outer(&Service::down()).unwrap_err();
            assert_clean();
        }

        /// The outer one takes no notice, so nobody asks.
        #[test]
        fn by_a_call_that_only_warns_plain() {
            #[retry_on(Busy, max = 1)]
            fn warned() -> Result<u32, Busy> {
                inner(&Service::down())
            }

            #[retry_on(std::io::Error)]
            fn unselected() -> Result<u32, Busy> {
                inner(&Service::down())
            }

            warned().unwrap_err();
            assert_clean();
            unselected().unwrap_err();
            assert_clean();
        }

        #[test]
        fn by_a_panic_plain() {
            #[retry_on(Busy, nested = "inner")]
            fn panicking() -> Result<u32, Busy> {
                let _ = inner(&Service::down());
                panic!("in an attempt");
            }

            catch_unwind(panicking).unwrap_err();
            assert_clean();
        }

        #[test]
        fn by_a_panic_after_a_call_inside_that_dealt_with_it_plain() {
            #[retry_on(Busy, nested = "inner")]
            fn panicking() -> Result<u32, Busy> {
                forgiving()?;
                panic!("in an attempt");
            }

            catch_unwind(panicking).unwrap_err();
            assert_clean();
        }

        #[tokio::test(start_paused = true)]
        async fn by_a_panic() {
            #[retry_on(Busy, nested = "inner")]
            async fn panicking() -> Result<u32, Busy> {
                let _ = inner_async(&Service::down()).await;
                panic!("in an attempt");
            }

            tokio::spawn(panicking()).await.unwrap_err();
            assert_clean_async().await;
        }

        #[tokio::test(start_paused = true)]
        async fn by_a_panic_after_a_call_inside_that_dealt_with_it() {
            #[retry_on(Busy, nested = "inner")]
            async fn panicking() -> Result<u32, Busy> {
                forgiving_async().await?;
                panic!("in an attempt");
            }

            tokio::spawn(panicking()).await.unwrap_err();
            assert_clean_async().await;
        }

        /// The attempts around it are counted as before.
        #[test]
        fn of_a_panic_that_the_body_caught_plain() {
            #[retry_on(Busy)]
            fn panicking() -> Result<u32, Busy> {
                panic!("in an attempt");
            }

            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                catch_unwind(panicking).unwrap_err();
                inner(service)
            }

            assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
            assert_clean();
        }

        #[test]
        fn of_a_panic_and_nothing_is_lost_that_was_there_before_it_plain() {
            #[retry_on(Busy)]
            fn panicking() -> Result<u32, Busy> {
                panic!("in an attempt");
            }

            #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
            fn outer(service: &Service) -> Result<u32, Busy> {
                let call = inner(service);
                catch_unwind(panicking).unwrap_err();
                call
            }

            assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
        }

        #[tokio::test(start_paused = true)]
        async fn by_a_call_that_was_dropped() {
            #[retry_on(Busy, nested = "inner")]
            async fn stuck() -> Result<u32, Busy> {
                let _ = inner_async(&Service::down()).await;
                pending().await
            }

            tokio::time::timeout(1000 * MS, stuck()).await.unwrap_err();
            assert_clean_async().await;
            assert_clean();
        }

        #[tokio::test(start_paused = true)]
        async fn by_an_attempt_that_took_too_long() {
            #[derive(Debug, thiserror::Error)]
            #[error("too late")]
            struct TooLate(#[from] retry_runtime::TimedOut);

            #[retry_on(_, max = 2, timeout = "1s", nested = "inner")]
            async fn stuck() -> Result<u32, TooLate> {
                let _ = inner_async(&Service::down()).await;
                pending().await
            }

            assert_eq!(stuck().await.unwrap_err().0.attempt(), 2);
            assert_clean_async().await;
        }

        #[test]
        fn on_other_threads_plain() {
            forgiving().unwrap();
            thread::spawn(assert_clean).join().unwrap();
        }
    }
}

/// A policy of run time decides for each call.
#[test]
fn the_default_is_to_warn_plain() {
    assert_eq!(Policy::DEFAULT.nested(), Nested::Warn);
    assert_eq!(Nested::default(), Nested::Warn);
}

/// Nobody gave up who has given nothing to try.
#[test]
fn values_that_are_refused_inside_are_no_giving_up_plain() {
    #[retry_on(_, max = max)]
    fn inner(max: u32) -> Result<u32, PolicyError> {
        Ok(max)
    }

    #[retry_on(_, delay = "0ms", nested = "inner", on_give_up = |end: &GaveUp<'_, PolicyError>| reason.set(Some(end.reason())))]
    fn outer(calls: &Cell<u32>, reason: &Cell<Option<Reason>>) -> Result<u32, PolicyError> {
        calls.set(calls.get() + 1);
        inner(0)
    }

    let (calls, reason) = (Cell::new(0), Cell::new(None));
    outer(&calls, &reason).unwrap_err();
    assert_eq!((calls.get(), reason.get()), (3, Some(Reason::MaxAttempts)));
}

/// Whether a runtime is entered does not matter, as long as it is the same task.
#[tokio::test(start_paused = true)]
async fn a_blocking_call_in_a_blocking_thread_is_nested_in_what_runs_there() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let call = tokio::task::spawn_blocking(|| outer(&Service::down())).await.unwrap();
    assert_eq!(call, Err(Busy { call: 3 }));
    let caught = catch_unwind(AssertUnwindSafe(|| outer(&Service::down())));
    assert_eq!(caught.unwrap(), Err(Busy { call: 3 }));
}
