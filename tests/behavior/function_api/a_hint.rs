use super::*;

#[tokio::test(start_paused = true)]
async fn lengthens_the_pause() {
    let (service, start) = (Service::failing(1), Instant::now());
    let call = Retry::new(&POLICY).hint(|_| Some(3000 * MS));
    call.run(async || service.call()).await.unwrap();
    assert_eq!(start.elapsed(), 3000 * MS);
}

#[test]
fn lengthens_the_pause_by_five_seconds_at_most_plain() {
    let (service, clock) = (Service::failing(1), ManualClock::install());
    let call = Retry::new(&POLICY).hint(|_| Some(Duration::MAX));
    call.run_blocking(|| service.call()).unwrap();
    assert_eq!(clock.pauses(), [5100 * MS]);
}
