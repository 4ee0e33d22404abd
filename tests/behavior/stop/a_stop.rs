use super::*;

#[test]
fn stops_nothing_until_it_is_requested_plain() {
    let (stop, clock) = (Stop::new(), Scope::new().enter());
    assert!(!stop.is_requested());
    let call = stop.scope_blocking(|| fetch_plain(&Service::failing(2)));
    assert_eq!(call, Ok(3));
    assert_eq!(clock.pauses().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn stops_nothing_until_it_is_requested() {
    let (stop, start) = (Stop::new(), Instant::now());
    assert_eq!(stop.scope(fetch(&Service::failing(2))).await, Ok(3));
    assert_eq!(start.elapsed(), 2 * 3_600_000 * MS);
}

#[test]
fn is_the_same_as_its_clones() {
    let stop = Stop::default();
    let clone = stop.clone();
    clone.request();
    assert!(stop.is_requested());
    assert!(!Stop::new().is_requested());
}

#[test]
fn can_be_requested_more_than_once_plain() {
    let stop = requested();
    stop.request();
    let call = stop.scope_blocking(|| fetch_plain(&Service::down()));
    assert_eq!(call, Err(Busy { call: 1 }));
}

#[test]
fn can_be_handed_to_other_threads() {
    fn assert_shared<T: Clone + Send + Sync + 'static>() {}
    assert_shared::<Stop>();
}

#[tokio::test(start_paused = true)]
async fn around_a_future_leaves_it_able_to_be_spawned() {
    static SERVICE: Service = Service::down();
    let stop = requested();
    let task = tokio::spawn(async move { stop.scope(fetch(&SERVICE)).await });
    assert_eq!(task.await.unwrap(), Err(Busy { call: 1 }));
}
