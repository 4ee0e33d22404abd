use super::*;

#[tokio::test(start_paused = true)]
async fn does_not_reach_what_is_beside_it() {
    #[retry_on(Busy)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let stop = requested();
    let (one, other) = (Service::down(), Service::down());
    let (one, other) = tokio::join!(stop.scope(fetch(&one)), fetch(&other));
    assert_eq!((one, other), (Err(Busy { call: 1 }), Err(Busy { call: 3 })));
}

#[test]
fn ends_with_its_closure_plain() {
    let (stop, _clock) = (requested(), Scope::new().enter());
    stop.scope_blocking(|| fetch_plain(&Service::down())).unwrap_err();
    assert_eq!(fetch_plain(&Service::down()), Err(Busy { call: 3 }));
}

#[test]
fn ends_where_its_closure_panics_plain() {
    let (stop, _clock) = (requested(), Scope::new().enter());
    let panic = std::panic::catch_unwind(|| stop.scope_blocking(|| panic!("inside")));
    panic.unwrap_err();
    assert_eq!(fetch_plain(&Service::down()), Err(Busy { call: 3 }));
}

#[tokio::test(start_paused = true)]
async fn ends_where_its_future_is_dropped() {
    let (stop, service) = (requested(), Service::down());
    let stuck = stop.scope(std::future::pending::<()>());
    tokio::time::timeout(1 * MS, stuck).await.unwrap_err();
    assert_eq!(fetch(&service).await, Err(Busy { call: 3 }));
}

#[tokio::test(start_paused = true)]
async fn does_not_reach_tasks_that_are_spawned_inside() {
    static SERVICE: Service = Service::down();
    let stop = requested();
    let task = stop.scope(async { tokio::spawn(fetch(&SERVICE)).await.unwrap() });
    assert_eq!(task.await, Err(Busy { call: 3 }));
}

#[test]
fn does_not_reach_threads_that_are_started_inside_plain() {
    #[retry_on(Busy, delay = "0ms")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let call = requested().scope_blocking(|| {
        thread::scope(|scope| scope.spawn(|| fetch(&Service::down())).join().unwrap())
    });
    assert_eq!(call, Err(Busy { call: 3 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goes_with_its_future_from_thread_to_thread() {
    #[retry_on(Busy, delay = "0ms", max = 1000, budget = none)]
    async fn fetch(service: Arc<Service>, stop: Stop) -> Result<u32, Busy> {
        tokio::task::yield_now().await;
        if service.calls() == 10 {
            stop.request();
        }
        service.call()
    }

    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let stop = Stop::new();
        let call = fetch(Arc::new(Service::down()), stop.clone());
        tasks.spawn(async move { stop.scope(call).await });
    }
    assert_eq!(tasks.join_all().await, [const { Err(Busy { call: 11 }) }; 50]);
}
