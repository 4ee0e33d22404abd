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
