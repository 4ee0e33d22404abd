//! The policy says so for closures too; functions that are annotated are in `a_call`.

use super::*;

const ON: Policy = Policy::builder().span(true).jitter(Jitter::None).build();

const RETRIED: [&str; 9] = [
    "fetch site=fetch",
    "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
    "  - INFO told of attempt 1",
    "  - INFO recovered on attempt 2 of 3",
    "  attempt 1 attempt=1 error.type=_ Error",
    "    - INFO sends",
    "  attempt 2 attempt=2",
    "    - INFO sends",
    "",
];

const GAVE_UP: [&str; 8] = [
    "fetch site=fetch error.type=_ Error",
    "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
    "  - WARN attempt 2 of 3 failed, retrying in 200.0ms",
    "  - ERROR gave up after attempt 3 (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting)",
    "  - INFO told of the end",
    "  attempt 1 attempt=1 error.type=_ Error",
    "  attempt 2 attempt=2 error.type=_ Error",
    "  attempt 3 attempt=3 error.type=_ Error",
];

const STOPPED: [&str; 4] = [
    "fetch site=fetch error.type=_ Error",
    "  - WARN attempt 1 of 3 failed, retrying in 100.0ms",
    "  - ERROR gave up after attempt 1: a stop was requested (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; at most 300 ms of waiting)",
    "  attempt 1 attempt=1 error.type=_ Error",
];

fn told(retry: &OnRetry<'_, Busy>) {
    info!("told of attempt {}", retry.attempt());
}

fn told_of_the_end(_: &OnGiveUp<'_, Busy>) {
    info!("told of the end");
}

#[tokio::test(start_paused = true)]
async fn is_retried_in_spans() {
    let ((trace, _subscriber), service) = (Trace::start(), Service::failing(1));
    let call = Retry::new(&ON).name("fetch").on_retry(told).run(async || {
        yield_now().await;
        info!("sends");
        service.call()
    });
    call.await.unwrap();
    assert_eq!(trace.lines(), RETRIED[..8]);
}

#[test]
fn is_retried_in_spans_plain() {
    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    let service = Service::failing(1);
    let call = Retry::new(&ON).name("fetch").on_retry(told);
    call.run_blocking(|| {
        info!("sends");
        service.call()
    })
    .unwrap();
    assert_eq!(trace.lines(), RETRIED[..8]);
}

#[tokio::test(start_paused = true)]
async fn that_is_given_up_is_an_error() {
    let ((trace, _subscriber), service) = (Trace::start(), Service::down());
    let call = Retry::new(&ON).name("fetch").on_give_up(told_of_the_end);
    call.run(async || service.call()).await.unwrap_err();
    assert_eq!(trace.lines(), GAVE_UP);
}

#[test]
fn that_is_given_up_is_an_error_plain() {
    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    let service = Service::down();
    let call = Retry::new(&ON).name("fetch").on_give_up(told_of_the_end);
    call.run_blocking(|| service.call()).unwrap_err();
    assert_eq!(trace.lines(), GAVE_UP);
}

#[tokio::test(start_paused = true)]
async fn that_is_stopped_in_a_pause_is_an_error() {
    let (stop, service) = (Stop::new(), Service::down());
    let (trace, _subscriber) = Trace::start();
    let request = async {
        tokio::time::sleep(50 * MS).await;
        stop.request();
    };
    let call = Retry::new(&ON).name("fetch").run(async || service.call());
    let (call, ()) = tokio::join!(stop.scope(call), request);
    call.unwrap_err();
    assert_eq!(trace.lines(), STOPPED);
}

#[test]
fn that_is_stopped_in_a_pause_is_an_error_plain() {
    let ((trace, _subscriber), _clock) = (Trace::start(), Scope::new().enter());
    let (stop, service) = (Stop::new(), Service::down());
    let request = |_: &OnRetry<'_, Busy>| stop.request();
    let call = Retry::new(&ON).name("fetch").on_retry(request);
    stop.scope_blocking(|| call.run_blocking(|| service.call())).unwrap_err();
    assert_eq!(trace.lines(), STOPPED);
}

#[tokio::test(start_paused = true)]
async fn that_takes_too_long_is_cut_in_its_span() {
    let (trace, _subscriber) = Trace::start();
    let policy = ON.to_builder().max(1).build();
    let call = Retry::<_, TooLate>::new(&policy).name("stuck").timeout(1000 * MS);
    call.run(async || {
        let _guard = Says("cut");
        pending::<Result<u32, _>>().await
    })
    .await
    .unwrap_err();
    assert_eq!(
        trace.lines(),
        [
            "stuck site=stuck error.type=timeout Error",
            "  - ERROR gave up after attempt 1 (at most 1 call: no retries)",
            "  attempt 1 attempt=1 error.type=timeout Error",
            "    - INFO cut",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_name_is_called_by_its_place() {
    let ((trace, _subscriber), service) = (Trace::start(), Service::failing(0));
    retry(&ON, async || service.call()).await.unwrap();
    retry_blocking(&ON, || service.call()).unwrap();
    let lines = trace.lines();
    let [one, _, other, _] = &lines[..] else { panic!("{lines:?}") };
    assert!(one.contains(file!()) && other.contains(file!()) && one != other);
}

#[tokio::test(start_paused = true)]
async fn has_no_span_where_the_policy_asks_for_none() {
    let ((trace, _subscriber), service) = (Trace::start(), Service::failing(0));
    retry(&Policy::DEFAULT, async || service.call()).await.unwrap();
    retry_blocking(&Policy::DEFAULT, || service.call()).unwrap();
    assert_eq!(trace.lines(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn is_in_its_span_on_every_thread() {
    const CALLS: usize = 50;
    const NOW: Policy = ON.to_builder().delay(Duration::ZERO).without_budget().build();

    let (trace, subscriber) = Trace::apart();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CALLS {
        let service = Service::failing(1);
        let call = Retry::new(&NOW).name("fetch").run_lending(async move || {
            yield_now().await;
            info!("sends");
            service.call()
        });
        tasks.spawn(call.with_subscriber(subscriber.clone()));
    }
    assert_eq!(tasks.join_all().await, vec![Ok(2); CALLS]);
    let call = [
        "fetch site=fetch",
        "  - WARN attempt 1 of 3 failed, retrying in 0.0ns",
        "  - INFO recovered on attempt 2 of 3",
        "  attempt 1 attempt=1 error.type=_ Error",
        "    - INFO sends",
        "  attempt 2 attempt=2",
        "    - INFO sends",
    ];
    assert_eq!(trace.lines(), call.repeat(CALLS));
}
