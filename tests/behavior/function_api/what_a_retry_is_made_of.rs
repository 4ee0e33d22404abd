use super::*;

#[test]
fn can_be_used_again_plain() {
    let (retry, _clock) = (Retry::new(&POLICY).when(|_| true), Scope::new().enter());
    for _ in 0..3 {
        let service = Service::failing(2);
        assert_eq!(retry.clone().run_blocking(|| service.call()), Ok(3));
    }
}

#[tokio::test(start_paused = true)]
async fn serves_several_calls_at_once() {
    let retry = Retry::new(&POLICY);
    let (one, other) = (Service::failing(2), Service::down());
    let start = Instant::now();
    let (one, other) =
        tokio::join!(retry.clone().run(async || one.call()), retry.run(async || other.call()));
    assert_eq!((one, other), (Ok(3), Err(Busy { call: 4 })));
    assert_eq!(start.elapsed(), 700 * MS);
}

#[test]
fn can_look_at_what_is_around_it_plain() {
    let (wanted, asked) = (2, std::sync::atomic::AtomicU32::new(0));
    let when = |busy: &Busy| {
        asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        busy.call < wanted
    };
    let (service, _clock) = (Service::down(), Scope::new().enter());
    let call = Retry::new(&POLICY).when(when).run_blocking(|| service.call());
    assert_eq!(call, Err(Busy { call: 2 }));
    assert_eq!(asked.into_inner(), 2);
}
