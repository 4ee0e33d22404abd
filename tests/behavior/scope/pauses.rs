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
    assert_eq!(scope.events()[2].reason(), Some(EndReason::Deadline));
}

#[tokio::test]
async fn let_time_pass_for_deadlines() {
    #[retry_on(Busy, max = 99, jitter = none, deadline = "1s", timeout = none)]
    async fn fetch(service: &Service, scope: &Scope) -> Result<u32, Busy> {
        scope.advance(250 * MS);
        service.call()
    }

    let scope = Scope::new();
    let call = scope.run(fetch(&Service::down(), &scope)).await;
    assert_eq!(call, Err(Busy { call: 3 }));
}
