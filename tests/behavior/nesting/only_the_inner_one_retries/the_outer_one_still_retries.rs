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

/// The body has dealt with what gave up, so the error is its own.
#[test]
fn its_own_errors_after_a_call_that_gave_up_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn with_fallback(other: &Service) -> Result<u32, Busy> {
        inner(&Service::down()).or_else(|_| other.call())
    }

    assert_eq!(with_fallback(&Service::failing(2)), Ok(3));
}

#[tokio::test(start_paused = true)]
async fn its_own_errors_after_a_call_that_gave_up() {
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    async fn with_fallback(other: &Service) -> Result<u32, Busy> {
        match inner_async(&Service::down()).await {
            Ok(call) => Ok(call),
            Err(_) => other.call(),
        }
    }

    assert_eq!(with_fallback(&Service::failing(2)).await, Ok(3));
}

#[test]
fn errors_of_a_closure_after_a_call_that_gave_up_plain() {
    let _scope = Scope::new().enter();
    let policy = Policy::builder().nested(NestedRetries::Inner).build();
    let other = Service::failing(2);
    let call = || inner(&Service::down()).or_else(|_| other.call());
    assert_eq!(retry_runtime::retry_blocking(&policy, call), Ok(3));
}

/// The one in between has dealt with it, so it is not the one that gave up.
#[test]
fn an_error_of_one_in_between_that_it_does_not_retry_plain() {
    #[retry_on(std::io::Error, nested = "inner")]
    fn middle(service: &Service) -> Result<u32, Busy> {
        inner(&Service::down()).or_else(|_| service.call())
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn top(service: &Service) -> Result<u32, Busy> {
        middle(service)
    }

    assert_eq!(top(&Service::failing(2)), Ok(3));
}

/// The text says nothing of the error that it replaces.
#[test]
fn an_error_that_shows_nothing_of_the_one_that_gave_up_plain() {
    #[retry_on(_, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, anyhow::Error> {
        inner(service).map_err(|_| anyhow::anyhow!("no page"))
    }

    let service = Service::down();
    outer(&service).unwrap_err();
    assert_eq!(service.calls(), 9);
}

/// Both end in the same source, but another request failed.
#[test]
fn the_error_of_another_call_with_the_same_source_plain() {
    #[derive(Debug, thiserror::Error)]
    #[error("no answer from {host}")]
    struct NoAnswer {
        host: &'static str,
        source: std::io::Error,
    }

    fn no_answer(host: &'static str) -> Result<u32, NoAnswer> {
        Err(NoAnswer { host, source: std::io::ErrorKind::ConnectionRefused.into() })
    }

    #[retry_on(_, delay = "0ms", budget = none)]
    fn first() -> Result<u32, NoAnswer> {
        no_answer("one")
    }

    #[retry_on(_, delay = "0ms", budget = none, nested = "inner")]
    fn outer(calls: &Cell<u32>) -> Result<u32, NoAnswer> {
        calls.set(calls.get() + 1);
        first().or_else(|_| no_answer("two"))
    }

    let calls = Cell::new(0);
    outer(&calls).unwrap_err();
    assert_eq!(calls.get(), 3);
}

/// It came too late to be the reason.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_took_too_long_after_a_call_that_gave_up() {
    #[derive(Debug, thiserror::Error)]
    #[error("too late")]
    struct TooLate;

    impl From<retry_runtime::TimedOut> for TooLate {
        fn from(_: retry_runtime::TimedOut) -> Self {
            Self
        }
    }

    #[retry_on(_, delay = "0ms")]
    async fn gives_up() -> Result<u32, TooLate> {
        Err(TooLate)
    }

    #[retry_on(_, timeout = "1s", nested = "inner")]
    async fn outer(calls: &Cell<u32>) -> Result<u32, TooLate> {
        calls.set(calls.get() + 1);
        let _ = gives_up().await;
        pending().await
    }

    let calls = Cell::new(0);
    outer(&calls).await.unwrap_err();
    assert_eq!(calls.get(), 3);
}

/// A poll inside ended with a value, of which the body made an error.
#[test]
fn an_error_after_a_poll_that_gave_up_with_a_value_plain() {
    #[retry_on(_, delay = "0ms", until = |call| *call > 5)]
    fn poll(service: &Service) -> Result<u32, Busy> {
        Ok(service.count_call())
    }

    #[retry_on(_, delay = "0ms", nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        match poll(service)? {
            call @ 0..=5 => Err(Busy { call }),
            call => Ok(call),
        }
    }

    assert_eq!(outer(&Service::down()), Ok(6));
}

/// Jobs that are not the attempt's, run by its thread while it waits: those of a thread pool, or of
/// an executor that is not tokio's.
#[test]
fn its_own_errors_while_its_thread_runs_jobs_of_others_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service, jobs: &Cell<u32>) -> Result<u32, Busy> {
        let answer = service.call();
        let job = || {
            jobs.set(jobs.get() + 1);
            let other = Service::down();
            for _ in 0..10 {
                other.count_call();
            }
            drop(inner(&other));
        };
        job();
        block_on(async { job() });
        answer
    }

    let jobs = Cell::new(0);
    assert_eq!(outer(&Service::down(), &jobs), Err(Busy { call: 3 }));
    assert_eq!(jobs.get(), 6);
}
