use super::*;

const LIMIT: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn cuts_an_attempt_which_is_retried() {
    let (service, start) = (Service::failing(2), Instant::now());
    let call = Retry::new(&POLICY).timeout(LIMIT).run(async || match service.call() {
        Ok(call) => Ok::<_, io::Error>(call),
        Err(_) => pending().await,
    });
    assert_eq!(call.await.unwrap(), 3);
    assert_eq!(start.elapsed(), (1000 + 100 + 1000 + 200) * MS);
}

#[tokio::test(start_paused = true)]
async fn is_retried_although_when_does_not_select_it() {
    let recorder = Recorder::start();
    let call = Retry::new(&POLICY).timeout(LIMIT).when(|_| false).name("fetch");
    let error = call.run(async || pending::<Result<(), TimedOut>>().await).await.unwrap_err();
    assert_eq!((error.site(), error.attempt(), error.limit()), ("fetch", 4, LIMIT));
    assert_eq!(recorder.events()[0].field("error.type"), Some("timeout"));
}

#[tokio::test(start_paused = true)]
async fn is_not_retried_where_unless_says_so() {
    let call = Retry::new(&POLICY).timeout(LIMIT).unless(|_| true);
    let error = call.run(async || pending::<Result<(), TimedOut>>().await).await.unwrap_err();
    assert_eq!(error.attempt(), 1);
}

#[tokio::test(start_paused = true)]
async fn is_shortened_to_what_the_deadline_leaves() {
    const LIMITED: Policy = built(POLICY.to_builder().deadline(Duration::from_millis(1500)));
    let start = Instant::now();
    let call = Retry::new(&LIMITED).timeout(LIMIT);
    let error = call.run(async || pending::<Result<(), TimedOut>>().await).await.unwrap_err();
    assert_eq!((error.attempt(), error.limit()), (2, 1500 * MS));
    assert!(error.is_deadline());
    assert_eq!(start.elapsed(), 1500 * MS);
}

#[tokio::test(start_paused = true)]
async fn costs_ten_tokens() {
    let budget = Budget::standard_2_0();
    let call = Retry::new(&POLICY).timeout(LIMIT).budget(&budget);
    call.run(async || pending::<Result<(), TimedOut>>().await).await.unwrap_err();
    assert_eq!(budget.available(), 500 - 3 * 10);
}

#[tokio::test(start_paused = true)]
async fn throws_nothing_away_that_is_ready_in_time() {
    let call = Retry::new(&POLICY).timeout(LIMIT);
    let call = call.run(async || {
        sleep(LIMIT).await;
        Ok::<_, TimedOut>(7)
    });
    assert_eq!(call.await, Ok(7));
}
