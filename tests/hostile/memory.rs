//! What does not grow, however many calls fail. A process of its own, because a global allocator counts.

use std::future::pending;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use retry_runtime::observe::{Event, Observer};
use retry_runtime::{Budget, Budgets, Policy, Retry, retry_on, sites};

/// Nothing is kept, and never much at once. What the first calls set up does not count.
fn is_flat(most: u64, mut run: impl FnMut(u32), times: u32) {
    (0..3).for_each(&mut run);
    let AllocationInfo { count_current, bytes_current, bytes_max, .. } =
        measure(|| (0..times).for_each(&mut run));
    assert_eq!((count_current, bytes_current), (0, 0));
    assert!(bytes_max <= most, "{bytes_max} bytes at once");
}

#[test]
fn allocations_are_counted() {
    let kept = measure(|| std::mem::forget(black_box(Box::new(42))));
    assert_eq!(kept.count_current, 1);
}

#[test]
fn a_million_failing_calls_leave_nothing() {
    #[retry_on(_, max = 2, delay = "0ms")]
    fn fetch(call: u32) -> Result<(), u32> {
        Err(call)
    }

    is_flat(4_096, |call| assert_eq!(fetch(call), Err(call)), 1_000_000);
}

#[test]
fn a_hundred_thousand_failing_closures_leave_nothing() {
    let policy = Policy::builder().max(2).delay(Duration::ZERO).build();
    let fetch = |call| {
        let answer: Result<(), u32> = Retry::new(&policy).run_blocking(|| Err(call));
        answer.unwrap_err();
    };
    is_flat(4_096, fetch, 100_000);
}

/// Every text is another, long, and full of what is masked and escaped.
#[test]
fn texts_leave_nothing_with_those_who_read_them() {
    struct Reader;

    // Of this policy: other tests are not to be observed.
    static POLICY: Policy =
        Policy::builder().max(5).delay(Duration::ZERO).without_budget().observer(&Reader).build();

    impl Observer for Reader {
        fn observe(&self, event: &Event<'_>) {
            black_box(event.error().map(ToString::to_string));
            black_box(event.support_case().map(|case| case.to_string()));
        }
    }

    #[retry_on(_, policy = &POLICY)]
    fn fetch(call: u32) -> Result<(), String> {
        Err(format!("{call}: password={call}\u{202e}\n {}", "x".repeat(2_000)))
    }

    is_flat(100_000, |call| assert!(fetch(call).is_err()), 10);
}

#[test]
fn a_hundred_thousand_cancelled_calls_leave_the_budgets_whole() {
    static SHARED: Budget = Budget::new();
    static HOSTS: Budgets = Budgets::new(10);

    async fn never(_: Duration) {
        pending::<()>().await;
    }

    #[retry_on(_, sleep = never, name = "cancelled")]
    async fn own(call: u32) -> Result<(), u32> {
        Err(call)
    }

    #[retry_on(_, sleep = never, budget = &SHARED)]
    async fn shared(call: u32) -> Result<(), u32> {
        Err(call)
    }

    #[retry_on(_, sleep = never, budget = HOSTS.of("one"))]
    async fn of_a_host(call: u32) -> Result<(), u32> {
        Err(call)
    }

    fn is_in_its_pause(call: impl Future) -> bool {
        let call = pin!(call);
        matches!(call.poll(&mut Context::from_waker(Waker::noop())), Poll::Pending)
    }

    let cancel = |call| {
        assert!(is_in_its_pause(own(call)));
        assert!(is_in_its_pause(shared(call)));
        assert!(is_in_its_pause(of_a_host(call)));
    };
    is_flat(4_096, cancel, 100_000);

    assert_eq!((SHARED.available(), HOSTS.of("one").available()), (500, 500));
    let sites = sites();
    assert_eq!(sites.get("cancelled").unwrap().budget().to_string(), "500 of 500");
}

/// Keys that a client makes up.
#[test]
fn a_flood_of_hosts_is_bounded() {
    let hosts: Budgets = Budgets::new(1_000);
    for host in 0..2_000 {
        let _ = hosts.of(&format!("host {host:06}"));
    }
    let flood = measure(|| {
        for host in 2_000..100_000 {
            let _ = hosts.of(&format!("host {host:06}"));
        }
    });
    assert!(hosts.len() <= 1_000);
    assert!(flood.bytes_max < 200_000, "{}", flood.bytes_max);
}
