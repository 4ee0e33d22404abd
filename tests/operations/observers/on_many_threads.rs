use super::*;

#[test]
fn each_event_is_told_once_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none, name = "threads")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let kinds: Arc<[AtomicU32; 3]> = Arc::default();
    let observer = observe::add(watch("threads", {
        let kinds = Arc::clone(&kinds);
        move |event| {
            let kind = match event.kind() {
                EventKind::Retry { .. } => 0,
                EventKind::Recovered => 1,
                EventKind::GaveUp { reason, .. } => {
                    assert_eq!(reason, EndReason::MaxAttempts);
                    2
                }
                _ => return,
            };
            kinds[kind].fetch_add(1, Ordering::Relaxed);
        }
    }));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..250 {
                    fetch(&Service::failing(1)).unwrap();
                    fetch(&Service::down()).unwrap_err();
                    // Others are added and removed at the same time.
                    observe::add(watch("nobody", |_| {})).remove();
                }
            });
        }
    });
    observer.remove();
    let kinds = [0, 1, 2].map(|kind| kinds[kind].load(Ordering::Relaxed));
    assert_eq!(kinds, [2000 * 3, 2000, 2000]);
}
