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
