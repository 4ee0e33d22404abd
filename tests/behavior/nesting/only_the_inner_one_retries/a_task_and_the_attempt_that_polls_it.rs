use super::*;

#[retry_on(Busy, delay = "0ms", budget = none)]
async fn shared(service: Arc<Service>) -> Result<u32, Busy> {
    service.call()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// What the task gave up is not the attempt's.
#[test]
fn are_told_apart_where_the_task_gives_up() {
    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        runtime().block_on(async {
            let _ = tokio::spawn(shared(Arc::new(Service::down()))).await;
            shared(Arc::new(Service::failing(1))).await
        })?;
        service.call()
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
}

/// What the task does later takes back nothing.
#[test]
fn are_told_apart_where_the_attempt_gives_up() {
    #[retry_on(Busy, delay = "0ms", nested = "inner")]
    fn outer(service: &Arc<Service>) -> Result<u32, Busy> {
        runtime().block_on(async {
            let call = shared(Arc::clone(service)).await;
            let _ = tokio::spawn(shared(Arc::new(Service::failing(1)))).await;
            call
        })
    }

    assert_eq!(outer(&Arc::new(Service::down())), Err(Busy { call: 3 }));
}
