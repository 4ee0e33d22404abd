use super::*;

struct Client {
    max: u32,
    delay: Duration,
    factor: f64,
    cap: Duration,
}

impl Client {
    const MAX: u32 = 4;
    const DELAY: Duration = Duration::from_millis(10);

    #[retry_on(
        Busy,
        max = self.max,
        delay = self.delay,
        factor = self.factor,
        max_delay = self.cap,
        jitter = none
    )]
    async fn fields(&self, service: &Service) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    #[retry_on(
        Busy,
        max = self.max,
        delay = self.delay,
        factor = self.factor,
        max_delay = self.cap,
        jitter = none
    )]
    fn fields_plain(&self, service: &Service) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    #[retry_on(Busy, max = Self::MAX, delay = Self::DELAY, jitter = none)]
    fn own_constants(service: &Service) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    #[retry_on(Busy, max = self.max - 1, delay = "10ms", jitter = none)]
    fn mutable(&mut self, service: &Service) -> Result<u32, FetchError> {
        self.max += 1;
        Ok(service.call()?)
    }

    #[retry_on(Busy, max = self.max, delay = "10ms", jitter = none)]
    async fn shared(self: Arc<Self>, service: &Service) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }
}

const CLIENT: Client = Client {
    max: 5,
    delay: Duration::from_millis(10),
    factor: 3.0,
    cap: Duration::from_millis(50),
};

#[tokio::test(start_paused = true)]
async fn can_be_a_field() {
    let start = Instant::now();
    assert_eq!(CLIENT.fields(&Service::down()).await, Err(busy(5)));
    assert_eq!(start.elapsed(), (10 + 30 + 50 + 50) * MS);
}

#[test]
fn can_be_a_field_plain() {
    let pauses = pauses(|service| CLIENT.fields_plain(service));
    assert_eq!(pauses, [10, 30, 50, 50].map(|millis| millis * MS));
}

#[tokio::test(start_paused = true)]
async fn can_be_a_field_of_a_shared_receiver() {
    assert_eq!(Arc::new(CLIENT).shared(&Service::down()).await, Err(busy(5)));
}

/// What the attempts do to it comes too late.
#[test]
fn can_be_a_field_of_a_mutable_receiver_plain() {
    let (_clock, mut client) = (Scope::new().enter(), CLIENT);
    assert_eq!(client.mutable(&Service::down()), Err(busy(4)));
    assert_eq!(client.max, 5 + 4);
}

#[test]
fn can_be_a_constant_of_the_type_plain() {
    assert_eq!(pauses(Client::own_constants), PAUSES);
}

#[test]
fn can_be_a_constant_of_a_trait_plain() {
    trait Fetch {
        const MAX: u32;

        #[retry_on(Busy, max = Self::MAX)]
        fn fetch(&self, service: &Service) -> Result<u32, FetchError> {
            Ok(service.call()?)
        }
    }

    struct Patient;

    impl Fetch for Patient {
        const MAX: u32 = 7;
    }

    struct Hasty;

    impl Fetch for Hasty {
        const MAX: u32 = 1;
    }

    let _clock = Scope::new().enter();
    assert_eq!(Patient.fetch(&Service::down()), Err(busy(7)));
    assert_eq!(Hasty.fetch(&Service::down()), Err(busy(1)));
}

#[test]
fn can_be_an_element_of_an_argument_plain() {
    #[retry_on(Busy, max = limits[0])]
    fn fetch(service: &Service, limits: [u32; 2]) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let _clock = Scope::new().enter();
    assert_eq!(fetch(&Service::down(), [5, 0]), Err(busy(5)));
}

#[test]
fn can_be_asked_of_an_argument_that_is_a_function_plain() {
    #[retry_on(Busy, max = limit())]
    fn fetch(service: &Service, limit: impl Fn() -> u32) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let _clock = Scope::new().enter();
    assert_eq!(fetch(&Service::down(), || 5), Err(busy(5)));
}

// BUG: does not compile, because they are taken for constants.

#[test]
fn can_be_a_parameter_of_the_function_plain() {
    trait Limits {
        const MAX: u32;
    }

    struct Patient;

    impl Limits for Patient {
        const MAX: u32 = 7;
    }

    #[retry_on(Busy, max = MAX)]
    fn of_a_constant<const MAX: u32>(service: &Service) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    #[retry_on(Busy, max = L::MAX)]
    fn of_a_type<L: Limits>(service: &Service) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let _clock = Scope::new().enter();
    assert_eq!(of_a_constant::<2>(&Service::down()), Err(busy(2)));
    assert_eq!(of_a_type::<Patient>(&Service::down()), Err(busy(7)));
}

