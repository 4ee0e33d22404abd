use super::*;

#[tokio::test(start_paused = true)]
async fn are_told_of_retries_and_of_the_end() {
    let (service, log) = (Service::down(), std::sync::Mutex::new(Vec::new()));
    let on_retry = |retry: &OnRetry<'_, Busy>| {
        let told = (retry.attempt(), retry.error().unwrap().call, retry.pause().as_millis());
        log.lock().unwrap().push(told);
    };
    let on_give_up = |end: &OnGiveUp<'_, Busy>| {
        assert_eq!(end.reason(), EndReason::MaxAttempts);
        log.lock().unwrap().push((end.attempt(), end.error().unwrap().call, 0));
    };
    let call = Retry::new(&POLICY).on_retry(on_retry).on_give_up(on_give_up);
    call.run(async || service.call()).await.unwrap_err();
    assert_eq!(log.into_inner().unwrap(), [(1, 1, 100), (2, 2, 200), (3, 3, 400), (4, 4, 0)]);
}

#[test]
fn are_told_of_retries_and_of_the_end_plain() {
    let (service, _clock) = (Service::down(), Scope::new().enter());
    let log = std::sync::Mutex::new(Vec::new());
    let on_retry = |retry: &OnRetry<'_, Busy>| log.lock().unwrap().push(retry.attempt());
    let on_give_up = |end: &OnGiveUp<'_, Busy>| log.lock().unwrap().push(10 * end.attempt());
    let call = Retry::new(&POLICY).on_retry(on_retry).on_give_up(on_give_up);
    call.run_blocking(|| service.call()).unwrap_err();
    assert_eq!(log.into_inner().unwrap(), [1, 2, 3, 40]);
}

#[test]
fn are_not_told_of_an_error_that_is_not_retried_plain() {
    let call = Retry::new(&POLICY)
        .when(|_| false)
        .on_retry(|_| unreachable!("there is none"))
        .on_give_up(|_| unreachable!("no limit ended it"));
    let service = Service::down();
    call.run_blocking(|| service.call()).unwrap_err();
}
