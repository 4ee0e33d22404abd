use super::*;

#[test]
fn one_after_the_other_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let recorder = Recorder::start();
    inner(&Service::down()).unwrap_err();
    outer(&Service::down()).unwrap_err();
    inner(&Service::failing(1)).unwrap();
    outer(&Service::failing(1)).unwrap();
    assert_eq!(pairs(&recorder), []);
}

#[tokio::test(start_paused = true)]
async fn beside_each_other() {
    inner!(async);

    #[retry_on(Busy, name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        yield_now().await;
        service.call()
    }

    let recorder = Recorder::start();
    let (one, other) = (Service::down(), Service::failing(2));
    let (one, other) = tokio::join!(inner(&one), outer(&other));
    assert!(one.is_err() && other.is_ok());
    assert_eq!(pairs(&recorder), []);
}

#[test]
fn where_the_inner_one_succeeds_at_once_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(&Service::failing(0))?;
        service.call()
    }

    let recorder = Recorder::start();
    outer(&Service::down()).unwrap_err();
    assert_eq!(pairs(&recorder), []);
}

#[test]
fn where_the_inner_error_is_not_retried_plain() {
    #[retry_on(std::io::Error, name = "inner")]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
    assert_eq!(pairs(&recorder), []);
}

#[tokio::test(start_paused = true)]
async fn in_a_task_that_an_attempt_spawns() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer", clone(service))]
    async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
        let task = async move { inner(&service).await };
        tokio::spawn(task).await.unwrap()
    }

    let recorder = Recorder::start();
    assert_eq!(outer(Arc::new(Service::down())).await, Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

#[tokio::test(start_paused = true)]
async fn in_many_tasks_that_an_attempt_spawns() {
    inner!(async);

    #[retry_on(Busy, max = 2, delay = "0ms", name = "outer")]
    async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
        let mut tasks = JoinSet::new();
        for _ in 0..10 {
            let service = Arc::clone(&service);
            tasks.spawn(async move { inner(&service).await });
        }
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap()?;
        }
        Ok(0)
    }

    let recorder = Recorder::start();
    outer(Arc::new(Service::down())).await.unwrap_err();
    assert_eq!(pairs(&recorder), []);
}

/// A task stays a task on whatever thread it is polled.
#[test]
fn in_a_task_of_a_runtime_inside_a_plain_attempt() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Arc<Service>) -> Result<u32, Busy> {
        let service = Arc::clone(service);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime
            .block_on(async { tokio::spawn(async move { inner(&service).await }).await.unwrap() })
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Arc::new(Service::down())), Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

#[tokio::test(start_paused = true)]
async fn in_a_local_task_inside_an_attempt() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer", clone(service))]
    async fn outer(service: Arc<Service>) -> Result<u32, Busy> {
        let task = async move { inner(&service).await };
        LocalSet::new().run_until(async { tokio::task::spawn_local(task).await.unwrap() }).await
    }

    let recorder = Recorder::start();
    assert_eq!(outer(Arc::new(Service::down())).await, Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

#[test]
fn in_a_thread_that_an_attempt_starts_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        thread::scope(|scope| scope.spawn(|| inner(service)).join().unwrap())
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

/// No attempt is around it any more.
#[test]
fn in_a_hook_plain() {
    inner!();

    #[retry_on(
        Busy,
        delay = "0ms",
        name = "outer",
        on_retry = |_| drop(inner(&Service::failing(1))),
        on_give_up = |_| drop(inner(&Service::failing(1)))
    )]
    fn outer(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let recorder = Recorder::start();
    outer(&Service::down()).unwrap_err();
    assert_eq!(pairs(&recorder), []);
}

#[tokio::test(start_paused = true)]
async fn while_the_other_one_pauses() {
    inner!();

    #[retry_on(Busy, jitter = none, name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (recorder, service) = (Recorder::start(), Service::failing(1));
    let meanwhile = async {
        sleep(50 * MS).await;
        inner(&Service::failing(1))
    };
    let (one, other) = tokio::join!(outer(&service), meanwhile);
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(pairs(&recorder), []);
}

#[test]
fn where_the_outer_one_allows_them_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", nested = "allow", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

#[tokio::test(start_paused = true)]
async fn where_the_outer_one_allows_them() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", nested = "allow", name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service).await
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down()).await, Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

#[test]
fn where_the_policy_of_the_call_allows_them_plain() {
    inner!();

    #[retry_on(Busy, policy = policy, name = "outer")]
    fn outer(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        inner(service)
    }

    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let policy = Policy::builder().nested(NestedRetries::Allow).build();
    assert_eq!(outer(&Service::down(), &policy), Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

/// The error needs no `From<PolicyError>`, because the key cannot contradict the policy.
#[test]
fn where_the_key_beside_the_policy_of_the_call_allows_them_plain() {
    inner!();

    struct Outer {
        policy: Policy,
        nested: NestedRetries,
    }

    impl Outer {
        #[retry_on(Busy, policy = &self.policy, nested = self.nested, name = "outer")]
        fn call(&self, service: &Service) -> Result<u32, Busy> {
            inner(service)
        }
    }

    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let outer = Outer { policy: Policy::DEFAULT, nested: NestedRetries::Allow };
    assert_eq!(outer.call(&Service::down()), Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

#[tokio::test(start_paused = true)]
async fn where_the_key_beside_the_policy_of_the_call_allows_them() {
    inner!(async);

    #[retry_on(Busy, policy = policy, nested = "allow", name = "outer")]
    async fn outer(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        inner(service).await
    }

    let recorder = Recorder::start();
    assert_eq!(outer(&Service::down(), &Policy::DEFAULT).await, Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}

#[test]
fn where_the_constant_policy_allows_them_plain() {
    const POLICY: Policy = Policy::builder().nested(NestedRetries::Allow).build();
    inner!();

    #[retry_on(Busy, policy = &POLICY, name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    assert_eq!(outer(&Service::down()), Err(Busy { call: 9 }));
    assert_eq!(pairs(&recorder), []);
}
