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

    let _clock = Scope::new().enter();
    let policy = Policy::builder().nested(NestedRetries::Inner).build();
    assert_eq!(outer(&Service::down(), &policy), Err(Busy { call: 3 }));
    assert_eq!(outer(&Service::down(), &Policy::DEFAULT), Err(Busy { call: 9 }));
}

/// Makes the outer function of another error, and asserts that only the inner one retries.
macro_rules! is_recognized_in {
    ($error:ty, $of:expr) => {{
        #[retry_on(_, delay = "0ms", budget = none, nested = "inner")]
        fn outer(service: &Service) -> Result<u32, $error> {
            inner(service).map_err($of)
        }

        let service = Service::down();
        outer(&service).unwrap_err();
        assert_eq!(service.calls(), 3);
    }};
}

#[test]
fn its_error_is_recognized_as_a_source_plain() {
    #[derive(Debug, thiserror::Error)]
    #[error("no page")]
    struct NoPage(#[from] Busy);

    is_recognized_in!(NoPage, NoPage::from);
    is_recognized_in!(anyhow::Error, |busy| anyhow::Error::new(busy).context("no page"));
    is_recognized_in!(std::io::Error, std::io::Error::other);
}

#[test]
fn its_error_is_recognized_behind_a_variant_plain() {
    #[derive(Debug, thiserror::Error)]
    enum PageError {
        #[error(transparent)]
        Busy(#[from] Busy),
    }

    is_recognized_in!(PageError, PageError::from);
    is_recognized_in!(Box<PageError>, |busy| Box::new(busy.into()));
}

#[test]
fn its_error_is_recognized_in_a_text_plain() {
    #[derive(Debug, thiserror::Error)]
    #[error("no page: {0}, after three attempts")]
    struct NoPage(String);

    is_recognized_in!(String, |busy| busy.to_string());
    is_recognized_in!(NoPage, |busy| NoPage(busy.to_string()));
    is_recognized_in!(anyhow::Error, |busy| anyhow::anyhow!("no page: {busy}"));
}

/// Of the error that gave up, the body returns a source.
#[test]
fn its_error_is_recognized_without_what_was_around_it_plain() {
    #[derive(Debug, thiserror::Error)]
    #[error("no page")]
    struct NoPage(#[from] Busy);

    #[retry_on(_, delay = "0ms", budget = none)]
    fn page(service: &Service) -> Result<u32, NoPage> {
        Ok(service.call()?)
    }

    #[retry_on(_, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        page(service).map_err(|NoPage(busy)| busy)
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
}

/// Nothing can be compared, so it may be the one that gave up.
#[test]
fn an_error_without_a_text_is_not_retried_plain() {
    struct Silent;

    #[retry_on(_, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Silent> {
        inner(service).map_err(|_| Silent)
    }

    let service = Service::down();
    assert!(outer(&service).is_err());
    assert_eq!(service.calls(), 3);
}

#[test]
fn a_value_that_it_gave_up_with_is_not_polled_for_again_plain() {
    #[retry_on(_, delay = "0ms", until = |_| false)]
    fn poll(service: &Service) -> Result<u32, Busy> {
        Ok(service.count_call())
    }

    #[retry_on(_, delay = "0ms", until = |_| false, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        poll(service)
    }

    assert_eq!(outer(&Service::down()), Ok(3));
}

#[test]
fn a_closure_counts_as_a_function_plain() {
    let policy = Policy::builder().nested(NestedRetries::Inner).build();
    let service = Service::down();
    let call = || inner(&service);
    assert_eq!(retry_runtime::retry_blocking(&policy, call), Err(Busy { call: 3 }));
}

#[tokio::test(start_paused = true)]
async fn a_closure_counts_as_a_function() {
    let policy = Policy::builder().nested(NestedRetries::Inner).build();
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
