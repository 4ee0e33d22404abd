use super::*;

#[test]
fn plain_in_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}

#[tokio::test(start_paused = true)]
async fn async_in_async() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service).await
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()).await, Err(Busy { call: 9 }));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}

#[tokio::test(start_paused = true)]
async fn plain_in_async() {
    inner!();

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        yield_now().await;
        inner(service)
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()).await, Err(Busy { call: 9 }));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}

#[test]
fn async_in_plain() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        block_on(inner(service))
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}

/// The root of a runtime is not a task.
#[test]
fn async_in_plain_on_a_runtime_of_its_own() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(inner(service))
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}

#[tokio::test(start_paused = true)]
async fn inside_a_task() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
        inner(&service).await
    }

    let recorder = Recorder::start();
    let task = tokio::spawn(outer(Arc::new(Service::down())));
    assert_eq!(task.await.unwrap(), Err(Busy { call: 9 }));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}

/// Retried and in the end successful, they multiply too.
#[test]
fn where_the_inner_one_recovers_plain() {
    inner!();

    #[retry_on(Busy, name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::failing(1)), Ok(2));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}

#[tokio::test(start_paused = true)]
async fn where_the_inner_one_pauses() {
    #[retry_on(Busy, name = "inner")]
    async fn inner(service: &Service) -> Result<u32, Busy> {
        sleep(10 * MS).await;
        service.call()
    }

    #[retry_on(Busy, name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        sleep(10 * MS).await;
        let call = inner(service).await;
        sleep(10 * MS).await;
        call
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::failing(1)).await, Ok(2));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}

#[tokio::test(start_paused = true)]
async fn of_several_that_are_joined_in_one_attempt() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "other")]
    async fn other(service: &Service) -> Result<u32, Busy> {
        yield_now().await;
        service.call()
    }

    #[retry_on(Busy, max = 2, delay = "0ms", name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        let (one, two) = tokio::join!(inner(service), other(service));
        one.and(two)
    }

    let recorder = Recorder::start();
    outer(&Service::down()).await.unwrap_err();
    assert_eq!(warnings(&recorder), [pair("outer", "inner"), pair("outer", "other")]);
}

#[test]
fn on_three_levels_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", budget = none, name = "middle")]
    fn middle(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        middle(service)
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()), Err(Busy { call: 27 }));
    assert_eq!(warnings(&recorder), [pair("middle", "inner"), pair("outer", "middle")]);
}

#[tokio::test(start_paused = true)]
async fn on_three_levels() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", budget = none, name = "middle")]
    async fn middle(service: &Service) -> Result<u32, Busy> {
        yield_now().await;
        inner(service).await
    }

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        middle(service).await
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()).await, Err(Busy { call: 27 }));
    assert_eq!(warnings(&recorder), [pair("middle", "inner"), pair("outer", "middle")]);
}

#[test]
fn in_a_recursion_plain() {
    #[retry_on(Busy, delay = "0ms", name = "descend")]
    fn descend(service: &Service, depth: u32) -> Result<u32, Busy> {
        if depth == 0 { service.call() } else { descend(service, depth - 1) }
    }

    let recorder = Recorder::start();
    assert_eq!(descend(&Service::down(), 1), Err(Busy { call: 9 }));
    assert_eq!(warnings(&recorder), [pair("descend", "descend")]);
}

#[test]
fn of_closures_too_plain() {
    use retry_runtime::{Retry, retry_blocking};

    #[retry_on(Busy, max = 2, name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        Retry::new(&Policy::DEFAULT).name("closure").run_blocking(|| service.call())
    }

    inner!();

    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    outer(&Service::down()).unwrap_err();
    retry_blocking(&Policy::DEFAULT, || inner(&Service::down())).unwrap_err();
    let warnings = warnings(&recorder);
    assert!(warnings.contains(&pair("outer", "closure")), "{warnings:?}");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(warnings[1].1, "inner");
}

#[tokio::test(start_paused = true)]
async fn of_closures_too() {
    use retry_runtime::Retry;

    #[retry_on(Busy, max = 2, name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        Retry::new(&Policy::DEFAULT).name("closure").run(async || service.call()).await
    }

    let recorder = Recorder::start();
    outer(&Service::down()).await.unwrap_err();
    assert_eq!(warnings(&recorder), [pair("outer", "closure")]);
}

/// Jobs of an executor that is not tokio's have no name, so they cannot be told apart.
#[test]
fn of_jobs_of_others_that_its_thread_runs_plain() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        block_on(async { drop(inner(&Service::down()).await) });
        service.call()
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::failing(0)), Ok(1));
    assert_eq!(warnings(&recorder), [pair("outer", "inner")]);
}
