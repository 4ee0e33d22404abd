use super::*;

#[test]
fn is_called_with_each_pause_and_needs_no_tokio() {
    let (service, pauses) = (Service::down(), RefCell::new(Vec::new()));
    let timer = |pause| {
        pauses.borrow_mut().push(pause);
        async {}
    };
    let call = Retry::new(&POLICY).run_with_sleep(timer, async || service.call());
    assert_eq!(block_on(call), Err(Busy { call: 4 }));
    assert_eq!(*pauses.borrow(), [100 * MS, 200 * MS, 400 * MS]);
}

#[test]
fn bounds_attempts_too() {
    const TWICE: Policy = built(POLICY.to_builder().max(2));
    let timers = RefCell::new(Vec::new());
    let timer = |pause| {
        timers.borrow_mut().push(pause);
        yield_now()
    };
    let call = Retry::new(&TWICE).timeout(Duration::from_secs(1));
    let call = call.run_with_sleep(timer, async || pending::<Result<(), TimedOut>>().await);
    assert_eq!(block_on(call).unwrap_err().attempt(), 2);
    assert_eq!(*timers.borrow(), [1000 * MS, 100 * MS, 1000 * MS]);
}

#[tokio::test(start_paused = true)]
async fn takes_the_place_of_tokios() {
    let (service, start) = (Service::failing(1), Instant::now());
    let call =
        Retry::new(&POLICY).run_with_sleep(|pause| sleep(10 * pause), async || service.call());
    call.await.unwrap();
    assert_eq!(start.elapsed(), 1000 * MS);
}

#[tokio::test(start_paused = true)]
async fn that_is_late_starts_no_attempt_after_the_deadline() {
    const LIMITED: Policy = built(POLICY.to_builder().deadline(Duration::from_secs(1)));
    let service = Service::failing(1);
    let call =
        Retry::new(&LIMITED).run_with_sleep(|pause| sleep(20 * pause), async || service.call());
    assert_eq!(call.await, Err(Busy { call: 1 }));
    assert_eq!(service.calls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn can_be_used_in_a_task() {
    let service = Arc::new(Service::failing(2));
    let timer = |_| tokio::task::yield_now();
    let call =
        Retry::new(&POLICY).run_with_sleep(timer, move || std::future::ready(service.call()));
    assert_eq!(tokio::spawn(call).await.unwrap(), Ok(3));
}
