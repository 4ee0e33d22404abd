use super::*;

#[tokio::test(start_paused = true)]
async fn is_called_until_it_succeeds() {
    let (service, start) = (Service::failing(3), Instant::now());
    assert_eq!(retry(&POLICY, async || service.call()).await, Ok(4));
    assert_eq!(start.elapsed(), 700 * MS);
}

#[tokio::test(start_paused = true)]
async fn is_called_as_often_as_the_policy_says_and_its_last_error_comes_back() {
    let service = Service::down();
    assert_eq!(retry(&POLICY, async || service.call()).await, Err(Busy { call: 4 }));
}

#[tokio::test(start_paused = true)]
async fn may_borrow_mutably() {
    let (service, mut log) = (Service::failing(2), Vec::new());
    let call = Retry::new(&POLICY).run_lending(async || {
        log.push("start");
        yield_now().await;
        log.push("end");
        service.call()
    });
    assert_eq!(call.await, Ok(3));
    assert_eq!(log, ["start", "end"].repeat(3));
}

#[tokio::test(start_paused = true)]
async fn may_return_what_it_borrows() {
    let (service, name) = (Service::failing(1), "Ada".to_owned());
    let call = retry(&POLICY, async || service.call().map(|_| name.as_str()));
    assert_eq!(call.await, Ok("Ada"));
}

#[tokio::test(start_paused = true)]
async fn does_nothing_before_it_is_polled() {
    let service = Service::down();
    drop(retry(&POLICY, async || service.call()));
    assert_eq!(service.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn ends_where_its_future_is_dropped() {
    let service = Service::down();
    let call = retry(&POLICY, async || service.call());
    tokio::time::timeout(150 * MS, call).await.unwrap_err();
    sleep(60_000 * MS).await;
    assert_eq!(service.calls(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn can_be_spawned() {
    const QUICK: Policy = built(POLICY.to_builder().delay(Duration::from_millis(1)));
    let service = Arc::new(Service::failing(3));
    let call = tokio::spawn(Retry::new(&QUICK).run_lending(async move || {
        yield_now().await;
        service.call()
    }));
    assert_eq!(call.await.unwrap(), Ok(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn can_be_spawned_with_everything_that_can_be_set() {
    static BUDGET: Budget = Budget::standard_2_0();
    const QUICK: Policy = built(POLICY.to_builder().delay(Duration::from_millis(1)));
    let retry = Retry::new(&QUICK)
        .name("spawned")
        .when(|_| true)
        .unless(|_| false)
        .hint(|_| None::<Duration>)
        .budget(&BUDGET)
        .timeout(Duration::from_mins(1))
        .on_retry(|_| ())
        .on_give_up(|_| ());
    let service = Arc::new(Service::failing(3));
    let call = tokio::spawn(retry.run_lending(async move || {
        yield_now().await;
        service.call().map_err(io::Error::other)
    }));
    assert_eq!(call.await.unwrap().unwrap(), 4);
}

/// Any error that can be printed: there need be no `Error`.
#[tokio::test(start_paused = true)]
async fn may_fail_with_a_text() {
    let mut calls = 0;
    let call = Retry::new(&POLICY).run_lending(async || {
        calls += 1;
        if calls < 3 { Err("busy".to_owned()) } else { Ok(calls) }
    });
    assert_eq!(call.await, Ok(3));
}
