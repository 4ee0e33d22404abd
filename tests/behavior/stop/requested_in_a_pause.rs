//! While the call pauses.

use super::*;

const LAST: &str = r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="stopped" since_first_failure=1.0"#;

#[tokio::test(start_paused = true)]
async fn it_ends_the_pause_at_once_and_the_last_error_comes_back() {
    let (stop, service, start) = (Stop::new(), Service::failing(1), Instant::now());
    let (call, ()) = tokio::join!(stop.scope(fetch(&service)), request_after(&stop, 1000 * MS));
    assert_eq!(call, Err(Busy { call: 1 }));
    assert_eq!((service.calls(), start.elapsed()), (1, 1000 * MS));
}

#[tokio::test(start_paused = true)]
async fn it_is_the_reason_in_the_event() {
    let (stop, service, recorder) = (Stop::new(), Service::down(), Recorder::start());
    let _ = tokio::join!(stop.scope(fetch(&service)), request_after(&stop, 1000 * MS));
    assert_eq!(recorder.lines()[1..], [LAST]);
}

#[tokio::test(start_paused = true)]
async fn it_ends_a_later_pause_as_well() {
    let (stop, service) = (Stop::new(), Service::down());
    let start = Instant::now();
    let call = stop.scope(fetch(&service));
    let (call, ()) = tokio::join!(call, request_after(&stop, 3_600_001 * MS));
    assert_eq!(call, Err(Busy { call: 2 }));
    assert_eq!(start.elapsed(), 3_600_001 * MS);
}

#[tokio::test(start_paused = true)]
async fn it_ends_the_pauses_of_many_calls() {
    let stop = Stop::new();
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let stop = stop.clone();
        tasks.spawn(async move { stop.scope(fetch(&Service::down())).await });
    }
    request_after(&stop, 1000 * MS).await;
    assert_eq!(tasks.join_all().await, [const { Err(Busy { call: 1 }) }; 100]);
    assert_eq!(start.elapsed(), 1000 * MS);
}

#[tokio::test(start_paused = true)]
async fn it_ends_the_pause_of_an_own_timer() {
    #[retry_on(Busy, sleep = |_| sleep(3_600_000 * MS))]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (stop, service, start) = (Stop::new(), Service::failing(1), Instant::now());
    let (call, ()) = tokio::join!(stop.scope(fetch(&service)), request_after(&stop, 1000 * MS));
    assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1000 * MS));
}

#[tokio::test(start_paused = true)]
async fn it_ends_the_pause_of_a_closure() {
    const POLICY: Policy = Policy::builder().delay(Duration::from_hours(1)).build();
    let (stop, service, start) = (Stop::new(), Service::failing(1), Instant::now());
    let call = stop.scope(Retry::new(&POLICY).run(async || service.call()));
    let (call, ()) = tokio::join!(call, request_after(&stop, 1 * MS));
    assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1 * MS));
}

/// Another thread requests it as soon as there has been a call.
fn interrupted<R>(service: &Service, call: impl FnOnce(&Stop) -> R) -> R {
    let stop = Stop::new();
    let start = RealInstant::now();
    let result = thread::scope(|scope| {
        scope.spawn(|| {
            while service.calls() == 0 {
                thread::yield_now();
            }
            // The pause has begun by then.
            thread::sleep(5 * MS);
            stop.request();
        });
        call(&stop)
    });
    assert!(start.elapsed() < Duration::from_mins(1), "it slept on");
    result
}

#[test]
fn it_wakes_the_thread_and_the_last_error_comes_back_plain() {
    let service = Service::failing(1);
    let call = interrupted(&service, |stop| stop.scope_blocking(|| fetch_plain(&service)));
    assert_eq!(call, Err(Busy { call: 1 }));
    assert_eq!(service.calls(), 1);
}

