//! What the function says itself, which a setting takes the place of.

use super::*;

struct Client {
    policy: Policy,
}

impl Client {
    #[retry_on(Busy, policy = &self.policy, name = "client::fetch")]
    async fn fetch(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = &self.policy, name = "client::fetch")]
    fn fetch_plain(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

#[test]
fn takes_its_policy_from_a_field_obeys_too() {
    let _board = Board::empty();
    let policy = Policy::builder().max(2).delay(7 * MS).jitter(Jitter::None).build();
    let client = Client { policy };
    file("client::*", "max = 4");
    let (scope, service) = (Scope::new(), Service::down());
    wait(scope.run(client.fetch(&service))).unwrap_err();
    assert_eq!(Went::of(&scope, &service), went(4, [7, 14, 28], "max_attempts"));
    let (scope, service) = (Scope::new(), Service::down());
    scope.run_blocking(|| client.fetch_plain(&service)).unwrap_err();
    assert_eq!(Went::of(&scope, &service), went(4, [7, 14, 28], "max_attempts"));
}

/// What fits the default and not the policy of a call is told once.
#[test]
fn takes_a_policy_that_does_not_fit_keeps_to_it() {
    #[retry_on(Busy, policy = policy, name = "unfit policy")]
    fn fetch(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock, recorder) = (Board::empty(), Scope::new().enter(), Recorder::start());
    let patient = Policy::builder().max(2).delay(Duration::from_secs(2)).build();
    file("unfit policy", "max = 4\nmax_delay = \"1s\"");
    assert_eq!(fetch(&Service::down(), &Policy::DEFAULT), Err(Busy { call: 4 }));
    assert_eq!(fetch(&Service::down(), &patient), Err(Busy { call: 2 }));
    assert_eq!(fetch(&Service::down(), &patient), Err(Busy { call: 2 }));
    let told: Vec<_> =
        recorder.events().into_iter().filter(|event| event.message.contains("ignored")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let error = told[0].field("error").unwrap();
    assert!(error.contains("`max_delay` (1s) is shorter than the first `delay` (2s)"), "{error}");
    assert!(error.contains("`unfit policy`, which is declared with at most 2 calls"), "{error}");
    // But not to be retried at all fits every function.
    file("unfit policy", "enabled = false\nmax_delay = \"1s\"");
    assert_eq!(fetch(&Service::down(), &patient), Err(Busy { call: 1 }));
}

#[test]
fn has_a_deadline_gets_the_other() {
    #[retry_on(Busy, jitter = none, deadline = "10s", name = "deadline")]
    fn fetch(service: &Service, scope: &Scope) -> Result<u32, Busy> {
        scope.advance(60 * MS);
        service.call()
    }

    let _board = Board::empty();
    file("deadline", "deadline = \"200ms\"");
    let (scope, service) = (Scope::new(), Service::down());
    scope.run_blocking(|| fetch(&service, &scope)).unwrap_err();
    // From the start of the first attempt: 60 + 100 + 60 + ..
    assert_eq!(Went::of(&scope, &service), went(2, [100], "deadline"));
}

/// The clock was not read when the first attempt started.
#[test]
fn has_no_deadline_gets_one_from_its_first_failure() {
    #[retry_on(Busy, jitter = none, name = "no deadline")]
    fn fetch(service: &Service, scope: &Scope) -> Result<u32, Busy> {
        scope.advance(500 * MS);
        service.call()
    }

    let _board = Board::empty();
    file("no deadline", "deadline = \"610ms\"\nmax = 9");
    let (scope, service) = (Scope::new(), Service::down());
    scope.run_blocking(|| fetch(&service, &scope)).unwrap_err();
    assert_eq!(Went::of(&scope, &service), went(2, [100], "deadline"));
}

#[test]
fn has_a_timeout_gets_what_the_deadline_from_outside_leaves() {
    #[retry_on(TimedOut, timeout = "1s", jitter = none, name = "timeout")]
    async fn fetch() -> Result<u32, TimedOut> {
        std::future::pending().await
    }

    let _board = Board::empty();
    file("timeout", "deadline = \"1s 500ms\"");
    let error = wait(fetch()).unwrap_err();
    // After 1 s + 100 ms + 1 s and 200 ms more there are 200 ms left; counted from the first failure.
    assert_eq!((error.attempt(), error.limit()), (3, 1500 * MS));
    assert!(error.is_deadline());
}

/// What a service that fails once and then does not answer for a minute returns.
async fn hanging(service: &Service) -> io::Result<u32> {
    service.call().map_err(io::Error::other)?;
    tokio::time::sleep(Duration::from_secs(59)).await;
    Ok(7)
}

#[test]
fn has_a_policy_is_cut_at_the_deadline_from_outside() {
    #[retry_on(_, jitter = none, policy = &Policy::DEFAULT, name = "cut")]
    async fn fetch(service: &Service) -> io::Result<u32> {
        hanging(service).await
    }

    let _board = Board::empty();
    file("cut", "deadline = \"1s\"");
    let error = wait(fetch(&Service::failing(1))).unwrap_err();
    let text = "cut: attempt 2 did not end before the deadline of 1s";
    assert_eq!(error.to_string(), text);
}

/// To be prepared for it would cost every success.
#[test]
fn names_no_limit_is_not_cut_and_says_so_once() {
    #[retry_on(_, name = "uncut")]
    async fn fetch(service: &Service) -> io::Result<u32> {
        hanging(service).await
    }

    #[retry_on(_, timeout = none, name = "uncut by intent")]
    async fn fetch_by_intent(service: &Service) -> io::Result<u32> {
        hanging(service).await
    }

    #[retry_on(_, name = "uncut plain")]
    fn fetch_plain(service: &Service) -> io::Result<u32> {
        service.call().map_err(io::Error::other)
    }

    let (_board, recorder) = (Board::empty(), Recorder::start());
    file("uncut*", "deadline = \"1s\"");
    for _ in 0..2 {
        assert_eq!(wait(fetch(&Service::failing(1))).unwrap(), 7);
        assert_eq!(wait(fetch_by_intent(&Service::failing(1))).unwrap(), 7);
        let service = Service::failing(1);
        assert_eq!(Scope::new().run_blocking(|| fetch_plain(&service)).unwrap(), 2);
    }
    let said = recorder.events().into_iter().filter(|event| event.message.contains("cannot cut"));
    let said: Vec<_> = said.map(|event| event.field("site").map(str::to_owned)).collect();
    assert_eq!(said, [Some("uncut".to_owned())]);
}

#[test]
fn sees_its_attempt_sees_the_other_max() {
    #[retry_on(Busy, attempt = attempt, delay = "0ms", name = "seen")]
    fn fetch(seen: &Cell<(Option<u32>, bool)>) -> Result<u32, Busy> {
        seen.set((attempt.max(), attempt.is_last()));
        Err(Busy { call: attempt.number() })
    }

    let _board = Board::empty();
    file("seen", "max = 5");
    let seen = Cell::default();
    assert_eq!(fetch(&seen), Err(Busy { call: 5 }));
    assert_eq!(seen.get(), (Some(5), true));
}

#[test]
fn has_hooks_tells_them_the_other_max() {
    #[retry_on(
        Busy,
        delay = "0ms",
        name = "hooks",
        on_retry = |retry: &OnRetry<'_, Busy>| seen.set(seen.get() + retry.max().unwrap_or_default()),
        on_give_up = |gave_up: &OnGiveUp<'_, Busy>| seen.set(seen.get() + 100 * gave_up.max().unwrap_or_default()),
    )]
    fn fetch(seen: &Cell<u32>) -> Result<u32, Busy> {
        Err(Busy { call: 1 })
    }

    let _board = Board::empty();
    file("hooks", "max = 4");
    let seen = Cell::default();
    fetch(&seen).unwrap_err();
    assert_eq!(seen.get(), 3 * 4 + 400);
}

