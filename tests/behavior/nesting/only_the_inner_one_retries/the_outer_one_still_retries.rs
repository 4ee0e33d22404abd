use super::*;

#[test]
fn its_own_errors_where_the_inner_one_recovered_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(&Service::failing(2))?;
        service.call()
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(outer(&Service::failing(2)), Ok(3));
}

#[tokio::test(start_paused = true)]
async fn its_own_errors_where_the_inner_one_recovered() {
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        inner_async(&Service::failing(2)).await?;
        yield_now().await;
        service.call()
    }

    assert_eq!(outer(&Service::down()).await, Err(Busy { call: 3 }));
    assert_eq!(outer(&Service::failing(2)).await, Ok(3));
}

#[test]
fn an_error_that_the_inner_one_does_not_retry_plain() {
    #[retry_on(std::io::Error)]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
}

#[test]
fn an_error_that_the_inner_one_does_not_retry_any_more_plain() {
    #[retry_on(Busy { call: 1 }, delay = "0ms")]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 4 }));
}

#[tokio::test(start_paused = true)]
async fn what_a_task_gave_up_that_it_spawned() {
    #[retry_on(Busy, delay = "0ms", nested = "inner", clone(service))]
    async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
        tokio::spawn(async move { inner_async(&service).await }).await.unwrap()
    }

    assert_eq!(outer(Arc::new(Service::down())).await, Err(Busy { call: 9 }));
}

/// That is an earlier attempt of another call on the same thread.
#[tokio::test(start_paused = true)]
async fn while_another_call_gives_up_beside_it() {
    let (one, other) = (Service::down(), Service::down());
    let (one, other) = tokio::join!(inner_async(&one), another_async(&other));
    assert_eq!((one, other), (Err(Busy { call: 3 }), Err(Busy { call: 3 })));
}
