//! What the body can ask about the attempt that runs it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use retry_runtime::testing::Scope;
use retry_runtime::{Attempt, IdempotencyKey, PolicyError, TimedOut, retry_on};
use retry_tests::{Busy, MS, Service};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What each attempt sees, in order.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    numbers: Vec<u32>,
    max: Vec<Option<u32>>,
    last: Vec<bool>,
    elapsed: Vec<Duration>,
    previous: Vec<Option<&'static str>>,
}

impl Seen {
    fn add(&mut self, attempt: &Attempt) {
        self.numbers.push(attempt.number());
        self.max.push(attempt.max());
        self.last.push(attempt.is_last());
        self.elapsed.push(attempt.elapsed());
        self.previous.push(attempt.previous_error_type());
    }
}

#[retry_on(Busy { call: 1 }, Busy, jitter = none, attempt = attempt)]
async fn fetch(service: &Service, seen: &mut Seen) -> Result<u32, Busy> {
    seen.add(&attempt);
    sleep(1000 * MS).await;
    service.call()
}

#[retry_on(Busy { call: 1 }, Busy, jitter = none, attempt = attempt)]
fn fetch_plain(service: &Service, clock: &Scope, seen: &mut Seen) -> Result<u32, Busy> {
    seen.add(&attempt);
    clock.advance(1000 * MS);
    service.call()
}

async fn seen() -> Seen {
    let mut seen = Seen::default();
    fetch(&Service::down(), &mut seen).await.unwrap_err();
    seen
}

fn seen_plain() -> Seen {
    let (clock, mut seen) = (Scope::new().enter(), Seen::default());
    fetch_plain(&Service::down(), &clock, &mut seen).unwrap_err();
    seen
}

mod the_body_sees {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_number_of_the_attempt_from_1() {
        assert_eq!(seen().await.numbers, [1, 2, 3]);
    }