#[test]
fn is_a_closure_obeys_too() {
    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    file("a closure", "max = 5");
    let service = Service::down();
    let retry = Retry::new(&Policy::DEFAULT).name("a closure");
    retry.clone().run_blocking(|| service.call()).unwrap_err();
    assert_eq!(service.calls(), 5);
    wait(retry.run(async || service.call())).unwrap_err();
    assert_eq!(service.calls(), 10);
}

#[test]
fn retries_inside_another_is_warned_of_with_the_other_numbers() {
    #[retry_on(Busy, delay = "0ms", name = "product inner")]
    fn inner() -> Result<u32, Busy> {
        Err(Busy { call: 1 })
    }

    #[retry_on(Busy, delay = "0ms", name = "product outer")]
    fn outer() -> Result<u32, Busy> {
        inner()
    }

    let _board = Board::empty();
    overrides::load_toml(
        "[\"product inner\"]\nmax = 4\n[\"product outer\"]\nmax = 5\n[\"closure outer\"]\nmax = 6\n",
        "retries.toml",
    )
    .unwrap();
    let recorder = Recorder::start();
    let worst_cases = || -> Vec<String> {
        let warned = recorder.events().into_iter().filter(|event| event.level == Level::WARN);
        warned.filter_map(|event| event.field("worst_case").map(str::to_owned)).collect()
    };
    outer().unwrap_err();
    assert_eq!(worst_cases(), ["20"]);
    let policy = Policy::builder().delay(Duration::ZERO).build();
    Retry::new(&policy).name("closure outer").run_blocking(inner).unwrap_err();
    assert_eq!(worst_cases(), ["20", "24"]);
}
