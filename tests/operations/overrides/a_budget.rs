use super::*;

fn tokens(available: u32, capacity: u32) -> String {
    format!("{available} of {capacity}")
}

#[test]
fn is_emptied_by_retries_and_filled_by_successes_plain() {
    #[retry_on(Busy, name = "bucket plain")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    overrides::set("bucket plain", Policy::builder().budget_tokens(12)).unwrap();
    let shown = || budget_of("bucket plain");
    fetch(&Service::failing(0)).unwrap();
    assert_eq!(shown(), tokens(12, 12));
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(shown(), tokens(2, 12));
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }), "nothing is left");
    for _ in 0..3 {
        fetch(&Service::failing(0)).unwrap();
    }
    assert_eq!(shown(), tokens(5, 12));
    fetch(&Service::failing(1)).unwrap();
    assert_eq!(shown(), tokens(5, 12), "what the retry took is back");
    for _ in 0..20 {
        fetch(&Service::failing(0)).unwrap();
    }
    assert_eq!(shown(), tokens(12, 12));
    overrides::unset("bucket plain");
    assert_eq!(shown(), tokens(500, 500), "its own is as it was");
}

#[test]
fn leaves_that_of_the_function_to_be_filled_plain() {
    #[retry_on(Busy, name = "bucket beside")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    fetch(&Service::down()).unwrap_err();
    assert_eq!(budget_of("bucket beside"), tokens(490, 500));
    for other in [Policy::builder().budget_tokens(1_000), Policy::builder().without_budget()] {
        overrides::set("bucket beside", other).unwrap();
        fetch(&Service::failing(1)).unwrap();
        for _ in 0..4 {
            fetch(&Service::failing(0)).unwrap();
        }
    }
    overrides::unset("bucket beside");
    assert_eq!(budget_of("bucket beside"), tokens(500, 500));
}

#[test]
fn is_emptied_by_retries_and_filled_by_successes() {
    #[retry_on(Busy, name = "bucket")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _board = Board::empty();
    wait(async {
        fetch(&Service::down()).await.unwrap_err();
        // Set after the first call.
        overrides::set("bucket", Policy::builder().budget_tokens(10)).unwrap();
        let shown = || budget_of("bucket");
        assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 3 }));
        assert_eq!(shown(), tokens(0, 10));
        fetch(&Service::failing(0)).await.unwrap();
        assert_eq!(shown(), tokens(1, 10));
        overrides::unset("bucket");
        assert_eq!(shown(), tokens(491, 500), "one success more than before");
        fetch(&Service::failing(0)).await.unwrap();
        assert_eq!(shown(), tokens(492, 500));
    });
}

#[test]
fn takes_the_place_of_a_shared_one() {
    static SHARED: Budget = Budget::builder().capacity(10).retry_cost(10).timeout_cost(10).build();

    #[retry_on(Busy, budget = &SHARED, name = "shared bucket")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    overrides::set("shared bucket", Policy::builder().budget_tokens(100)).unwrap();
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(SHARED.available(), 10);
    overrides::set("shared bucket", Policy::builder().without_budget()).unwrap();
    for _ in 0..100 {
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
    }
    assert_eq!((SHARED.available(), budget_of("shared bucket")), (10, "none".to_owned()));
    overrides::unset("shared bucket");
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
    assert_eq!(SHARED.available(), 0);
}

/// Else a file that is read every minute would fill it every minute.
#[test]
fn is_not_filled_by_other_changes() {
    #[retry_on(Busy, name = "lasting bucket")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    file("lasting*", "budget = 20");
    fetch(&Service::down()).unwrap_err();
    for change in [
        || file("lasting*", "budget = 20"),
        || file("lasting*", "budget = 20\nmax = 3"),
        || overrides::set("something else", Policy::builder().max(9)).unwrap(),
        || overrides::set_enabled(Some(false)),
        || overrides::set_enabled(Some(true)),
        || overrides::unset("something else"),
    ] {
        change();
        assert_eq!(budget_of("lasting bucket"), tokens(10, 20));
    }
    file("lasting*", "budget = 30");
    assert_eq!(budget_of("lasting bucket"), tokens(30, 30), "another size, another bucket");
}

#[test]
fn each_function_of_a_pattern_has_its_own() {
    #[retry_on(Busy, name = "own bucket a")]
    fn one(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, name = "own bucket b")]
    fn other(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    file("own bucket *", "budget = 10");
    assert_eq!(one(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(other(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(one(&Service::down()), Err(Busy { call: 1 }));
}

#[test]
fn pays_more_for_a_timeout() {
    #[retry_on(TimedOut, timeout = "1s", name = "timed bucket")]
    async fn fetch() -> Result<u32, TimedOut> {
        std::future::pending().await
    }

    let _board = Board::empty();
    file("timed bucket", "budget = 29");
    wait(fetch()).unwrap_err();
    assert_eq!(budget_of("timed bucket"), tokens(9, 29));
}

#[test]
fn gets_back_what_a_pause_took_that_no_retry_follows() {
    #[retry_on(Busy, jitter = none, name = "bucket of pauses")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _board = Board::empty();
    overrides::set("bucket of pauses", Policy::builder().budget_tokens(10)).unwrap();
    wait(async {
        let service = Service::down();
        tokio::time::timeout(MS, fetch(&service)).await.unwrap_err();
        assert_eq!((service.calls(), budget_of("bucket of pauses")), (1, tokens(10, 10)));
    });
}

#[test]
fn fills_with_time_plain() {
    #[retry_on(Busy, name = "bucket of time")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, clock) = (Board::empty(), Scope::new().enter());
    overrides::set("bucket of time", Policy::builder().budget_tokens(10)).unwrap();
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
    clock.advance(Duration::from_secs(30));
    assert_eq!(budget_of("bucket of time"), tokens(5, 10));
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
}