    #[test]
    fn the_number_of_the_attempt_from_1_plain() {
        assert_eq!(seen_plain().numbers, [1, 2, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn how_many_there_are_at_most_and_which_is_the_last() {
        let seen = seen().await;
        assert_eq!((seen.max, seen.last), (vec![Some(3); 3], vec![false, false, true]));
    }

    #[test]
    fn how_many_there_are_at_most_and_which_is_the_last_plain() {
        let seen = seen_plain();
        assert_eq!((seen.max, seen.last), (vec![Some(3); 3], vec![false, false, true]));
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_since_the_first_attempt_started() {
        assert_eq!(seen().await.elapsed, [Duration::ZERO, 1100 * MS, 2300 * MS]);
    }

    #[test]
    fn the_time_since_the_first_attempt_started_plain() {
        assert_eq!(seen_plain().elapsed, [Duration::ZERO, 1100 * MS, 2300 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn which_selector_the_error_before_matched() {
        assert_eq!(seen().await.previous, [None, Some("Busy"), Some("Busy")]);
    }

    #[test]
    fn that_the_attempt_before_returned_a_value_that_is_not_accepted_plain() {
        #[retry_on(Busy, max = 2, when_ok = |()| true, attempt = attempt)]
        fn fetch(seen: &mut Seen) -> Result<(), Busy> {
            seen.add(&attempt);
            Ok(())
        }

        let (_clock, mut seen) = (Scope::new().enter(), Seen::default());
        fetch(&mut seen).unwrap();
        assert_eq!(seen.previous, [None, Some("value")]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_the_attempt_before_took_too_long() {
        #[retry_on(_, max = 2, timeout = "1s", attempt = attempt)]
        async fn fetch(seen: &mut Seen) -> Result<(), TimedOut> {
            seen.add(&attempt);
            std::future::pending().await
        }

        let mut seen = Seen::default();
        fetch(&mut seen).await.unwrap_err();
        assert_eq!(seen.previous, [None, Some("timeout")]);
    }

    #[test]
    fn the_max_of_run_time_plain() {
        #[retry_on(_, max = calls, delay = "0ms", attempt = attempt)]
        fn fetch(seen: &mut Seen, calls: u32) -> Result<(), PolicyError> {
            seen.add(&attempt);
            Err(PolicyError::Max)
        }

        let mut seen = Seen::default();
        fetch(&mut seen, 2).unwrap_err();
        assert_eq!((seen.max, seen.last), (vec![Some(2); 2], vec![false, true]));
    }

    /// Else code for the last attempt would go untested.
    #[test]
    fn the_max_that_a_scope_allows_plain() {
        let (scope, mut seen) = (Scope::new().max(2), Seen::default());
        let clock = Scope::new().enter();
        scope.run_blocking(|| fetch_plain(&Service::down(), &clock, &mut seen)).unwrap_err();
        assert_eq!((seen.max, seen.last), (vec![Some(2); 2], vec![false, true]));
    }

    #[tokio::test(start_paused = true)]
    async fn each_call_for_itself() {
        let (one, other) = tokio::join!(seen(), seen());
        assert_eq!(one.numbers, [1, 2, 3]);
        assert_eq!(one, other);
    }
}

mod the_idempotency_key {
    use super::*;

    type Keys = Vec<String>;

    #[retry_on(Busy, budget = none, attempt = attempt)]
    async fn order(service: &Service, keys: &mut Keys) -> Result<u32, Busy> {
        keys.push(attempt.idempotency_key().to_string());
        tokio::task::yield_now().await;
        service.call()
    }

    #[retry_on(Busy, delay = "0ms", budget = none, attempt = attempt)]
    fn order_plain(service: &Service, keys: &mut Keys) -> Result<u32, Busy> {
        keys.push(attempt.idempotency_key().to_string());
        service.call()
    }

    async fn keys() -> Keys {
        let mut keys = Vec::new();
        order(&Service::down(), &mut keys).await.unwrap_err();
        keys
    }

    fn keys_plain() -> Keys {
        let mut keys = Vec::new();
        order_plain(&Service::down(), &mut keys).unwrap_err();
        keys
    }

    /// The key of each call; panics where a call has several.
    fn one_each(calls: impl IntoIterator<Item = Keys>) -> Vec<String> {
        let of_call = |mut keys: Keys| {
            assert_eq!(keys.len(), 3);
            keys.dedup();
            assert_eq!(keys.len(), 1, "attempts of one call differ");
            keys.remove(0)
        };
        calls.into_iter().map(of_call).collect()
    }

    fn assert_all_differ(keys: Vec<String>) {
        let count = keys.len();
        assert_eq!(HashSet::<String>::from_iter(keys).len(), count, "two calls share a key");
    }

    #[tokio::test(start_paused = true)]
    async fn is_the_same_in_every_attempt_and_another_in_every_call() {
        let mut calls = Vec::new();
        for _ in 0..10 {
            calls.push(keys().await);
        }
        assert_all_differ(one_each(calls));
    }

    #[test]
    fn is_the_same_in_every_attempt_and_another_in_every_call_plain() {
        assert_all_differ(one_each((0..10).map(|_| keys_plain())));
    }

    #[tokio::test(start_paused = true)]
    async fn is_another_in_calls_at_the_same_time() {
        let mut tasks = JoinSet::new();
        for _ in 0..100 {
            tasks.spawn(keys());
        }
        assert_all_differ(one_each(tasks.join_all().await));
    }

    #[test]
    fn is_another_in_threads_at_the_same_time_plain() {
        let keys = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        let of_call = keys_plain();
                        keys.lock().unwrap().push(of_call);
                    }
                });
            }
        });
        assert_all_differ(one_each(keys.into_inner().unwrap()));
    }

    #[test]
    fn is_another_in_a_recursion_plain() {
        #[retry_on(_, max = 1, attempt = attempt)]
        fn descend(depth: u32, keys: &mut Keys) -> Result<(), Busy> {
            keys.push(attempt.idempotency_key().to_string());
            if depth > 0 { descend(depth - 1, keys) } else { Ok(()) }
        }

        let mut keys = Vec::new();
        descend(3, &mut keys).unwrap();
        assert_eq!(keys.len(), 4);
        assert_all_differ(keys);
    }

    /// A seed makes jitter repeatable, and orders of two test runs must not meet.
    #[test]
    fn does_not_come_from_the_seed_of_the_jitter_plain() {
        let seeded = || Scope::new().seed(7).run_blocking(keys_plain);
        assert_all_differ(one_each([seeded(), seeded()]));
    }

    #[test]
    fn is_the_same_however_often_it_is_asked_for_plain() {
        #[retry_on(_, max = 1, attempt = attempt)]
        fn fetch() -> Result<bool, Busy> {
            Ok(attempt.idempotency_key() == attempt.idempotency_key())
        }

        assert_eq!(fetch(), Ok(true));
    }
}

mod the_name {
    use super::*;

    #[test]
    fn is_the_users_and_can_be_any_plain() {
        #[retry_on(_, max = 2, delay = "0ms", attempt = this_try)]
        fn fetch() -> Result<u32, u32> {
            Err(this_try.number())
        }

        #[retry_on(_, max = 2, delay = "0ms", attempt = call)]
        fn named_call() -> Result<u32, u32> {
            Err(call.number())
        }

        #[retry_on(_, max = 2, delay = "0ms", attempt = site)]
        fn named_site() -> Result<u32, u32> {
            Err(site.number())
        }

        #[retry_on(_, max = 2, delay = "0ms", attempt = __attempt)]
        fn named_like_the_machinery() -> Result<u32, u32> {
            Err(__attempt.number())
        }

        assert_eq!(fetch(), Err(2));
        assert_eq!(named_call(), Err(2));
        assert_eq!(named_site(), Err(2));
        assert_eq!(named_like_the_machinery(), Err(2));
    }

    /// A function, a module and a macro of the same name are something else.
    #[test]
    fn is_in_nobodys_way_plain() {
        mod attempt {
            pub(super) fn number() -> u32 {
                40
            }
        }

        fn attempt() -> u32 {
            attempt::number()
        }

        #[retry_on(_, max = 2, delay = "0ms", attempt = attempt)]
        fn fetch() -> Result<u32, u32> {
            Err(attempt.number() + attempt::number())
        }

        assert_eq!(fetch(), Err(2 + attempt()));
    }

    #[test]
    fn can_be_hidden_by_the_body_plain() {
        #[retry_on(_, max = 2, delay = "0ms", attempt = attempt)]
        fn fetch() -> Result<u32, u32> {
            let attempt = attempt.number() * 10;
            Err(attempt)
        }

        assert_eq!(fetch(), Err(20));
    }

    /// The body need not use it.
    #[test]
    fn can_be_unused_with_an_underscore_plain() {
        #![deny(unused_variables)]

        #[retry_on(_, max = 2, delay = "0ms", attempt = _attempt)]
        fn fetch() -> Result<u32, u32> {
            Err(1)
        }

        assert_eq!(fetch(), Err(1));
    }
}

mod can_be_handed_on {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn to_a_task_that_an_attempt_starts() {
        #[retry_on(Busy, attempt = tries)]
        async fn order(sent: Arc<Mutex<Vec<(u32, IdempotencyKey)>>>) -> Result<u32, Busy> {
            let (number, sent) = (tries.number(), Arc::clone(&sent));
            let task = tokio::spawn(async move {
                sent.lock().unwrap().push((tries.number(), tries.idempotency_key()));
            });
            task.await.unwrap();
            if number == 3 { Ok(number) } else { Err(Busy { call: number }) }
        }

        let sent = Arc::new(Mutex::default());
        let task = tokio::spawn(order(Arc::clone(&sent)));
        assert_eq!(task.await.unwrap(), Ok(3));
        let sent = sent.lock().unwrap();
        let key = &sent[0].1;
        assert_eq!(*sent, [1, 2, 3].map(|number| (number, key.clone())));
    }

    #[test]
    fn to_a_thread_plain() {
        #[retry_on(Busy, delay = "0ms", attempt = tries)]
        fn order(keys: &Mutex<HashSet<IdempotencyKey>>) -> Result<u32, Busy> {
            let key = tries.clone();
            let key = thread::spawn(move || key.idempotency_key()).join().unwrap();
            keys.lock().unwrap().insert(key);
            keys.lock().unwrap().insert(tries.idempotency_key());
            Err(Busy { call: tries.number() })
        }

        let keys = Mutex::default();
        assert_eq!(order(&keys), Err(Busy { call: 3 }));
        assert_eq!(keys.into_inner().unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn over_an_await_in_a_task() {
        async fn inner(attempt: Attempt) -> u32 {
            tokio::task::yield_now().await;
            attempt.number()
        }

        #[retry_on(_, attempt = attempt)]
        async fn fetch(numbers: Arc<Mutex<Vec<u32>>>) -> Result<(), Busy> {
            let number = inner(attempt.clone()).await;
            numbers.lock().unwrap().push(number);
            Err(Busy { call: attempt.number() })
        }

        let numbers = Arc::new(Mutex::default());
        let task = tokio::spawn(fetch(Arc::clone(&numbers)));
        assert_eq!(task.await.unwrap(), Err(Busy { call: 3 }));
        assert_eq!(*numbers.lock().unwrap(), [1, 2, 3]);
    }

    #[test]
    fn into_a_nested_closure_plain() {
        #[retry_on(_, delay = "0ms", attempt = attempt)]
        fn fetch() -> Result<Vec<u32>, Busy> {
            let numbers = [1, 2].map(|factor| factor * attempt.number());
            if attempt.is_last() { Ok(numbers.to_vec()) } else { Err(Busy { call: 0 }) }
        }

        assert_eq!(fetch(), Ok(vec![3, 6]));
    }

    #[tokio::test(start_paused = true)]
    async fn below_async_trait() {
        #[async_trait]
        trait Fetch {
            async fn fetch(&self) -> Result<u32, Busy>;
        }

        struct Client;

        #[async_trait]
        impl Fetch for Client {
            #[retry_on(_, attempt = attempt)]
            async fn fetch(&self) -> Result<u32, Busy> {
                if attempt.is_last() { Ok(attempt.number()) } else { Err(Busy { call: 0 }) }
            }
        }

        assert_eq!(Client.fetch().await, Ok(3));
    }
}

/// The last attempt can do something else than the others.
#[test]
fn a_fallback_can_be_tried_last_plain() {
    #[retry_on(_, delay = "0ms", attempt = attempt)]
    fn fetch(asked: &RefCell<Vec<&'static str>>) -> Result<u32, &'static str> {
        let server = if attempt.is_last() { "mirror" } else { "main" };
        asked.borrow_mut().push(server);
        if server == "mirror" { Ok(1) } else { Err("busy") }
    }

    let asked = RefCell::default();
    assert_eq!(fetch(&asked), Ok(1));
    assert_eq!(asked.take(), ["main", "main", "mirror"]);
}