#[tokio::test(start_paused = true)]
async fn can_be_an_argument() {
    #[retry_on(Busy, max = calls, delay = pause, jitter = none)]
    async fn fetch(service: &Service, calls: u32, pause: Duration) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let start = Instant::now();
    assert_eq!(fetch(&Service::down(), 2, 7 * MS).await, Err(busy(2)));
    assert_eq!(start.elapsed(), 7 * MS);
    assert_eq!(fetch(&Service::down(), 6, 7 * MS).await, Err(busy(6)));
}

#[test]
fn can_be_an_argument_that_the_body_consumes_plain() {
    #[retry_on(Busy, max = names.concat().parse().unwrap(), delay = "0ms", clone(names))]
    fn fetch(service: &Service, names: Vec<String>, mut left: u32) -> Result<u32, FetchError> {
        left -= 1;
        drop(names);
        service.call()?;
        Ok(left)
    }

    assert_eq!(fetch(&Service::down(), vec!["5".to_owned()], 1), Err(busy(5)));
}

#[tokio::test(start_paused = true)]
async fn can_be_used_below_async_trait() {
    #[async_trait]
    trait Fetch {
        async fn fetch(&self, service: &Service) -> Result<u32, FetchError>;
        async fn change(&mut self, service: &Service, max: u32) -> Result<u32, FetchError>;
    }

    #[async_trait]
    impl Fetch for Client {
        #[retry_on(Busy, max = self.max, delay = self.delay)]
        async fn fetch(&self, service: &Service) -> Result<u32, FetchError> {
            Ok(service.call()?)
        }

        #[retry_on(Busy, max = max)]
        async fn change(&mut self, service: &Service, max: u32) -> Result<u32, FetchError> {
            self.max += 1;
            Ok(service.call()?)
        }
    }

    assert_eq!(CLIENT.fetch(&Service::down()).await, Err(busy(5)));
    let mut client = CLIENT;
    assert_eq!(client.change(&Service::down(), 2).await, Err(busy(2)));
    assert_eq!(client.max, 5 + 2);
}

#[tokio::test(start_paused = true)]
async fn leaves_a_future_that_can_be_spawned() {
    #[retry_on(
        Busy,
        max = client.max,
        policy = policy,
        budget = &budget,
        deadline = "1h", timeout = none,
        attempt = attempt,
        until = |_| true,
        when_ok = |_| false,
        hint = |_| None::<Duration>
    )]
    async fn fetch(
        client: Arc<Client>,
        policy: &'static Policy,
        budget: Arc<Budget>,
    ) -> Result<u32, FetchError> {
        Err(busy(attempt.number()))
    }

    let call = fetch(Arc::new(CLIENT), &CONSTANT, Arc::new(Budget::standard_2_0()));
    assert_eq!(tokio::spawn(call).await.unwrap(), Err(busy(5)));
}

#[tokio::test(start_paused = true)]
async fn stands_in_the_events() {
    #[retry_on(Busy, max = calls, jitter = none, name = "fetch")]
    async fn fetch(service: &Service, calls: u32) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let recorder = Recorder::start();
    fetch(&Service::down(), 2).await.unwrap_err();
    assert_eq!(
        recorder.lines(),
        [
            r#"WARN site="fetch" attempt=1 max=2 error.type="Busy" error="busy, call 1" pause=0.1 since_first_failure=0.0"#,
            r#"ERROR site="fetch" attempt=2 max=2 error.type="Busy" error="busy, call 2" reason="max_attempts" since_first_failure=0.1"#,
        ]
    );
    let message = &recorder.events()[1].message;
    assert!(message.contains("at most 2 calls: 1 + 1 retry"), "{message}");
}

/// An item inside the function, which the attribute writes, cannot name it.
#[test]
fn can_be_a_parameter_of_the_impl_plain() {
    struct Pool<const SIZE: u32>;

    impl<const SIZE: u32> Pool<SIZE> {
        #[retry_on(Busy, max = const { SIZE })]
        fn fetch(service: &Service) -> Result<u32, FetchError> {
            Ok(service.call()?)
        }
    }

    let (_clock, service) = (Scope::new().enter(), Service::down());
    Pool::<4>::fetch(&service).unwrap_err();
    assert_eq!(service.calls(), 4);
}
