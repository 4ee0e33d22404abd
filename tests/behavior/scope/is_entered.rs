//! A scope is of one thread, or of one future.

use super::*;

#[test]
fn by_a_thread_until_it_leaves_plain() {
    let (outer, scope) = (Scope::new().enter(), Scope::new());
    let entered = scope.enter();
    fetch_plain(&Service::down()).unwrap_err();
    drop(entered);
    fetch_plain(&Service::failing(1)).unwrap();
    assert_eq!((scope.pauses().len(), outer.pauses().len()), (3, 1));
}

#[test]
fn by_no_other_thread_plain() {
    #[retry_on(Busy, delay = "1ms")]
    fn quick(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let scope = Scope::new().max(1);
    let call = scope.run_blocking(|| thread::spawn(|| quick(&Service::down())).join().unwrap());
    assert_eq!(call, Err(Busy { call: 3 }));
    assert!(scope.pauses().is_empty() && scope.events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn by_no_task_that_is_spawned_inside() {
    static SERVICE: Service = Service::down();
    let scope = Scope::new().max(1);
    let task = scope.run(async { tokio::spawn(fetch(&SERVICE)).await.unwrap() });
    assert_eq!(task.await, Err(Busy { call: 4 }));
    assert!(scope.pauses().is_empty() && scope.events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn by_no_future_beside_it() {
    let scope = Scope::new().max(2);
    let (one, other) = (Service::down(), Service::down());
    let start = Instant::now();
    let (one, other) = tokio::join!(scope.run(fetch(&one)), fetch(&other));
    assert_eq!((one, other), (Err(Busy { call: 2 }), Err(Busy { call: 4 })));
    assert_eq!(scope.pauses().len(), 1);
    assert!(start.elapsed() > Duration::ZERO, "the other one waited");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn by_its_future_on_every_thread() {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=50 {
        tasks.spawn(async move {
            let scope = Scope::new().max(number % 4 + 1).longest_pauses();
            let service = Service::down();
            for _ in 0..3 {
                tokio::task::yield_now().await;
                scope.run(fetch(&service)).await.unwrap_err();
            }
            assert_eq!(service.calls(), 3 * (number % 4 + 1));
            assert_eq!(scope.pauses().len(), 3 * (number as usize % 4));
        });
    }
    tasks.join_all().await;
}

#[test]
fn and_left_where_its_closure_panics_plain() {
    let (clock, scope) = (Scope::new().enter(), Scope::new());
    catch_unwind(std::panic::AssertUnwindSafe(|| scope.run_blocking(|| panic!("inside"))))
        .unwrap_err();
    fetch_plain(&Service::down()).unwrap_err();
    assert_eq!((scope.pauses().len(), clock.pauses().len()), (0, 3));
}

#[tokio::test(start_paused = true)]
async fn and_left_between_two_polls() {
    let scope = Scope::new();
    let stuck = scope.run(async {
        sleep(1000 * MS).await;
        fetch(&Service::failing(1)).await
    });
    let (_, beside) = tokio::join!(stuck, async {
        sleep(10 * MS).await;
        fetch(&Service::failing(1)).await
    });
    beside.unwrap();
    assert_eq!(scope.events().len(), 2, "one retry, one recovery");
}

#[test]
fn again_and_again_and_its_clones_are_the_same_plain() {
    let scope = Scope::new();
    scope.run_blocking(|| fetch_plain(&Service::down())).unwrap_err();
    scope.clone().run_blocking(|| fetch_plain(&Service::down())).unwrap_err();
    assert_eq!(scope.pauses().len(), 6);
}

#[test]
fn inside_another_and_the_last_one_counts_plain() {
    let (outer, inner) = (Scope::new().max(1), Scope::new().max(2));
    outer.run_blocking(|| {
        let call = inner.run_blocking(|| fetch_plain(&Service::down()));
        assert_eq!(call, Err(Busy { call: 2 }));
        assert_eq!(fetch_plain(&Service::down()), Err(Busy { call: 1 }));
    });
    assert_eq!((outer.events().len(), inner.events().len()), (1, 2));
}

/// Each leaves what it entered, whichever leaves first.
#[test]
fn and_left_in_any_order_plain() {
    let (one, other) = (Scope::new(), Scope::new());
    let (first, second) = (one.enter(), other.enter());
    drop(first);
    fetch_plain(&Service::down()).unwrap_err();
    assert_eq!((one.pauses().len(), other.pauses().len()), (0, 3));
    drop(second);
}
