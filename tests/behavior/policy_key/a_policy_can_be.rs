use super::*;

struct Client {
    policy: Policy,
    shared: Arc<Policy>,
}

impl Client {
    const POLICY: Policy = CONSTANT;

    #[retry_on(Busy, policy = &self.policy)]
    async fn field(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = &self.policy)]
    fn field_plain(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = &self.shared)]
    fn shared(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = &Self::POLICY)]
    fn own_constant(service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

fn client() -> Client {
    Client { policy: CONSTANT, shared: Arc::new(CONSTANT) }
}

#[retry_on(Busy, policy = policy)]
async fn argument(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, policy = policy)]
fn argument_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, policy = &policy)]
#[expect(clippy::needless_pass_by_value, reason = "what is tested")]
fn owned_argument(service: &Service, policy: Policy) -> Result<u32, Busy> {
    service.call()
}

async fn waited(call: impl Future<Output = Result<u32, Busy>>) -> Duration {
    let start = Instant::now();
    assert_eq!(call.await, Err(Busy { call: 4 }));
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_static() {
    #[retry_on(Busy, policy = &STATIC)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(waited(fetch(&Service::down())).await, 70 * MS);
}

#[test]
fn a_static_plain() {
    #[retry_on(Busy, policy = &STATIC)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(pauses(fetch), PAUSES);
}

#[tokio::test(start_paused = true)]
async fn a_constant() {
    #[retry_on(Busy, policy = &CONSTANT)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(waited(fetch(&Service::down())).await, 70 * MS);
}

#[test]
fn a_constant_plain() {
    #[retry_on(Busy, policy = &CONSTANT)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(pauses(fetch), PAUSES);
    assert_eq!(pauses(Client::own_constant), PAUSES);
}

#[tokio::test(start_paused = true)]
async fn a_field() {
    assert_eq!(waited(client().field(&Service::down())).await, 70 * MS);
}

#[test]
fn a_field_plain() {
    assert_eq!(pauses(|service| client().field_plain(service)), PAUSES);
    assert_eq!(pauses(|service| client().shared(service)), PAUSES);
}

#[tokio::test(start_paused = true)]
async fn an_argument() {
    assert_eq!(waited(argument(&Service::down(), &CONSTANT)).await, 70 * MS);
}

#[test]
fn an_argument_plain() {
    assert_eq!(pauses(|service| argument_plain(service, &CONSTANT)), PAUSES);
    assert_eq!(pauses(|service| owned_argument(service, CONSTANT)), PAUSES);
}

// BUG: does not compile, because the policy stays borrowed while the attempts run.

#[test]
fn a_field_of_a_receiver_that_the_body_changes_plain() {
    struct Counting {
        policy: Policy,
        calls: u32,
    }

    impl Counting {
        fn count(&mut self) {
            self.calls += 1;
        }

        #[retry_on(Busy, policy = &self.policy)]
        fn fetch(&mut self, service: &Service) -> Result<u32, Busy> {
            self.count();
            service.call()
        }
    }

    let (_clock, mut counting) = (Scope::new().enter(), Counting { policy: CONSTANT, calls: 0 });
    counting.fetch(&Service::down()).unwrap_err();
    assert_eq!(counting.calls, 4);
}

#[tokio::test(start_paused = true)]
async fn another_one_for_each_call() {
    let once = built(Policy::builder().max(1));
    assert_eq!(argument(&Service::down(), &once).await, Err(Busy { call: 1 }));
    assert_eq!(argument(&Service::down(), &CONSTANT).await, Err(Busy { call: 4 }));
}

/// A static that is built at its first use is not a constant: its contents are named.
#[test]
fn what_a_lazy_static_holds_plain() {
    static LAZY: LazyLock<Policy> = LazyLock::new(|| CONSTANT.to_builder().max(2).build());

    #[retry_on(Busy, policy = &*LAZY)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(pauses(fetch), PAUSES[..1]);
}

#[test]
fn one_whose_delays_come_from_a_function_plain() {
    const OWN: Policy = built(
        Policy::builder()
            .jitter(Jitter::None)
            .backoff(Backoff::custom(&|retry| Duration::from_secs(1) * retry)),
    );

    #[retry_on(Busy, policy = &OWN)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_eq!(pauses(fetch), [1000 * MS, 2000 * MS]);
}
