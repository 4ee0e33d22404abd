//! Other tasks, other threads, other executors: what a pause does to them.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{Busy, LogEvent, MS, Recorder, Service, block_on};
use tokio::time::sleep;
use tracing::Level;

/// What was logged about the place where a function runs: only such events have `at`.
fn advice(recorder: &Recorder) -> Vec<LogEvent> {
    recorder.events().into_iter().filter(|event| event.field("at").is_some()).collect()
}

#[tokio::test]
async fn a_pause_of_no_length_lets_other_tasks_run() {
    #[retry_on(Busy, max = 5, delay = "0ms")]
    async fn fetch(
        service: &Service,
        progress: &AtomicU32,
        seen: &mut Vec<u32>,
    ) -> Result<u32, Busy> {
        seen.push(progress.load(Ordering::Relaxed));
        service.call()
    }

    let progress = Arc::new(AtomicU32::new(0));
    let other = Arc::clone(&progress);
    tokio::spawn(async move {
        loop {
            other.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    let mut seen = Vec::new();
    assert_eq!(fetch(&Service::failing(4), &progress, &mut seen).await, Ok(5));
    assert!(
        seen.windows(2).all(|pair| pair[0] < pair[1]),
        "no progress between attempts: {seen:?}"
    );
}

mod the_error_is_not_kept_over_the_pause {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("busy")]
    struct Large(Arc<[u8; 4096]>);

    #[tokio::test(start_paused = true)]
    async fn so_its_memory_is_free() {
        #[retry_on(Large, max = 2, jitter = none)]
        async fn fetch(bytes: &Arc<[u8; 4096]>) -> Result<(), Large> {
            Err(Large(Arc::clone(bytes)))
        }

        let bytes = Arc::new([0; 4096]);
        tokio::join!(
            async {
                let error = fetch(&bytes).await.unwrap_err();
                assert_eq!(Arc::strong_count(&bytes), 2);
                drop(error);
            },
            async {
                sleep(50 * MS).await;
                assert_eq!(Arc::strong_count(&bytes), 1, "kept during the pause");
            }
        );
    }

    #[test]
    fn so_its_memory_is_free_plain() {
        /// Tells, when it is dropped, how many pauses there were before.
        #[derive(Debug)]
        struct Witness<'a>(&'a Scope, &'a RefCell<Vec<usize>>);

        impl Drop for Witness<'_> {
            fn drop(&mut self) {
                self.1.borrow_mut().push(self.0.pauses().len());
            }
        }

        #[retry_on(_, max = 3)]
        fn fetch<'a>(clock: &'a Scope, pauses: &'a RefCell<Vec<usize>>) -> Result<(), Witness<'a>> {
            Err(Witness(clock, pauses))
        }

        let (clock, pauses) = (Scope::new().enter(), RefCell::default());
        let last = fetch(&clock, &pauses).unwrap_err();
        assert_eq!(*pauses.borrow(), [0, 1], "kept during the pause");
        drop(last);
    }

    /// Nor need the value.
    #[tokio::test(start_paused = true)]
    async fn so_it_need_not_be_send() {
        #[retry_on(Busy)]
        async fn fetch(service: Arc<Service>) -> Result<Rc<u32>, Box<dyn Error>> {
            Ok(Rc::new(service.call()?))
        }

        let answer = tokio::spawn(async { fetch(Arc::new(Service::failing(2))).await.is_ok() });
        assert!(answer.await.unwrap());
    }
}

mod a_plain_function_in_tokio {
    use super::*;

    /// How often a function says here that it blocks.
    macro_rules! said {
        () => {{
            #[retry_on(Busy)]
            fn fetch(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
            assert_eq!(fetch(&Service::failing(2)), Ok(3));
            advice(&recorder).len()
        }};
    }

    #[tokio::test]
    async fn says_once_that_it_blocks_the_thread() {
        #[retry_on(Busy, name = "blocking")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        for _ in 0..2 {
            assert_eq!(fetch(&Service::failing(2)), Ok(3));
        }
        let said = advice(&recorder);
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!((said[0].level, said[0].target), (Level::WARN, "retry_runtime"));
        assert_eq!(said[0].field("site"), Some("blocking"));
        let place = said[0].field("at").unwrap();
        assert!(place.contains("surroundings.rs:"), "{place}");
        assert!(said[0].message.contains("spawn_blocking"), "{}", said[0].message);
        assert!(tokio::task::coop::has_budget_remaining(), "asking cost the task its turn");
    }

    #[tokio::test]
    async fn says_so_of_each_function() {
        assert_eq!((said!(), said!()), (1, 1));
    }

    #[tokio::test]
    async fn says_nothing_where_it_does_not_pause() {
        #[retry_on(Busy)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        fetch(&Service::failing(0)).unwrap();
        assert!(recorder.events().is_empty());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn says_so_in_every_task() {
        assert_eq!(tokio::spawn(async { said!() }).await.unwrap(), 1, "in a worker");
        assert_eq!(said!(), 1, "in block_on");
        let local = tokio::task::LocalSet::new();
        assert_eq!(local.run_until(async { said!() }).await, 1, "in a local task");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn says_nothing_where_it_may_block() {
        assert_eq!(tokio::task::spawn_blocking(|| said!()).await.unwrap(), 0, "in spawn_blocking");
        let told = tokio::spawn(async { tokio::task::block_in_place(|| said!()) });
        assert_eq!(told.await.unwrap(), 0, "in block_in_place");
        assert_eq!(std::thread::spawn(|| said!()).join().unwrap(), 0, "in a thread");
    }

    #[test]
    fn says_nothing_outside_of_a_runtime() {
        assert_eq!(said!(), 0);
    }
}

mod an_async_function_without_tokio {
    use super::*;

    #[test]
    fn pauses_on_its_thread_and_says_so_once() {
        #[retry_on(Busy, delay = "1ms", jitter = none, name = "elsewhere")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        let start = std::time::Instant::now();
        for _ in 0..2 {
            assert_eq!(block_on(fetch(&Service::failing(2))), Ok(3));
        }
        assert!(start.elapsed() >= 2 * (MS + 2 * MS), "it did not wait");

        let said = advice(&recorder);
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!((said[0].level, said[0].target), (Level::WARN, "retry_runtime"));
        assert_eq!(said[0].field("site"), Some("elsewhere"));
        assert!(said[0].message.contains("sleep = "), "{}", said[0].message);
    }

    #[test]
    fn says_nothing_where_it_does_not_pause() {
        #[retry_on(Busy, delay = "0ms")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        assert_eq!(block_on(fetch(&Service::failing(2))), Ok(3));
        assert_eq!(advice(&recorder).len(), 0);
    }
}

mod an_own_timer {
    use super::*;

    thread_local! {
        static PAUSES: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
    }

    /// Writes down how long it should have waited.
    async fn timer(pause: Duration) {
        PAUSES.with_borrow_mut(|pauses| pauses.push(pause));
    }

    #[test]
    fn is_called_with_each_pause_and_needs_no_tokio() {
        #[retry_on(Busy, max = 4, jitter = none, sleep = timer)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        assert_eq!(block_on(fetch(&Service::down())), Err(Busy { call: 4 }));
        assert_eq!(PAUSES.take(), [100 * MS, 200 * MS, 400 * MS]);
        assert!(advice(&recorder).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn takes_the_place_of_tokios() {
        #[retry_on(Busy, jitter = none, sleep = |pause| sleep(10 * pause))]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let start = tokio::time::Instant::now();
        fetch(&Service::down()).await.unwrap_err();
        assert_eq!(start.elapsed(), 3000 * MS);
    }
}
