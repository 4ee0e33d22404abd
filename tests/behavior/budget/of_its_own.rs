use super::*;

/// Calls the function a hundred times in vain: the service's calls after each.
macro_rules! calls_after_each {
    ($service:ident, $call:expr) => {{
        let _clock = Scope::new().enter();
        let $service = Service::down();
        let mut calls = Vec::new();
        for _ in 0..100 {
            assert!($call.is_err());
            calls.push($service.calls());
        }
        calls
    }};
}

/// Three attempts each while there are tokens, and one each after that.
fn assert_ends_with_the_tokens(calls: &[u32]) {
    for (index, calls) in calls.iter().enumerate() {
        let made = u32::try_from(index).unwrap() + 1;
        assert_eq!(*calls, made + RETRIES.min(2 * made), "after {made} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn every_function_has_one_of_500_tokens() {
    #[retry_on(Busy)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service).await));
}

#[test]
fn every_function_has_one_of_500_tokens_plain() {
    #[retry_on(Busy)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service)));
}

/// Also where the rest is known at run time only.
#[test]
fn functions_with_run_time_values_have_one_too_plain() {
    #[retry_on(_, max = max)]
    fn fetch(service: &Service, max: u32) -> Result<u32, Box<dyn std::error::Error>> {
        Ok(service.call()?)
    }

    assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service, 3)));
}

#[test]
fn functions_with_a_policy_have_one_too_plain() {
    use retry_runtime::Policy;

    #[retry_on(Busy, policy = policy)]
    fn fetch(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    let policy = Policy::DEFAULT;
    assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service, &policy)));
}

#[test]
fn two_functions_do_not_share_it_plain() {
    #[retry_on(Busy)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy)]
    fn store(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service)));
    assert_ends_with_the_tokens(&calls_after_each!(service, store(&service)));
}

#[test]
fn all_clients_and_threads_share_it_plain() {
    struct Client;

    impl Client {
        #[retry_on(Busy, delay = "0ms")]
        fn fetch(&self, service: &Service) -> Result<u32, Busy> {
            let Self = self;
            service.call()
        }
    }

    let service = Service::down();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    Client.fetch(&service).unwrap_err();
                }
            });
        }
    });
    assert_eq!(service.calls(), 400 + RETRIES);
}