#[test]
fn it_is_the_reason_in_the_event_plain() {
    let (service, recorder) = (Service::failing(1), Recorder::start());
    interrupted(&service, |stop| stop.scope_blocking(|| fetch_plain(&service))).unwrap_err();
    let last = &recorder.events()[1];
    assert_eq!(last.field("reason"), Some("stopped"));
    assert_eq!(last.field("attempt"), Some("1"));
    assert_eq!(last.field("error"), Some("busy, call 1"));
}

#[test]
fn it_wakes_a_thread_that_would_sleep_for_ever_plain() {
    const ENDLESS: Policy = Policy::builder().delay(Duration::MAX).build();

    #[retry_on(Busy, policy = &ENDLESS)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let service = Service::failing(1);
    let call = interrupted(&service, |stop| stop.scope_blocking(|| fetch(&service)));
    assert_eq!(call, Err(Busy { call: 1 }));
}

#[test]
fn it_wakes_the_thread_of_an_async_call_without_a_timer() {
    let service = Service::failing(1);
    let call = interrupted(&service, |stop| block_on(stop.scope(fetch(&service))));
    assert_eq!(call, Err(Busy { call: 1 }));
}

#[test]
fn it_wakes_the_thread_of_a_closure_plain() {
    const POLICY: Policy = Policy::builder().delay(Duration::from_hours(1)).build();
    let service = Service::failing(1);
    let call = interrupted(&service, |stop| {
        stop.scope_blocking(|| Retry::new(&POLICY).run_blocking(|| service.call()))
    });
    assert_eq!(call, Err(Busy { call: 1 }));
}

/// While an attempt runs, while the pause begins, or in it.
#[test]
fn it_is_heard_at_any_instant_plain() {
    for spins in (0..100).map(|round| round * 50) {
        let (service, stop) = (Arc::new(Service::down()), Stop::new());
        let (sender, receiver) = mpsc::channel();
        thread::spawn({
            let (service, stop) = (Arc::clone(&service), stop.clone());
            move || sender.send(stop.scope_blocking(|| fetch_plain(&service)))
        });
        while service.calls() == 0 {
            std::hint::spin_loop();
        }
        (0..spins).for_each(|_| std::hint::spin_loop());
        stop.request();
        let call = receiver.recv_timeout(Duration::from_mins(1)).expect("it slept on");
        assert_eq!(call, Err(Busy { call: 1 }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_heard_at_any_instant() {
    for spins in (0..100).map(|round| round * 50) {
        let (service, stop) = (Arc::new(Service::down()), Stop::new());
        let task = tokio::spawn({
            let (service, stop) = (Arc::clone(&service), stop.clone());
            async move { stop.scope(fetch(&service)).await }
        });
        while service.calls() == 0 {
            tokio::task::yield_now().await;
        }
        (0..spins).for_each(|_| std::hint::spin_loop());
        stop.request();
        let call = tokio::time::timeout(Duration::from_mins(1), task).await;
        assert_eq!(call.expect("it slept on").unwrap(), Err(Busy { call: 1 }));
    }
}

/// A wake-up for another reason shortens no pause.
#[test]
fn nothing_else_wakes_the_thread_plain() {
    #[retry_on(Busy, max = 2, delay = "5ms", jitter = none)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let start = RealInstant::now();
    thread::current().unpark();
    Stop::new().scope_blocking(|| fetch(&Service::down())).unwrap_err();
    assert!(start.elapsed() >= 5 * MS);
}

/// On the clock of a scope, too, no attempt follows.
#[test]
fn it_is_seen_after_a_pause_that_a_scope_has_passed_plain() {
    #[retry_on(Busy, on_retry = |_| stop.request())]
    fn fetch(service: &Service, stop: &Stop) -> Result<u32, Busy> {
        service.call()
    }

    let (stop, service) = (Stop::new(), Service::failing(1));
    let scope = Scope::new();
    let call = scope.run_blocking(|| stop.scope_blocking(|| fetch(&service, &stop)));
    assert_eq!(call, Err(Busy { call: 1 }));
    assert_eq!(scope.events()[1].reason(), Some(EndReason::Stopped));
}
