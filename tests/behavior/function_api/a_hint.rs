use super::*;

#[tokio::test(start_paused = true)]
async fn lengthens_the_pause() {
    let (service, start) = (Service::failing(1), Instant::now());
    let call = Retry::new(&POLICY).hint(|_| Some(3000 * MS));
    call.run(async || service.call()).await.unwrap();
    assert_eq!(start.elapsed(), 3000 * MS);
}

#[test]
fn lengthens_the_pause_plain() {
    let (service, clock) = (Service::failing(1), Scope::new().enter());
    let call = Retry::new(&POLICY).hint(|_| Some(60_000 * MS));
    call.run_blocking(|| service.call()).unwrap();
    assert_eq!(clock.pauses(), [60_000 * MS]);
}

#[test]
fn that_is_longer_than_max_hint_ends_the_call_plain() {
    let (service, clock) = (Service::failing(1), Scope::new().enter());
    let call = Retry::new(&POLICY).hint(|_| Some(Duration::MAX));
    call.run_blocking(|| service.call()).unwrap_err();
    assert_eq!((service.calls(), clock.pauses().len()), (1, 0));
}
