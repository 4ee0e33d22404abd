//! Every attempt is a fresh run of the body, and every call is on its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{Busy, Service};
use tokio::task::JoinSet;
use tokio::time::Instant;

mod starts_from_the_original_arguments {
    use super::*;

    #[retry_on(Busy, clone(name))]
    async fn consumed(service: &Service, name: String) -> Result<String, Busy> {
        let mut greeting = name;
        greeting.push('!');
        service.call()?;
        Ok(greeting)
    }

    #[retry_on(Busy, clone(name))]
    fn consumed_plain(service: &Service, name: String) -> Result<String, Busy> {
        let mut greeting = name;
        greeting.push('!');
        service.call()?;
        Ok(greeting)
    }

    #[retry_on(Busy)]
    async fn mutable(service: &Service, mut name: String, mut left: u32) -> Result<String, Busy> {
        name.push('!');
        left -= 1;
        service.call()?;
        Ok(format!("{name} {left}"))
    }

    #[retry_on(Busy)]
    fn mutable_plain(service: &Service, mut name: String, mut left: u32) -> Result<String, Busy> {
        name.push('!');
        left -= 1;
        service.call()?;
        Ok(format!("{name} {left}"))
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_body_consumes_them() {
        assert_eq!(consumed(&Service::failing(2), "Ada".to_owned()).await.unwrap(), "Ada!");
    }

    #[test]
    fn where_the_body_consumes_them_plain() {
        let _clock = Scope::new().enter();
        assert_eq!(consumed_plain(&Service::failing(2), "Ada".to_owned()).unwrap(), "Ada!");
    }

    #[tokio::test(start_paused = true)]
    async fn where_they_are_mutable() {
        assert_eq!(mutable(&Service::failing(2), "Ada".to_owned(), 1).await.unwrap(), "Ada! 0");
    }

    #[test]
    fn where_they_are_mutable_plain() {
        let _clock = Scope::new().enter();
        assert_eq!(mutable_plain(&Service::failing(2), "Ada".to_owned(), 1).unwrap(), "Ada! 0");
    }

    /// What is borrowed is the caller's, and shared by all attempts.
    #[test]
    fn but_keeps_what_is_written_to_a_borrowed_one() {
        #[retry_on(Busy)]
        fn log(service: &Service, lines: &mut Vec<&'static str>) -> Result<u32, Busy> {
            lines.push("called");
            service.call()
        }

        let _clock = Scope::new().enter();
        let mut lines = Vec::new();
        log(&Service::failing(2), &mut lines).unwrap();
        assert_eq!(lines, ["called"; 3]);
    }
}

mod passes_a_panic_through {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Payload(u32);

    #[retry_on(_)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        match service.count_call() {
            1 => Err(Busy { call: 1 }),
            call => std::panic::panic_any(Payload(call)),
        }
    }

    #[retry_on(_)]
    async fn fetch_async(service: Arc<Service>) -> Result<u32, Busy> {
        match service.count_call() {
            1 => Err(Busy { call: 1 }),
            call => std::panic::panic_any(Payload(call)),
        }
    }

    #[test]
    fn unchanged_and_uncounted_plain() {
        let _clock = Scope::new().enter();
        let service = Service::down();
        let panic = catch_unwind(AssertUnwindSafe(|| fetch(&service))).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&Payload(2)));
        assert_eq!(service.calls(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn unchanged_and_uncounted() {
        let service = Arc::new(Service::down());
        let ended = tokio::spawn(fetch_async(Arc::clone(&service))).await;
        let panic = ended.unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref(), Some(&Payload(2)));
        assert_eq!(service.calls(), 2);
    }
}

mod counts_for_its_own_call {
    use super::*;

    /// Each level makes two attempts, so the bottom is called 2 x 2 x 2 times.
    #[retry_on(Busy, max = 2, jitter = none)]
    fn descend(service: &Service, depth: u32) -> Result<u32, Busy> {
        if depth == 0 { service.call() } else { descend(service, depth - 1) }
    }

    #[retry_on(Busy, max = 2, jitter = none)]
    async fn descend_async(service: &Service, depth: u32) -> Result<u32, Busy> {
        if depth == 0 { service.call() } else { Box::pin(descend_async(service, depth - 1)).await }
    }

    #[retry_on(Busy, jitter = none, budget = none)]
    async fn fetch(service: Arc<Service>) -> Result<u32, Busy> {
        tokio::task::yield_now().await;
        service.call()
    }

    #[test]
    fn in_a_recursion_plain() {
        let clock = Scope::new().enter();
        assert_eq!(descend(&Service::down(), 2), Err(Busy { call: 8 }));
        assert_eq!(clock.pauses(), [Duration::from_millis(100); 4 + 2 + 1]);
        assert_eq!(descend(&Service::failing(7), 2), Ok(8));
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_recursion() {
        let start = Instant::now();
        assert_eq!(descend_async(&Service::down(), 2).await, Err(Busy { call: 8 }));
        assert_eq!(start.elapsed(), Duration::from_millis(100) * (4 + 2 + 1));
        assert_eq!(descend_async(&Service::failing(7), 2).await, Ok(8));
    }

    #[tokio::test(start_paused = true)]
    async fn among_a_thousand_at_once() {
        let start = Instant::now();
        let mut calls = JoinSet::new();
        let services: Vec<_> =
            (0..1000).map(|number| Arc::new(Service::failing(number % 4))).collect();
        for (number, service) in services.iter().enumerate() {
            let call = fetch(Arc::clone(service));
            calls.spawn(async move { (number, call.await) });
        }
        while let Some(ended) = calls.join_next().await {
            let (number, result) = ended.unwrap();
            let failures = u32::try_from(number % 4).unwrap();
            let expected = if failures < 3 { Ok(failures + 1) } else { Err(Busy { call: 3 }) };
            assert_eq!(result, expected, "call {number}");
        }
        assert_eq!(start.elapsed(), Duration::from_millis(300), "they waited for each other");
        let calls: u32 = services.iter().map(|service| service.calls()).sum();
        assert_eq!(calls, 250 * (1 + 2 + 3 + 3));
    }
}
